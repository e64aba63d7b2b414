"""Bundles: asked for by a supervisor, made by the errand, kept sealed as an exhibit.

Making takes seconds (documents, signatures, perhaps a stamp service), so it happens outside
every transaction: all is read and recorded in one, made without one, and kept in another. A
crash in between leaves a bundle that waits and is made anew, and nothing half.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.chain import canonical
from api.audit.service import record
from api.cases import queries as cases
from api.cases.refusals import CaseUnknown, IdentityLocked
from api.contacts.values import StaffRef
from api.counters import next_number, touch
from api.crypto import KeyFileUnsafe, Vault
from api.db import Database
from api.errors import Refusal, where
from api.evidence import exhibits
from api.evidence.bundle_tables import Bundle
from api.evidence.extract import extract
from api.evidence.gathering import Gathered, all_whole, case_json, gather
from api.evidence.packing import encrypted, keys_of, recipients, sealed
from api.evidence.paper import paper
from api.evidence.refusals import ExhibitBroken, ReasonWanted
from api.evidence.signing import Signing, StampFault, fingerprint, load_signing, sign_pdf
from api.evidence.telling import Made, Teller
from api.evidence.values import Exhibit
from api.evidence.verify import stamp_files
from api.locale.catalogue import LANGUAGES
from api.settings import Settings
from api.times import Clock, from_ms, maybe_from_ms, rfc3339, to_ms

logger = logging.getLogger(__name__)

WAITING, READY, FAILED = "waiting", "ready", "failed"
PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300))
"""After the last of them a bundle has failed, and says so."""
LONGEST = 1000
_INSTRUCTIONS = Path(__file__).parent / "instructions"
_TEXTS = ("LEXOJE.txt", "README.txt")


class BundleUnknown(Refusal):
    status, type, title = 404, "bundle-unknown", "No such bundle"


class BundleNotReady(Refusal):
    status, type, title = 409, "bundle-not-ready", "The bundle is not made yet"


class InvalidBundle(Refusal):
    status, type, title = 422, "invalid-bundle", "A bundle needs a language and a known recipient"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for. ``recipient`` is a name of the settings, or empty for open.

    ``identity``: who the child is shall be in it; of a bundle that is made, that it is.
    """

    why: str
    languages: tuple[str, ...]
    recipient: str = ""
    identity: bool = False


