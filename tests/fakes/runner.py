"""A runner that keeps no books: it notes what came in and answers from a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.channels.base import Inbound
from bot.channels.web import WebChannel
from bot.engine.effects import Button, Call, Say
from bot.engine.events import AnyEvent, ButtonTapped, ExitPressed, LanguageChosen, Started

Answers = Callable[[AnyEvent], Sequence[Say]]


class FakeRunner:
    """Takes each update once; answers go to the channel a moment later, as delivery does."""

    def __init__(self, web: WebChannel, answers: Answers) -> None:
        self._web = web
        self._answers = answers
        self._seen: set[str] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self.taken: list[Inbound] = []
        self.fault: Exception | None = None
        self.erases = ""  # the word that ends a talk, as ``Erase`` does

    @property
    def events(self) -> list[AnyEvent]:
        """What came in, repeats left out."""
        return [inbound.event for inbound in self.taken]

    async def handle(self, inbound: Inbound) -> bool:
        """As ``Runner.handle``; ``fault`` stands for a database that cannot store."""
        if self.fault:
            raise self.fault
        if inbound.update_id in self._seen:
            return False
        self._seen.add(inbound.update_id)
        self.taken.append(inbound)
        if self.erases and self.erases == getattr(inbound.event, "text", ""):
            await self._web.log.drop(self._web.conversation(inbound.address))
            return True
        says = list(self._answers(inbound.event))
        if says:
            sending = self._web.send(inbound.address, says, key=inbound.update_id)
            task = asyncio.create_task(sending)
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return True

    async def settle(self) -> None:
        """Wait until all answers are with the channel."""
        await asyncio.gather(*self._sending)


GREETING = (
    Say(
        key="greeting",
        text="Përshëndetje. Unë jam Sigurt, një program.\nHello. I am Sigurt, a computer program.",
        buttons=(Button("sq", "Shqip"), Button("en", "English")),
        mood="calm",
    ),
)


def short_answers(event: AnyEvent) -> Sequence[Say]:
    """One or two bubbles for each event; none at the exit."""
    match event:
        case Started():
            return GREETING
        case ExitPressed():
            return ()
        case ButtonTapped(button="en") | LanguageChosen(language="en"):
            return (Say(key="hello", text="Hello.", language="en", buttons=_GO["en"]),)
        case ButtonTapped(button="go.help"):
            return DOORS["sq"]
    return (Say(key="listening", text="Po të dëgjoj.", buttons=_GO["sq"]),)


def doors(language: str) -> Sequence[Say]:
    """The ways to help when nothing can be stored."""
    return DOORS[language]


_GO = {
    "sq": (Button("on", "Vazhdoj"), Button("later", "Më vonë")),
    "en": (Button("on", "Go on"), Button("later", "Later")),
}
DOORS = {
    "sq": (
        Say(
            key="help",
            text="Me telefon mund të flasësh që tani.",
            calls=(Call("116 111", "ditë e natë, falas"), Call("129", "policia")),
            grave=True,
        ),
    ),
    "en": (
        Say(
            key="help",
            text="You can talk to someone on the phone now.",
            calls=(Call("116 111", "day and night, free"), Call("129", "police")),
            grave=True,
            language="en",
        ),
    ),
}
