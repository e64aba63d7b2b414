"""Opens what figures are made of, in one pass over a period: never a word of a child."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts.deadlines import GOALS
from api.contacts.tables import ClimbDone, Contact, Happening
from api.crypto import RowSeal, Vault
from api.duty import plan
from api.duty.opening import Hours
from api.figures import periods
from api.figures.values import TIMES, Period, Read, Row
from api.forms.service import answers_of_all
from api.intake.tables import EventRow
from api.times import from_ms, maybe_from_ms, to_ms

Answers = Mapping[str, tuple[str, ...]]

_CHUNK = 500
_FORM = ("call_type", "technology", "age", "gender", "district")
_BACK = ("contact.reopened", "contact.came_back")
UNKNOWN = ""
"""The group of those of whom nobody said."""


def read(
    session: Session,
    vault: Vault,
    period: Period,
    *,
    now: datetime,
    hidden: Collection[str] = frozenset(),
) -> Read:
    """Every contact of the period but the hidden; tests and blocked ones are only numbers.

    A contact belongs to the day on which it reached the helpline, one that was entered by
    hand to the day on which it was.
    """
    contacts = [one for one in _contacts(session, period) if one.id not in hidden]
    counted = [contact for contact in contacts if contact.state != "blocked"]
    forms = answers_of_all(session, vault, [contact.id for contact in counted])
    maker = _Maker(session, vault, plan.hours(session), now, counted)
    rows = [maker.row(contact, forms.get(contact.id, {})) for contact in counted]
    kept = tuple(row for row in rows if row is not None)
    return Read(kept, blocked=len(contacts) - len(counted), tests=len(rows) - len(kept))


class _Maker:
    """Makes rows of contacts; holds what is looked up once for all of them."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        hours: Hours,
        now: datetime,
        contacts: Sequence[Contact],
    ) -> None:
        ids = [contact.id for contact in contacts]
        self.vault, self.hours, self.now = vault, hours, now
        self.claimed = _first_claims(session, ids)
        self.back = _that_came_back(session, ids)
        self.climbed = _climbed_outside(session, ids)

    def row(self, contact: Contact, form: Answers) -> Row | None:
        """The contact as it counts; None of a test."""
        seal = self.vault.row("contacts", contact.id)
        groups = self._groups(contact, seal, form)
        if "test" in (*groups["call_type"], *groups["outcome"]):
            return None
        by_hand = contact.entered_by is not None
        begun = _begun(contact)
        return Row(
            rank=contact.urgency,
            at=begun,
            groups=groups,
            claim_wait=None if by_hand else _between(begun, self.claimed.get(contact.id)),
            reply_wait=None if by_hand else _between(begun, _at(contact.first_reply_at)),
            talk=_talk(contact),
            on_time=None if by_hand else self._on_time(contact, begun, seal),
            abandoned=None if by_hand else _abandoned(contact, begun, seal),
            reopened=contact.id in self.back,
            climbed=contact.id in self.climbed,
        )

    def _groups(
        self, contact: Contact, seal: RowSeal, form: Answers
    ) -> Mapping[str, tuple[str, ...]]:
        begun = _begun(contact)
        day = periods.day_of(begun)
        return {
            **{by: (periods.part_of(day, by),) for by in TIMES},
            "shift": (periods.shift_of(begun, self.hours),),
            "severity": (str(contact.urgency),),
            "category": _categories(form, seal, contact),
            "detail": form.get("categories") or (UNKNOWN,),
            **{name: form.get(name) or (UNKNOWN,) for name in _FORM},
            "channel": (seal.open("channel", contact.channel),),
            "band": (seal.open("band", contact.band),),
            "language": (seal.open("language", contact.language),),
            "outcome": (_outcome(form, seal, contact),),
            "helped": (_helped(form, seal, contact),),
        }

    def _on_time(self, contact: Contact, begun: datetime, seal: RowSeal) -> bool | None:
        """Whether the first answer came within the goal; None while it still may."""
        goal = timedelta(minutes=GOALS[contact.urgency])
        if contact.first_reply_at is not None:
            return from_ms(contact.first_reply_at) - begun <= goal
        over = self.now - begun > goal or _abandoned(contact, begun, seal) is not None
        return False if over else None


