"""A report as it is being written: the questions that authors own, and the answers so far.

Pure, and the same for a chat and for a form in the browser: ``ReportForm.asked`` says which
questions make sense, ``fill`` puts one answer into the draft. Nothing that is reported is
opened, looked up or kept as a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.engine import addresses as finder
from bot.engine.events import Evidence, Reading, Severity

SHORT = 64  # characters of what a choice stands for when it is typed
NAMES = 500  # of what is known of a person
TYPED = 4_000  # of everything else that is typed, together
ADDRESS_KEPT = 1_000  # characters of one address
ADDRESSES_KEPT = 30
KEEPS = {"app": SHORT, "when": SHORT, "deadline": SHORT, "suspect": NAMES}
GATE = "more"  # the question whether somebody wants to tell more than what is needed
GRAVE_ANSWERS = {"now": ("yes",), "safe": ("no", "unsure")}  # not knowing counts as danger

_DATA = re.compile(
    r"(?P<address>(?<![a-z0-9+.-])(?!data:)[a-z][a-z0-9+.-]{1,15}://\S+)"
    r"|data:[^\s,]{0,100},\S*|[a-z0-9+/_-]{200,}={0,2}",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_AROUND = "<>()[]{}“”„\"',;"  # signs that stand beside an address and are not of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a report; its id is the field of the draft that it fills.

    ``typed``: words are an answer too (``address``: they are read for addresses). ``first``
    is how many options a chat shows at once (0: all). ``rest``: only for who wants to tell
    more. It is asked of these ``kinds``, ``roles`` and ``bands`` (empty: of all), ``when``
    earlier answers are among those named, ``unless`` one of these is known already.
    """

    id: str
    options: tuple[str, ...] = ()
    first: int = 0
    typed: str = ""
    several: bool = False
    skip: bool = True
    rest: bool = False
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionWords:
    """The words of a question in one language, by audience (``all``, a band, ``adult``).

    ``name`` is its short name in the summary, ``again`` asks a question of several answers
    once more, ``labels`` are those of the options, ``adults`` those that differ for adults.
    """

    name: str
    say: Mapping[str, str]
    again: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    adults: Mapping[str, str] = field(default_factory=dict)

    def asks(self, audience: str, *, again: bool = False) -> str:
        """The question for this audience."""
        said = self.again if again and self.again else self.say
        return said.get(audience) or said["all"]

    def label(self, option: str, audience: str) -> str:
        """What stands on the button of an option."""
        own = self.adults.get(option) if audience == "adult" else None
        return own or self.labels[option]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A report that is being written. Only what was answered is there; the rest is empty.

    ``who`` is the role of somebody who had not said it before. ``addresses`` are as they
    were typed, ``where`` the place in words. ``done`` are the questions that were answered or
    left out, ``severity`` and ``evidence`` what the triage read in typed words. ``covered``:
    begun while an own word, or a doubt, kept everything else shut.
    """

    begun_at: datetime | None = None
    kind: str = ""
    who: str = ""
    now: str = ""
    safe: str = ""
    addresses: tuple[str, ...] = ()
    where: str = ""
    in_picture: str = ""
    more: str = ""
    place: str = ""
    app: str = ""
    when: str = ""
    still: str = ""
    demand: tuple[str, ...] = ()
    given: str = ""
    deadline: str = ""
    suspect: str = ""
    words: str = ""
    pass_on: str = ""
    wants_news: str = ""
    done: tuple[str, ...] = ()
    severity: str = "none"
    evidence: tuple[Evidence, ...] = ()
    covered: bool = False

    def known(self, name: str) -> bool:
        """Whether there is an answer of that name."""
        return bool(getattr(self, name))

    def among(self, name: str, values: Iterable[str]) -> bool:
        """Whether the answer of that name is one of these; empty stands for none."""
        answer = getattr(self, name)
        given = answer if isinstance(answer, tuple) else (answer,)
        return any(each in values for each in given)

    @property
    def grave(self) -> bool:
        """Whether somebody is in danger by what was answered or read."""
        told = any(getattr(self, name) in values for name, values in GRAVE_ANSWERS.items())
        return told or self.severity == "emergency"


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The questions of a report in their order, and their words by language and id."""

    questions: tuple[Question, ...] = ()
    words: Mapping[str, Mapping[str, QuestionWords]] = field(default_factory=dict)

    def question(self, name: str) -> Question | None:
        """The question of that id; None where there is none."""
        return next((each for each in self.questions if each.id == name), None)

    def asked(
        self, draft: Draft, role: str, band: str, *, rest: bool = False
    ) -> tuple[Question, ...]:
        """The questions that make sense after these answers, in order, answered or not.

        ``role`` is what is known of who reports (empty: nothing, so it is asked). ``rest``:
        also those that are kept for who wants to tell more.
        """
        told = role or draft.who
        return tuple(
            each
            for each in self.questions
            if (each.id != "who" or not role) and _fits(each, draft, told, band, rest=rest)
        )

    def following(self, draft: Draft, role: str, band: str) -> Question | None:
        """The next question that has no answer and was not left out; None: nothing is open."""
        asked = self.asked(draft, role, band)
        return next((each for each in asked if each.id not in draft.done), None)

    def before(self, draft: Draft, role: str, band: str, name: str) -> Question | None:
        """The question that was asked before this one; None for the first."""
        asked = [each for each in self.asked(draft, role, band) if each.id in (*draft.done, name)]
        places = [n for n, each in enumerate(asked) if each.id == name]
        return asked[places[0] - 1] if places and places[0] else None

    def leaves(self, draft: Draft, role: str, band: str) -> Draft:
        """The draft without answers to questions that make no sense (any more)."""
        asked = {each.id for each in self.asked(draft, role, band)}
        for each in self.questions:
            if each.id not in asked and each.id != "who":
                draft = cleared(draft, each.id)
        return draft


