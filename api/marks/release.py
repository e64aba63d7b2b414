"""Words leave only when two people say so: one proposes an edited text, another releases it.

Needs a writing session. What is stored is the edited text; the message itself stays where it
is. Taking back empties it at once, and later exports are without it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.contacts import queries
from api.contacts import records as contacts
from api.contacts.values import MessageView, StaffRef
from api.crypto import Vault
from api.marks import records
from api.marks.masking import masked
from api.marks.refusals import AlreadyReleased, InvalidWords, NothingProposed, OwnProposal
from api.marks.service import is_markable, note
from api.marks.tables import Mark
from api.marks.values import KEPT, PROPOSED, RELEASED

LONGEST = 4000


def draft(session: Session, vault: Vault, mark: Mark) -> str:
    """What the edit box begins with: the proposed text, or the child's words, masked."""
    if mark.state != KEPT:
        return records.words_of(vault, mark)
    rows = queries.messages_of(session, mark.contact_id)
    messages = [contacts.message_of(vault, row) for row in rows]
    words = "\n".join(_meant(messages, mark.message_id))[: 4 * LONGEST]  # gaps make it shorter
    return masked(words)[:LONGEST]


def propose(
    session: Session, vault: Vault, mark_id: str, *, text: str, staff: StaffRef, now: datetime
) -> None:
    """Offer an edited text for release; a new proposal takes the place of the older one.

    Raises ``MarkUnknown``, ``InvalidWords``, ``AlreadyReleased``.
    """
    mark = records.get(session, mark_id)
    if mark.state == RELEASED:
        raise AlreadyReleased()
    mark.words = records.sealed_words(vault, mark, _checked(text))
    mark.state, mark.proposer_id = PROPOSED, staff.id
    _note(session, vault, "mark.proposed", mark, staff, now)


def release(
    session: Session, vault: Vault, mark_id: str, *, text: str, staff: StaffRef, now: datetime
) -> None:
    """Let a proposed text go into exports, as the one who releases it has read and left it.

    Raises ``MarkUnknown``, ``NothingProposed``, ``OwnProposal``, ``InvalidWords``.
    """
    mark = records.get(session, mark_id)
    if mark.state != PROPOSED:
        raise NothingProposed()
    if mark.proposer_id == staff.id:
        raise OwnProposal()
    mark.words = records.sealed_words(vault, mark, _checked(text))
    mark.state = RELEASED
    _note(session, vault, "mark.released", mark, staff, now)


def take_back(
    session: Session, vault: Vault, mark_id: str, *, staff: StaffRef, now: datetime
) -> None:
    """Forget the text of a mark, before or after its release; the mark itself stays.

    Raises ``MarkUnknown``, ``NothingProposed``.
    """
    mark = records.get(session, mark_id)
    if mark.state == KEPT:
        raise NothingProposed()
    mark.words = records.sealed_words(vault, mark, "")
    mark.state, mark.proposer_id = KEPT, None
    _note(session, vault, "mark.taken_back", mark, staff, now)


def _meant(messages: list[MessageView], message_id: str) -> list[str]:
    """The words that a mark is about: of a whole contact those in which something was seen."""
    own = [message for message in messages if is_markable(message)]
    if message_id:
        return [message.text for message in own if message.message_id == message_id]
    seen = [message.text for message in own if message.severity != "none"]
    return seen or [message.text for message in own]


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()  # forms send both signs
    if not words or len(words) > LONGEST:
        raise InvalidWords()
    return words


def _note(
    session: Session, vault: Vault, what: str, mark: Mark, staff: StaffRef, now: datetime
) -> None:
    note(session, vault, what, mark.contact_id, {"mark": mark.id}, staff=staff, now=now)
