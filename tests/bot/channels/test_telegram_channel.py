"""Telegram against a strict stand-in: both ways in, the way out, and what goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fakes.telegram import TelegramStandIn
from fakes.telegram_bot import SECRET, Runner, Time, channel_for, say
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.base import (
    ChannelBusy,
    ChannelDown,
    ChannelError,
    ChannelRefused,
    ChatGone,
    Forged,
    Malformed,
    Progress,
)
from bot.channels.telegram import TelegramChannel
from bot.engine.effects import Button, Call
from bot.engine.events import ButtonTapped, ChatLost, MediaOffered, MessageReceived, Started

HOOK = "https://bot.example.com/webhooks/telegram"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(clock=None) as telegram:
        yield telegram


@pytest.fixture
def runner(telegram: TelegramStandIn) -> Runner:
    runner = Runner()
    runner.on_event = telegram._wake
    return runner


@pytest.fixture
async def channel(telegram: TelegramStandIn) -> AsyncIterator[TelegramChannel]:
    channel = channel_for(telegram)
    yield channel
    await channel.stop()


def webhook_app(channel: TelegramChannel, runner: Runner) -> Starlette:
    """The bot's webhook route, as small as it can be."""

    async def take(request: Request) -> Response:
        body = await request.body()
        try:
            channel.verify(request.headers, body)
            for inbound in channel.parse(body, datetime.now(UTC)):
                await runner.handle(inbound)
        except (Forged, Malformed, OSError) as error:
            return Response(status_code=503 if isinstance(error, OSError) else 403)
        return Response()

    return Starlette(routes=[Route("/webhooks/telegram", take, methods=["POST"])])


