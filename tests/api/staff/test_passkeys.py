from __future__ import annotations

import contextlib
import copy
import json
import re
from typing import Any

import pytest
from fakes.authenticator import Authenticator
from fakes.desk import PASSWORD, Browser, Colleague, account_of, code, deeds, hire, seated
from fakes.helpline import Helpline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.registration.verify_registration_response import VerifiedRegistration

from api.rights.parts import Site
from api.staff import passkeys, sessions
from api.staff.tables import StaffChallenge, StaffPasskey

pytestmark = pytest.mark.usefixtures("quick_hash")

HERE = "http://localhost"
SITE = Site("localhost", HERE)


async def at_home(helpline: Helpline, person: Colleague, *, url: str = HERE) -> Browser:
    """
    A signed-in browser at an address that passkeys can be bound to.
    """
    browser = Browser(helpline, base_url=url)
    browser.http.cookies.set("sigurt-staff", token_of(helpline, person))
    await browser.get("/account")
    return browser


def token_of(helpline: Helpline, person: Colleague) -> str:
    with helpline.database.write() as session:
        return sessions.start(session, staff_id=person.id, stage="full", now=helpline.now)


async def options(browser: Browser, path: str) -> dict[str, Any]:
    return dict((await browser.post(path)).json())


async def equipped(
    helpline: Helpline, person: Colleague, device: Authenticator | None = None
) -> Authenticator:
    """
    A device with a passkey of this person.
    """
    browser, device = await at_home(helpline, person), device or Authenticator()
    answer = device.makes(await options(browser, "/account/passkeys/options"))
    added = await browser.post("/account/passkeys", {"name": "Telefoni", "answer": answer})
    assert added.status_code == 303, added.text
    return device


async def knocks(helpline: Helpline, device: Authenticator) -> tuple[Browser, int]:
    """
    Sign in with what the device shows; the browser and the status of the answer.
    """
    browser = Browser(helpline, base_url=HERE)
    await browser.get("/sign-in")
    answer = device.shows(await options(browser, "/passkey/options"))
    return browser, (await browser.post("/passkey", {"answer": answer})).status_code


def stored(helpline: Helpline) -> list[StaffPasskey]:
    with helpline.database.read() as session:
        return list(session.scalars(select(StaffPasskey)))


async def test_a_passkey_opens_the_desk_alone(either: Helpline) -> None:
    """
    S14: a passkey that verified its person opens the desk, on both databases; sealed at rest.
    """
    person = hire(either)
    device = await equipped(either, person)
    browser, status = await knocks(either, device)

    assert status == 303
    assert (await browser.get("")).status_code == 200
    assert ("anonymous", "staff.sign_in_failed") not in deeds(either)
    assert deeds(either)[-2:] == [
        (f"staff:{person.id}", "staff.passkey_added"),
        (f"staff:{person.id}", "staff.signed_in"),
    ]
    [row] = stored(either)
    assert device.credential not in row.credential + row.public_key
    assert row.sign_count == device.count


async def test_what_the_door_asks_for_names_nobody(helpline: Helpline) -> None:
    """
    S16: the same question for everyone; it wants the person verified, and bears no key's id.
    """
    await equipped(helpline, hire(helpline))
    browser = Browser(helpline, base_url=HERE)
    await browser.get("/sign-in")
    asked = await options(browser, "/passkey/options")

    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "localhost"


async def test_a_challenge_counts_once(helpline: Helpline) -> None:
    """
    An answer that let somebody in is nothing the second time, in this browser or another.
    """
    device = await equipped(helpline, hire(helpline))
    browser = Browser(helpline, base_url=HERE)
    await browser.get("/sign-in")
    asked = await options(browser, "/passkey/options")
    waiting = browser.http.cookies["sigurt-staff"]
    answer = device.shows(asked)
    assert (await browser.post("/passkey", {"answer": answer})).status_code == 303

    browser.http.cookies.set("sigurt-staff", waiting)
    await browser.get("/sign-in")
    again = await browser.post("/passkey", {"answer": answer})
    other = Browser(helpline, base_url=HERE)
    await other.get("/sign-in")
    await options(other, "/passkey/options")
    elsewhere = await other.post("/passkey", {"answer": answer})

    assert (again.status_code, again.headers["location"]) == (303, "/helpline/sign-in")
    assert elsewhere.status_code == 401