def _fits(question: Question, draft: Draft, role: str, band: str, *, rest: bool) -> bool:
    if question.kinds and draft.kind not in question.kinds:
        return False
    if question.roles and (role or "child") not in question.roles:
        return False
    if question.bands and role in ("child", "") and band not in question.bands:
        return False
    if not all(draft.among(name, values) for name, values in question.when.items()):
        return False
    own = draft.known(question.id) or question.id in draft.done
    if not own and any(draft.known(name) for name in question.unless):
        return False
    return not question.rest or rest or draft.more == "ask" or draft.known(question.id)


def fill(draft: Draft, question: Question, value: str) -> Draft:
    """The draft with this answer: an option's id, or what was typed; empty: left out.

    An option of a question of several answers is added to those before. Raises
    ``ValueError`` for an answer that the question does not have.
    """
    done = tuple(dict.fromkeys((*draft.done, question.id)))
    if not value.strip():
        return replace(cleared(draft, question.id), done=done)
    if value in question.options:
        chosen: object = value
        if question.several:
            chosen = tuple(dict.fromkeys((*getattr(draft, question.id), value)))
        return replace(draft, **{question.id: chosen, "done": done})  # type: ignore[arg-type]
    if not question.typed:
        raise ValueError(f"{question.id}: no such answer")
    if question.typed == "address":
        return replace(_placed(replace(draft, addresses=(), where=""), value), done=done)
    most = KEEPS.get(question.id, TYPED)
    return replace(draft, **{question.id: clean(value, most), "done": done})  # type: ignore[arg-type]


def cleared(draft: Draft, name: str) -> Draft:
    """The draft as if that question had not been asked yet."""
    done = tuple(each for each in draft.done if each != name)
    gone: dict[str, object] = {name: () if isinstance(getattr(draft, name), tuple) else ""}
    if name == "where":
        gone["addresses"] = ()
    return replace(draft, **gone, done=done)  # type: ignore[arg-type]


def with_addresses(draft: Draft, addresses: Iterable[str]) -> Draft:
    """The draft with these addresses too, each as it was typed; where is not asked then."""
    kept = (clean(each, ADDRESS_KEPT) for each in addresses)
    known = tuple(dict.fromkeys(each for each in (*draft.addresses, *kept) if each))
    done = tuple(dict.fromkeys((*draft.done, "where"))) if known else draft.done
    return replace(draft, addresses=known[:ADDRESSES_KEPT], done=done)


def with_words(draft: Draft, text: str) -> Draft:
    """The draft with more of the reporter's own words; they are not asked for again."""
    words = clean("\n".join(filter(None, (draft.words, text))), TYPED)
    return replace(draft, words=words, done=tuple(dict.fromkeys((*draft.done, "words"))))


def read_in(draft: Draft, reading: Reading) -> Draft:
    """The draft with what the triage read in words that were typed for it."""
    before = Severity[draft.severity.upper()]
    graver = max(before, reading.severity)
    if graver is Severity.NONE:
        return draft
    evidence = tuple(dict.fromkeys((*draft.evidence, *reading.evidence)))
    return replace(draft, severity=graver.word, evidence=evidence[:50])


def _placed(draft: Draft, text: str) -> Draft:
    """What was typed where an address was asked for: addresses, else the place in words."""
    bare = clean(text, TYPED)
    found = finder.find(bare, everything=True)
    for each in sorted(found, key=len, reverse=True):
        bare = bare.replace(each, " ")
    rest = " ".join(part for part in bare.split() if part.strip(_AROUND))
    return replace(with_addresses(draft, found), where=rest)


def has_file(text: str) -> bool:
    """Whether a file itself stands in the text: nobody here needs one, and none is kept."""
    return any(not found["address"] for found in _DATA.finditer(text))


def clean(text: str, most: int) -> str:
    """The text without files, without signs that nobody sees, and cut.

    A long row of letters within an address is no file; the address is kept up to its limit.
    """
    bare = _UNSEEN.sub("", _DATA.sub(_without_file, text.replace("\r", "\n")))
    return re.sub(r"\n{3,}", "\n\n", bare).strip()[:most].strip()


def _without_file(found: re.Match[str]) -> str:
    return (found["address"] or "")[:ADDRESS_KEPT]


def defanged(text: str) -> str:
    """The text with nothing in it that could be tapped or opened."""
    bare = re.sub(r"(?i)\bh(tt)(ps?)\b", r"hxx\2", text)
    bare = re.sub(r"(?<=\S)\.(?=\S)", "[.]", bare)
    return re.sub(r"@(?=\w)", "(@)", bare)
