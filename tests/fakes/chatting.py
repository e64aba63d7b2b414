"""A tiny engine that does in the chat what the first word says, and the child who tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fakes.talk import NOON, Step, said, say
from fakes.talk import step as echo

from bot.channels.base import Inbound
from bot.engine.effects import (
    AddToReport,
    AskReport,
    Button,
    CountCampaign,
    Effect,
    Erase,
    FileReport,
    Hide,
    Quiz,
    Say,
    TakeBack,
)
from bot.engine.events import (
    AdditionDelayed,
    AdditionStored,
    AnyEvent,
    ButtonTapped,
    ChatHidden,
    MessageReceived,
    PollAnswered,
    ReportDelayed,
    ReportNews,
    ReportStored,
)
from bot.engine.state import State

REPORT = FileReport(
    report=1,
    kind="csam_address",
    reporter="public",
    language="en",
    addresses=("https://example.com/x",),
    words="",
)
OPTIONS = (Button("q.a", "A"), Button("q.b", "B"))


def step(state: State, event: AnyEvent) -> Step:
    """Do it; what has no meaning here is answered by ``fakes.talk``."""
    match event:
        case ButtonTapped():
            turned = replace(say(f"tapped {event.button}"), turns=True)
            return Step(state, [turned])
        case ChatHidden():
            return Step(state, [say(f"left {event.left}")])
        case ReportStored():
            return Step(state, [say(f"code {event.receipt}")])
        case ReportDelayed():
            return Step(state, [say("kept")])
        case ReportNews():
            return Step(
                state, [say(" ".join([event.found, *(update.state for update in event.updates)]))]
            )
        case AdditionStored():
            return Step(state, [say("added")])
        case AdditionDelayed():
            return Step(state, [say("not added" if event.refused else "add kept")])
        case MessageReceived():
            first, _, rest = event.text.partition(" ")
            if first in _DEEDS:
                return Step(state, _DEEDS[first](rest))
    return echo(state, event)


def wrote(text: str, update: int, **more: Any) -> Inbound:
    """A message with an id: ``c`` and the update's number."""
    return replace(said(text, update=str(update)), message=f"c{update}", **more)


def pressed(message: str, button: str, update: int, **more: Any) -> Inbound:
    """A press of a button under a message."""
    event = ButtonTapped(at=NOON, button=button)
    return Inbound("fake", str(update), "child-1", event, message, True, **more)


def voted(poll: str, option: int, update: int) -> Inbound:
    """An answer to a poll of the platform's."""
    event = PollAnswered(at=NOON, poll=poll, option=option)
    return Inbound("fake", str(update), "child-1", event)


def fleeting(key: str) -> Say:
    """A bubble that may have to be found again."""
    return Say(key=key, text=key, fleeting=True)


_DEEDS: dict[str, Callable[[str], list[Effect]]] = {
    "keep": lambda rest: [fleeting(key) for key in rest.split()],
    "instead": lambda rest: [Say(key="new", text="new", instead=rest)],
    "hide": lambda _: [say("before"), Hide(), say("after")],
    "back": lambda rest: [TakeBack(keys=tuple(rest.split()), theirs=True), say("taken")],
    "vanish": lambda _: [say("never"), Hide(), Erase()],
    "quiz": lambda _: [Say(key="q", text="?", buttons=OPTIONS, quiz=Quiz("q.a", "why"))],
    "notice": lambda rest: [Say(key="n", text="notice", notice=True, name=rest)],
    "file": lambda rest: [replace(REPORT, words=rest)],
    "ask": lambda rest: [AskReport(receipt=rest)],
    "add": lambda rest: [AddToReport(receipt="1234", words=rest)],
    "hush": lambda _: [AddToReport(receipt="1234", wants_news=False)],
    "from": lambda rest: [CountCampaign(name=rest), say("welcome")],
}
