"""A month with the whole bot, and a child that lives it: the clock on the wall is the test's.

    async with travelling("viber", folder, "sq", "2027-03-15 15:55") as trip:
        await trip.begins("11-13")
        await trip.learns("t01")
        await trip.until("2027-03-17 20:00")
        assert trip.knocks == ["03-17 16"]

Time stands still until it is moved. It moves twenty seconds with each act of the child, and
with ``until`` from one timer to the next; all clocks go by it, the platforms' too. Times are
those of Tirana. What came is what the phone shows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.desk import hire, seated
from fakes.helpline import KEY
from fakes.helpline import Helpline as RealHelpline
from fakes.lifeline import CONTENT
from fakes.phones import CHANNELS, PAUSE, TRIES, TelegramPhone, ViberPhone, WebPhone, knows_of
from fakes.way import Desk, Lines
from sqlalchemy import Connection, text

from bot.clock import Clock
from bot.engine.content import Ask, Lesson, Quiz
from bot.engine.events import AnyEvent, ButtonTapped, MessageReceived, Started
from bot.engine.flows.clock import CLOCK
from bot.helpline import contact_id_of
from bot.helpline_http import HttpHelpline

ACT = timedelta(seconds=20)
HOURS = "%m-%d %H"
KNOCK = {"sq": "Gati për një pyetje të shkurtër?", "en": "Ready for a short question?"}
ON_WALL = "2026-11-22 16:00"
ROUND = 500  # timers, until a test is told that one is set again and again

AnyPhone = TelegramPhone | ViberPhone | WebPhone


class Wall:
    """The clock on the wall; call it for the time, aware UTC."""

    def __init__(self, local: str) -> None:
        self.at = time_of(local)

    def __call__(self) -> datetime:
        return self.at

    def on(self, at: datetime) -> None:
        """It never goes back."""
        self.at = max(self.at, at)


def time_of(local: str) -> datetime:
    """A time as the clock in Tirana shows it, such as "2027-03-15 16:05"; aware UTC."""
    return datetime.fromisoformat(local).replace(tzinfo=CLOCK).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Came:
    """A bubble that the phone showed; ``unasked``: nobody had done anything."""

    at: datetime
    text: str
    unasked: bool

    @property
    def local(self) -> str:
        """When, by the clock in Tirana: month, day and hour."""
        return f"{self.at.astimezone(CLOCK):{HOURS}}"


class Trip:
    """One child and its phone, through time. ``came`` is everything that was shown."""

    def __init__(self, phone: AnyPhone, wall: Wall, language: str, office: Office) -> None:
        self.phone, self.wall, self.language, self.office = phone, wall, language, office
        self.came: list[Came] = []
        self.band = ""
        self.contacts = 0

    # What the child does

    async def begins(self, band: str) -> None:
        """From the first press to the menu."""
        self.band = band
        await self.looks(unasked=False)
        await self._acts(Started(at=self.wall()))
        for option in (self.language, "understood", "al", band, "go_on", "got_it"):
            await self.taps(option)

    async def opens(self) -> None:
        """The child opens the chat, and does nothing there."""
        await self._acts(Started(at=self.wall()))

    async def says(self, words: str) -> None:
        """The child writes."""
        await self._acts(MessageReceived(at=self.wall(), text=words))

    async def taps(self, option: str) -> None:
        """Press what the newest question offers under this name."""
        button = next((key for key in self.keys if key.rpartition(".")[2] == option), "")
        assert button, f"no {option} among {self.keys} after {self.read[-2:]}"
        await self._acts(ButtonTapped(at=self.wall(), button=button), self._label(button))

    async def presses(self, button: str) -> None:
        """Press a button that was shown before."""
        await self._acts(ButtonTapped(at=self.wall(), button=button))

    async def learns(self, topic: str, *, right: bool = True) -> None:
        """Take a lesson, from wherever the menu is, to its line of help, and go on."""
        await self.says("menu")
        await self.taps("lesson")
        while topic not in self.options:
            await self.taps("more")
        await self.taps(topic)
        while (place := self.place) != "end":
            await self.taps(self._choice(place, right=right))
        await self.taps("go_on")

    async def answers(self, *, right: bool = True, again: str = "yes") -> str:
        """Answer the question that came back, and whether it may come again; which it was."""
        if self.place == "gate":
            await self.taps("yes")
        lesson, place = self.question.split("/")
        await self.taps(self._choice(place, right=right))
        if self.place == "next":
            await self.taps(again)
        return f"{lesson.partition('-')[0]}.{place.removeprefix('review')}"

    # What the phone shows

    @property
    def keys(self) -> list[str]:
        """What can be pressed at the newest question, by the ids of its buttons."""
        return list(_keys(self.phone, self._lessons()))

    @property
    def options(self) -> list[str]:
        """The same, without the question's name."""
        return [key.rpartition(".")[2] for key in self.keys]

    @property
    def question(self) -> str:
        """The name of the newest question."""
        return next((key.rpartition(".")[0] for key in self.keys), "")

    @property
    def place(self) -> str:
        """Where in a lesson it stands."""
        return self.question.partition("/")[2]

    @property
    def read(self) -> list[str]:
        """Every bubble, oldest first."""
        return [each.text for each in self.came]

    @property
    def knocks(self) -> list[str]:
        """When the short question came by itself."""
        return [came.local for came in self.unasked if KNOCK[self.language] in came.text]

    @property
    def unasked(self) -> list[Came]:
        """What came by itself, save what the helpline sent."""
        return [came for came in self.came if came.unasked]

    def asked_of(self) -> list[str]:
        """The questions that came back, in their order, such as ``t01.1``."""
        reviews = tuple(self._reviews())
        return [name for said in self.read for name, quiz in reviews if said.startswith(quiz.say)]

    # Time passes

    async def until(self, local: str, *, at_once: bool = False) -> None:
        """Go on to this time; each timer that comes due on the way fires at its moment.

        ``at_once``: all processes wake whom they can, whoever of them holds the lease.
        """
        end = time_of(local)
        assert end >= self.wall()
        for _ in range(ROUND):
            due = await self._next_timer()
            if due is None or due > end:
                break
            self.wall.on(due)
            await self._ticks(at_once=at_once)
        else:
            raise AssertionError("a timer is set again and again")
        self.wall.on(end)
        await self.looks()

    async def jumps(self, local: str) -> None:
        """The clocks stood still, or the service was away: it is this time at once."""
        self.wall.on(time_of(local))
        await self._ticks()

    async def looks(self, *, unasked: bool = True) -> None:
        """Note what is new on the phone, once nothing is on its way."""
        await self._carried()
        shown = await self.phone.read()
        self.came += [Came(self.wall(), said, unasked) for said in shown[len(self.came) :]]

    async def restarts(self, *, at: str = "") -> None:
        """Every process ends, and others begin over the same data; they may do so later."""
        await self.phone.service.stops()
        if at:
            self.wall.on(time_of(at))
        await self.phone.service.starts()
        await self.looks()

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        return await self._ask(lambda c: _number(c, f"SELECT count(*) FROM {table}"))

    # The helpline

    async def person(self, words: str) -> None:
        """A counsellor takes the contact that the child opened, and writes."""
        self.contacts += 1
        desk = await self.office.opens(self.wall)
        await desk.takes(self._contact)
        await desk.writes(self._contact, words)
        await self._hears(words)

    async def closes(self) -> None:
        """The counsellor is there again, and ends the talk."""
        await (await self.office.opens(self.wall)).closes(self._contact)
        await self._hears("Elira")

    @property
    def _contact(self) -> str:
        return contact_id_of(self.phone.conversation, self.contacts)

    async def _hears(self, words: str) -> None:
        """Wait for a bubble of the helpline's."""
        before = len(self.came)
        for _ in range(TRIES):
            await self.looks(unasked=False)
            if any(words in came.text for came in self.came[before:]):
                return
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"{words!r} does not come")

    # Behind it

    async def _acts(self, event: AnyEvent, label: str = "") -> None:
        await self.looks()  # what came by itself until now
        self.wall.on(self.wall() + ACT)
        await knows_of(self.phone.bot)  # of a helpline last heard days ago nothing is said
        await self.phone.does(event, label)
        await self.looks(unasked=False)

    async def _ticks(self, *, at_once: bool = False) -> None:
        """All processes look at once."""
        clocks = [bot.clock for bot in self.phone.bots]
        await asyncio.gather(*(clock._wake_all() if at_once else clock.tick() for clock in clocks))
        await self.looks()

    async def _carried(self) -> None:
        """Return when nothing that is due waits to be carried to the phone."""
        due = "SELECT count(*) FROM outbox WHERE lane = 'channel' AND due_at <= :now AND NOT failed"
        for _ in range(TRIES):
            await self.phone.settled()
            now = int(self.wall().timestamp() * 1000)
            if not await self._ask(lambda c, now=now: _number(c, due, now=now)):
                return
            await asyncio.sleep(PAUSE)
        raise AssertionError("something is never carried")

    async def _next_timer(self) -> datetime | None:
        due = await self._ask(lambda c: c.execute(text("SELECT min(due_at) FROM timers")).scalar())
        return None if due is None else datetime.fromtimestamp(due / 1000, UTC)

    async def _ask(self, what: Callable[[Connection], Any]) -> Any:
        return await self.phone.bot.runner.ask(what)

    def _lessons(self) -> dict[str, Lesson]:
        return dict(CONTENT.lessons[self.language])

    def _choice(self, place: str, *, right: bool) -> str:
        """What this child presses at a place of the lesson that is open."""
        fixed = {"open": "start", "again": "go_on", "do": "done"}
        if place in fixed:
            return fixed[place]
        asked = _asked(self._lessons()[self.question.partition("/")[0]], place)
        judged = place == "quiz" or place.startswith("review")
        return next(each.id for each in asked.options if not judged or each.right == right)

    def _label(self, button: str) -> str:
        """What stands on an answer of a quiz."""
        name, _, place = button.rpartition(".")[0].partition("/")
        if place != "quiz":
            return ""
        asked = self._lessons()[name].quiz
        return next(each.label for each in asked.options if button.endswith(f".{each.id}"))

    def _reviews(self) -> Iterator[tuple[str, Quiz]]:
        for lesson in self._lessons().values():
            for number, review in enumerate(lesson.reviews, start=1):
                if lesson.band == self.band:
                    yield f"{lesson.topic}.{number}", review


