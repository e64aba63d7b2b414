"""The keyboard under the newest message: what fits, and what a press of it comes back as.

Limits from the platform's documents (tools/keyboards): 6 columns, buttons one or two rows
high, 12 rows in portrait, 250 characters of simple HTML a button. Most of them are checked
only in the app, after the message was accepted, so they are kept here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from bot.channels.base import ChannelRefused
from bot.channels.text import units, visible, whole
from bot.engine.effects import Button, Say

COLUMNS, ROWS = 6, 12
LABEL_LENGTH = 250  # characters, escaped
PER_ROW = (1, 2, 3, 6)
MOST = PER_ROW[-1] * (ROWS - 1)
SILENT_LEVEL = 6  # below it a press stands in the chat, as the code that it sends

_MARK = "▸"  # no phone's keyboard has it, so what begins with it was pressed, not typed
_PRESS = re.compile(rf"{_MARK}([!-~]{{1,64}})")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LINE = 30  # units that fit into one line of a button as wide as the screen
_SOFT, _LAMP = "#D5E8E8", "#FFC940"  # the pages' colours; the lamp is help and nothing else

Keyboard = dict[str, object]


def press_of(text: str) -> str:
    """Return the id of the button whose press came as this text, or nothing."""
    pressed = _PRESS.fullmatch(text)
    return pressed[1] if pressed else ""


def choices_of(says: Sequence[Say]) -> tuple[tuple[Button, ...], Button | None]:
    """Return the buttons that stand under all bubbles of one answer, and the way to help.

    The app shows only the newest message's keyboard: a question that an earlier bubble
    asks, or that is still open, must be under the last one too.
    """
    asked = next((say.buttons for say in reversed(says) if say.buttons), ())
    buttons = asked or next((say.standing for say in reversed(says) if say.standing), ())
    help_ = next((say.help for say in reversed(says) if say.help), None)
    return buttons, None if help_ and help_.id in {b.id for b in buttons} else help_


def keyboard_of(buttons: Sequence[Button], help_: Button | None, *, silent: bool) -> Keyboard:
    """Return the keyboard, help in a row of its own below; empty without any button.

    ``silent``: a press leaves nothing in the chat, in apps of ``SILENT_LEVEL``. Raises
    ``ChannelRefused`` for a button that the platform would not take.
    """
    keys = [_key(button, *size) for button, *size in _sized(buttons, bool(help_))]
    if help_:
        keys.append(_key(help_, COLUMNS, 1) | {"BgColor": _LAMP})
    if not keys:
        return {}
    if silent:
        keys = [key | {"Silent": True} for key in keys]
    return {"Type": "keyboard", "DefaultHeight": False, "Buttons": keys}


def _sized(buttons: Sequence[Button], with_help: bool) -> Iterator[tuple[Button, int, int]]:
    """Yield each button with its columns and rows."""
    room = ROWS - with_help
    a_row = _a_row(buttons, room)
    tall = a_row == 1 and sum(map(_height, buttons)) <= room
    left_over = len(buttons) % a_row
    for place, button in enumerate(buttons):
        beside = left_over if place >= len(buttons) - left_over else a_row
        yield button, _width(place % a_row, beside), _height(button) if tall else 1


def _a_row(buttons: Sequence[Button], room: int) -> int:
    """Short labels share a row; long ones do when the list would not fit otherwise."""
    longest = max((units(button.label) for button in buttons), default=0)
    best = 3 if longest <= 6 else 2 if longest <= 13 else 1
    for a_row in PER_ROW:
        if a_row >= best and -(-len(buttons) // a_row) <= room:
            return a_row
    raise ChannelRefused(f"{len(buttons)} buttons under one answer")


def _width(place: int, beside: int) -> int:
    """Columns of the button at this place of a row; together they fill the row."""
    return COLUMNS * (place + 1) // beside - COLUMNS * place // beside


def _height(button: Button) -> int:
    return 2 if units(button.label) > _LINE else 1


def _key(button: Button, columns: int, rows: int) -> Keyboard:
    if not press_of(_MARK + button.id):
        raise ChannelRefused(f"button id of {len(button.id)} characters")
    if not visible(button.label):
        raise ChannelRefused("button without a label")
    small = units(button.label) > _LINE * rows * columns // COLUMNS
    return {
        "Columns": columns,
        "Rows": rows,
        "ActionType": "reply",
        "ActionBody": _MARK + button.id,
        "Text": _label(button.label, LABEL_LENGTH * columns // COLUMNS),
        "TextSize": "small" if small else "regular",
        "BgColor": _SOFT,
    }


def _label(label: str, longest: int) -> str:
    """The label as HTML, cut where it would be too long, never within an entity.

    Narrow buttons get less, so that a request with many of them stays small enough.
    """
    shown, length = "", 0
    for char in _BREAKS.sub(" ", whole(label)):
        piece = escape(char, quote=False)
        length += units(piece)
        if length > longest:
            break
        shown += piece
    return shown
