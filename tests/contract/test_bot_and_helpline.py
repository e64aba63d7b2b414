"""The bot's client against the real helpline: every body is understood, every event is."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from fakes.door import FakeDoor
from fakes.helpline import ELIRA, KEY, Helpline
from sqlalchemy.orm import Session

from api.contacts import service as contacts
from api.contacts.holding import claim, put_back
from api.crypto import Vault
from api.duty.service import set_on_duty
from api.learning import service as learning
from bot.alarms import Alarms
from bot.engine.effects import LeaveContact, OpenContact, PassToCounsellor, TellHelped, Word
from bot.engine.events import (
    ContactClimbed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    Evidence,
)
from bot.engine.events import Helpline as Known
from bot.feed import Feed
from bot.figures import body_of as figures_body
from bot.helpline import BoxKey, ForHelpline, HelplineRefused, body_of, contact_id_of, sealed
from bot.helpline_http import HttpHelpline
from bot.known import KnownHelpline
from bot.leases import Lease
from bot.receipts import Receipts
from bot.store.learning import Figure

CONVERSATION = "0123456789abcdef" * 2
CONTACT = contact_id_of(CONVERSATION, 1)


class Line:
    """A real helpline, the bot's client to it, and a feed whose events are only noted."""

    def __init__(self, folder: Path, url: str) -> None:
        self.helpline = Helpline(folder)
        self.client = HttpHelpline.in_process(self.helpline.app, KEY)
        self.door = FakeDoor(url)
        self.door.now = self.helpline.now
        self.alarms = Alarms()
        self.known = KnownHelpline(now=self.door.clock)
        lease = Lease(self.door.ask, "feed", now=self.door.clock)
        self.feed = Feed(
            self.client, self.door, self.known, lease, self.alarms, now=self.door.clock
        )

    async def post(self, effect: ForHelpline, *, key: str = "") -> dict[str, object]:
        """Send an effect as delivery does."""
        kind, contact_id, body = body_of(
            effect,
            conversation=CONVERSATION,
            channel="web",
            at=self.helpline.now,
            message_ids=lambda n: str(uuid.uuid5(uuid.UUID(int=7), f"{key}{effect}{n}")),
        )
        box: BoxKey = await self.client.key()
        key = key or str(uuid.uuid4())
        return await self.client.post(kind, sealed(body, box), key=key, contact_id=contact_id)

    def word(self, text: str, **change: object) -> Word:
        """Something the child wrote."""
        word = Word(
            at=self.helpline.now,
            kind="text",
            text=text,
            severity="disclosure",
            evidence=(Evidence("threat.photo", text[:20]),),
        )
        return replace(word, **change)  # type: ignore[arg-type]

    def opening(self, **change: object) -> OpenContact:
        """An order to open the contact."""
        order = OpenContact(
            contact=1,
            severity="disclosure",
            category="sextortion",
            score=0.87,
            language="sq",
            band="11-13",
            role="child",
            country="al",
            wants_reply=True,
            reason="disclosure",
            limits_version="1",
            limits_at=self.helpline.now - timedelta(minutes=5),
            words=(self.word("dikush po më kërcënon"),),
        )
        return replace(order, **change)  # type: ignore[arg-type]


def act(session: Session, vault: Vault, what: str, now: datetime) -> None:
    """What a counsellor does on the console."""
    match what:
        case "claim":
            claim(session, vault, CONTACT, staff=ELIRA, now=now)
        case "put_back":
            put_back(session, vault, CONTACT, staff=ELIRA, now=now)
        case "reply":
            text = "Përshëndetje. Jam Elira."
            contacts.reply(session, vault, CONTACT, staff=ELIRA, text=text, key="r", now=now)
        case "close":
            contacts.close(session, vault, CONTACT, staff=ELIRA, outcome="advice", note="", now=now)


def act_as(what: str, session: Session, vault: Vault, *, now: datetime) -> None:
    """The same, as a deed of the helpline's hand."""
    act(session, vault, what, now)


@pytest.fixture
async def line(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Line]:
    """
    A bot's end and a helpline's end, both with nothing in them.
    """
    line = Line(tmp_path / "helpline", sqlite_url)
    yield line
    await line.client.close()
    await line.helpline.close()
    line.door.engine.dispose()


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"words": ()},
        {"limits_at": None, "limits_version": ""},
        {"band": "", "role": "", "country": "", "category": "none", "score": 0.0},
        {"role": "parent", "band": "", "language": "en", "country": "other"},
        *({"severity": severity} for severity in ("none", "concern", "emergency")),
        *(
            {"reason": reason, "wants_reply": False}
            for reason in ("asked", "emergency", "safe_word", "duty_of_care", "protecting")
        ),
    ],
    ids=lambda change: ",".join(f"{key}={value}" for key, value in change.items()) or "plain",
)
async def test_every_contact_the_bot_opens_is_taken(line: Line, change: dict[str, object]) -> None:
    """
    Whatever the engine knows or does not know of a child, the helpline takes the contact.
    """
    answer = await line.post(line.opening(**change))

    assert (answer["contact_id"], answer["state"]) == (CONTACT, "waiting")
    assert str(answer["number"]).startswith("K-")


