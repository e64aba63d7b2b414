"""Reports between the bot's client and the real helpline: sent, looked up, added to, told."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from fakes.helpline import KEY, Helpline

from api.reports import service as reports
from bot.engine.effects import AddToReport, FileReport
from bot.engine.events import Evidence, ReportMoved
from bot.feed import event_of
from bot.helpline import HelplineRefused, addition_of, report_of, sealed
from bot.helpline_http import HttpHelpline

CONVERSATION = "0123456789abcdef" * 2
WRONG = "0000111122223333"


class Line:
    """A real helpline and the bot's client to it."""

    def __init__(self, folder: Path) -> None:
        self.helpline = Helpline(folder)
        self.client = HttpHelpline.in_process(self.helpline.app, KEY)
        self.report_id = ""

    async def files(self, *, wants_news: bool = True, channel: str = "telegram") -> str:
        """Send a report as delivery does; its receipt."""
        effect = FileReport(
            report=1, kind="csam_address", reporter="child", language="sq",
            addresses=("https://example.com/dhoma",), wants_news=wants_news,
        )  # fmt: skip
        at = self.helpline.now
        where = {"conversation": CONVERSATION, "channel": channel}
        self.report_id, body = report_of(effect, **where, at=at)
        box = await self.client.key()
        answer = await self.client.post("report", sealed(body, box), key="file")
        return str(answer["receipt"])

    async def adds(self, receipt: str, key: str = "add", **what: object) -> dict[str, object]:
        """Add to it as delivery does, under this key of the post."""
        effect = AddToReport(receipt=receipt, **what)  # type: ignore[arg-type]
        body = addition_of(effect, key="row", at=self.helpline.now)
        kind = "addition" if effect.wants_news is None else "wants_news"
        posted = sealed(body, await self.client.key())
        return await self.client.post(kind, posted, key=key, contact_id=receipt)

    def tells(self, state: str, **more: object) -> None:
        """The helpline tells the reporter something."""
        self.helpline.later(minutes=5)
        self.helpline.does(partial(reports.tell, **more), self.report_id, state)

    async def news(self) -> list[ReportMoved]:
        """What the feed tells the conversation."""
        found = await self.client.events(0, 0)
        told = [event_of(item) for item in found.events if item["type"] == "report.news"]
        assert all(each and each[0] == CONVERSATION for each in told)
        return [each[2] for each in told if each and isinstance(each[2], ReportMoved)]


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """
    A helpline with nothing in it.
    """
    line = Line(tmp_path / "helpline")
    yield line
    await line.client.close()
    await line.helpline.close()


async def test_a_code_brings_what_became_of_the_report(line: Line) -> None:
    """
    From the sending to the removal: what the helpline tells is what the holder reads.
    """
    receipt = await line.files()
    assert len(receipt) == 16
    assert [each.state for each in (await line.client.report(receipt)).updates] == ["submitted"]

    again = line.helpline.now + timedelta(days=30)
    line.tells("filed", to="iwf")
    line.tells("removed", next=again)
    found = await line.client.report(receipt)

    assert [(each.state, each.to) for each in found.updates][-2:] == [
        ("filed", "iwf"),
        ("removed", ""),
    ]
    assert found.updates[-1].next == again
    assert (found.open, found.wants_news) == (True, True)


async def test_a_code_that_nobody_has_is_refused(line: Line) -> None:
    """
    Neither a look-up nor an addition tells more of a wrong code than that there is no report.
    """
    await line.files()

    with pytest.raises(HelplineRefused) as looked:
        await line.client.report(WRONG)
    with pytest.raises(HelplineRefused) as added:
        await line.adds(WRONG, words="x")

    assert looked.value.status == added.value.status == 404


async def test_guessing_is_slowed_for_additions_too(line: Line) -> None:
    """
    After a flood of wrong codes both are slowed, and the bot knows it from a wrong code (S36).
    """
    receipt = await line.files()
    statuses = set()
    for _ in range(40):
        with pytest.raises(HelplineRefused) as refused:
            await line.client.report(WRONG)
        statuses.add(refused.value.status)

    assert statuses == {404, 429}
    with pytest.raises(HelplineRefused) as slowed:
        await line.adds(receipt, words="x")
    assert slowed.value.status == 429


async def test_what_is_added_is_taken_once(line: Line) -> None:
    """
    Words of any kind, addresses and evidence are taken; the same addition again adds nothing.
    """
    receipt = await line.files()
    evidence = (Evidence("threat.photo" * 20, "\ud800" * 500),)
    what = {
        "words": "\u202e\x00\ud800<b>" + "ë" * 25_000,
        "addresses": tuple(f"https://example.com/{n}" + "a" * 2_000 for n in range(60)),
        "still": "yes",
        "severity": "disclosure",
        "evidence": evidence * 200,
    }

    assert (await line.adds(receipt, **what))["accepted"] is True
    again = await line.adds(receipt, key="later", **what)
    assert again["accepted"] is False


async def test_news_reach_the_chat_that_wants_them(line: Line) -> None:
    """
    Who wanted news is told through the feed, who stopped wanting them is not.
    """
    receipt = await line.files()
    line.tells("filed", to="isigurt")
    [moved] = await line.news()
    assert [(each.state, each.to) for each in moved.updates][-1:] == [("filed", "isigurt")]

    await line.adds(receipt, wants_news=False)
    line.tells("removed")

    assert len(await line.news()) == 1
    assert not (await line.client.report(receipt)).wants_news


async def test_nobody_is_told_who_did_not_ask(line: Line) -> None:
    """
    Without a wish for news the feed tells nothing; the code tells everything.
    """
    receipt = await line.files(wants_news=False)
    line.tells("removed")

    assert await line.news() == []
    assert (await line.client.report(receipt)).updates[-1].state == "removed"


async def test_no_receipt_reaches_a_log(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    """
    At the finest level neither end writes down a receipt that was asked or added with, right or
    wrong, also when somebody guesses (S36).
    """
    caplog.set_level(logging.DEBUG)
    receipt = await line.files()
    await line.client.report(receipt)
    await line.adds(receipt, words="hidden words")
    for _ in range(35):
        with pytest.raises(HelplineRefused):
            await line.client.report(WRONG)

    assert "guess" in caplog.text
    assert receipt not in caplog.text
    assert WRONG not in caplog.text
    assert "hidden words" not in caplog.text
