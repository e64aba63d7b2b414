from __future__ import annotations

import unicodedata

import pytest
from fakes.helpline import ELIRA, GENTI, contact, message

from api.contacts import service
from api.contacts.refusals import ContactBlocked, ContactEnded, ContactOpen, InvalidNote
from api.contacts.tables import Contact
from api.errors import ContactClosed, InvalidReply, NotYourContact

HOSTILE = (
    "=1+1\n@SUM(A1)\n-2+3\t+4 <script>alert(1)</script> \u202egnohsiv\u202c \u2066a\u2069 "
    "https://evil.example \u200b \ufeff 😶‍🌫️ \r\n"
)


async def held(helpline):
    contact_id = await helpline.opens()
    helpline.does(service.claim, contact_id, staff=ELIRA)
    return contact_id


def say(helpline, contact_id, text="Po.", key="r-1", staff=ELIRA):
    return helpline.does(service.reply, contact_id, staff=staff, text=text, key=key)


def view(helpline, contact_id):
    return helpline.does(service.read, contact_id, staff_id=ELIRA.id)


async def test_talk_ends_before_its_form_is_done(either):
    """
    At the end the child is told once, nobody writes any more, and the form stays with its
    writer until it is closed.
    """
    contact_id = await held(either)
    either.does(service.end, contact_id, staff=ELIRA)
    for deed in (
        lambda: say(either, contact_id),
        lambda: either.does(service.save_draft, contact_id, staff=ELIRA, text="Edhe"),
        lambda: either.does(service.claim, contact_id, staff=GENTI),
        lambda: either.does(service.end, contact_id, staff=ELIRA),
        lambda: either.does(service.put_back, contact_id, staff=ELIRA),
    ):
        with pytest.raises(ContactEnded):
            deed()
    with pytest.raises(NotYourContact):
        either.does(service.close, contact_id, staff=GENTI, outcome="advice")
    ended = view(either, contact_id).item
    either.does(service.close, contact_id, staff=ELIRA, outcome="advice")

    assert (ended.state, ended.holder, ended.lease_until) == ("ended", ELIRA, None)
    told = await either.events()
    assert [(e["type"], e["name"]) for e in told] == [
        ("contact.claimed", "Elira"),
        ("contact.closed", "Elira"),
    ]
    assert told[1]["outcome"] == ""
    closed = view(either, contact_id).item
    assert (closed.state, closed.outcome) == ("closed", "advice")


async def test_form_is_not_taken_away_by_time(helpline):
    """
    No lease runs on a form: hours later it is still its writer's.
    """
    contact_id = await held(helpline)
    helpline.does(service.end, contact_id, staff=ELIRA)
    for _ in range(3):
        helpline.tick(hours=1)

    assert view(helpline, contact_id).item.holder == ELIRA
    assert await helpline.types() == ["contact.claimed", "contact.closed"]


async def test_unsent_words_stay_until_the_form_is_done(helpline):
    """
    What was written and not sent is seen by the writer of the form, and goes with the closing.
    """
    contact_id = await held(helpline)
    helpline.does(service.save_draft, contact_id, staff=ELIRA, text="Doja të të them")
    helpline.does(service.end, contact_id, staff=ELIRA)
    unsent = view(helpline, contact_id).draft
    helpline.does(service.close, contact_id, staff=ELIRA, outcome="advice")

    assert unsent.text == "Doja të të them"
    assert view(helpline, contact_id).draft is None


async def test_sent_words_are_no_draft_any_more(helpline):
    """
    Sending empties the reply field, and a draft that comes late does not fill it again.
    """
    contact_id = await held(helpline)
    helpline.does(service.save_draft, contact_id, staff=ELIRA, text="Të besoj.", key="r-1")
    say(helpline, contact_id, "Të besoj.")
    helpline.does(service.save_draft, contact_id, staff=ELIRA, text="Të besoj.", key="r-1")
    sent = view(helpline, contact_id).draft
    helpline.does(service.save_draft, contact_id, staff=ELIRA, text="Dhe", key="r-2")

    assert sent is None
    assert view(helpline, contact_id).draft.text == "Dhe"


async def test_repeat_of_what_was_sent_is_no_refusal(helpline):
    """
    A lost answer makes a browser send again: the same number, even when the talk is over.
    """
    contact_id = await held(helpline)
    first = say(helpline, contact_id)
    helpline.does(service.end, contact_id, staff=ELIRA)

    assert say(helpline, contact_id) == first
    with pytest.raises(ContactEnded):
        say(helpline, contact_id, key="r-2")


@pytest.mark.parametrize("closed", [False, True])
async def test_child_comes_back_after_the_end(either, closed):
    """
    New words after the end wait in the queue, with who had the contact before; whether it
    helped is kept and calls nobody.
    """
    contact_id = await held(either)
    say(either, contact_id)
    either.does(service.end, contact_id, staff=ELIRA)
    if closed:
        either.does(service.close, contact_id, staff=ELIRA, outcome="advice")
    before = view(either, contact_id).item.state
    await either.says(contact_id, helped="some")
    asked = view(either, contact_id)
    answer = await either.says(contact_id, "prapë unë")
    back = view(either, contact_id)

    assert (asked.item.state, asked.helped) == (before, "some")
    assert answer.json()["state"] == "waiting"
    assert (back.item.state, back.item.holder, back.item.had) == ("waiting", None, ELIRA)
    assert back.item.outcome == ""
    assert back.events[-1].type == "contact.came_back"


