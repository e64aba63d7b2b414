"""What Sigurt is compared with: the least that a durable webhook can do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI, Request


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

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://bench"
    ) as http:

        async def post(person: int, turn: int) -> int:
            body = {"update_id": person * 100_000 + turn, "text": "press", "chat": {"id": person}}
            return (await http.post("/webhooks/bare", json=body)).status_code

        yield post
    database.close()
