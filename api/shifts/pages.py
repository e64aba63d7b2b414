"""Hours, the shift page, hand-over, breaks, and what a supervisor must decide: pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.alerts import service as alerts
from api.cases.queries import hidden_cases, hidden_contacts, hidden_reports
from api.console.render import language_of, render
from api.console.words import word
from api.contacts import noticing
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.db import Number
from api.duty import opening, plan, spells
from api.duty import service as duty
from api.duty.refusals import BadHoliday, BadHours, BadMessage
from api.errors import Refusal
from api.rights.gate import RULES, Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of
from api.shifts import drawing, gather, handover, leaving, load, rota, team, watch
from api.shifts.refusals import BadPlan, HandsFull
from api.shifts.values import THEN
from api.staff import service as staff
from api.staff.sessions import Person

gate = Gate(prefix="/helpline")

Short = Annotated[str, Form(max_length=200)]
StaffId = Annotated[Number, Form()]
Words = Annotated[str, Form(max_length=9000)]

_OURS = re.compile(r"/helpline(/[\w-]+)*")


@gate.allow("POST", "/duty", action="duty.change")
def change_duty(
    request: Request, person: Signed, on: Short, put_back: Short = "", back: Short = ""
) -> Response:
    """Begin or end one's duty; with a child in hand the page asks first what becomes of it."""
    vault, now, me = vault_of(request), clock_of(request)(), _ref(person)
    try:
        with database_of(request).write() as session:
            if on == "yes":
                _come(session, vault, me, now)
            else:
                leaving.go_off_duty(session, vault, staff=me, put_back=put_back == "yes", now=now)
    except HandsFull:
        return _to_leaving("duty")
    return RedirectResponse(_back(back), 303)


@gate.allow("POST", "/break", action="duty.change")
def change_break(
    request: Request, person: Signed, on: Short, put_back: Short = "", back: Short = ""
) -> Response:
    """Begin or end a break; a child in hand is asked about as when one goes off duty."""
    vault, now, me = vault_of(request), clock_of(request)(), _ref(person)
    try:
        with database_of(request).write() as session:
            if on == "yes":
                leaving.begin_break(session, vault, staff=me, put_back=put_back == "yes", now=now)
            else:
                leaving.end_break(session, vault, staff=me, now=now)
    except HandsFull:
        return _to_leaving("break")
    return RedirectResponse(_back(back), 303)


@gate.allow("GET", "/leaving", action="duty.change")
def before_leaving(request: Request, person: Signed, then: str = "duty") -> Response:
    """What is still in one's hands, and what shall become of it."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        found = leaving.shown(session, vault, person.id)
        mates = [one for one in duty.on_duty(session, vault, now=now) if one.id != person.id]
    then = then if then in THEN else "duty"
    return render(request, "leaving.html", place="", then=then, in_hand=found, mates=mates)


@gate.allow("POST", "/contacts/{contact_id}/hard", action="contact.form")
def mark_hard(request: Request, person: Signed, contact_id: str, hard: Short) -> Response:
    """Say that a contact was hard for oneself, or that it was not."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        load.mark_hard(session, vault, contact_id, staff_id=person.id, hard=hard == "yes", now=now)
    return RedirectResponse(f"/helpline/contacts/{contact_id}", 303)


@gate.allow("GET", "/shift", action="shift.read")
def shift(request: Request, person: Signed) -> Response:
    """The shift as it stands; what others write with children is not on this page."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        shown = _shift(session, vault, person, now)
    seen = shown["watch"]
    drawn = drawing.drawn(seen, language=language_of(request), now=now)
    called = request.app.state.alerts.set_up
    return render(request, "shift.html", place="shift", plots=drawn, called=called, **shown)


@gate.allow("POST", "/shift/notices/{notice_id}/settle", action="notice.settle")
def settle(request: Request, person: Signed, notice_id: str) -> Response:
    """Say that a notice has been seen to."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        noticing.settle_notice(session, vault, notice_id, staff=_ref(person), now=now)
    return _to("/shift")


@gate.allow("POST", "/shift/call", action="shift.call")
def call_all(request: Request, person: Signed) -> Response:
    """Call everybody to the desk now, outside the console as well."""
    vault, now = vault_of(request), clock_of(request)()
    addresses = request.app.state.alerts
    with database_of(request).write() as session:
        alerts.call_all(session, vault, addresses, staff=_ref(person), now=now)
    return _to("/shift")


