"""Golden conversations again, with the whole bot between: what was said is what is read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from fakes.lifeline import CONTENT
from fakes.line import FakeLine
from fakes.phones import CHANNELS, PAUSE, TRIES, Phone, Service, knows_of, reads
from fakes.way import hurried
from nacl.public import PrivateKey

from bot import triage
from bot.engine.content import LANGUAGES
from bot.engine.effects import OpenContact, Say
from bot.engine.events import AnyEvent, ButtonTapped, ContactArrived, Helpline, Started
from bot.engine.state import State
from bot.helpline import (
    BoxKey,
    Duty,
    HelplineRefused,
    HelplineUnavailable,
    News,
    ReportState,
    contact_id_of,
)
from bot.script import (
    ABILITIES,
    BETWEEN,
    Script,
    Talk,
    begin,
    event_of,
    load_script,
    updates_of,
    words,
)

HERE = Path(__file__).parents[1] / "transcripts"
SCRIPTS = sorted(HERE.glob("*.toml"))
LESSONS = ("t14-help-8-10", "t06-threats-11-13", "t01-privacy-14-17")  # one for each band
FROM_HELPLINE = {"climbs", "joins", "writes", "leaves", "moved"}
AT_ONCE = {
    "delayed",
    "not_filed",
    "news",
    "addition",
}  # what the helpline answers to a letter, or does not
CLOCK = {
    "later",
    "hidden",
    "due",
    "days",
    "at",
    "opens",
    "notice",
}  # the wall clock is nobody's to move: the engine's own test
BEYOND = {
    "telegram": CLOCK | {"speak"},
    "viber": CLOCK | {"speak", "forwards", "edited"},
    "web": CLOCK | {"forwards", "edited", "blocked", "payload", "caption"},
}
KINDS = {  # of media
    "telegram": {"photo", "voice", "location", "sticker", "document"},
    "viber": {"photo", "sticker", "document"},
    "web": {"photo", "voice", "document"},
}


class Line(FakeLine):
    """The helpline's feed as it really waits, and its key as it really is.

    While ``deaf`` it takes no letters, but its feed goes on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()
        self.minutes: int | None = None
        self.reached = 0  # the bot has dealt with what happened up to here
        self.deaf = False
        self.receipt_given = ""
        self.told: Mapping[str, Any] = {}

    def happens(self, kind: str, conversation: str = "", **more: object) -> int:
        seq = super().happens(kind, conversation, **more)
        self.news.set()
        return seq

    async def goes(self, phone: Phone, *, down: bool) -> None:
        """Be out of reach, or back, and return when the bot knows it."""
        self.down = down
        self.news.set()
        await knows_of(phone.bot, Helpline.UNREACHABLE if down else Helpline.STAFFED)

    async def events(self, after: int, wait: float) -> News:
        self.reached = after
        if not self.items[after:] and not self.down:
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), wait)
            except TimeoutError:
                return News((), after)
        return await super().events(after, wait)

    async def key(self) -> BoxKey:
        return BoxKey.of(bytes(PrivateKey.generate().public_key))

    async def duty(self) -> Duty:
        duty = await super().duty()
        return replace(duty, usual_minutes=self.minutes)

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        if self.deaf:
            raise HelplineUnavailable("deaf")
        answer = await super().post(kind, body, key=key, contact_id=contact_id)
        if kind == "report":
            return answer | {"receipt": self.receipt_given}
        return answer | {"duty": {"on_duty": self.on_duty, "usual_minutes": self.minutes}}

    async def report(self, receipt: str) -> ReportState:
        if self.told.get("news") == "unknown":
            raise HelplineRefused(404)
        if self.told.get("news") == "unreachable":
            raise HelplineUnavailable("away")
        more = {name: self.told.get(name, False) for name in ("others", "open", "wants_news")}
        signpost = tuple(self.told.get("signpost", ()))
        return ReportState(updates_of(self.told, datetime.now(UTC)), signpost=signpost, **more)


