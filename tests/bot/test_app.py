"""The bot as a whole: real content, real triage, a helpline that is a stand-in."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fakes.channel import FakeWebhook
from fakes.talk import BOX, FakeHelpline
from fakes.telegram import TelegramStandIn
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from bot.app import create_app
from bot.helpline import BoxKey, Duty, News
from bot.settings import Settings, SettingsFault

GOOD = {"x-secret": "right", "content-type": "application/json"}


class WholeHelpline(FakeHelpline):
    """With one counsellor on duty, and nothing to tell."""

    async def key(self) -> BoxKey:
        """The key of the tests."""
        return BOX

    async def duty(self) -> Duty:
        """One person."""
        return Duty(1, 4)

    async def events(self, after: int, wait: float) -> News:
        """Nothing, for as long as it is asked for."""
        await asyncio.Event().wait()
        return News((), after)

    async def figures(self, body: dict[str, object], *, key: str) -> None:
        """What was learned is counted elsewhere."""

    async def receipt(self, seq: int, status: str, *, key: str) -> None:
        """Fine."""


@pytest.fixture
def settings(tmp_path) -> Settings:
    """
    Nothing but a folder of its own.
    """
    return Settings(data_dir=tmp_path / "var", _env_file=None)


async def test_the_whole_bot_answers(settings):
    """
    A first message over a webhook is answered with the greeting, and the page is served.
    """
    channel = FakeWebhook()
    app = create_app(settings, helpline=WholeHelpline(), channels=[channel])
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        await client.post("/webhooks/fake", content=b"1 kid hello", headers=GOOD)
        await channel.has_sent(1)
        page = await client.get("/")

    assert "Sigurt" in channel.texts("kid")[0]
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_the_bot_describes_itself_to_nobody(settings, path):
    """
    S57: the bot has no page about its routes.
    """
    app = create_app(settings, helpline=WholeHelpline())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get(path)).status_code == 404


def test_a_bot_alone_needs_to_know_its_helpline(settings):
    """
    Without a helpline in the same process or in the settings the bot does not start.
    """
    with pytest.raises(SettingsFault, match="SIGURT_HELPLINE_URL"):
        create_app(settings)


async def test_the_doors_of_help_are_there_when_every_step_fails(settings, monkeypatch):
    """
    U4, U8: with the engine broken in every step the child still sees the numbers to call.
    """
    channel = FakeWebhook()
    app = create_app(settings, helpline=WholeHelpline(), channels=[channel])

    def broken(state, event):
        raise RuntimeError

    parts = app.state.bot.runner._parts
    object.__setattr__(parts, "step", broken)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.post("/webhooks/fake", content=b"1 kid hello", headers=GOOD)
        await channel.has_sent(1)

    assert answer.status_code == 200
    assert "112" in " ".join(channel.texts("kid"))


async def test_a_stopped_process_leaves_its_jobs_to_others_at_once(settings):
    """
    Feed, clock and the asking of Telegram are let go when the service stops: the next process,
    also on another machine, waits for no lease to run out.
    """
    async with TelegramStandIn(clock=None) as telegram:
        named = {
            "telegram_token": SecretStr(telegram.token),
            "telegram_api_url": telegram.url,
        }
        app = create_app(settings.model_copy(update=named), helpline=WholeHelpline())
        async with app.router.lifespan_context(app):
            child = telegram.child()
            child.starts()
            await telegram.until(lambda: bool(child.shown))
            assert leases(settings) >= {"feed", "telegram"}

    assert leases(settings) == set()


def leases(settings: Settings) -> set[str]:
    """The jobs that some process holds."""
    with create_engine(settings.database).connect() as connection:
        return set(connection.execute(text("SELECT name FROM leases")).scalars())
