"""What happened. Every door (child, counsellor, timer) leads to one of these.

Events are facts in the past tense; they carry the time they happened and what the
bot knew of the helpline at that moment, so that a step needs to ask nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Severity(IntEnum):
    """How grave a message is; a larger number is graver."""

    NONE = 0
    CONCERN = 1
    DISCLOSURE = 2
    EMERGENCY = 3

    @property
    def word(self) -> str:
        """The name used in the contract and on the command line, such as ``disclosure``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a reading: the words that counted and the rule they met."""

    rule: str
    words: str


SILENT = -9.0  # log-odds of a text in which nothing was found


@dataclass(frozen=True, slots=True)
class Reading:
    """What the triage read in one text, alone. What came before is weighed by ``hearing``.

    ``score`` from 0 to 1 is how likely such a text tells of harm, as measured on texts that
    the triage had not seen (see ``bot/triage/README.md``). ``language`` is ``sq``, ``en`` or
    ``mixed``. ``alarm`` is what all evidence says together, in log-odds from the point where a
    text is raised: from 0 on it is. ``urgency`` likewise: from 0 on what is raised is an
    emergency. ``repeats``: it only repeats what Sigurt says, or asks for secrecy, so nothing
    is raised on it alone. ``wants_harm``: it asks for children as somebody would who means to
    harm them. ``together`` is the reading of this text with those just before it, where there
    were any and this one alone is not raised.
    """

    severity: Severity
    category: str
    score: float
    evidence: tuple[Evidence, ...]
    language: str = "sq"
    alarm: float = SILENT
    urgency: float = SILENT
    repeats: bool = False
    wants_harm: bool = False
    together: Reading | None = None


NOTHING_READ = Reading(Severity.NONE, "none", 0.0, ())


class Helpline(StrEnum):
    """What the bot knows of the helpline when an event happens."""

    STAFFED = "staffed"
    EMPTY = "empty"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the helpline says of itself while its plan keeps it closed.

    ``opens_at`` is the next opening (aware UTC; None: not known, or it is open), ``message``
    its own words by language.
    """

    opens_at: datetime | None = None
    message: tuple[tuple[str, str], ...] = ()


NO_PLAN = Plan()


