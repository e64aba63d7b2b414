"""S24: every route x every role x every state of the item: the exact answer, from the table."""

from __future__ import annotations

import re

import httpx
import pytest
from fakes.cells import NOWHERE, Cells
from fakes.desk import Browser, Colleague, deeds, hire, seated
from fakes.helpline import KEY, Helpline
from fakes.rights import ROLES, SYSTEMS, Line, body, fields, lines
from fakes.system import OtherSystem

from api.contacts.values import StaffRef
from api.duty import service as duty
from api.staff.service import disable
from api.staff.sessions import start
from api.systems import service as systems

LINES = [line for line in lines() if line.path != "/live"]  # that one is endless
CONSOLE = [line for line in LINES if not line.path.startswith(SYSTEMS)]
API = [line for line in LINES if line.path.startswith(SYSTEMS)]
DOOR = "/helpline/sign-in"
SET_UP = {"contact.claimed", "contact.closed", "duty.changed"}  # what makes the items tells


def ref(person: Colleague) -> StaffRef:
    """
    A colleague as services know them.
    """
    return StaffRef(person.id, person.name)


class Room:
    """
    One person at the console, and three colleagues who do what an item's state wants.
    """

    def __init__(self, helpline: Helpline, role: str) -> None:
        self.helpline, self.role, self.count = helpline, role, 0
        desk = ("counsellor", "supervisor")
        self.mate, self.other, self.fourth = (
            hire(helpline, name, name.title(), *desk) for name in ("genti", "drita", "arben")
        )
        hire(helpline, "admin", "Admin", "administrator")  # so that nobody is the last
        helpline.does(duty.set_on_duty, staff=ref(self.mate), on=True)

    async def sits(self) -> tuple[Browser, Cells]:
        """
        Somebody new with the role, for what a cell does to an account.
        """
        self.count += 1
        me = hire(self.helpline, f"elira{self.count}", "Elira", self.role)
        people = (ref(one) for one in (me, self.mate, self.other, self.fourth))
        return await seated(self.helpline, me), Cells(self.helpline, *people)

    async def calls(self, browser: Browser, cells: Cells, line: Line, state: str) -> httpx.Response:
        """
        The answer on an item in this state; afterwards the desk is empty again.
        """
        path = await cells.at(line.path, state)
        contact_id = await cells.opens()
        sent = fields(line, self.mate.id, self.other.id, contact_id)
        get = f"{path}?kind=note" if path.endswith("/new") else path
        answer = await (browser.get(get) if line.method == "GET" else browser.post(path, sent))
        cells.over()
        return answer


def test_each_line_names_each_state_once() -> None:
    """
    S24: a route without an answer for a state that its item can be in fails the build.
    """
    wanted = {(line.method, line.path): line.states for line in LINES}
    assert {(line.method, line.path): line.named for line in LINES} == wanted


@pytest.mark.parametrize("role", ROLES)
async def test_each_cell_answers_as_the_table_says(helpline: Helpline, role: str) -> None:
    """
    S24: whoever has the role gets on each item exactly what stands there, everybody else 403.
    """
    room, wrong = Room(helpline, role), []
    for line in CONSOLE:
        browser, cells = await room.sits()
        may = not line.gated or role in line.roles
        for state in line.named if may else line.named[:2]:  # the role counts before the item
            if line.kind == "staff":  # the cell before may have ended this account
                browser, cells = await room.sits()
            answer = await room.calls(browser, cells, line, state)
            if answer.status_code != (wanted := line.status(state, role)):
                wrong.append((line.method, line.path, state, answer.status_code, wanted))

    assert wrong == []


@pytest.mark.parametrize("role", ["counsellor", "supervisor"])
async def test_another_system_gets_what_its_role_may(helpline: Helpline, role: str) -> None:
    """
    S24: the API answers a system by the same table; what its role may not, it may on no item.
    """
    room, wrong = Room(helpline, role), []
    people = [ref(one) for one in (room.mate, room.other, room.fourth)]
    for number, line in enumerate(API):
        system = OtherSystem(helpline, f"Sistemi {number}", role)
        cells = Cells(helpline, StaffRef(-system.id, "Sistemi"), *people)
        for state in line.named:
            path = (await cells.at(line.path, state)).removeprefix(SYSTEMS)
            sent = body(line.path, room.mate.id, await cells.opens())
            call = system.get(path) if line.method == "GET" else system.post(path, **sent)
            wanted = line.status(state, role)
            if (answer := await call).status_code != wanted:
                wrong.append((line.method, line.path, state, answer.status_code, wanted))
            cells.over()

    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
async def test_what_matters_wants_a_fresh_factor(helpline: Helpline, role: str) -> None:
    """
    S20, S29: minutes after the sign-in, what matters leads to the second factor and is not
    done; what is hidden or unknown leads nowhere, so that nothing tells them apart.
    """
    room = Room(helpline, role)
    lines = [line for line in CONSOLE if "fresh" in line.needs and role in line.roles]
    for line in lines:
        for state in line.named:
            browser, cells = await room.sits()
            path = await cells.at(line.path, state)
            helpline.later(minutes=5)
            before = len(deeds(helpline))
            get = line.method == "GET"
            answer = await (browser.get(path) if get else browser.post(path))
            status = line.status(state, role)
            if status == 403 or (state in ("hidden", "unknown") and "unnamed" in line.needs):
                assert answer.status_code == status, (line, state)
                continue
            led = answer.headers.get("location", "") if get else answer.text
            assert "/helpline/confirm?back=" in led, (line, state)
            assert answer.status_code == (303 if get else 403)
            assert len(deeds(helpline)) == before, (line, state)


async def test_nobody_without_a_session_of_now_gets_anything(helpline: Helpline) -> None:
    """
    S14, S24: no session, one that is half open, a made-up one, and that of a disabled account
    lead to the door from every route, whatever it names; nothing is done or told.
    """
    room = Room(helpline, "supervisor")
    _, cells = await room.sits()
    with helpline.database.write() as session:
        half = start(session, staff_id=cells.me.id, stage="passkey", now=helpline.now)
        gone = start(session, staff_id=room.other.id, stage="full", now=helpline.now)
        disable(session, helpline.vault, room.other.id, now=helpline.now)
    strangers = []
    for token in ("", half, "made up", gone):
        stranger = Browser(helpline)
        await stranger.get("/sign-in")
        stranger.http.cookies.set("sigurt-staff", token)
        strangers.append(stranger)
    before = await helpline.types()
    for line in CONSOLE:
        if not line.gated:
            continue
        path = await cells.at(line.path, line.states[0])
        for stranger in strangers:
            call = stranger.get(path) if line.method == "GET" else stranger.post(path)
            answer = await call
            assert (answer.status_code, answer.headers["location"]) == (303, DOOR), line
        cells.over()
    assert {kind for kind in await helpline.types() if kind not in before} <= SET_UP


async def test_no_key_opens_the_api_to_a_stranger(helpline: Helpline) -> None:
    """
    S24: without a key, with the bot's, with that of a disabled system, and with a session of
    the console every route of the API answers 401.
    """
    gone = OtherSystem(helpline, "Dosjet", "supervisor")
    helpline.does(systems.disable, gone.id)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(helpline.app)) as http:
        for line in API:
            path = re.sub(r"{\w+}", NOWHERE, line.path)
            for key in ("", KEY, gone.key):
                headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k"}
                url = f"http://helpline.example.com{path}"
                answer = await http.request(line.method, url, headers=headers)
                assert answer.status_code == 401, (line, key)
