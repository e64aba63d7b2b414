"""The report form on a whole bot of its own, filled in as a browser without script does."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI
from nacl.public import PrivateKey, SealedBox

from bot.app import create_app
from bot.engine.state import State
from bot.helpline import BoxKey, Duty, HelplineUnavailable, News, ReportState
from bot.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}
RECEIPT = "4721093655182047"
_TEXTAREA = re.compile(r'<textarea[^>]*name="([\w.]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]*name="([\w.]+)"[^>]*>(.*?)</select>', re.DOTALL)
BASE = "http://127.0.0.1"


class OpenHelpline:
    """Takes reports, opens what was sealed to it, and says what it is told to say."""

    def __init__(self) -> None:
        self._secret = PrivateKey.generate()
        self.down = False
        self.reports: list[dict[str, object]] = []
        self.additions: list[dict[str, object]] = []
        self.keys: list[str] = []
        self.asked: list[str] = []
        self.answer: ReportState | Exception = HelplineUnavailable("down")

    async def key(self) -> BoxKey:
        """The key of this stand-in."""
        return BoxKey.of(bytes(self._secret.public_key))

    async def post(
        self, kind: str, body: bytes, *, key: str, contact_id: str = ""
    ) -> dict[str, object]:
        """Keep each body once."""
        if self.down:
            raise HelplineUnavailable("down")
        if key not in self.keys:
            self.keys.append(key)
            kept = self.reports if kind == "report" else self.additions
            kept.append(self._opened(body))
        return {"number": "R-1", "receipt": RECEIPT, "accepted": True}

    def _opened(self, body: bytes) -> dict[str, object]:
        opened = SealedBox(self._secret).decrypt(b64decode(json.loads(body)["sealed"]))
        found: dict[str, object] = json.loads(opened)
        return found

    async def report(self, receipt: str) -> ReportState:
        """What the test has said that it answers."""
        self.asked.append(receipt)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

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


@dataclass
class House:
    """A running bot, its helpline, and a clock that a test can turn."""

    app: FastAPI
    helpline: OpenHelpline
    ahead: timedelta = timedelta()
    people: list[httpx.AsyncClient] = field(default_factory=list)

    def now(self) -> datetime:
        """The time, as far as it was turned."""
        return datetime.now(UTC) + self.ahead

    def reporter(self, **headers: str) -> Reporter:
        """Somebody with a browser of their own."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=BASE, headers={**OURS, **headers}
        )
        self.people.append(client)
        return Reporter(client)

    async def state(self, reporter: Reporter) -> State:
        """What is kept of somebody's form."""
        token = reporter.client.cookies["sigurt-report"]
        door = self.app.state.door
        state: State = await door.forms.state(hashlib.sha256(token.encode()).hexdigest())
        return state


@asynccontextmanager
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A bot that runs for as long as the block lasts."""
    helpline = OpenHelpline()
    made = House(FastAPI(), helpline)
    settings = Settings(data_dir=tmp_path / "var", _env_file=None)  # type: ignore[call-arg]
    made.app = create_app(settings, helpline=helpline, now=made.now)
    async with made.app.router.lifespan_context(made.app):
        yield made
        for client in made.people:
            await client.aclose()


class Reporter:
    """A browser: it follows redirects, and posts the form of the page that it has open."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.answer = httpx.Response(200)

    @property
    def page(self) -> str:
        """The page that is open."""
        return self.answer.text

    @property
    def path(self) -> str:
        """Where it is."""
        return self.answer.url.path

    @property
    def words(self) -> str:
        """What stands on it, without its marks."""
        bare = re.sub(r"<(head|svg).*?</\1>|<[^>]+>", " ", self.page, flags=re.DOTALL)
        return " ".join(html.unescape(bare).split())

    @property
    def asks(self) -> list[str]:
        """The names of the fields of the page's form."""
        return list(dict.fromkeys(re.findall(r'name="((?:q|w)\.\w+|who)"', self.page)))

    async def opens(self, path: str = "/report") -> None:
        """Go to an address."""
        self.answer = await self.client.get(path, follow_redirects=True)

    async def posts(self, press: str = "next", **answers: str | list[str]) -> None:
        """Press a button of the page's form, with these answers beside what it holds."""
        fields = {**self.filled(), "press": press, **{_name(k): v for k, v in answers.items()}}
        if press == "stay":
            del fields["press"]
        self.answer = await self.client.post("/report", data=fields, follow_redirects=True)

    async def presses(self, path: str, press: str, form: str = "look", **fields: str) -> None:
        """Press a button of another form."""
        data = {**self.filled(form), "press": press, **fields}
        self.answer = await self.client.post(path, data=data, follow_redirects=True)

    def filled(self, which: str = "fill") -> dict[str, str | list[str]]:
        """What a form of the page holds: hidden fields, marked choices, words."""
        form = self.page[self.page.index(f'<form id="{which}"') :]
        form = form[: form.index("</form>")]
        fields: dict[str, str | list[str]] = {}
        for tag in re.findall(r"<input[^>]*>", form):
            kind, name = _of(tag, "type"), _of(tag, "name")
            if kind in ("radio", "checkbox") and " checked" not in tag:
                continue
            value = _of(tag, "value")
            known = fields.get(name)
            fields[name] = [*known, value] if isinstance(known, list) else value
            if kind == "checkbox" and not isinstance(known, list):
                fields[name] = [value]
        for name, text in _TEXTAREA.findall(form):
            fields[name] = html.unescape(text)
        for name, options in _SELECT.findall(form):
            marked = re.search(r'value="([^"]*)" selected', options)
            fields[name] = marked.group(1) if marked else ""
        return fields


def _name(short: str) -> str:
    """``q_kind`` for ``q.kind``: what may stand as the name of an argument."""
    return re.sub(r"^([qw])_", r"\1.", short)


def _of(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else ""