class Hiding(StrEnum):
    """How a chat can be emptied, on the channel that it is on."""

    RECENT = "recent"  # by us, for both sides, what is younger than 48 hours
    SELF = "self"  # only by the person; the bot can explain how
    EXIT = "exit"  # by the page's own exit


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the channel of this conversation can do; the engine knows no channel by name.

    ``takes_back``: a bubble that was shown can be changed or removed again. ``presses``:
    there are buttons; elsewhere every choice stands in the text with its letter. ``session``:
    how long after a person's last word it may be spoken to unasked for nothing; None: always.
    ``site`` is the address of our own pages; empty where none is configured. ``stays``: whoever
    comes back another day is in the same chat.
    """

    takes_back: bool = True
    hides: Hiding = Hiding.RECENT
    presses: bool = True
    session: timedelta | None = None
    site: str = ""
    stays: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``at`` is aware UTC. ``helpline`` is the last thing known, not a promise.

    ``plan`` counts only while ``helpline`` is ``empty``.
    """

    at: datetime
    helpline: Helpline = Helpline.UNREACHABLE
    plan: Plan = NO_PLAN
    abilities: Abilities = Abilities()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The conversation was opened (``/start``, the page's first visit).

    ``payload`` is what the link carried: the name of a campaign, such as ``school-42``.
    """

    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """Free text. The runner adds the reading before the engine sees it.

    ``forwarded``: somebody else's words, passed on to ask about them; whose is never kept.
    ``sent_at`` is when the platform says it was written (aware UTC), where it says so.
    """

    text: str
    reading: Reading = NOTHING_READ
    edited: bool = False
    forwarded: bool = False
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonTapped(Event):
    """A button, by the id that ``Say`` gave it; it may be old, doubled or forged."""

    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaOffered(Event):
    """Something that is not text (``photo``, ``voice``, ``sticker``, ``location``, …).

    Nothing was fetched. ``caption`` are the words beneath it, read like any text.
    """

    kind: str
    caption: str = ""
    reading: Reading = NOTHING_READ
    forwarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAnswered(Event):
    """An option of a platform's own poll; the runner makes it the press that it stands for."""

    poll: str
    option: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatHidden(Event):
    """What ``Hide`` came to: ``left`` messages could not be removed."""

    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStored(Event):
    """The helpline has a report. ``receipt`` is the secret to come back with, shown once."""

    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDelayed(Event):
    """A report has not arrived. The outbox keeps trying, unless it was ``refused``."""

    refused: bool = False


class ReportUpdate(NamedTuple):
    """Something that a reporter may know, in words of the contract.

    ``to`` is who was told, ``next`` when somebody looks again; times are aware UTC.
    """

    at: datetime
    state: str
    to: str = ""
    next: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNews(Event):
    """What became of the report with the receipt that was typed.

    ``found`` is ``known``, ``unknown``, ``slowed`` (too many tries) or ``unreachable``;
    ``updates`` are oldest first. ``others``: somebody else reported it too. ``open``:
    additions are read. ``signpost`` are kinds of services to which it belongs. ``code`` is the
    receipt, so that something can be added; it is never stored with the event.
    """

    found: str
    updates: tuple[ReportUpdate, ...] = ()
    others: bool = False
    open: bool = False
    wants_news: bool = False
    signpost: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionStored(Event):
    """The helpline has what was added to a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionDelayed(Event):
    """What was added has not arrived. The outbox keeps trying, unless it was ``refused``."""

    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMoved(Event):
    """What became of a report of this conversation, which wanted to hear it."""

    updates: tuple[ReportUpdate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilled(Event):
    """What a page of the browser's report form brought; nobody is answered in a chat.

    ``press`` is ``keep``, ``send``, ``drop`` or ``written``. ``answers`` are pairs of a
    question and what was answered (several of one question follow each other; empty takes an
    answer back), ``role`` and ``band`` who said to be reporting, None where it was not asked.
    ``text`` is everything that was typed, for the triage. ``turn`` is the one that the
    summary showed whose button was pressed.
    """

    press: str
    language: str = ""
    role: str | None = None
    band: str | None = None
    answers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    turn: int = -1
    reading: Reading = NOTHING_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAdded(Event):
    """Something was added to a report in the browser, by the holder of its receipt.

    ``code`` is the receipt; it is never stored with the event. ``text`` is for the triage.
    """

    code: str = ""
    text: str = ""
    addresses: tuple[str, ...] = ()
    reading: Reading = NOTHING_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(Event):
    """The language was changed outside a question (page link, command)."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitPressed(Event):
    """The quick exit: as the exit word, without a single answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLost(Event):
    """The person blocked the bot or deleted the account; nothing can be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactArrived(Event):
    """The helpline has stored the contact. Only now may the child be told so."""

    contact_id: str
    minutes: int | None = None  # usual wait as measured by the helpline; None: not known


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDelayed(Event):
    """The contact has not arrived. The outbox keeps trying, unless it was ``refused``.

    A refusal is a fault of ours or theirs that a person must mend first.
    """

    contact_id: str
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactClimbed(Event):
    """Nobody took the contact in time; it was taken to more people.

    ``step`` is ``all_on_duty``, ``supervisor`` or ``outside``; ``minutes`` the time waited.
    ``contact`` is which of the conversation's contacts it is (1, 2, …; 0: not known).
    """

    contact_id: str
    step: str
    minutes: int
    contact: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CounsellorJoined(Event):
    """A person claimed the contact (``contact`` as above) and has the words before them."""

    contact_id: str
    name: str
    contact: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CounsellorWrote(Event):
    """A person's words; passed on unchanged."""

    contact_id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounsellorLeft(Event):
    """The person is no longer there. ``closed`` tells an end from a return to the queue.

    ``by_hand`` tells that the person put it back; else a line broke.
    """

    contact_id: str
    name: str
    closed: bool
    contact: int = 0
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """A timer that the engine set has come due."""

    name: str


HelplineEvent = (
    ContactArrived
    | ContactDelayed
    | ContactClimbed
    | CounsellorJoined
    | CounsellorWrote
    | CounsellorLeft
    | ReportMoved
)
Outcome = ChatHidden | ReportStored | ReportDelayed | ReportNews | AdditionStored | AdditionDelayed
AnyEvent = (
    Started
    | MessageReceived
    | ButtonTapped
    | MediaOffered
    | PollAnswered
    | Outcome
    | ReportFilled
    | ReportAdded
    | LanguageChosen
    | ExitPressed
    | ChatLost
    | TimerFired
    | HelplineEvent
)
