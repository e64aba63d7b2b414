"""Between sealed rows and plain values: the one place that opens a form."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.crypto import RowSeal, Vault
from api.forms.definition import Answers
from api.forms.reading import as_json
from api.forms.tables import ContactForm
from api.forms.values import FormView
from api.times import from_ms, maybe_from_ms

_AT_ONCE = 500  # ids in one question to the database


def of_contact(session: Session, contact_id: str) -> ContactForm | None:
    """The form of a contact, if something was written."""
    return session.get(ContactForm, contact_id)


def view_of(vault: Vault, contact_id: str, form: ContactForm | None) -> FormView:
    """A form, opened."""
    if form is None:
        return FormView(contact_id, 0, {}, None, "", None)
    return FormView(
        contact_id=contact_id,
        version=form.version,
        answers=answers_of(vault, form),
        saved_at=from_ms(form.at),
        saved_by=seal_of(vault, contact_id).open("name", form.name),
        finished_at=maybe_from_ms(form.finished_at),
    )


def answers_of(vault: Vault, form: ContactForm) -> Answers:
    """The answers of a form, by field."""
    stored = json.loads(seal_of(vault, form.contact_id).open("answers", form.answers))
    return {name: tuple(chosen) for name, chosen in stored.items()}


def sealed_answers(vault: Vault, contact_id: str, answers: Answers) -> bytes:
    """Answers as they are stored, bound to their contact."""
    text = json.dumps(as_json(answers), ensure_ascii=False)
    return seal_of(vault, contact_id).seal("answers", text)


def seal_of(vault: Vault, contact_id: str) -> RowSeal:
    """The seal of a form's columns."""
    return vault.row("contact_forms", contact_id)


def answers_of_all(
    session: Session, vault: Vault, contact_ids: Iterable[str]
) -> dict[str, Answers]:
    """The answers of those of these contacts that have a form."""
    ids = list(contact_ids)
    found: dict[str, Answers] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = col(ContactForm.contact_id).in_(ids[start : start + _AT_ONCE])
        for form in session.execute(select(ContactForm).where(some)).scalars():
            found[form.contact_id] = answers_of(vault, form)
    return found
