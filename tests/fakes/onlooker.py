"""A conversation whose clock is moved by hand: what shows in the chat, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.authoring import load
from bot.engine.effects import CancelTimer, Effect, OpenContact, PassToCounsellor, Say, SetTimer
from bot.engine.events import (
    Abilities,
    AnyEvent,
    ButtonTapped,
    CounsellorJoined,
    CounsellorWrote,
    Evidence,
    Helpline,
    Hiding,
    MessageReceived,
    Reading,
    Severity,
    TimerFired,
)
from bot.engine.state import State
from bot.engine.step import step
from bot.script import stored

CONTENT = load(Path(__file__).parents[2] / "content")
AT = datetime(2026, 11, 19, 18, 32, tzinfo=UTC)  # a Thursday, 19:32 in Tirana
NIGHT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)  # 14:00 in Tirana
ID = "the contact"
CHILD = State(
    language="sq",
    role="child",
    band="14-17",
    country="al",
    onboarded=True,
    limits_version="1",
    limits_at=AT,
    heard_at=AT,
)
PRESENT = Abilities()
VIBER = Abilities(takes_back=False, hides=Hiding.SELF)
HARM = Reading(Severity.DISCLOSURE, "violence", 0.9, (Evidence("r", "w"),))
DANGER = replace(HARM, severity=Severity.EMERGENCY)


class Talk:
    """A conversation whose clock is moved by hand; timers are kept, and fire when told to."""

    def __init__(self, state: State = CHILD, abilities: Abilities = PRESENT) -> None:
        self.state = state
        self.at = AT
        self.abilities = abilities
        self.helpline = Helpline.STAFFED
        self.timers: dict[str, datetime] = {}
        self.effects: tuple[Effect, ...] = ()

    def happens(self, event: AnyEvent, *, later: float = 0) -> list[str]:
        """Let something happen ``later`` minutes from now; the keys of what is said."""
        self.at += timedelta(minutes=later)
        event = replace(event, at=self.at, helpline=self.helpline, abilities=self.abilities)
        answer = step(self.state, event, content=CONTENT)
        self.state, self.effects = stored(answer.state), answer.effects
        for effect in self.effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.name] = effect.at
            elif isinstance(effect, CancelTimer):
                self.timers.pop(effect.name, None)
        return [say.key for say in self.says]

    def types(self, text: str, reading: Reading | None = None, *, later: float = 0.1) -> list[str]:
        """The child, or whoever holds the phone, types."""
        event = MessageReceived(at=self.at, text=text)
        return self.happens(replace(event, reading=reading) if reading else event, later=later)

    def taps(self, *buttons: str) -> list[str]:
        """Press one button after the other; what the last one answered."""
        keys: list[str] = []
        for button in buttons:
            keys = self.happens(ButtonTapped(at=self.at, button=button), later=0.1)
        return keys

    def writes(self, text: str = "Jam Elira.", *, later: float = 0.1) -> list[str]:
        """A counsellor writes."""
        event = CounsellorWrote(at=self.at, contact_id=ID, name="Elira", text=text)
        return self.happens(event, later=later)

    def fires(self, name: str) -> list[str]:
        """The clock moves on to a timer that was set, and it fires."""
        self.at = max(self.at, self.timers.pop(name))
        return self.happens(TimerFired(at=self.at, name=name))

    @property
    def says(self) -> list[Say]:
        """What was said last."""
        return [effect for effect in self.effects if isinstance(effect, Say)]

    @property
    def notes(self) -> list[str]:
        """What staff were told last, beside the child's words."""
        return [
            word.text
            for effect in self.effects
            if isinstance(effect, PassToCounsellor | OpenContact)
            for word in effect.words
            if word.kind == "note"
        ]


def watched(abilities: Abilities = PRESENT, *, own_word: str = "bicikleta") -> Talk:
    """Scene 10 up to “Gati.”: somebody looks on, the hours are 14–16, a counsellor is there."""
    talk = Talk(abilities=abilities)
    talk.types("limonade")
    talk.taps("safe.yes", "unseen.no", "seen.write_later", "hours.14-16")
    if own_word.startswith("own_word."):
        talk.taps(own_word)
    else:
        talk.types(own_word)
    talk.happens(CounsellorJoined(at=AT, contact_id=ID, name="Elira"))
    return talk
