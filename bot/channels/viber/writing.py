"""From bubbles to messages of the platform: cut to size, each with the keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from viberbot.api.messages import PictureMessage, TextMessage

from bot.channels.text import split, visible, whole
from bot.channels.viber.keyboard import SILENT_LEVEL, choices_of, keyboard_of
from bot.engine.effects import Button, Call, Say

TEXT_UNITS = 7_000
CAPTION_UNITS = 512
REQUEST_BYTES = 30_000
NAME_UNITS = 64
NOTHING_VISIBLE = "…"

_UNIT_BYTES = 3  # of JSON at most, for one UTF-16 unit without control characters
_ENVELOPE_BYTES = 1_500  # receiver, sender, names of the fields
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")

PictureUrl = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Page:
    """One message: a text, or a picture with its caption, and what can be pressed."""

    text: str
    buttons: tuple[Button, ...] = ()
    help: Button | None = None
    key: str = ""
    picture: str = ""

    def fields(self, *, modern: bool) -> Mapping[str, object]:
        """What the platform is told; ``modern``: for an app of ``SILENT_LEVEL``."""
        common = {
            "keyboard": keyboard_of(self.buttons, self.help, silent=modern),
            "min_api_version": SILENT_LEVEL if modern else None,
        }
        message = (
            PictureMessage(text=self.text, media=self.picture, **common)
            if self.picture
            else TextMessage(text=self.text, **common)
        )
        return {name: value for name, value in message.to_dict().items() if value is not None}


def body_of(fields: Mapping[str, object]) -> bytes:
    """Return a request as it goes out: few bytes, and accents as they are."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def pages_of(says: Sequence[Say], picture_url: PictureUrl) -> tuple[Page, ...]:
    """Return the messages of one answer in order, each with the same keyboard.

    A picture is a message of its own before its words: when the platform or the app
    cannot show it, no word is lost. Raises ``ChannelRefused`` for a button that the
    platform would not take.
    """
    frame = _frame(says)
    limit = _room(frame)
    return tuple(page for say in says for page in _pages(say, frame, limit, picture_url))


def welcome_of(says: Sequence[Say]) -> Page:
    """Return the one message that may be said before a subscription; the texts together."""
    frame = _frame(says)
    words = "\n\n".join(_words(say) for say in says)
    return replace(frame, text=split(words, _room(frame))[0])


def _frame(says: Sequence[Say]) -> Page:
    buttons, help_ = choices_of(says)
    return Page("", buttons, help_)


def _room(frame: Page) -> int:
    """Units of text that fit into a request beside the keyboard, whatever the letters."""
    taken = len(body_of(frame.fields(modern=True))) + _ENVELOPE_BYTES
    return min(TEXT_UNITS, (REQUEST_BYTES - taken) // _UNIT_BYTES)


def _pages(say: Say, frame: Page, limit: int, picture_url: PictureUrl) -> Iterator[Page]:
    key = say.key if say.fleeting else ""
    if url := _picture(say, picture_url):
        caption = next(iter(split(_clean(say.picture_text), CAPTION_UNITS)), "")
        yield replace(frame, text=caption, key=key, picture=url)
    for part in split(_words(say), limit):
        if visible(part):
            yield replace(frame, text=part, key=key)


def _picture(say: Say, picture_url: PictureUrl) -> str:
    return "" if say.grave or not say.picture else picture_url(say.picture)


def _words(say: Say) -> str:
    """The bubble as plain text: a person's name before it, the numbers below it."""
    text = _clean(say.text)
    lines = [f"{call.number}: {_clean(call.label)}" for call in _untold(text, say.calls)]
    words = "\n\n".join(part for part in (text, "\n".join(lines)) if part.strip())
    words = words if visible(words) else NOTHING_VISIBLE
    name = next(iter(split(_clean(say.name), NAME_UNITS)), "")
    return f"{name}:\n{words}" if name else words


def _untold(text: str, calls: Iterable[Call]) -> Iterator[Call]:
    for call in calls:
        if not re.search(rf"(?<!\d){re.escape(call.number)}(?!\d)", text):
            yield call


def _clean(text: str) -> str:
    """The text without half surrogates and control characters, which take six bytes each."""
    return _CONTROL.sub(" ", whole(text).replace("\r\n", "\n"))