async def test_polling_hands_over_in_order_and_confirms_what_is_committed(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    By polling, each chat's updates reach the runner in order and are then confirmed.
    """
    child, other = telegram.child(), telegram.child()
    child.starts("school42")
    for number in range(5):
        child.says(f"{number}")
    other.sends_photo("shiko")

    await channel.start(runner)
    await telegram.until(lambda: not telegram.waiting)

    assert runner.texts == ["0", "1", "2", "3", "4"]
    assert [type(event) for event in runner.events if not isinstance(event, MessageReceived)] == [
        Started,
        MediaOffered,
    ]


async def test_an_update_that_was_not_stored_is_never_confirmed(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    R4: while the store is full nothing is confirmed; afterwards everything is there, in order.
    """
    child = telegram.child()
    child.says("e para")
    child.says("e dyta")
    runner.fail_next = 3

    await channel.start(runner)
    await telegram.until(lambda: not telegram.waiting)

    assert runner.texts == ["e para", "e dyta"]
    assert [inbound.event.text for inbound in runner.handed[:4]] == ["e para"] * 4


async def test_polling_survives_every_error(telegram: TelegramStandIn, runner: Runner) -> None:
    """
    Refusals, broken lines and a webhook left over from before do not end the polling.
    """
    channel = channel_for(telegram, pause=(time := Time()).sleep)
    telegram.hook = "http://127.0.0.1:9/left-over"
    telegram.fails("deleteWebhook", 500)
    telegram.fails("getUpdates", 502, times=2)
    telegram.fails("getUpdates", 429, retry_after=77)
    telegram.fails("getUpdates", 401)
    telegram.fails("getUpdates", 409, "Conflict: can't use getUpdates while webhook is active")
    telegram.cuts("getUpdates")
    await channel.start(runner)
    telegram.child().says("je aty?")

    await telegram.until(lambda: runner.texts == ["je aty?"])
    await channel.stop()

    assert 77 in time.pauses
    assert len(telegram.named("deleteWebhook")) == 3


async def test_only_the_holder_of_the_lease_polls(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    A process without the lease asks for nothing; when it gets the lease it begins.
    """
    answers = [False, False, True]
    asked_before: list[int] = []

    async def held() -> bool:
        asked_before.append(len(telegram.named("getUpdates")))
        return answers.pop(0) if len(answers) > 1 else answers[0]

    telegram.child().says("alo")
    await channel.start(runner, lease=held)
    await telegram.until(lambda: runner.texts == ["alo"])

    assert asked_before[:3] == [0, 0, 0]


async def test_webhook_is_set_again_after_haste_and_faults(
    telegram: TelegramStandIn, runner: Runner
) -> None:
    """
    Several workers set the webhook at once: one refused for haste tries again.
    """
    channel = channel_for(
        telegram,
        mode="webhook",
        public_url="https://bot.example.com/",
        pause=(time := Time()).sleep,
    )
    telegram.fails("setWebhook", 429, retry_after=77)
    telegram.fails("setWebhook", 500)
    telegram.delivering.clear()

    await channel.start(runner)
    await telegram.until(lambda: bool(telegram.hook))
    await channel.stop()

    assert (telegram.hook, telegram.secret) == (HOOK, SECRET)
    assert {"message", "edited_message", "callback_query", "poll_answer"} < telegram.allowed
    assert 77 in time.pauses


async def test_webhook_repeats_change_nothing_and_failures_are_redelivered(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    S3 R2 R4: delivered five times at once, refused with 503 meanwhile: each is kept once.
    """
    app = webhook_app(channel, runner)
    async with TelegramStandIn(webhook=httpx.ASGITransport(app), clock=None) as platform:
        runner.on_event = platform._wake
        platform.hook, platform.secret, platform.repeats = HOOK, SECRET, 5
        runner.fail_next = 2
        child = platform.child()
        child.says("më kërcënon 😢 ë ç")
        child.says("dikush")
        await platform.until(lambda: not platform.waiting)

    assert runner.texts == ["më kërcënon 😢 ë ç", "dikush"]


async def test_slow_outgoing_calls_delay_no_webhook(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    While no press can be answered at the platform, presses are still taken at once.
    """
    gate = telegram.holds("answerCallbackQuery")
    app = webhook_app(channel, runner)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        child = telegram.child()
        query = child.taps("quiz.a")
        update = {
            "update_id": 1,
            "callback_query": {"id": query, "from": {"id": child.id}, "data": "quiz.a"},
        }
        answer = await client.post(
            HOOK, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}
        )
        assert answer.status_code == 200
        assert telegram.unanswered == {query}
        gate.set()
        await telegram.until(lambda: not telegram.unanswered)

    assert isinstance(runner.events[0], ButtonTapped)


async def test_every_press_is_answered_even_an_old_one(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    Presses, doubled and stale ones too, are answered; "query is too old" harms nothing.
    """
    child = telegram.child()
    child.starts()
    child.taps("lesson.old")
    child.taps("lesson.old")
    telegram.unanswered.remove(child.taps("too.late"))

    await channel.start(runner)
    await telegram.until(lambda: not telegram.unanswered and not telegram.waiting)
    await telegram.until(lambda: any("too old" in text for text in telegram.refusals))

    taps = [event.button for event in runner.events if isinstance(event, ButtonTapped)]
    assert taps == ["lesson.old", "lesson.old", "too.late"]


async def test_a_press_is_answered_when_the_store_is_down(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    The phone stops waiting although the press itself cannot be kept yet.
    """
    runner.fail_next = 10**6
    telegram.child().taps("go.help")

    await channel.start(runner)
    await telegram.until(lambda: not telegram.unanswered)

    assert telegram.waiting


@pytest.mark.parametrize(
    ("given", "passes"),
    [
        (SECRET, True),
        ("", False),
        (SECRET[:-1], False),
        (SECRET + "x", False),
        (SECRET.upper(), False),
        ("ë\udcff", False),
        (None, False),
    ],
)
async def test_only_our_secret_opens_the_door(
    channel: TelegramChannel, given: str | None, passes: bool
) -> None:
    """
    S1: a wrong, cut, foreign or missing secret is forged, whatever bytes it holds.
    """
    headers = {} if given is None else {"x-telegram-bot-api-secret-token": given}
    if passes:
        channel.verify(headers, b"{}")
        return
    with pytest.raises(Forged):
        channel.verify(headers, b"{}")


async def test_an_empty_secret_lets_nobody_in(telegram: TelegramStandIn) -> None:
    """
    A missing setting refuses every call rather than taking every call.
    """
    channel = channel_for(telegram, secret="")

    with pytest.raises(Forged):
        channel.verify({"x-telegram-bot-api-secret-token": ""}, b"{}")
    await channel.stop()


async def test_no_file_is_ever_fetched(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    S5: whatever is sent, no call but those of the protocol is made: no getFile, no download.
    """
    child = telegram.child()
    child.sends_photo("ma dergoi nje burre")
    for kind in ("video", "voice", "document", "sticker", "video_note", "audio", "animation"):
        child.sends(**{kind: {"file_id": "x", "file_unique_id": "y"}})
    child.sends(contact={"phone_number": "0000", "first_name": "x"})
    child.sends(location={"latitude": 0.0, "longitude": 0.0})

    await channel.start(runner)
    await telegram.until(lambda: len(runner.events) == 10)

    assert {name for name, _ in telegram.calls} == {
        "deleteWebhook",
        "getUpdates",
        "getChatMenuButton",
        "setChatMenuButton",
    }
    assert runner.events[0].caption == "ma dergoi nje burre"
    assert "0000" not in repr(runner.events)


async def test_a_block_is_told_and_a_group_is_left(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    A block reaches the runner; in a group the bot says nothing and goes.
    """
    child = telegram.child()
    child.starts()
    child.blocks()
    group = {"id": -1001, "type": "supergroup", "title": "Klasa"}
    telegram.update(
        ("m", -1001), message={"message_id": 1, "date": 0, "chat": group, "text": "ndihme"}
    )

    await channel.start(runner)
    await telegram.until(lambda: bool(telegram.named("leaveChat")))
    status = {"user": {"id": 1, "is_bot": True, "first_name": "Sigurt"}, "status": "left"}
    telegram.update(("s", -1001), my_chat_member={"chat": group, "new_chat_member": status})
    await telegram.until(lambda: not telegram.waiting)

    assert [type(event) for event in runner.events] == [Started, ChatLost]
    assert telegram.named("leaveChat") == [{"chat_id": "-1001"}]


async def test_bubbles_arrive_in_order_with_their_buttons(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    Two bubbles arrive as said: markup inert, a person's name before, help as the last row.
    """
    child = telegram.child()
    child.starts()
    help_button = Button("go.help", "Dua ndihmë")
    says = [
        say("1 < 2 & _x_ *y* </b>", name="Tom & <b>"),
        say(
            "Zgjidh.",
            buttons=(Button("a", "Po"), Button("b", "Jo")),
            help=help_button,
            calls=(Call("116 111", "Alo"),),
            grave=True,
        ),
    ]

    await channel.send(str(child.id), says, key="k")

    assert child.texts == ["Tom & <b>\n1 < 2 & _x_ *y* </b>", "Zgjidh.\n\n116 111: Alo"]
    assert child.shown[0].entities == [{"type": "bold", "offset": 0, "length": 9}]
    assert child.shown[1].buttons == [[("Po", "a"), ("Jo", "b")], [("Dua ndihmë", "go.help")]]
    assert [message.protected for message in child.shown] == [False, True]
    previews = telegram.named("sendMessage")[0]["link_preview_options"]
    assert previews == '{"is_disabled": true}'


async def test_a_long_answer_is_read_whole_and_in_order(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    8,000 characters with emoji and markup are split; nothing is lost, buttons come last.
    """
    child = telegram.child()
    child.starts()
    text = " ".join(f"{number} <i>👩‍👧</i> & ë." for number in range(600))

    await channel.send(str(child.id), [say(text, buttons=(Button("a", "Po"),))], key="k")

    assert " ".join(child.texts).split() == text.split()
    assert [bool(message.buttons) for message in child.shown] == [False] * (
        len(child.shown) - 1
    ) + [True]


@pytest.mark.parametrize(
    ("status", "why", "expected"),
    [
        (500, "Internal Server Error", ChannelDown),
        (502, "Bad Gateway", ChannelDown),
        (401, "Unauthorized", ChannelDown),
        (403, "Forbidden: bot was blocked by the user", ChatGone),
        (403, "Forbidden: user is deactivated", ChatGone),
        (400, "Bad Request: chat not found", ChatGone),
        (400, "Bad Request: message is too long", ChannelRefused),
    ],
)
async def test_refusals_are_cut_by_what_delivery_does_next(
    telegram: TelegramStandIn,
    channel: TelegramChannel,
    status: int,
    why: str,
    expected: type[ChannelError],
) -> None:
    """
    Each refusal of the platform becomes the one error that says what to do.
    """
    child = telegram.child()
    child.starts()
    telegram.fails("sendMessage", status, why)

    with pytest.raises(expected):
        await channel.send(str(child.id), [say("po")], key="k")


async def test_a_limited_chat_is_not_written_to_before_its_time(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    A 429 names its seconds; other chats are written to meanwhile; nothing is repeated.
    """
    child, other = telegram.child(), telegram.child()
    child.starts()
    other.starts()
    says = [say("e para"), say("e dyta"), say("e treta")]
    await channel.send(str(child.id), says[:1], key="before")
    telegram.fails("sendMessage", 429, "Too Many Requests", retry_after=35, chat=child.id)

    progress = Progress()
    with pytest.raises(ChannelBusy) as busy:
        await channel.send(str(child.id), says[1:], key="k", progress=progress)
    await channel.send(str(other.id), says, key="o")
    await channel.send(str(child.id), says[1:], key="k", progress=progress)

    assert busy.value.retry_after == 35
    assert child.texts == other.texts == ["e para", "e dyta", "e treta"]


async def test_a_retry_goes_on_where_it_stopped(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    After a broken line only the bubble that was on its way may be seen twice.
    """
    child = telegram.child()
    child.starts()
    says = [say("e para"), say("e dyta"), say("e treta")]
    telegram.cuts("sendMessage", skip=1, after=True)
    telegram.fails("sendMessage", 500, skip=1)

    progress = Progress()
    for _ in range(2):
        with pytest.raises(ChannelDown):
            await channel.send(str(child.id), says, key="k", progress=progress)
    await channel.send(str(child.id), says, key="k", progress=progress)

    assert child.texts == ["e para", "e dyta", "e dyta", "e treta"]


async def test_a_slow_chat_delays_no_other(
    telegram: TelegramStandIn, channel: TelegramChannel
) -> None:
    """
    With one chat's call hanging, twenty others are answered.
    """
    slow = telegram.child()
    slow.starts()
    gate = telegram.holds("sendMessage", chat=slow.id)
    hanging = asyncio.create_task(channel.send(str(slow.id), [say("prit")], key="slow"))
    others = [telegram.child() for _ in range(20)]
    for child in others:
        child.starts()
    await asyncio.gather(
        *(channel.send(str(child.id), [say("po")], key=str(child.id)) for child in others)
    )

    assert not hanging.done()
    assert all(child.texts == ["po"] for child in others)
    gate.set()
    await hanging
    assert slow.texts == ["prit"]


async def test_a_token_that_is_taken_away_sounds_once(telegram: TelegramStandIn) -> None:
    """
    A bot whose token was revoked tells somebody, once, and keeps every message for later.
    """
    alarms: list[str] = []
    channel = channel_for(telegram, alarm=alarms.append)
    child = telegram.child()
    child.starts()
    telegram.fails("sendMessage", 401, "Unauthorized", times=3)

    for _ in range(3):
        with pytest.raises(ChannelDown):
            await channel.send(str(child.id), [say("Mirë.")], key="k")
    assert alarms == ["telegram_shut"]

    await channel.send(str(child.id), [say("Mirë.")], key="k")
    telegram.fails("sendMessage", 401, "Unauthorized")
    with pytest.raises(ChannelDown):
        await channel.send(str(child.id), [say("Mirë.")], key="k")
    assert alarms == ["telegram_shut"] * 2


async def test_no_log_holds_a_token_or_a_word(
    telegram: TelegramStandIn,
    runner: Runner,
    channel: TelegramChannel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """
    S11 S45: at DEBUG, also when calls fail, no log holds the token, a chat id or a word.
    """
    for name in ("", "httpx", "httpcore.http11", "httpcore.connection", "telegram.Bot"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    child, word = telegram.child(), "fjalë-të-fshehta"
    child.says(word)
    telegram.fails("getUpdates", 500, word)
    telegram.fails("sendMessage", 400, f"Bad Request: can't parse: {word}")
    await channel.start(runner)
    await telegram.until(lambda: bool(runner.events))

    with pytest.raises(ChannelRefused) as refused:
        await channel.send(str(child.id), [say(word)], key="k")
    await channel.send(str(child.id), [say(word)], key="k")
    logging.getLogger("bot").error("send failed", exc_info=refused.value)

    logs = caplog.text
    assert "no updates at try 1" in logs
    assert "send failed" in logs
    for secret in (telegram.token, word, ascii(word)[1:-1], SECRET, str(child.id)):
        assert secret not in logs


async def test_a_press_and_a_message_may_come_swapped(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    R3: messages keep their order and say it; a press that overtakes them says of no order.
    """
    app = webhook_app(channel, runner)
    async with TelegramStandIn(webhook=httpx.ASGITransport(app), clock=None) as platform:
        runner.on_event = platform._wake
        platform.hook, platform.secret = HOOK, SECRET
        child = platform.child()
        late = platform.keeps_back("m", child)
        child.says("e para")
        child.says("e dyta")
        child.taps("quiz.a")
        await platform.until(lambda: len(platform.waiting) == 2)
        late.set()
        await platform.until(lambda: not platform.waiting)

    press, first, second = runner.kept.values()
    assert isinstance(press.event, ButtonTapped)
    assert press.order == 0
    assert [first.event.text, second.event.text] == ["e para", "e dyta"]
    assert 0 < first.order < second.order


async def test_a_pasted_text_of_8000_characters_is_heard_whole(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    The app cuts a long text in two messages; every word and emoji of it arrives, in order.
    """
    text = "".join(f"{number} 👩‍👧 më kërcënoi & <b>. " for number in range(400))[:8000]
    telegram.child().pastes(text)

    await channel.start(runner)
    await telegram.until(lambda: len(runner.texts) == 2)

    assert "".join(runner.texts) == text


async def test_an_edit_names_the_message_that_was_written_anew(
    telegram: TelegramStandIn, runner: Runner, channel: TelegramChannel
) -> None:
    """
    Edited words come with the id of the message they stand in, and when they were written.
    """
    child = telegram.child()
    child.says("alo")
    telegram.later(hours=1)
    child.edits("me kercenojne")

    await channel.start(runner)
    await telegram.until(lambda: len(runner.texts) == 2)

    said, edited = runner.kept.values()
    assert said.message == edited.message == str(child.left[0])
    assert (edited.event.sent_at - said.event.sent_at).total_seconds() >= 3600
