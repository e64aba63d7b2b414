"""Values of a filing. All times are aware UTC."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

DRAFT, READY, WAITING, RETRYING, UNSURE = "draft", "ready", "waiting", "retrying", "unsure"
FILED, ACKNOWLEDGED, ANSWERED = "filed", "acknowledged", "answered"
REFUSED, FAILED, RETRACTED = "refused", "failed", "retracted"

STATES = (
    *(DRAFT, READY, WAITING, RETRYING, UNSURE, FILED),
    *(ACKNOWLEDGED, ANSWERED, REFUSED, FAILED, RETRACTED),
)
ON_ITS_WAY = frozenset({WAITING, RETRYING})
ARRIVED = frozenset({FILED, ACKNOWLEDGED, ANSWERED})
WANTS_A_PERSON = frozenset({UNSURE, REFUSED, FAILED})
COUNTS = frozenset(STATES) - {DRAFT, REFUSED, FAILED, RETRACTED}
"""States in which filing the same again needs a yes."""

WEB, MAIL, HAND = "web", "mail", "hand"

RESULTS = (
    *("removed", "notice_sent", "passed_on", "investigating", "not_illegal", "not_found"),
    *("no_action", "other"),
)
LONGEST_REFERENCE, LONGEST_OUTCOME, LONGEST_SUMMARY = 200, 4000, 3000


@dataclass(frozen=True, slots=True)
class File:
    """One file of what leaves, byte for byte."""

    name: str
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Parcel:
    """What leaves: a subject, and files; of a letter the first is its text."""

    subject: str
    files: tuple[File, ...]

    def to_json(self) -> str:
        """As it is sealed."""
        files = [[one.name, one.type, b64encode(one.body).decode()] for one in self.files]
        return json.dumps({"subject": self.subject, "files": files})

    @classmethod
    def from_json(cls, text: str) -> Parcel:
        """What ``to_json`` wrote."""
        found = json.loads(text)
        files = tuple(File(name, kind, b64decode(body)) for name, kind, body in found["files"])
        return cls(found["subject"], files)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that a filing names: exact for machines, ``shown`` for people's eyes.

    ``kind`` is url, account, chat, phone or email.
    """

    address_id: str
    exact: str
    shown: str
    kind: str
    domain: str = ""
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who files: the helpline's name, and where answers go."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What may leave of a report. The reporter's own words are not among it.

    ``summary`` was written by staff for this recipient. Of the answers ``suspect`` and
    ``where`` are as they were typed, and only there when staff let them go.
    """

    number: str
    reference: str
    kind: str
    reporter: str
    language: str
    band: str
    received_at: datetime
    made_at: datetime
    summary: str
    targets: tuple[Target, ...]
    sender: Sender
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
    country: str = ""

    @property
    def happening_now(self) -> bool:
        """Whether abuse is happening at this moment, as the reporter said."""
        return self.now == "yes"


@dataclass(frozen=True, slots=True)
class TryView:
    """One call to the other side."""

    at: datetime
    step: str
    result: str
    detail: str


@dataclass(frozen=True, slots=True)
class FilingView:
    """A filing as staff see it."""

    filing_id: str
    report_id: str
    number: str
    recipient: str
    way: str
    state: str
    rank: int
    made_at: datetime
    name: str
    sent_at: datetime | None
    acknowledged_at: datetime | None
    outcome_at: datetime | None
    next_at: datetime | None
    tries: int
    reference: str
    result: str
    outcome: str
    why: str
    address_ids: tuple[str, ...]


def shown_as(number: str, place: int) -> str:
    """The number of a filing, by which both sides name it."""
    return f"{number}/{place}"


def names(files: Sequence[File]) -> tuple[str, ...]:
    """The names of files, in their order."""
    return tuple(one.name for one in files)
