"""A month with the whole bot: which question came back when, as the phone shows it.

C3: what comes by itself comes within the hours, in neutral words. C4: nothing of a contact is
said to whoever holds the phone. R7: of several processes one asks. R8: the hours are those of
the clock on the wall, also when it changes (28 March 2027).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes.onlooker import CHILD
from fakes.phones import TelegramPhone, ViberPhone
from fakes.travel import KNOCK, Trip, awake, time_of, travelling
from fakes.way import ANSWER, NAME, TOLD, hurried

from bot.engine.flows import cover
from bot.engine.state import Learnt, State

FIRST = "2027-03-15 15:55"
AFTER_SCHOOL = range(14, 18)
CLOCK = ZoneInfo("Europe/Tirane")
THANKS = {"sq": "faleminderit", "en": "thank you"}
STRANGER = {"sq": "Unë jam Sigurt, një program.", "en": "I am Sigurt, a program."}
CURIOUS = {
    "sq": "kush eshte ky? cfare ka shkruar djali ketu",
    "en": "who is this? what has my son been writing here",
}
HELLO = {"sq": "Përshëndetje", "en": "Hello"}
Travels = Callable[..., AbstractAsyncContextManager[Trip]]


@pytest.fixture
def travels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Travels:
    """
    A child's journey through time, with what tests of their own hold taken out of the way.
    """
    hurried(monkeypatch)
    awake(monkeypatch)
    return lambda channel, language, *, local=FIRST, **more: travelling(
        channel, tmp_path, language, local, **more
    )


async def wants(trip: Trip, band: str = "11-13") -> None:
    """Through the first lesson (privacy), to a yes to questions after school."""
    await trip.begins(band)
    await trip.learns("t01")
    await trip.taps("yes")
    await trip.taps("after_school")


async def first_days(trip: Trip) -> None:
    """Lessons on days 0, 1 and 3; the third is tender, and is open when a question is due."""
    await wants(trip)
    await trip.until("2027-03-16 16:10")
    await trip.learns("t09", right=False)
    await trip.until("2027-03-17 18:30")
    await trip.taps("yes")
    await trip.answers()
    await trip.until("2027-03-18 16:08")
    await trip.learns("t06")
    last = trip.wall()
    await trip.until("2027-03-18 18:30")
    assert trip.unasked[-1].at == last + cover.LIVE, "who was just there is not asked"
    await trip.taps("yes")
    await trip.answers(right=False)


async def comes_back(trip: Trip, at: str) -> None:
    """The child writes again, and is met with the question that waits."""
    await trip.until(at)
    await trip.says(HELLO[trip.language])
    assert "yes" in trip.options, trip.read[-2:]
    await trip.taps("yes")


async def tells_and_is_answered(trip: Trip, *, at: str, closed: str) -> None:
    """The child tells of harm and a counsellor answers, who ends the talk later."""
    await trip.until(at)
    await trip.says(TOLD[trip.language])
    await trip.taps("no")
    await trip.taps("yes")
    await trip.person(ANSWER[trip.language])
    before = len(trip.unasked)
    await trip.until(closed)
    assert len(trip.unasked) == before, "nothing comes by itself while a person is there"
    await trip.says(THANKS[trip.language])
    await trip.closes()


def asked_when(trip: Trip) -> None:
    """What holds of everything that came by itself."""
    times = [came.at.astimezone(CLOCK) for came in trip.unasked]
    assert all(at.hour in AFTER_SCHOOL for at in times)
    assert len({at.date() for at in times}) == len(times), "two on one day"
    assert len(set(trip.asked_of())) == len(trip.asked_of()), "the same question twice"
    assert {came.text for came in trip.unasked} == {KNOCK[trip.language]}


@pytest.mark.parametrize("language", ["sq", "en"])
async def test_a_month_on_telegram(travels: Travels, language: str) -> None:
    """
    C3, R8: a child says yes on day 0. Each question comes once, at its hour by the clock on the
    wall, also after it was put forward; later means tomorrow; silence ends it until the child
    is back; a person is never interrupted; "don't ask me any more" ends it for good.
    """
    async with travels("telegram", language) as trip:
        await first_days(trip)
        await trip.until("2027-03-20 16:30")
        await trip.taps("later")
        await trip.until("2027-03-24 17:00")
        assert trip.knocks == ["03-17 16", "03-18 16", "03-20 16", "03-21 16"]

        await comes_back(trip, "2027-03-24 17:00")
        assert await trip.answers() == "t09.2"
        await trip.learns("t10")
        await trip.learns("t16", right=False)
        await trip.until("2027-03-25 17:45")
        await trip.says("menu")
        await trip.taps("review")
        assert await trip.answers(again="no") == "t01.2"
        await trip.until("2027-03-26 17:50")
        await trip.taps("yes")
        assert await trip.answers() == "t10.1"
        await tells_and_is_answered(trip, at="2027-03-26 19:30", closed="2027-03-28 18:50")
        await trip.until("2027-03-29 18:10")
        await trip.taps("yes")
        assert await trip.answers() == "t16.1"
        await trip.restarts()
        await trip.until("2027-03-31 18:10")
        await trip.taps("yes")
        assert await trip.answers() == "t10.2"
        await trip.until("2027-04-03 18:10")
        await trip.taps("stop")
        await trip.until("2027-06-01 12:00")

        assert trip.knocks[4:] == ["03-26 17", "03-29 17", "03-31 17", "04-03 14"]
        asked_when(trip)


@pytest.mark.parametrize("language", ["sq", "en"])
async def test_a_month_on_viber(travels: Travels, language: str) -> None:
    """
    C3, R8: where a message costs after 24 hours of silence none is sent then, nor is anything
    left out at the door; what waits is offered in the first answer when the child writes next,
    at whatever hour that is, and the end is the same.
    """
    async with travels("viber", language) as trip:
        await first_days(trip)
        await comes_back(trip, "2027-03-24 17:00")
        assert await trip.answers() == "t09.2"
        await trip.learns("t10")
        await trip.learns("t16", right=False)
        await trip.until("2027-03-25 17:45")
        await trip.says("menu")
        await trip.taps("review")
        assert await trip.answers(again="no") == "t01.2"
        await trip.until("2027-03-26 17:50")
        await trip.taps("yes")
        assert await trip.answers() == "t10.1"
        await tells_and_is_answered(trip, at="2027-03-26 19:30", closed="2027-03-28 18:50")
        await trip.until("2027-03-29 18:10")
        await trip.taps("yes")
        assert await trip.answers() == "t16.1"
        await trip.restarts()
        await comes_back(trip, "2027-03-31 21:10")
        assert await trip.answers() == "t10.2"
        await trip.until("2027-04-04 09:00")
        await trip.says(HELLO[language])
        await trip.taps("stop")
        await trip.until("2027-06-01 12:00")

        assert trip.knocks == ["03-17 16", "03-18 16", "03-26 17", "03-29 17"]
        asked_when(trip)
        assert isinstance(trip.phone, ViberPhone)
        assert (trip.phone.platform.charged, trip.phone.platform.refusals) == ([], [])
        assert [bot.delivery.left_out for bot in trip.phone.bots] == [0]


async def test_two_processes_ask_once(travels: Travels) -> None:
    """
    R7: two processes look at the same moment, one of them although the other holds the lease:
    the question comes once, and once more on the day after "later".
    """
    async with travels("telegram", "sq", processes=2) as trip:
        await wants(trip)
        for at in ("2027-03-17 16:30", "2027-03-18 17:30"):
            await trip.until(at, at_once=True)
            await trip.taps("later")
        await trip.until("2027-04-30 12:00", at_once=True)

        assert trip.knocks == ["03-17 16", "03-18 16"]


async def test_a_service_that_was_away_asks_in_the_hours(travels: Travels) -> None:
    """
    C3: a service that ends before the hour and begins again at night says nothing then; the
    question comes when the hours begin on the next day, and once.
    """
    async with travels("telegram", "sq") as trip:
        await wants(trip)
        await trip.until("2027-03-17 10:00")
        await trip.restarts(at="2027-03-17 23:40")
        await trip.jumps("2027-03-17 23:40")
        await trip.until("2027-03-30 12:00")

        assert trip.knocks == ["03-18 14"]


@pytest.mark.parametrize("back", ["2027-03-17 17:10", "2027-03-17 21:30"])
async def test_a_platform_that_was_away_brings_no_question_at_night(
    travels: Travels, back: str
) -> None:
    """
    C3: the question is on its way when the platform fails and the service is started anew.
    Within the hours it arrives, once; after them it is not delivered any more.
    """
    async with travels("telegram", "sq") as trip:
        await wants(trip)
        await trip.until("2027-03-17 15:30")
        assert isinstance(trip.phone, TelegramPhone)
        mended = trip.phone.platform.breaks("sendMessage")
        await trip.until("2027-03-17 16:20")
        mended()
        await trip.restarts(at=back)
        await trip.until("2027-03-30 12:00")

        assert trip.knocks == (["03-17 17"] if "17:10" in back else [])
        assert await trip.count("outbox") == 0
        await trip.says("menu")
        assert "review" in trip.options


@pytest.mark.parametrize(
    ("lesson", "due"),
    [("2027-03-26 18:20", "2027-03-28 18"), ("2027-10-29 18:20", "2027-10-31 18")],
)
async def test_hours_are_those_of_the_wall_when_the_clock_changes(
    travels: Travels, lesson: str, due: str
) -> None:
    """
    R8: two days over the change of the clock are two days by the clock on the wall.
    """
    async with travels("telegram", "en", local=lesson) as trip:
        await trip.begins("14-17")
        await trip.learns("t01")
        await trip.taps("yes")
        await trip.taps("evening")
        await trip.until(f"{due}:59")

        assert trip.knocks == [due[5:]]


async def test_a_question_waits_on_the_page(travels: Travels) -> None:
    """
    In the browser the short question stands on the page; who comes back after its words are
    gone finds it in the menu.
    """
    async with travels("web", "sq") as trip:
        await wants(trip)
        await trip.until("2027-03-17 18:00")
        assert trip.knocks == ["03-17 16"]
        await trip.taps("yes")
        assert await trip.answers() == "t01.1"
        await trip.until("2027-03-25 18:00")
        await trip.says("menu")
        await trip.taps("review")
        assert await trip.answers() == "t01.2"
        assert trip.knocks == ["03-17 16", "03-22 14"]


async def test_opening_the_chat_begins_no_session(travels: Travels) -> None:
    """
    On Viber whoever only opens the chat has not written: a question that comes due then is not
    spent on a message that would cost, and is offered when the child writes.
    """
    async with travels("viber", "sq") as trip:
        await wants(trip)
        await trip.until("2027-03-17 09:00")
        await trip.opens()
        await trip.until("2027-03-19 16:30")
        assert trip.knocks == []
        await trip.says(HELLO["sq"])
        await trip.taps("yes")
        assert await trip.answers() == "t01.1"
        assert isinstance(trip.phone, ViberPhone)
        assert trip.phone.platform.charged == []


MANY, WAVE = 120, 60
WANTS = replace(
    CHILD,
    band="11-13",
    asked="t01-privacy-11-13/remind",
    options=("yes", "no"),
    lesson="t01-privacy-11-13",
    remind_at=(8, 20),
    learned=(Learnt(topic="t01", after="right", done_at=time_of(FIRST)),),
)


async def test_days_of_many_leave_nothing_behind(
    travels: Travels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    R12: many children whose questions are due in one moment are each asked once. Of those who
    answer, put off, stop or say nothing no row stays in the outbox, a timer only for who is
    to be asked again, and two days later no id of an update or a message.
    """
    monkeypatch.setattr(State, "new", classmethod(lambda cls: WANTS))
    async with travels("telegram", "sq") as trip:
        assert isinstance(trip.phone, TelegramPhone)
        children = [trip.phone.platform.child() for _ in range(MANY)]
        for child in children:
            child.started = True
            child.taps("t01-privacy-11-13/remind.yes")
            if child in children[::WAVE]:
                await trip.looks()
        await trip.until("2027-03-15 16:10")
        assert await trip.count("timers") == MANY

        await trip.until("2027-03-17 16:10")
        assert [child.texts.count(KNOCK["sq"]) for child in children] == [1] * MANY
        for child, button in zip(children, cycle(("yes", "later", "stop", "")), strict=False):
            if button:
                child.taps(f"review.{button}")
        await trip.until("2027-03-17 20:00")
        assert await trip.count("outbox") == 0
        assert await trip.count("timers") == MANY // 4  # those who said later

        await trip.until("2027-03-21 12:00")
        await trip.phone.bot.clock.tidy()
        assert [child.texts.count(KNOCK["sq"]) for child in children[1::4]] == [2] * (MANY // 4)
        rows = {table: await trip.count(table) for table in ("outbox", "timers", "seen", "shown")}
        assert rows == {"outbox": 0, "timers": 0, "seen": 0, "shown": 0}


@pytest.mark.parametrize("language", ["sq", "en"])
async def test_a_stranger_at_the_question_learns_nothing(travels: Travels, language: str) -> None:
    """
    C4, scene 14: a child who told and was answered is asked two days after its lesson, when
    somebody else has the phone. Neither the question, nor the answer to "what has my son been
    writing here", nor a press on yes shows that there was ever anything but lessons.
    """
    async with travels("viber", language) as trip:
        await wants(trip)
        before = len(trip.came)
        await tells_and_is_answered(trip, at="2027-03-16 18:30", closed="2027-03-16 19:50")
        told = {*trip.read[before:], TOLD[language], NAME}
        after = len(trip.came)
        await trip.until("2027-03-17 17:30")
        await trip.says(CURIOUS[language])
        assert trip.read[after].startswith(KNOCK[language])
        assert trip.read[after + 1].startswith(STRANGER[language])
        await trip.until("2027-03-17 19:30")
        await trip.presses("review.yes")
        assert await trip.answers() == "t01.1"

        assert not [said for said in trip.read[after:] if any(word in said for word in told)]
