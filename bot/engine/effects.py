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


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """One bubble, in words that are final.

    ``key`` names the phrase (tests and transcripts use it), ``name`` is set when a
    person speaks. ``help`` is the way to help that every bubble's menu carries; a
    channel with a help button of its own need not repeat it. ``grave`` marks everything
    that follows a disclosure: no pictures, no lynx, protected where the channel can.
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
    reason: str  # asked, disclosure, emergency, safe_word, duty_of_care
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


Effect = Say | OpenContact | PassToCounsellor | LeaveContact | SetTimer | CancelTimer | Erase
