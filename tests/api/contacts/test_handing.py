from __future__ import annotations

import asyncio

import pytest
from fakes.helpline import DRITA, ELIRA, GENTI

from api.audit.tables import AuditRow
from api.contacts import service
from api.contacts.refusals import ContactEnded, NotOffered, OfferRefused
from api.duty.service import set_on_duty
from api.errors import ContactAlreadyClaimed, ContactClosed, NotYourContact


async def held(helpline, **opening):
    """A contact that Elira holds, with Genti on duty beside her."""
    contact_id = await helpline.opens(**opening)
    for staff in (ELIRA, GENTI):
        helpline.does(set_on_duty, staff=staff, on=True)
    helpline.does(service.claim, contact_id, staff=ELIRA)
    return contact_id


def offer(helpline, contact_id, to=GENTI, **more):
    helpline.does(service.offer, contact_id, staff=ELIRA, to_id=to.id, **more)


def item(helpline):
    return helpline.does(service.queue)[0]


def history(helpline, contact_id):
    view = helpline.does(service.read, contact_id, staff_id=ELIRA.id)
    return [(event.type, event.by, event.words) for event in view.events]


async def test_giver_holds_until_the_other_accepts(either):
    """
    An offered contact is the giver's to write in; accepted, it is the other's alone, and the
    bot hears the new name.
    """
    contact_id = await held(either)
    offer(either, contact_id, note="Ka frikë nga babai.")
    either.does(service.reply, contact_id, staff=ELIRA, text="Jam këtu.", key="r-1")
    with pytest.raises(NotYourContact):
        either.does(service.reply, contact_id, staff=GENTI, text="Po unë.", key="r-2")
    assert item(either).offered == GENTI
    either.does(service.accept, contact_id, staff=GENTI)
    with pytest.raises(NotYourContact):
        either.does(service.reply, contact_id, staff=ELIRA, text="Edhe diçka.", key="r-3")
    either.does(service.reply, contact_id, staff=GENTI, text="Përshëndetje.", key="r-4")

    told = [e for e in await either.events() if e["type"] != "duty.changed"]
    assert [(e["type"], e["name"]) for e in told] == [
        ("contact.claimed", "Elira"),
        ("message.sent", "Elira"),
        ("contact.claimed", "Genti"),
        ("message.sent", "Genti"),
    ]
    assert "babai" not in str(told)
    assert history(either, contact_id) == [
        ("contact.claimed", "Elira", "Elira"),
        ("contact.offered", "Elira", "Genti"),
        ("contact.accepted", "Genti", "Elira"),
    ]
    view = either.does(service.read, contact_id, staff_id=GENTI.id)
    assert [note.text for note in view.notes] == ["Ka frikë nga babai."]
    assert (view.item.holder, view.item.offered) == (GENTI, None)


async def test_draft_goes_with_the_contact(helpline):
    """
    What stood in the reply field is there for whoever has the contact next.
    """
    contact_id = await held(helpline)
    helpline.does(service.save_draft, contact_id, staff=ELIRA, text="Mos e paguaj. ")
    offer(helpline, contact_id)
    helpline.does(service.accept, contact_id, staff=GENTI)

    draft = helpline.does(service.read, contact_id, staff_id=GENTI.id).draft
    assert (draft.text, draft.staff_id) == ("Mos e paguaj. ", ELIRA.id)


@pytest.mark.parametrize("to", [ELIRA, DRITA])
async def test_offer_to_oneself_or_off_duty_is_refused(helpline, to):
    """
    Nobody is offered a contact that they have, or that they are not there to take.
    """
    contact_id = await held(helpline)
    with pytest.raises(OfferRefused):
        offer(helpline, contact_id, to)

    assert item(helpline).offered is None


async def test_offer_that_nobody_takes_comes_back(helpline):
    """
    After a minute the giver sees that it was not taken, and it cannot be taken any more.
    """
    contact_id = await held(helpline)
    offer(helpline, contact_id)
    helpline.tick(seconds=59)
    assert item(helpline).offered == GENTI
    helpline.tick(seconds=1)
    with pytest.raises(NotOffered):
        helpline.does(service.accept, contact_id, staff=GENTI)

    assert item(helpline).offered is None
    assert history(helpline, contact_id)[-1] == ("contact.offer_lapsed", "", "Genti")


