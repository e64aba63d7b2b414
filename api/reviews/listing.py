"""Closed contacts, found by what they are and never by their words.

What to look for is sealed for the most part, so the contacts of the days asked for are opened
one by one. Contacts that are hidden from the person are neither listed nor counted (S29, S31).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.cases.service import hidden_contacts
from api.contacts import records as contacts
from api.contacts.tables import Contact
from api.contacts.values import OUTCOMES, StaffRef
from api.crypto import Vault
from api.duty.opening import moment
from api.forms.service import answers_of_all
from api.reviews import records
from api.reviews.refusals import InvalidSearch
from api.reviews.values import STATES, ClosedItem, Listed, Wanted
from api.times import from_ms, to_ms

PAGE = 50
LONGEST = 366
EVERY = 10
"""One of so many closed contacts is suggested for review, and every emergency."""

_LATELY = 30
_CHUNK = 500

Answers = Mapping[str, tuple[str, ...]]


def wanted(asked: Mapping[str, str], *, today: date) -> Wanted:
    """What the fields of the search say; the last month where no days are given.

    Raises ``InvalidSearch``.
    """
    try:
        last = date.fromisoformat(asked["last"]) if asked["last"] else today
        first = _first(asked["first"], last)
        number = asked["number"].strip().upper().removeprefix("K-")
        found = Wanted(
            number=_number(number),
            first=first,
            last=last,
            person=_number(asked["person"]),
            call_type=asked["call_type"],
            category=asked["category"],
            channel=asked["channel"],
            outcome=_one_of(asked["outcome"], OUTCOMES),
            review=_one_of(asked["review"], STATES),
        )
    except (ValueError, OverflowError):
        raise InvalidSearch() from None
    if not 0 <= (last - first).days < LONGEST or not first.year >= 2020 <= last.year <= 2200:
        raise InvalidSearch()
    return found


def closed(session: Session, vault: Vault, search: Wanted, *, staff_id: int, page: int) -> Listed:
    """The contacts that fit, the newest first, and everybody who had one in these days."""
    rows = _rows(session, search, hidden_contacts(session, staff_id))
    items = list(_items(session, vault, rows))
    people = {item.holder.id: item.holder for item in items if item.holder}
    fitting = [item for item in items if _fits(item, search)]
    pages = max(1, -(-len(fitting) // PAGE))
    page = min(max(1, page), pages)
    return Listed(
        items=tuple(fitting[(page - 1) * PAGE : page * PAGE]),
        count=len(fitting),
        page=page,
        pages=pages,
        people=tuple(sorted(people.values(), key=lambda one: one.name)),
    )


def is_suggested(vault: Vault, contact: Contact) -> bool:
    """Whether a contact belongs to the sample: nobody can tell beforehand, and it stays so."""
    if contact.urgency == 4:
        return True
    return int(vault.fingerprint(contact.id, purpose="reviews.sample"), 16) % EVERY == 0


def _rows(session: Session, search: Wanted, hidden: set[str]) -> Sequence[Contact]:
    found = select(Contact).where(col(Contact.state) == "closed")
    if search.number is not None:
        found = found.where(col(Contact.number) == search.number)
    else:
        after = moment(search.last + timedelta(days=1), 0)
        found = found.where(
            col(Contact.closed_at) >= to_ms(moment(search.first, 0)),
            col(Contact.closed_at) < to_ms(after),
        )
    found = found.order_by(col(Contact.closed_at).desc(), col(Contact.number).desc())
    return [one for one in session.execute(found).scalars() if one.id not in hidden]


def _items(session: Session, vault: Vault, rows: Sequence[Contact]) -> Iterator[ClosedItem]:
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        ids = [contact.id for contact in some]
        forms = answers_of_all(session, vault, ids)
        done = records.reviewed(session, ids)
        for contact in some:
            yield _item(vault, contact, forms.get(contact.id, {}), contact.id in done)


def _item(vault: Vault, contact: Contact, form: Answers, reviewed: bool) -> ClosedItem:
    return ClosedItem(
        contact_id=contact.id,
        number=contacts.shown_number(contact),
        closed_at=from_ms(contact.closed_at or contact.received_at),
        rank=contact.urgency,
        holder=_holder(vault, contact),
        call_type=_first_of(form.get("call_type", ())),
        categories=_first_level(form.get("categories", ())),
        channel=contacts.read(vault, contact, "channel"),
        outcome=contacts.read(vault, contact, "outcome"),
        suggested=is_suggested(vault, contact),
        reviewed=reviewed,
    )


def _holder(vault: Vault, contact: Contact) -> StaffRef | None:
    return contacts.holder_of(vault, contact)


def _first_of(answers: Sequence[str]) -> str:
    return answers[0] if answers else ""


def _first_level(chosen: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.partition(".")[0] for name in chosen))


def _fits(item: ClosedItem, search: Wanted) -> bool:
    pairs = (
        (search.call_type, item.call_type),
        (search.channel, item.channel),
        (search.outcome, item.outcome),
        (search.review, item.review),
    )
    if any(asked and asked != there for asked, there in pairs):
        return False
    if search.category and search.category not in item.categories:
        return False
    return search.person is None or (item.holder is not None and item.holder.id == search.person)


def _first(text: str, last: date) -> date:
    return date.fromisoformat(text) if text else last - timedelta(days=_LATELY - 1)


def _number(text: str) -> int | None:
    """A number that a contact or a person can have; None of nothing."""
    if not text:
        return None
    if not (text.isascii() and text.lstrip("-").isdecimal() and len(text) < 10):
        raise ValueError(text)
    return int(text)


def _one_of(text: str, known: Sequence[str]) -> str:
    if text and text not in known:
        raise ValueError(text)
    return text
