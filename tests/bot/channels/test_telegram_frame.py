"""What Telegram shows of the bot itself, in each language; and how seldom it is changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.telegram import TelegramStandIn
from fakes.telegram_bot import Runner, Time, channel_for

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.frame import parts_of
from bot.channels.words import load_words

WORDS = load_words(Path(__file__).resolve().parents[3] / "content")
PARTS = 3 * 4 + 1  # two languages and everybody else, and the menu button


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(clock=None) as telegram:
        yield telegram


def wanted(language: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    words = WORDS.get(language, WORDS["sq"])
    return words.name, words.about, words.description, list(words.commands.items())


def is_furnished(telegram: TelegramStandIn) -> bool:
    """Whether everybody sees what we mean them to see; Italians see Albanian.

    Menus are not inherited: until each has its own, one may still be on its way.
    """
    seen = all(telegram.profile_in(each) == wanted(each) for each in ("sq", "en", "it"))
    whole = set(telegram.commands) == {"", "sq", "en"}
    return seen and whole and telegram.menu_button == "commands"


async def furnish(telegram: TelegramStandIn, **more: object) -> TelegramChannel:
    """Start a channel and wait until its frame is as it should be."""
    channel = channel_for(telegram, words=WORDS, **more)
    await channel.start(Runner())
    await telegram.until(lambda: is_furnished(telegram))
    await channel.stop()
    return channel


async def test_the_frame_is_worded_in_each_language(telegram: TelegramStandIn) -> None:
    """
    Name, profile, description and commands come in each language, in Albanian for all others.
    """
    await furnish(telegram)

    assert telegram.commands["sq"][0]["command"] == "ndihme"
    assert not telegram.refusals


async def test_what_is_so_already_is_not_set_again(telegram: TelegramStandIn) -> None:
    """
    Ten restarts in a day change nothing, so the few changes of a name are never used up.
    """
    await furnish(telegram)
    set_before = [name for name, _ in telegram.calls if name.startswith("setMy")]
    assert telegram.renamed <= 3
    for _ in range(10):
        reads = len(telegram.named("getMyName"))
        channel = channel_for(telegram, words=WORDS)
        await channel.start(Runner())
        await telegram.until(lambda reads=reads: len(telegram.named("getMyName")) >= reads + 3)
        await channel.stop()

    assert [name for name, _ in telegram.calls if name.startswith("setMy")] == set_before


async def test_commands_in_another_order_are_put_right(telegram: TelegramStandIn) -> None:
    """
    Help is first in the menu; an old menu with the same words in another order is replaced.
    """
    await furnish(telegram)
    telegram.commands["en"].reverse()

    channel = channel_for(telegram, words=WORDS)
    await channel.start(Runner())
    await telegram.until(lambda: telegram.commands["en"][0]["command"] == "help")
    await channel.stop()


async def test_a_refused_part_keeps_neither_the_rest_nor_messages_waiting(
    telegram: TelegramStandIn,
) -> None:
    """
    While the name may not be changed today, everything else is set and messages are heard.
    """
    telegram.renamed = 5
    telegram.fails("setMyDescription", 400, "Bad Request: description is invalid")
    telegram.fails("setMyShortDescription", 500)
    telegram.fails("getMyCommands", 429, "Too Many Requests", retry_after=77)
    time, waiting = Time(), asyncio.Event()

    async def pause(seconds: float) -> None:
        if seconds > 3600:
            await waiting.wait()
        await time.sleep(seconds)

    runner = Runner()
    runner.on_event = telegram._wake
    channel = channel_for(telegram, words=WORDS, pause=pause)
    await channel.start(runner)
    menus = [wanted(each)[3] for each in ("sq", "en", "it")]
    await telegram.until(
        lambda: [telegram.profile_in(each)[3] for each in ("sq", "en", "it")] == menus
    )
    await telegram.until(lambda: len(telegram.named("setMyDescription")) >= 2)
    telegram.child().says("je aty?")
    await telegram.until(lambda: runner.texts == ["je aty?"])
    telegram.renamed = 0
    waiting.set()
    await telegram.until(lambda: telegram.profile_in("en")[:2] == wanted("en")[:2])
    await channel.stop()

    assert 77 in time.pauses


async def test_a_refused_token_is_named_by_its_setting_and_once_a_try(
    telegram: TelegramStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Whoever mistyped the token reads which setting to look at, not a line for each part.
    """
    telegram.fails("getChatMenuButton", 401, "Unauthorized")
    await furnish(telegram)

    assert [record.getMessage() for record in caplog.records if "not set" in record.message] == [
        "telegram: menu button not set (the token is refused: look at SIGURT_TELEGRAM_TOKEN)"
    ]


async def test_only_the_process_with_the_lease_words_the_frame(telegram: TelegramStandIn) -> None:
    """
    Of several processes one sets the frame; while nobody can tell which, none does.
    """
    answers: list[bool | Exception] = [OSError("no database"), False, True]

    async def held() -> bool:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        assert answer or not telegram.named("getMyName")
        return answer

    channel = channel_for(
        telegram, words=WORDS, mode="webhook", public_url="https://bot.example.com"
    )
    telegram.delivering.clear()
    await channel.start(Runner(), lease=held)
    await telegram.until(lambda: is_furnished(telegram))
    await channel.stop()

    assert answers == [True]


def test_every_part_of_every_language_is_set() -> None:
    """
    Nothing that the platform shows is left to chance, in no language.
    """
    channel = TelegramChannel(
        token="1:x",
        secret="s",
        turns=None,  # type: ignore[arg-type]
        files=None,  # type: ignore[arg-type]
        words=WORDS,
    )

    assert len(parts_of(channel._link, WORDS)) == PARTS
