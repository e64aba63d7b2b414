from __future__ import annotations

import re

import pytest
from fakes.desk import deeds, hire, seated
from fakes.helpline import ELIRA, Helpline, message
from fakes.system import OtherSystem

from api.contacts import service
from api.contacts.values import StaffRef
from api.duty import service as duty

KEY = re.compile(r"sgk_[\w-]+")


async def test_a_contact_from_queue_to_closed_form(either: Helpline) -> None:
    """
    Another system takes a contact, talks, writes it up and closes it; the bot hears what it
    would have heard from the console, and every deed is in the trail.
    """
    system = OtherSystem(either)
    contact_id = await either.opens(messages=[message("me kercenon")])
    assert (await system.get("/queue")).json()["contacts"][0]["contact_id"] == contact_id
    assert (await system.post("/next", name="Elira")).json() == {"contact_id": contact_id}
    answers = [
        await system.post(f"/contacts/{contact_id}/reply", text="Të besoj.", name="Elira"),
        await system.post(f"/contacts/{contact_id}/note", text="tezja e di"),
        await system.post(f"/contacts/{contact_id}/end", name="Elira"),
        await system.post(
            f"/contacts/{contact_id}/form", version=0, answers={"call_type": ["thanks"]}
        ),
        await system.post(f"/contacts/{contact_id}/finish"),
    ]
    assert [one.status_code for one in answers] == [201, 201, 200, 200, 200]
    assert answers[-1].json() == {"closed": True, "missing": []}
    seen = (await system.get(f"/contacts/{contact_id}")).json()

    assert seen["item"]["state"] == "closed"
    assert [one["text"] for one in seen["messages"]] == ["me kercenon", "Të besoj."]
    assert [one["text"] for one in seen["notes"]] == ["tezja e di"]
    told = [event for event in await either.events() if event["type"].startswith(("con", "mes"))]
    assert [event["type"] for event in told] == [
        "contact.claimed",
        "message.sent",
        "contact.closed",
    ]
    assert {event["name"] for event in told} == {"Elira"}
    who = {who for who, what in deeds(either) if what.startswith("contact.") and who != "bot"}
    assert who == {f"staff:-{system.id}"}


async def test_the_same_request_again_does_nothing(helpline: Helpline) -> None:
    """
    A reply whose answer was lost is sent once; the same key with other words is refused.
    """
    system = OtherSystem(helpline)
    contact_id = await helpline.opens()
    await system.post(f"/contacts/{contact_id}/claim")
    path = f"/contacts/{contact_id}/reply"
    first = await system.post(path, key="k1", text="Të besoj.")
    again = await system.post(path, key="k1", text="Të besoj.")
    other = await system.post(path, key="k1", text="Tjetër")

    assert [one.status_code for one in (first, again, other)] == [201, 201, 409]
    assert again.headers["idempotency-replayed"] == "true"
    assert (await helpline.types()).count("message.sent") == 1


async def test_two_systems_do_not_share_keys(helpline: Helpline) -> None:
    """
    An idempotency key of one system says nothing to another.
    """
    one, other = OtherSystem(helpline), OtherSystem(helpline, "Tjetri")
    await helpline.opens()
    first = await one.post("/next", key="k1")
    second = await other.post("/next", key="k1")

    assert first.json()["contact_id"]
    assert second.json() == {"contact_id": None}


async def test_only_the_holder_writes(helpline: Helpline) -> None:
    """
    A system can write to no child that somebody else has, nor after the end.
    """
    system = OtherSystem(helpline)
    contact_id = await helpline.opens()
    with helpline.database.write() as session:
        service.claim(session, helpline.vault, contact_id, staff=ELIRA, now=helpline.now)
    taken = await system.post(f"/contacts/{contact_id}/claim")
    refused = [
        await system.post(f"/contacts/{contact_id}/{path}", **body)
        for path, body in {
            "reply": {"text": "Përshëndetje"},
            "draft": {"text": "Përshëndetje"},
            "end": {},
            "return": {},
            "finish": {},
            "form": {"version": 0, "answers": {}},
            "accept": {},
            "take-over": {},
            "reopen": {},
        }.items()
    ]

    assert taken.status_code == 409
    assert {one.status_code for one in refused} == {403}
    assert all(one.headers["content-type"] == "application/problem+json" for one in refused)


async def test_a_sign_of_life_keeps_every_claim(helpline: Helpline) -> None:
    """
    A system that shows signs of life keeps what it holds; a silent one loses it to the queue.
    """
    system = OtherSystem(helpline)
    held = [await helpline.opens(conversation=f"{n}" * 32) for n in (1, 2)]
    for contact_id in held:
        await system.post(f"/contacts/{contact_id}/claim")
    await system.post("/duty", on=True)
    for _ in range(4):
        helpline.tick(seconds=60)
        await system.post("/here")
    states = [one["state"] for one in (await system.get("/queue")).json()["contacts"]]
    helpline.tick(seconds=300)
    later = [one["state"] for one in (await system.get("/queue")).json()["contacts"]]

    assert (states, later) == (["claimed"] * 2, ["waiting"] * 2)


