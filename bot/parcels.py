"""From effects to what leaves: bubbles for a channel, sealed bodies for the helpline."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID, uuid5

from sqlalchemy import Connection

from bot.crypto import SealBroken, Sealer
from bot.engine.effects import Effect, Erase, LeaveContact, OpenContact, PassToCounsellor, Say
from bot.helpline import BoxKey, body_of, sealed
from bot.store.forms import write_says
from bot.store.outbox import CHANNEL, HELPLINE, Taken, failed

log = logging.getLogger(__name__)

MESSAGES = UUID("0c6c0f2e-4a3f-5e0b-8f39-8a0f9f1d7c52")
KEY_LIMIT = 64
URGENCY = {"emergency": 0, "disclosure": 1}
OTHERS, LESSONS = 2, 5
_PLAIN_KEY = re.compile(r"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that shall leave, not yet stored. ``plain`` is sealed again when it is."""

    lane: str
    kind: str
    key: str
    plain: bytes
    priority: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A stored row that this process may carry now, opened."""

    id: int
    conversation: str
    channel: str
    address: str
    lane: str
    kind: str
    key: str
    plain: bytes
    priority: int
    attempts: int
    done: int
    created_at: int

    @property
    def contact_id(self) -> str:
        """The contact of a row for the helpline."""
        return self.plain.partition(b"\n")[0].decode()

    @property
    def body(self) -> bytes:
        """What is posted to the helpline, byte for byte the same on every try."""
        return self.plain.partition(b"\n")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the drafts of one step have in common; ``seen`` is the id of its update."""

    seen: str
    conversation: str
    channel: str
    at: datetime


def drafts_of(effects: Sequence[Effect], origin: Origin, box: BoxKey | None) -> list[Draft]:
    """The drafts of one step: its bubbles together, and each body for the helpline, in order.

    Bubbles before an ``Erase`` are gone with it. ``box`` may be None only when nothing is
    for the helpline.
    """
    says: list[Say] = []
    letters: list[Draft] = []
    for effect in effects:
        if isinstance(effect, Say):
            says.append(effect)
        elif isinstance(effect, Erase):
            says.clear()
        elif isinstance(effect, OpenContact | PassToCounsellor | LeaveContact):
            letters.append(_letter(effect, key_of(origin.seen, len(letters) + 1), origin, box))
    return [_bubbles(key_of(origin.seen, 0), says), *letters] if says else letters


def key_of(seen: str, place: int) -> str:
    """The key of a step's n-th draft, the same whenever the step is done again.

    It is unique, at most 64 characters, and fit for an Idempotency-Key header.
    """
    key = f"{seen}.{place}"
    if len(key) <= KEY_LIMIT and _PLAIN_KEY.fullmatch(key):
        return key
    return blake2b(key.encode(errors="surrogatepass"), digest_size=24).hexdigest()


def open_all(connection: Connection, rows: Sequence[Taken], sealer: Sealer) -> list[Parcel]:
    """Leased rows, opened; one that does not open is marked as failed and holds up nothing."""
    parcels = []
    for taken in rows:
        try:
            parcels.append(_opened(taken, sealer))
        except SealBroken as broken:
            log.error("row %s of the outbox is lost: %s", taken.id, broken)
            failed(connection, [taken.id])
    return parcels


def _opened(taken: Taken, sealer: Sealer) -> Parcel:
    return Parcel(
        id=taken.id,
        conversation=taken.conversation,
        channel=taken.channel,
        address=open_address(sealer, taken.conversation, taken.address),
        lane=taken.lane,
        kind=taken.kind,
        key=taken.key,
        plain=sealer.open(taken.payload, table="outbox", column="payload", row=taken.key),
        priority=taken.priority,
        attempts=taken.attempts,
        done=taken.done,
        created_at=taken.created_at,
    )


def open_address(sealer: Sealer, conversation: str, closed: bytes) -> str:
    """The address of a conversation. Raises ``SealBroken``."""
    place = {"table": "conversations", "column": "address", "row": conversation}
    return sealer.open(closed, **place).decode()


def _bubbles(key: str, says: Sequence[Say]) -> Draft:
    grave = any(say.grave for say in says)
    person = any(say.name for say in says)
    priority = URGENCY["disclosure"] if grave else OTHERS if person else LESSONS
    return Draft(CHANNEL, "says", key, write_says(says), priority)


def _letter(
    effect: OpenContact | PassToCounsellor | LeaveContact,
    key: str,
    origin: Origin,
    box: BoxKey | None,
) -> Draft:
    if box is None:
        raise ValueError("nothing can be sealed without the helpline's key")
    kind, contact_id, body = body_of(
        effect,
        conversation=origin.conversation,
        channel=origin.channel,
        at=origin.at,
        message_ids=lambda n: str(uuid5(MESSAGES, f"{key}/{n}")),
    )
    severity = "none" if isinstance(effect, LeaveContact) else effect.severity
    plain = contact_id.encode() + b"\n" + sealed(body, box)
    return Draft(HELPLINE, kind, key, plain, URGENCY.get(severity, OTHERS))
