from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from fakes.desk import PASSWORD, Browser, deeds, hire, seated
from fakes.helpline import Helpline

from api.staff import service
from api.staff.tables import StaffAccount

pytestmark = pytest.mark.usefixtures("quick_hash")


@pytest.fixture
async def trial(tmp_path: Path) -> AsyncIterator[Helpline]:
    """
    A helpline on a machine that nobody else can reach.
    """
    made = Helpline(tmp_path, trial=True)
    yield made
    await made.close()


def first_link(helpline: Helpline) -> str | None:
    with helpline.database.write() as session:
        trial = bool(helpline.app.state.trial)
        return service.first_link(session, helpline.now, trial=trial)


def staff(helpline: Helpline) -> int:
    with helpline.database.read() as session:
        return session.query(StaffAccount).count()


async def enrols(browser: Browser, **fields: str) -> str:
    """Go through both steps; returns the secret."""
    page = await browser.get("/enrol")
    return page.text.split('<span class="mono">')[1].split("<")[0]


async def test_first_administrator_needs_a_second_factor(either: Helpline) -> None:
    """
    S12, S14: there is nobody by default; the link leads over password and code, and works once.
    """
    assert staff(either) == 0
    token = first_link(either)
    browser = Browser(either)
    await browser.get(f"/first/{token}")
    fields = {"login": "drita", "name": "Drita", "password": PASSWORD}
    await browser.post(f"/first/{token}", fields)
    assert staff(either) == 0
    assert (await browser.get("")).status_code == 303

    secret = await enrols(browser)
    done = await browser.post("/enrol", {"code": pyotp.TOTP(secret).at(either.now)})

    assert done.status_code == 200
    assert done.text.count("<li>") == 8
    assert (await browser.get("/staff")).status_code == 200
    assert (await Browser(either).get(f"/first/{token}")).status_code == 404
    assert first_link(either) is None


async def test_looking_at_a_link_does_not_spend_it(helpline: Helpline) -> None:
    """
    S12: a preview, a weak password and a mistyped code leave the link as it was.
    """
    token = first_link(helpline)
    browser = Browser(helpline)
    for _ in range(3):
        assert (await browser.get(f"/first/{token}")).status_code == 200
    weak = {"login": "drita", "name": "Drita", "password": "drita123"}
    assert (await browser.post(f"/first/{token}", weak)).status_code == 422
    await browser.post(f"/first/{token}", {**weak, "password": PASSWORD})
    await browser.get("/enrol")
    assert (await browser.post("/enrol", {"code": "000000"})).status_code == 401

    assert (await browser.get(f"/first/{token}")).status_code == 200


async def test_two_who_hold_one_link_make_one_account(helpline: Helpline) -> None:
    """
    S12: whoever finishes first has the account; the other finds the link spent.
    """
    token = first_link(helpline)
    browsers = [Browser(helpline), Browser(helpline)]
    secrets = []
    for login, browser in zip(("drita", "ana"), browsers, strict=True):
        await browser.get(f"/first/{token}")
        fields = {"login": login, "name": "Drita", "password": PASSWORD}
        await browser.post(f"/first/{token}", fields)
        secrets.append(await enrols(browser))

    statuses = [
        (await browser.post("/enrol", {"code": pyotp.TOTP(secret).at(helpline.now)})).status_code
        for browser, secret in zip(browsers, secrets, strict=True)
    ]

    assert statuses == [200, 404]
    assert staff(helpline) == 1


async def test_old_and_newer_links(helpline: Helpline) -> None:
    """
    S12: a link dies after a day, and when a newer one is made.
    """
    old, new = first_link(helpline), first_link(helpline)

    assert (await Browser(helpline).get(f"/first/{old}")).status_code == 404
    assert (await Browser(helpline).get(f"/first/{new}")).status_code == 200
    helpline.later(hours=24)
    assert (await Browser(helpline).get(f"/first/{new}")).status_code == 404


async def test_trial_opens_at_one_press_and_says_so(trial: Helpline) -> None:
    """
    In a trial the link's button opens the desk with every role, once; each page is marked.
    """
    token = first_link(trial)
    browser = Browser(trial)
    assert "Provë" in (await browser.get(f"/first/{token}")).text

    answer = await browser.post(f"/first/{token}", {"name": "Drita"})

    assert answer.headers["location"] == "/helpline"
    for path in ("", "/staff", "/reports", "/nothing-here", "/sign-in"):
        assert "Provë" in (await browser.get(path)).text, path
    assert (await Browser(trial).get(f"/first/{token}")).status_code == 404
    assert first_link(trial) is not None


