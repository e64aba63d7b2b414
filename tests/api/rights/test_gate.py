from __future__ import annotations

import pytest
from fakes.desk import Browser, console_routes, deeds, hire, seated
from fakes.helpline import Helpline

ALL = ("counsellor", "supervisor", "administrator")
TABLE = {
    ("GET", "/static/{name:path}"): "anyone",
    ("GET", "/language/{language}"): "anyone",
    ("GET", "/sign-in"): "anyone",
    ("POST", "/sign-in"): "anyone",
    ("GET", "/code"): "anyone",
    ("POST", "/code"): "anyone",
    ("GET", "/first/{token}"): "anyone",
    ("POST", "/first/{token}"): "anyone",
    ("GET", "/enrol"): "anyone",
    ("POST", "/enrol"): "anyone",
    ("GET", ""): ALL,
    ("POST", "/sign-out"): ALL,
    ("GET", "/staff"): ("administrator",),
    ("POST", "/staff"): ("administrator",),
    ("POST", "/staff/{staff_id}/disable"): ("administrator",),
    ("POST", "/staff/{staff_id}/reset"): ("administrator",),
    ("GET", "/live"): ("counsellor", "supervisor"),
    ("POST", "/here"): ("counsellor", "supervisor"),
    ("POST", "/next"): ("counsellor", "supervisor"),
    ("POST", "/duty"): ("counsellor", "supervisor"),
    ("GET", "/contacts/{contact_id}"): ("counsellor", "supervisor"),
    ("POST", "/contacts/{contact_id}/claim"): ("counsellor", "supervisor"),
    ("POST", "/contacts/{contact_id}/reply"): ("counsellor", "supervisor"),
    ("POST", "/contacts/{contact_id}/return"): ("counsellor", "supervisor"),
    ("POST", "/contacts/{contact_id}/close"): ("counsellor", "supervisor"),
    ("GET", "/reports"): ("supervisor",),
    ("GET", "/reports/{report_id}"): ("supervisor",),
    ("GET", "/learning"): ("supervisor", "administrator"),
    ("GET", "/learning.csv"): ("supervisor", "administrator"),
    ("POST", "/contacts/{contact_id}/marks"): ("counsellor", "supervisor"),
    ("POST", "/contacts/{contact_id}/marks/undo"): ("counsellor", "supervisor"),
    ("GET", "/marks/{mark_id}"): ("counsellor", "supervisor"),
    ("POST", "/marks/{mark_id}/propose"): ("counsellor", "supervisor"),
    ("POST", "/marks/{mark_id}/release"): ("supervisor",),
    ("POST", "/marks/{mark_id}/take-back"): ("counsellor", "supervisor"),
    ("GET", "/triage"): ("supervisor", "administrator"),
    ("POST", "/triage/export"): ("supervisor", "administrator"),
}
NONE = {"staff_id": 99, "report_id": "none", "mark_id": "none"}
HOLDERS_ONLY = ("reply", "return", "close")
FIELDS = {"text": "Të besoj", "key": "k1", "outcome": "advice", "note": "", "on": "yes"}


async def test_table_names_every_route(helpline: Helpline) -> None:
    """
    S24: a route that is missing from the table of rights fails the build.
    """
    found = {
        (method, route.path.removeprefix("/helpline"))
        for route in console_routes(helpline.app)
        for method in route.methods
    }

    assert found == set(TABLE)


def _gated() -> list[tuple[str, str, tuple[str, ...]]]:
    """Routes that need a sign-in; the endless stream is tested by itself."""
    return [
        (method, path, roles)
        for (method, path), roles in TABLE.items()
        if isinstance(roles, tuple) and path != "/live"
    ]


async def _call(browser: Browser, method: str, path: str, contact_id: str) -> int:
    there = path.format(contact_id=contact_id, **NONE)
    if method == "GET":
        return (await browser.get(there)).status_code
    return (await browser.post(there, FIELDS)).status_code


@pytest.mark.parametrize("role", ALL)
async def test_each_role_gets_its_own_and_nothing_else(helpline: Helpline, role: str) -> None:
    """
    S24: every route x every role, on a contact that another person holds.
    """
    contact_id = await helpline.opens()
    other = await seated(helpline, hire(helpline, "genti", "Genti", "supervisor"))
    assert (await other.post(f"/contacts/{contact_id}/claim")).status_code == 303
    person = hire(helpline, "elira", "Elira", role)

    for method, path, roles in _gated():
        browser = await seated(helpline, person)
        status = await _call(browser, method, path, contact_id)
        mine_only = path.rpartition("/")[2] in HOLDERS_ONLY
        assert (status == 403) == (role not in roles or mine_only), (method, path, status)


@pytest.mark.parametrize("deed", HOLDERS_ONLY)
async def test_holder_may_and_only_while_holding(helpline: Helpline, deed: str) -> None:
    """
    S24: own, foreign and closed: reply, return and close are the holder's, until it is over.
    """
    contact_id = await helpline.opens()
    elira = await seated(helpline, hire(helpline))
    path = f"/contacts/{contact_id}"

    assert (await elira.post(f"{path}/{deed}", FIELDS)).status_code == 403
    await elira.post(f"{path}/claim")
    assert (await elira.post(f"{path}/{deed}", FIELDS)).status_code == 303
    if deed == "reply":
        await elira.post(f"{path}/close", FIELDS)
    assert (await elira.post(f"{path}/{deed}", FIELDS)).status_code == 403


async def test_stranger_is_led_to_the_door(helpline: Helpline) -> None:
    """
    S14, S24: without a full session every staff route leads to the sign-in and does nothing.
    """
    contact_id = await helpline.opens()
    before = await helpline.types()
    for method, path, _ in _gated():
        stranger = Browser(helpline)
        await stranger.get("/sign-in")
        there = path.format(contact_id=contact_id, **NONE)
        answer = await (stranger.get(there) if method == "GET" else stranger.post(there, FIELDS))
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
