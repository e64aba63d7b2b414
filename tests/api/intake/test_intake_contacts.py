from __future__ import annotations

import asyncio
import json
import uuid

import pytest
from fakes.helpline import ELIRA, contact, message

from api.contacts import holding, replying, service


def shown(helpline):
    with helpline.database.read() as session:
        return service.queue(session, helpline.vault, now=helpline.now)


def opened(helpline, contact_id):
    with helpline.database.write() as session:
        return service.read(
            session, helpline.vault, contact_id, staff_id=ELIRA.id, now=helpline.now
        )


async def test_contact_arrives_whole(either):
    """
    Everything the bot told of a contact is what staff read, in both databases.
    """
    said = message(
        "dikush po me kercenon 😔",
        severity="disclosure",
        evidence=[{"rule": "K-12", "words": "po me kercenon"}],
    )
    contact_id = await either.opens(messages=[said, message("Limits told.", kind="note")])

    view = opened(either, contact_id)

    assert (view.item.number, view.item.state, view.item.severity) == (
        "K-1001",
        "waiting",
        "disclosure",
    )
    assert (view.item.band, view.item.language, view.item.channel) == ("11-13", "sq", "telegram")
    assert (view.item.wants_reply, view.item.score, view.item.unanswered) == (True, 0.9, True)
    assert view.limits is not None
    assert view.limits.version == "3"
    assert [(m.direction, m.text) for m in view.messages] == [
        ("in", "dikush po me kercenon 😔"),
        ("note", "Limits told."),
    ]
    assert view.messages[0].evidence[0].words == "po me kercenon"


async def test_contact_of_a_messenger_that_nobody_knows_yet_arrives(helpline):
    """
    A messenger that is added to the bot needs nothing new at the helpline to be heard there.
    """
    contact_id = await helpline.opens(channel="sms")

    assert opened(helpline, contact_id).item.channel == "sms"


async def test_answer_holds_number_and_duty(helpline):
    """
    The first answer tells the number, the state and who is there.
    """
    inner = contact()
    answer = await helpline.post("/v1/contacts", helpline.seal(inner))

    assert answer.status_code == 201
    assert answer.json() == {
        "contact_id": inner["contact_id"],
        "number": "K-1001",
        "state": "waiting",
        "duty": {"on_duty": 0, "usual_minutes": None, "opens_at": None, "message": None},
    }


async def test_same_request_gives_the_first_answer_again(either):
    """
    A repeated key with the same bytes is answered as the first time, and says so.
    """
    body = either.seal(contact())
    first = await either.post("/v1/contacts", body, key="k-1")
    second = await either.post("/v1/contacts", body, key="k-1")

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(shown(either)) == 1


async def test_same_key_with_another_body_is_refused(helpline):
    """
    A key that was used for something else is a conflict, and stores nothing.
    """
    await helpline.post("/v1/contacts", helpline.seal(contact()), key="k-1")
    answer = await helpline.post("/v1/contacts", helpline.seal(contact()), key="k-1")

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/key-reused"
    assert len(shown(helpline)) == 1


async def test_refused_request_may_be_tried_again(helpline):
    """
    Words for a contact that is not there yet are refused, and taken once it is.
    """
    inner = contact()
    body = helpline.seal({"messages": [message("jam ketu")]})
    path = f"/v1/contacts/{inner['contact_id']}/messages"
    early = await helpline.post(path, body, key="m-1")
    await helpline.post("/v1/contacts", helpline.seal(inner))
    later = await helpline.post(path, body, key="m-1")

    assert (early.status_code, later.status_code) == (404, 201)


async def test_parallel_repeats_make_one_contact(either):
    """
    R6: the same contact posted many times at once, by one key and by several, exists once.
    """
    inner = contact(messages=[message("ndihme")])
    body = either.seal(inner)
    keys = ["same", "same", "same", *(f"other-{n}" for n in range(5))]
    answers = await asyncio.gather(*(either.post("/v1/contacts", body, key=key) for key in keys))

    assert {answer.json()["number"] for answer in answers} == {"K-1001"}
    assert [item.number for item in shown(either)] == ["K-1001"]
    assert len(opened(either, inner["contact_id"]).messages) == 1


async def test_message_is_stored_once(helpline):
    """
    R2: a message that comes again, under another key, changes nothing.
    """
    contact_id = await helpline.opens()
    said = message("a po me degjon?")
    body = {"messages": [said, said]}
    path = f"/v1/contacts/{contact_id}/messages"
    first = await helpline.post(path, helpline.seal(body))
    again = await helpline.post(path, helpline.seal(body))

    assert (first.json()["accepted"], again.json()["accepted"]) == (1, 0)
    assert [m.text for m in opened(helpline, contact_id).messages] == ["a po me degjon?"]


