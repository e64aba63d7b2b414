"""From a child's message to the counsellors' screens, and back, over loopback.

The helpline serves real connections; open consoles follow its live stream and fetch the
desk again when told to, as the page's script does. The way between bot and platform is not
in it. ``python -m bench.desk`` prints the figures beside the goal of a second.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import statistics
import tempfile
import time
import uuid
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from nacl.public import PublicKey, SealedBox

from api.app import create_app
from api.contacts import service as contacts
from api.contacts.values import StaffRef
from api.settings import Settings
from api.staff import service as staff
from api.staff import sessions

CONSOLES = 12
WAITING = 100
TIMES = 10
GOAL = 1.0
KEY = "a key for measuring, of this process alone"


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds, one for each message and console."""

    name: str
    seconds: list[float]

    def __str__(self) -> str:
        middle, longest = statistics.median(self.seconds), max(self.seconds)
        return f"{self.name:38} {middle * 1000:7.0f} ms (longest {longest * 1000:.0f}, goal 1000)"


class Desk:
    """A helpline that is served, its consoles, and the hand of a bot."""

    def __init__(self, app: FastAPI, url: str) -> None:
        self.app = app
        self.bot = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        )
        self.url = url

    async def opens(self, severity: str) -> str:
        """A child is brought to the helpline."""
        now, contact_id = datetime.now(UTC).isoformat(), str(uuid.uuid4())
        inner: dict[str, object] = {
            "contact_id": contact_id,
            "conversation": uuid.uuid4().hex,
            "channel": "telegram",
            "opened_at": now,
            "language": "sq",
            "severity": severity,
            "reason": "disclosure",
            "messages": [
                {"message_id": str(uuid.uuid4()), "at": now, "kind": "text", "text": "ndihmë"}
            ],
        }
        answer = await self.bot.post("/v1/contacts", content=self._sealed(inner), headers=_key())
        answer.raise_for_status()
        return contact_id

    def person(self, number: int) -> tuple[int, httpx.AsyncClient]:
        """A counsellor who is signed in, and the browser's connection."""
        state, now = self.app.state, datetime.now(UTC)
        with state.database.write() as session:
            account = staff.create(
                session,
                state.vault,
                login=f"p{number}",
                name=f"P{number}",
                roles=["counsellor"],
                now=now,
            )
            token = sessions.start(session, staff_id=account.id, stage="full", now=now)
        cookies = {"sigurt-staff": token}
        return account.id, httpx.AsyncClient(base_url=self.url, cookies=cookies, timeout=30)

    def _sealed(self, inner: dict[str, object]) -> bytes:
        box = self.app.state.box
        sealed = SealedBox(PublicKey(b64decode(box.public_key))).encrypt(json.dumps(inner).encode())
        return json.dumps({"key_id": box.key_id, "sealed": b64encode(sealed).decode()}).encode()


async def to_the_screens(desk: Desk, browsers: list[httpx.AsyncClient]) -> Figure:
    """From the bot's call to the desk with the new contact in every console's hands."""
    found: list[float] = []
    for _ in range(TIMES):
        ready = [asyncio.Event() for _ in browsers]
        tasks = [
            asyncio.create_task(_sees(browser, event))
            for browser, event in zip(browsers, ready, strict=True)
        ]
        await asyncio.gather(*(event.wait() for event in ready))
        begun = time.perf_counter()
        contact_id = await desk.opens("emergency")
        for page, at in await asyncio.gather(*tasks):
            assert contact_id in page
            found.append(at - begun)
    return Figure(f"child to {len(browsers)} screens, {WAITING} waiting", found)


async def to_the_bot(desk: Desk, person: int, contact_id: str) -> Figure:
    """From a counsellor's reply stored to the bot that waits for it."""
    found, state = [], desk.app.state
    cursor = (await desk.bot.get("/v1/events")).json()["next"]
    while (newer := (await desk.bot.get("/v1/events", params={"after": cursor})).json())["events"]:
        cursor = newer["next"]
    for number in range(TIMES):
        waiting = asyncio.create_task(
            desk.bot.get("/v1/events", params={"after": cursor, "wait": 20})
        )
        await asyncio.sleep(0.05)  # the question is there before the answer
        begun = time.perf_counter()
        await asyncio.to_thread(_reply, state, person, contact_id, number)
        answer = (await waiting).json()
        found.append(time.perf_counter() - begun)
        cursor = answer["next"]
    return Figure("counsellor to the bot", found)


async def _sees(browser: httpx.AsyncClient, ready: asyncio.Event) -> tuple[str, float]:
    async with browser.stream("GET", "/helpline/live") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("event: change") and ready.is_set():
                break
            ready.set()
    page = await browser.get("/helpline", headers={"X-Live": "1"})
    return page.text, time.perf_counter()


def _reply(state: object, person: int, contact_id: str, number: int) -> None:
    with state.database.write() as session:  # type: ignore[attr-defined]
        contacts.reply(
            session,
            state.vault,  # type: ignore[attr-defined]
            contact_id,
            staff=StaffRef(person, "P"),
            text="Të besoj.",
            key=f"k{number}",
            now=datetime.now(UTC),
        )


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Desk]:
    """A helpline on loopback, its clock ticking."""
    app = create_app(Settings(_env_file=None, data_dir=folder, helpline_key=KEY))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    door = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[door]))
    desk = Desk(app, f"http://127.0.0.1:{door.getsockname()[1]}")
    try:
        yield desk
    finally:
        await desk.bot.aclose()
        app.state.bell.close()
        server.should_exit = True
        await serving


async def measured(folder: Path) -> list[Figure]:
    """Both ways, with a full queue."""
    async with served(folder) as desk:
        people = [desk.person(number) for number in range(CONSOLES)]
        for _ in range(WAITING):
            await desk.opens("concern")
        first = await desk.opens("disclosure")
        state, (person, _) = desk.app.state, people[0]
        with state.database.write() as session:
            who, now = StaffRef(person, "P"), datetime.now(UTC)
            contacts.claim(session, state.vault, first, staff=who, now=now)
        back = await to_the_bot(desk, person, first)
        there = await to_the_screens(desk, [browser for _, browser in people])
        for _, browser in people:
            await browser.aclose()
        return [there, back]


def show() -> None:
    """Measure and print."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        for figure in asyncio.run(measured(Path(folder))):
            print(figure)


if __name__ == "__main__":
    show()