async def test_duty_of_a_system_is_what_the_child_is_told(helpline: Helpline) -> None:
    """
    Somebody on duty behind another system is somebody on duty.
    """
    system = OtherSystem(helpline)
    await system.post("/duty", on=True, name="Elira")
    with helpline.database.read() as session:
        there = duty.on_duty(session, helpline.vault, now=helpline.now)

    assert there == [StaffRef(-system.id, "Elira")]


async def test_events_can_be_followed(helpline: Helpline) -> None:
    """
    Events are read from a number on, in order and without content.
    """
    system = OtherSystem(helpline)
    contact_id = await helpline.opens(messages=[message("me kercenon")])
    await system.post(f"/contacts/{contact_id}/claim")
    found = (await system.get("/events")).json()
    rest = (await system.get("/events", after=found["next"])).json()

    assert [one["type"] for one in found["events"]] == ["contact.opened", "contact.claimed"]
    assert rest == {"events": [], "next": found["next"]}
    assert "kercenon" not in str(found)


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer sgk_wrong", "Basic {key}", "bot"])
async def test_without_a_key_nothing_opens(helpline: Helpline, shown: str) -> None:
    """
    No key, a wrong one, another scheme and the bot's own key open nothing.
    """
    system = OtherSystem(helpline)
    own = helpline.http.headers["authorization"]
    value = own if shown == "bot" else shown.format(key=system.key)
    answer = await system.http.get("/v1/desk/queue", headers={"Authorization": value})

    assert answer.status_code == 401
    assert (await helpline.http.get("/v1/duty")).status_code == 200


async def test_a_systems_key_does_not_speak_as_the_bot(helpline: Helpline) -> None:
    """
    The key of another system opens no contact in a child's name and reads no feed.
    """
    system = OtherSystem(helpline)

    assert (await system.http.get("/v1/events")).status_code == 401
    assert (await system.http.get("/v1/duty")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"text": 1}',
        b'{"text": ""}',
        b'{"txt": "a"}',
        b"[" * 5000,
        b'{"text":"\xff"}',
    ],
)
async def test_a_wrong_body_is_refused(helpline: Helpline, body: bytes) -> None:
    """
    What is not in the agreed form is refused and does nothing.
    """
    system = OtherSystem(helpline)
    contact_id = await helpline.opens()
    await system.post(f"/contacts/{contact_id}/claim")
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await system.http.post(
        f"/v1/desk/contacts/{contact_id}/reply", content=body, headers=headers
    )

    assert answer.status_code in (400, 422)
    assert "message.sent" not in await helpline.types()


@pytest.mark.parametrize(
    "answers",
    [
        {"call_type": ["child_self", "thanks"]},
        {"call_type": ["nonsense"]},
        {"categories": ["violence.nonsense"]},
        {"nonsense": ["a"]},
        {"technology": ["perhaps"]},
        {"summary": ["a", "b"]},
    ],
)
async def test_an_answer_that_the_form_does_not_know_is_refused(
    helpline: Helpline, answers: dict[str, list[str]]
) -> None:
    """
    What would become a wrong figure is not kept.
    """
    system = OtherSystem(helpline)
    contact_id = await helpline.opens()
    await system.post(f"/contacts/{contact_id}/claim")
    refused = await system.post(f"/contacts/{contact_id}/form", version=0, answers=answers)
    stored = (await system.get(f"/contacts/{contact_id}/form")).json()

    assert refused.status_code == 422
    assert stored["answers"] == {}


async def test_a_key_opens_nothing_before_a_supervisor_has_let_it_in(helpline: Helpline) -> None:
    """
    An administrator, who may not read contacts, cannot get at them by way of a key: another
    person, a supervisor, lets each system in, and supervisors are told that one waits.
    """
    boss = await seated(helpline, hire(helpline, "boss", "Boss", "administrator", "supervisor"))
    lead = await seated(helpline, hire(helpline, "lead", "Lead", "supervisor"))
    page = await boss.post("/systems", {"name": "Dosjet", "roles": "supervisor"})
    key = {"Authorization": f"Bearer {found[0]}"} if (found := KEY.findall(page.text)) else {}
    refused = await helpline.http.get("/v1/desk/queue", headers=key)
    own = await boss.post("/systems/1/let-in")
    with helpline.database.read() as session:
        told = [one.kind for one in service.notices(session, helpline.vault)]
    other = await lead.post("/systems/1/let-in")
    opened = await helpline.http.get("/v1/desk/queue", headers=key)

    assert (refused.status_code, own.status_code, told) == (401, 403, ["system_added"])
    assert (other.status_code, opened.status_code) == (303, 200)


async def test_strangers_are_noted_once_a_minute(helpline: Helpline) -> None:
    """
    S44: who knocks without a key, or posts forms that are not ours, is in the trail, and
    cannot fill it.
    """
    wrong = {"Authorization": "Bearer sgk_wrong"}
    for _ in range(5):
        await helpline.http.get("/v1/desk/queue", headers=wrong)
        await helpline.http.post("/helpline/sign-in", data={"login": "a", "password": "b"})
    once = [what for who, what in deeds(helpline) if who == "anonymous"]
    helpline.later(minutes=2)
    await helpline.http.get("/v1/desk/queue", headers=wrong)
    again = [what for who, what in deeds(helpline) if who == "anonymous"]

    assert sorted(once) == ["refused", "system.refused"]
    assert again.count("system.refused") == 2