@gate.allow("GET", "/shift/handover", action="handover.read")
def read_handover(request: Request, person: Signed) -> Response:
    """The last hand-overs, and what a new one would name."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        hidden = _hidden(session, person)
        before = handover.newest(session, vault, staff_id=person.id, hidden=hidden, now=now)
        left = gather.left(session, vault, staff_id=person.id, hidden=hidden, now=now)
        draft = handover.draft(session, vault, person.id)
    return render(
        request,
        "handover.html",
        place="shift",
        before=before,
        left=left,
        draft=draft,
        longest=handover.LONGEST,
    )


@gate.allow("POST", "/shift/handover", action="handover.write")
def write_handover(request: Request, person: Signed, words: Words) -> Response:
    """Hand the shift over: the words, and what is open as the page showed it."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        hidden = _hidden(session, person)
        left = gather.left(session, vault, staff_id=person.id, hidden=hidden, now=now)
        handover.give(session, vault, staff=_ref(person), words=words, left=left, now=now)
    return _to("/shift/handover")


@gate.allow("POST", "/shift/handover/draft", action="handover.write")
def draft_handover(request: Request, person: Signed, words: Words = "") -> Response:
    """Keep the words of a hand-over as they are typed."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        handover.save_draft(session, vault, staff_id=person.id, text=words, now=now)
    return Response(status_code=204)


@gate.allow("POST", "/shift/handover/{handover_id}/confirm", action="handover.confirm")
def confirm_handover(request: Request, person: Signed, handover_id: str) -> Response:
    """Say that one has read what another shift left."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        handover.confirm(session, vault, handover_id, staff=_ref(person), now=now)
    return _to("/shift/handover")


@gate.allow("GET", "/shift/plan", action="shift.plan")
def read_plan(request: Request, person: Signed) -> Response:
    """Hours, holidays, the message while closed, and who is planned."""
    return _plan(request)


def _plan(
    request: Request,
    refused: Refusal | None = None,
    part: str = "",
    typed: Mapping[str, object] | None = None,
) -> Response:
    """The page of the plan; ``part`` is what was refused, with what was typed into it."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).read() as session:
        hours = plan.hours(session)
        message = plan.closed_message(session, vault)
        names = _names(session, vault)
        week = rota.week(session, names, _there(session, vault, now), now=now)
    return render(
        request,
        "plan.html",
        place="shift",
        status=refused.status if refused else 200,
        refused=word("problem", refused.type) if refused else "",
        part=part,
        typed=typed or {},
        hours={day: opening.shown(hours.week.get(day, ())) for day in range(1, 8)},
        holidays=sorted(hours.holidays.items()),
        message=message or {},
        rota=week,
        names=names,
        opens_at=opening.opens_at(hours, now),
        is_open=opening.is_open(hours, now),
        planned=hours.set,
        longest=plan.LONGEST_MESSAGE,
    )


@gate.allow("POST", "/shift/plan", action="shift.plan")
def set_hours(
    request: Request,
    person: Signed,
    day_1: Short = "",
    day_2: Short = "",
    day_3: Short = "",
    day_4: Short = "",
    day_5: Short = "",
    day_6: Short = "",
    day_7: Short = "",
) -> Response:
    """Set the hours of the seven days."""
    vault, now = vault_of(request), clock_of(request)()
    texts = (day_1, day_2, day_3, day_4, day_5, day_6, day_7)
    week = dict(enumerate(texts, start=1))
    try:
        with database_of(request).write() as session:
            plan.set_week(session, vault, week, staff_id=person.id, now=now)
            duty.tell_openings(session, vault, now=now)
    except BadHours as refused:
        return _plan(request, refused, "hours", {f"day_{day}": text for day, text in week.items()})
    return _to("/shift/plan")


@gate.allow("POST", "/shift/holidays", action="shift.plan")
def set_holiday(
    request: Request, person: Signed, day: Short, name: Short, hours: Short = ""
) -> Response:
    """Set a day that keeps other hours."""
    vault, now = vault_of(request), clock_of(request)()
    typed = {"day": day, "name": name, "hours": hours}
    try:
        with database_of(request).write() as session:
            plan.add_holiday(session, vault, **typed, staff_id=person.id, now=now)
            duty.tell_openings(session, vault, now=now)
    except (BadHoliday, BadHours) as refused:
        return _plan(request, refused, "holiday", typed)
    return _to("/shift/plan")


@gate.allow("POST", "/shift/holidays/remove", action="shift.plan")
def remove_holiday(request: Request, person: Signed, day: Short) -> Response:
    """Let a day keep its usual hours again."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        plan.remove_holiday(session, vault, day=day, staff_id=person.id, now=now)
        duty.tell_openings(session, vault, now=now)
    return _to("/shift/plan")


