"""The service as a process, killed in the middle of a disclosure: all arrives, nothing doubles."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection
from pathlib import Path

import httpx
import pytest
from fakes import telegram as stand_in
from fakes.house import House
from fakes.lifeline import (
    ANSWER,
    LAST_ANSWER,
    MORE,
    PATIENCE,
    TOLD,
    TURNS,
    Lifeline,
    bubbles,
    until,
)
from fakes.telegram import TelegramStandIn

from api.crypto import load_box
from bot.engine.events import Helpline

KEY = "a key of forty characters, for tests only"
DEATHS = (("told", "press taken", "answer"), ("press", "answer read"))


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramStandIn]:
    """
    The platform, without limits of speed, and patient: a service takes seconds to start.
    """
    monkeypatch.setattr(stand_in, "PATIENCE", PATIENCE)
    async with TelegramStandIn(clock=None) as telegram:
        yield telegram


def house_of(folder: Path, telegram: TelegramStandIn, *options: str, **settings: str) -> House:
    """A service that answers on Telegram, by asking it."""
    common = {"HELPLINE_KEY": KEY, "TELEGRAM_TOKEN": telegram.token}
    return House(folder, *options, **common, TELEGRAM_API_URL=telegram.url, **settings)


async def converse(line: Lifeline, deaths: Collection[str]) -> str:
    """The whole conversation, with a death at each of these moments; returns the contact's id."""
    child, desk, say = line.child, line.desk, line.say
    child.starts()
    await line.sees(say[0])
    child.taps("j:onboarding:language.sq")
    await line.sees(say[1])
    async with line.death("told" in deaths):
        child.says(TOLD)
    await line.sees(*say[2:6])
    child.taps("danger.no")
    await line.sees(*say[6:8])
    async with line.death("press taken" in deaths):
        child.taps("offer.yes")
    await line.dies("press" in deaths)
    await line.sees(*say[8:10])
    contact = await line.contact()
    await desk.takes(contact)
    await line.sees(say[10])
    async with line.death("answer" in deaths):
        await desk.answers(contact, ANSWER)
    await line.sees(ANSWER)
    await line.dies("answer read" in deaths)
    child.says(MORE)
    await until(lambda: on_desk(line, contact, MORE))
    await desk.answers(contact, LAST_ANSWER)
    await line.sees(LAST_ANSWER)
    return contact


def repeats(line: Lifeline, say: list[str]) -> int:
    """How many bubbles came too often: one for each death at most, the one on its way."""
    return (Counter(line.read) - Counter(say)).total()


async def on_desk(line: Lifeline, contact: str, words: str) -> bool:
    """Whether the counsellor can read these words."""
    return words in await line.desk.log_of(contact)


async def events(house: House) -> list[str]:
    """What happened at the helpline, as it tells the bot."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers, trust_env=False) as http:
        answer = await http.get("/v1/events", params={"after": 0, "wait": 0})
    return [event["type"] for event in answer.json()["events"]]


@pytest.mark.parametrize("deaths", DEATHS, ids=" and ".join)
async def test_service_killed_in_a_disclosure(
    telegram: TelegramStandIn, tmp_path: Path, deaths: Collection[str]
) -> None:
    """
    R1: killed while the child is answered, at the press that opens the contact, or while the
    counsellor answers, and started again, it loses no bubble, repeats at most once what was
    on its way, opens one contact, and holds every word in it once; the talk goes on.
    """
    async with house_of(tmp_path, telegram) as house:
        line = Lifeline(telegram, house)
        await line.lives()
        contact = await converse(line, deaths)

        assert list(dict.fromkeys(line.read)) == line.say
        assert repeats(line, line.say) <= len(deaths)
        assert await line.desk.queue() == [contact]
        log = Counter(await line.desk.log_of(contact))
        assert [log[words] for words in (TOLD, MORE, ANSWER, LAST_ANSWER)] == [1, 1, 1, 1]
        happened = Counter(await events(house))
        assert (happened["contact.claimed"], happened["message.sent"]) == (1, 2)


async def test_helpline_down_keeps_the_contact(telegram: TelegramStandIn, tmp_path: Path) -> None:
    """
    With the helpline's service down the child is told the truth and the contact waits in the
    outbox, over a death of the bot as well; when it is back the contact arrives once.
    """
    away = House(tmp_path / "helpline", "--api-only", HELPLINE_KEY=KEY)
    public_key = load_box(away.data).public_key
    elsewhere = {"HELPLINE_URL": away.url, "HELPLINE_PUBLIC_KEY": public_key}
    bot = house_of(tmp_path / "bot", telegram, "--bot-only", **elsewhere)
    say = bubbles((*TURNS[:5], {"delayed": True}, {"arrives": True}), Helpline.UNREACHABLE)
    async with away, bot:
        line = Lifeline(telegram, bot)
        await bot.start()
        await tell_without_helpline(line, say)
        await bot.kill()
        await bot.start()
        assert await waiting(bot) == 1
        await away.start()
        await line.desk.enters(away.link)
        await line.reads(say)

        assert repeats(line, say) <= 1
        assert Counter(await line.desk.log_of(await line.contact()))[TOLD] == 1
        assert await waiting(bot) == 0


async def tell_without_helpline(line: Lifeline, say: list[str]) -> None:
    """A disclosure, up to the words that say that nobody has it yet."""
    steps = (
        (1, line.child.starts),
        (2, lambda: line.child.taps("j:onboarding:language.sq")),
        (6, lambda: line.child.says(TOLD)),
        (8, lambda: line.child.taps("danger.no")),
        (12, lambda: line.child.taps("offer.yes")),
    )
    for read, does in steps:
        does()
        await line.reads(say[:read])


async def waiting(bot: House) -> int:
    """How much waits in the outbox for the helpline."""
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False) as http:
        lines = (await http.get("/metrics")).text.splitlines()
    row = 'sigurt_bot_outbox_rows{lane="helpline",failed="false"} '
    return next(int(line.removeprefix(row)) for line in lines if line.startswith(row))
