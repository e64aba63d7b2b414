from __future__ import annotations

import re

import pytest
from fakes.desk import PASSWORD, Browser, account_of, code, deeds, hire, seated
from fakes.helpline import Helpline

from api.staff import codes, sessions
from api.staff.tables import StaffRecoveryCode

pytestmark = pytest.mark.usefixtures("quick_hash")

COOKIE = "sigurt-staff"


async def test_three_right_things_open_the_desk(either: Helpline) -> None:
    """
    S14: login, password and the code of this half minute open the desk, on both databases.
    """
    person = hire(either)
    browser = Browser(either)

    answer = await browser.signs_in("Elira", code(either, person))

    assert (answer.status_code, answer.headers["location"]) == (303, "/helpline")
    assert (await browser.get("")).status_code == 200
    assert (f"staff:{person.id}", "staff.signed_in") in deeds(either)


async def test_password_alone_opens_nothing(helpline: Helpline) -> None:
    """
    S14: between password and code a session exists that opens no staff page.
    """
    hire(helpline)
    browser = Browser(helpline)
    await browser.get("/sign-in")
    await browser.post("/sign-in", {"login": "elira", "password": PASSWORD})

    answer = await browser.get("")

    assert (answer.status_code, answer.headers["location"]) == (303, "/helpline/sign-in")


async def test_code_works_once_and_for_half_a_minute(helpline: Helpline) -> None:
    """
    S14: a code is refused the second time, and when its half minute is over.
    """
    person = hire(helpline)
    used = code(helpline, person)
    await Browser(helpline).signs_in("elira", used)

    assert (await Browser(helpline).signs_in("elira", used)).status_code == 401
    helpline.later(seconds=30)
    assert (await Browser(helpline).signs_in("elira", used)).status_code == 401
    fresh = code(helpline, person)
    assert (await Browser(helpline).signs_in("elira", fresh)).status_code == 303


def test_secret_is_long_and_sealed(helpline: Helpline) -> None:
    """
    S14: the second factor's secret has 160 bits and does not lie in the database in clear.
    """
    person = hire(helpline)
    row = account_of(helpline, person)

    assert len(codes.new_secret()) * 5 >= 160
    assert row.secret is not None
    assert person.secret.encode() not in row.secret


async def test_recovery_code_opens_once(helpline: Helpline) -> None:
    """
    S15: a recovery code lets in once, however it is typed; only its hash is stored.
    """
    person = hire(helpline)
    spare = codes.new_recovery_codes()[0]
    with helpline.database.write() as session:
        hashed = codes.recovery_hash(spare)
        session.add(StaffRecoveryCode(hash=hashed, staff_id=person.id))

    assert len(spare.replace("-", "")) * 5 >= 128
    typed = spare.lower().replace("-", " ")
    assert (await Browser(helpline).signs_in("elira", typed)).status_code == 303
    assert (await Browser(helpline).signs_in("elira", spare)).status_code == 401


async def test_spare_code_of_another_person_opens_nothing(helpline: Helpline) -> None:
    """
    S15: one person's recovery code is nothing to another's account.
    """
    hire(helpline)
    genti = hire(helpline, "genti", "Genti")
    spare = codes.new_recovery_codes()[0]
    with helpline.database.write() as session:
        session.add(StaffRecoveryCode(hash=codes.recovery_hash(spare), staff_id=genti.id))

    assert (await Browser(helpline).signs_in("elira", spare)).status_code == 401


async def test_every_failure_looks_the_same(helpline: Helpline) -> None:
    """
    S16: unknown login, wrong password, wrong code and a disabled person get the same pages.
    """
    person = hire(helpline)
    gone = hire(helpline, "genti", "Genti")
    with helpline.database.write() as session:
        session.merge(account_of(helpline, gone)).disabled = True
    right = code(helpline, person)
    tries = [
        ("nobody", PASSWORD, right),
        ("elira", "not the password", right),
        ("elira", PASSWORD, "000000" if right != "000000" else "111111"),
        ("genti", PASSWORD, code(helpline, gone)),
    ]

    pages = set()
    for login, password, given in tries:
        browser = Browser(helpline)
        await browser.get("/sign-in")
        first = await browser.post("/sign-in", {"login": login, "password": password})
        middle = await browser.get("/code")
        last = await browser.post("/code", {"code": given})
        texts = [re.sub(r'value="form[^"]*"', "", page.text) for page in (first, middle, last)]
        pages.add((first.status_code, middle.status_code, last.status_code, *texts))

    assert len(pages) == 1


