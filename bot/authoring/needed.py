"""The phrases that the program says by their key: no author may take one away.

They are read from the program's own source, so that nobody has to keep a list; only what it
puts together from parts is named here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from bot import engine
from bot.authoring.faults import Fault
from bot.engine.answers import ANYTIME, OPTIONS, WEIGHTY
from bot.engine.content import Content
from bot.engine.flows import lesson, receipt, report, who

_KEY = re.compile(r"[a-z_]+\.[a-z_0-9]+(?:\.[a-z_0-9]+)?")
_QUESTIONS = {
    **OPTIONS,
    **{f"{who.PREFIX}{animal}": who.options_of(f"{who.PREFIX}{animal}") for animal in who.ANIMALS},
    "lesson": tuple(option for options in lesson.FRAMES.values() for option in options),
    "animal": who.options_of("animal"),
    **report.NEEDS_WORDS,
    "go": ("help_numbers", "help_wanted"),
}
_BUTTONS = {  # their ids look like keys
    "receipt.told",  # names a bubble whose words are put together
    *ANYTIME,
    *WEIGHTY,
    *(f"{question}.{option}" for question, options in OPTIONS.items() for option in options),
}
_TOGETHER = frozenset(
    (
        *(f"climb.{step}" for step in ("all_on_duty", "supervisor", "outside")),
        *(f"report.{found}" for found in ("unknown", "slowed", "unreachable")),
        *(f"receipt.state.{state}" for state in receipt.STATES),
        *(f"receipt.to.{to}" for to in receipt.TOLD_TO),
        *(f"receipt.day.{day}" for day in ("yesterday", "today", "tomorrow", "weekday", "date")),
        *(f"{adult}.{part}" for adult in ("adult", "teacher") for part in ("steps", "end")),
        *(f"{adult}.end_danger" for adult in ("adult", "teacher")),
    )
)


@cache
def keys_in_code() -> frozenset[str]:
    """Every phrase that stands in the engine's code by its key."""
    return frozenset(_keys())


def _keys() -> Iterator[str]:
    for file in sorted(Path(engine.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and _KEY.fullmatch(text) and text not in _BUTTONS:
                yield text


def unsaid(content: Content) -> list[Fault]:
    """A fault for each phrase or label that the program needs and that has no words."""
    return [
        Fault(f"{language}/phrases.toml", 1, sentence)
        for language, phrases in sorted(content.phrases.items())
        for sentence in (*_without_words(phrases), *_without_label(phrases))
    ]


def _without_words(phrases: Mapping[str, object]) -> Iterator[str]:
    for key in sorted((keys_in_code() | _TOGETHER) - phrases.keys()):
        yield f'The program says "{key}". Write ["{key}"].'


def _without_label(phrases: Mapping[str, object]) -> Iterator[str]:
    for question, options in _QUESTIONS.items():
        for option in options:
            own, common = f"button.{question}.{option}", f"button.{option}"
            if own not in phrases and common not in phrases:
                yield f'A button of "{question}" has no words. Write ["{common}"].'
