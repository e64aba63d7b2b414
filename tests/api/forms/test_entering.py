"""Contacts entered by hand: a call, a visit, a letter."""

from __future__ import annotations

import uuid

import pytest
from fakes.desk import Browser, deeds, hire, seated
from fakes.forms import WHOLE, Paper, stored
from fakes.helpline import Helpline

from api.contacts import queries
from api.contacts import records as contacts
from api.contacts.tables import Contact

CALL = {
    "channel": "phone",
    "day": "2026-11-20",
    "hour": "15:10",  # in Albania; 14:10 UTC
    "minutes": "12",
    "language": "sq",
    "role": "child",
    "band": "14-17",
    "country": "al",
    "severity": "concern",
    "category": "bullying",
}


async def enters(browser: Browser, **change: str) -> tuple[str, int]:
    """Enter a contact; its id and the status of the answer."""
    entry = change.pop("entry", str(uuid.uuid4()))
    answer = await browser.post("/contacts/new", {**CALL, "entry": entry, **change})
    return entry, answer.status_code


def row(helpline: Helpline, contact_id: str) -> Contact:
    with helpline.database.read() as session:
        return queries.get(session, contact_id)


async def test_a_call_is_entered_and_written_up_like_any_contact(either: Helpline) -> None:
    """
    It is over when it is entered, belongs to who entered it, and tells the bot nothing.
    """
    elira = await seated(either, hire(either))
    assert (await elira.get("/contacts/new")).status_code == 200

    contact_id, status = await enters(elira)
    paper = Paper(elira, contact_id)
    assert status == 303
    assert (await paper.finishes(**WHOLE)).status_code == 303

    contact = row(either, contact_id)
    assert (contact.state, contact.entered_by, contact.urgency) == ("closed", 1, 1)
    assert contact.ended_at is not None
    assert contact.ended_at - contact.opened_at == 12 * 60_000
    assert contacts.read(either.vault, contact, "channel") == "phone"
    assert stored(either.database, either.vault, contact_id)["technology"] == ("yes",)
    assert await either.types() == []
    assert ("staff:1", "contact.entered") in deeds(either)


async def test_the_same_entry_sent_twice_is_one_contact(helpline: Helpline) -> None:
    """
    A second press of the button enters nothing more.
    """
    elira = await seated(helpline, hire(helpline))

    entry, _ = await enters(elira)
    _, status = await enters(elira, entry=entry)

    assert status == 303
    assert [what for _, what in deeds(helpline)].count("contact.entered") == 1


async def test_it_is_never_taken_for_the_same_child(helpline: Helpline) -> None:
    """
    Two entries know nothing of each other: only a case joins them.
    """
    elira = await seated(helpline, hire(helpline))

    first, _ = await enters(elira)
    second, _ = await enters(elira)

    assert row(helpline, first).same_child != row(helpline, second).same_child


@pytest.mark.parametrize(
    "change",
    [
        {"day": "2026-11-20", "hour": "15:31"},
        {"day": "2026-11-31"},
        {"hour": ""},
        {"minutes": "1441"},
        {"minutes": "dy"},
        {"severity": ""},
        {"channel": "telegram"},
    ],
)
async def test_what_cannot_be_is_said_and_the_rest_is_kept(
    helpline: Helpline, change: dict[str, str]
) -> None:
    """
    Not in the future, a day that exists, one entry of each list: the page says which, and keeps.
    """
    elira = await seated(helpline, hire(helpline))
    entry = str(uuid.uuid4())

    answer = await elira.post("/contacts/new", {**CALL, "entry": entry, **change})

    assert answer.status_code == 422
    assert 'id="fault"' in answer.text
    assert entry in answer.text
    with helpline.database.read() as session:
        assert session.get(Contact, entry) is None


async def test_a_grave_call_keeps_its_severity(helpline: Helpline) -> None:
    """
    The person on the phone judges: the rank is that of what was chosen.
    """
    elira = await seated(helpline, hire(helpline))

    contact_id, _ = await enters(elira, severity="emergency", category="self_harm")

    assert row(helpline, contact_id).urgency == 4
