"""From bubbles to messages of the platform: escaped, cut to size, with their buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from bot.channels.base import ChannelRefused
from bot.channels.text import split, units, visible, whole
from bot.engine.effects import Button, Call, Say

# After parsing 4096 code points are allowed. An escaped unit takes at most 5 bytes, so
# 4000 of them also stay well under the 32 KiB that may arrive before parsing.
TEXT_UNITS = 4000
CAPTION_UNITS = 1024
NAME_UNITS = 64
DATA_BYTES = 64
BUTTONS = 100
NOTHING_VISIBLE = "…"
QUESTION_UNITS, OPTION_UNITS, WHY_UNITS = 300, 100, 200
WHY_LINES = 3
OPTIONS = range(2, 13)

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Poll:
    """A question as the platform's own quiz; ``right`` is the place of the right option."""

    question: str
    options: tuple[Button, ...]
    right: int
    why: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Page:
    """One message: HTML as it goes out, and the rows of buttons beneath it.

    ``picture`` names a picture that the words stand under, or, without words, a picture by
    itself. ``poll`` is another way to show the same. ``key`` is set when it is fleeting,
    ``turns`` and ``instead`` say whose place it may take. The ``urgent`` go first.
    """

    html: str
    rows: Rows
    grave: bool
    urgent: bool = False
    key: str = ""
    turns: bool = False
    instead: str = ""
    picture: str = ""
    poll: Poll | None = None


def pages_of(says: Iterable[Say]) -> tuple[Page, ...]:
    """Return the messages of these bubbles in order; only a bubble's last has buttons.

    Raises ``ChannelRefused`` for a button that the platform would not take.
    """
    return tuple(page for say in says for page in _pages(say))


def _pages(say: Say) -> tuple[Page, ...]:
    name = next(iter(split(whole(say.name), NAME_UNITS)), "")
    words, rows = _words(say), rows_of(say)
    parts = [part for part in split(words, TEXT_UNITS - units(name)) if visible(part)]
    key, urgent = say.key if say.fleeting else "", say.grave or bool(name)
    pages = [Page(html_of(part, name), (), say.grave, urgent, key) for part in parts]
    pages[0] = replace(pages[0], turns=say.turns, instead=say.instead)
    pages[-1] = replace(pages[-1], rows=rows, poll=_poll_of(say))
    if not say.picture or say.grave:
        return tuple(pages)
    return _illustrated(pages, say.picture, fits=units(words) + units(name) < CAPTION_UNITS)


def _illustrated(pages: Sequence[Page], picture: str, *, fits: bool) -> tuple[Page, ...]:
    """The words stand under the picture when they fit there, else in messages after it."""
    if fits and len(pages) == 1 and pages[0].poll is None:
        return (replace(pages[0], picture=picture),)
    return (Page("", (), False, picture=picture), *pages)


def _poll_of(say: Say) -> Poll | None:
    """The same question as a quiz of the platform's own, where all of it fits.

    Labels that became letters keep their words in the bubble, so those stay a keyboard.
    """
    ids = tuple(button.id for button in say.buttons)
    help_row = (say.help,) if say.help else ()
    if say.quiz is None or say.grave or say.name or say.calls or say.quiz.right not in ids:
        return None
    if say.help and say.help.id in ids:
        return None
    options = tuple(Button(button.id, whole(button.label)) for button in say.buttons)
    question, why = whole(say.text).strip(), whole(say.quiz.why).strip()
    if not (_asks(question) and _explains(why) and _answers(options)):
        return None
    return Poll(question, options, ids.index(say.quiz.right), why, (help_row,) if help_row else ())


def _asks(question: str) -> bool:
    return visible(question) and units(question) <= QUESTION_UNITS


def _explains(why: str) -> bool:
    short = units(why) <= WHY_UNITS and why.count("\n") < WHY_LINES
    return visible(why) and short


def _answers(options: Sequence[Button]) -> bool:
    labels = [button.label.strip() for button in options]
    if len(labels) not in OPTIONS or len(set(labels)) < len(labels):
        return False
    return all(visible(label) and 1 < units(label) <= OPTION_UNITS for label in labels)


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
