"""Values of evidence. All times are aware UTC."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

JSON = "application/json"

KINDS = (
    *("report", "addition", "transcript", "message"),
    *("filing", "answer", "document", "bundle"),
)
"""What is kept: a report and what was added to it as received, the talk of a contact, a filing
as it was sent, what came back, and a bundle that was made."""

WHYS = ("inquiry", "filing", "assessment", "quality", "court")
"""Suggested reasons for looking; anybody may write another."""


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """What is known of an exhibit without opening it."""

    exhibit_id: str
    number: str
    case_id: str
    report_id: str
    kind: str
    media: str
    size: int
    sha256: str
    kept_at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An exhibit in hand. ``body`` is empty when the bytes are not those that were kept."""

    view: ExhibitView
    body: bytes
    whole: bool

    @property
    def value(self) -> Any:
        """The JSON that was kept; only of an exhibit that is whole and holds JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class CustodyView:
    """One time that somebody had an exhibit in hand. ``name`` is who that was, where known."""

    seq: int
    exhibit_id: str
    at: datetime
    who: str
    name: str
    deed: str
    why: str
    hash_before: str
    hash_after: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """One walk through the trail; ``fault`` is empty when it held, or while it is under way."""

    asked_at: datetime
    done_at: datetime | None
    upto: int
    fault_seq: int
    fault: str


@dataclass(frozen=True, slots=True)
class StampView:
    """One time that the head of the trail was shown outside."""

    seq: int
    kind: str
    head_seq: int
    head_hash: str
    at: datetime
    token: bytes
