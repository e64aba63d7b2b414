"""Reports when something breaks or takes long: nothing lost, nothing twice, and the truth said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.lifeline import CONTENT
from fakes.reporting import HOURS, Chatting, says_of, street
from fakes.travel import awake
from fakes.way import hurried

from api.reports import service as reports
from bot.engine.content import LANGUAGES
from bot.engine.flows.clock import CLOCK
from bot.helpline import HelplineUnavailable
from bot.helpline_http import HttpHelpline

WEEK_ON, DAY_AFTER = "2026-11-29 21:30", "2026-11-30 12:00"
AGAIN = {"sq": "menu", "en": "menu"}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Nobody waits for a limit of speed, and time passes when it is moved.
    """
    hurried(monkeypatch)
    awake(monkeypatch)


def breaks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each report that is posted takes the next fault; ``after``: the helpline has it already."""
    faults: list[str] = []
    post = HttpHelpline.post

    async def faulty(line: HttpHelpline, kind: str, *args: Any, **more: Any) -> Any:
        fault = faults.pop(0) if faults and kind == "report" else ""
        answer = None if fault == "down" else await post(line, kind, *args, **more)
        if fault:
            raise HelplineUnavailable(fault)
        return answer

    monkeypatch.setattr(HttpHelpline, "post", faulty)
    return faults


async def sends(each: Chatting, faults: list[str], *fault: str) -> None:
    """Answer everything and send, while the line breaks in these ways."""
    await each.fills_all()
    faults += fault
    await each.taps("send")
    while len(faults) == len(fault):
        await each.looks(unasked=False)


def phrase(key: str, language: str) -> str:
    """The words of a phrase for a child of this age."""
    variants = CONTENT.phrases[language][key]
    return (variants.get("14-17") or variants["all"]).partition("{")[0].strip()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_one_report_and_one_filing_whatever_breaks(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The helpline is down when it is sent, the bot ends and begins anew, the helpline takes it and
    its answer is lost; NCMEC takes what it is sent and the answer is lost, twice: there is one
    report with one code, one filing, and one news of it.
    """
    faults = breaks(monkeypatch)
    async with street("telegram", tmp_path, language, ["sexual_extortion"]) as there:
        [each] = there.people
        with there.known(each):
            await sends(each, faults, "down", "after")
        await each.restarts()
        assert there.ids == []
        assert phrase("report.delayed", language) in "\n".join(each.read)
        while each.question != "report_code":
            await there.service.later()
            await each.looks(unasked=False)
        await each.reads_code()
        assert faults == []
        assert len(there.ids) == sum(phrase("report.code", language) in s for s in each.read) == 1

        bureau = there.bureau
        bureau.ncmec.faults = ["cut after", "500 after"]
        bureau.judges(there.ids[0], each.kind)
        made = bureau.desk.files(there.ids[0], "ncmec")
        bureau.desk.turn(times=5)
        assert bureau.desk.view(made).state == "acknowledged"
        assert list(bureau.ncmec.filed) == [bureau.desk.view(made).reference]
        told = [one.state for one in bureau.view(there.ids[0]).updates]
        assert told == ["submitted", "assessing", "filed"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_seven_days_without_news_are_answered(language: str, tmp_path: Path) -> None:
    """
    After seven days in which somebody worked on a report its reporter hears that the work goes
    on, asked first and by day; of one on which nobody worked nothing untrue is said.
    """
    async with street("telegram", tmp_path, language, ["grooming", "other"]) as there:
        await there.reports()
        worked, untouched = there.people
        there.on("2026-11-22 17:00")
        there.bureau.does(reports.take, there.ids[0])
        await there.heard()
        await worked.looks()
        await worked.taps("show")
        there.on("2026-11-23 21:30")
        there.bureau.does(reports.add_note, there.ids[0], text="Pyeta platformën.")
        before = [len(each.came) for each in there.people]

        await worked.until(WEEK_ON)
        there.on(WEEK_ON)
        there.bureau.helpline.tick()
        await there.heard()
        for each, old in zip(there.people, before, strict=True):
            await each.looks()
            assert len(each.came) == old
        await worked.until(DAY_AFTER)
        [asked] = worked.came[before[0] :]
        assert asked.at.astimezone(CLOCK).hour in HOURS
        assert worked.question == "news"
        await there.bureau.office.opens(there.bureau.wall)  # duty ended days ago
        await worked.taps("show")

        [words] = says_of("working", language)
        assert words in "\n".join(worked.read[before[0] :])
        await untouched.looks()
        assert len(untouched.came) == before[1]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_half_a_report_is_kept_for_a_day(language: str, tmp_path: Path) -> None:
    """
    Left half-way it is taken up again where it was; after a day it is gone, at the helpline there
    never was anything, nobody is written to, and that it is gone is said when one is back.
    """
    async with street("telegram", tmp_path, language, ["grooming"]) as there:
        [each] = there.people
        with there.known(each):
            await each.opens_report()
        await each.taps("grooming")
        await each.says(AGAIN[language])
        await each.until("2026-11-23 10:00")
        await each.presses("go.report")
        assert each.question == "report_resume"
        await each.taps("go_on")
        await each.says(AGAIN[language])
        before = len(each.came)
        await each.until("2026-11-24 12:00")
        assert len(each.came) == before

        await each.presses("go.report")
        assert phrase("report.forgotten", language) in "\n".join(each.read[before:])
        assert each.question == "report"
        assert there.ids == []