async def test_a_challenge_lasts_five_minutes(helpline: Helpline) -> None:
    """
    What is signed too late opens nothing, and no challenge of before is kept.
    """
    device = await equipped(helpline, hire(helpline))
    browser = Browser(helpline, base_url=HERE)
    await browser.get("/sign-in")
    asked = await options(browser, "/passkey/options")
    helpline.later(minutes=5)

    answer = await browser.post("/passkey", {"answer": device.shows(asked)})
    assert answer.status_code == 401
    await browser.get("/sign-in")
    await options(browser, "/passkey/options")
    with helpline.database.read() as session:
        assert len(session.scalars(select(StaffChallenge)).all()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "http://localhost:8080"},
        {"host": "evil.example.com"},
        {"verifies": False},
        {"credential": b"a key of somebody who is not here"},
        {"key": Authenticator().key},
        {"handle": b"somebody else"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_wrong_answer_looks_like_any_failure(
    helpline: Helpline, change: dict[str, Any]
) -> None:
    """
    S16: another site, nobody verified, a key that is not known, not theirs or not of this
    account: one page, the one that a wrong code gets too.
    """
    person = hire(helpline)
    device = await equipped(helpline, person)
    for name, value in change.items():
        setattr(device, name, value)

    browser = Browser(helpline, base_url=HERE)
    await browser.get("/sign-in")
    answer = device.shows(await options(browser, "/passkey/options"))
    page = await browser.post("/passkey", {"answer": answer})
    other = await Browser(helpline, base_url=HERE).signs_in("elira", "000000")

    assert page.status_code == other.status_code == 401
    assert _plain(page.text) == _plain(other.text)
    assert (await browser.get("")).status_code == 303
    assert deeds(helpline)[-2] == ("anonymous", "staff.sign_in_failed")


def _plain(page: str) -> str:
    return re.sub(r'form_token" value="[^"]*"|back=[^"]*"', "", page)


async def test_a_copied_key_opens_nothing_and_is_written_down(helpline: Helpline) -> None:
    """
    A device that counts shows a number of before: a copy is in use. One that never counts is
    not taken for one.
    """
    person = hire(helpline)
    device = await equipped(helpline, person)
    copied = copy.copy(device)
    assert (await knocks(helpline, device))[1] == 303
    assert (await knocks(helpline, copied))[1] == 401
    assert (f"staff:{person.id}", "staff.passkey_copied") in deeds(helpline)
    assert (await knocks(helpline, device))[1] == 303

    still = await equipped(helpline, person, Authenticator(counts=False))
    for _ in range(2):
        assert (await knocks(helpline, still))[1] == 303


@pytest.mark.parametrize("shut", ["disable", "reset"])
async def test_a_passkey_ends_with_its_account(helpline: Helpline, shut: str) -> None:
    """
    S19: who was shut out or reset gets in with no passkey of before.
    """
    admin = await seated(helpline, hire(helpline, "ana", "Ana", "administrator"))
    person = hire(helpline)
    device = await equipped(helpline, person)

    await admin.post(f"/staff/{person.id}/{shut}")

    assert (await knocks(helpline, device))[1] == 401
    assert stored(helpline) == []


async def test_guessing_keys_is_slowed(helpline: Helpline) -> None:
    """
    S17: ten wrong answers for one account and strangers wait; the owner's browser does not.
    """
    person = hire(helpline)
    device = await equipped(helpline, person)
    own, status = await knocks(helpline, device)
    assert status == 303
    forged = copy.copy(device)
    forged.key = Authenticator().key
    statuses = [(await knocks(helpline, forged))[1] for _ in range(11)]

    assert statuses == [401] * 10 + [429]
    await own.get("")
    await own.post("/sign-out")
    await own.get("/sign-in")
    answer = device.shows(await options(own, "/passkey/options"))
    assert (await own.post("/passkey", {"answer": answer})).status_code == 303


@pytest.mark.parametrize(
    ("public_url", "url", "site"),
    [
        ("", "http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("", "http://127.0.0.1:8000", None),
        ("", "http://help.example.com", None),
        (
            "https://Help.example.com:443/x",
            "http://127.0.0.1",
            Site("help.example.com", "https://help.example.com"),
        ),
        ("https://192.0.2.7", "https://192.0.2.7", None),
    ],
)
async def test_passkeys_are_at_home_at_one_address(
    helpline: Helpline, public_url: str, url: str, site: Site | None
) -> None:
    """
    The public address decides; without one only localhost counts, whatever a request says.
    """
    changed = helpline.settings.model_copy(update={"public_url": public_url})
    helpline.app.state.settings = changed
    browser = Browser(helpline, base_url=url)
    page = await browser.get("/sign-in")
    answer = await browser.post("/passkey/options")

    assert ("data-passkey" in page.text) == (site is not None)
    assert answer.status_code == (200 if site else 422)
    if site:
        assert answer.json()["rpId"] == site.host


async def test_only_ones_own_and_new_keys_are_added(helpline: Helpline) -> None:
    """
    A wrong site, nobody verified, no challenge and a key that is here already are refused.
    """
    person = hire(helpline)
    device = await equipped(helpline, person)
    browser = await at_home(helpline, person)
    bad = [
        Authenticator(origin="https://evil.example.com"),
        Authenticator(host="evil.example.com"),
        Authenticator(verifies=False),
        device,
    ]
    for one in bad:
        answer = one.makes(await options(browser, "/account/passkeys/options"))
        page = await browser.post("/account/passkeys", {"answer": answer})
        assert page.status_code == 422
    replayed = await browser.post("/account/passkeys", {"answer": answer})

    assert replayed.status_code == 422
    assert len(stored(helpline)) == 1


async def test_a_device_is_not_asked_for_the_same_twice(helpline: Helpline) -> None:
    """
    What is here already is named to the browser, so that it makes no second one.
    """
    person = hire(helpline)
    await equipped(helpline, person)
    asked = await options(await at_home(helpline, person), "/account/passkeys/options")

    assert len(asked["excludeCredentials"]) == 1
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert person.login not in asked["user"]["id"]


async def test_another_persons_key_is_not_removed(helpline: Helpline) -> None:
    """
    Whoever knows the id of another's passkey cannot remove it.
    """
    await equipped(helpline, hire(helpline))
    genti = await at_home(helpline, hire(helpline, "genti", "Genti"))
    [row] = stored(helpline)

    answer = await genti.post(f"/account/passkeys/{row.id}/remove")

    assert answer.status_code == 404
    assert len(stored(helpline)) == 1


async def test_the_last_factor_stays(helpline: Helpline) -> None:
    """
    Without an app the only passkey cannot be removed, nor the app without a passkey.
    """
    person = hire(helpline)
    browser = await at_home(helpline, person)
    assert (await browser.post("/account/app/remove")).status_code == 409
    await equipped(helpline, person)
    assert (await browser.post("/account/app/remove")).status_code == 303
    [row] = stored(helpline)

    refused = await browser.post(f"/account/passkeys/{row.id}/remove")

    assert refused.status_code == 409
    assert len(stored(helpline)) == 1
    await equipped(helpline, person)
    assert (await browser.post(f"/account/passkeys/{row.id}/remove")).status_code == 303


async def test_somebody_enrols_with_a_passkey(helpline: Helpline) -> None:
    """
    S12, S14: a link leads over password and passkey too; without either there is no account.
    """
    admin = await seated(helpline, hire(helpline, "ana", "Ana", "administrator"))
    fields = {"login": "genti", "name": "Genti", "roles": ["counsellor"]}
    page = await admin.post("/staff", fields)
    link = page.text.split('<p class="mono">http://127.0.0.1/helpline')[1].split("<")[0]
    browser = Browser(helpline, base_url=HERE)
    await browser.get(link)
    await browser.post(link, {"password": PASSWORD})
    await browser.get("/enrol")
    asked = await options(browser, "/enrol/passkey/options")
    forger, device = Authenticator(host="evil.example.com"), Authenticator()
    refused = await browser.post("/enrol/passkey", {"answer": forger.makes(asked)})
    assert refused.status_code == 401

    asked = await options(browser, "/enrol/passkey/options")
    done = await browser.post("/enrol/passkey", {"answer": device.makes(asked)})

    assert done.status_code == 200
    assert done.text.count("<li>") == 8
    spare = done.text.split("<li>")[1].split("<")[0]
    assert (await knocks(helpline, device))[1] == 303
    assert (await Browser(helpline).get(link)).status_code == 404
    assert (await Browser(helpline).signs_in("genti", "000000")).status_code == 401
    assert (await Browser(helpline).signs_in("genti", spare)).status_code == 303


async def test_a_stolen_form_adds_no_key_minutes_later(helpline: Helpline) -> None:
    """
    S20: a key is added only by whoever has just shown a second factor.
    """
    person = hire(helpline)
    browser = await at_home(helpline, person)
    helpline.later(minutes=6)

    answer = await browser.post("/account/passkeys/options")

    assert answer.status_code == 403
    assert account_of(helpline, person).secret is not None
    await browser.get("/confirm")
    await browser.post("/confirm", {"code": code(helpline, person)})
    assert (await browser.post("/account/passkeys/options")).status_code == 200


_TEXT = st.text(max_size=40) | st.binary(max_size=60).map(lambda raw: raw.hex())
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_PLACES = ("id", "rawId", "type", "response")
_PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("id", "rawId", "type"), _VALUE | st.just("public-key")),
            "response": _VALUE | st.dictionaries(st.sampled_from(_PARTS), _VALUE),
        },
    ).map(json.dumps)
    | _TEXT
)
def test_whatever_is_sent_is_only_refused(helpline: Helpline, answer: str) -> None:
    """
    Bytes that no authenticator made are a refusal, never a fault of the service.
    """
    with helpline.database.write() as session:
        found = passkeys.show(
            session, helpline.vault, SITE, answer, challenge=b"x" * 32, now=helpline.now
        )
    assert found is None
    with pytest.raises(passkeys.PasskeyRefused):
        passkeys.made(SITE, answer, challenge=b"x" * 32)


