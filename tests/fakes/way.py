"""From the first press to a hidden chat, on any channel, with a real helpline behind it.

    async with walking("viber", folder, "sq") as way:
        await way.goes(*ONBOARDING, *DISCLOSURE)
        await way.person()

The engine walks beside the phone: what it says is what must be read, whole and in order.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fakes.desk import Browser, hire, seated
from fakes.helpline import KEY
from fakes.helpline import Helpline as RealHelpline
from fakes.lifeline import CONTENT
from fakes.phones import CHANNELS, PAUSE, TRIES, Phone, knows_of, reads

from bot import triage
from bot.channels.telegram import TelegramChannel
from bot.channels.web.door import Pace
from bot.engine.effects import AskReport, Effect, FileReport, OpenContact, Say
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ContactArrived,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    ReportNews,
    ReportStored,
    ReportUpdate,
)
from bot.engine.state import State
from bot.helpline import contact_id_of
from bot.helpline_http import HttpHelpline
from bot.script import ABILITIES, BETWEEN, Talk, event_of

Turn = Mapping[str, Any]
Lines = Callable[[], HttpHelpline]
NAME = "Elira"
PLACE = "https://kanali.example.com/dhoma"
DEFANGED = "hxxps://kanali[.]example[.]com/dhoma"
TOLD = {
    "sq": "dikush po më kërcënon me një foto, ç'të bëj 😢",
    "en": "someone is threatening me with a photo 😢",
}
SCARED = {"sq": "kam frikë, ç'të bëj", "en": "im scared, what do i do"}
ANSWER = {"sq": "I lexova të gjitha. Si je tani?", "en": "I have read it all. How are you now?"}
HELP = {"sq": "ndihmë", "en": "help"}
HIDE = {"sq": "fshihe bisedën", "en": "hide this chat"}


def taps(*options: str) -> tuple[Turn, ...]:
    """One press after the other."""
    return tuple({"tap": option} for option in options)


ONBOARDING: tuple[Turn, ...] = (
    {"start": True},
    {"tap": {"sq": "sq", "en": "en"}},
    *taps("understood", "al", "14-17", "go_on", "got_it"),
)
LESSON = taps("lesson", "t01", "start", "habits", "map", "photos", "recover")
QUIZ = taps("none", "again", "home", "done", "go_on", "no")  # no question in two days
_REPORT: tuple[Turn, ...] = (
    {"child": HELP},
    *taps("report", "go_on", "csam_address", "no"),
    {"child": PLACE},
    *taps("no", "yes"),
)
_SENT = taps("send", "written")
REPORT: Mapping[str, tuple[Turn, ...]] = {  # in a browser only the code tells what came of it
    "telegram": (*_REPORT, *taps("no"), *_SENT),
    "viber": (*_REPORT, *taps("no"), *_SENT),
    "web": (*_REPORT, *_SENT),
}
DISCLOSURE: tuple[Turn, ...] = ({"child": TOLD}, *taps("no", "yes"))
HIDING: Mapping[str, tuple[Turn, ...]] = {
    "telegram": ({"child": HIDE}, *taps("yes")),
    "viber": ({"child": HIDE}, *taps("done")),
    "web": ({"child": HIDE}, *taps("leave")),
}


class Desk:
    """A counsellor on duty at a real helpline, in this process."""

    def __init__(self, helpline: RealHelpline, browser: Browser, name: str) -> None:
        self.helpline, self._browser, self.name = helpline, browser, name

    async def queue(self) -> list[str]:
        """The contacts on the desk, by their ids."""
        return re.findall(r'id="q-([\w-]+)"', (await self._browser.get("")).text)

    async def takes(self, contact: str) -> None:
        """Claim a contact."""
        answer = await self._browser.post(f"/contacts/{contact}/claim")
        assert answer.status_code == 303, _words_of(answer.text)

    async def writes(self, contact: str, text: str) -> None:
        """Answer the child."""
        fields = {"text": text, "key": f"k{len(text)}"}
        answer = await self._browser.post(f"/contacts/{contact}/reply", fields)
        assert answer.status_code == 303, _words_of(answer.text)

    async def closes(self, contact: str) -> None:
        """End the talk."""
        answer = await self._browser.post(f"/contacts/{contact}/end")
        assert answer.status_code == 303, _words_of(answer.text)

    async def page(self, contact: str) -> str:
        """The words of the contact's page, as its counsellor sees it."""
        return _words_of((await self._browser.get(f"/contacts/{contact}")).text)

    async def sees(self, contact: str, words: str) -> str:
        """Wait until this stands on the contact's page, and return the page."""
        for _ in range(TRIES):
            if words in (page := await self.page(contact)):
                return page
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"staff do not see {words!r}")

    async def reports(self) -> list[str]:
        """The words of each report's page."""
        found = (await self._browser.get("/reports")).text
        names = dict.fromkeys(re.findall(r"/helpline/reports/([\w-]{36})", found))
        return [_words_of((await self._browser.get(f"/reports/{name}")).text) for name in names]


def _words_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page))


