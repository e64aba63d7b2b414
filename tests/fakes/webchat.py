"""The browser chat on a database of its own, with a runner that answers from a script."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fakes.runner import GREETING, Answers, FakeRunner, doors, short_answers
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import pages
from bot.channels.web import WebChannel, load_words
from bot.channels.web.door import Pace
from bot.crypto import Keys
from bot.store.database import connect
from bot.store.tables import BotTable
from bot.store.weblog import WebLog

CONTENT = Path(__file__).resolve().parents[2] / "content"
CSP = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


@dataclass
class WebChat:
    """Everything behind the page, each part within reach of a test."""

    app: ASGIApp
    runner: FakeRunner
    web: WebChannel
    log: WebLog
    engine: Engine


class Child:
    """A phone with the page open; it notes every fault and every foreign request."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: self.faults.append(m.text) if "Policy" in m.text else None)
        page.on("request", lambda r: None if r.url.startswith(url) else self.faults.append(r.url))

    @property
    def context(self) -> BrowserContext:
        """The browser's memory that the page is opened in."""
        return self.page.context

    async def opens(self, path: str = "") -> None:
        await self.page.goto(self.url + path)

    async def taps(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).last.click()

    async def says(self, words: str) -> None:
        await self.page.get_by_role("textbox").fill(words)
        await self.page.keyboard.press("Enter")

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def sees(self, words: str, times: int = 1) -> None:
        await expect(self.page.locator("#log .msg", has_text=words)).to_have_count(times)

    async def wide(self) -> int:
        """How wide the page is, in pixels, with what sticks out."""
        width: int = await self.page.evaluate("document.documentElement.scrollWidth")
        return width


async def phone(browser: Browser, url: str, **more: object) -> Child:
    """A child's phone; the narrowest there is, unless told otherwise."""
    options = {"viewport": {"width": 320, "height": 568}} | more
    context = await browser.new_context(**options)  # type: ignore[arg-type]
    return Child(await context.new_page(), url)


@asynccontextmanager
async def serving(chat: WebChat) -> AsyncIterator[str]:
    """The address of a chat on this machine, while the block lasts."""
    config = uvicorn.Config(chat.app, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))  # open before the server is: nobody waits
    await chat.web.start()
    task = asyncio.create_task(server.serve(sockets=[door]))
    yield f"http://127.0.0.1:{door.getsockname()[1]}/"
    server.should_exit = True
    await task
    await chat.web.stop()


class Strict:
    """Sets the policy under which the real service serves the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                policy = (b"content-security-policy", CSP.encode())
                message["headers"] = [*message["headers"], policy]
            await send(message)

        await self._app(scope, receive, with_policy)


def web_chat(url: str, answers: Answers = short_answers, *, pace: Pace | None = None) -> WebChat:
    """Return a chat over an empty database at ``url``."""
    engine = connect(url)
    BotTable.metadata.create_all(engine)
    keys = Keys(bytes(32))
    weblog = WebLog(engine, keys.sealer)
    web = WebChannel(weblog, conversation_of=keys.conversation_id)
    runner = FakeRunner(web, answers)
    app = FastAPI(docs_url=None, openapi_url=None, redirect_slashes=False)
    words = load_words(CONTENT)
    app.add_exception_handler(HTTPException, pages.not_found(words, doors))
    app.include_router(
        pages.router(
            runner=runner,
            web=web,
            greeting=lambda: GREETING,
            fallback=doors,
            words=words,
            pace=pace or Pace(pause=_at_once),
        )
    )
    return WebChat(Strict(app), runner, web, weblog, engine)


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)
