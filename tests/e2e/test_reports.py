"""A report of each kind from each channel: sent, judged, filed, answered, closed, told."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.reporting import (
    HEARD_BY,
    HOURS,
    KINDS,
    ORDER,
    AtDoor,
    Chatting,
    Street,
    answers_of,
    kinds_of,
    says_of,
    street,
)
from fakes.travel import awake
from fakes.way import hurried

from bot.engine.content import LANGUAGES
from bot.engine.flows.clock import CLOCK
from bot.engine.flows.receipt import SHOWN

PASSED = {"teacher": "professional", "other": "public"}
KNOCKS = ("telegram", "viber")  # a browser cannot be written to
Reporter = Chatting | AtDoor


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Nobody waits for a limit of speed, and time passes when it is moved.
    """
    hurried(monkeypatch)
    awake(monkeypatch)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ORDER)
async def test_each_kind_from_each_channel_to_its_end(
    channel: str, language: str, tmp_path: Path
) -> None:
    """
    Five kinds in this language, the other five in the other one; what staff read is what
    was reported, each is closed, and whoever reported is told the outcome: in the same chat,
    asked first and inside the safe hours, where a chat stays; and everywhere by the code.
    """
    kinds = kinds_of(channel, language)
    async with street(channel, tmp_path, language, kinds) as there:
        await there.reports()
        staff_read_it(there)
        there.works()
        staff_see_the_end(there)
        await there.heard()
        if channel in KNOCKS:
            await is_told_in_the_hours(there)
        for each in there.people:
            tells_all(await each.asks_with_code(), each)


def staff_read_it(there: Street) -> None:
    """Kind, language, who reported, what was answered, and where."""
    for report_id, each in zip(there.ids, there.people, strict=True):
        told, plan = there.bureau.view(report_id).told, KINDS[each.kind]
        wanted = (each.kind, there.language, PASSED.get(plan.role, plan.role), there.channel)
        assert (told.kind, told.language, told.reporter, told.channel) == wanted
        answers = answers_of(each.kind, each.number)
        assert told.addresses == tuple(filter(None, [answers.get("where")]))
        for name in answers.keys() & {"now", "safe", "in_picture", "given", "deadline", "suspect"}:
            assert getattr(told, name) == answers[name]


def staff_see_the_end(there: Street) -> None:
    """Each is closed, and its reporter was told each step of it."""
    for report_id, each in zip(there.ids, there.people, strict=True):
        view = there.bureau.view(report_id)
        assert view.line.state == "closed"
        assert [one.state for one in view.updates] == ["submitted", *KINDS[each.kind].told]


async def is_told_in_the_hours(there: Street) -> None:
    """Late in the evening nothing is said; on the next day each is asked, and told then."""
    people: list[Chatting] = there.people
    before = [len(each.came) for each in people]
    await people[0].until(HEARD_BY)
    for each, old in zip(people, before, strict=True):
        [asked] = each.came[old:]
        assert asked.unasked
        assert asked.at.astimezone(CLOCK).hour in HOURS
        assert each.question == "news"
        await each.taps("show")
        tells_all("\n".join(each.read[old:]), each)


def tells_all(read: str, each: Reporter) -> None:
    """The newest of what became of it, in the words of this language; nothing of what it was."""
    for state in KINDS[each.kind].told[-SHOWN:]:
        for part in says_of(state, each.language):
            assert part in read, (each.kind, state, read)
    for address in answers_of(each.kind, each.number).get("where", "").split():
        assert address not in read
