"""A toy channel: SMS, which has neither buttons nor edits, and the gateway that it talks to.

It shows how small an adapter can be, and that the rest of the bot needs nothing else:
``bot/channels/README.md`` explains its parts in the same order.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import httpx

from bot.channels.base import (
    Capabilities,
    ChannelBusy,
    ChannelDown,
    ChannelRefused,
    ChatGone,
    Forged,
    Held,
    Inbound,
    Malformed,
    MessageFate,
    Place,
    Progress,
    Runs,
    Shown,
)
from bot.channels.text import split, units
from bot.engine.effects import Button, Say
from bot.engine.events import Abilities, AnyEvent, ChatLost, Hiding, MessageReceived

SIGNATURE = "x-sms-signature"
LONGEST = 670  # UTF-16 units: ten joined messages, for ë is in no telephone's short alphabet
LETTERS = "ABCDEFGH"
HELP = {"sq": "Për ndihmë shkruaj NDIHMË.", "en": "For help write HELP."}
PATIENCE = 30.0  # seconds until a test that waits in vain is told so


class SmsChannel:
    """The adapter. ``gateway`` takes a number and a text, and answers with status and id."""

    name = "sms"
    capabilities = Capabilities(
        abilities=Abilities(takes_back=False, hides=Hiding.SELF, presses=False)
    )

    def __init__(self, *, secret: str, gateway: Callable[[str, str], tuple[int, str]]) -> None:
        self._secret, self._gateway = secret.encode(), gateway

        self.runs = False

    def greet(self, query: Mapping[str, str]) -> str:
        """The gateway asks once whether the address is ours, before it posts."""
        if not hmac.compare_digest(query.get("token", "").encode(), self._secret):
            raise Forged
        return query.get("challenge", "")

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise ``Forged`` unless the gateway signed these very bytes."""
        honest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers.get(SIGNATURE, "").encode(), honest.encode()):
            raise Forged

    def parse(self, body: bytes, at: datetime) -> list[Inbound | MessageFate]:
        """Return what happened; raises ``Malformed``."""
        try:
            raw = json.loads(body)
            who, number = str(raw["from"]), str(raw["id"])
            if "fate" in raw:
                return [MessageFate(self.name, who, number, raw["fate"])]
            event = _event(str(raw["text"]), at)
        except (ValueError, KeyError, TypeError):
            raise Malformed from None
        return [Inbound(self.name, number, who, event, message=number)]

    async def send(
        self,
        address: str,
        says: Sequence[Say],
        *,
        key: str,
        progress: Progress | None = None,
        place: Place | None = None,
    ) -> None:
        """Send the texts in order; a retry goes on after the last one accepted."""
        progress, texts = progress or Progress(), texts_of(says)
        for done in range(progress.done, len(texts)):
            status, number = self._gateway(address, texts[done])
            _check(status)
            progress.shown.append(Shown(number))
            if done + 1 < len(texts):
                await progress.accepted(done + 1)

    async def take_back(self, address: str, messages: Sequence[str]) -> int:
        """What was sent stays on the phone."""
        return len(messages)

    def answer(self, address: str, says: Sequence[Say]) -> bytes:
        """Nothing is said in the answer to a call."""
        return b""

    async def start(self, runner: Runs, *, lease: Held | None = None) -> None:
        """Nothing to begin: the gateway's own settings say where it posts."""
        self.runs = True

    async def stop(self) -> None:
        """Nothing to end."""
        self.runs = False


def _event(text: str, at: datetime) -> AnyEvent:
    """The gateway ends a subscription at this word, as the law asks of it."""
    if text.strip().upper() == "STOP":
        return ChatLost(at=at)
    return MessageReceived(at=at, text=text)


def _check(status: int) -> None:
    if status == 410:
        raise ChatGone("no such number")
    if status == 429:
        raise ChannelBusy(0.1)
    if status >= 500:
        raise ChannelDown(f"status {status}")
    if status >= 400:
        raise ChannelRefused(f"status {status}")


def texts_of(says: Sequence[Say]) -> list[str]:
    """The bubbles as texts: the choices stand below the words, each with its letter."""
    return [part for say in says for part in split("\n".join(_lines(say)), LONGEST)]


def _lines(say: Say) -> list[str]:
    lines = [f"{say.name}: {say.text}" if say.name else say.text]
    lines += [f"{call.number}: {call.label}" for call in say.calls if call.number not in say.text]
    lines += _choices(say.buttons)
    return [*lines, HELP[say.language]] if say.help else lines


def _choices(buttons: Sequence[Button]) -> list[str]:
    """The engine hears a button's letter; where the labels are letters, the words have them."""
    if all(button.label in LETTERS for button in buttons):
        return []
    pairs = zip(LETTERS, buttons, strict=False)
    return [f"{letter}. {button.label}" for letter, button in pairs]


class Gateway:
    """The stand-in for the company that carries the texts: strict, and on demand broken."""

    def __init__(self, secret: str) -> None:
        self.secret = secret.encode()
        self.accepted: list[tuple[str, str]] = []
        self.refused: list[str] = []
        self.faults: deque[int] = deque()
        self._calls = 0
        self._came = asyncio.Event()

    def take(self, number: str, text: str) -> tuple[int, str]:
        """Accept a text, or say why not."""
        if self.faults:
            return self.faults.popleft(), ""
        if not text.strip() or units(text) > LONGEST or "\x00" in text:
            self.refused.append(text)
            return 400, ""
        self.accepted.append((number, text))
        self._came.set()
        return 202, f"out-{len(self.accepted)}"

    def texts(self, number: str) -> list[str]:
        """What a phone has received, oldest first."""
        return [text for to, text in self.accepted if to == number]

    async def until(self, true: Callable[[], bool]) -> None:
        """Return when it is so; it is looked at after each accepted text."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._came.clear()
                await self._came.wait()

    def call(self, **fields: object) -> tuple[bytes, dict[str, str]]:
        """A signed call as the gateway makes it: body and headers."""
        self._calls += 1
        whole = {"id": f"in-{self._calls}", "sent_at": datetime.now(UTC).isoformat(), **fields}
        body = json.dumps(whole, ensure_ascii=False).encode()
        signed = hmac.new(self.secret, body, hashlib.sha256).hexdigest()
        return body, {"content-type": "application/json", SIGNATURE: signed}


class Phone:
    """A child with a telephone that can do nothing but texts."""

    def __init__(self, number: str, gateway: Gateway, http: httpx.AsyncClient) -> None:
        self.number, self._gateway, self._http = number, gateway, http
        self.seen = 0

    async def says(self, text: str, *, times: int = 1) -> None:
        """Send a text; the gateway may deliver it more than once."""
        body, headers = self._gateway.call(**{"from": self.number, "text": text})
        for _ in range(times):
            assert await self.posts(body, headers) == 200

    async def posts(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Make a call and return its status."""
        answer = await self._http.post("/webhooks/sms", content=body, headers=dict(headers))
        return answer.status_code

    async def asks(self, **query: str) -> tuple[int, str]:
        """Ask as the gateway does before its first call; return status and body."""
        answer = await self._http.get("/webhooks/sms", params=query)
        return answer.status_code, answer.text

    async def reads(self, *texts: str) -> None:
        """Wait until these have come after what was read before, in order, and nothing else."""
        wanted = self.seen + len(texts)
        await self._gateway.until(lambda: len(self.texts) >= wanted)
        for came, text in zip(self.texts[self.seen :], texts, strict=True):
            assert text in came
        self.seen = wanted

    @property
    def texts(self) -> list[str]:
        """What it shows, oldest first."""
        return self._gateway.texts(self.number)
