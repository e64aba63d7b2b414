"""From effects to what leaves: errands into a chat, letters to the helpline."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID, uuid5

from sqlalchemy import Connection

from bot.channels.base import Place
from bot.crypto import SealBroken, Sealer
from bot.engine.effects import (
    AddToReport,
    AskReport,
    Effect,
    Erase,
    FileReport,
    Hide,
    LeaveContact,
    OpenContact,
    PassToCounsellor,
    Say,
    TakeBack,
    TellHelped,
)
from bot.helpline import BoxKey, addition_of, body_of, report_of, sealed
from bot.store.forms import Errand, read_errand, write_errand
from bot.store.outbox import (
    ADDITION,
    ASK_REPORT,
    CHANNEL,
    HELPLINE,
    HIDE,
    REPORT,
    SAYS,
    TAKE_BACK,
    WANTS_NEWS,
    Taken,
    failed,
)
from bot.store.shown import Standing

log = logging.getLogger(__name__)

MESSAGES = UUID("0c6c0f2e-4a3f-5e0b-8f39-8a0f9f1d7c52")
KEY_LIMIT = 64
NO_ERRAND = Errand()
Letter = (
    OpenContact
    | PassToCounsellor
    | LeaveContact
    | TellHelped
    | FileReport
    | AskReport
    | AddToReport
)
URGENCY = {"emergency": 0, "disclosure": 1}
OTHERS, LESSONS = 2, 5
UNREADABLE = (SealBroken, ValueError, TypeError, LookupError, AttributeError)  # of a stored row
_PLAIN_KEY = re.compile(r"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that shall leave, not yet stored: a letter, or an errand into the chat."""

    lane: str
    kind: str
    key: str
    priority: int
    letter: bytes = b""
    errand: Errand = NO_ERRAND

    @property
    def plain(self) -> bytes:
        """What is sealed and stored."""
        return self.letter if self.lane == HELPLINE else write_errand(self.errand)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A stored row that this process may carry now, opened.

    A ``letter`` is for the helpline, an ``errand`` for a chat: with its ``place`` there as it
    was when the row was leased, or with the ``traces`` to remove (``left``: messages too old
    for that). ``heard_at`` is when the person was last heard.
    """

    id: int
    conversation: str
    channel: str
    address: str
    lane: str
    kind: str
    key: str
    priority: int
    attempts: int
    done: int
    created_at: int
    heard_at: int = 0
    letter: bytes = b""
    errand: Errand = NO_ERRAND
    place: Place = field(default_factory=Place)
    traces: tuple[Standing, ...] = ()
    left: int = 0

    @property
    def contact_id(self) -> str:
        """The contact of a row for the helpline; the receipt of the report that is added to."""
        return self.letter.partition(b"\n")[0].decode()

    @property
    def body(self) -> bytes:
        """What is posted to the helpline, byte for byte the same on every try."""
        return self.letter.partition(b"\n")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the drafts of one step have in common; ``seen`` is the id of its update.

    ``pressed`` is the bubble of ours whose button was pressed, ``theirs`` the message that
    the person sent.
    """

    seen: str
    conversation: str
    channel: str
    at: datetime
    pressed: str = ""
    theirs: str = ""


def drafts_of(effects: Sequence[Effect], origin: Origin, box: BoxKey | None) -> list[Draft]:
    """The drafts of one step: its bubbles together, what it takes back between them, and each
    body for the helpline, in order.

    Bubbles before an ``Erase`` are gone with it; what removes traces is not. ``box`` may be
    None only when nothing is for the helpline.
    """
    chat = _Chat(origin)
    letters: list[Draft] = []
    for effect in effects:
        if isinstance(effect, Say):
            chat.says.append(effect)
        elif isinstance(effect, Erase):
            chat.erase()
        elif isinstance(effect, Hide | TakeBack):
            chat.remove(effect)
        elif isinstance(effect, Letter):
            letters.append(_letter(effect, key_of(origin.seen, len(letters) + 1), origin, box))
    return [*chat.drafts(), *letters]


