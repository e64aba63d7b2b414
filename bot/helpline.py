"""The helpline as the bot sees it: a protocol, what its errors mean, the bodies it is sent.

A body is built when the engine orders it, sealed to the helpline's public key and only
then stored, so that a copy of the bot's database tells nothing of any contact.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Literal, Protocol, assert_never
from uuid import UUID, uuid5

from nacl.public import PublicKey, SealedBox

from bot.engine.content import LANGUAGES
from bot.engine.effects import (
    AddToReport,
    FileReport,
    LeaveContact,
    OpenContact,
    PassToCounsellor,
    TellHelped,
    Word,
)
from bot.engine.events import NO_PLAN, Evidence, Plan, ReportUpdate

CONTACTS = UUID("5d0b5e0c-6f0e-5c55-9a4e-3c1f6f9d7a11")
REPORTS = UUID("a8c7b1f4-6a1e-5b7c-9d52-0f3c2e7d4b66")
ADDITIONS = UUID("3d1c4f0a-52be-5d0e-8c36-1f8e0a6b9d27")

CONTACTS_KNOWN = 100  # of one conversation, by their number

TEXT_LIMIT, TEXT_LEAST = 20_000, 200  # characters of one message
BODY_LIMIT = 160_000  # bytes of all messages, so that the sealed body stays under 256 KiB
EVIDENCE_LIMIT = 100
ADDRESS_LIMIT = 1_000  # characters
ADDRESSES_LIMIT = 50
SHORT_LIMIT = 64  # characters of what a choice stands for when it is typed
UNANSWERED = ("door",)  # channels where nobody can be written to
NOTICE_LIMIT = 400  # characters of what a closed helpline says itself
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

Kind = Literal["contact", "messages", "report"]
Body = dict[str, object]
ForHelpline = OpenContact | PassToCounsellor | LeaveContact | TellHelped


class HelplineError(Exception):
    """The helpline did not take what it was given, or did not answer."""


class HelplineUnavailable(HelplineError):
    """No answer we can trust: keep what was to be sent, try again, alarm staff."""


class HelplineRefused(HelplineError):
    """The helpline understood and said no: a person must look; never retried."""

    def __init__(self, status: int, problem: str = "") -> None:
        super().__init__(f"the helpline refused with {status} {problem}".rstrip())
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is there: people on duty and the usual wait in minutes (None: not known).

    ``plan`` is what the helpline says of itself while its plan keeps it closed.
    """

    on_duty: int
    usual_minutes: int | None
    plan: Plan = NO_PLAN


@dataclass(frozen=True, slots=True)
class BoxKey:
    """The helpline's public key (X25519, 32 bytes): what is sealed to it only it can open."""

    key_id: str
    public_key: bytes

    @classmethod
    def of(cls, public_key: bytes) -> BoxKey:
        """Name a key by what it is, as the helpline does."""
        return cls(blake2b(public_key).hexdigest()[:8], public_key)


@dataclass(frozen=True, slots=True)
class ReportState:
    """What the holder of a receipt may know: what became of a report, oldest first.

    ``others``: somebody else reported it too. ``open``: additions are read. ``signpost`` are
    kinds of services to which it belongs.
    """

    updates: tuple[ReportUpdate, ...] = ()
    others: bool = False
    open: bool = False
    wants_news: bool = False
    signpost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """Events of the helpline in order of ``seq``; ``next`` is where to go on.

    ``typing`` are the conversations to which a person is writing at this moment.
    """

    events: tuple[Mapping[str, object], ...]
    next: int
    typing: tuple[str, ...] = ()


class Helpline(Protocol):
    """The helpline's API. Each method raises ``HelplineUnavailable`` or ``HelplineRefused``."""

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        """Deliver a sealed body; the same ``key`` and body again change nothing.

        ``kind`` and ``contact_id`` are what ``body_of`` gave; of an addition to a report it
        is the receipt. The answer holds ``contact_id`` and, for a new contact, ``number`` and
        ``duty``.
        """

    async def events(self, after: int, wait: float) -> News:
        """What happened after ``after``; with nothing new, after up to ``wait`` seconds.

        It comes sooner when somebody began to type.
        """

    async def duty(self) -> Duty:
        """Who is on duty now."""

    async def key(self) -> BoxKey:
        """The key to seal bodies to."""

    async def report(self, receipt: str) -> ReportState:
        """What became of the report with this receipt.

        ``HelplineRefused`` with 404: there is none; with 429: too many tries.
        """

    async def figures(self, body: Body, *, key: str) -> None:
        """Tell what was learned, counted over everybody; the newest replaces the older."""

    async def receipt(self, seq: int, status: str, *, key: str) -> None:
        """Tell what became of a counsellor's message: sent, delivered, seen or failed."""