class Way:
    """One child, the engine beside it, and a person behind the line."""

    def __init__(self, phone: Phone, desk: Desk, language: str) -> None:
        self.phone, self.desk, self.language = phone, desk, language
        self.patient = True  # acts only when nothing is on its way any more
        self.talk = Talk(CONTENT, triage.read, language, State.new())
        self.talk.abilities = ABILITIES[phone.channel]
        self.said: list[str] = []
        self.grave: list[str] = []  # of what was said, what must not be passed on
        self.code = ""

    @property
    def contact(self) -> str:
        """The id of the contact that is open."""
        return contact_id_of(self.phone.conversation, self.talk.state.contacts)

    async def goes(self, *turns: Turn) -> None:
        """Do these, and read the whole answer to each."""
        for turn in turns:
            await self.goes_unread(turn)
            await self.reads()

    async def goes_unread(self, turn: Turn) -> None:
        """Do it as the app lets a child do it, and do not look."""
        if self.patient:
            await self.phone.settled()
        event, label = self.next(turn)
        if isinstance(event, ButtonTapped):
            assert await self.phone.offers(event.button, label), f"no button {event.button}"
        effects = self.hears(event)
        await self.phone.does(event, label)
        await self._outside(effects)

    def next(self, turn: Turn) -> tuple[AnyEvent, str]:
        """What happens in a turn, and what stands on the button."""
        event = event_of(turn, self.talk)
        wanted = event.button if isinstance(event, ButtonTapped) else ""
        buttons = (button for say in reversed(self.talk.shown) for button in say.buttons)
        return event, next((button.label for button in buttons if button.id == wanted), "")

    def hears(self, event: AnyEvent) -> tuple[Effect, ...]:
        """Let the engine answer; what it says has to be read."""
        self.talk.at = datetime.now(UTC) - BETWEEN
        effects = self.talk.happens(event)
        says = [effect for effect in effects if isinstance(effect, Say)]
        self.said += [say.text for say in says]
        self.grave += [say.text for say in says if say.grave]
        return effects

    async def _outside(self, effects: tuple[Effect, ...]) -> None:
        """What the helpline answers to what was ordered."""
        at = datetime.now(UTC)
        if any(isinstance(effect, OpenContact) for effect in effects):
            self.hears(ContactArrived(at=at, contact_id=self.contact, minutes=None))
        if any(isinstance(effect, FileReport) for effect in effects):
            self.code = await self._coded()
            self.hears(ReportStored(at=at, receipt=self.code))
        if any(isinstance(effect, AskReport) for effect in effects):
            told = {"updates": (ReportUpdate(at, "submitted"),), "open": True, "code": self.code}
            self.hears(ReportNews(at=at, found="known", **told))

    async def _coded(self) -> str:
        """The code of a report, as it is shown."""
        for _ in range(TRIES):
            for text in reversed(await self.phone.read()):
                if found := re.search(r"\d{4}(?: \d{4}){3}", text):
                    return found[0].replace(" ", "")
            await asyncio.sleep(PAUSE)
        raise AssertionError("no code is shown")

    async def reads(self) -> None:
        """Read everything that was said so far, no more and no less."""
        await reads(self.phone, self.said)

    async def asks_with_code(self) -> None:
        """Come back with the code of the report."""
        await self.goes({"child": HELP}, *taps("report", "code"), {"child": self.code})

    async def person(self) -> None:
        """A counsellor takes the contact and answers."""
        at, contact = datetime.now(UTC), self.contact
        await self.desk.takes(contact)
        self.hears(CounsellorJoined(at=at, contact_id=contact, name=self.desk.name))
        await self.reads()
        await self.writes(ANSWER[self.language])

    async def writes(self, text: str) -> None:
        """A counsellor writes."""
        await self.desk.writes(self.contact, text)
        at = datetime.now(UTC)
        wrote = CounsellorWrote(at=at, contact_id=self.contact, name=self.desk.name, text=text)
        self.hears(wrote)
        await self.reads()

    async def closes(self) -> None:
        """A counsellor ends the talk."""
        await self.desk.closes(self.contact)
        at = datetime.now(UTC)
        name = self.desk.name
        self.hears(CounsellorLeft(at=at, contact_id=self.contact, name=name, closed=True))
        await self.reads()


@asynccontextmanager
async def helpline_at(folder: Path, name: str = NAME) -> AsyncIterator[tuple[Desk, Lines]]:
    """A real helpline with one counsellor on duty, and what makes a bot's line to it."""
    await asyncio.to_thread(folder.mkdir)
    helpline = RealHelpline(folder)
    helpline.now = datetime.now(UTC)
    browser = await seated(helpline, hire(helpline, "elira", name, "counsellor", "supervisor"))
    await browser.post("/duty", {"on": "yes"})
    try:
        yield Desk(helpline, browser, name), lambda: HttpHelpline.in_process(helpline.app, KEY)
    finally:
        await browser.http.aclose()
        await helpline.close()


@asynccontextmanager
async def walking(
    channel: str, folder: Path, language: str, *, processes: int = 1, name: str = NAME
) -> AsyncIterator[Way]:
    """A child with this channel at the beginning of its way."""
    async with (
        helpline_at(folder / "helpline", name) as (desk, lines),
        with_phone(CHANNELS[channel](folder, lines, processes=processes)) as phone,
    ):
        yield Way(phone, desk, language)


@asynccontextmanager
async def with_phone(making: AbstractAsyncContextManager[Phone]) -> AsyncIterator[Phone]:
    """A phone whose bot knows, in every process, that somebody is on duty."""
    async with making as phone:
        for bot in phone.bots:
            await knows_of(bot)
        yield phone


def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platforms' limits of speed and the page's patience have tests of their own.

    The content is that which the engine beside the phone speaks, read once.
    """
    monkeypatch.setattr("bot.editions.authoring.load", lambda folder: CONTENT)
    unhurried = replace(TelegramChannel.capabilities, rest=0.0)
    monkeypatch.setattr(TelegramChannel, "capabilities", unhurried)
    monkeypatch.setattr("bot.channels.telegram.channel.PER_SECOND", 1e6)
    monkeypatch.setattr("bot.channels.web.talk.PATIENCE", 0.2)
    monkeypatch.setattr("bot.pages.Pace", lambda: Pace(amount=10**6))