@pytest.mark.parametrize(
    ("language", "banner", "way_out"),
    [
        (
            "sq",
            "Nuk është linjë e vërtetë; këtu nuk ndihmohet asnjë fëmijë.",
            "Provë: ndaleni shërbimin dhe niseni prapë",
        ),
        (
            "en",
            "Not a real helpline; no child is helped here.",
            "Trial: stop and start the service; it prints a new link.",
        ),
    ],
)
async def test_a_trial_says_how_to_get_in_again(
    trial: Helpline, language: str, banner: str, way_out: str
) -> None:
    """
    Whoever lost the way into a trial is told it at the door and on a spent link; else nobody.
    """
    browser = Browser(trial)
    await browser.get(f"/language/{language}")
    for path in ("/sign-in", "/first/used"):
        page = (await browser.get(path)).text
        assert banner in page, path
        assert way_out in page, path
    assert way_out not in (await browser.get("/nothing-here")).text

    trial.app.state.trial = False

    for path in ("/sign-in", "/first/used"):
        page = (await browser.get(path)).text
        assert banner not in page, path
        assert way_out not in page, path


async def test_trial_person_is_nobody_outside_the_trial(trial: Helpline) -> None:
    """
    S14: the session of a trial opens nothing once the service runs in earnest.
    """
    browser = Browser(trial)
    token = first_link(trial)
    await browser.get(f"/first/{token}")
    await browser.post(f"/first/{token}", {"name": "Drita"})

    trial.app.state.trial = False

    assert (await browser.get("")).status_code == 303
    assert first_link(trial) is not None


async def test_a_trial_ends_with_everything_it_held(trial: Helpline) -> None:
    """
    S14: its people lose session and duty, and a contact they held goes back into the queue.
    """
    browser = Browser(trial)
    token = first_link(trial)
    await browser.get(f"/first/{token}")
    await browser.post(f"/first/{token}", {"name": "Drita"})
    contact_id = await trial.opens()
    await browser.get("")
    await browser.post("/duty", {"on": "yes"})
    await browser.post(f"/contacts/{contact_id}/claim")
    before = len(await trial.events())

    with trial.database.write() as session:
        assert service.end_trials(session, trial.vault, now=trial.now) == 1

    assert (await browser.get("")).status_code == 303
    told = (await trial.events())[before:]
    assert [event["type"] for event in told] == ["contact.returned", "duty.changed"]
    assert told[-1]["duty"]["on_duty"] == 0
    with trial.database.write() as session:
        assert service.end_trials(session, trial.vault, now=trial.now) == 0


async def test_a_person_tries_again_after_a_trial_was_ended(trial: Helpline) -> None:
    """
    The name of an ended trial opens the next one too.
    """
    for _ in range(2):
        browser, token = Browser(trial), first_link(trial)
        await browser.get(f"/first/{token}")
        await browser.post(f"/first/{token}", {"name": "Drita"})
        assert (await browser.get("")).status_code == 200
        with trial.database.write() as session:
            service.end_trials(session, trial.vault, now=trial.now)


async def test_administrator_adds_a_person(helpline: Helpline) -> None:
    """
    S12: the added person chooses the password; the administrator sees only a one-time link.
    """
    admin = await seated(helpline, hire(helpline, "ana", "Ana", "administrator"))
    fields = {"login": "genti", "name": "Genti", "roles": ["counsellor"]}
    page = await admin.post("/staff", fields)
    link = page.text.split('<p class="mono">http://127.0.0.1/helpline')[1].split("<")[0]

    browser = Browser(helpline)
    await browser.get(link)
    await browser.post(link, {"password": PASSWORD})
    secret = await enrols(browser)
    await browser.post("/enrol", {"code": pyotp.TOTP(secret).at(helpline.now)})

    assert (await browser.get("")).status_code == 200
    assert (await browser.get("/staff")).status_code == 403
    assert (await admin.post("/staff", fields)).status_code == 409
    assert (await admin.post("/staff", {**fields, "login": "x", "roles": []})).status_code == 422


@pytest.mark.parametrize("deed", ["disable", "reset"])
async def test_person_shut_out_is_out_at_once(helpline: Helpline, deed: str) -> None:
    """
    S19, S27: disabling or resetting ends every session on the next request, and the claims.
    """
    contact_id = await helpline.opens()
    admin = await seated(helpline, hire(helpline, "ana", "Ana", "administrator"))
    person = hire(helpline)
    elira = await seated(helpline, person)
    await elira.post(f"/contacts/{contact_id}/claim")

    await admin.post(f"/staff/{person.id}/{deed}")

    assert (await elira.get("")).status_code == 303
    assert (await helpline.types())[-1] == "contact.returned"
    assert any(what.startswith(f"staff.{deed}") for _, what in deeds(helpline))


@pytest.mark.parametrize("deed", ["disable", "reset"])
async def test_last_administrator_stays(helpline: Helpline, deed: str) -> None:
    """
    S12: nobody can lock the helpline's last administrator out by mistake.
    """
    person = hire(helpline, "ana", "Ana", "administrator")
    admin = await seated(helpline, person)

    assert (await admin.post(f"/staff/{person.id}/{deed}")).status_code == 409
    assert (await admin.get("/staff")).status_code == 200
