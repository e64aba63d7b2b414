"""What Sigurt is compared with: the least that a durable webhook can do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request

from bench.asgi import post


@asynccontextmanager
async def bare_webhook(path: Path) -> AsyncIterator[Callable[[int, int], Awaitable[int]]]:
    """A FastAPI webhook that inserts each update and commits it, one by one."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE updates (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    app = FastAPI(openapi_url=None)

    @app.post("/webhooks/bare")
    async def take(request: Request) -> dict[str, bool]:
        update = await request.json()
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            "INSERT INTO updates VALUES (?, ?)", (update["update_id"], json.dumps(update))
        )
        database.execute("COMMIT")
        return {"ok": True}

    async def press(person: int, turn: int) -> int:
        body = {"update_id": person * 100_000 + turn, "button": "press", "chat": person}
        return await post(app, "/webhooks/bare", json.dumps(body).encode())

    yield press
    database.close()
