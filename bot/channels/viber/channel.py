"""Viber as a channel: what comes in, what goes out, and how it is kept connected."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.channels.art import Gallery
from bot.channels.base import (
    Capabilities,
    ChannelRefused,
    Forged,
    Held,
    Inbound,
    MessageFate,
    Place,
    Progress,
    Runs,
    Shown,
)
from bot.channels.body import read_object
from bot.channels.joined import Joined, logged
from bot.channels.viber.faults import (
    Meaning,
    Shutter,
    channel_error,
    meaning_of,
    silence_libraries,
)
from bot.channels.viber.hook import Hook
from bot.channels.viber.levels import Levels
from bot.channels.viber.link import Link
from bot.channels.viber.reading import NAME, person_of, read_callback
from bot.channels.viber.writing import Page, pages_of, welcome_of
from bot.engine.effects import Say
from bot.engine.events import Abilities, Hiding

_log = logging.getLogger(__name__)

SIGNATURE = "x-viber-content-signature"
WEBHOOK_PATH = "/webhooks/viber"
SESSION = timedelta(hours=24)  # so long after a word of the person nothing costs

# What to try once more in the other form, by whether the first was the modern one.
_OTHER_FORM = {True: Meaning.TOO_NEW, False: Meaning.TOO_OLD}


def from_settings(joined: Joined) -> ViberChannel | None:
    """Return the channel of the settings; None when they name no bot."""
    settings = joined.settings
    token = settings.viber_token.get_secret_value()
    if not token:
        return None
    return ViberChannel(
        token=token,
        public_url=settings.public_url,
        api_url=settings.viber_api_url,
        name=settings.viber_name,
        greeting=joined.greeting,
        alarm=joined.alarm,
        gallery=joined.gallery,
    )


class ViberChannel:
    """The Viber channel, by webhook, which is the only way there is.

    ``greeting`` is said to whoever opens the chat when the engine has nothing to say.
    """

    name = NAME
    capabilities = Capabilities(
        abilities=Abilities(takes_back=False, hides=Hiding.SELF, session=SESSION),
        session=SESSION,
    )

    def __init__(
        self,
        *,
        token: str,
        public_url: str,
        api_url: str = "https://chatapi.viber.com/pa",
        name: str = "Sigurt",
        greeting: Callable[[], Sequence[Say]] = tuple,
        alarm: Callable[[str], None] = logged,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        gallery: Gallery | None = None,
    ) -> None:
        silence_libraries()
        self._key, self._greeting = token.encode(), greeting
        self._public_url, self._gallery = public_url.rstrip("/"), gallery or Gallery()
        self._link = Link(token, api_url, name)
        self._levels, self._shutter = Levels(), Shutter(alarm, clock)
        self._hook = Hook(self._set_webhook, pause)
        self._task: asyncio.Task[None] | None = None

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise ``Forged`` unless the platform signed these very bytes (S2)."""
        given = headers.get(SIGNATURE, "").encode("utf-8", "surrogateescape")
        honest = hmac.new(self._key, body, hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(given, honest):
            raise Forged("wrong or missing signature")

    def parse(self, body: bytes, at: datetime) -> list[Inbound | MessageFate]:
        """Return what happened: nothing or one thing. Raises ``Malformed``."""
        raw = read_object(body)
        self._levels.learn(*person_of(raw))
        happened = read_callback(raw, at, digest=hashlib.sha256(body).hexdigest())
        return [happened] if happened else []

    def answer(self, address: str, says: Sequence[Say]) -> bytes:
        """Return the welcome: one message, for before a subscription nothing else is taken.

        It is said again for a repeat, whose first answer may never have arrived. Nobody
        tells what became of it, so only an app that just told its level gets what needs one.
        """
        says = says or self._greeting()
        modern = self._levels.modern(address, unknown=False)
        return self._link.welcome(welcome_of(says).fields(modern=modern)) if says else b""

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Send bubbles in order; a retry goes on after the last one accepted.

        Raises a ``ChannelError``. After a time-out the bubble on its way may repeat once.
        """
        progress = progress or Progress()
        pages = pages_of(says, self._picture_url)
        begun_at = progress.done
        for done in range(begun_at, len(pages)):
            if done > begun_at and not await progress.wanted():
                return
            token = await self._page(address, pages[done])
            if token:
                progress.shown.append(Shown(token, pages[done].key))
            if done + 1 < len(pages):  # the last one settles the whole answer
                await progress.accepted(done + 1)

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """The platform removes nothing: return how many there were."""
        return len(messages)

    async def start(self, runner: Runs, *, lease: Held | None = None) -> None:
        """Have the platform call us; it is told once our server answers it."""
        self._task = asyncio.create_task(self._hook.run(lease))

    async def stop(self) -> None:
        """Stop; what was not committed comes again from the platform."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._link.close()

    def _picture_url(self, name: str) -> str:
        path = self._gallery.path(name)
        return self._public_url + path if path else ""

    async def _page(self, address: str, page: Page) -> str:
        """Send one message and return its id; a picture that is refused is left out."""
        try:
            return await self._sent(address, page)
        except ChannelRefused as refused:
            if not page.picture:
                raise
            _log.warning("viber: a picture was refused (%s)", refused)
            return ""

    async def _sent(self, address: str, page: Page) -> str:
        self._shutter.check()
        modern = self._levels.modern(address)
        answer = await self._link.send(address, page.fields(modern=modern))
        if meaning_of(answer.status) is _OTHER_FORM[modern]:
            self._levels.set(address, modern=not modern)
            answer = await self._link.send(address, page.fields(modern=not modern))
        self._shutter.note(answer.status)
        if meaning_of(answer.status) is Meaning.UNHOOKED:
            self._hook.again()
        if answer.status:
            raise channel_error(answer.status)
        return answer.token

    async def _set_webhook(self) -> None:
        answer = await self._link.set_webhook(self._public_url + WEBHOOK_PATH)
        self._shutter.note(answer.status)
        if answer.status:
            raise channel_error(answer.status)
