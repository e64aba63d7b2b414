from __future__ import annotations

import pytest
from fakes.authenticator import Authenticator
from fakes.desk import Browser, Colleague, code, deeds, hire
from fakes.helpline import Helpline

from api.audit.chain import unveiled
from api.audit.tables import AuditRow
from api.staff import codes, service
from api.staff.sessions import FRESH
from api.staff.tables import StaffRecoveryCode

pytestmark = pytest.mark.usefixtures("quick_hash")

COOKIE = "sigurt-staff"
MINUTES = FRESH.total_seconds() / 60


async def signed_in(
    helpline: Helpline, person: Colleague, *, url: str = "http://127.0.0.1"
) -> Browser:
    """
    A browser that came in through the door, so that it has the door's own cookie.
    """
    browser = Browser(helpline, base_url=url)
    await browser.signs_in(person.login, code(helpline, person))
    await browser.get("/account")
    return browser


async def stale(helpline: Helpline, person: Colleague) -> Browser:
    """
    A browser whose sign-in was longer ago than what matters allows.
    """
    browser = await signed_in(helpline, person)
    helpline.later(minutes=MINUTES)
    await browser.get("/account")
    return browser


def admin(helpline: Helpline) -> Colleague:
    return hire(helpline, "ana", "Ana", "administrator")


async def test_what_matters_counts_from_the_second_factor_on(either: Helpline) -> None:
    """
    S20: within five minutes of the sign-in nothing is asked, then the second factor, and then
    nothing for five minutes more.
    """
    ana = admin(either)
    browser, genti = await signed_in(either, ana), hire(either, "genti", "Genti")
    path, roles = f"/staff/{genti.id}/roles", {"roles": ["supervisor"]}
    either.later(minutes=MINUTES - 0.1)
    await browser.get("/account")
    assert (await browser.post(path, roles)).status_code == 303
    either.later(minutes=0.2)

    refused = await browser.post(path, roles)
    assert refused.status_code == 403
    assert "/helpline/confirm?back=/helpline/staff" in refused.text
    page = await browser.get("/confirm?back=/helpline/staff")
    assert page.status_code == 200
    done = await browser.post("/confirm", {"code": code(either, ana), "back": "/helpline/staff"})

    assert (done.status_code, done.headers["location"]) == (303, "/helpline/staff")
    await browser.get("/staff")
    assert (await browser.post(path, roles)).status_code == 303
    either.later(minutes=MINUTES)
    assert (await browser.post(path, roles)).status_code == 403


async def test_step_up_begins_a_new_session(helpline: Helpline) -> None:
    """
    S18: the cookie of before opens nothing; a form of a page that was open still counts.
    """
    person = hire(helpline)
    browser = await stale(helpline, person)
    before, form = browser.http.cookies[COOKIE], browser.token
    await browser.post("/confirm", {"code": code(helpline, person)})
    after = browser.http.cookies[COOKIE]

    assert before != after
    browser.token = form
    assert (await browser.post("/account/codes")).status_code == 200
    browser.http.cookies.clear()
    browser.http.cookies.set(COOKIE, before)
    assert (await browser.get("/account")).headers["location"] == "/helpline/sign-in"


async def test_step_up_lengthens_no_session(helpline: Helpline) -> None:
    """
    S19: twelve hours after the sign-in it is over, however often a factor was shown.
    """
    person = hire(helpline)
    browser = await signed_in(helpline, person)
    for _ in range(71):
        helpline.later(minutes=10)
        await browser.get("/account")
        confirmed = await browser.post("/confirm", {"code": code(helpline, person)})
        assert confirmed.headers["location"] == "/helpline"
    helpline.later(minutes=10)

    assert (await browser.get("/account")).status_code == 303


@pytest.mark.parametrize("given", ["000000", "", "used", "recovery of genti"])
async def test_a_wrong_factor_changes_nothing(helpline: Helpline, given: str) -> None:
    """
    S14, S20, S44: a wrong, a used and another's code leave the session as stale as it was.
    """
    person, genti = hire(helpline), hire(helpline, "genti", "Genti")
    spare = codes.new_recovery_codes()[0]
    with helpline.database.write() as session:
        session.add(StaffRecoveryCode(hash=codes.recovery_hash(spare), staff_id=genti.id))
    browser = await stale(helpline, person)
    used = code(helpline, person)
    await Browser(helpline).signs_in("elira", used)
    tried = {"used": used, "recovery of genti": spare}.get(given, given)

    answer = await browser.post("/confirm", {"code": tried})

    assert answer.status_code == 401
    assert (await browser.post("/account/codes")).status_code == 403
    assert (f"staff:{person.id}", "staff.confirm_failed") in deeds(helpline)


