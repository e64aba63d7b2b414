"""What calls somebody to the desk, on whatever page they are: told by number, never by content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.cases.queries import hidden_contacts, hidden_reports
from api.contacts.deadlines import URGENT
from api.contacts.queries import unanswered_since
from api.contacts.tables import ClimbDone, Contact, Notice
from api.reports import queries as reports
from api.reports.records import has_news
from api.rights.gate import RULES
from api.staff.sessions import Person


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many contacts, urgent reports and notices wait, and what rings: rank and tag of each.

    Who wrote to this person and has no answer yet waits too, on whatever page the person is.

    A tag is new whenever it should ring again: for every wait of a contact or report, every
    step that it climbs, every offer, every notice, a child's first words after its holder's
    last, and everything added to a grave report for whoever has it.
    """

    waiting: int
    notices: int
    ringing: tuple[tuple[int, str], ...]


def of(session: Session, person: Person) -> Alarms:
    """What waits for this person now."""
    contacts = _contacts(session, person)
    notices = _notices(session, person)
    waiting = [contact for contact in contacts if contact.state == "waiting"]
    offers = [(URGENT, f"{c.id}.{c.offered_at}") for c in contacts if c.offered_id == person.id]
    told = [(URGENT, notice_id) for notice_id in notices]
    words = _unanswered(session, contacts, person)
    urgent = _reports(session, person)
    added = _added(session, person)
    ringing = (*_urgent(session, waiting), *urgent, *offers, *told, *words, *added)
    return Alarms(len(waiting) + len(words) + len(urgent), len(notices), ringing)


def _contacts(session: Session, person: Person) -> Sequence[Contact]:
    hidden = hidden_contacts(session, person.id)
    rows = session.execute(
        select(Contact)
        .where(col(Contact.state).in_(("waiting", "claimed")))
        .order_by(col(Contact.urgency).desc(), col(Contact.number))
    ).scalars()
    return [contact for contact in rows if contact.id not in hidden]


def _notices(session: Session, person: Person) -> Sequence[str]:
    """Those that nobody has settled, for whoever settles and may see them."""
    if not RULES["notice.settle"].allows(person.roles):
        return ()
    hidden = hidden_contacts(session, person.id) | hidden_reports(session, person.id)
    open_ones = select(col(Notice.id), col(Notice.contact_id), col(Notice.report_id)).where(
        col(Notice.settled_at).is_(None)
    )
    found = session.execute(open_ones.order_by(col(Notice.at))).all()
    return [notice_id for notice_id, *about in found if not hidden.intersection(about)]


def _reports(session: Session, person: Person) -> list[tuple[int, str]]:
    """Urgent reports that nobody has, for whoever may take them."""
    if not RULES["report.assess"].allows(person.roles):
        return []
    hidden = hidden_reports(session, person.id)
    waiting = [one for one in reports.waiting(session) if one.id not in hidden]
    steps = reports.steps_of(session, waiting)
    return [(r.rank, f"{r.id}.{r.waiting_since}.{len(steps.get(r.id, ()))}") for r in waiting]


def _added(session: Session, person: Person) -> list[tuple[int, str]]:
    """What was added to this person's grave reports since they last worked on them."""
    held = reports.held_by(session, person.id)
    news = [one for one in held if one.rank >= URGENT and has_news(one)]
    return [(URGENT, f"{one.id}.added.{one.added_at}") for one in news]


def _urgent(session: Session, waiting: Sequence[Contact]) -> list[tuple[int, str]]:
    urgent = [contact for contact in waiting if contact.urgency >= URGENT]
    since = {contact.id: contact.waiting_since for contact in urgent}
    climbs = session.execute(
        select(col(ClimbDone.contact_id), col(ClimbDone.waiting_since)).where(
            col(ClimbDone.contact_id).in_(since)
        )
    ).all()
    steps = Counter(contact_id for contact_id, moment in climbs if since[contact_id] == moment)
    return [(c.urgency, f"{c.id}.{c.waiting_since}.{steps[c.id]}") for c in urgent]


def _unanswered(
    session: Session, contacts: Sequence[Contact], person: Person
) -> list[tuple[int, str]]:
    """Children in this person's hands who wrote since they were last answered."""
    mine = [c for c in contacts if c.state == "claimed" and c.holder_id == person.id]
    since = unanswered_since(session, mine) if mine else {}
    return [
        (URGENT, f"{c.id}.words.{since[c.id]}")
        for c in mine
        if since.get(c.id, 0) > (c.claimed_at or 0)
    ]