@gate.allow("POST", "/shift/message", action="shift.plan")
def set_message(request: Request, person: Signed, sq: Words = "", en: Words = "") -> Response:
    """Set what children read while the helpline is closed."""
    vault, now = vault_of(request), clock_of(request)()
    typed = {"sq": sq, "en": en}
    try:
        with database_of(request).write() as session:
            plan.set_message(session, vault, typed, staff_id=person.id, now=now)
            duty.tell(session, vault, now=now)
    except BadMessage as refused:
        return _plan(request, refused, "message", typed)
    return _to("/shift/plan")


@gate.allow("POST", "/shift/rota", action="shift.plan")
def plan_person(
    request: Request, person: Signed, who: StaffId, day: Short, hours: Short
) -> Response:
    """Plan somebody for one span of a day."""
    vault, now = vault_of(request), clock_of(request)()
    typed = {"day": day, "hours": hours}
    try:
        with database_of(request).write() as session:
            known = _names(session, vault)
            rota.add(session, vault, who=who, known=known, **typed, staff_id=person.id, now=now)
    except (BadPlan, BadHours) as refused:
        return _plan(request, refused, "rota", {"who": who, **typed})
    return _to("/shift/plan")


@gate.allow("POST", "/shift/rota/{planned_id}/remove", action="shift.plan")
def unplan_person(request: Request, person: Signed, planned_id: str) -> Response:
    """Take somebody off the plan."""
    vault, now = vault_of(request), clock_of(request)()
    with database_of(request).write() as session:
        rota.remove(session, vault, planned_id, staff_id=person.id, now=now)
    return _to("/shift/plan")


def _shift(session: Session, vault: Vault, person: Person, now: datetime) -> dict[str, Any]:
    """What the page of the shift shows."""
    hidden, names = _hidden(session, person), _names(session, vault)
    leads = RULES["notice.settle"].allows(person.roles)
    hours = plan.hours(session)
    return {
        "leads": leads,
        "watch": watch.watch(session, vault, hidden=hidden, now=now),
        "workers": team.workers(session, vault, names, hidden=hidden, now=now),
        "mine": load.load(session, person.id, now=now),
        "on_break": person.id in spells.breaks(session),
        "on_duty": duty.on_duty(session, vault, now=now),
        "notices": _notices(session, vault, hidden) if leads else [],
        "names": names,
        "rota": rota.week(session, names, _there(session, vault, now), now=now),
        "handover_since": handover.open_since(session),
        "opens_at": opening.opens_at(hours, now),
        "nudge": load.nudge(session, person.id, now=now),
    }


def _notices(session: Session, vault: Vault, hidden: set[str]) -> list[Any]:
    found = noticing.notices(session, vault)
    return [one for one in found if not {one.contact_id, one.report_id} & hidden]


def _come(session: Session, vault: Vault, staff: StaffRef, now: datetime) -> None:
    leaving.end_break(session, vault, staff=staff, now=now)
    duty.set_on_duty(session, vault, staff=staff, on=True, now=now)


def _hidden(session: Session, person: Person) -> set[str]:
    """Contacts and cases in which this person is named: to them they are not there (S31)."""
    found = (hidden(session, person.id) for hidden in (hidden_contacts, hidden_cases))
    return hidden_reports(session, person.id).union(*found)


def _names(session: Session, vault: Vault) -> dict[int, str]:
    """Those who can be on duty, by their number."""
    roles = RULES["duty.change"].roles
    return {
        one.id: one.name
        for one in staff.members(session, vault)
        if not one.disabled and not roles.isdisjoint(one.roles)
    }


def _there(session: Session, vault: Vault, now: datetime) -> set[int]:
    return {one.id for one in duty.on_duty(session, vault, now=now)}


def _ref(person: Person) -> StaffRef:
    return StaffRef(person.id, person.name)


def _to(path: str) -> Response:
    return RedirectResponse(f"/helpline{path}", 303)


def _to_leaving(then: str) -> Response:
    return _to(f"/leaving?then={then}")


def _back(path: str) -> str:
    """Where the press came from, if it is a page of ours."""
    return path if _OURS.fullmatch(path) else "/helpline"
