"""Putting an answer into its chat: new messages, turned pages, pictures and quizzes.

The words come first: what the platform refuses of a page, a picture or a quiz is shown in
a plainer way, down to the words and their buttons as a new message.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

from telegram.error import TelegramError

from bot.channels.art import Art, Gallery
from bot.channels.base import Place, Progress, Shown
from bot.channels.joined import Files, Turns
from bot.channels.line import Clock, Sleep
from bot.channels.pace import Pace
from bot.channels.telegram.courtesy import Courtesy
from bot.channels.telegram.faults import broke_off, refused_alone, says
from bot.channels.telegram.link import Accepted, Link
from bot.channels.telegram.names import PICTURE, QUIZ, TEXT, kind_of, name_of, number_of
from bot.channels.telegram.writing import Page
from bot.store.database import StoreUnavailable

_log = logging.getLogger(__name__)

LONGEST_WAIT = 30.0  # seconds; a clock that was put back must not silence a chat
INSTANT = 0.1  # seconds; nobody leaves in them
UNCHANGED = "message is not modified"


class Sender:
    """Sends pages to private chats. Every method raises the library's ``TelegramError``."""

    def __init__(
        self,
        link: Link,
        courtesy: Courtesy,
        *,
        gallery: Gallery,
        turns: Turns,
        pace: Pace,
        files: Files,
        pause: Sleep,
        wall: Clock = time.time,
    ) -> None:
        self._link, self._courtesy, self._files = link, courtesy, files
        self._gallery = gallery
        self._turns, self._pace = turns, pace
        self._pause, self._wall = pause, wall

    async def send(
        self, chat: int, pages: Sequence[Page], progress: Progress, place: Place
    ) -> None:
        """Send what is not sent yet, each page told to ``progress`` before the next."""
        begun_at = progress.done
        places = [_place_of(page, place, first=not done) for done, page in enumerate(pages)]
        spent = place.pressed not in places[:begun_at]  # else its buttons may be new ones by now
        for done in range(begun_at, len(pages)):
            page, old = pages[done], places[done]
            waited = await self._ready(chat, page, place.not_before, first=done == begun_at)
            if waited and not await progress.wanted():
                return
            shown = await self._edited(chat, old, page) if old else None
            spent = spent and not (shown and old == place.pressed)
            shown = shown or await self._new(chat, page)
            progress.shown.extend([shown] if shown else [])
            if done + 1 < len(pages):  # the last one settles the whole answer
                await progress.accepted(done + 1)
        if place.pressed and spent:
            old_one = number_of(place.pressed)
            self._courtesy.begin(self._unbutton(chat, old_one), "buttons not taken away")

    async def _ready(self, chat: int, page: Page, not_before: int, *, first: bool) -> bool:
        """Wait until the platform would not find it too fast; "typing" shows meanwhile.

        Tells whether it took so long that the person may have left.
        """
        begun_at = self._wall()
        wait = min(not_before / 1000 - self._wall(), LONGEST_WAIT) if first else 0.0
        typing = None
        if wait > 0 or not first:
            typing = self._courtesy.begin(self._link.typing(chat), "typing not shown")
        if wait > 0:
            await self._pause(wait)
        await self._pace.turn(str(chat), urgent=page.urgent)
        if typing is not None:
            typing.cancel()  # shown after the words it would be a riddle
        return wait > 0 or not first or self._wall() - begun_at > INSTANT

    async def _edited(self, chat: int, message: str, page: Page) -> Shown | None:
        """Put the page in a message's place; None when the platform will not have it."""
        edit = self._link.edit_caption if kind_of(message) == PICTURE else self._link.edit
        try:
            await edit(chat, number_of(message), page)
        except TelegramError as error:
            if not says(error, UNCHANGED):
                _unless_alone(error, "an edit")
                return None
        return Shown(message, key=page.key)

    async def _new(self, chat: int, page: Page) -> Shown | None:
        """A new message, the richest that the platform takes; None for a lost picture alone."""
        if page.poll is not None and (shown := await self._asked(chat, page)):
            return shown
        if page.picture and (shown := await self._pictured(chat, page)):
            return shown
        if not page.html:
            return None
        return _shown(await self._link.send(chat, page), page, TEXT)

    async def _asked(self, chat: int, page: Page) -> Shown | None:
        if page.poll is None:
            return None
        try:
            accepted = await self._link.send_poll(chat, page.poll)
        except TelegramError as error:
            _unless_alone(error, "a quiz")
            return None
        ids = tuple(option.id for option in page.poll.options)
        return replace(_shown(accepted, page, QUIZ), poll=accepted.poll, buttons=ids)

    async def _pictured(self, chat: int, page: Page) -> Shown | None:
        art = await self._gallery.find(page.picture)
        if art is None:
            return None
        name = f"telegram:{art.digest}"
        known = await self._known(name)
        if known and (accepted := await self._photo(chat, page, known)):
            return _shown(accepted, page, PICTURE)
        return await self._uploaded(chat, page, art, name, anew=bool(known))

    async def _uploaded(
        self, chat: int, page: Page, art: Art, name: str, *, anew: bool
    ) -> Shown | None:
        accepted = await self._photo(chat, page, art.data)
        try:
            if anew:
                await self._files.forget(name)
            if accepted and accepted.file:
                await self._files.learn(name, accepted.file)
        except StoreUnavailable as gone:
            _log.warning("telegram: the id of a picture is not kept: %s", gone)
        return _shown(accepted, page, PICTURE) if accepted else None

    async def _photo(self, chat: int, page: Page, photo: str | bytes) -> Accepted | None:
        """Show it by its id or upload it; None when the words have to do without.

        An upload that breaks off may do so every time, so the words do not wait for it.
        """
        try:
            return await self._link.send_photo(chat, page, photo)
        except TelegramError as error:
            if isinstance(photo, str) or not broke_off(error):
                _unless_alone(error, "a picture")
            return None

    async def _known(self, name: str) -> str:
        try:
            return await self._files.known(name)
        except StoreUnavailable as gone:
            _log.warning("telegram: the id of a picture is not known: %s", gone)
            return ""

    async def _unbutton(self, chat: int, message: int) -> None:
        await self._turns.turn(urgent=False)
        await self._link.take_buttons(chat, message)


def _place_of(page: Page, place: Place, *, first: bool) -> str:
    """The message whose place this page takes; none: it is a new one.

    What is grave is shown protected, and an old message cannot become so. Words cannot
    take the place of a picture or a quiz, nor the other way; beneath a picture they can,
    but a page that turns leaves the picture behind.
    """
    instead = place.instead.get(page.instead, "") if page.instead else ""
    if instead:
        return instead if kind_of(instead) != QUIZ else ""
    plain = not (page.grave or page.picture or page.poll) and kind_of(place.pressed) == TEXT
    return place.pressed if first and page.turns and plain else ""


def _unless_alone(error: TelegramError, what: str) -> None:
    if not refused_alone(error):
        raise error
    if what:
        _log.info("telegram: %s was refused, shown in another way", what)


def _shown(accepted: Accepted, page: Page, kind: str) -> Shown:
    return Shown(name_of(accepted.message, kind), key=page.key)
