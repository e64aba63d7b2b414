"""Viber against a strict stand-in: the way in, the way out, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import httpx
import pytest
from fakes.viber import SIGNATURE, Child, ViberStandIn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from bot.channels.base import (
    ChannelBusy,
    ChannelDown,
    ChannelError,
    ChannelRefused,
    ChatGone,
    Inbound,
    Malformed,
    MessageFate,
    Progress,
    Shown,
)
from bot.channels.viber import ViberChannel, link
from bot.channels.viber.faults import LONGEST_REST, RARELY, STATUSES, UNANSWERED_REST
from bot.engine.effects import Button, Say
from bot.engine.events import ButtonTapped, ChatLost, Hiding, MessageReceived, Started
from bot.routes import Webhooks
from bot.store.database import StoreUnavailable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text() | st.sampled_from(["event", "message", "sender", "id", "type", "user"]),
            inner | st.sampled_from(["message", "text", "subscribed", "conversation_started"]),
            max_size=6,
        )
    ),
    max_leaves=20,
)
PUBLIC = "https://bot.example.com"
HOOK = f"{PUBLIC}/webhooks/viber"
HELP = Button("go.help", "Dua ndihmë")
GREETING = Say(key="hello", text="Unë jam Sigurt.", buttons=(Button("lang.sq", "Shqip"),))


def say(text: str, **more: object) -> Say:
    """A bubble with the way to help."""
    return Say(key="a", text=text, help=HELP, **more)


class Runner:
    """Stores what it is given, once each; fails when a test says so."""

    def __init__(self) -> None:
        self.kept: dict[str, Inbound] = {}
        self.fates: list[MessageFate] = []
        self.fail_next = 0

    async def handle(self, inbound: Inbound) -> bool:
        if self.fail_next:
            self.fail_next -= 1
            raise StoreUnavailable("the disk is full")
        new = inbound.update_id not in self.kept
        self.kept.setdefault(inbound.update_id, inbound)
        return new

    async def answer(self, inbound: Inbound) -> tuple[Say, ...]:
        return (GREETING,) if await self.handle(inbound) else ()

    async def note(self, fate: MessageFate) -> None:
        self.fates.append(fate)

    @property
    def events(self) -> list[object]:
        return [inbound.event for inbound in self.kept.values()]


class Bot:
    """The channel behind the real webhook route; ``up`` tells whether the server is there."""

    def __init__(self) -> None:
        self.runner, self.up = Runner(), True
        self.viber = ViberStandIn(webhook=httpx.ASGITransport(self._app))
        self.pauses: list[float] = []
        self.alarms: list[str] = []
        self.now = 0.0
        self.channel: ViberChannel

    def made(self) -> ViberChannel:
        """A channel towards the stand-in, with a clock and pauses of the test."""
        return ViberChannel(
            token=self.viber.token,
            public_url=PUBLIC,
            api_url=self.viber.url,
            greeting=lambda: (GREETING,),
            alarm=self.alarms.append,
            pause=self._pause,
            clock=lambda: self.now,
        )

    async def starts(self) -> None:
        """Start, and wait until the platform knows where we are."""
        await self.channel.start(self.runner)
        await self.viber.until(lambda: self.viber.hook == HOOK)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["path_params"] = {"channel": "viber" if self.up else "nobody"}
        hooks = Webhooks({"viber": self.channel}, self.runner, fates=self.runner)
        await hooks(scope, receive, send)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """
    A bot whose webhook is told; the stand-in must have had nothing against it in the end.
    """
    bot = Bot()
    async with bot.viber:
        bot.channel = bot.made()
        yield bot
        await bot.channel.stop()
        assert bot.viber.refusals == []


async def send(bot: Bot, address: str, *says: Say, progress: Progress | None = None) -> Progress:
    """Send an answer; returns how far it came."""
    progress = progress or Progress()
    await bot.channel.send(address, says, key="k", progress=progress)
    return progress


# ---------- the way in ----------


async def test_an_honest_callback_is_taken_as_it_was_signed(bot: Bot) -> None:
    """
    S2: letters with dots, an emoji and odd spaces pass, for the raw bytes are what is signed.
    """
    await bot.starts()
    child = bot.viber.child()

    child.types("  ë,\tç dhe 🙂\n\n po   ")
    await bot.viber.quiet()

    [event] = bot.runner.events
    assert isinstance(event, MessageReceived)
    assert event.text == "  ë,\tç dhe 🙂\n\n po   "
    assert event.sent_at is not None


@pytest.mark.parametrize("how", ["missing", "empty", "wrong", "short", "upper", "other", "again"])
async def test_a_forged_callback_stores_nothing(bot: Bot, how: str) -> None:
    """
    S2: a missing, wrong, truncated or re-written signature is refused and nothing is stored.
    """
    body = json.dumps({"event": "message", "message_token": 1}, indent=1).encode()
    honest = bot.viber.signed(body)[SIGNATURE]
    wrong = {
        "missing": {},
        "empty": {SIGNATURE: ""},
        "wrong": {SIGNATURE: bot.viber.signed(body + b" ")[SIGNATURE]},
        "short": {SIGNATURE: honest[:-1]},
        "upper": {SIGNATURE: honest.upper()},
        "other": {SIGNATURE: "\u00eb" * 64},
        "again": {SIGNATURE: bot.viber.signed(json.dumps(json.loads(body)).encode())[SIGNATURE]},
    }[how]
    headers = [(name, value.encode("latin-1")) for name, value in wrong.items()]
    content = [("content-type", b"application/json"), *headers]

    async with httpx.AsyncClient(transport=httpx.ASGITransport(bot._app)) as stranger:
        answer = await stranger.post(HOOK, content=body, headers=content)

    assert answer.status_code == 403
    assert bot.runner.kept == {}


async def test_a_repeat_is_known_by_its_token(bot: Bot) -> None:
    """
    S3, R2: a callback that comes five times at once is one thing that happened.
    """
    await bot.starts()
    bot.viber.repeats = 5

    bot.viber.child().types("ndihmë")
    await bot.viber.quiet()

    assert len(bot.runner.events) == 1


async def test_what_was_not_stored_comes_again(bot: Bot) -> None:
    """
    R4: while nothing can be stored the platform gets no 200, and repeats until it does.
    """
    await bot.starts()
    bot.runner.fail_next = 3

    bot.viber.child().types("ndihmë")
    await bot.viber.quiet()

    assert len(bot.runner.events) == 1
    assert bot.viber.given_up == []


async def test_the_platforms_order_is_known_when_it_swaps(bot: Bot) -> None:
    """
    R3: messages that arrive in another order carry the order in which they were written.
    """
    await bot.starts()
    bot.viber.delivering.clear()
    bot.viber.swaps, child = True, bot.viber.child()
    moments = iter(range(1_795_339_800, 1_795_339_900))
    bot.viber.now = lambda: float(next(moments))

    for word in ("një", "dy", "tre"):
        child.types(word)
    bot.viber.delivering.set()
    await bot.viber.quiet()

    arrived = sorted(bot.runner.kept.values(), key=lambda inbound: inbound.order)
    assert [inbound.event.text for inbound in arrived] == ["një", "dy", "tre"]


async def test_the_welcome_is_in_the_answer(bot: Bot) -> None:
    """
    Whoever opens the chat is greeted in the answer, with buttons, and nothing is sent.
    """
    await bot.starts()
    child = bot.viber.child()

    child.opens("school-42")
    shown = await child.sees("Unë jam Sigurt.")

    assert [text for text, _ in shown.buttons] == ["Shqip"]
    assert bot.viber.named("send_message") == []
    [event] = bot.runner.events
    assert isinstance(event, Started)
    assert event.payload == "school-42"


async def test_a_repeated_opening_is_greeted_too(bot: Bot) -> None:
    """
    The answer to the first opening may have been lost: its repeat says the greeting again.
    """
    await bot.starts()
    child = bot.viber.child()
    bot.viber.repeats = 2

    child.opens()
    await child.sees("Unë jam Sigurt.")

    assert len(bot.runner.events) == 1


async def test_old_apps_are_greeted(bot: Bot) -> None:
    """
    The welcome asks nothing of an old app, for nobody would tell us that it was refused.
    """
    await bot.starts()
    child = bot.viber.child(level=1)

    child.opens()

    assert (await child.sees("Unë jam Sigurt.")).buttons


async def test_the_first_press_leaves_no_code_in_the_chat(bot: Bot) -> None:
    """
    An app that tells its level at the opening gets silent keys in the welcome already.
    """
    await bot.starts()
    child = bot.viber.child()
    child.opens()
    await child.sees("Unë jam Sigurt.")

    child.presses("Shqip")
    await bot.viber.quiet()

    assert bot.runner.events[-1] == ButtonTapped(at=bot.runner.events[-1].at, button="lang.sq")
    assert child.mine == []


async def test_a_press_leaves_no_code_in_the_chat(bot: Bot) -> None:
    """
    A key's press comes as the button it stands for, and the chat stays as it was.
    """
    await bot.starts()
    child = bot.viber.child()
    child.types("ckemi")
    await bot.viber.quiet()
    await send(bot, child.id, say("Cila?", buttons=(Button("q.a", "Surprizë"),)))

    child.presses("Surprizë")
    await bot.viber.quiet()

    assert bot.runner.events[-1] == ButtonTapped(at=bot.runner.events[-1].at, button="q.a")
    assert child.mine == ["ckemi"]


async def test_whoever_leaves_is_lost_and_reachable_again(bot: Bot) -> None:
    """
    Unsubscribing loses the chat; subscribing again is an event that nothing is said to.
    """
    await bot.starts()
    child = bot.viber.child()

    child.unsubscribes()
    child.subscribes()
    await bot.viber.quiet()

    assert isinstance(bot.runner.events[0], ChatLost)
    assert {inbound.address for inbound in bot.runner.kept.values()} == {child.id}
    assert child.shown == []


async def test_what_became_of_a_message_is_reported(bot: Bot) -> None:
    """
    Each device reports; what the app could not show is reported as failed.
    """
    await bot.starts()
    child = bot.viber.child(devices=2)
    child.types("ckemi")
    await bot.viber.quiet()
    [shown] = (await send(bot, child.id, say("Mirë."))).shown
    child.looks()
    child.report("failed", 7, desc="failed")
    await bot.viber.quiet()

    told = [(report.message, report.fate) for report in bot.runner.fates]
    assert told == [(shown.message, "delivered")] * 2 + [(shown.message, "seen")] * 2 + [
        ("7", "failed")
    ]


async def test_nothing_that_is_offered_is_fetched(bot: Bot) -> None:
    """
    S5: pictures, stickers, cards and places are heard of; no file is asked for.
    """
    await bot.starts()
    child = bot.viber.child()
    url = f"{bot.viber.url}/get_file"

    child.sends_picture("ma kerkoi ai")
    child.sends(type="sticker", sticker_id=1, media=url)
    child.sends(type="video", media=url, thumbnail=url)
    child.sends(type="contact", contact={"name": "Someone", "phone_number": "+0"})
    child.sends(type="location", location={"lat": 1, "lon": 2})
    child.sends(type="file", media=url, file_name="x.pdf")
    await bot.viber.quiet()

    kinds = [event.kind for event in bot.runner.events]
    assert kinds == ["photo", "sticker", "video", "contact", "location", "document"]
    assert {method for method, _ in bot.viber.calls} == {"set_webhook"}


@settings(deadline=None)
@given(st.binary(max_size=80) | JSON.map(lambda told: json.dumps(told).encode()))
def test_no_body_is_an_error_of_ours(body: bytes) -> None:
    """
    S4: whatever comes with an honest signature is read, or malformed, and nothing else.
    """
    channel = ViberChannel(token=ViberStandIn.token, public_url=PUBLIC)

    try:
        happened = channel.parse(body, datetime.now(UTC))
    except Malformed:
        return
    assert len(happened) <= 1


# ---------- being connected ----------


async def test_the_webhook_is_told_when_the_server_answers(bot: Bot) -> None:
    """
    A cold start works: the platform calls back at once, and is asked again until it is heard.
    """
    bot.up = False
    await bot.channel.start(bot.runner)
    await bot.viber.until(lambda: len(bot.viber.named("set_webhook")) >= 3)
    bot.up = True
    await bot.viber.until(lambda: bot.viber.hook == HOOK)

    assert bot.pauses[:2] == [1.0, 2.0]
    told = bot.viber.named("set_webhook")[-1]
    assert (told["send_name"], told["send_photo"]) == (False, False)
    assert set(told["event_types"]) == set(link.EVENTS)


async def test_only_who_holds_the_lease_tells_the_webhook(bot: Bot) -> None:
    """
    One process tells it; another waits for the lease, also while the database is away.
    """
    answers: list[bool | Exception] = [False, StoreUnavailable("away"), True]

    async def held() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    await bot.channel.start(bot.runner, lease=held)
    await bot.viber.until(lambda: bot.viber.hook == HOOK)

    assert answers == []
    assert len(bot.viber.named("set_webhook")) == 1


async def test_a_lost_webhook_is_told_again(bot: Bot) -> None:
    """
    When the platform says that it has no webhook, it is set, and the answer is sent again.
    """
    await bot.starts()
    child = bot.viber.child()
    child.types("ckemi")
    bot.viber.says("send_message", 10)

    with pytest.raises(ChannelDown):
        await send(bot, child.id, say("Mirë."))
    await bot.viber.until(lambda: len(bot.viber.named("set_webhook")) == 2)
    await send(bot, child.id, say("Mirë."))

    await child.sees("Mirë.")


# ---------- the way out ----------


@pytest.fixture
async def child(bot: Bot) -> Child:
    """
    A child who has written.
    """
    await bot.starts()
    child = bot.viber.child()
    child.types("ckemi")
    await bot.viber.quiet()
    return child


async def test_bubbles_come_in_order_each_with_its_keyboard(bot: Bot, child: Child) -> None:
    """
    One message a bubble; the id of each is kept, by key where it may have to be found again.
    """
    question = say("A?", buttons=(Button("q.a", "Po"),), fleeting=True)

    progress = await send(bot, child.id, say("Një."), question, say("Dy."))

    assert child.texts == ["Një.", "A?", "Dy."]
    assert all(shown.buttons == child.buttons for shown in child.shown)
    tokens = [str(shown.token) for shown in child.shown]
    assert progress.shown == [Shown(tokens[0]), Shown(tokens[1], "a"), Shown(tokens[2])]


async def test_a_retry_goes_on_after_what_was_accepted(bot: Bot, child: Child) -> None:
    """
    R1: a line that breaks in mid-answer costs no bubble and repeats none that was accepted.
    """
    bot.viber.cuts("send_message", skip=1)
    progress = Progress()

    with pytest.raises(ChannelDown):
        await send(bot, child.id, say("Një."), say("Dy."), say("Tre."), progress=progress)
    await send(bot, child.id, say("Një."), say("Dy."), say("Tre."), progress=progress)

    assert child.texts == ["Një.", "Dy.", "Tre."]
    assert [shown.message for shown in progress.shown] == [str(s.token) for s in child.shown]


async def test_a_lost_answer_repeats_one_bubble_at_most(bot: Bot, child: Child) -> None:
    """
    When only the platform's answer was lost, that bubble may come twice, and no other.
    """
    bot.viber.cuts("send_message", after=True)
    progress = Progress()

    with pytest.raises(ChannelDown):
        await send(bot, child.id, say("Një."), say("Dy."), progress=progress)
    await send(bot, child.id, say("Një."), say("Dy."), progress=progress)

    assert child.texts == ["Një.", "Një.", "Dy."]


EXPECTED = {
    ChatGone: {5, 6},
    ChannelBusy: {12},
    ChannelRefused: {3, 4, 11, 13, 14, 16, 17, 18, 19, 20},
    ChannelDown: {1, 2, 7, 8, 9, 10, 15, 21, 99, -1},
}


@pytest.mark.parametrize(
    ("status", "error"),
    [(status, error) for error, statuses in EXPECTED.items() for status in sorted(statuses)],
)
async def test_every_status_ends_in_what_delivery_does_next(
    bot: Bot,
    child: Child,
    status: int,
    error: type[ChannelError],
) -> None:
    """
    HTTP is 200: the status in the body decides between retry, stop and refusal.
    """
    bot.viber.says("send_message", status, times=9)

    with pytest.raises(error):
        await send(bot, child.id, say("Mirë."))

    assert set(STATUSES) <= {0}.union(*EXPECTED.values())


@pytest.mark.parametrize(
    ("fault", "error", "rest"),
    [
        ({"http": 429, "retry_after": "7"}, ChannelBusy, 7.0),
        ({"http": 429}, ChannelBusy, UNANSWERED_REST),
        ({"http": 503, "retry_after": "99999"}, ChannelBusy, LONGEST_REST),
        ({"http": 503, "retry_after": "Sun, 22 Nov 2015 06:00:00 GMT"}, ChannelBusy, 1.0),
        ({"http": 503, "retry_after": "soon"}, ChannelDown, None),
        ({"http": 500}, ChannelDown, None),
        ({"http": 302}, ChannelDown, None),
        ({"http": 403}, ChannelDown, None),
        ({"http": 413}, ChannelRefused, None),
        ({"http": 200, "body": "<html>"}, ChannelDown, None),
        ({"http": 200, "body": "[" * 5000}, ChannelDown, None),
        ({"http": 200, "body": "[]"}, ChannelDown, None),
        ({"http": 200, "body": '{"status": "0"}'}, ChannelDown, None),
        ({"http": 200, "body": '{"status": true}'}, ChannelDown, None),
    ],
)
async def test_what_is_no_answer_of_the_platform_is_tried_again(
    bot: Bot,
    child: Child,
    fault: dict[str, object],
    error: type[ChannelError],
    rest: float | None,
) -> None:
    """
    Broken and foreign answers never count as accepted; a wait that is asked for is kept.
    """
    bot.viber.fails("send_message", **fault)

    with pytest.raises(error) as raised:
        await send(bot, child.id, say("Mirë."))

    assert getattr(raised.value, "retry_after", None) == rest


async def test_a_call_that_never_ends_is_ended(
    bot: Bot,
    child: Child,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    No call takes longer than it may; the message counts as unsent.
    """
    monkeypatch.setattr(link, "LONGEST_CALL", 0.01)
    bot.viber.holds("send_message")

    with pytest.raises(ChannelDown):
        await send(bot, child.id, say("Mirë."))