def fits(script: Script, channel: str) -> bool:
    """Whether a child can do every turn on this channel; the rest is the engine's own test."""
    if script.channel not in ("", channel):
        return False
    kinds = {key for turn in script.turns for key in turn}
    media = {turn["media"] for turn in script.turns if "media" in turn}
    if channel == "web" and any("start" in turn for turn in script.turns[1:]):
        return False  # a page is opened again without a word
    if not ABILITIES[channel].stays and asks_for_news(script):
        return False  # nobody who comes back is in the same chat: only the code tells
    return not kinds & BEYOND[channel] and media <= KINDS[channel]


def asks_for_news(script: Script) -> bool:
    """Whether a reporter is asked in it whether to hear what came of the report."""
    return any("report.wants_news" in turn.get("bot", ()) for turn in script.turns)


def scripts() -> Iterator[tuple[str, Script]]:
    """Every golden conversation, and a lesson for each band up to where days would pass."""
    yield from ((path.stem, load_script(path)) for path in SCRIPTS)
    for name in LESSONS:
        script = load_script(HERE / "lessons" / f"{name}.toml")
        yield name, replace(script, turns=tuple(takewhile(no_days_pass, script.turns)))


def no_days_pass(turn: Mapping[str, Any]) -> bool:
    """Whether a turn follows the one before at once."""
    return not turn.keys() & CLOCK


def cases() -> Iterator[Any]:
    """Each script on each channel that it fits, in the languages by turns."""
    for place, (stem, script) in enumerate(scripts()):
        for number, channel in enumerate(name for name in CHANNELS if fits(script, name)):
            language = LANGUAGES[(place + number) % len(LANGUAGES)]
            name = f"{stem}-{channel}-{language}"
            yield pytest.param(script, channel, language, id=name)


