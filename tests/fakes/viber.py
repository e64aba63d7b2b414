"""A strict stand-in for Viber: a real server on loopback, and children who use it.

    async with ViberStandIn() as viber:
        bot = ViberChannel(token=viber.token, api_url=viber.url, ...)
        child = viber.child()
        child.opens()
        await child.sees("Sigurt")
        child.presses("Shqip")

It refuses what the platform refuses (``viber_rules``): at once, with a status in an HTTP
200, or later, with a ``failed`` callback. It signs the bytes it posts, repeats a callback
that is not answered by 200, and on demand is slow, breaks, repeats or swaps.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fakes.viber_rules import (
    INVALID_TOKEN,
    INVALID_URL,
    NOT_REGISTERED,
    NOT_SUBSCRIBED,
    REQUEST_BYTES,
    SILENT_LEVEL,
    TOO_MANY,
    TOO_NEW,
    Refused,
    check_keyboard,
    check_level,
    check_message,
    check_webhook,
    shown_text,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATIENCE = 20.0  # seconds until a test that waits in vain is told so
TRIES = 8  # of one callback
HOUR, SESSION, UNANSWERED = 3_600.0, 86_400.0, 100
SIGNATURE = "X-Viber-Content-Signature"
_NO_MISTAKES = (NOT_REGISTERED, NOT_SUBSCRIBED, TOO_MANY, TOO_NEW, INVALID_URL)


@dataclass
class Shown:
    """A message as a child sees it."""

    token: int
    text: str
    picture: str = ""
    keyboard: dict[str, Any] = field(default_factory=dict)
    silent: bool = False  # whether Silent is heeded: by the app, for this message

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """What can be pressed: text as read, and what a press sends."""
        keys = self.keyboard.get("Buttons", ())
        return [(shown_text(key["Text"]), key["ActionBody"]) for key in keys]


@dataclass
class Fault:
    """What happens to the next calls of one method instead of an honest answer."""

    method: str
    receiver: str | None = None
    times: int = 1
    skip: int = 0  # calls that are still answered honestly
    status: int | None = None
    answer: Response | None = None
    cut: bool = False
    after: bool = False  # the platform did it, and only the answer was lost
    gate: asyncio.Event | None = None

    def meets(self, method: str, fields: Mapping[str, Any]) -> bool:
        """Tell whether this call is the one, and count it."""
        if method != self.method or self.receiver not in (None, fields.get("receiver")):
            return False
        self.skip -= 1
        if self.skip >= 0 or self.times <= 0:
            return False
        self.times -= 1
        return True


class Child:
    """Somebody with a phone, and perhaps a second device. What is done here is posted.

    ``level`` is the API level of the app. ``mine`` is what stands in the chat as the
    child's own: what it typed, and presses that are not silent.
    """

    def __init__(self, viber: ViberStandIn, name: str, *, level: int, devices: int) -> None:
        self.viber, self.id = viber, name
        self.level, self.devices = level, devices
        self.subscribed = False
        self.shown: list[Shown] = []
        self.mine: list[str] = []
        self.last_word = 0.0
        self.unanswered: list[float] = []

    @property
    def texts(self) -> list[str]:
        return [shown.text for shown in self.shown]

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """The keyboard: that of the newest message, or none."""
        return self.shown[-1].buttons if self.shown else []

    def opens(self, context: str = "") -> int:
        """Open the chat, perhaps by a link that carries a context."""
        more = {"context": context} if context else {}
        return self._post("conversation_started", type="open", subscribed=self.subscribed, **more)

    def subscribes(self) -> int:
        self.subscribed = True
        return self._post("subscribed")

    def unsubscribes(self) -> int:
        self.subscribed = False
        return self.viber.callback(self, {"event": "unsubscribed", "user_id": self.id})

    def types(self, text: str) -> int:
        self.mine.append(text)
        return self.sends(type="text", text=text)

    def presses(self, what: str) -> int:
        """Press a key of the newest message's keyboard, by its text or what it sends."""
        found = next((sent for key in self.buttons for sent in key[1:] if what in key), None)
        assert found, f"{what!r} cannot be pressed: {self.buttons}"
        silent = self.shown[-1].silent
        if not silent:
            self.mine.append(found)
        return self.sends(silent=silent, type="text", text=found)

    def sends_picture(self, caption: str = "") -> int:
        url = "https://files.example.com/picture.jpg"
        return self.sends(
            type="picture", text=caption, media=url, thumbnail=url, file_name="x.jpg", size=9
        )

    def sends(self, *, silent: bool = False, **message: Any) -> int:
        """Send any message; whoever does is subscribed by it."""
        self.subscribed = True
        self.last_word, self.unanswered = self.viber.now(), []
        sender = self.person()
        body = {"event": "message", "sender": sender, "message": message, "silent": silent}
        return self.viber.callback(self, body)

    async def sees(self, words: str) -> Shown:
        """Wait for a message with these words and return the newest one."""
        await self.viber.until(
            lambda: any(words in text for text in self.texts),
            lambda: f"{words!r} not among {self.texts}; {self.viber.refusals}",
        )
        return next(shown for shown in reversed(self.shown) if words in shown.text)

    def looks(self) -> None:
        """Read what is there: one ``seen`` for each message and device."""
        for shown in self.shown:
            self.report("seen", shown.token)

    def report(self, event: str, token: int, **more: Any) -> None:
        for _ in range(1 if event == "failed" else self.devices):
            body = {"event": event, "user_id": self.id, "message_token": token, **more}
            self.viber.callback(self, body)

    def person(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": "A_<b>",
            "avatar": "https://avatars.example.com/a.jpg",
            "language": "sq",
            "country": "AL",
            "api_version": self.level,
        }

    def _post(self, event: str, **more: Any) -> int:
        return self.viber.callback(self, {"event": event, "user": self.person(), **more})