async def test_one_slow_chat_delays_no_other(bot: Bot, child: Child) -> None:
    """
    While a message to one child hangs, twenty others get theirs.
    """
    gate = bot.viber.holds("send_message", child.id)
    others = [bot.viber.child() for _ in range(20)]
    for other in others:
        other.types("ckemi")
    await bot.viber.quiet()
    slow = asyncio.create_task(send(bot, child.id, say("Mirë.")))

    await asyncio.gather(*(send(bot, other.id, say("Mirë.")) for other in others))

    assert all(other.texts == ["Mirë."] for other in others)
    assert child.texts == []
    gate.set()
    await slow
    assert child.texts == ["Mirë."]


async def test_whoever_is_not_subscribed_is_left_alone(bot: Bot, child: Child) -> None:
    """
    To somebody unknown, not subscribed or gone nothing can be sent: the chat is lost.
    """
    child.unsubscribes()
    await bot.viber.quiet()

    for address in (child.id, bot.viber.child().id, "nobody=="):
        with pytest.raises(ChatGone):
            await send(bot, address, say("Mirë."))


async def test_a_hundred_unanswered_messages_are_the_limit(bot: Bot, child: Child) -> None:
    """
    Who is silent gets a hundred messages an hour; the next one waits, for this chat only.
    """
    await send(bot, child.id, *(say(f"{number}.") for number in range(100)))

    with pytest.raises(ChannelBusy) as busy:
        await send(bot, child.id, say("101."))
    assert busy.value.retry_after == UNANSWERED_REST

    child.types("po")
    await send(bot, child.id, say("101."))
    await child.sees("101.")


