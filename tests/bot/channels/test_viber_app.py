"""The whole bot on Viber: from the opening of the chat to a counsellor's answer."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes.line import FakeLine
from fakes.viber import Child, ViberStandIn
from nacl.public import PrivateKey
from pydantic import SecretStr

from bot.app import create_app
from bot.helpline import BoxKey, contact_id_of
from bot.settings import Settings

LANGUAGE = {"sq": "Shqip", "en": "English"}
TELLS = {"sq": "dikush po më kërcënon me foton time", "en": "someone threatens me with my photo"}


class Line(FakeLine):
    """The helpline with a key that can seal."""

    async def key(self) -> BoxKey:
        return BoxKey.of(bytes(PrivateKey.generate().public_key))


class World:
    """The bot, the platform and the helpline."""

    def __init__(self, viber: ViberStandIn, app: Any, line: Line) -> None:
        self.viber, self.app, self.line = viber, app, line

    async def settles(self) -> None:
        """Until every callback is answered and everything that was said is sent."""
        await self.viber.quiet()
        await self.app.state.bot.delivery.quiet()
        await self.viber.quiet()

    async def onboarded(self, child: Child, language: str) -> None:
        """Open the chat and go on, key by key, until there is nothing left to be asked."""
        child.opens()
        await self.settles()
        child.presses(LANGUAGE[language])
        await self.settles()
        for _ in range(8):
            if len(child.buttons) < 2 or "go.lessons" in str(child.buttons):
                return
            child.presses(child.buttons[0][0])
            await self.settles()


@asynccontextmanager
async def bot_on_viber(folder: Path) -> AsyncIterator[World]:
    """The whole bot, its webhook told; in the end the platform has nothing against it."""
    late: list[Any] = []
    async with ViberStandIn(webhook=_Late(late)) as viber:
        line = Line()
        settings = Settings(
            _env_file=None,
            data_dir=folder,
            viber_token=SecretStr(viber.token),
            viber_api_url=viber.url,
            public_url="https://sigurt.example.com",
        )
        app = create_app(settings, helpline=line)
        late.append(app)
        async with app.router.lifespan_context(app):
            await viber.until(lambda: bool(viber.hook))
            world = World(viber, app, line)
            yield world
            await world.settles()
        assert viber.refusals == []
        assert viber.given_up == []


class _Late(httpx.AsyncBaseTransport):
    """Posts to an application that is made after the stand-in."""

    def __init__(self, apps: list[Any]) -> None:
        self._apps = apps

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(self._apps[0]).handle_async_request(request)


@pytest.mark.parametrize("language", LANGUAGE)
@pytest.mark.parametrize("level", [3, 10])
async def test_pressing_whatever_is_there_is_always_answered(
    language: str, level: int, tmp_path: Path
) -> None:
    """
    From the opening on, each press is answered, and every message has a keyboard with help.
    """
    chance = random.Random(f"{language}{level}")
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child(level=level)
        await world.onboarded(child, language)
        for _ in range(60):
            before = len(child.shown)
            keys = [text for text, sent in child.buttons if not sent.endswith(".leave")]
            assert keys, f"no keyboard under {child.texts[-1]!r}"
            child.presses(chance.choice(keys))
            await world.settles()
            assert len(child.shown) > before
        assert all(shown.buttons for shown in child.shown)
        assert world.viber.charged == []


@pytest.mark.parametrize("language", LANGUAGE)
async def test_a_disclosure_reaches_a_person_and_back(language: str, tmp_path: Path) -> None:
    """
    U4, U8: what a child tells is believed, passed on when it says so, and answered by a person.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()
        await world.onboarded(child, language)
        child.types(TELLS[language])
        await world.settles()
        told = len(child.shown)

        child.presses("▸danger.no")
        await world.settles()
        child.presses("▸offer.yes")
        await world.settles()
        conversation = world.app.state.bot.runner.conversation_id("viber", child.id)
        contact = {"contact_id": contact_id_of(conversation, 1)}
        world.line.happens(
            "message.sent", conversation, message_id="m", text="Jam këtu me ty.", **contact
        )
        shown = await child.sees("Jam këtu me ty.")

        assert world.line.posted[0].kind == "contact"
        assert shown.text.startswith("Elira:\n")
        assert shown.buttons
        assert [late.picture for late in child.shown[told:]] == [""] * len(child.shown[told:])