def _contacts(session: Session, period: Period) -> Sequence[Contact]:
    first, after = (to_ms(at) for at in periods.bounds(period))
    received, entered = col(Contact.received_at), col(Contact.entered_by)
    opened = col(Contact.opened_at)
    of_bot = entered.is_(None) & (received >= first) & (received < after)
    by_hand = entered.is_not(None) & (opened >= first) & (opened < after)
    found = select(Contact).where(or_(of_bot, by_hand)).order_by(col(Contact.number))
    return session.execute(found).scalars().all()


def _begun(contact: Contact) -> datetime:
    by_hand = contact.entered_by is not None
    return from_ms(contact.opened_at if by_hand else contact.received_at)


def _at(stored: int | None) -> datetime | None:
    return maybe_from_ms(stored)


def _between(begun: datetime, ended: datetime | None) -> timedelta | None:
    return None if ended is None else max(ended - begun, timedelta())


def _talk(contact: Contact) -> timedelta | None:
    """From the first answer to the end; one that was entered by hand lasts as it was told."""
    begun = contact.opened_at if contact.entered_by is not None else contact.first_reply_at
    if begun is None or contact.ended_at is None:
        return None
    return _between(from_ms(begun), from_ms(contact.ended_at))


def _abandoned(contact: Contact, begun: datetime, seal: RowSeal) -> timedelta | None:
    """How long somebody had waited who left, or whose talk was ended, without an answer."""
    if contact.first_reply_at is not None:
        return None
    over = contact.state in ("ended", "closed") or seal.open("left", contact.left) != ""
    gone = contact.left_at or contact.ended_at or contact.closed_at
    return _between(begun, from_ms(gone)) if over and gone is not None else None


def _categories(form: Answers, seal: RowSeal, contact: Contact) -> tuple[str, ...]:
    """The first level of the form's categories, else what the triage took it for."""
    if chosen := form.get("categories"):
        return tuple(dict.fromkeys(name.partition(".")[0] for name in chosen))
    return (f"triage:{seal.open('category', contact.category)}",)


def _outcome(form: Answers, seal: RowSeal, contact: Contact) -> str:
    [*_, chosen] = form.get("outcome") or (seal.open("outcome", contact.outcome),)
    return chosen


def _helped(form: Answers, seal: RowSeal, contact: Contact) -> str:
    """What the child said, else what the form says it did; not asked is not known."""
    said = seal.open("helped", contact.helped) if contact.helped else ""
    [*_, noted] = form.get("helped") or (UNKNOWN,)
    return said or (UNKNOWN if noted == "not_asked" else noted)


def _first_claims(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for some in _chunks(ids):
        rows = session.execute(
            select(col(EventRow.contact_id), func.min(col(EventRow.at)))
            .where(col(EventRow.contact_id).in_(some), col(EventRow.type) == "contact.claimed")
            .group_by(col(EventRow.contact_id))
        ).all()
        found |= {str(contact_id): from_ms(at) for contact_id, at in rows}
    return found


def _that_came_back(session: Session, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in _chunks(ids):
        rows = select(col(Happening.contact_id)).where(
            col(Happening.contact_id).in_(some), col(Happening.what).in_(_BACK)
        )
        found |= set(session.execute(rows).scalars())
    return found


def _climbed_outside(session: Session, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in _chunks(ids):
        rows = select(col(ClimbDone.contact_id)).where(
            col(ClimbDone.contact_id).in_(some), col(ClimbDone.step) == "outside"
        )
        found |= set(session.execute(rows).scalars())
    return found


def _chunks(ids: Sequence[str]) -> Sequence[Collection[str]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
