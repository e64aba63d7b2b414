"""The form beside an open contact: fields, what is suggested, what is missing."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from api.contacts.tables import Contact
from api.contacts.values import ContactView
from api.forms.definition import FORM, Answers, Field
from api.forms.suggesting import suggested
from api.forms.values import FieldShown, FormPanel, FormView, Lengths
from api.times import maybe_from_ms


def opened(
    view: ContactView,
    contact: Contact,
    form: FormView,
    *,
    writable: bool,
    asked_for: Collection[str] = (),
    mine: Answers | None = None,
) -> FormPanel:
    """The form of a contact as its page shows it.

    ``asked_for`` are fields without which it could not be finished; ``mine`` is what the
    person had typed while another saved.
    """
    offers = suggested(view) if writable else {}
    done, total = FORM.progress(form.answers)

    def shown(field: Field) -> FieldShown:
        return _shown(field, form.answers, offers, asked_for, mine)

    return FormPanel(
        view=form,
        contact_id=form.contact_id,
        number=view.item.number,
        writable=writable,
        sections=tuple(
            (section.id, tuple(shown(field) for field in section.fields))
            for section in FORM.sections
        ),
        done=done,
        total=total,
        missing=tuple(asked_for),
        moved=mine is not None,
        lengths=lengths(view, contact),
        tab=secrets.token_hex(8),
        tree={
            branch: tuple(f"{branch}.{leaf}" for leaf in leaves)
            for branch, leaves in FORM.tree.items()
        },
        closes=tuple(FORM.closes),
    )


def lengths(view: ContactView, contact: Contact) -> Lengths:
    """How long the contact waited for its first holder, and how long it was talked with."""
    since = maybe_from_ms(contact.opened_at)
    claims = [event.at for event in view.events if event.type == "contact.claimed"]
    claimed = min(claims, default=maybe_from_ms(contact.claimed_at))
    first = maybe_from_ms(contact.first_reply_at)
    ended = maybe_from_ms(contact.ended_at or contact.closed_at)
    begun = claimed or (since if contact.entered_by is not None else None)
    return Lengths(_between(since, claimed), _between(since, first), _between(begun, ended))


def _between(begin: datetime | None, end: datetime | None) -> timedelta | None:
    return max(end - begin, timedelta()) if begin and end else None


def _shown(
    field: Field,
    answers: Answers,
    offers: Answers,
    asked_for: Collection[str],
    mine: Answers | None,
) -> FieldShown:
    chosen = answers.get(field.id, ())
    own = mine.get(field.id, ()) if mine is not None else chosen
    return FieldShown(
        field=field,
        chosen=chosen,
        suggested=() if chosen else offers.get(field.id, ()),
        missing=field.id in asked_for,
        mine=own if own != chosen else None,
    )