def plan_of(duty: Mapping[str, object]) -> Plan:
    """What a ``duty`` of the contract says of a closed helpline; an older one says nothing.

    Raises ``ValueError`` or ``TypeError`` for another form than the contract's.
    """
    return Plan(_opening(duty.get("opens_at")), _notice(duty.get("message")))


def _opening(at: object) -> datetime | None:
    if at is None:
        return None
    if not isinstance(at, str):
        raise TypeError("opens_at")
    opens_at = datetime.fromisoformat(at)
    if opens_at.tzinfo is None:
        raise ValueError("opens_at without its zone")
    return opens_at.astimezone(UTC)


def _notice(message: object) -> tuple[tuple[str, str], ...]:
    if message is None:
        return ()
    if not isinstance(message, Mapping):
        raise TypeError("message")
    found = ((language, message.get(language)) for language in LANGUAGES)
    return tuple((language, _clean(text, NOTICE_LIMIT)) for language, text in found if text)


def contact_id_of(conversation: str, contact: int) -> str:
    """The id of a conversation's n-th contact; the same wherever it is computed."""
    return str(uuid5(CONTACTS, f"{conversation}/{contact}"))


def report_of(
    effect: FileReport, *, conversation: str, channel: str, at: datetime
) -> tuple[str, Body]:
    """Return a report's id, the same wherever it is computed, and its body.

    The conversation goes with it, so that staff see what belongs together and can tell what
    came of it, unless nobody can be written to there; never an address or a name.
    """
    report_id = str(uuid5(REPORTS, f"{conversation}/{effect.report}"))
    body: Body = {
        "report_id": report_id,
        "received_at": rfc3339(at),
        "language": effect.language,
        "channel": channel,
        **{name: getattr(effect, name) for name in _CHOSEN},
        **{name: _clean(getattr(effect, name), SHORT_LIMIT) for name in _SHORT},
        **{name: _clean(getattr(effect, name), TEXT_LIMIT) for name in _WRITTEN},
        "addresses": [
            _clean(address, ADDRESS_LIMIT) for address in effect.addresses[:ADDRESSES_LIMIT]
        ],
        "demand": list(effect.demand),
        "limits": _limits(effect),
        "evidence": _evidence(effect.evidence),
        "conversation": None if channel in UNANSWERED else conversation,
    }
    return report_id, body


_CHOSEN = (
    *("kind", "reporter", "band", "country", "place", "now", "still", "safe", "in_picture"),
    *("given", "pass_on", "wants_news", "severity"),
)
_SHORT = ("app", "when", "deadline")
_WRITTEN = ("where", "suspect", "words")


def addition_of(effect: AddToReport, *, key: str, at: datetime) -> Body:
    """The body of what is added to a report; ``key`` makes its id, the same on every try."""
    return {
        "addition_id": str(uuid5(ADDITIONS, key)),
        "at": rfc3339(at),
        "words": _clean(effect.words, TEXT_LIMIT),
        "addresses": [_clean(each, ADDRESS_LIMIT) for each in effect.addresses[:ADDRESSES_LIMIT]],
        "still": effect.still,
        "wants_news": effect.wants_news,
        "severity": effect.severity,
        "evidence": _evidence(effect.evidence),
    }


def _evidence(evidence: Sequence[Evidence]) -> list[Body]:
    return [
        {"rule": item.rule[:64], "words": _clean(item.words, TEXT_LEAST)}
        for item in evidence[:EVIDENCE_LIMIT]
    ]


def update_of(item: Mapping[str, object]) -> ReportUpdate:
    """One update of a report, as the contract writes it.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for another form.
    """
    at, state = _aware(item["at"]), item["state"]
    to, following = item.get("to", ""), item.get("next")
    if not isinstance(state, str) or not isinstance(to, str):
        raise TypeError("an update of a report")
    return ReportUpdate(at, state, to, None if following is None else _aware(following))


def _aware(at: object) -> datetime:
    if not isinstance(at, str):
        raise TypeError("a time that is no text")
    found = datetime.fromisoformat(at)
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found.astimezone(UTC)