async def test_offer_can_be_taken_back(helpline):
    """
    A giver who changes their mind keeps the contact.
    """
    contact_id = await held(helpline)
    offer(helpline, contact_id)
    helpline.does(service.withdraw, contact_id, staff=ELIRA)
    with pytest.raises(NotOffered):
        helpline.does(service.accept, contact_id, staff=GENTI)

    assert item(helpline).holder == ELIRA


async def test_only_who_was_asked_can_accept(helpline):
    """
    An offer is to one colleague; another one's acceptance is refused.
    """
    contact_id = await held(helpline)
    offer(helpline, contact_id)
    with pytest.raises(NotOffered):
        helpline.does(service.accept, contact_id, staff=DRITA)


async def test_accepting_and_taking_over_at_once_leaves_one_holder(either):
    """
    A colleague accepts while a supervisor takes over: one of the two has it at the end.
    """
    contact_id = await held(either)
    offer(either, contact_id)
    await asyncio.gather(
        asyncio.to_thread(either.does, service.accept, contact_id, staff=GENTI),
        asyncio.to_thread(either.does, service.take_over, contact_id, staff=DRITA),
        return_exceptions=True,
    )

    names = [e["name"] for e in await either.events() if e["type"] == "contact.claimed"]
    assert item(either).holder.name == names[-1]
    assert names[-1] in ("Genti", "Drita")


async def test_taking_over_is_written_down(either):
    """
    A supervisor takes a contact from its holder: recorded, told to the bot, seen in the thread.
    """
    contact_id = await held(either)
    either.does(service.take_over, contact_id, staff=DRITA)
    with pytest.raises(NotYourContact):
        either.does(service.reply, contact_id, staff=ELIRA, text="Po.", key="r-1")
    with pytest.raises(NotYourContact):
        either.does(service.save_draft, contact_id, staff=ELIRA, text="Po.")

    assert [e["name"] for e in await either.events() if e["type"] == "contact.claimed"] == [
        "Elira",
        "Drita",
    ]
    assert history(either, contact_id)[-1] == ("contact.taken_over", "Drita", "Elira")
    with either.database.read() as session:
        deeds = [(row.who, row.what) for row in session.query(AuditRow).order_by(AuditRow.seq)]
    assert ("staff:3", "contact.taken_over") in deeds


async def test_form_of_an_ended_contact_can_be_taken_over(helpline):
    """
    A form left behind by somebody who went home is finished by a supervisor; the child is
    told nothing more.
    """
    contact_id = await held(helpline)
    helpline.does(service.end, contact_id, staff=ELIRA)
    before = await helpline.types()
    helpline.does(service.take_over, contact_id, staff=DRITA)
    with pytest.raises(NotYourContact):
        helpline.does(service.close, contact_id, staff=ELIRA, outcome="advice")
    helpline.does(service.close, contact_id, staff=DRITA, outcome="advice")

    assert await helpline.types() == before


async def test_there_must_be_somebody_to_take_over_from(helpline):
    """
    What waits is claimed, what is one's own is one's own, and what is closed stays closed.
    """
    contact_id = await helpline.opens()
    for refusal, before in (
        (ContactAlreadyClaimed, lambda: None),
        (
            ContactAlreadyClaimed,
            lambda: helpline.does(service.claim, contact_id, staff=DRITA),
        ),
        (
            ContactClosed,
            lambda: helpline.does(service.close, contact_id, staff=DRITA, outcome="advice"),
        ),
    ):
        before()
        with pytest.raises(refusal):
            helpline.does(service.take_over, contact_id, staff=DRITA)


async def test_ended_contact_cannot_be_offered(helpline):
    """
    After the end there is nothing to hand over.
    """
    contact_id = await held(helpline)
    offer(helpline, contact_id)
    helpline.does(service.end, contact_id, staff=ELIRA)
    with pytest.raises(NotOffered):
        helpline.does(service.accept, contact_id, staff=GENTI)
    with pytest.raises(ContactEnded):
        offer(helpline, contact_id)


async def test_supervisor_is_called_with_words(helpline):
    """
    Whoever is at a loss calls a supervisor, who sees the words and which contact it is.
    """
    contact_id = await held(helpline)
    helpline.does(service.call_supervisor, contact_id, staff=ELIRA, words="Ka marrë hape.")

    with helpline.database.read() as session:
        [notice] = service.notices(session, helpline.vault)
    assert (notice.kind, notice.number, notice.detail) == ("called", "K-1001", "Ka marrë hape.")
    assert notice.staff_id == ELIRA.id