@pytest.mark.parametrize("level", [1, 3, 5])
async def test_old_apps_are_served(bot: Bot, level: int) -> None:
    """
    A child at API level 3 gets every message and can press; only the code is seen then.
    """
    await bot.starts()
    child = bot.viber.child(level=level)
    child.types("ckemi")
    await bot.viber.quiet()
    question = say("Cila?", buttons=(Button("q.a", "Surprizë"),))

    await send(bot, child.id, question, question)
    child.presses("Surprizë")
    await bot.viber.quiet()

    assert len(bot.viber.named("send_message")) == 2
    assert child.mine == ["ckemi", "▸q.a"]
    assert isinstance(bot.runner.events[-1], ButtonTapped)


async def test_an_app_of_which_nothing_is_known_is_found_out_once(bot: Bot) -> None:
    """
    After a restart one refused call tells that an app is old; the next are right at once.
    """
    await bot.starts()
    child = bot.viber.child(level=3)
    child.subscribed = True

    await send(bot, child.id, say("Një."), say("Dy."), say("Tre."))

    assert child.texts == ["Një.", "Dy.", "Tre."]
    assert len(bot.viber.named("send_message")) == 4


async def test_fields_that_need_a_level_get_it(bot: Bot, child: Child) -> None:
    """
    When the platform says that the plain form lacks a level, the message goes with it.
    """
    old = bot.viber.child(level=6)
    old.subscribed = True
    bot.channel._levels.set(old.id, modern=False)
    bot.viber.says("send_message", 14)

    await send(bot, old.id, say("Një."))

    assert [call.get("min_api_version") for call in bot.viber.named("send_message")] == [None, 6]