def contact_number_of(conversation: str, contact_id: str) -> int:
    """Which contact of the conversation an id names; 0 when it is none of the first hundred."""
    numbers = range(1, CONTACTS_KNOWN + 1)
    return next((n for n in numbers if contact_id_of(conversation, n) == contact_id), 0)


def body_of(
    effect: ForHelpline,
    *,
    conversation: str,
    channel: str,
    at: datetime,
    message_ids: Callable[[int], str],
) -> tuple[Kind, str, Body]:
    """Return the kind, the contact's id and the body, not yet sealed, of an effect.

    ``at`` is the time of the event that led to it. ``message_ids`` gives the n-th word of
    this effect (from 0) an id (a UUID) that stays the same when it is computed again.
    """
    contact_id = contact_id_of(conversation, effect.contact)
    match effect:
        case OpenContact():
            where: Body = {
                "contact_id": contact_id,
                "conversation": conversation,
                "channel": channel,
                "opened_at": rfc3339(at),
            }
            return "contact", contact_id, where | _opened(effect, message_ids)
        case PassToCounsellor():
            return "messages", contact_id, _passed(effect, message_ids)
        case LeaveContact():
            return "messages", contact_id, _left(effect)
        case TellHelped():
            return "messages", contact_id, _helped(effect)
        case _:
            assert_never(effect)


def sealed(body: Body, box: BoxKey) -> bytes:
    """Return the bytes to post: ``{"key_id", "sealed"}``. Sealing twice gives other bytes."""
    closed = SealedBox(PublicKey(box.public_key)).encrypt(_packed(body))
    return json.dumps({"key_id": box.key_id, "sealed": b64encode(closed).decode()}).encode()


def rfc3339(at: datetime) -> str:
    """An aware time as the contract writes it: UTC, milliseconds, ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _opened(effect: OpenContact, message_ids: Callable[[int], str]) -> Body:
    return {
        "language": effect.language,
        "band": effect.band,
        "role": effect.role,
        "country": effect.country,
        "severity": effect.severity,
        "category": effect.category,
        "score": effect.score,
        "wants_reply": effect.wants_reply,
        "reason": effect.reason,
        "limits": _limits(effect),
        "messages": _messages(effect.words, message_ids),
    }


def _limits(effect: OpenContact | FileReport) -> Body | None:
    if effect.limits_at is None:
        return None
    return {
        "version": effect.limits_version,
        "language": effect.language,
        "told_at": rfc3339(effect.limits_at),
    }


def _passed(effect: PassToCounsellor, message_ids: Callable[[int], str]) -> Body:
    return {
        "messages": _messages(effect.words, message_ids),
        "severity": effect.severity,
        "category": effect.category,
        "wants_reply": effect.wants_reply,
        "left": None,
        "left_at": None,
    }


def _left(effect: LeaveContact) -> Body:
    return {
        "messages": [],
        "severity": "none",
        "category": "none",
        "wants_reply": False,
        "left": effect.how,
        "left_at": rfc3339(effect.at),
    }


def _helped(effect: TellHelped) -> Body:
    """Only this body has the field: a helpline that does not know it refuses nothing else."""
    return {
        "messages": [],
        "severity": "none",
        "category": "none",
        "wants_reply": False,
        "left": None,
        "left_at": None,
        "helped": effect.helped,
    }


def _messages(words: Sequence[Word], message_ids: Callable[[int], str]) -> list[Body]:
    """All words, as long as the helpline takes them; very long ones are cut, all alike."""
    limit = TEXT_LIMIT
    while True:
        messages = [_message(word, message_ids(n), limit) for n, word in enumerate(words)]
        if limit <= TEXT_LEAST or len(_packed(messages)) <= BODY_LIMIT:
            return messages
        limit //= 2


def _message(word: Word, message_id: str, limit: int) -> Body:
    return {
        "message_id": message_id,
        "at": rfc3339(word.at),
        "kind": word.kind,
        "text": _clean(word.text, limit),
        "severity": word.severity,
        "evidence": [
            {"rule": item.rule[:64], "words": _clean(item.words, limit)}
            for item in word.evidence[:EVIDENCE_LIMIT]
        ],
    }


def _clean(text: str, limit: int) -> str:
    """Text that every database and screen can hold; what is cut off leaves a mark."""
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    whole = kept.encode(errors="replace").decode()  # half a surrogate pair cannot travel
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", whole)


def _packed(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
