"""The bot as one ASGI application: the only place where its parts are joined."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from bot import pages, triage
from bot.alarms import Alarms
from bot.channels.art import Gallery
from bot.channels.base import Capabilities, Channel, Platform
from bot.channels.certificate import load_certificate_words
from bot.channels.joined import Joined
from bot.channels.pace import Paces
from bot.channels.registry import platforms
from bot.channels.web import PageWords, WebChannel, load_words
from bot.channels.web.view import load_assets
from bot.channels.words import load_words as load_channel_words
from bot.clock import Clock
from bot.crypto import Keys, Sealer, load_keys
from bot.delivery import Delivery
from bot.door import Codes, Door, Forms, View
from bot.door import load_words as load_door_words
from bot.edge import LastResort, SecurityHeaders
from bot.editions import Editions, Watch, edition_of, spoken_folder
from bot.engine.effects import Say
from bot.engine.step import step
from bot.fates import Fates
from bot.feed import Feed
from bot.figures import Figures
from bot.helpline import BoxKey, Helpline
from bot.helpline_http import HttpHelpline
from bot.jobs import PLAIN, Parts
from bot.known import KnownHelpline, utcnow
from bot.leases import Lease
from bot.receipts import Receipts
from bot.routes import Machines, Webhooks, machine_routes, webhook_route
from bot.runner import Runner
from bot.settings import Settings, SettingsFault
from bot.store import outbox
from bot.store.database import StoreUnavailable, connect, migrate
from bot.store.paces import asking
from bot.store.pictures import Pictures
from bot.store.weblog import WebLog
from bot.typing_signs import TypingSigns

HOME = "al"  # whose schools print the two little words
BEGIN_AGAIN = 1.0  # seconds

Work = Callable[[], Awaitable[None]]


class Box:
    """The helpline's public key: pinned by a setting, or asked for once at the start."""

    def __init__(self, pinned: str) -> None:
        self._key = BoxKey.of(b64decode(pinned)) if pinned else None

    def __call__(self) -> BoxKey | None:
        return self._key

    async def learn(self, helpline: Helpline) -> None:
        """Ask for the key, unless it is pinned. Raises ``HelplineError``."""
        self._key = self._key or await helpline.key()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The running parts, joined."""

    settings: Settings
    engine: Engine
    helpline: Helpline
    box: Box
    alarms: Alarms
    runner: Runner
    delivery: Delivery
    feed: Feed
    receipts: Receipts
    signs: TypingSigns
    clock: Clock
    web: WebChannel
    gallery: Gallery
    paces: Paces
    platforms: Sequence[Platform]
    fates: Fates
    editions: Editions
    watch: Watch
    figures: Figures
    sealer: Sealer
    now: Callable[[], datetime]


def create_app(
    settings: Settings,
    *,
    helpline: Helpline | None = None,
    channels: Sequence[Channel] = (),
    now: Callable[[], datetime] = utcnow,
) -> FastAPI:
    """The bot. It works while the application's lifespan runs.

    ``helpline`` stands in for the one of the settings (the same process, a test);
    ``channels`` are there besides the browser chat and what the settings name; ``now`` is
    the clock by which everything goes that is stored or due (a test that travels).
    Raises ``SettingsFault``, ``KeyRefused`` or ``ContentFault``.
    """
    keys = load_keys(settings.data_dir)
    editions = Editions(edition_of(settings.data_dir, settings.content_dir))
    bot = join(settings, keys, editions, helpline or _helpline(settings), channels, now=now)
    app = FastAPI(
        title="Sigurt",
        openapi_url=None,
        redirect_slashes=False,
        lifespan=partial(_lifespan, bot),
    )
    app.state.bot = bot
    _add_routes(app, bot, channels)
    app.add_middleware(LastResort)
    app.add_middleware(SecurityHeaders, https=settings.public_url.startswith("https://"))
    return app


def join(
    settings: Settings,
    keys: Keys,
    editions: Editions,
    helpline: Helpline,
    channels: Sequence[Channel] = (),
    *,
    now: Callable[[], datetime] = utcnow,
) -> Bot:
    """Join the parts; nothing runs and nothing is opened yet."""
    engine, alarms, known = connect(settings.database), Alarms(), KnownHelpline(now=now)
    box = Box(settings.helpline_public_key)
    every: dict[str, Channel] = {channel.name: channel for channel in channels}
    parts = Parts(
        keys=keys,
        step=lambda state, event: step(state, event, content=editions.now.content),
        read=lambda text, before: triage.read(text, editions.now.content.lexicons, before),
        fallback=editions.doors,
        helpline=known,
        plan=known.plan,
        box=box,
        now=now,
        able=lambda name: able(every, name, settings.public_url),
    )
    runner = Runner(engine, parts, alarms)
    paces, lease = Paces(asking(engine, runner.ask)), partial(Lease, runner.ask, now=now)
    log = WebLog(engine, keys.sealer, now=lambda: now().timestamp())
    web = WebChannel(log, conversation_of=runner.conversation_id)
    spoken = spoken_folder(settings.data_dir, settings.content_dir)
    gallery = Gallery(load_certificate_words(spoken))
    named = platforms(
        Joined(
            settings=settings,
            secret=keys.secret,
            turns=paces,
            files=Pictures(runner.ask),
            words=load_channel_words(spoken),
            greeting=lambda: editions.now.greeting,
            alarm=alarms.sound,
            now=now,
            gallery=gallery,
        )
    )
    given = [channel for channel in channels if isinstance(channel, Platform)]
    every |= {channel.name: channel for channel in (web, *named)}
    delivery = Delivery(runner, every, helpline, keys.sealer, alarms, now=now)
    receipts = Receipts(helpline, runner.ask, now=now)
    delivery.tells(receipts.note)
    signs = TypingSigns(runner, every, keys.sealer, now=now)
    return Bot(
        settings=settings,
        engine=engine,
        helpline=helpline,
        box=box,
        alarms=alarms,
        runner=runner,
        delivery=delivery,
        feed=Feed(helpline, runner, known, lease("feed"), alarms, typing=signs.show, now=now),
        receipts=receipts,
        signs=signs,
        clock=Clock(runner, lease("clock"), web_log_hours=settings.web_log_hours, now=now),
        web=web,
        gallery=gallery,
        paces=paces,
        platforms=(*named, *given),
        fates=Fates(runner, keys.sealer, alarms, receipts.note),
        editions=editions,
        watch=Watch(editions, settings.data_dir, alarms),
        figures=Figures(helpline, runner.ask, lease("figures"), now=now),
        sealer=keys.sealer,
        now=now,
    )


def able(channels: Mapping[str, Channel], name: str, site: str = "") -> Capabilities:
    """What a channel can do; of one that is no longer configured, what every one can.

    ``site`` is the address of our own pages, which every channel may name.
    """
    channel = channels.get(name)
    known = channel.capabilities if channel else PLAIN
    return replace(known, abilities=replace(known.abilities, site=site))


def _helpline(settings: Settings) -> Helpline:
    if not settings.helpline_url:
        raise SettingsFault("SIGURT_HELPLINE_URL is needed when the helpline runs elsewhere.")
    return HttpHelpline(settings.helpline_url, settings.helpline_key.get_secret_value())


def _add_routes(
    app: FastAPI,
    bot: Bot,
    channels: Sequence[Channel],
) -> None:
    able = [channel for channel in (*channels, *bot.platforms) if hasattr(channel, "verify")]
    hooks: dict[str, Any] = {channel.name: channel for channel in able}
    metrics_key = bot.settings.metrics_key.get_secret_value()
    machines = Machines(
        bot.runner,
        bot.alarms,
        metrics_key,
        left_out=lambda: bot.delivery.left_out,
        unshown=lambda: bot.signs.failed,
    )
    app.router.routes.append(webhook_route(Webhooks(hooks, bot.runner, bot.now, fates=bot.fates)))
    app.router.routes.extend(machine_routes(machines))
    words = load_words(spoken_folder(bot.settings.data_dir, bot.settings.content_dir))

    def anywhere(language: str) -> Sequence[Say]:
        return bot.editions.doors(language, "")

    def home(language: str) -> Sequence[Say]:
        return bot.editions.doors(language, HOME)

    app.add_exception_handler(HTTPException, pages.not_found(words, anywhere))
    door = _door(bot, words, home)
    app.state.door = door
    app.include_router(door.routes())
    app.include_router(
        pages.router(
            runner=bot.runner,
            web=bot.web,
            greeting=lambda: bot.editions.now.greeting,
            fallback=anywhere,
            home=home,
            content=lambda: bot.editions.now.content,
            words=words,
            public_url=bot.settings.public_url,
            now=bot.now,
            gallery=bot.gallery,
            arrived=lambda key: bot.receipts.note(key, "delivered"),
            beside=door,
        )
    )


def _door(bot: Bot, words: Mapping[str, PageWords], home: Callable[[str], Sequence[Say]]) -> Door:
    """The report form, which needs no chat."""
    spoken = spoken_folder(bot.settings.data_dir, bot.settings.content_dir)
    forms = Forms(bot.runner, bot.sealer)
    return Door(
        forms,
        View(
            load_door_words(spoken),
            words,
            load_assets(),
            lambda: bot.editions.now.content,
            pages.numbers_of(words, home),
            bot.now,
        ),
        lambda: bot.editions.now.content,
        Codes(bot.helpline, forms, lambda: bot.editions.now.content),
        public_url=bot.settings.public_url,
        now=bot.now,
    )


@asynccontextmanager
async def _lifespan(bot: Bot, _app: FastAPI) -> AsyncIterator[None]:
    async with running(bot):
        yield


@asynccontextmanager
async def running(bot: Bot) -> AsyncIterator[None]:
    """Everything runs inside the block; what was begun is ended in the opposite order."""
    await asyncio.to_thread(migrate, bot.engine)
    await bot.box.learn(bot.helpline)
    async with AsyncExitStack() as stack:
        stack.callback(bot.engine.dispose)
        if isinstance(bot.helpline, HttpHelpline):
            stack.push_async_callback(bot.helpline.close)
        bot.runner.start(bot.delivery)
        stack.push_async_callback(bot.runner.stop)
        stack.push_async_callback(bot.paces.close)
        lease = partial(Lease, bot.runner.ask, now=bot.now)
        leases = {platform.name: lease(platform.name) for platform in bot.platforms}
        for platform in bot.platforms:  # after delivery has ended: it needs their lines
            stack.push_async_callback(_let_go, leases[platform.name])
            stack.push_async_callback(platform.stop)
        await bot.runner.ask(outbox.try_again)
        await bot.feed.recall()
        stack.push_async_callback(bot.delivery.stop)
        stack.push_async_callback(bot.signs.close)
        await bot.web.start()
        stack.push_async_callback(bot.web.stop)
        for name, work in _endless(bot).items():
            await stack.enter_async_context(_in_background(name, work, bot.alarms))
        bot.clock.start()
        stack.push_async_callback(bot.clock.stop)
        for platform in bot.platforms:
            await platform.start(bot.runner, lease=leases[platform.name].held)
        yield


async def _let_go(lease: Lease) -> None:
    """Another process need not wait until the lease has run out."""
    with suppress(StoreUnavailable):
        await lease.release()


def _endless(bot: Bot) -> dict[str, Work]:
    return {
        "delivery": bot.delivery.run,
        "feed": bot.feed.run,
        "receipts": bot.receipts.run,
        "content": bot.watch.run,
        "figures": bot.figures.run,
    }


@asynccontextmanager
async def _in_background(name: str, work: Work, alarms: Alarms) -> AsyncIterator[None]:
    task = asyncio.create_task(_for_ever(name, work, alarms))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _for_ever(name: str, work: Work, alarms: Alarms) -> None:
    """A part that ends in an error (a bug) is seen and begun again; silence would be worse."""
    while True:
        try:
            await work()
        except Exception as error:
            alarms.sound("part_failed", part=name, error=type(error).__name__)
        await asyncio.sleep(BEGIN_AGAIN)