async def test_who_had_it_gets_it_by_next(helpline):
    """
    Of two that wait with the same urgency, a person's own child comes first for that person.
    """
    contact_id = await held(helpline)
    helpline.does(service.end, contact_id, staff=ELIRA)
    other = await helpline.opens()
    helpline.later(seconds=5)
    await helpline.says(contact_id, "prapë unë")

    assert helpline.does(service.next_contact, staff=ELIRA) == contact_id
    assert helpline.does(service.next_contact, staff=GENTI) == other


async def test_supervisor_reopens(either):
    """
    What was closed waits again; the bot hears of it by the claim, and who reopened is known.
    """
    contact_id = await held(either)
    with pytest.raises(ContactOpen):
        either.does(service.reopen, contact_id, staff=GENTI)
    either.does(service.close, contact_id, staff=ELIRA, outcome="advice")
    told = await either.types()
    either.does(service.reopen, contact_id, staff=GENTI)
    again = view(either, contact_id)

    assert await either.types() == told
    assert (again.item.state, again.item.had, again.item.closed_at) == ("waiting", ELIRA, None)
    assert (again.events[-1].type, again.events[-1].by) == ("contact.reopened", "Genti")
    either.does(service.claim, contact_id, staff=GENTI)
    assert (await either.events())[-1]["name"] == "Genti"


async def test_contact_that_staff_wrote_down_tells_no_bot(helpline):
    """
    A visit that was entered by hand is reopened as a form, and nothing goes out.
    """
    contact_id = await held(helpline)
    helpline.does(service.close, contact_id, staff=ELIRA, outcome="advice")
    with helpline.database.write() as session:
        session.get_one(Contact, contact_id).entered_by = ELIRA.id
    told = await helpline.types()
    helpline.does(service.reopen, contact_id, staff=GENTI)
    form = view(helpline, contact_id).item
    helpline.does(service.close, contact_id, staff=GENTI, outcome="other")

    assert (form.state, form.holder, form.entered) == ("ended", GENTI, True)
    assert await helpline.types() == told


async def test_notes_never_leave(helpline):
    """
    A note can be written on any contact by whoever may read it, and no event carries it.
    """
    contact_id = await held(helpline)
    helpline.does(service.add_note, contact_id, staff=GENTI, text=HOSTILE)
    helpline.does(service.close, contact_id, staff=ELIRA, outcome="advice")
    helpline.later(seconds=1)
    helpline.does(service.add_note, contact_id, staff=GENTI, text="U fol me shkollën.")
    for text in ("", " \n", "x" * 8001):
        with pytest.raises(InvalidNote):
            helpline.does(service.add_note, contact_id, staff=GENTI, text=text)

    notes = view(helpline, contact_id).notes
    assert [(note.name, note.text) for note in notes] == [
        ("Genti", HOSTILE),
        ("Genti", "U fol me shkollën."),
    ]
    assert "shkoll" not in str(await helpline.events())


async def test_words_are_kept_as_they_were_written(either):
    """
    Markup, formulas, marks of direction and 10 000 combining marks go in and out unchanged.
    """
    heavy = "a" + "\u0301" * 10_000
    inner = contact(messages=[message(HOSTILE), message(heavy)])
    await either.post("/v1/contacts", either.seal(inner))
    contact_id = inner["contact_id"]
    either.does(service.claim, contact_id, staff=ELIRA)
    say(either, contact_id, HOSTILE)
    either.does(service.save_draft, contact_id, staff=ELIRA, text=HOSTILE)
    with pytest.raises(InvalidReply):
        say(either, contact_id, heavy, key="r-2")

    kept = view(either, contact_id)
    assert [one.text for one in kept.messages] == [HOSTILE, heavy, HOSTILE]
    assert kept.draft.text == HOSTILE
    assert (await either.events())[-1]["text"] == HOSTILE
    assert unicodedata.normalize("NFC", heavy) != heavy  # it would show if anything composed


async def test_every_refusal_of_a_closed_contact_has_its_own_name(helpline):
    """
    Ended, closed and blocked are told apart, so that a page can say what became of the words.
    """
    contact_id = await held(helpline)
    helpline.does(service.end, contact_id, staff=ELIRA)
    refusals = []
    for refusal, state in (
        (ContactEnded, "ended"),
        (ContactClosed, "closed"),
        (ContactBlocked, "blocked"),
    ):
        with helpline.database.write() as session:
            session.get_one(Contact, contact_id).state = state
        with pytest.raises(refusal) as caught:
            say(helpline, contact_id)
        refusals.append((caught.value.status, caught.value.type))

    assert refusals == [(409, "contact-ended"), (409, "contact-closed"), (409, "contact-blocked")]
