"""What should happen. The engine orders; the runner stores; delivery carries out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.engine.events import Evidence


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a bubble. ``id`` is at most 64 bytes of ASCII, ``label`` is for people."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Call:
    """A telephone number that can be dialled: digits as shown and what answers there."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question that a channel may show as its own quiz, instead of buttons.

    ``right`` is the id of the button that is right; ``why`` is shown by the platform after
    an answer. The buttons say the same: a channel without quizzes shows those.
    """

    right: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One bubble, in words that are final.

    ``key`` names the phrase (tests and transcripts use it), ``name`` is set when a
    person speaks. ``help`` is the way to help that every bubble's menu carries; a
    channel with a help button of its own need not repeat it. ``grave`` marks everything
    that follows a disclosure: no pictures, no lynx, protected where the channel can.

    ``standing`` are the buttons of a question that is still open though this bubble does
    not ask it; only a channel whose buttons go away with the next message shows them.
    ``turns``: this is the next page of what was pressed, and may take its place.
    ``instead``: the key of an earlier bubble whose place this one takes, where a channel
    can; elsewhere it is a bubble of its own. ``fleeting``: it may have to be found again,
    for ``instead`` or ``TakeBack``. ``notice``: nobody wrote just now; the bot speaks by
    itself, so a channel where that costs or is refused leaves it out. ``until``: what could
    not be delivered by then (aware UTC) is not delivered any more.
    """

    key: str
    text: str
    buttons: tuple[Button, ...] = ()
    help: Button | None = None
    calls: tuple[Call, ...] = ()
    name: str = ""
    picture: str = ""
    picture_text: str = ""
    mood: str = ""  # calm, listening, glad: which drawing may stand beside it
    grave: bool = False
    language: str = "sq"
    band: str = ""
    standing: tuple[Button, ...] = ()
    quiz: Quiz | None = None
    turns: bool = False
    instead: str = ""
    fleeting: bool = False
    notice: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Something the child said or chose, as the counsellor will see it.

    ``kind`` is ``text``, ``choice``, ``media_offered`` or ``note`` (what the bot knows).
    """

    at: datetime
    kind: str
    text: str
    severity: str = "none"
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenContact:
    """Bring these words to a person at the helpline."""

    contact: int  # counts the contacts of this conversation: 1, 2, …
    severity: str
    category: str
    score: float
    language: str
    band: str
    role: str
    country: str
    wants_reply: bool
    reason: str  # asked, disclosure, emergency, safe_word, duty_of_care, protecting
    limits_version: str
    limits_at: datetime | None
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassToCounsellor:
    """More words for an open contact, in order."""

    contact: int
    words: tuple[Word, ...]
    severity: str = "none"  # graver than before: the contact is raised
    category: str = "none"
    wants_reply: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveContact:
    """The child went: ``exit_word``, ``chat_lost`` or ``withdrew``. Staff must see it."""

    contact: int
    how: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TellHelped:
    """Whether a talk that is over helped: ``yes``, ``some`` or ``no``. It opens nothing again."""

    contact: int
    helped: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Wake this conversation at ``at`` with ``TimerFired(name)``; replaces one of that name."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimer:
    """Forget the timer of that name, if there is one."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """Drop what the channel still shows or holds of this chat (quick exit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide:
    """Remove both sides' messages that can still be removed; ``ChatHidden`` says how it went.

    What is said in the same step comes after it, and stays.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Remove the newest bubble of each of these keys; ``theirs``: and what the child sent.

    That is the message this step answers. What a channel cannot remove stays, silently, so
    promise it only where ``Abilities.takes_back`` says so.
    """

    keys: tuple[str, ...] = ()
    theirs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCampaign:
    """Somebody came by this campaign's link. Only a number is kept, never who."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One more of something, counted over everybody. Never who, never when.

    ``what`` of learning: ``begun``, ``finished``, ``before_right``, ``before_other``,
    ``after_right``, ``after_other``, ``review_due``, ``review_right``, ``review_other``,
    ``help``. Of the soft question, with the category of harm as ``topic``: ``soft_asked``,
    ``soft_a_bit``, ``soft_fine``, ``soft_decline``.
    """

    what: str
    topic: str
    band: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """Bring a report to the helpline; ``ReportStored`` brings its receipt.

    ``report`` counts the reports of this conversation: 1, 2, … The rest are words of the
    contract, empty where nothing was answered; ``addresses`` as they were written, never
    opened; ``severity`` and ``evidence`` what the triage read in typed words.
    """

    report: int
    kind: str
    reporter: str
    language: str
    band: str = ""
    country: str = ""
    addresses: tuple[str, ...] = ()
    place: str = ""
    app: str = ""
    where: str = ""
    suspect: str = ""
    when: str = ""
    now: str = ""
    still: str = ""
    safe: str = ""
    in_picture: str = ""
    demand: tuple[str, ...] = ()
    given: str = ""
    deadline: str = ""
    words: str = ""
    pass_on: str = ""
    wants_news: bool = False
    limits_version: str = ""
    limits_at: datetime | None = None
    severity: str = "none"
    evidence: tuple[Evidence, ...] = ()

    @property
    def grave(self) -> bool:
        """Whether somebody is in danger now, by what was answered or read."""
        return self.now == "yes" or self.safe in ("no", "unsure") or self.severity == "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReport:
    """Ask what became of the report with this receipt; ``ReportNews`` answers."""

    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToReport:
    """Add what was forgotten to the report with this receipt; ``AdditionStored`` answers.

    ``still``: whether it goes on: yes, no, unsure, or empty. ``wants_news`` None: as it was.
    """

    receipt: str
    words: str = ""
    addresses: tuple[str, ...] = ()
    still: str = ""
    wants_news: bool | None = None
    severity: str = "none"
    evidence: tuple[Evidence, ...] = ()


Effect = (
    Say
    | OpenContact
    | PassToCounsellor
    | LeaveContact
    | TellHelped
    | SetTimer
    | CancelTimer
    | Erase
    | Hide
    | TakeBack
    | CountCampaign
    | Count
    | FileReport
    | AskReport
    | AddToReport
)
