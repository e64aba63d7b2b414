"""The bodies that other systems send. Unknown fields are refused: a typing error must show."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.db import Number

Name = Annotated[
    str,
    StringConstraints(max_length=40, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"),
]
Short = Annotated[str, StringConstraints(max_length=40)]
Words = Annotated[str, StringConstraints(max_length=4000)]


class Body(BaseModel):
    """Base of the bodies.

    ``name`` is who acts behind the other system: the child sees it, and history keeps it.
    Empty: the system's own name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    name: Name = ""


class Deed(Body):
    """An act that needs no more than who does it."""


class Reply(Body):
    """Words to the child; sent once for one idempotency key."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Draft(Body):
    """What stands in the reply field of the other system; may be empty."""

    text: Words


class Note(Body):
    """Words for staff; there is no way from here to a child."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Offer(Body):
    """To whom a contact is offered: the staff number of somebody on duty."""

    to: Number
    note: Words = ""


class Call(Body):
    """What the supervisor is called for; may be empty."""

    words: Words = ""


class Block(Body):
    """How long a sender is blocked, in hours, and why."""

    hours: Annotated[int, Field(ge=1, le=720)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Form(Body):
    """The answers of a contact form by field; ``version`` is the one they were made from."""

    version: Annotated[Number, Field(ge=0)]
    answers: dict[str, list[Annotated[str, StringConstraints(max_length=8000)]]]


class Here(Body):
    """A sign of life: it keeps every claim of the system, and its duty."""

    contact_id: Annotated[str, StringConstraints(max_length=64)] = ""
    typing: bool = False


class Duty(Body):
    """Whether somebody is on duty behind the other system."""

    on: bool


class Entry(Body):
    """A contact that did not come through Sigurt: a call, a visit, a letter.

    Day (``2026-11-22``) and hour (``14:30``) are those of Albania; ``minutes`` is the length.
    """

    contact_id: Annotated[str, StringConstraints(max_length=36)]
    day: Short
    hour: Short
    minutes: Short = ""
    channel: Short
    language: Short
    role: Short = ""
    band: Short = ""
    country: Short = ""
    severity: Short = "none"
    category: Short = "none"


class NewCase(Body):
    """The first contact of a new case; may be empty."""

    contact_id: Annotated[str, StringConstraints(max_length=64)] = ""


class Part(Body):
    """A part of a case by its fields; ``version`` is the one it was made from, 0 for a new one."""

    kind: Short
    version: Annotated[Number, Field(ge=0)]
    fields: dict[str, Words]


class Move(Body):
    """Where a case stands from now on, and why; closing wants words."""

    to: Short
    words: Words = ""


class Why(Body):
    """The reason of an act."""

    words: Words


class Link(Body):
    """A contact that belongs to the case."""

    contact_id: Annotated[str, StringConstraints(max_length=64)]


class FollowUp(Body):
    """When to look into a case again, and at what; without a day not at all."""

    on: date | None
    words: Words = ""


class Team(Body):
    """Who leads a case and who works with them, by their staff numbers."""

    lead: Number
    team: list[Number] = Field(default=[], max_length=50)


class Named(Body):
    """Somebody of staff who is named in a case, and why it is so."""

    staff_id: Number
    reason: Words


class Identity(Body):
    """Something a child told of who it is; it is read again only in the console."""

    kind: Short
    text: Words


class Judgement(Body):
    """What a report is found to be, in a few choices."""

    verdict: Short
    kind: Short
    danger: Short
    rank: Annotated[Number, Field(ge=1, le=4)]
    services: list[Short] = Field(default=[], max_length=20)
    duplicate: Short = ""
    words: Words = ""


class ReportEnd(Body):
    """What came of a report; the words are for staff."""

    outcome: Short
    words: Words = ""


class LinkByNumber(Body):
    """A case or a report by the number that staff see."""

    number: Short


class AddressState(Body):
    """Where an address stands from now on; ``to`` is who was asked to remove it.

    ``hold``: told to the police, it waits until a supervisor lifts the hold.
    """

    state: Short
    words: Words = ""
    to: Short = ""
    hold: bool = True


class AddressCheck(Body):
    """What somebody found who looked again, how they know, and where it went if it moved."""

    outcome: Short
    how: Short = "other"
    words: Words = ""
    moved_to: Annotated[str, StringConstraints(max_length=1000)] = ""


class Typed(Body):
    """An address as somebody typed it."""

    typed: Annotated[str, StringConstraints(max_length=2000)]


class NewFiling(Body):
    """What staff want to leave: to whom, a summary in its language, addresses by their ids."""

    to: Short
    summary: Words = ""
    addresses: list[Annotated[str, StringConstraints(max_length=64)]] = Field(
        default=[], max_length=60
    )
    let_go: list[Short] = Field(default=[], max_length=2)
    hold: bool = True
    again: bool = False
    why: Annotated[str, StringConstraints(max_length=1000)] = ""


class SendFiling(Body):
    """``again``: the same was sent there meanwhile, and this shall go all the same."""

    again: bool = False


class ByHand(Body):
    """The other side's number, if it gave one."""

    reference: Annotated[str, StringConstraints(max_length=200)] = ""


class TheirAnswer(Body):
    """What the other side answered: its number, what came of it, and its words."""

    reference: Annotated[str, StringConstraints(max_length=200)] = ""
    result: Short = ""
    words: Words = ""