def changed(answer: str, data: st.DataObject) -> str:
    """
    The same answer with one byte of one of its parts another.
    """
    written = json.loads(answer)
    parts = written["response"]
    part = data.draw(st.sampled_from(sorted(parts.keys() - {"userHandle"})))
    raw = bytearray(base64url_to_bytes(parts[part]))
    raw[data.draw(st.integers(0, 1000)) % len(raw)] ^= data.draw(st.integers(1, 255))
    parts[part] = bytes_to_base64url(bytes(raw))
    return json.dumps(written)


@settings(deadline=None)
@given(st.data())
def test_an_answer_changed_on_its_way_is_nobodys(data: st.DataObject) -> None:
    """
    One byte changed in what a device signed, or in its signature, and it proves nothing.
    """
    device, challenge = Authenticator(), b"y" * 32
    asked = {"challenge": bytes_to_base64url(challenge), "user": {"id": "eA"}}
    made = passkeys.made(SITE, device.makes(asked), challenge=challenge)
    true = device.shows(asked)

    assert counted(made, true, challenge) == device.count
    assert counted(made, changed(true, data), challenge) is None


def counted(made: VerifiedRegistration, answer: str, challenge: bytes) -> int | None:
    credential = passkeys._read(answer)
    assert credential is not None
    key = made.credential_public_key
    return passkeys._count(SITE, credential, key, challenge=challenge)


@settings(deadline=None)
@given(st.data())
def test_a_key_changed_on_its_way_breaks_nothing(data: st.DataObject) -> None:
    """
    One byte changed in a new key: refused, or a key that its device does not have.
    """
    asked = {"challenge": bytes_to_base64url(b"y" * 32), "user": {"id": "eA"}}
    answer = changed(Authenticator().makes(asked), data)
    with contextlib.suppress(passkeys.PasskeyRefused):
        passkeys.made(SITE, answer, challenge=b"y" * 32)