@dataclass(frozen=True, slots=True)
class BundleView:
    """A bundle as the page of its case shows it; all times are aware UTC."""

    bundle_id: str
    number: str
    case_id: str
    state: str
    asked_at: datetime
    done_at: datetime | None
    staff: StaffRef
    wish: Wish
    fault: str
    exhibit_id: str
    sha256: str
    size: int
    stamped: bool

    @property
    def file(self) -> str:
        """What the file is called."""
        return f"{self.number}.zip{'.age' if self.wish.recipient else ''}"


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of a bundle, and whether a service stamped its list."""

    body: bytes
    stamped: bool


def ask(
    session: Session,
    vault: Vault,
    case_id: str,
    wish: Wish,
    *,
    known: frozenset[str],
    staff: StaffRef,
    now: datetime,
) -> str:
    """Ask for a bundle of this case; its id. ``known``: the recipients of the settings.

    Raises ``ReasonWanted``, ``InvalidBundle``.
    """
    case, why = cases.get(session, case_id), wish.why.strip()[:LONGEST]
    if not why:
        raise ReasonWanted()
    if not wish.languages or not set(wish.languages) <= set(LANGUAGES):
        raise InvalidBundle()
    if wish.recipient and wish.recipient not in known:
        raise InvalidBundle()
    bundle_id = str(uuid.uuid4())
    row = vault.row("bundles", bundle_id)
    values = {
        "id": bundle_id,
        "number": next_number(session, "bundles"),
        "case_id": case.id,
        "state": WAITING,
        "asked_at": to_ms(now),
        "next_at": to_ms(now),
        "staff_id": staff.id,
        "name": row.seal("name", staff.name),
        "why": row.seal("why", why),
        "recipient": row.seal("recipient", wish.recipient),
        "languages": ",".join(one for one in LANGUAGES if one in wish.languages),
        "identity": wish.identity,
        "tries": 0,
        "fault": "",
        "stamped": False,
    }
    session.execute(insert(Bundle), [values])
    detail = {"name": staff.name, "why": why, "recipient": wish.recipient, "bundle": bundle_id}
    who = f"staff:{staff.id}"
    record(session, vault, who=who, what="bundle.asked", about=case.id, now=now, detail=detail)
    touch(session)
    return bundle_id


def bundles_of(session: Session, vault: Vault, case_id: str) -> list[BundleView]:
    """The bundles of a case, the newest first."""
    wanted = select(Bundle).where(col(Bundle.case_id) == case_id)
    rows = session.execute(wanted.order_by(col(Bundle.number).desc())).scalars()
    return [_view(session, vault, one) for one in rows]


def take(
    session: Session,
    vault: Vault,
    case_id: str,
    bundle_id: str,
    *,
    why: str,
    staff: StaffRef,
    now: datetime,
) -> tuple[BundleView, Exhibit]:
    """Take a bundle out, for a reason; custody and the trail say so (S51).

    What tells who the child is, and can be read, needs the taker's own open lock (S30). As with
    every exhibit, look at ``whole`` after the session was left. Raises ``BundleUnknown``,
    ``BundleNotReady``, ``IdentityLocked``, ``ReasonWanted``.
    """
    row = session.get(Bundle, bundle_id)
    if row is None or row.case_id != case_id:
        raise BundleUnknown()
    if row.state != READY or row.exhibit_id is None:
        raise BundleNotReady()
    view = _view(session, vault, row)
    readable = view.wish.identity and not view.wish.recipient
    if readable and cases.open_unlock(session, case_id, staff.id, now=now) is None:
        raise IdentityLocked()
    given = exhibits.look(
        session, vault, row.exhibit_id, staff=staff, why=why, now=now, deed="exported"
    )
    return view, given


class BundleErrand:
    """Makes what was asked for, one after the other."""

    name = "bundles"

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        settings: Settings,
        *,
        stamp_head: Callable[[], bool] | None = None,
        signing: Signing | None = None,
    ) -> None:
        self._database, self._vault, self._clock = database, vault, clock
        self._settings, self._stamp_head, self._signing = settings, stamp_head, signing

    def has_work(self) -> bool:
        """Whether a bundle waits."""
        with self._database.read() as session:
            return _due(session, self._clock()) is not None

    def turn(self) -> None:
        """Make the next one; what fails is tried again, and then called failed."""
        with self._database.read() as session:
            row = _due(session, self._clock())
            wanted = _view(session, self._vault, row) if row else None
        if wanted is None:
            return
        try:
            self._make(wanted)
        except (CaseUnknown, ExhibitBroken) as refusal:  # no later try would end otherwise
            self._fail(wanted, refusal.type, last=True)
        except (Refusal, KeyFileUnsafe, OSError, ValueError) as error:
            logger.warning("a bundle was not made: %s at %s", type(error).__name__, where(error))
            self._fail(wanted, error.type if isinstance(error, Refusal) else "not-made")

    def _make(self, wanted: BundleView) -> None:
        now = self._clock()
        with self._database.write() as session:
            if wanted.case_id in cases.hidden_cases(session, wanted.staff.id):
                raise CaseUnknown()  # whoever asked was named in the case since
            found = gather(
                session,
                self._vault,
                wanted.case_id,
                staff=wanted.staff,
                why=wanted.wish.why,
                with_identity=wanted.wish.identity,
                now=now,
            )
        all_whole(found)
        if self._stamp_head:
            self._stamp_head()  # so that the log ends with a stamp; best effort
        packed = self._packed(wanted, found, now)
        self._keep(wanted, packed, identity=found.known is not None)

    def _packed(self, wanted: BundleView, found: Gathered, now: datetime) -> Packed:
        signing = self._signing or load_signing(self._settings, now=now)
        made = _made(wanted, signing, self._settings, now)
        with self._database.read() as session:
            told = {
                "bundle": wanted.number,
                "helpline": made.helpline,
                "by": made.by,
                "why": made.why,
                "at": rfc3339(now),
            }
            case = case_json(session, self._vault, found, made=told, now=now)
            log = extract(session, self._vault, about=found.about)
        files = {
            **{name: (_INSTRUCTIONS / name).read_bytes() for name in _TEXTS},
            **_documents(wanted, found, made, case, signing),
            "case.json": canonical(case),
            "log.json": canonical(log),
            **{one.file: one.exhibit.body for one in found.held},
            **stamp_files(log),
            **self._roots(),
            **keys_of(signing),
        }
        about = f"{wanted.number} {found.case.line.ref.number}"
        body, stamped = sealed(files, signing, about=about, at=now)
        if wanted.wish.recipient:
            known = recipients(self._settings.bundle_recipients)
            body = encrypted(body, wanted.wish.recipient, known)
        return Packed(body, stamped)

    def _roots(self) -> dict[str, bytes]:
        roots = self._settings.stamp_roots
        return {"stamps/roots.pem": roots.read_bytes()} if roots else {}

    def _keep(self, wanted: BundleView, packed: Packed, *, identity: bool) -> None:
        now, media = self._clock(), "application/zip"
        if wanted.wish.recipient:
            media = "application/age"
        with self._database.write() as session:
            row = session.get_one(Bundle, wanted.bundle_id)
            row.exhibit_id = exhibits.keep(
                session,
                self._vault,
                kind="bundle",
                body=packed.body,
                media=media,
                who=f"staff:{wanted.staff.id}",
                case_id=wanted.case_id,
                why=wanted.wish.why,
                now=now,
            )
            row.state, row.done_at, row.fault = READY, to_ms(now), ""
            row.stamped, row.identity = packed.stamped, identity
            detail = {"name": wanted.staff.name, "bundle": wanted.bundle_id}
            self._record(session, wanted, "bundle.made", detail, now)

    def _fail(self, wanted: BundleView, fault: str, *, last: bool = False) -> None:
        now = self._clock()
        with self._database.write() as session:
            row = session.get_one(Bundle, wanted.bundle_id)
            row.tries, row.fault = row.tries + 1, fault[:40]
            if last or row.tries > len(PAUSES):
                row.state, row.done_at = FAILED, to_ms(now)
                detail = {"bundle": wanted.bundle_id, "fault": fault}
                self._record(session, wanted, "bundle.failed", detail, now)
            else:
                row.next_at = to_ms(now + PAUSES[row.tries - 1])
            touch(session)

    def _record(
        self, session: Session, wanted: BundleView, what: str, detail: dict[str, str], now: datetime
    ) -> None:
        who, about = f"staff:{wanted.staff.id}", wanted.case_id
        record(session, self._vault, who=who, what=what, about=about, now=now, detail=detail)
        touch(session)


def _documents(
    wanted: BundleView, found: Gathered, made: Made, case: dict[str, Any], signing: Signing
) -> dict[str, bytes]:
    custody = {one["entry"]["id"]: len(one["custody"]) for one in case["exhibits"]}
    number, files = found.case.line.ref.number, {}
    for language in wanted.wish.languages:
        teller = Teller(language)
        document = paper(
            teller.title(number),
            teller.blocks(found, made, custody),
            language,
            at=made.at,
            number=number,
            author=made.helpline,
        )
        files[f"report.{language}.pdf"] = _signed(document, signing, number, made)
    return files


def _signed(document: bytes, signing: Signing, number: str, made: Made) -> bytes:
    """A stamp service that is down must not keep a case from the police: then without."""
    try:
        return sign_pdf(document, signing, reason=number, name=made.helpline)
    except StampFault:
        bare = Signing(signing.key, signing.certificate, signing.signer, signing.self_made)
        return sign_pdf(document, bare, reason=number, name=made.helpline)


def _made(wanted: BundleView, signing: Signing, settings: Settings, now: datetime) -> Made:
    return Made(
        bundle=wanted.number,
        helpline=settings.helpline_name,
        by=wanted.staff.name,
        why=wanted.wish.why,
        at=now,
        fingerprint=fingerprint(signing.public),
        self_made=signing.self_made,
    )


def _due(session: Session, now: datetime) -> Bundle | None:
    wanted = select(Bundle).where(col(Bundle.state) == WAITING, col(Bundle.next_at) <= to_ms(now))
    return session.execute(wanted.order_by(col(Bundle.number)).limit(1)).scalars().first()


def _view(session: Session, vault: Vault, row: Bundle) -> BundleView:
    seal = vault.row("bundles", row.id)
    kept = exhibits.view(session, row.exhibit_id) if row.exhibit_id else None
    return BundleView(
        bundle_id=row.id,
        number=f"B-{row.number}",
        case_id=row.case_id,
        state=row.state,
        asked_at=from_ms(row.asked_at),
        done_at=maybe_from_ms(row.done_at),
        staff=StaffRef(row.staff_id, seal.open("name", row.name)),
        wish=Wish(
            seal.open("why", row.why),
            tuple(row.languages.split(",")),
            seal.open("recipient", row.recipient),
            row.identity,
        ),
        fault=row.fault,
        exhibit_id=row.exhibit_id or "",
        sha256=kept.sha256 if kept else "",
        size=kept.size if kept else 0,
        stamped=row.stamped,
    )