@pytest.mark.parametrize(("script", "channel", "language"), list(cases()))
async def test_conversation_is_read_as_it_was_said(
    script: Script, channel: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Every bubble of a golden conversation is read on the phone, whole and in order, on each
    channel on which a child can do the same.
    """
    hurried(monkeypatch)
    start = begin(script, language, CONTENT, triage.read).state
    monkeypatch.setattr(State, "new", classmethod(lambda cls: start))
    line = line_of(script)
    oracle = Talk(CONTENT, triage.read, language, start, script.helpline, ABILITIES[channel])
    async with CHANNELS[channel](tmp_path, lambda: line) as phone:
        played = Played(phone, line, oracle)
        await played.begins(opened="start" in script.turns[0])
        for number, turn in enumerate(script.turns, start=1):
            await played.happens(turn, script.turns[number : number + 1], number)


def line_of(script: Script) -> Line:
    """The helpline as the script wants it."""
    line = Line()
    line.on_duty = 0 if script.helpline is Helpline.EMPTY else 1
    for turn in script.turns:
        line.minutes = turn.get("minutes", line.minutes)
        line.receipt_given = turn.get("filed", line.receipt_given)
        line.told = turn if "news" in turn else line.told
    return line


class Played:
    """A conversation in progress on a phone, with the engine beside it."""

    def __init__(self, phone: Any, line: Line, oracle: Talk) -> None:
        self.phone, self.line, self.oracle = phone, line, oracle
        self.service: Service = phone.service
        self.expected: list[str] = []

    async def begins(self, *, opened: bool) -> None:
        """The bot knows how it is at the helpline; a page opens the conversation by itself."""
        empty = self.oracle.helpline is Helpline.EMPTY
        await knows_of(self.phone.bot, Helpline.EMPTY if empty else Helpline.STAFFED)
        if self.oracle.helpline is Helpline.UNREACHABLE:
            await self.line.goes(self.phone, down=True)
        if self.phone.channel == "web" and not opened:
            self.hears(Started(at=self.oracle.at))

    def hears(self, event: AnyEvent) -> tuple[Any, ...]:
        """Let the engine answer, by the clock on the wall; what it says has to be read."""
        self.oracle.at = datetime.now(UTC) - BETWEEN
        effects = self.oracle.happens(event)
        self.expected += [effect.text for effect in effects if isinstance(effect, Say)]
        return effects

    async def happens(self, turn: Mapping[str, Any], following: Any, number: int) -> None:
        """One turn, and what the helpline answers to it by itself."""
        if turn.keys() & AT_ONCE or ("arrives" in turn and not self._deaf):
            return  # it came with the turn before
        if turn.keys() & {"arrives", "filed"}:
            await self._hears_again(event_of(turn, self.oracle, number), turn)
        else:
            self.line.deaf = bool(following and "not_filed" in following[0])
            await self._done(turn, number)
        for after in following:
            if after.keys() & AT_ONCE:
                self.hears(event_of(after, self.oracle, number))
        await reads(self.phone, self.expected)
        await self.phone.settled()

    @property
    def _deaf(self) -> bool:
        return self.line.deaf or self.line.down

    async def _done(self, turn: Mapping[str, Any], number: int) -> None:
        event = event_of(turn, self.oracle, number)
        label = self._label(event)
        effects = self.hears(event)
        if any(isinstance(effect, OpenContact) for effect in effects) and not self._deaf:
            minutes = self.line.minutes
            self.hears(ContactArrived(at=event.at, contact_id="c", minutes=minutes))
        if turn.keys() & FROM_HELPLINE:
            await self._helpline_does(turn)
        elif "timer" in turn:
            await self.service.wakes(self.phone.conversation, turn["timer"])
        else:
            await self.phone.does(event, label)

    def _label(self, event: AnyEvent) -> str:
        wanted = event.button if isinstance(event, ButtonTapped) else ""
        buttons = (button for say in reversed(self.oracle.shown) for button in say.buttons)
        return next((button.label for button in buttons if button.id == wanted), "")

    async def _hears_again(self, event: AnyEvent, turn: Mapping[str, Any]) -> None:
        """The helpline takes letters again."""
        self.line.deaf = True  # until the bot knows more than that a letter has arrived
        await self.line.goes(self.phone, down=False)
        self.oracle.helpline = Helpline.STAFFED
        self.hears(event)
        self.line.deaf = False
        await self.service.later()

    async def _helpline_does(self, turn: Mapping[str, Any]) -> None:
        """A person at the helpline acts, or nobody does."""
        conversation, line = self.phone.conversation, self.line
        contact = {"contact_id": contact_id_of(conversation, self.oracle.state.contacts)}
        if "joins" in turn:
            line.happens("contact.claimed", conversation, name=turn["joins"], **contact)
        elif "writes" in turn:
            more = contact | {"name": turn.get("name", "Elira")}
            text = words(turn["writes"], self.oracle.language)
            line.happens("message.sent", conversation, message_id="m", text=text, **more)
        elif "moved" in turn:
            told = updates_of(turn, datetime.now(UTC))
            updates = [{**each._asdict(), "at": each.at.isoformat()} for each in told]
            line.happens("report.news", conversation, report_id="r", updates=updates)
        elif "leaves" in turn:
            kind = "contact.closed" if turn.get("closed", True) else "contact.returned"
            more = contact | {"name": turn["leaves"], "by_hand": turn.get("put_back", False)}
            line.happens(kind, conversation, **more)
        else:
            more = {"step": turn["climbs"], "minutes": turn.get("minutes", 2), **contact}
            line.happens("contact.climbed", conversation, **more)
        await heard(line)


async def heard(line: Line) -> None:
    """Wait until the bot has dealt with what the helpline told, also when it says nothing."""
    for _ in range(TRIES):
        if line.reached >= len(line.items):
            return
        await asyncio.sleep(PAUSE)
    raise AssertionError("the bot does not hear the helpline")