class Office:
    """A real helpline whose clock is the test's; ``lines`` make a bot's line to it."""

    def __init__(self, folder: Path) -> None:
        self.helpline = RealHelpline(folder)
        self.lines: Lines = lambda: HttpHelpline.in_process(self.helpline.app, KEY)
        self._browsers: list[Any] = []

    async def opens(self, wall: Wall) -> Desk:
        """The desk, with somebody on duty who has just signed in."""
        self.helpline.now = wall()
        if not self._browsers:
            self._person = hire(self.helpline, "elira", "Elira", "counsellor", "supervisor")
        browser = await seated(self.helpline, self._person)
        self._browsers.append(browser)
        await browser.post("/duty", {"on": "yes"})
        return Desk(self.helpline, browser, "Elira")

    async def close(self) -> None:
        """It ends."""
        for browser in self._browsers:
            await browser.http.aclose()
        await self.helpline.close()


@asynccontextmanager
async def travelling(
    channel: str, folder: Path, language: str, local: str = ON_WALL, *, processes: int = 1
) -> AsyncIterator[Trip]:
    """A child with this channel, at this time, with somebody on duty."""
    wall, office = Wall(local), _office(folder)
    try:
        await office.opens(wall)
        making: AbstractAsyncContextManager[AnyPhone] = CHANNELS[channel](
            folder, office.lines, processes=processes, now=wall
        )
        async with making as phone:
            for bot in phone.bots:
                await knows_of(bot)
            yield Trip(phone, wall, language, office)
    finally:
        await office.close()