class _Chat:
    """Gathers what a step does in the chat: bubbles that follow each other share a row."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._done: list[Draft] = []
        self.says: list[Say] = []

    def erase(self) -> None:
        """Nothing that was said before may still arrive."""
        self.says.clear()
        self._done = [draft for draft in self._done if draft.kind != SAYS]

    def remove(self, effect: Hide | TakeBack) -> None:
        """Close the row of bubbles, and put behind it what is to be removed."""
        self._close()
        key = key_of(self._origin.seen, f"r{len(self._done) - self._rows()}")
        if isinstance(effect, Hide):
            draft = Draft(CHANNEL, HIDE, key, URGENCY["disclosure"])
        else:
            theirs = self._origin.theirs if effect.theirs else ""
            errand = Errand(keys=effect.keys, theirs=theirs)
            draft = Draft(CHANNEL, TAKE_BACK, key, URGENCY["disclosure"], errand=errand)
        self._done.append(draft)

    def drafts(self) -> list[Draft]:
        """All of it, in order."""
        self._close()
        return self._done

    def _close(self) -> None:
        """The first row has the key by which a counsellor's words are known (``….0``)."""
        if not self.says:
            return
        rows = self._rows()
        key = key_of(self._origin.seen, f"s{rows}" if rows else 0)
        errand = Errand(says=tuple(self.says), pressed=self._origin.pressed)
        self._done.append(Draft(CHANNEL, SAYS, key, _urgency(self.says), errand=errand))
        self.says = []

    def _rows(self) -> int:
        return sum(draft.kind == SAYS for draft in self._done)


def key_of(seen: str, place: int | str) -> str:
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
        except UNREADABLE as broken:
            log.error("row %s of the outbox is lost: %s", taken.id, type(broken).__name__)
            failed(connection, [taken.id])
    return parcels


def _opened(taken: Taken, sealer: Sealer) -> Parcel:
    plain = sealer.open(taken.payload, table="outbox", column="payload", row=taken.key)
    chat = taken.lane == CHANNEL
    return Parcel(
        id=taken.id,
        conversation=taken.conversation,
        channel=taken.channel,
        address=open_address(sealer, taken.conversation, taken.address),
        lane=taken.lane,
        kind=taken.kind,
        key=taken.key,
        priority=taken.priority,
        attempts=taken.attempts,
        done=taken.done,
        created_at=taken.created_at,
        heard_at=taken.heard_at,
        letter=b"" if chat else plain,
        errand=read_errand(plain) if chat else NO_ERRAND,
    )


def open_address(sealer: Sealer, conversation: str, closed: bytes) -> str:
    """The address of a conversation. Raises ``SealBroken``."""
    place = {"table": "conversations", "column": "address", "row": conversation}
    return sealer.open(closed, **place).decode()


def _urgency(says: Sequence[Say]) -> int:
    if any(say.grave for say in says):
        return URGENCY["disclosure"]
    return OTHERS if any(say.name for say in says) else LESSONS


def _letter(effect: Letter, key: str, origin: Origin, box: BoxKey | None) -> Draft:
    if isinstance(effect, AskReport):  # of a box there is no need: it is no body
        return Draft(HELPLINE, ASK_REPORT, key, OTHERS, effect.receipt.encode())
    if box is None:
        raise ValueError("nothing can be sealed without the helpline's key")
    if isinstance(effect, FileReport):
        _, body = report_of(
            effect, conversation=origin.conversation, channel=origin.channel, at=origin.at
        )
        urgency = URGENCY["emergency"] if effect.grave else OTHERS
        return Draft(HELPLINE, REPORT, key, urgency, b"\n" + sealed(body, box))
    if isinstance(effect, AddToReport):
        return _addition(effect, key, origin, box)
    kind, contact_id, body = body_of(
        effect,
        conversation=origin.conversation,
        channel=origin.channel,
        at=origin.at,
        message_ids=lambda n: str(uuid5(MESSAGES, f"{key}/{n}")),
    )
    severity = "none" if isinstance(effect, LeaveContact | TellHelped) else effect.severity
    letter = contact_id.encode() + b"\n" + sealed(body, box)
    return Draft(HELPLINE, kind, key, URGENCY.get(severity, OTHERS), letter)


def _addition(effect: AddToReport, key: str, origin: Origin, box: BoxKey) -> Draft:
    """Danger that is added leaves before everything else, as danger does."""
    kind = ADDITION if effect.wants_news is None else WANTS_NEWS
    body = sealed(addition_of(effect, key=key, at=origin.at), box)
    letter = effect.receipt.encode() + b"\n" + body
    return Draft(HELPLINE, kind, key, URGENCY.get(effect.severity, OTHERS), letter)
