from __future__ import annotations

import pyotp
import pytest
from fakes.desk import PASSWORD, Browser, account_of, code, deeds, hire, seated
from fakes.helpline import Helpline

from api.audit.chain import unveiled
from api.audit.tables import AuditRow
from api.staff import service

pytestmark = pytest.mark.usefixtures("quick_hash")

NEW = "nëntë dele hanin bar në mal"
ROLES = ("counsellor", "supervisor", "administrator", "analyst")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["sq", "en"])
async def test_everybody_has_a_page_of_the_own_account(
    helpline: Helpline, role: str, language: str
) -> None:
    """
    Whatever the role, the page shows one's own login, roles and sessions, in both languages.
    """
    browser = await seated(helpline, hire(helpline, "elira", "Elira", role))
    await browser.get(f"/language/{language}")
    page = await browser.get("/account")

    assert page.status_code == 200
    assert "<bdi>elira</bdi>" in page.text
    assert f'lang="{language}"' in page.text


async def test_another_password_ends_the_other_sessions(helpline: Helpline) -> None:
    """
    S19: after the change the old password opens nothing, and every other browser is out.
    """
    person = hire(helpline)
    here, there = await seated(helpline, person), await seated(helpline, person)

    done = await here.post("/account/password", {"old": PASSWORD, "new": NEW})

    assert done.status_code == 200
    assert (await here.get("/account")).status_code == 200
    assert (await there.get("/account")).status_code == 303
    right = code(helpline, person)
    assert (await Browser(helpline).signs_in("elira", right)).status_code == 401
    assert (await Browser(helpline).signs_in("elira", right, password=NEW)).status_code == 303
    assert (f"staff:{person.id}", "staff.password_changed") in deeds(helpline)


@pytest.mark.parametrize(
    ("old", "new"), [("not this one", NEW), (PASSWORD, "elira2026"), (PASSWORD, "short")]
)
async def test_a_password_is_changed_only_for_a_good_one(
    helpline: Helpline, old: str, new: str
) -> None:
    """
    S13: who does not know the present password changes nothing, and weak ones are refused.
    """
    person = hire(helpline)
    browser = await seated(helpline, person)
    before = account_of(helpline, person).password

    answer = await browser.post("/account/password", {"old": old, "new": new})

    assert answer.status_code == 422
    assert account_of(helpline, person).password == before
    assert new not in answer.text


async def test_guessing_the_present_password_is_slowed(helpline: Helpline) -> None:
    """
    S17: the change of a password is no way around the count at the door.
    """
    browser = await seated(helpline, hire(helpline))
    tried = {"old": "guess", "new": NEW}
    statuses = [(await browser.post("/account/password", tried)).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


async def test_new_recovery_codes_void_the_old(helpline: Helpline) -> None:
    """
    S15: of two sets only the newer opens, and it is shown this once.
    """
    person = hire(helpline)
    browser = await seated(helpline, person)
    sets = []
    for _ in range(2):
        page = await browser.post("/account/codes")
        sets.append([row.split("</li>")[0] for row in page.text.split("<li>")[1:]])

    assert [len(one) for one in sets] == [8, 8]
    assert sets[1][0] not in (await browser.get("/account")).text
    assert (await Browser(helpline).signs_in("elira", sets[0][0])).status_code == 401
    assert (await Browser(helpline).signs_in("elira", sets[1][0])).status_code == 303


async def test_another_app_counts_from_its_first_code_on(helpline: Helpline) -> None:
    """
    S14: until the new app has shown a right code, the old one stays.
    """
    person = hire(helpline)
    browser = await seated(helpline, person)
    page = await browser.post("/account/app")
    secret = page.text.split('<span class="mono">')[1].split("<")[0]
    assert (await browser.post("/account/app/done", {"code": "000000"})).status_code == 401
    old = account_of(helpline, person).secret

    right = pyotp.TOTP(secret).at(helpline.now)
    assert (await browser.post("/account/app/done", {"code": right})).status_code == 303

    assert account_of(helpline, person).secret != old
    helpline.later(seconds=30)
    assert (await Browser(helpline).signs_in("elira", code(helpline, person))).status_code == 401
    fresh = pyotp.TOTP(secret).at(helpline.now)
    assert (await Browser(helpline).signs_in("elira", fresh)).status_code == 303


async def test_ones_own_sessions_are_seen_and_ended(helpline: Helpline) -> None:
    """
    S19: whoever lost a phone sees its session and ends it at once, without step-up; the
    sessions of others are neither shown nor touched.
    """
    person, genti = hire(helpline), await seated(helpline, hire(helpline, "genti", "Genti"))
    phone = Browser(helpline)
    phone.http.headers["user-agent"] = "Mozilla/5.0 (Android 15; Mobile) Firefox/145.0"
    await phone.signs_in("elira", code(helpline, person))
    here = await seated(helpline, person)
    helpline.later(minutes=6)
    page = await here.get("/account")
    assert "Firefox · Android" in page.text
    assert page.text.count('<tr><th scope="row">') == 2

    assert (await here.post("/account/sessions/end")).status_code == 303

    assert (await phone.get("/account")).status_code == 303
    assert (await here.get("/account")).status_code == 200
    assert (await genti.get("/account")).status_code == 200


async def test_a_language_goes_with_the_person(helpline: Helpline) -> None:
    """
    Chosen once, the language is there in another browser too; an unknown one changes nothing.
    """
    person = hire(helpline)
    browser = await seated(helpline, person)
    await browser.post("/account/language", {"language": "en"})
    await browser.post("/account/language", {"language": "xx"})

    assert account_of(helpline, person).language == "en"


async def test_a_trial_has_no_password_to_change(helpline: Helpline) -> None:
    """
    In a trial the page has neither password nor factors, and what is sent is refused.
    """
    helpline.app.state.trial = True
    with helpline.database.write() as session:
        token = service.first_link(session, helpline.now, trial=True)
    browser = Browser(helpline)
    await browser.get(f"/first/{token}")
    await browser.post(f"/first/{token}", {"name": "Drita"})
    page = await browser.get("/account")

    assert 'name="old"' not in page.text
    for path in ("password", "codes", "app"):
        fields = {"old": PASSWORD, "new": NEW}
        assert (await browser.post(f"/account/{path}", fields)).status_code == 409


async def test_every_change_says_from_where(helpline: Helpline) -> None:
    """
    S44: sign-in, failure, refusal and each change of an account are on record with an address.
    """
    person = hire(helpline)
    browser = Browser(helpline)
    await browser.signs_in("elira", "000000")
    await browser.signs_in("elira", code(helpline, person))
    await browser.get("/account")
    await browser.post("/account/codes")
    await browser.get("/staff")
    await browser.post("/sign-out")

    found = {}
    with helpline.database.read() as session:
        for row in session.query(AuditRow):
            opened = helpline.vault.open(row.detail, table="audit", column="detail", row=row.seq)
            found[row.what] = unveiled(opened).get("from") == "127.0.0.1"
    told = (
        *("staff.sign_in_failed", "staff.signed_in", "staff.codes_renewed"),
        *("refused", "staff.signed_out"),
    )
    assert {what: found[what] for what in told} == dict.fromkeys(told, True)
