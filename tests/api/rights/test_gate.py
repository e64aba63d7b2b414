from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fakes.desk import Browser, console_routes, deeds, hire, seated
from fakes.helpline import Helpline
from fastapi.routing import APIRoute

from api.rights import gate

ROLES = ("counsellor", "supervisor", "administrator", "analyst")
NEEDS = {*gate.CONDITIONS, "fresh"}
# What a person without a part in the contact or case cannot meet.
UNMET = {"holder", "writer", "offered", "unlocked"}
FIELDS = {"text": "Të besoj", "key": "k1", "outcome": "advice", "note": "", "on": "yes"}


@dataclass(frozen=True)
class Line:
    """What one route asks for, written down apart from roles.toml."""

    method: str
    path: str
    roles: tuple[str, ...]
    needs: frozenset[str]

    @property
    def gated(self) -> bool:
        return self.roles != ("anyone",)


def read_lines() -> list[Line]:
    """
    One file per part in routes/: method, path, roles, and what else must hold (or a dash).
    """
    files = sorted((Path(__file__).parent / "routes").glob("*.txt"))
    rows = [row.split() for file in files for row in file.read_text().splitlines()]
    return [
        Line(
            method,
            "" if path == "/" else path,
            tuple(roles.split(",")),
            frozenset() if needs == "-" else frozenset(needs.split(",")),
        )
        for method, path, roles, needs in rows
    ]


LINES = read_lines()
GATED = [line for line in LINES if line.gated and line.path != "/live"]  # that one is endless


def test_table_can_be_read() -> None:
    """
    S24: the table names each route once, and only roles and conditions that there are.
    """
    assert len({(line.method, line.path) for line in LINES}) == len(LINES)
    assert {role for line in LINES for role in line.roles} <= {*ROLES, "anyone"}
    assert {need for line in LINES for need in line.needs} <= NEEDS


async def test_table_names_every_route_and_what_it_asks_for(helpline: Helpline) -> None:
    """
    S24: a route that is missing from the table, or asks for less than it, fails the build.
    """
    found = {
        (method, route.path.removeprefix("/helpline"), *_asked(route))
        for route in console_routes(helpline.app)
        for method in route.methods
    }

    assert found == {(line.method, line.path, frozenset(line.roles), line.needs) for line in LINES}


def _asked(route: APIRoute) -> tuple[frozenset[str], frozenset[str]]:
    rule = gate.RULES[(route.openapi_extra or {})["action"]]
    return rule.roles, frozenset(rule.when) | ({"fresh"} if rule.fresh else frozenset())


def _there(path: str, contact_id: str) -> str:
    """
    The path with this contact, and with ids of nothing for all else.
    """
    path = path.replace("{contact_id}", contact_id).replace("{staff_id}", "99")
    return re.sub(r"\{\w+(:\w+)?\}", "0", path)


async def _call(browser: Browser, line: Line, contact_id: str) -> httpx.Response:
    there = _there(line.path, contact_id)
    return await (browser.get(there) if line.method == "GET" else browser.post(there, FIELDS))


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_gets_its_own_and_nothing_else(helpline: Helpline, role: str) -> None:
    """
    S24: every route x every role, on a contact that another person holds.
    """
    genti = await seated(helpline, hire(helpline, "genti", "Genti", "supervisor"))
    person = hire(helpline, "elira", "Elira", role)

    for line in GATED:
        contact_id = ""
        if "{contact_id}" in line.path:
            contact_id = await helpline.opens()
            assert (await genti.post(f"/contacts/{contact_id}/claim")).status_code == 303
        browser = await seated(helpline, person)
        status = (await _call(browser, line, contact_id)).status_code
        refused = role not in line.roles or bool(line.needs & UNMET)
        assert (status == 403) == refused, (line, status)


@pytest.mark.parametrize("role", ROLES)
async def test_what_matters_wants_a_fresh_factor(helpline: Helpline, role: str) -> None:
    """
    S20: minutes after the sign-in, what matters leads to the second factor and is not done.
    """
    person = hire(helpline, "elira", "Elira", role)
    lines = [line for line in GATED if "fresh" in line.needs and role in line.roles]

    for line in lines:
        browser = await seated(helpline, person)
        helpline.later(minutes=5)
        before = len(deeds(helpline))
        answer = await _call(browser, line, "0")
        if line.needs & UNMET:
            assert answer.status_code == 403
            continue
        led = answer.headers.get("location", "") if line.method == "GET" else answer.text
        assert "/helpline/confirm?back=" in led, line
        assert len(deeds(helpline)) == before, line


@pytest.mark.parametrize("deed", ["reply", "return", "end"])
async def test_holder_may_and_only_while_holding(helpline: Helpline, deed: str) -> None:
    """
    S24: own, foreign and over: reply, return and end are the holder's, and a talk that ended
    refuses them by its own name.
    """
    contact_id = await helpline.opens()
    elira = await seated(helpline, hire(helpline))
    path = f"/contacts/{contact_id}"

    assert (await elira.post(f"{path}/{deed}", FIELDS)).status_code == 403
    await elira.post(f"{path}/claim")
    assert (await elira.post(f"{path}/{deed}", FIELDS)).status_code == 303
    if deed == "reply":
        await elira.post(f"{path}/end", FIELDS)
    after = 403 if deed == "return" else 409
    assert (await elira.post(f"{path}/{deed}", FIELDS)).status_code == after


async def test_stranger_is_led_to_the_door(helpline: Helpline) -> None:
    """
    S14, S24: without a full session every staff route leads to the sign-in and does nothing.
    """
    contact_id = await helpline.opens()
    before = await helpline.types()
    for line in GATED:
        stranger = Browser(helpline)
        await stranger.get("/sign-in")
        answer = await _call(stranger, line, contact_id)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/helpline/sign-in"

    assert await helpline.types() == before


async def test_stream_is_closed_to_strangers(helpline: Helpline) -> None:
    """
    S24: the live stream answers nobody who is not signed in with a role that may see it.
    """
    admin = await seated(helpline, hire(helpline, "ana", "Ana", "administrator"))

    assert (await Browser(helpline).get("/live")).status_code == 303
    assert (await admin.get("/live")).status_code == 403


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("form.x.y", {}),
        ("theirs", {}),
        ("mine", {"Sec-Fetch-Site": "cross-site"}),
        ("mine", {"Sec-Fetch-Site": "same-site"}),
        ("mine", {"Origin": "https://evil.example"}),
    ],
)
async def test_forged_form_changes_nothing(
    helpline: Helpline, token: str, headers: dict[str, str]
) -> None:
    """
    S21: a state change needs this session's token and our own page, else 403 and an audit row.
    """
    contact_id = await helpline.opens()
    person = hire(helpline)
    elira, other = await seated(helpline, person), await seated(helpline, person)
    given = {"theirs": other.token, "mine": elira.token}.get(token, token)

    answer = await elira.post(f"/contacts/{contact_id}/claim", {"form_token": given}, **headers)

    assert answer.status_code == 403
    assert "contact.claimed" not in await helpline.types()
    assert "refused" in [what for _, what in deeds(helpline)]


async def test_refusal_says_no_more_than_that(helpline: Helpline) -> None:
    """
    S56: 403 and 404 pages of the console tell nothing of what exists.
    """
    elira = await seated(helpline, hire(helpline))

    refused = await elira.get("/staff")
    unknown = await elira.get("/contacts/no-such-contact")

    assert (refused.status_code, unknown.status_code) == (403, 404)
    for page in (refused.text, unknown.text):
        assert "Traceback" not in page
        assert "no-such-contact" not in page.replace("?back=/helpline", "")