async def test_a_refused_picture_costs_no_word(bot: Bot, child: Child) -> None:
    """
    A picture that the platform does not take is left out, and the lesson goes on.
    """
    bot.viber.says("send_message", 3)
    told = say("Mira luan.", picture="t01-privacy", picture_text="Një çelës.")

    await send(bot, child.id, told, say("Po ti?"))

    assert child.texts == ["Mira luan.", "Po ti?"]


async def test_pictures_are_ours_and_their_address_is_public(bot: Bot, child: Child) -> None:
    """
    A lesson's picture comes from our own server, under its public address.
    """
    await send(bot, child.id, say("Mira luan.", picture="t01-privacy"))

    assert [shown.picture for shown in child.shown] == [f"{PUBLIC}/static/art/t01-privacy.png", ""]


async def test_a_shut_account_is_told_once_and_tried_rarely(bot: Bot, child: Child) -> None:
    """
    A blocked account or wrong token keeps every message, sounds once, and is tried rarely.
    """
    bot.viber.says("send_message", 7, times=2)

    for _ in range(5):
        with pytest.raises(ChannelDown):
            await send(bot, child.id, say("Mirë."))
    assert len(bot.viber.named("send_message")) == 1
    bot.now += RARELY
    with pytest.raises(ChannelDown):
        await send(bot, child.id, say("Mirë."))
    bot.now += RARELY
    await send(bot, child.id, say("Mirë."))
    await send(bot, child.id, say("Mirë."))

    assert len(bot.viber.named("send_message")) == 4
    assert bot.alarms == ["viber_shut"]


