"""Each update comes twice at once, and each form is sent twice: nothing happens twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from fakes import telegram as stand_in
from fakes.house import House
from fakes.lifeline import ANSWER, LAST_ANSWER, MORE, PATIENCE, TOLD, Lifeline, until
from fakes.telegram import TelegramStandIn


async def test_everything_twice_happens_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R2: two processes share the work, every webhook call is made twice at the same moment, and
    the counsellor's form is sent twice: the child reads each bubble once, and there is one
    contact with each word in it once.
    """
    monkeypatch.setattr(stand_in, "PATIENCE", PATIENCE)
    async with TelegramStandIn(clock=None) as telegram, House(tmp_path, "--workers", "2") as house:
        telegram.repeats = 2
        house.settings |= {
            "PUBLIC_URL": house.url,
            "TELEGRAM_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
        }
        line = Lifeline(telegram, house)
        await line.lives()
        contact = await converse(line)

        assert line.read == line.say
        assert await line.desk.queue() == [contact]
        log = Counter(await line.desk.log_of(contact))
        assert [log[words] for words in (TOLD, MORE, ANSWER, LAST_ANSWER)] == [1, 1, 1, 1]
        assert telegram.unanswered == set()


async def converse(line: Lifeline) -> str:
    """The whole conversation; returns the contact's id."""
    child, desk, say = line.child, line.desk, line.say
    child.starts()
    await line.reads(say[:1])
    child.taps("j:onboarding:language.sq")
    await line.reads(say[:2])
    child.says(TOLD)
    await line.reads(say[:6])
    child.taps("danger.no")
    await line.reads(say[:8])
    child.taps("offer.yes")
    await line.reads(say[:10])
    contact = await line.contact()
    await desk.takes(contact)
    await line.reads(say[:11])
    await desk.answers(contact, ANSWER, times=2)
    await line.reads(say[:12])
    child.says(MORE)

    async def arrived() -> bool:
        return MORE in await desk.log_of(contact)

    await until(arrived)
    await desk.answers(contact, LAST_ANSWER, times=2)
    await line.reads(say)
    return contact
