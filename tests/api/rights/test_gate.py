from __future__ import annotations

import pytest
from fakes.desk import Browser, console_routes, deeds, hire, seated
from fakes.helpline import Helpline
from fakes.rights import ROLES, SYSTEMS, lines
from fastapi.routing import APIRoute

from api.rights import gate
from api.systems.routes import ROUTERS

NEEDS = {*gate.CONDITIONS, "fresh"}
FIELDS = {"text": "Të besoj", "key": "k1", "outcome": "advice", "note": "", "on": "yes"}


LINES = lines()


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
    ours = [*console_routes(helpline.app), *(route for one in ROUTERS for route in one.routes)]
    found = {
        (method, route.path.removeprefix("/helpline"), *_asked(route))
        for route in ours
        if isinstance(route, APIRoute)
        for method in route.methods
    }

    assert found == {(line.method, line.path, frozenset(line.roles), line.needs) for line in LINES}


def _asked(route: APIRoute) -> tuple[frozenset[str], frozenset[str]]:
    extra = route.openapi_extra or {}
    rule = gate.RULES[extra["x-action" if route.path.startswith(SYSTEMS) else "action"]]
    return rule.roles, frozenset(rule.when) | ({"fresh"} if rule.fresh else frozenset())


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
