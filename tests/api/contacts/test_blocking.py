from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.helpline import DRITA, ELIRA

from api.contacts import service
from api.contacts.refusals import ContactBlocked, InvalidBlock, NothingBlocked

LIGHT = {"severity": "none", "category": "none", "reason": "asked"}


def block(helpline, contact_id, *, reason="Fyen pa pushim.", **lasts):
    until = helpline.now + timedelta(**(lasts or {"days": 7}))
    helpline.does(service.block, contact_id, staff=DRITA, until=until, reason=reason)


def view(helpline, contact_id):
    return helpline.does(service.read, contact_id, staff_id=DRITA.id)


def state(helpline, contact_id):
    return view(helpline, contact_id).item.state


def kinds(helpline):
    with helpline.database.read() as session:
        return [notice.kind for notice in service.notices(session, helpline.vault)]


async def test_talk_with_a_blocked_sender_ends(either):
    """
    The holder goes on to the form, the sender hears the usual end, and who, why and until when
    stand with the contact.
    """
    contact_id = await either.opens(**LIGHT)
    either.does(service.claim, contact_id, staff=ELIRA)
    block(either, contact_id)

    shown = view(either, contact_id)
    assert (shown.item.state, shown.item.holder) == ("ended", ELIRA)
    assert (shown.block.by, shown.block.reason) == (DRITA.id, "Fyen pa pushim.")
    assert await either.types() == ["contact.claimed", "contact.closed"]
    assert shown.events[-1].type == "contact.blocked"


async def test_what_a_blocked_sender_writes_is_kept_and_not_queued(either):
    """
    A new contact and new words call nobody, for however long; they can be read, not claimed.
    """
    first = await either.opens(**LIGHT)
    block(either, first)
    second = await either.opens(**LIGHT)
    answer = await either.says(second, "mut")
    either.tick(minutes=90)
    with pytest.raises(ContactBlocked):
        either.does(service.claim, second, staff=ELIRA)

    assert answer.json()["state"] == "waiting"  # the sender is not told
    assert either.does(service.next_contact, staff=ELIRA) is None
    assert either.does(service.queue) == []
    assert [one.contact_id for one in either.does(service.blocked)] == [first, second]
    assert [m.text for m in view(either, second).messages] == ["mut"]
    assert await either.types() == []
    assert kinds(either) == []


@pytest.mark.parametrize(
    "urgent",
    [
        {"severity": "disclosure", "reason": "disclosure"},
        {"severity": "emergency", "reason": "emergency"},
        {"severity": "none", "reason": "safe_word"},
    ],
)
async def test_urgent_words_are_heard_all_the_same(either, urgent):
    """
    From a disclosure on, and by the safe word, a blocked sender queues like anybody, and a
    supervisor is told.
    """
    block(either, await either.opens(**LIGHT))
    contact_id = await either.opens(**urgent)
    await either.says(contact_id, "hë")
    either.tick(minutes=2)

    assert state(either, contact_id) == "waiting"
    assert kinds(either) == ["blocked_urgent"]
    assert await either.types() == ["contact.climbed"]
    assert either.does(service.next_contact, staff=ELIRA) == contact_id


@pytest.mark.parametrize("over", ["blocked", "ended", "closed"])
async def test_urgent_words_come_up_from_whatever_was_over(helpline, over):
    """
    Whether kept back, ended or closed: graver words put the contact into the queue.
    """
    contact_id = await helpline.opens(**LIGHT)
    if over != "blocked":
        helpline.does(service.claim, contact_id, staff=ELIRA)
    block(helpline, contact_id)
    if over == "closed":
        helpline.does(service.close, contact_id, staff=ELIRA, outcome="other")
    assert state(helpline, contact_id) == over
    await helpline.says(contact_id, "budalla")
    light = state(helpline, contact_id)
    await helpline.says(contact_id, "do të vdes sonte", severity="emergency")

    assert light == {"closed": "blocked"}.get(over, over)
    assert state(helpline, contact_id) == "waiting"
    assert kinds(helpline) == ["blocked_urgent"]


async def test_urgent_contact_that_waits_is_not_put_aside(helpline):
    """
    Blocking a sender does not take from the queue what is urgent there.
    """
    contact_id = await helpline.opens()
    block(helpline, contact_id)

    assert state(helpline, contact_id) == "waiting"
    assert kinds(helpline) == ["blocked_urgent"]


async def test_block_ends_by_the_clock(either):
    """
    At its end what is younger than a day is queued, the rest is closed; then all is as before.
    """
    old = await either.opens(**LIGHT)
    block(either, old, days=3)
    either.later(days=2, hours=12)
    young = await either.opens(**LIGHT)
    either.tick(hours=11)
    assert [state(either, one) for one in (old, young)] == ["blocked", "blocked"]
    either.tick(hours=1)

    assert [state(either, one) for one in (old, young)] == ["closed", "waiting"]
    assert view(either, old).item.outcome == "other"
    assert view(either, young).block is None
    assert state(either, await either.opens(**LIGHT)) == "waiting"


async def test_what_was_closed_before_keeps_its_outcome(helpline):
    """
    Words kept back after a closing do not rewrite what had come of the contact.
    """
    contact_id = await helpline.opens(**LIGHT)
    helpline.does(service.claim, contact_id, staff=ELIRA)
    helpline.does(service.close, contact_id, staff=ELIRA, outcome="advice")
    block(helpline, contact_id, days=3)
    await helpline.says(contact_id, "mut")
    helpline.tick(days=3)

    assert view(helpline, contact_id).item.outcome == "advice"
    assert state(helpline, contact_id) == "closed"


async def test_supervisor_ends_a_block(helpline):
    """
    An unblocked sender's words of today wait in the queue at once.
    """
    contact_id = await helpline.opens(**LIGHT)
    with pytest.raises(NothingBlocked):
        helpline.does(service.unblock, contact_id, staff=DRITA)
    block(helpline, contact_id)
    helpline.does(service.unblock, contact_id, staff=DRITA)

    assert state(helpline, contact_id) == "waiting"
    assert view(helpline, contact_id).events[-1].type == "contact.unblocked"


@pytest.mark.parametrize(
    ("lasts", "reason"),
    [
        ({"minutes": 59}, "Fyen."),
        ({"days": 30, "seconds": 1}, "Fyen."),
        ({"hours": 1}, " "),
        ({"hours": 1}, "x" * 501),
    ],
)
async def test_block_needs_a_reason_and_an_end(helpline, lasts, reason):
    """
    Nobody is shut out without a reason, for ever, or by a slip.
    """
    contact_id = await helpline.opens(**LIGHT)
    with pytest.raises(InvalidBlock):
        block(helpline, contact_id, reason=reason, **lasts)

    assert state(helpline, contact_id) == "waiting"
