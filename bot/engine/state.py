"""Where a conversation stands: small, frozen, versioned, and the same after storage."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Self

from bot.engine.effects import Word
from bot.engine.events import SILENT, Evidence, ReportUpdate
from bot.engine.forms import Form
from bot.engine.reports import Draft

VERSION = 1
WORDS_KEPT = 12  # messages held until the child decides who reads them
TEXT_KEPT = 4_000  # characters of one of them
HARM = ("disclosure", "emergency")
GRAVE = ("danger", "offer", "picture", "adult_near", "adult_offer")  # nothing may bury these
ONCE = ("helped", "found", "news")  # asked once: nobody is led back to these


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The contact that is open at the helpline.

    ``stage``: ``opening`` (it is in the outbox), ``waiting`` (the helpline has it),
    ``talking`` (a person has claimed it). ``awaited``: whoever wrote waits for an answer.
    ``answered``: a person has written.
    """

    number: int
    stage: str
    severity: str
    name: str = ""
    awaited: bool = True
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Words to the helpline that have no answer: since when, and what of it was told.

    ``told`` counts the steps of ``flows.silence``, ``news_at`` is when the bot last said
    anything: it does not talk twice.
    """

    since: datetime
    told: int = 0
    news_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a message showed before a contact exists: kept until the child decides."""

    severity: str
    category: str
    score: float


@dataclass(frozen=True, slots=True)
class Fragment:
    """A free text of the last half hour: harm is often told in several, none alarming alone.

    ``alarm`` is what it weighed with those before it, in log-odds (see ``events.Reading``).
    """

    at: datetime
    text: str
    alarm: float = SILENT


