"""A tiny engine with which the runner is tested: it counts, echoes, and does as it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from bot.channels.base import Inbound
from bot.crypto import Keys
from bot.engine.effects import (
    CancelTimer,
    Effect,
    Erase,
    OpenContact,
    PassToCounsellor,
    Say,
    SetTimer,
    Word,
)
from bot.engine.events import (
    NOTHING_READ,
    AnyEvent,
    ContactArrived,
    ContactDelayed,
    CounsellorWrote,
    Helpline,
    MessageReceived,
    ReportUpdate,
    TimerFired,
)
from bot.engine.state import State
from bot.helpline import BoxKey, HelplineRefused, HelplineUnavailable, ReportState
from bot.jobs import Parts

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOX = BoxKey.of(bytes(range(1, 33)))


class Step(NamedTuple):
    """What the engine answers."""

    state: State
    effects: Sequence[Effect]


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        """The time now."""
        return self.at

    def forward(self, **delta: float) -> None:
        """Move on."""
        self.at += timedelta(**delta)


class FakeHelpline:
    """Accepts each key once, unless it is down or refuses."""

    def __init__(self) -> None:
        self.down = False
        self.refusal: Exception | None = None
        self.posts: list[tuple[str, str, bytes]] = []

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        """Keep what came."""
        if self.down:
            raise HelplineUnavailable("down")
        if self.refusal:
            raise self.refusal
        self.posts.append((kind, key, body))
        if kind in ("addition", "wants_news"):
            return {"accepted": True}
        if kind == "report":
            return {"number": "R-1", "receipt": "1234"}
        return {"contact_id": contact_id, "duty": {"on_duty": 1, "usual_minutes": 4}}

    async def report(self, receipt: str) -> ReportState:
        """One report is known, by the receipt that ``post`` gave."""
        if self.down:
            raise HelplineUnavailable("down")
        if receipt != "1234":
            raise HelplineRefused(429 if receipt == "slow" else 404, "receipt")
        return ReportState((ReportUpdate(NOON, "submitted"),), open=True)


def step(state: State, event: AnyEvent) -> Step:
    """Count what was heard in the state, and answer by the first word."""
    state = replace(state, heard=state.heard + 1, language="en")
    match event:
        case MessageReceived():
            return _heard(state, event)
        case TimerFired():
            return Step(state, [say(f"timer {event.name}")])
        case ContactArrived():
            return Step(state, [say(f"arrived {event.minutes}")])
        case ContactDelayed():
            return Step(state, [say("refused" if event.refused else "delayed")])
        case CounsellorWrote():
            return Step(state, [replace(say(event.text), name=event.name)])
        case _:
            return Step(state, [])


def _heard(state: State, event: MessageReceived) -> Step:
    first, _, rest = event.text.partition(" ")
    effects: dict[str, Callable[[], list[Effect]]] = {
        "tell": lambda: [say(f"{state.heard}: told"), contact(event.at, rest or "concern")],
        "more": lambda: [more(event.at)],
        "wake": lambda: [SetTimer(name=rest, at=event.at + timedelta(minutes=5))],
        "sleep": lambda: [CancelTimer(name=rest)],
        "exit": lambda: [Erase()],
        "held": lambda: [say(text) for _, text in state.held],
        "each": lambda: [say(word) for word in rest.split()],
    }
    if first == "bug":
        raise ZeroDivisionError(event.text)
    return Step(state, effects.get(first, lambda: [say(f"{state.heard}: {event.text}")])())


def say(text: str) -> Say:
    """A bubble."""
    return Say(key="test", text=text)


def contact(at: datetime, severity: str) -> OpenContact:
    """A contact of one word."""
    return OpenContact(
        contact=1,
        severity=severity,
        category="threats",
        score=0.9,
        language="en",
        band="11-13",
        role="child",
        country="al",
        wants_reply=True,
        reason="disclosure",
        limits_version="1",
        limits_at=at,
        words=(Word(at=at, kind="text", text="somebody has my picture"),),
    )


def more(at: datetime) -> PassToCounsellor:
    """One more word."""
    return PassToCounsellor(contact=1, words=(Word(at=at, kind="text", text="he wrote again"),))


def parts(clock: Clock, keys: Keys | None = None, **changes: Any) -> Parts:
    """What a runner of the tests is made of."""
    whole = Parts(
        keys=keys or Keys(b"k" * 32),
        step=step,
        read=lambda text, before: NOTHING_READ,
        fallback=lambda language, country: [say(f"doors {language}")],
        helpline=lambda: Helpline.STAFFED,
        box=lambda: BOX,
        now=clock,
    )
    return replace(whole, **changes)


def said(text: str, *, who: str = "child-1", update: str = "1", at: datetime = NOON) -> Inbound:
    """An update with a text."""
    return Inbound("fake", update, who, MessageReceived(at=at, text=text))