@dataclass
class Callback:
    """A callback that waits for its 200."""

    child: Child | None
    body: bytes
    event: str
    token: int
    tries: int = 0


class ViberStandIn:
    """The platform. ``webhook`` is a transport by which callbacks are posted, such as
    ``httpx.ASGITransport(app)``; without it they are posted to the address that was set.

    ``repeats`` posts each callback so many times at once. ``swaps`` posts the newest that
    waits first. ``refusals`` are the bot's mistakes; ``charged`` what would have cost.
    """

    token = "4453b6ac12345678-e02c5f12174805f9-stand-in"

    def __init__(
        self,
        *,
        webhook: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.now = now
        self.children: dict[str, Child] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusals: list[str] = []
        self.charged: list[str] = []
        self.answered: list[int] = []
        self.given_up: list[int] = []
        self.hook = ""
        self.events: set[str] = set()
        self.repeats = 1
        self.swaps = False
        self.delivering = asyncio.Event()
        self.delivering.set()
        self._tokens = iter(range(5_741_311_803_571_721_087, 2**63))
        self._faults: list[Fault] = []
        self._queues: dict[str, deque[Callback]] = {}
        self._posting: dict[str, asyncio.Task[None]] = {}
        self._pulse = asyncio.Event()
        self._client = httpx.AsyncClient(transport=webhook, timeout=60)

    # For tests

    def child(self, *, level: int = 10, devices: int = 1) -> Child:
        """Somebody new, who has not opened the chat yet."""
        name = f"01+{len(self.children):04}/AB{len(self.children):04}A=="
        self.children[name] = Child(self, name, level=level, devices=devices)
        return self.children[name]

    def says(self, method: str, status: int, **fault: Any) -> None:
        """Answer the next calls with HTTP 200 and this status."""
        self._faults.append(Fault(method, status=status, **fault))

    def fails(
        self, method: str, http: int, *, retry_after: str = "", body: str = "", **fault: Any
    ) -> None:
        """Answer the next calls with this HTTP status and body."""
        headers = {"retry-after": retry_after} if retry_after else {}
        self._faults.append(Fault(method, answer=Response(body, http, headers), **fault))

    def cuts(self, method: str, **fault: Any) -> None:
        """Cut the line under a call, before it had its effect, or ``after``."""
        self._faults.append(Fault(method, cut=True, **fault))

    def holds(self, method: str, receiver: str | None = None) -> asyncio.Event:
        """Keep every such call waiting until the returned event is set."""
        gate = asyncio.Event()
        self._faults.append(Fault(method, receiver, 10**9, gate=gate))
        return gate

    def named(self, method: str) -> list[dict[str, Any]]:
        """Return the fields of each call of one method."""
        return [fields for name, fields in self.calls if name == method]

    async def until(self, true: Callable[[], bool], why: Callable[[], str] = lambda: "") -> None:
        """Wait until something is so; fails after ``PATIENCE`` with ``why``."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():
                    await self._pulse.wait()
        except TimeoutError:
            raise AssertionError(why() or "waited in vain") from None

    async def quiet(self) -> None:
        """Return when every callback is answered or given up."""
        await self.until(lambda: not any(self._queues.values()), lambda: "callbacks wait")

    # Callbacks

    def callback(self, child: Child, body: dict[str, Any]) -> int:
        """Queue a callback; kinds that were not asked for are never posted."""
        token = body.setdefault("message_token", next(self._tokens))
        if body["event"] != "message" and body["event"] not in self.events:
            return int(token)
        body = {"timestamp": int(self.now() * 1000), "chat_hostname": "SN-CHAT-05_", **body}
        made = Callback(child, _written(body), body["event"], token)
        self._queues.setdefault(child.id, deque()).append(made)
        self._wake()
        return int(token)

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers of an honest callback."""
        digest = hmac.new(self.token.encode(), body, hashlib.sha256).hexdigest()
        return {"Content-Type": "application/json", SIGNATURE: digest}

    def _wake(self) -> None:
        for name, waiting in self._queues.items():
            if self.hook and waiting and name not in self._posting:
                self._posting[name] = asyncio.create_task(self._post(name))
        self._pulse.set()
        self._pulse = asyncio.Event()

    async def _post(self, name: str) -> None:
        waiting = self._queues[name]
        while waiting and self.hook:
            await self.delivering.wait()
            made = waiting[-1 if self.swaps else 0]
            if await self._posted(made):
                self.answered.append(made.token)
            elif made.tries < TRIES:
                await asyncio.sleep(min(0.01 * 2**made.tries, 0.2))
                continue
            else:
                self.given_up.append(made.token)
            waiting.remove(made)
            self._wake()
        del self._posting[name]

    async def _posted(self, made: Callback) -> bool:
        made.tries += 1
        headers = self.signed(made.body)
        answers = await asyncio.gather(
            *(
                self._client.post(self.hook, content=made.body, headers=headers)
                for _ in range(self.repeats)
            ),
            return_exceptions=True,
        )
        honest = [answer for answer in answers if isinstance(answer, httpx.Response)]
        if len(honest) < len(answers) or any(answer.status_code != 200 for answer in honest):
            return False
        if made.child is not None:
            self._welcome(made.child, made.event, honest[0].content)
        return True

    def _welcome(self, child: Child, event: str, body: bytes) -> None:
        """What the answer to ``conversation_started`` says; no other answer may say anything."""
        if not body:
            return
        try:
            if event != "conversation_started":
                raise Refused(0, f"a body in the answer to {event}")
            if len(body) > REQUEST_BYTES:
                raise Refused(0, f"a welcome of {len(body)} bytes")
            fields = json.loads(body)
            check_message(fields, welcome=True)
            check_level(fields, child.level)
        except Refused as refusal:
            self.refusals.append(f"welcome: {refusal.message}")
        else:
            self._show(child, fields, next(self._tokens))

    # The server

    async def __aenter__(self) -> ViberStandIn:
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/pa"
        app = Starlette(routes=[Route("/pa/{method}", self._call, methods=["POST"])])
        self._server = _Server(
            uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
        )
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hook = ""
        posting = list(self._posting.values())
        for task in posting:
            task.cancel()
        await asyncio.gather(*posting, return_exceptions=True)
        await self._client.aclose()
        self._server.should_exit = self._server.force_exit = True
        for gate in (fault.gate for fault in self._faults if fault.gate):
            gate.set()
        await self._serving

    async def _call(self, request: Request) -> Response:
        method, body = request.path_params["method"], await request.body()
        try:
            fields = self._read(request, body)
            self.calls.append((method, fields))
            self._wake()
            return await self._answer(method, fields)
        except Refused as refusal:
            if refusal.status not in _NO_MISTAKES:
                self.refusals.append(refusal.message)
            return _answered(refusal.status, refusal.message)
        finally:
            self._wake()

    def _read(self, request: Request, body: bytes) -> dict[str, Any]:
        if len(body) > REQUEST_BYTES:
            raise Refused(3, f"a request of {len(body)} bytes")
        try:
            fields = json.loads(body)
        except ValueError:
            raise Refused(3, "no JSON") from None
        given = request.headers.get("x-viber-auth-token") or fields.pop("auth_token", "")
        if given != self.token:
            raise Refused(INVALID_TOKEN, "invalidAuthToken")
        return dict(fields)

    async def _answer(self, method: str, fields: dict[str, Any]) -> Response:
        fault = next((fault for fault in self._faults if fault.meets(method, fields)), None)
        if fault is not None:
            if fault.gate:
                await fault.gate.wait()
            if fault.status is not None:
                return _answered(fault.status, "as the test said")
            if fault.answer is not None:
                return fault.answer
            if fault.cut and not fault.after:
                return _Cut()
        result = await {"send_message": self._send, "set_webhook": self._set}[method](fields)
        return _Cut() if fault is not None and fault.cut else result

    async def _set(self, fields: dict[str, Any]) -> Response:
        check_webhook(fields)
        body = _written(
            {
                "event": "webhook",
                "timestamp": int(self.now() * 1000),
                "chat_hostname": "SN-CHAT-05_",
                "message_token": next(self._tokens),
            }
        )
        try:
            answer = await self._client.post(fields["url"], content=body, headers=self.signed(body))
        except httpx.HTTPError:
            raise Refused(INVALID_URL, "invalidUrl") from None
        if answer.status_code != 200:
            raise Refused(INVALID_URL, "invalidUrl")
        self.hook, self.events = fields["url"], set(fields.get("event_types", ()))
        return _answered(0, "ok", event_types=sorted(self.events))

    async def _send(self, fields: dict[str, Any]) -> Response:
        check_message(fields)
        child = self.children.get(fields["receiver"])
        if child is None:
            raise Refused(NOT_REGISTERED, "receiverNotRegistered")
        if not child.subscribed:
            raise Refused(NOT_SUBSCRIBED, "notSubscribed")
        check_level(fields, child.level)
        self._count(child)
        token = next(self._tokens)
        self._show(child, fields, token)
        return _answered(0, "ok", message_token=token, chat_hostname="SN-CHAT-05_")

    def _count(self, child: Child) -> None:
        """A hundred messages an hour to somebody silent; outside a session each one costs."""
        at = self.now()
        child.unanswered = [sent for sent in child.unanswered if at - sent < HOUR]
        if len(child.unanswered) >= UNANSWERED:
            raise Refused(TOO_MANY, "tooManyRequests")
        child.unanswered.append(at)
        if at - child.last_word > SESSION:
            self.charged.append(child.id)

    def _show(self, child: Child, fields: dict[str, Any], token: int) -> None:
        """The app shows a message, or finds that it cannot."""
        keyboard = fields.get("keyboard", {})
        try:
            if keyboard:
                check_keyboard(keyboard)
        except Refused as refusal:
            self.refusals.append(refusal.message)
            return child.report("failed", token, desc=refusal.message)
        heeded = min(fields.get("min_api_version", 1), child.level) >= SILENT_LEVEL
        silent = heeded and all(key.get("Silent") for key in keyboard.get("Buttons", ()))
        child.shown.append(
            Shown(token, fields.get("text", ""), fields.get("media", ""), keyboard, silent)
        )
        child.report("delivered", token)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The tests keep their own signal handlers."""
        yield


class _Cut(Response):
    """Promises an answer and ends without it, so that the server cuts the line."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def _written(body: Mapping[str, Any]) -> bytes:
    """JSON as no library of ours would write it: whoever signs it anew gets it wrong."""
    return json.dumps(body, ensure_ascii=False, separators=(" ,", ":\t"), indent=1).encode()


def _answered(status: int, message: str, **more: Any) -> Response:
    return JSONResponse({"status": status, "status_message": message, **more})