@pytest.mark.parametrize(
    "breaks",
    [
        lambda viber: viber.cuts("send_message"),
        lambda viber: viber.cuts("send_message", skip=1),
        lambda viber: viber.fails("send_message", 503),
        lambda viber: viber.says("send_message", 99),
    ],
    ids=["cut", "cut in the middle", "503", "unknown status"],
)
async def test_a_fault_on_the_way_costs_no_answer(
    breaks: Callable[[ViberStandIn], None], tmp_path: Path
) -> None:
    """
    Row 7 of the likeliest mistakes: a fault on a disclosure's answer only delays it, in order.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()
        await world.onboarded(child, "sq")
        told = len(child.shown)
        breaks(world.viber)

        child.types(TELLS["sq"])
        await child.sees("A je në rrezik tani?")

        texts = child.texts[told:]
        assert len(texts) == len(set(texts)) > 1
        assert texts[-1] == "A je në rrezik tani?"


async def test_repeats_in_parallel_score_once(tmp_path: Path) -> None:
    """
    Row 2: each callback five times at once, on the way from opening to menu, is answered once.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()
        world.viber.repeats = 5

        await world.onboarded(child, "sq")

        texts = child.texts[1:]
        assert len(texts) == len(set(texts)) > 3


async def test_whoever_comes_back_is_greeted_in_the_answer(tmp_path: Path) -> None:
    """
    Opening the chat again goes on where it was; whoever had left is reachable by it.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()
        await world.onboarded(child, "sq")
        sent = len(world.viber.named("send_message"))
        child.unsubscribes()
        await world.settles()
        before = len(child.shown)

        child.opens("school-42")
        await world.settles()

        assert len(child.shown) == before + 1
        assert child.buttons
        assert len(world.viber.named("send_message")) == sent


async def test_subscribing_says_nothing_twice(tmp_path: Path) -> None:
    """
    Whoever subscribes, before all else, in mid-question or after leaving, is told nothing by it.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()
        child.subscribes()
        await world.settles()
        assert child.shown == []
        child.opens()
        await world.settles()
        child.subscribes()
        await world.settles()
        assert len(child.shown) == 1
        await world.onboarded(child, "sq")
        child.types(TELLS["sq"])
        await world.settles()
        shown = len(child.shown)
        child.unsubscribes()
        child.subscribes()
        await world.settles()
        assert len(child.shown) == shown


async def test_whoever_leaves_gets_no_further_call(tmp_path: Path) -> None:
    """
    Row 7: after "not subscribed" nothing more is tried in that chat until the child is back.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()
        await world.onboarded(child, "sq")
        child.types("ndihmë")
        child.subscribed = False  # it left without our hearing of it
        await world.settles()
        tried = len(world.viber.named("send_message"))
        for _ in range(3):
            world.viber.callback(child, {"event": "client_status", "user": child.person()})
        await world.settles()
        assert len(world.viber.named("send_message")) == tried

        child.types("ckemi")
        await world.settles()
        assert len(world.viber.named("send_message")) > tried


async def test_the_exit_word_is_met_with_silence(tmp_path: Path) -> None:
    """
    C2: "dil" is answered by nothing at all, not even in the answer to the callback.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()
        await world.onboarded(child, "sq")
        before = len(child.shown)

        child.types("dil")
        await world.settles()

        assert len(child.shown) == before


async def test_no_little_word_stays_in_the_chat(tmp_path: Path) -> None:
    """
    Where nothing can be taken back, the safe word and the exit word are not written.
    """
    async with bot_on_viber(tmp_path) as world:
        child = world.viber.child()

        await world.onboarded(child, "sq")

        assert "limonadë" not in " ".join(child.texts).lower()