async def test_a_recovery_code_confirms_once(helpline: Helpline) -> None:
    """
    S15: a recovery code serves for step-up too, once.
    """
    person, spare = hire(helpline), codes.new_recovery_codes()[0]
    with helpline.database.write() as session:
        session.add(StaffRecoveryCode(hash=codes.recovery_hash(spare), staff_id=person.id))
    browser = await stale(helpline, person)

    assert (await browser.post("/confirm", {"code": spare})).status_code == 303
    await browser.get("/account")
    assert (await browser.post("/confirm", {"code": spare})).status_code == 401


async def test_confirming_is_slowed(helpline: Helpline) -> None:
    """
    S17: whoever sits at a screen that was left cannot try codes without end.
    """
    browser = await stale(helpline, hire(helpline))
    statuses = [
        (await browser.post("/confirm", {"code": f"{n:06}"})).status_code for n in range(11)
    ]

    assert statuses == [401] * 10 + [429]


async def test_a_passkey_confirms_for_its_own_person(helpline: Helpline) -> None:
    """
    S20: one's own passkey counts; a colleague's, and an answer given before, do not.
    """
    url = "http://localhost"
    browsers, devices = [], []
    for login in ("elira", "genti"):
        browser = await signed_in(helpline, hire(helpline, login, login.title()), url=url)
        asked = (await browser.post("/account/passkeys/options")).json()
        device = Authenticator()
        await browser.post("/account/passkeys", {"answer": device.makes(asked)})
        browsers.append(browser)
        devices.append(device)
    elira, own, foreign = browsers[0], devices[0], devices[1]
    helpline.later(minutes=MINUTES)
    await elira.get("/confirm")

    asked = (await elira.post("/confirm/options")).json()
    assert len(asked["allowCredentials"]) == 1
    theirs = await elira.post("/confirm/passkey", {"answer": foreign.shows(asked)})
    late = await elira.post("/confirm/passkey", {"answer": own.shows(asked)})
    assert (theirs.status_code, late.status_code) == (401, 401)
    asked = (await elira.post("/confirm/options")).json()
    answer = own.shows(asked)
    back = {"answer": answer, "back": "https://evil.example.com/helpline"}
    done = await elira.post("/confirm/passkey", back)
    await elira.get("/account")
    again = await elira.post("/confirm/passkey", {"answer": answer})

    assert (done.status_code, done.headers["location"]) == (303, "/helpline")
    assert (await elira.post("/account/codes")).status_code == 200
    assert again.status_code == 401


async def test_confirmations_are_on_record(helpline: Helpline) -> None:
    """
    S44: who confirmed, when, how and from where; without the code.
    """
    person = hire(helpline)
    browser = await stale(helpline, person)
    given = code(helpline, person)
    await browser.post("/confirm", {"code": given})

    with helpline.database.read() as session:
        row = session.query(AuditRow).order_by(AuditRow.seq.desc()).first()
        assert row is not None
        detail = helpline.vault.open(row.detail, table="audit", column="detail", row=row.seq)
    assert (row.who, row.what) == (f"staff:{person.id}", "staff.confirmed")
    assert unveiled(detail) == {"by": "code", "from": "127.0.0.1"}
    assert given not in detail


async def test_a_trial_confirms_by_one_press_and_says_so(helpline: Helpline) -> None:
    """
    In a trial nobody has a second factor: the page says so, and one press goes on. An account
    of before opens nothing in that way.
    """
    helpline.app.state.trial = True
    with helpline.database.write() as session:
        token = service.first_link(session, helpline.now, trial=True)
    browser = Browser(helpline)
    await browser.get(f"/first/{token}")
    await browser.post(f"/first/{token}", {"name": "Drita"})
    helpline.later(minutes=MINUTES)
    page = await browser.get("/confirm?back=/helpline/staff")
    assert 'name="code"' not in page.text

    done = await browser.post("/confirm", {"back": "/helpline/staff"})

    assert (done.status_code, done.headers["location"]) == (303, "/helpline/staff")
    real = await stale(helpline, hire(helpline))
    assert (await real.post("/confirm")).status_code == 401