async def test_a_wrong_token_is_named_by_its_setting(
    bot: Bot, child: Child, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Whoever mistyped the token reads which setting to look at.
    """
    bot.viber.says("send_message", 2)

    with pytest.raises(ChannelDown, match="SIGURT_VIBER_TOKEN"):
        await send(bot, child.id, say("Mirë."))

    assert "SIGURT_VIBER_TOKEN" in caplog.text
    assert bot.viber.token not in caplog.text


async def test_nothing_private_is_logged(
    bot: Bot,
    child: Child,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """
    S11, S45: at DEBUG neither token, address nor words are in any log or error.
    """
    caplog.set_level(logging.DEBUG)
    logging.getLogger("viber.bot.api").debug("payload with %s", bot.viber.token)
    bot.viber.cuts("send_message")
    bot.viber.says("send_message", 3)
    errors = []

    child.types("më kërcënon")
    await bot.viber.quiet()
    for _ in range(3):
        try:
            await send(bot, child.id, say("Të besoj."))
        except ChannelError as error:
            errors.append(repr(error))

    told = "\n".join([*errors, *(record.getMessage() for record in caplog.records)])
    secrets = (bot.viber.token, child.id, "kërcënon", "besoj", "A_<b>")
    assert len(errors) == 2
    assert [secret for secret in secrets if secret in told] == []


async def test_what_the_channel_cannot_do_is_said(bot: Bot) -> None:
    """
    C5: nothing can be taken back, a chat is emptied by its person, and a session is a day.
    """
    able = bot.channel.capabilities

    assert await bot.channel.take_back("a", ["1", "2"]) == 2
    assert (able.abilities.takes_back, able.abilities.hides) == (False, Hiding.SELF)
    assert able.session is not None
    assert able.session.total_seconds() == 24 * 3600


def test_no_body_when_there_is_nothing_to_say() -> None:
    """
    Without any greeting the answer is empty, and the platform shows nothing.
    """
    nothing: Sequence[Say] = ()

    assert ViberChannel(token="t", public_url=PUBLIC).answer("a", nothing) == b""
