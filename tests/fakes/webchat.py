"""The browser chat on a database of its own, with a runner that answers from a script."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from fakes.runner import GREETING, Answers, FakeRunner, doors, short_answers
from fastapi import FastAPI
from sqlalchemy import Engine
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
    app = FastAPI(docs_url=None, openapi_url=None)
    app.include_router(
        pages.router(
            runner=runner,
            web=web,
            greeting=GREETING,
            fallback=doors,
            words=load_words(CONTENT),
            pace=pace or Pace(pause=_at_once),
        )
    )
    return WebChat(Strict(app), runner, web, weblog, engine)


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)
