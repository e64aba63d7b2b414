from __future__ import annotations

import asyncio

import pytest
from fakes.helpline import ELIRA, GENTI

from api.audit.tables import AuditRow
from api.contacts import service
from api.errors import (
    ContactAlreadyClaimed,
    ContactClosed,
    ContactUnknown,
    InvalidOutcome,
    InvalidReply,
    NotYourContact,
)


def do(helpline, deed, *args, **kwargs):
    with helpline.database.write() as session:
        return deed(session, helpline.vault, *args, now=helpline.now, **kwargs)


def renew(helpline, contact_id, staff):
    with helpline.database.write() as session:
        service.renew(session, contact_id, staff_id=staff.id, now=helpline.now)


def reply(helpline, contact_id, staff=ELIRA, text="Po?", key="r-1"):
    return do(helpline, service.reply, contact_id, staff=staff, text=text, key=key)


def close(helpline, contact_id, staff=ELIRA, outcome="advice", note=""):
    do(helpline, service.close, contact_id, staff=staff, outcome=outcome, note=note)


async def test_one_holder_at_a_time(either):
    """
    While a lease runs nobody else can claim, write, keep, return or close; nothing is told.
    """
    contact_id = await either.opens()
    do(either, service.claim, contact_id, staff=ELIRA)
    with pytest.raises(ContactAlreadyClaimed):
        do(either, service.claim, contact_id, staff=GENTI)
    with pytest.raises(NotYourContact):
        reply(either, contact_id, staff=GENTI)
    with pytest.raises(NotYourContact):
        renew(either, contact_id, GENTI)
    with pytest.raises(NotYourContact):
        do(either, service.put_back, contact_id, staff=GENTI)
    with pytest.raises(NotYourContact):
        close(either, contact_id, staff=GENTI)

    assert await either.types() == ["contact.claimed"]


async def test_race_for_a_contact_has_one_winner(either):
    """
    Two counsellors who press at once: one has the contact, the other is told so.
    """
    contact_id = await either.opens()
    results = await asyncio.gather(
        *(
            asyncio.to_thread(do, either, service.claim, contact_id, staff=staff)
            for staff in (ELIRA, GENTI)
        ),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in results) == [
        "ContactAlreadyClaimed",
        "NoneType",
    ]
    assert await either.types() == ["contact.claimed"]


async def test_claiming_again_keeps_the_lease_and_tells_nothing(helpline):
    """
    A double press is no second claim.
    """
    contact_id = await helpline.opens()
    do(helpline, service.claim, contact_id, staff=ELIRA)
    helpline.later(seconds=100)
    do(helpline, service.claim, contact_id, staff=ELIRA)
    helpline.tick(seconds=100)

    assert await helpline.types() == ["contact.claimed"]


async def test_lease_ends_without_a_sign(either):
    """
    A counsellor who vanishes loses the contact to the queue, once, and the bot is told.
    """
    contact_id = await either.opens()
    do(either, service.claim, contact_id, staff=ELIRA)
    either.later(seconds=60)
    renew(either, contact_id, ELIRA)
    either.tick(seconds=119)
    assert await either.types() == ["contact.claimed"]
    either.tick(seconds=1)
    either.tick(seconds=1)

    events = await either.events()
    assert [event["type"] for event in events] == ["contact.claimed", "contact.returned"]
    assert events[1]["name"] == "Elira"
    item = do(either, service.queue)[0]
    assert (item.state, item.holder) == ("waiting", None)
    with pytest.raises(NotYourContact):
        reply(either, contact_id)


async def test_lease_that_ended_gives_way_before_the_clock_sees_it(helpline):
    """
    Between the end of a lease and the next tick another counsellor may already claim.
    """
    contact_id = await helpline.opens()
    do(helpline, service.claim, contact_id, staff=ELIRA)
    helpline.later(seconds=121)
    do(helpline, service.claim, contact_id, staff=GENTI)

    assert await helpline.types() == ["contact.claimed", "contact.returned", "contact.claimed"]


async def test_next_takes_the_most_urgent(helpline):
    """
    Take next claims the most urgent contact that waits, and nothing when none does.
    """
    await helpline.opens()
    emergency = await helpline.opens(severity="emergency", reason="emergency")

    assert do(helpline, service.next_contact, staff=ELIRA) == emergency
    assert do(helpline, service.next_contact, staff=GENTI) is not None
    assert do(helpline, service.next_contact, staff=GENTI) is None


async def test_words_go_once_and_only_to_their_child(helpline):
    """
    The same key sends nothing more; empty and endless words are refused.
    """
    contact_id = await helpline.opens()
    do(helpline, service.claim, contact_id, staff=ELIRA)
    first = reply(helpline, contact_id)
    again = reply(helpline, contact_id)
    for text in ("", " \n ", "x" * 4001):
        with pytest.raises(InvalidReply):
            reply(helpline, contact_id, text=text, key="r-2")

    assert first == again
    assert await helpline.types() == ["contact.claimed", "message.sent"]


async def test_closed_is_closed(helpline):
    """
    After the closing nobody writes, claims or closes again; the note stays with staff.
    """
    contact_id = await helpline.opens()
    do(helpline, service.claim, contact_id, staff=ELIRA)
    with pytest.raises(InvalidOutcome):
        close(helpline, contact_id, outcome="whatever")
    close(helpline, contact_id, note="Teza e di.")
    for deed in (close, reply):
        with pytest.raises(ContactClosed):
            deed(helpline, contact_id)
    with pytest.raises(ContactClosed):
        do(helpline, service.claim, contact_id, staff=GENTI)
    with pytest.raises(ContactUnknown):
        do(helpline, service.claim, "none such", staff=GENTI)

    view = do(helpline, service.read, contact_id, staff_id=ELIRA.id)
    assert (view.item.state, view.item.outcome) == ("closed", "advice")
    assert [note.text for note in view.notes] == ["Teza e di."]


async def test_who_leaves_gives_everything_back(helpline):
    """
    S19: what a person held waits in the queue as soon as the person is gone.
    """
    for _ in range(2):
        await helpline.opens()
        do(helpline, service.next_contact, staff=ELIRA)
    returned = do(helpline, service.release, staff_id=ELIRA.id)

    assert len(returned) == 2
    assert {item.state for item in do(helpline, service.queue)} == {"waiting"}


async def test_every_deed_is_recorded(helpline):
    """
    S44: opening, reading, claiming, writing, returning and closing name who did what to which.
    """
    contact_id = await helpline.opens()
    do(helpline, service.claim, contact_id, staff=ELIRA)
    do(helpline, service.read, contact_id, staff_id=ELIRA.id)
    do(helpline, service.read, contact_id, staff_id=ELIRA.id)
    reply(helpline, contact_id)
    do(helpline, service.put_back, contact_id, staff=ELIRA)
    do(helpline, service.claim, contact_id, staff=GENTI)
    close(helpline, contact_id, staff=GENTI)

    with helpline.database.read() as session:
        rows = session.query(AuditRow).order_by(AuditRow.seq).all()
    assert [(row.who, row.what) for row in rows] == [
        ("bot", "contact.opened"),
        ("staff:1", "contact.claimed"),
        ("staff:1", "contact.read"),
        ("staff:1", "contact.replied"),
        ("staff:1", "contact.returned"),
        ("staff:2", "contact.claimed"),
        ("staff:2", "contact.ended"),
        ("staff:2", "contact.closed"),
    ]
    assert {row.about for row in rows} == {contact_id}