@dataclass(frozen=True, slots=True)
class Unease:
    """A doubt that was not dispelled, in log-odds as it stood at ``at``; it fades by itself."""

    odds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Calmed:
    """The child said that it is fine, asked about words of this category."""

    category: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """Words that point to harm to other children went to a person: when, and which contact."""

    at: datetime
    contact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """What somebody adds to a report, with its receipt: kept for an hour at most.

    ``news``: whether its reporter is told of it in a chat.
    """

    receipt: str
    news: bool = False
    words: str = ""
    addresses: tuple[str, ...] = ()
    severity: str = "none"
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What is remembered of one topic: results only, never an answer's words.

    ``before`` and ``after`` are the first answers to the matched questions (``right``,
    ``other``; empty: none yet), ``done_at`` when the lesson was first finished, ``reviews``
    the results of the questions that came back since. ``due_at`` is when the next one is
    due; None: none is wanted. ``call`` says what became of it: empty: it may come by itself;
    ``missed``: its moment passed in silence; ``made``: it was brought up; ``later``: it was
    put off by the child and comes once more, ``last``: which it did; ``past``: another was
    brought up since. ``counted``: it was counted as due. ``helped``: that help was taken from
    the lesson was counted, so that nobody alone makes a group.
    """

    topic: str
    before: str = ""
    after: str = ""
    done_at: datetime | None = None
    reviews: tuple[str, ...] = ()
    due_at: datetime | None = None
    call: str = ""
    counted: bool = False
    helped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Somebody who shares the phone: an animal and a colour, never a name.

    ``name`` such as ``fox_blue`` is that of a button's words. The other fields are those of
    ``State`` while somebody else is at the phone.
    """

    name: str
    role: str = ""
    band: str = ""
    child_band: str = ""
    onboarded: bool = False
    limits_version: str = ""
    limits_at: datetime | None = None
    learned: tuple[Learnt, ...] = ()
    reminders: str = ""
    remind_at: tuple[int, int] | None = None
    lesson: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything the engine remembers of one conversation.

    ``asked`` is the question that is open, ``answered`` the press before it (so that a
    second one is known), ``paused`` the question that waits while something graver
    has the floor. ``hold`` keeps praise and pictures away after a disclosure until a
    person has closed the contact. ``held`` is what a person wrote while the child was
    away, ``left`` the person who closed the contact meanwhile.

    ``options`` are those of the open question as it was asked. ``heard_at`` is when the
    child last did something. ``hours`` are the safe ones: from and until, on the clock of
    Tirana; outside them nothing comes by itself. ``own_word`` is the hash of the child's
    own word, ``misses`` when wrong pictures were tried for it, ``doubt`` that
    somebody else may be writing until it comes. ``awaited``: while closed to strangers,
    somebody here asked for a person, who was told of the doubt; if that person writes, the
    talk is open again.

    ``adding`` is what is added to a report just now, ``wrong_codes`` when codes were typed that
    no report has. ``reporter`` is who of those who share the phone reported last, ``news``
    what became of it and was not said yet. ``found`` are addresses that were pasted and are
    offered to be reported.

    ``reminders``: whether questions may come back by themselves (``yes``, ``no``; empty: not
    asked yet), ``remind_at`` between which hours of the clock of Tirana. ``recalled_at`` is
    when a question was last brought up. ``profile`` is who is at the phone (see
    ``Profile``), ``profiles`` the others who share it.

    ``lately`` are the free texts of the last half hour (``fragments``). ``unease`` and
    ``calmed`` are how earlier words make later ones count (``hearing``). ``reported`` is the
    last contact about words that point to harm to other children (``flows/protecting``).

    ``draft`` is the report that is being written, ``other_draft`` one that somebody began while
    that one was shut, ``lapsed``: one was dropped after a day, and that is still to be said.
    ``reports`` is how many were sent, ``receipt``
    the secret of one that was stored while the child was away.

    ``silence`` is how long a contact goes without an answer (``flows/silence``). ``rated`` is
    the contact of which was asked whether it helped, until that is answered or left.

    ``form`` is there where this is no chat but the browser's report form (``flows/filled``).
    """

    version: int = VERSION
    language: str = ""
    role: str = ""
    band: str = ""
    child_band: str = ""
    country: str = ""
    limits_version: str = ""
    limits_at: datetime | None = None
    onboarded: bool = False
    asked: str = ""
    answered: str = ""
    paused: str = ""
    lesson: str = ""
    learned: tuple[Learnt, ...] = ()
    contact: Contact | None = None
    contacts: int = 0
    told: Told | None = None
    words: tuple[Word, ...] = ()
    signs: tuple[datetime, ...] = ()
    heard: int = 0
    confused: int = 0
    hold: bool = False
    quiet: bool = False
    held: tuple[tuple[str, str], ...] = ()
    left: str = ""
    options: tuple[str, ...] = ()
    heard_at: datetime | None = None
    hours: tuple[int, int] | None = None
    own_word: str = ""
    misses: tuple[datetime, ...] = ()
    doubt: bool = False
    awaited: bool = False
    draft: Draft | None = None
    other_draft: Draft | None = None
    lapsed: bool = False
    reports: int = 0
    receipt: str = ""
    adding: Adding | None = None
    wrong_codes: tuple[datetime, ...] = ()
    reporter: str = ""
    news: tuple[ReportUpdate, ...] = ()
    found: tuple[str, ...] = ()
    reminders: str = ""
    remind_at: tuple[int, int] | None = None
    recalled_at: datetime | None = None
    profile: str = ""
    profiles: tuple[Profile, ...] = ()
    lately: tuple[Fragment, ...] = ()
    unease: Unease | None = None
    calmed: Calmed | None = None
    reported: Reported | None = None
    silence: Silence | None = None
    rated: int = 0
    form: Form | None = None

    @classmethod
    def new(cls) -> Self:
        """A conversation in which nothing has happened."""
        return cls()

    @property
    def adult(self) -> bool:
        """Whether the person said to be 18 or over; unknown counts as a child."""
        return self.role in ("parent", "teacher", "other")

    @property
    def talking(self) -> bool:
        """Whether a person has the floor."""
        return self.contact is not None and self.contact.stage == "talking"

    @property
    def receipt_waits(self) -> bool:
        """Whether a report was filed meanwhile and its code is still to be shown."""
        return bool(self.receipt)

    @property
    def told_of_harm(self) -> bool:
        """Whether harm was told and nobody at the helpline has it yet."""
        return self.contact is None and self.told is not None and self.told.severity in HARM

    @property
    def waiting_question(self) -> str:
        """The question to come back to: a grave one first, else the one that was put away."""
        if self.asked in GRAVE:
            return self.asked
        return self.paused or ("" if self.asked in ONCE else self.asked)

    def put_away(self) -> Self:
        """The state with its question put away, so that something else may be said."""
        return replace(self, paused=self.waiting_question)

    def seen_by(self, profile: Profile) -> Self:
        """The state as somebody else who shares the phone meets it; nobody is set aside."""
        theirs: dict[str, Any] = {name: getattr(profile, name) for name in _PERSONAL}
        return replace(self, **theirs, profile=profile.name)

    def set_aside(self, name: str) -> Profile:
        """What is one's own of the person at the phone, under this name."""
        return Profile(name=name, **{each: getattr(self, each) for each in _PERSONAL})

    def kept(self, *words: Word) -> Self:
        """The state with these words held, in the order in which they were written.

        The longest are cut, and the oldest small talk gives way.
        """
        cut = tuple(replace(word, text=word.text[:TEXT_KEPT]) for word in words)
        written = sorted((*self.words, *cut), key=lambda word: word.at)
        return replace(self, words=_fewer(tuple(written)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for storage; only what differs from a new conversation."""
        fresh = type(self)()
        stored: dict[str, Any] = {"version": VERSION}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != getattr(fresh, item.name):
                stored[item.name] = _plain(value)
        return stored

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """The state that ``to_dict`` wrote.

        Raises ``ValueError`` for a version that this code does not know.
        """
        if stored.get("version") != VERSION:
            raise ValueError(f"unknown state version {stored.get('version')!r}")
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        for name, read in _READERS.items():
            if values.get(name) is not None:
                values[name] = read(values[name])
        return cls(**values)


_PERSONAL = tuple(item.name for item in fields(Profile) if item.name != "name")


def _fewer(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """At most as many as are kept: words that told of harm and notes are the last to go."""
    while len(words) > WORDS_KEPT:
        small = (i for i, word in enumerate(words) if word.kind == "text" and not _told(word))
        gone = next(small, 0)
        words = words[:gone] + words[gone + 1 :]
    return words


def _told(word: Word) -> bool:
    return word.severity in HARM


_PLAIN_PARTS = (
    *(Contact, Told, Word, Profile, Fragment, Unease, Calmed, Reported, Silence, Form),
    Adding,
)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Learnt | Draft):
        return {name: _plain(item) for name, item in asdict(value).items() if item}
    if isinstance(value, _PLAIN_PARTS):
        return {name: _plain(item) for name, item in asdict(value).items()}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _learnt(stored: Any) -> Learnt:
    if isinstance(stored, list):  # as it was before questions came back: topic and answer
        return Learnt(topic=stored[0], after=stored[1])
    return Learnt(
        topic=stored["topic"],
        before=stored.get("before", ""),
        after=stored.get("after", ""),
        done_at=_when(stored.get("done_at")),
        reviews=tuple(stored.get("reviews", ())),
        due_at=_when(stored.get("due_at")),
        call=stored.get("call", ""),
        counted=stored.get("counted", False),
        helped=stored.get("helped", False),
    )


def _when(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _adding(stored: dict[str, Any]) -> Adding:
    evidence = tuple(Evidence(**item) for item in stored["evidence"])
    return Adding(**{**stored, "addresses": tuple(stored["addresses"]), "evidence": evidence})


def _update(at: str, state: str, to: str, following: str | None) -> ReportUpdate:
    return ReportUpdate(datetime.fromisoformat(at), state, to, _when(following))


def _at_read(stored: dict[str, Any]) -> dict[str, Any]:
    return {**stored, "at": datetime.fromisoformat(stored["at"])}


def _silence(stored: dict[str, Any]) -> Silence:
    since, news_at = datetime.fromisoformat(stored["since"]), _when(stored["news_at"])
    return Silence(since, stored["told"], news_at)


def _form(stored: dict[str, Any]) -> Form:
    return Form(**{**stored, "until": _when(stored["until"])})


def _profile(stored: dict[str, Any]) -> Profile:
    hours = stored["remind_at"]
    learned = tuple(_learnt(item) for item in stored["learned"])
    remind_at = (hours[0], hours[1]) if hours else None
    limits_at = _when(stored["limits_at"])
    read = {"learned": learned, "remind_at": remind_at, "limits_at": limits_at}
    return Profile(**{**stored, **read})


def _draft(stored: dict[str, Any]) -> Draft:
    read = {name: tuple(stored.get(name, ())) for name in ("addresses", "demand", "done")}
    evidence = tuple(Evidence(**item) for item in stored.get("evidence", ()))
    begun_at = _when(stored.get("begun_at"))
    return Draft(**{**stored, **read, "evidence": evidence, "begun_at": begun_at})


def _word(stored: dict[str, Any]) -> Word:
    return Word(
        at=datetime.fromisoformat(stored["at"]),
        kind=stored["kind"],
        text=stored["text"],
        severity=stored["severity"],
        evidence=tuple(Evidence(**item) for item in stored["evidence"]),
    )


_READERS: dict[str, Any] = {
    "limits_at": datetime.fromisoformat,
    "contact": lambda stored: Contact(**stored),
    "told": lambda stored: Told(**stored),
    "words": lambda stored: tuple(_word(item) for item in stored),
    "signs": lambda stored: tuple(datetime.fromisoformat(item) for item in stored),
    "learned": lambda stored: tuple(_learnt(item) for item in stored),
    "remind_at": lambda stored: (stored[0], stored[1]),
    "recalled_at": datetime.fromisoformat,
    "profiles": lambda stored: tuple(_profile(item) for item in stored),
    "held": lambda stored: tuple((name, text) for name, text in stored),
    "options": tuple,
    "draft": lambda stored: _draft(stored),
    "other_draft": lambda stored: _draft(stored),
    "adding": _adding,
    "wrong_codes": lambda stored: tuple(datetime.fromisoformat(item) for item in stored),
    "news": lambda stored: tuple(_update(*item) for item in stored),
    "found": tuple,
    "heard_at": datetime.fromisoformat,
    "misses": lambda stored: tuple(datetime.fromisoformat(item) for item in stored),
    "hours": lambda stored: (stored[0], stored[1]),
    "lately": lambda stored: tuple(Fragment(**_at_read(item)) for item in stored),
    "unease": lambda stored: Unease(**_at_read(stored)),
    "calmed": lambda stored: Calmed(**_at_read(stored)),
    "reported": lambda stored: Reported(**_at_read(stored)),
    "silence": _silence,
    "form": _form,
}
