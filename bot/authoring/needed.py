"""The phrases that the program says by their key: no author may take one away.

They are read from the engine's own source, so that nobody has to keep a list.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bot import engine
from bot.authoring.faults import Fault
from bot.engine.answers import ANYTIME, WEIGHTY
from bot.engine.content import Content

_KEY = re.compile(r"[a-z]+\.[a-z_0-9]+")
_BUTTONS = {*ANYTIME, *WEIGHTY}  # their ids look alike


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
    """A fault for each phrase that the program would say and that has no words."""
    return [
        Fault(f"{language}/phrases.toml", 1, f'The program says "{key}". Write ["{key}"].')
        for language, phrases in sorted(content.phrases.items())
        for key in sorted(keys_in_code() - phrases.keys())
    ]
