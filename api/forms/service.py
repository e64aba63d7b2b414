"""What staff write up of a contact. Everything that saves needs a writing session.

Only the writer saves: who holds the contact, or held it when the talk ended. A form is saved
as it is typed and refuses what was typed on an older version, unless the same page saved that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record_once
from api.contacts import queries
from api.contacts import service as contacts
from api.contacts.tables import Contact
from api.contacts.values import ContactView, StaffRef
from api.crypto import Vault
from api.errors import ContactClosed, NotYourContact
from api.forms import panel as panels
from api.forms import records
from api.forms.definition import FORM, Answers
from api.forms.reading import Sent
from api.forms.refusals import FormMoved
from api.forms.tables import ContactForm
from api.forms.values import FormView
from api.staff.sessions import Person
from api.times import to_ms

_ONE_WRITING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Page:
    """The open page that saves, and its count of saves; nothing for one without script."""

    tab: str = ""
    turn: int = 0

    @classmethod
    def of(cls, sent: Sent) -> Page:
        """The page that sent a form."""
        return cls(sent.tab, sent.turn)


def form_of(session: Session, vault: Vault, contact_id: str) -> FormView:
    """What is stored of a contact's form; empty, with version 0, when nothing is."""
    return records.view_of(vault, contact_id, records.of_contact(session, contact_id))


def answers_of_all(
    session: Session, vault: Vault, contact_ids: Iterable[str]
) -> dict[str, Answers]:
    """The answers of those of these contacts that have a form."""
    return records.answers_of_all(session, vault, contact_ids)


def save(
    session: Session,
    vault: Vault,
    contact_id: str,
    *,
    staff: StaffRef,
    answers: Answers,
    version: int,
    now: datetime,
    page: Page = Page(),
) -> FormView:
    """Store the answers and return what then stands there.

    The same answers again change nothing. Raises ``ContactUnknown``, ``NotYourContact``,
    ``ContactClosed``, and ``FormMoved`` when another page saved since ``version``.
    """
    writable(session, contact_id, staff_id=staff.id)
    before = records.of_contact(session, contact_id)
    if before is not None and _is_done(vault, before, answers, page):
        return records.view_of(vault, contact_id, before)
    if before is not None and before.version != version and not _is_own(before, page):
        raise FormMoved()
    _store(session, vault, contact_id, before, answers, staff, page, now)
    # A page that types is not told to others at each letter: whoever looks again sees it.
    record_once(
        session,
        vault,
        who=f"staff:{staff.id}",
        what="contact.form_written",
        about=contact_id,
        now=now,
        within=_ONE_WRITING,
    )
    return form_of(session, vault, contact_id)


def finish(
    session: Session, vault: Vault, contact_id: str, *, staff: StaffRef, now: datetime
) -> tuple[str, ...]:
    """Close the contact with what stands in its form, and return what is missing, if anything.

    While something is missing nothing changes. Raises as ``save``.
    """
    writable(session, contact_id, staff_id=staff.id)
    form = records.of_contact(session, contact_id)
    answers = records.answers_of(vault, form) if form else {}
    if form is None or (missing := FORM.missing(answers)):
        return FORM.missing(answers)
    form.finished_at = to_ms(now)
    outcome = FORM.outcome(answers)
    contacts.close(session, vault, contact_id, staff=staff, outcome=outcome, now=now)
    return missing


def panel(
    session: Session,
    vault: Vault,
    view: ContactView,
    person: Person,
    *,
    asked_for: Collection[str] = (),
    mine: Answers | None = None,
) -> dict[str, Any]:
    """``form`` for a page that shows a contact; read-only for all but the writer."""
    contact = queries.get(session, view.item.contact_id)
    form = form_of(session, vault, contact.id)
    shown = panels.opened(
        view,
        contact,
        form,
        writable=is_writer(contact, person.id),
        asked_for=asked_for,
        mine=mine,
    )
    return {"form": shown}


def is_writer(contact: Contact, staff_id: int) -> bool:
    """Whether this person writes the form: holds the contact, or held it at its end."""
    return contact.state in ("claimed", "ended") and contact.holder_id == staff_id


def writable(session: Session, contact_id: str, *, staff_id: int) -> Contact:
    """The contact, if this person writes its form."""
    contact = queries.get(session, contact_id)
    if contact.state == "closed":
        raise ContactClosed()
    if not is_writer(contact, staff_id):
        raise NotYourContact()
    return contact


def _is_done(vault: Vault, form: ContactForm, answers: Answers, page: Page) -> bool:
    """Whether this save came before: sent twice, or overtaken by a later one of its page."""
    overtaken = _is_own(form, page) and page.turn <= form.turn
    return overtaken or records.answers_of(vault, form) == answers


def _is_own(form: ContactForm, page: Page) -> bool:
    return page.tab != "" and form.tab == page.tab


def _store(
    session: Session,
    vault: Vault,
    contact_id: str,
    before: ContactForm | None,
    answers: Answers,
    staff: StaffRef,
    page: Page,
    now: datetime,
) -> None:
    values = {
        "contact_id": contact_id,
        "version": before.version + 1 if before else 1,
        "at": to_ms(now),
        "staff_id": staff.id,
        "finished_at": None,
        "tab": page.tab,
        "turn": page.turn,
        "name": records.seal_of(vault, contact_id).seal("name", staff.name),
        "answers": records.sealed_answers(vault, contact_id, answers),
    }
    if before is None:
        session.execute(insert(ContactForm), [values])
        return
    for column, value in values.items():
        setattr(before, column, value)
    session.flush()
