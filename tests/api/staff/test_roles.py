from __future__ import annotations

import pytest
from fakes.desk import Browser, account_of, deeds, hire, seated
from fakes.helpline import Helpline
from fastapi import Request

from api.console.live import changes

pytestmark = pytest.mark.usefixtures("quick_hash")


async def test_a_right_given_counts_at_once(helpline: Helpline) -> None:
    """
    S27: on the next request, in the session that is open; who gave it is on record.
    """
    ana = hire(helpline, "ana", "Ana", "administrator")
    admin, person = await seated(helpline, ana), hire(helpline)
    elira = await seated(helpline, person)
    assert (await elira.get("/trail")).status_code == 403

    roles = {"roles": ["supervisor", "counsellor"]}
    assert (await admin.post(f"/staff/{person.id}/roles", roles)).status_code == 303

    assert (await elira.get("/trail")).status_code == 200
    assert account_of(helpline, person).roles == "counsellor supervisor"
    assert (f"staff:{ana.id}", "staff.roles") in deeds(helpline)


async def test_a_right_taken_away_ends_what_it_opened(helpline: Helpline) -> None:
    """
    S19, S27: who loses the desk is signed out at once, the live stream closes, and the child
    waits in the queue again.
    """
    contact_id = await helpline.opens()
    admin = await seated(helpline, hire(helpline, "ana", "Ana", "administrator"))
    person = hire(helpline)
    elira = await seated(helpline, person)
    await elira.post(f"/contacts/{contact_id}/claim")
    stream = changes(_request(helpline, elira))
    await anext(stream)

    await admin.post(f"/staff/{person.id}/roles", {"roles": ["analyst"]})

    assert (await elira.get("")).status_code == 303
    assert "event: gone\ndata: 0\n\n" in [item async for item in stream]
    assert "contact.returned" in await helpline.types()
    back = await seated(helpline, person)
    assert (await back.get("/reports")).status_code == 403


async def test_nobody_gives_roles_to_themselves(helpline: Helpline) -> None:
    """
    An administrator does not become a reader of contacts alone: another one changes it.
    """
    ana = hire(helpline, "ana", "Ana", "administrator")
    admin = await seated(helpline, ana)
    fields = {"roles": ["administrator", "supervisor"]}
    assert (await admin.post(f"/staff/{ana.id}/roles", fields)).status_code == 303  # alone here
    hire(helpline)
    more = {"roles": ["administrator", "counsellor"]}

    admin = await seated(helpline, ana)
    assert (await admin.post(f"/staff/{ana.id}/roles", more)).status_code == 409

    assert account_of(helpline, ana).roles == "supervisor administrator"


@pytest.mark.parametrize(
    ("who", "roles", "status"),
    [
        ("ana", ["counsellor"], 409),
        ("elira", [], 422),
        ("elira", ["chief"], 422),
        ("nobody", ["counsellor"], 404),
    ],
)
async def test_roles_that_cannot_be(
    helpline: Helpline, who: str, roles: list[str], status: int
) -> None:
    """
    S12: the last administrator stays, and everybody has a role that there is.
    """
    ana = hire(helpline, "ana", "Ana", "administrator")
    ids = {"ana": ana.id, "elira": hire(helpline).id, "nobody": 99}
    admin = await seated(helpline, ana)

    answer = await admin.post(f"/staff/{ids[who]}/roles", {"roles": roles})

    assert answer.status_code == status
    assert account_of(helpline, ana).roles == "administrator"
    assert (await admin.get("/staff")).status_code == 200


def _request(helpline: Helpline, browser: Browser) -> Request:
    cookie = f"sigurt-staff={browser.http.cookies['sigurt-staff']}".encode()
    scope = {
        "type": "http",
        "app": helpline.app,
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "path": "/helpline/live",
        "headers": [(b"cookie", cookie)],
    }
    return Request(scope)