async def test_swapped_messages_stand_as_they_were_written(either):
    """
    R3: words that a platform brought swapped read in its order; what came in one second, and
    an answer between them, stay where they are.
    """
    contact_id = await either.opens(messages=[message("1", at="2026-11-20T14:29:00Z")])
    for text, second in (("3", 32), ("2", 31), ("2b", 31)):
        await either.says(contact_id, messages=[message(text, at=f"2026-11-20T14:29:{second}Z")])
    with either.database.write() as session:
        holding.claim(session, either.vault, contact_id, staff=ELIRA, now=either.now)
        replying.reply(
            session, either.vault, contact_id, staff=ELIRA, text="a", key="k", now=either.now
        )
    await either.says(contact_id, messages=[message("4", at="2026-11-20T14:29:30Z")])

    assert [m.text for m in opened(either, contact_id).messages] == ["1", "2", "2b", "3", "a", "4"]


async def test_graver_words_raise_and_lighter_ones_do_not_lower(helpline):
    """
    A contact keeps the gravest severity that anyone read in it.
    """
    contact_id = await helpline.opens(severity="concern", reason="asked")
    await helpline.says(contact_id, "dua te vdes", severity="emergency", category="suicide")
    await helpline.says(contact_id, "ok", severity="none")

    item = shown(helpline)[0]
    assert (item.severity, item.category, item.urgency) == ("emergency", "suicide", 4)


async def test_words_after_closing_come_to_the_queue(helpline):
    """
    A child who writes again after the closing waits in the queue again.
    """
    contact_id = await helpline.opens()
    with helpline.database.write() as session:
        service.claim(session, helpline.vault, contact_id, staff=ELIRA, now=helpline.now)
        service.close(
            session,
            helpline.vault,
            contact_id,
            staff=ELIRA,
            outcome="advice",
            note="",
            now=helpline.now,
        )
    assert shown(helpline) == []
    answer = await helpline.says(contact_id, "prape une")

    assert answer.json()["state"] == "waiting"
    assert [item.holder for item in shown(helpline)] == [None]


@pytest.mark.parametrize("left", ["exit_word", "chat_lost", "withdrew"])
async def test_leaving_is_seen_until_the_child_is_back(helpline, left):
    """
    How the child left is shown, and no longer once it writes again.
    """
    contact_id = await helpline.opens()
    await helpline.says(contact_id, left=left, left_at="2026-11-20T14:31:00Z")
    gone = shown(helpline)[0]
    await helpline.says(contact_id, "jam kthyer")
    back = shown(helpline)[0]

    assert (gone.left, back.left, back.left_at) == (left, "", None)
    assert gone.left_at is not None


async def test_urgent_first_then_the_longest_wait(helpline):
    """
    The queue shows emergencies first and, among equals, who has waited longest.
    """
    concern = await helpline.opens(severity="concern", reason="duty_of_care")
    helpline.later(seconds=1)
    older = await helpline.opens()
    helpline.later(seconds=1)
    newer = await helpline.opens()
    asked = await helpline.opens(severity="none", reason="asked")
    emergency = await helpline.opens(severity="emergency", reason="emergency")

    order = [item.contact_id for item in shown(helpline)]
    assert order == [emergency, older, newer, asked, concern]


@pytest.mark.parametrize(
    "inner",
    [
        {"contact_id": "not a uuid"},
        {"severity": "grave"},
        {"score": 1.5},
        {"score": float("nan")},
        {"opened_at": "2026-11-20T14:29:00"},
        {"opened_at": "0001-01-01T00:00:00+14:00"},
        {"conversation": "../../etc"},
        {"messages": [message("\ud800")]},
        {"messages": [message("x" * 20_001)]},
        {"limits": {"version": "3"}},
    ],
)
async def test_wrong_form_is_refused_whole(helpline, inner):
    """
    A box whose content has not the agreed form is a 422 that repeats none of it.
    """
    answer = await helpline.post("/v1/contacts", helpline.seal(contact(**inner)))

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/unreadable"
    assert shown(helpline) == []


async def test_unknown_fields_are_ignored(helpline):
    """
    A newer bot may tell more than this helpline knows.
    """
    assert await helpline.opens(mood="?", messages=[message("po", colour="blue")])


async def test_box_to_another_key_is_told_apart(helpline):
    """
    A body sealed to a key that is not ours is 409 unknown-key; a broken box is 422.
    """
    body = json.loads(helpline.seal(contact()))
    strange = json.dumps({**body, "key_id": "00000000"}).encode()
    broken = json.dumps({**body, "sealed": body["sealed"][:-8] + "AAAAAAA="}).encode()
    strange_answer = await helpline.post("/v1/contacts", strange)
    broken_answer = await helpline.post("/v1/contacts", broken)

    assert strange_answer.json()["type"].endswith("/unknown-key")
    assert (strange_answer.status_code, broken_answer.status_code) == (409, 422)


async def test_words_of_two_contacts_with_one_id_are_both_kept(helpline):
    """
    Message ids are known within their contact: no other contact's words are lost to them.
    """
    said = message("njesoj")
    first = await helpline.opens(messages=[said])
    second = await helpline.opens(contact_id=str(uuid.uuid4()), messages=[said])

    assert len(opened(helpline, first).messages) == len(opened(helpline, second).messages) == 1
    assert [one.number for one in opened(helpline, second).earlier] == ["K-1001"]
