"""Answers of the contract. Every field is always present."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Duty(BaseModel):
    """Who is there. ``usual_minutes`` is the usual wait, null when too few are known."""

    on_duty: int
    usual_minutes: int | None


class ContactStored(BaseModel):
    """The contact as the helpline knows it now."""

    contact_id: str
    number: str
    state: str
    duty: Duty


class MessagesStored(BaseModel):
    """How many messages were new."""

    contact_id: str
    state: str
    accepted: int


class Events(BaseModel):
    """What happened, in order of ``seq``; ask again with ``after`` = ``next``."""

    events: list[dict[str, Any]]
    next: int


class PublicKey(BaseModel):
    """The X25519 key to which the bot seals, base64."""

    key_id: str
    public_key: str


class ReportStored(BaseModel):
    """``receipt`` is shown this once (null when the report was stored before)."""

    number: str
    receipt: str | None


class ReportUpdate(BaseModel):
    """A state that the report came to."""

    at: str
    state: str


class ReportState(BaseModel):
    """What the holder of a receipt may know."""

    state: str
    updates: list[ReportUpdate]


class ProblemDetails(BaseModel):
    """RFC 9457. ``instance`` names the request in the helpline's log."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
