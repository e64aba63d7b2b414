"""Somebody who reported, or has the code of a report, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import triage
from bot.authoring import load
from bot.engine.effects import Say
from bot.engine.events import (
    Abilities,
    ButtonTapped,
    Helpline,
    MessageReceived,
    ReportNews,
    ReportUpdate,
)
from bot.engine.state import State
from bot.engine.step import step

CONTENT = load(Path(__file__).parents[2] / "content")
AT = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)  # a Wednesday
CODE = "4721093655182047"


class Holder:
    """Somebody with a code."""

    def __init__(self, language: str = "sq", role: str = "child") -> None:
        band = "11-13" if role == "child" else ""
        self.state = State(
            language=language, role=role, band=band, country="al", onboarded=True,
            limits_version="1", limits_at=AT,
        )  # fmt: skip
        self.at = AT
        self.abilities = Abilities()
        self.effects: tuple[Any, ...] = ()

    def does(self, event: Any) -> Holder:
        event = replace(event, at=self.at, helpline=Helpline.STAFFED, abilities=self.abilities)
        answer = step(State.from_dict(self.state.to_dict()), event, content=CONTENT)
        self.state, self.effects = answer.state, answer.effects
        return self

    def presses(self, *buttons: str) -> Holder:
        for button in buttons:
            self.does(ButtonTapped(at=self.at, button=button))
        return self

    def types(self, text: str) -> Holder:
        reading = triage.read(text, CONTENT.lexicons)
        return self.does(MessageReceived(at=self.at, text=text, reading=reading))

    def hears(self, *updates: ReportUpdate, **more: Any) -> Holder:
        news = ReportNews(at=self.at, found="known", updates=updates, code=CODE, **more)
        return self.does(news)

    def adds(self) -> Holder:
        """Stands where something can be added."""
        return self.hears(update("assessing"), open=True).presses("receipt.add")

    @property
    def keys(self) -> list[str]:
        return [effect.key for effect in self.effects if isinstance(effect, Say)]

    @property
    def said(self) -> str:
        return "\n".join(effect.text for effect in self.effects if isinstance(effect, Say))

    def all(self, kind: type[Any]) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]


def update(state: str, to: str = "", days: int = 0, again: int | None = None) -> ReportUpdate:
    """Something that became of a report ``days`` ago; ``again``: in so many days one looks."""
    following = None if again is None else AT + timedelta(days=again)
    return ReportUpdate(AT - timedelta(days=days), state, to, following)
