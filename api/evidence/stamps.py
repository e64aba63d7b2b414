"""The head of the trail, shown outside every day: stamped by a service, or exported.

With a stamp service (``SIGURT_STAMP_URL``) its answer is checked before it is kept; while the
service is down everything goes on, and the errand catches up. Without one, or where
``SIGURT_ANCHOR`` names somebody, the head goes into a file of the data folder and to them.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import apprise
import httpx
from cryptography.x509 import Certificate
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.alerts.addresses import ByApprise, Outside
from api.audit.chain import Anchor, canonical, digest, hash_of, head_text
from api.audit.service import head, record
from api.audit.tables import AuditRow
from api.contacts.noticing import notify
from api.contacts.tables import Notice
from api.counters import next_number, touch
from api.crypto import Vault
from api.db import Database
from api.evidence import tokens
from api.evidence.tables import Stamp
from api.evidence.values import StampView
from api.settings import Settings, SettingsFault
from api.times import Clock, from_ms, rfc3339, to_ms

logger = logging.getLogger(__name__)

EVERY = timedelta(hours=24)
TOLD_AFTER = timedelta(hours=36)
"""So long without a stamp, and the supervisors read of it."""
TSA, EXPORTED = "tsa", "exported"
_PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
_PATIENCE = httpx.Timeout(10.0)
_TYPE = "application/timestamp-query"
TITLE = "Sigurt"


@dataclass(frozen=True, slots=True)
class Stamping:
    """How this installation shows the head outside."""

    folder: Path
    url: str = ""
    roots: Sequence[Certificate] = ()
    addresses: Sequence[str] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is wanted every day."""
        exported = (EXPORTED,) if self.addresses or not self.url else ()
        return (*((TSA,) if self.url else ()), *exported)


def stamping(settings: Settings) -> Stamping:
    """As the settings say. Raises ``SettingsFault`` naming the setting, not the value."""
    folder = settings.data_dir / "anchors"
    roots = _roots(settings) if settings.stamp_url else ()
    return Stamping(folder, settings.stamp_url, roots, tuple(_addresses(settings)))


class StampErrand:
    """Shows the head outside, once a day, until it was taken."""

    name = "stamps"

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        set_up: Stamping,
        *,
        transport: httpx.BaseTransport | None = None,
        outside: Outside | None = None,
    ) -> None:
        self._database, self._vault, self._clock = database, vault, clock
        self._set_up, self._transport = set_up, transport
        self._outside = outside or ByApprise()
        self._tries, self._not_before = 0, from_ms(0)

    def has_work(self) -> bool:
        """Whether a stamp is due, and the last failure is some time ago."""
        return self._clock() >= self._not_before and bool(self._due())

    def turn(self) -> None:
        """Make what is due."""
        done = [self._make(kind) for kind in self._due()]
        self._tries = 0 if all(done) else self._tries + 1
        if self._tries:
            pause = _PAUSES[min(self._tries, len(_PAUSES)) - 1]
            self._not_before = self._clock() + pause
            self._tell()

    def now(self) -> bool:
        """Show the head as it is now, best effort; whether everybody took it.

        For a bundle, which should end with a stamp; needs no session open.
        """
        return all([self._make(kind) for kind in self._set_up.kinds])

    def _due(self) -> list[str]:
        now = self._clock()
        with self._database.read() as session:
            if head(session).seq == 0:
                return []
            return [kind for kind in self._set_up.kinds if is_due(session, kind, now=now)]

    def _make(self, kind: str) -> bool:
        with self._database.read() as session:
            newest = head(session)
        if newest.seq == 0:
            return True
        token = self._stamped(newest) if kind == TSA else self._exported(newest)
        if token is None:
            return False
        with self._database.write() as session:
            keep(session, self._vault, kind, newest, token, now=self._clock())
        return True

    def _stamped(self, newest: Anchor) -> bytes | None:
        asked = tokens.request(newest)
        try:
            token = self._post(asked.as_bytes())
            tokens.verified(token, newest, self._set_up.roots, asked=asked)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, tokens.TokenWrong) as error:
            logger.warning("the stamp service gave no stamp: %s", type(error).__name__)
            return None
        return token

    def _post(self, query: bytes) -> bytes:
        headers = {"Content-Type": _TYPE, "Accept": "application/timestamp-reply"}
        client = httpx.Client(timeout=_PATIENCE, trust_env=False, transport=self._transport)
        with (
            client,
            client.stream("POST", self._set_up.url, content=query, headers=headers) as answer,
        ):
            answer.raise_for_status()
            return _short(answer.iter_bytes())

    def _exported(self, newest: Anchor) -> bytes | None:
        at = self._clock()
        try:
            write_anchor(self._set_up.folder, newest, at)
        except OSError as error:
            logger.warning("the head of the trail was not exported: %s", type(error).__name__)
            return None
        text = anchor_text(newest, at).decode()
        sent = [self._outside.send(one, title=TITLE, text=text) for one in self._set_up.addresses]
        if not all(sent):
            logger.warning("the head of the trail was not taken outside")
        return b"" if all(sent) else None

    def _tell(self) -> None:
        """The supervisors read of it once, until a stamp was made again."""
        now = self._clock()
        with self._database.write() as session:
            for kind in self._set_up.kinds:
                since = last_at(session, kind) or _first_at(session)
                if now - since >= TOLD_AFTER and not _told_since(session, since):
                    notify(session, self._vault, kind="stamp_late", now=now)