async def test_hammering_is_slowed_and_the_owner_still_gets_in(helpline: Helpline) -> None:
    """
    S17: after ten failures the account refuses strangers, but not the browser that its owner
    has used before.
    """
    person = hire(helpline)
    own = Browser(helpline)
    await own.signs_in("elira", code(helpline, person))
    await own.get("")
    await own.post("/sign-out")
    stranger = Browser(helpline)
    for _ in range(10):
        await stranger.signs_in("elira", "000000", password="guess")
    helpline.later(seconds=30)

    await stranger.get("/sign-in")
    refused = await stranger.post("/sign-in", {"login": "elira", "password": PASSWORD})

    assert refused.status_code == 429
    entered = await own.signs_in("elira", code(helpline, person))
    assert entered.headers["location"] == "/helpline"


async def test_passwords_are_not_compared_without_end(helpline: Helpline) -> None:
    """
    S17, S44: an address that sends password after password is slowed, which is recorded.
    """
    browser = Browser(helpline)
    await browser.get("/sign-in")
    for count in range(31):
        fields = {"login": f"guess{count}", "password": "guess"}
        answer = await browser.post("/sign-in", fields)

    assert answer.status_code == 429
    assert "Shumë përpjekje" in answer.text
    assert deeds(helpline) == [("anonymous", "staff.sign_in_slowed")]


async def test_sign_in_gives_a_new_session(helpline: Helpline) -> None:
    """
    S18: the session of the door is dead after the door; ids carry 256 bits.
    """
    person = hire(helpline)
    browser = Browser(helpline)
    await browser.get("/sign-in")
    await browser.post("/sign-in", {"login": "elira", "password": PASSWORD})
    before = browser.http.cookies[COOKIE]
    await browser.get("/code")
    await browser.post("/code", {"code": code(helpline, person)})
    after = browser.http.cookies[COOKIE]

    assert before != after
    assert len(after) >= 43
    browser.http.cookies.set(COOKIE, before)
    assert (await browser.get("")).status_code == 303
    assert (await browser.get("/code")).status_code == 303


@pytest.mark.parametrize(
    ("minutes", "beats", "status"), [(14, 1, 200), (16, 1, 303), (10, 80, 303)]
)
async def test_sessions_end_by_themselves(
    helpline: Helpline, minutes: int, beats: int, status: int
) -> None:
    """
    S19: a session ends after 15 idle minutes, and after 12 hours however busy.
    """
    elira = await seated(helpline, hire(helpline))
    for _ in range(beats):
        helpline.later(minutes=minutes)
        answer = await elira.get("")

    assert answer.status_code == status


async def test_leaving_leaves_nothing_behind(helpline: Helpline) -> None:
    """
    S19, S22: signing out kills the session, ends duty, returns contacts, clears the browser.
    """
    contact_id = await helpline.opens()
    elira = await seated(helpline, hire(helpline))
    await elira.post("/duty", {"on": "yes"})
    await elira.post(f"/contacts/{contact_id}/claim")
    token = elira.http.cookies[COOKIE]

    answer = await elira.post("/sign-out", {"put_back": "yes"})

    assert '"cache"' in answer.headers["clear-site-data"]
    assert answer.headers["cache-control"] == "no-store"
    elira.http.cookies.set(COOKIE, token)
    assert (await elira.get("")).status_code == 303
    assert (await helpline.types())[-2:] == ["contact.returned", "duty.changed"]


async def test_cookie_is_bound_to_host_and_tls(helpline: Helpline) -> None:
    """
    S21: over TLS the session's cookie is __Host-, Secure, HttpOnly and SameSite=Strict.
    """
    hire(helpline)
    browser = Browser(helpline, base_url="https://helpline.example.com")
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", {"login": "elira", "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-sigurt-staff=")
    for flag in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie


def test_session_is_known_by_hash_alone(helpline: Helpline) -> None:
    """
    S32: a copy of the database opens no session: tokens are stored as hashes.
    """
    person = hire(helpline, "elira.k", "Elira K.")
    with helpline.database.write() as session:
        token = sessions.start(session, staff_id=person.id, stage="full", now=helpline.now)
    data = helpline.settings.data_dir
    stored = b"".join(path.read_bytes() for path in data.glob("helpline.db*"))

    for secret in (token, person.secret, PASSWORD, "elira.k", "Elira K."):
        assert secret.encode() not in stored