def _office(folder: Path) -> Office:
    (folder / "helpline").mkdir()
    return Office(folder / "helpline")


def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The helpline is asked again at once; timers fire only when the test moves the clock."""
    monkeypatch.setattr("bot.feed.WAIT", 0.0)
    monkeypatch.setattr("bot.feed.FOLLOW", 0.1)
    monkeypatch.setattr(Clock, "start", lambda self: self._scheduler.start())


def _asked(lesson: Lesson, place: str) -> Ask | Quiz:
    if place == "before":
        return lesson.before
    if place.startswith("try"):
        return lesson.tries[int(place[3:]) - 1]
    if place.startswith("review"):
        return lesson.reviews[int(place[6:]) - 1]
    return lesson.hook if place == "hook" else lesson.quiz


def _number(connection: Connection, query: str, **values: int) -> int:
    return int(connection.execute(text(query), values).scalar_one())


def _keys(phone: AnyPhone, lessons: dict[str, Lesson]) -> Sequence[str]:
    match phone:
        case TelegramPhone():
            return _on_telegram(phone, lessons)
        case ViberPhone():
            return [sent.removeprefix("▸") for _, sent in phone.child.buttons]
        case WebPhone():
            return _on_page(phone.page)


def _on_telegram(phone: TelegramPhone, lessons: dict[str, Lesson]) -> list[str]:
    for shown in reversed(phone.child.seen):
        if shown.poll and shown.poll.vote is None:
            return _of_poll(shown.poll.options, lessons)
        if shown.buttons:
            return [data for row in shown.buttons for _, data in row]
    return []


def _of_poll(options: list[str], lessons: dict[str, Lesson]) -> list[str]:
    """The answers of the quiz that has these labels."""
    for name, lesson in lessons.items():
        if [option.label for option in lesson.quiz.options] == options:
            return [f"{name}/quiz.{option.id}" for option in lesson.quiz.options]
    return []


def _on_page(page: str) -> list[str]:
    newest = re.split(r'<div class="turn" ', page)[-1]
    return re.findall(r'name="tap" value="([^"]+)"', newest)