@pytest.mark.parametrize("kind", ["text", "choice", "media_offered", "note"])
async def test_every_kind_of_word_is_taken(line: Line, kind: str) -> None:
    """
    Text, presses, offered pictures and the bot's notes arrive, odd characters included.
    """
    await line.post(line.opening())
    odd = line.word("\u202e10 000 \x00\ud800<b>{}" + "ë" * 25_000, kind=kind)

    answer = await line.post(PassToCounsellor(contact=1, words=(odd, line.word("po"))))

    assert answer["accepted"] == 2


@pytest.mark.parametrize("helped", ["yes", "some", "no"])
async def test_what_the_child_felt_is_taken(line: Line, helped: str) -> None:
    """
    Whether it helped arrives after the end, calls nobody back and changes nothing else.
    """
    await line.post(line.opening())
    for deed in ("claim", "reply", "close"):
        line.helpline.does(partial(act_as, deed))
    before = line.helpline.does(contacts.read, CONTACT, staff_id=ELIRA.id)

    answer = await line.post(TellHelped(contact=1, helped=helped))

    after = line.helpline.does(contacts.read, CONTACT, staff_id=ELIRA.id)
    assert (answer["state"], answer["accepted"]) == ("closed", 0)
    assert (after.helped, after.item) == (helped, before.item)


async def test_typing_reaches_the_bot(line: Line) -> None:
    """
    The bot hears in which conversation the holder types, and nothing once the words are sent.
    """
    await line.post(line.opening())
    line.helpline.does(partial(act_as, "claim"))
    line.helpline.does(contacts.seen, staff=ELIRA, contact_id=CONTACT, typing=True)
    typed = (await line.client.events(0, 0)).typing
    line.helpline.does(partial(act_as, "reply"))

    assert typed == (CONVERSATION,)
    assert (await line.client.events(0, 0)).typing == ()


@pytest.mark.parametrize("how", ["exit_word", "chat_lost", "withdrew"])
async def test_every_way_to_leave_is_taken(line: Line, how: str) -> None:
    """
    However the child went, the helpline understands it.
    """
    await line.post(line.opening())

    answer = await line.post(LeaveContact(contact=1, how=how, at=line.helpline.now))

    assert answer["contact_id"] == CONTACT


async def test_a_repeat_makes_one_contact(line: Line) -> None:
    """
    The same contact posted again, with the same key or after it was forgotten, is one contact (R6).
    """
    first = await line.post(line.opening(), key="same")
    again = await line.post(line.opening(), key="another")

    assert first["number"] == again["number"]


async def test_words_for_a_contact_that_is_not_there_are_refused(line: Line) -> None:
    """
    A message that belongs to nothing is a bug that a person must see, not an outage.
    """
    with pytest.raises(HelplineRefused) as refused:
        await line.post(PassToCounsellor(contact=1, words=()))

    assert refused.value.status == 404


async def test_what_the_counsellor_does_reaches_the_child(line: Line) -> None:
    """
    Duty, climb, claim, reply, return and end: the bot understands all that the helpline tells.
    """
    await line.post(line.opening())
    database, vault = line.helpline.database, line.helpline.vault
    with database.write() as session:
        set_on_duty(session, vault, staff=ELIRA, on=True, now=line.helpline.now)
    line.helpline.tick(minutes=2, seconds=1)
    now = line.helpline.now
    for what in ("claim", "reply", "put_back", "claim", "close"):
        with database.write() as session:
            act(session, vault, what, now)
    line.door.now = now

    await line.feed.turn()

    events = [told.event for told in line.door.told]
    assert [type(event) for event in events] == [
        ContactClimbed,
        CounsellorJoined,
        CounsellorWrote,
        CounsellorLeft,
        CounsellorJoined,
        CounsellorLeft,
    ]
    assert {told.conversation for told in line.door.told} == {CONVERSATION}
    assert {event.contact_id for event in events} == {CONTACT}
    assert (events[2].name, events[2].text) == ("Elira", "Përshëndetje. Jam Elira.")
    assert line.known() is Known.STAFFED
    assert line.alarms.counts == {}


async def test_the_console_learns_that_a_reply_was_sent(line: Line) -> None:
    """
    The receipt of a delivered reply is taken by the helpline, also when it is told twice.
    """
    await line.post(line.opening())
    database, vault, now = line.helpline.database, line.helpline.vault, line.helpline.now
    for what in ("claim", "reply"):
        with database.write() as session:
            act(session, vault, what, now)
    await line.feed.turn()
    receipts = Receipts(line.client, line.door.ask, now=line.door.clock)

    for _ in range(2):
        await receipts.note(f"{line.door.told[-1].update_id}.0", "sent")
        assert await receipts.tell()

    with database.read() as session:
        view = contacts.read(session, vault, CONTACT, staff_id=ELIRA.id, now=now)
    assert [message.status for message in view.messages if message.status] == ["sent"]


async def test_what_was_learned_is_understood(line: Line) -> None:
    """
    The bot's counts are taken by the real helpline as they are.
    """
    asked = Figure("soft_fine", "account_security", "8-10", "sq", 20)
    figures = [Figure("begun", "t03", "8-10", "sq", 12), asked]

    await line.client.figures(figures_body(figures, line.helpline.now), key="figures:1")

    with line.helpline.database.read() as session:
        [shown], _ = learning.lines(session)
        [soft] = learning.asked(session)
    assert (soft.category, soft.fine) == ("account_security", 20)
    assert (shown.topic, shown.band, shown.language, shown.begun) == ("t03", "8-10", "sq", 12)
