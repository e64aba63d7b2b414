"""A child who wrote to somebody and hears nothing: a supervisor is told in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.contacts import queries, records
from api.contacts.noticing import noticed_at, notify
from api.contacts.tables import Contact
from api.crypto import Vault
from api.times import to_ms

PATIENCE = {4: 2, 3: 5, 2: 5, 1: 30, 0: 30}
"""Minutes that a held contact's words may stand without an answer, by its rank."""
_MINUTE = 60_000


def watch(session: Session, vault: Vault, *, now: datetime) -> None:
    """Notice, once per silence, each held contact whose words wait too long for an answer.

    A new holder's silence begins with the claim. Who left, or wants no answer, waits for none.
    """
    held = {one.id: one for one in queries.in_states(session, "claimed")}
    since = queries.unanswered_since(session, held.values())
    late = [id for id in since if _is_late(held[id], since[id], now)]
    if not late:
        return
    answered = queries.answered_at(session, late)
    noticed = noticed_at(session, "unanswered", late)
    for id in late:
        begun = max(answered.get(id, 0), held[id].claimed_at or 0)
        if noticed.get(id, -1) < begun and _waits(vault, held[id]):
            _notice(session, vault, held[id], now=now)


def _is_late(contact: Contact, since: int, now: datetime) -> bool:
    begun = max(since, contact.claimed_at or 0)
    return to_ms(now) - begun >= PATIENCE[contact.urgency] * _MINUTE


def _waits(vault: Vault, contact: Contact) -> bool:
    wants = records.read(vault, contact, "wants_reply") == "yes"
    return wants and not records.read(vault, contact, "left")


def _notice(session: Session, vault: Vault, contact: Contact, *, now: datetime) -> None:
    notify(
        session,
        vault,
        kind="unanswered",
        contact_id=contact.id,
        staff_id=contact.holder_id,
        now=now,
    )
