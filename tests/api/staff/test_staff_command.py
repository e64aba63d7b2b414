from __future__ import annotations

from io import StringIO

import pytest
from fakes.desk import Browser, account_of, deeds, hire, seated
from fakes.helpline import Helpline

from api.staff import command


def run(helpline: Helpline, do: str, login: str, **more: object) -> tuple[int, str]:
    out = StringIO()
    code = command.run(helpline.settings, do, login, out=out, clock=lambda: helpline.now, **more)  # type: ignore[arg-type]
    return code, out.getvalue()


async def test_added_person_gets_a_link(helpline: Helpline) -> None:
    """
    S12: adding from the terminal prints a one-time link and no password.
    """
    code, text = run(helpline, "add", "genti")
    link = text.split("/helpline")[1].strip()
    page = await Browser(helpline).get(link)

    assert (code, page.status_code) == (0, 200)
    assert 'value="genti"' in page.text
    assert run(helpline, "add", "Genti") == (1, "Another person has this login\n")
    assert deeds(helpline) == [("operator", "staff.added")]


@pytest.mark.parametrize("do", ["add", "reset"])
@pytest.mark.parametrize(
    ("public_url", "behind", "begins"),
    [
        ("", " (behind your console's address)", "/helpline/first/"),
        ("https://help.example.com/", "", "https://help.example.com/helpline/first/"),
    ],
)
def test_the_link_is_whole_where_the_address_is_known(
    helpline: Helpline, do: str, public_url: str, behind: str, begins: str
) -> None:
    """
    With a public address the link can be passed on as it stands; without, its place is told.
    """
    helpline.settings = helpline.settings.model_copy(update={"public_url": public_url})
    if do == "reset":
        hire(helpline, "genti", "Genti")

    code, text = run(helpline, do, "genti")

    first, link = text.splitlines()
    assert (code, first) == (0, f"One-time link for genti, good for 24 hours{behind}:")
    assert link.startswith(begins)


async def test_disabled_person_is_out_at_once(helpline: Helpline) -> None:
    """
    S19, S44: disabling from the terminal, which is another process, ends the open sessions.
    """
    person = hire(helpline)
    elira = await seated(helpline, person)

    assert run(helpline, "disable", "elira") == (0, "elira is shut out.\n")

    assert account_of(helpline, person).disabled
    assert (await elira.get("")).status_code == 303
    assert ("operator", "staff.disabled") in deeds(helpline)


async def test_reset_lets_the_person_back_in(helpline: Helpline) -> None:
    """
    Resetting gives a fresh link, also to somebody who was shut out.
    """
    hire(helpline)
    run(helpline, "disable", "elira")
    code, text = run(helpline, "reset", "elira")

    assert code == 0
    link = text.split("/helpline")[1].strip()
    assert (await Browser(helpline).get(link)).status_code == 200


def test_unknown_person_and_last_administrator(helpline: Helpline) -> None:
    """
    What cannot be done is said in a sentence, with a code that scripts can see.
    """
    hire(helpline, "ana", "Ana", "administrator")

    assert run(helpline, "reset", "nobody") == (1, "No such person\n")
    assert run(helpline, "disable", "ana") == (1, "The last administrator stays\n")


async def test_the_operator_changes_roles(helpline: Helpline) -> None:
    """
    S12, S44: what no administrator may do for itself, whoever runs the service can, on record.
    """
    ana = hire(helpline, "ana", "Ana", "administrator")
    hire(helpline)
    roles = ["administrator", "supervisor"]

    assert run(helpline, "roles", "ana", roles=roles) == (0, "ana: administrator, supervisor\n")
    assert account_of(helpline, ana).roles == "supervisor administrator"
    assert ("operator", "staff.roles") in deeds(helpline)
    last = (1, "The last administrator stays\n")
    assert run(helpline, "roles", "ana", roles=["analyst"]) == last
    assert run(helpline, "roles", "nobody", roles=roles)[0] == 1