def keep(
    session: Session, vault: Vault, kind: str, newest: Anchor, token: bytes, *, now: datetime
) -> int:
    """Keep a stamp, and have the trail vouch for it. Needs a writing session."""
    seq = next_number(session, "stamps")
    values = {
        "seq": seq,
        "kind": kind,
        "head_seq": newest.seq,
        "head_hash": newest.hash,
        "at": to_ms(now),
        "token": token,
    }
    session.execute(insert(Stamp), [values])
    detail = {"vouched": "stamps", "row": str(seq), "sha256": digest(_content(values))}
    record(session, vault, who="clock", what=f"trail.{_DEED[kind]}", now=now, detail=detail)
    touch(session)
    return seq


_DEED = {TSA: "stamped", EXPORTED: "exported"}


def stamps(session: Session, *, most: int = 20) -> list[StampView]:
    """The newest stamps, the newest first."""
    rows = session.execute(select(Stamp).order_by(col(Stamp.seq).desc()).limit(most)).scalars()
    return [
        StampView(row.seq, row.kind, row.head_seq, row.head_hash, from_ms(row.at), row.token)
        for row in rows
    ]


def anchors(session: Session, folder: Path) -> Iterator[Anchor]:
    """Every head that was shown outside, and is known here."""
    for seq, hash in session.execute(select(col(Stamp.head_seq), col(Stamp.head_hash))):
        yield Anchor(seq, hash)
    yield from read_anchors(folder)


def read_anchors(folder: Path) -> Iterator[Anchor]:
    """The heads that lie in the folder of exported ones; a file that is none counts as a fault."""
    for path in sorted(folder.glob("*.json")):
        try:
            found = json.loads(path.read_bytes())
            yield Anchor(int(found["seq"]), str(found["hash"]))
        except (ValueError, KeyError, TypeError):
            yield Anchor(1, f"unreadable: {path.name}")


def anchor_text(newest: Anchor, at: datetime) -> bytes:
    """An exported head, as canonical JSON."""
    return canonical({**json.loads(head_text(newest)), "at": rfc3339(at)})


def write_anchor(folder: Path, newest: Anchor, at: datetime) -> None:
    """Write the head into a file of its own, and have the disk keep it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{at:%Y-%m-%d}-{newest.seq}.json"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(anchor_text(newest, at))
        file.flush()
        os.fsync(file.fileno())


def is_due(session: Session, kind: str, *, now: datetime) -> bool:
    """Whether the last one is a day old, or in the future: then a clock was wrong."""
    last = last_at(session, kind)
    return last is None or not timedelta(0) <= now - last < EVERY


def last_at(session: Session, kind: str) -> datetime | None:
    """When the last stamp of this kind was made."""
    wanted = select(col(Stamp.at)).where(col(Stamp.kind) == kind)
    found = session.execute(wanted.order_by(col(Stamp.seq).desc()).limit(1)).scalar()
    return None if found is None else from_ms(found)


def vouched_hash(session: Session, vault: Vault, key: str) -> str | None:
    """What a stamp hashes to now, for who checks the trail."""
    row = session.get(Stamp, int(key), populate_existing=True)
    try:
        return digest(_content(row.model_dump())) if row else None
    except (TypeError, ValueError, OverflowError):
        return None


def count(session: Session) -> int:
    """How many stamps there are."""
    return int(session.execute(select(func.count()).select_from(Stamp)).scalar_one())


def _content(row: Mapping[str, object]) -> dict[str, object]:
    at, token = row["at"], row["token"]
    if not isinstance(at, int) or not isinstance(token, bytes):
        raise TypeError("not what a stamp holds")
    names = ("seq", "kind", "head_seq", "head_hash")
    said = {name: row[name] for name in names}
    return {**said, "at": rfc3339(from_ms(at)), "token_hash": hash_of(token)}


def _first_at(session: Session) -> datetime:
    """When the trail began: what was never stamped waits since then."""
    wanted = select(col(AuditRow.at)).order_by(col(AuditRow.seq)).limit(1)
    return from_ms(session.execute(wanted).scalar_one())


def _told_since(session: Session, since: datetime) -> bool:
    wanted = select(col(Notice.id)).where(
        col(Notice.kind) == "stamp_late", col(Notice.at) >= to_ms(since)
    )
    return session.execute(wanted.limit(1)).first() is not None


def _short(parts: Iterable[bytes]) -> bytes:
    """The answer, unless it is longer than any stamp."""
    found = b""
    for part in parts:
        found += part
        if len(found) > tokens.LONGEST:
            raise tokens.TokenWrong("too long")
    return found


def _roots(settings: Settings) -> Sequence[Certificate]:
    if settings.stamp_roots is None:
        raise SettingsFault("SIGURT_STAMP_ROOTS is missing: without it no stamp can be checked.")
    try:
        return tokens.certificates(settings.stamp_roots.read_bytes())
    except (OSError, ValueError):
        raise SettingsFault("SIGURT_STAMP_ROOTS is no file of PEM certificates.") from None


def _addresses(settings: Settings) -> Iterator[str]:
    for place, address in enumerate(settings.anchor.get_secret_value().split(), 1):
        if apprise.Apprise.instantiate(address, suppress_exceptions=True) is None:
            raise SettingsFault(f"SIGURT_ANCHOR: address {place} is none that Apprise knows.")
        yield address
