"""A helpline with a frozen clock, and a bot's hand that posts sealed bodies to it."""

from __future__ import annotations

import asyncio
import json
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from nacl.public import PublicKey, SealedBox

from api.app import create_app
from api.contacts.values import StaffRef
from api.live import Bell
from api.settings import Settings

KEY = "a key that only this test's bot knows"
START = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
ELIRA = StaffRef(1, "Elira")
GENTI = StaffRef(2, "Genti")
DRITA = StaffRef(3, "Drita")
CONVERSATION = "0123456789abcdef" * 2


class WatchedBell(Bell):
    """Lets a test know that somebody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.somebody_waits = asyncio.Event()

    async def wait(self, seconds: float, *, since: int | None = None) -> bool:
        self.somebody_waits.set()
        return await super().wait(seconds, since=since)


class Helpline:
    """One helpline application over one database; time moves only when told."""

    def __init__(self, data_dir: Path, url: str = "", *, trial: bool = False) -> None:
        self.now = START
        self.settings = Settings(
            _env_file=None, data_dir=data_dir, helpline_database_url=url, helpline_key=KEY
        )
        self.app = create_app(self.settings, trial=trial, clock=lambda: self.now)
        self.database = self.app.state.database
        self.vault = self.app.state.vault
        self.bell = self.app.state.bell = self.database.bell = WatchedBell()
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://helpline.example.com",
            headers={"Authorization": f"Bearer {KEY}"},
        )

    async def close(self) -> None:
        await self.http.aclose()
        self.database.close()

    def later(self, **by: float) -> None:
        """Let time pass, without the clock's work."""
        self.now += timedelta(**by)

    def tick(self, **by: float) -> None:
        """Let time pass, then do what the clock does."""
        self.later(**by)
        self.app.state.ticker.tick()

    def does(self, deed: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A deed of staff, now, in a transaction of its own."""
        with self.database.write() as session:
            return deed(session, self.vault, *args, now=self.now, **kwargs)

    def seal(self, inner: object) -> bytes:
        """A body as the bot posts it."""
        text = inner if isinstance(inner, bytes) else json.dumps(inner).encode()
        box = self.app.state.box
        sealed = SealedBox(PublicKey(b64decode(box.public_key))).encrypt(text)
        return json.dumps({"key_id": box.key_id, "sealed": b64encode(sealed).decode()}).encode()

    async def post(
        self, path: str, body: bytes, *, key: str = "", **headers: str
    ) -> httpx.Response:
        """Post these bytes; a fresh idempotency key unless one is given."""
        sent = {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid.uuid4())}
        return await self.http.post(path, content=body, headers={**sent, **headers})

    async def opens(self, **change: Any) -> str:
        """Open a contact and return its id."""
        inner = contact(**change)
        answer = await self.post("/v1/contacts", self.seal(inner))
        assert answer.status_code == 201, answer.text
        return str(inner["contact_id"])

    async def says(self, contact_id: str, *texts: str, **change: Any) -> httpx.Response:
        """Add messages to a contact."""
        inner = {"messages": [message(text) for text in texts], **change}
        return await self.post(f"/v1/contacts/{contact_id}/messages", self.seal(inner))

    async def events(self, after: int = 0) -> list[dict[str, Any]]:
        """What the feed holds after that number."""
        answer = await self.http.get("/v1/events", params={"after": after})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["events"])

    async def types(self) -> list[str]:
        """The types of all events so far."""
        return [event["type"] for event in await self.events()]


def message(text: str, **change: Any) -> dict[str, Any]:
    """A child's message as the bot tells it."""
    plain = {
        "message_id": str(uuid.uuid4()),
        "at": "2026-11-20T14:29:00Z",
        "kind": "text",
        "text": text,
        "severity": "none",
        "evidence": [],
    }
    return {**plain, **change}


def contact(**change: Any) -> dict[str, Any]:
    """A contact as the bot opens it."""
    plain = {
        "contact_id": str(uuid.uuid4()),
        "conversation": CONVERSATION,
        "channel": "telegram",
        "opened_at": "2026-11-20T14:29:00Z",
        "language": "sq",
        "band": "11-13",
        "role": "child",
        "country": "al",
        "severity": "disclosure",
        "category": "sexual_extortion",
        "score": 0.9,
        "wants_reply": True,
        "reason": "disclosure",
        "limits": {"version": "3", "language": "sq", "told_at": "2026-11-20T14:20:00Z"},
        "messages": [],
    }
    return {**plain, **change}
