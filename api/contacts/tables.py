"""Contacts and what belongs to them. Bytes are sealed; times are milliseconds, UTC.

In clear stand only ids, numbers, times, states, the rank that orders the queue and who
holds a contact. Internal notes have their own table, so that they cannot be sent.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from api.db import HelplineTable

_ID = String(64)


def _sealed() -> Column[bytes]:
    return Column(LargeBinary, nullable=False)


def _time() -> Column[int]:
    return Column(BigInteger, nullable=False)


def _maybe_time() -> Column[int]:
    return Column(BigInteger, nullable=True)


class Contact(HelplineTable, table=True):
    """One conversation with the helpline, from first word to closed form."""

    __tablename__ = "contacts"
    id: str = Field(sa_column=Column(_ID, primary_key=True))
    number: int = Field(sa_column=Column(BigInteger, nullable=False, unique=True))
    # waiting, claimed, ended (the talk is over, its form is not), closed, blocked (kept, and
    # not queued: its sender is blocked for a time and nothing in it is urgent)
    state: str = Field(sa_column=Column(String(16), nullable=False))
    urgency: int = Field(sa_column=Column(Integer, nullable=False))
    opened_at: int = Field(sa_column=_time())
    received_at: int = Field(sa_column=_time())
    waiting_since: int = Field(sa_column=_time())
    claimed_at: int | None = Field(default=None, sa_column=_maybe_time())
    first_reply_at: int | None = Field(default=None, sa_column=_maybe_time())
    ended_at: int | None = Field(default=None, sa_column=_maybe_time())
    closed_at: int | None = Field(default=None, sa_column=_maybe_time())
    left_at: int | None = Field(default=None, sa_column=_maybe_time())
    holder_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    holder_name: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    lease_until: int | None = Field(default=None, sa_column=_maybe_time())
    offered_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    offered_name: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    offered_at: int | None = Field(default=None, sa_column=_maybe_time())
    had_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    had_name: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    entered_by: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    same_child: str = Field(sa_column=Column(String(32), nullable=False, index=True))
    conversation: bytes = Field(sa_column=_sealed())
    channel: bytes = Field(sa_column=_sealed())
    language: bytes = Field(sa_column=_sealed())
    band: bytes = Field(sa_column=_sealed())
    role: bytes = Field(sa_column=_sealed())
    country: bytes = Field(sa_column=_sealed())
    severity: bytes = Field(sa_column=_sealed())
    category: bytes = Field(sa_column=_sealed())
    score: bytes = Field(sa_column=_sealed())
    reason: bytes = Field(sa_column=_sealed())
    wants_reply: bytes = Field(sa_column=_sealed())
    limits: bytes = Field(sa_column=_sealed())
    left: bytes = Field(sa_column=_sealed())
    outcome: bytes = Field(sa_column=_sealed())
    helped: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    __table_args__ = (
        Index("contacts_queue", "state", "urgency", "waiting_since"),
        Index("contacts_answered", "first_reply_at"),
    )


class Message(HelplineTable, table=True):
    """A child's words or a counsellor's; ``place`` orders them within the contact."""

    __tablename__ = "messages"
    contact_id: str = Field(sa_column=Column(_ID, ForeignKey("contacts.id"), primary_key=True))
    id: str = Field(sa_column=Column(_ID, primary_key=True))
    place: int = Field(sa_column=Column(Integer, nullable=False))
    direction: str = Field(sa_column=Column(String(4), nullable=False))  # in, out, note
    at: int = Field(sa_column=_time())
    kind: bytes = Field(sa_column=_sealed())
    text: bytes = Field(sa_column=_sealed())
    severity: bytes = Field(sa_column=_sealed())
    evidence: bytes = Field(sa_column=_sealed())
    name: bytes = Field(sa_column=_sealed())
    staff_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    key: str | None = Field(default=None, sa_column=Column(String(128), nullable=True))
    event_seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, nullable=True, unique=True)
    )
    status: str = Field(default="", sa_column=Column(String(12), nullable=False, default=""))
    status_at: int | None = Field(default=None, sa_column=_maybe_time())
    __table_args__ = (
        UniqueConstraint("contact_id", "place", name="messages_place"),
        UniqueConstraint("contact_id", "key", name="messages_key"),
    )


class Note(HelplineTable, table=True):
    """What staff write for staff; there is no way from here to a child."""

    __tablename__ = "notes"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    contact_id: str = Field(
        sa_column=Column(_ID, ForeignKey("contacts.id"), nullable=False, index=True)
    )
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    name: bytes = Field(sa_column=_sealed())
    text: bytes = Field(sa_column=_sealed())


class ClimbDone(HelplineTable, table=True):
    """A step of escalation that was taken; each once per wait."""

    __tablename__ = "climbs"
    contact_id: str = Field(sa_column=Column(_ID, ForeignKey("contacts.id"), primary_key=True))
    waiting_since: int = Field(sa_column=Column(BigInteger, primary_key=True))
    step: str = Field(sa_column=Column(String(16), primary_key=True))
    at: int = Field(sa_column=_time())


class Happening(HelplineTable, table=True):
    """What staff did with a contact and no bot is told; ``words`` is a name or an outcome."""

    __tablename__ = "happenings"
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    contact_id: str = Field(
        sa_column=Column(_ID, ForeignKey("contacts.id"), nullable=False, index=True)
    )
    at: int = Field(sa_column=_time())
    what: str = Field(sa_column=Column(String(24), nullable=False))
    by: bytes = Field(sa_column=_sealed())
    words: bytes = Field(sa_column=_sealed())


class ReplyDraft(HelplineTable, table=True):
    """What stands in the reply field of a contact; it outlives page, line and holder."""

    __tablename__ = "reply_drafts"
    contact_id: str = Field(sa_column=Column(_ID, ForeignKey("contacts.id"), primary_key=True))
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    at: int = Field(sa_column=_time())
    text: bytes = Field(sa_column=_sealed())


class Presence(HelplineTable, table=True):
    """Who has a contact open now, and when that person last typed in it."""

    __tablename__ = "presence"
    staff_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    contact_id: str = Field(sa_column=Column(_ID, ForeignKey("contacts.id"), nullable=False))
    name: bytes = Field(sa_column=_sealed())
    seen_at: int = Field(sa_column=_time())
    typing_at: int | None = Field(default=None, sa_column=_maybe_time())
    __table_args__ = (Index("presence_contact", "contact_id"),)


class Notice(HelplineTable, table=True):
    """Something that a supervisor must know of; it stays until one has settled it."""

    __tablename__ = "notices"
    id: str = Field(sa_column=Column(String(36), primary_key=True))
    at: int = Field(sa_column=_time())
    kind: str = Field(sa_column=Column(String(24), nullable=False))
    contact_id: str | None = Field(
        default=None, sa_column=Column(_ID, ForeignKey("contacts.id"), nullable=True)
    )
    report_id: str | None = Field(
        default=None, sa_column=Column(_ID, ForeignKey("reports.id"), nullable=True)
    )
    staff_id: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    detail: bytes = Field(sa_column=_sealed())
    settled_by: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    settled_at: int | None = Field(default=None, sa_column=_maybe_time())
    __table_args__ = (Index("notices_open", "settled_at", "at"),)


class Block(HelplineTable, table=True):
    """A sender who is blocked for a time; ``same_child`` is as in contacts."""

    __tablename__ = "blocks"
    same_child: str = Field(sa_column=Column(String(32), primary_key=True))
    until: int = Field(sa_column=_time())
    at: int = Field(sa_column=_time())
    staff_id: int = Field(sa_column=Column(Integer, nullable=False))
    reason: bytes = Field(sa_column=_sealed())
