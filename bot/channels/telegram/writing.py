"""From bubbles to messages of the platform: escaped, cut to size, with their buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bot.channels.base import ChannelRefused
from bot.channels.text import split, units, visible, whole
from bot.engine.effects import Button, Call, Say

# After parsing 4096 code points are allowed. An escaped unit takes at most 5 bytes, so
# 4000 of them also stay well under the 32 KiB that may arrive before parsing.
TEXT_UNITS = 4000
NAME_UNITS = 64
DATA_BYTES = 64
BUTTONS = 100
NOTHING_VISIBLE = "…"

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One message: HTML as it goes out, and the rows of buttons beneath it."""

    html: str
    rows: Rows
    grave: bool


def pages_of(says: Iterable[Say]) -> tuple[Page, ...]:
    """Return the messages of these bubbles in order; only a bubble's last has buttons.

    Raises ``ChannelRefused`` for a button that the platform would not take.
    """
    return tuple(page for say in says for page in _pages(say))


def _pages(say: Say) -> tuple[Page, ...]:
    name = next(iter(split(whole(say.name), NAME_UNITS)), "")
    parts = [part for part in split(_words(say), TEXT_UNITS - units(name)) if visible(part)]
    rows = rows_of(say)
    last = len(parts) - 1
    return tuple(
        Page(html_of(part, name), rows if place == last else (), say.grave)
        for place, part in enumerate(parts)
    )


def html_of(words: str, name: str = "") -> str:
    """Return the words so that they read the same after parsing, a person's name before."""
    body = escape(words, quote=False)
    return f"<b>{escape(name, quote=False)}</b>\n{body}" if name else body


def rows_of(say: Say) -> Rows:
    """Return the buttons in rows, the way to help always in a row of its own, last."""
    buttons = say.buttons
    help_row = (say.help,) if say.help and say.help.id not in {b.id for b in buttons} else ()
    for button in (*buttons, *help_row):
        _check(button)
    if len(buttons) + len(help_row) > BUTTONS:
        raise ChannelRefused(f"{len(buttons)} buttons under one bubble")
    rows = _packed(buttons)
    return (*rows, help_row) if help_row else rows


def _packed(buttons: Sequence[Button]) -> Rows:
    """Short labels share a row, so that a phone shows the words and the buttons at once."""
    longest = max((units(button.label) for button in buttons), default=0)
    a_row = 3 if longest <= 6 else 2 if longest <= 13 else 1
    return tuple(tuple(buttons[start : start + a_row]) for start in range(0, len(buttons), a_row))


def _check(button: Button) -> None:
    if not 1 <= len(button.id.encode()) <= DATA_BYTES:
        raise ChannelRefused(f"button id of {len(button.id.encode())} bytes")
    if not visible(button.label):
        raise ChannelRefused("button without a label")


def _words(say: Say) -> str:
    text = whole(say.text)
    lines = [f"{call.number}: {call.label}" for call in say.calls if not _shows(text, call)]
    words = "\n\n".join(part for part in (text, "\n".join(lines)) if part)
    return words if visible(words) else NOTHING_VISIBLE


def _shows(text: str, call: Call) -> bool:
    return re.search(rf"(?<!\d){re.escape(call.number)}(?!\d)", text) is not None
