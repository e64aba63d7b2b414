"""A strict stand-in for Telegram: a real server on loopback, and children who use it.

    async with TelegramStandIn() as telegram:
        bot = TelegramChannel(token=telegram.token, api_url=telegram.url, ...)
        child = telegram.child()
        child.says("ndihmë")
        await child.sees("116 111")

It refuses what the platform refuses (``telegram_rules``), repeats an update until the
webhook answers 2xx or the poller confirms it, and on demand is slow, breaks or repeats.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from fakes.telegram_chats import Chats
from fakes.telegram_child import BOT, Child, Shown
from fakes.telegram_profile import Profile
from fakes.telegram_rules import METHODS, Refused, check_webhook, read_call
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

__all__ = ["Child", "Shown", "TelegramStandIn"]

PATIENCE = 20.0  # seconds until a test that waits in vain is told so


@dataclass
class Fault:
    """What happens to the next calls of one method instead of an honest answer."""

    method: str
    chat: str | None = None
    times: int = 1
    skip: int = 0  # calls that are still answered honestly
    refusal: Refused | None = None
    cut: bool = False
    after: bool = False  # the platform did it, and only the answer was lost
    gate: asyncio.Event | None = None

    def meets(self, method: str, values: dict[str, Any]) -> bool:
        """Tell whether this call is the one, and count it."""
        if method != self.method or (self.chat or values.get("chat_id")) != values.get("chat_id"):
            return False
        self.skip -= 1
        if self.skip >= 0 or self.times <= 0:
            return False
        self.times -= 1
        return True


# What is delivered when nothing else was asked for: the rest must be asked for by name.
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}


class TelegramStandIn(Chats, Profile):
    """The platform. ``webhook`` is a transport by which updates are posted, such as
    ``httpx.ASGITransport(app)``; without it they are posted to the address that was set.

    ``clock=None`` switches the limits of speed off; ``wall`` is the time that messages
    bear. ``repeats`` posts each update so many times at once; ``keeps_back`` holds one
    queue while the others go on, so that updates arrive swapped.
    """

    token = "123456:stand-in"

    def __init__(
        self,
        *,
        webhook: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] | None = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        Chats.__init__(self, clock, wall)
        Profile.__init__(self)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.confirmed: list[int] = []
        self.refusals: list[str] = []
        self.hook = self.secret = ""
        self.allowed: set[str] = set()
        self.repeats = 1
        self.delivering = asyncio.Event()
        self.delivering.set()
        self._updates: dict[int, tuple[tuple[str, int], dict[str, Any]]] = {}
        self._faults: list[Fault] = []
        self._queues: dict[tuple[str, int], deque[int]] = {}
        self._kept_back: dict[tuple[str, int], asyncio.Event] = {}
        self._posting: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._pulse = asyncio.Event()
        self._poller: asyncio.Event | None = None
        self._client = httpx.AsyncClient(transport=webhook, timeout=60)

    # For tests

    def child(self) -> Child:
        """Somebody new, who has pressed nothing yet."""
        child = Child(self, 7000 + self.next_id())
        self.children[child.id] = child
        return child

    def fails(
        self,
        method: str,
        status: int,
        why: str = "",
        *,
        retry_after: int | None = None,
        chat: int | None = None,
        times: int = 1,
        skip: int = 0,
    ) -> None:
        """Refuse the next calls."""
        refusal = Refused(status, why or f"Error {status}", retry_after)
        self._faults.append(Fault(method, _address(chat), times, skip, refusal))

    def breaks(self, method: str) -> Callable[[], None]:
        """Refuse every call until what is returned is called."""
        fault = Fault(method, times=10**9, refusal=Refused(502, "Bad Gateway", None))
        self._faults.append(fault)
        return partial(self._faults.remove, fault)

    def cuts(self, method: str, *, after: bool = False, skip: int = 0) -> None:
        """Cut the line under a call, before or after it had its effect."""
        self._faults.append(Fault(method, skip=skip, cut=True, after=after))

    def holds(self, method: str, chat: int | None = None) -> asyncio.Event:
        """Keep every such call waiting until the returned event is set."""
        gate = asyncio.Event()
        self._faults.append(Fault(method, _address(chat), 10**9, gate=gate))
        return gate

    def keeps_back(self, kind: str, child: Child) -> asyncio.Event:
        """Post nothing of one queue (``m`` messages, ``c`` presses, ``p`` votes) until set."""
        gate = self._kept_back[kind, child.id] = asyncio.Event()
        return gate

    def named(self, method: str) -> list[dict[str, Any]]:
        """Return the fields of each call of one method."""
        return [values for name, values in self.calls if name == method]

    async def until(self, true: Callable[[], bool], why: Callable[[], str] = lambda: "") -> None:
        """Wait until something is so; fails after ``PATIENCE`` with ``why``."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():
                    await self._pulse.wait()
        except TimeoutError:
            raise AssertionError(why() or "waited in vain") from None

    # Updates

    def update(self, queue: tuple[str, int], **content: Any) -> int:
        """Put an update into its queue; it leaves in order of that queue only."""
        number = self.next_id()
        if not self._is_wanted(next(iter(content))):
            return number
        self._updates[number] = (queue, {"update_id": number} | content)
        self._queues.setdefault(queue, deque()).append(number)
        self._wake()
        return number

    def _is_wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UNASKED

    @property
    def waiting(self) -> list[int]:
        """The ids of updates that are not confirmed."""
        return list(self._updates)

    def _wake(self) -> None:
        if self.hook:
            for queue, numbers in self._queues.items():
                if numbers and queue not in self._posting:
                    self._posting[queue] = asyncio.create_task(self._post(queue))
        self._pulse.set()
        self._pulse = asyncio.Event()

    async def _post(self, queue: tuple[str, int]) -> None:
        numbers, failures = self._queues[queue], 0
        while numbers and self.hook:
            await self.delivering.wait()
            if gate := self._kept_back.get(queue):
                await gate.wait()
            if await self._posted(self._updates[numbers[0]][1]):
                self._confirm(numbers[0])
                failures = 0
            else:
                failures += 1
                await asyncio.sleep(min(0.01 * 2**failures, 0.5))
        del self._posting[queue]

    async def _posted(self, update: dict[str, Any]) -> bool:
        headers = {"content-type": "application/json"}
        if self.secret:
            headers["x-telegram-bot-api-secret-token"] = self.secret
        call = {"content": json.dumps(update), "headers": headers}
        answers = await asyncio.gather(
            *(self._client.post(self.hook, **call) for _ in range(self.repeats)),
            return_exceptions=True,
        )
        return all(isinstance(answer, httpx.Response) and answer.is_success for answer in answers)

    def _confirm(self, number: int) -> None:
        queue, _ = self._updates.pop(number)
        self._queues[queue].remove(number)
        self.confirmed.append(number)
        self._wake()

    # The server

    async def __aenter__(self) -> TelegramStandIn:
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["POST"])])
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
        if self._poller:
            self._poller.set()
        await self._serving

    async def _call(self, request: Request) -> Response:
        try:
            raw = dict(request.query_params) | await _fields(request)
        except ClientDisconnect:
            return Response()  # given up on the way: it never came
        method = METHODS.get(request.path_params["method"].lower())
        self.calls.append((method or request.path_params["method"], dict(raw)))
        self._wake()  # a call that is held is known before it is answered
        try:
            result = await self._answer(request.path_params["token"], method, raw)
        except Refused as refusal:
            self.refusals.append(refusal.description)
            return _refusal(refusal)
        finally:
            self._wake()
        return result if isinstance(result, Response) else _ok(result)

    async def _answer(self, token: str, method: str | None, raw: dict[str, Any]) -> object:
        if token != self.token:
            raise Refused(401, "Unauthorized")
        if method is None:
            raise Refused(404, "Not Found: method not found")
        values = read_call(method, raw)
        fault = next((fault for fault in self._faults if fault.meets(method, values)), None)
        if fault is not None:
            if fault.gate:
                await fault.gate.wait()
            if fault.refusal:
                raise fault.refusal
            if fault.cut and not fault.after:
                return _Cut()
        result = await getattr(self, f"_{method}")(values)
        return _Cut() if fault is not None and fault.cut else result

    # The methods

    async def _getMe(self, values: dict[str, Any]) -> object:
        return BOT

    async def _setWebhook(self, values: dict[str, Any]) -> object:
        check_webhook(values)
        self.hook, self.secret = values["url"], values.get("secret_token", "")
        self._allow(values)
        return True

    async def _deleteWebhook(self, values: dict[str, Any]) -> object:
        self.hook = ""
        return True

    def _allow(self, values: dict[str, Any]) -> None:
        """The list is remembered until another one comes; an empty one is the default again."""
        if values.get("allowed_updates") is not None:
            self.allowed = set(values["allowed_updates"])

    async def _getUpdates(self, values: dict[str, Any]) -> object:
        if self.hook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self._allow(values)
        if self._poller:
            self._poller.set()
        ended = self._poller = asyncio.Event()
        for number in [n for n in self._updates if n < values.get("offset", 0)]:
            self._confirm(number)
        await self._something(values.get("timeout", 0), ended)
        if ended.is_set():
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        self._poller = None
        return [update for _, (_, update) in sorted(self._updates.items())][:100]

    async def _something(self, seconds: float, ended: asyncio.Event) -> None:
        """Wait for an update, for the end of this poll, or for so many seconds."""
        end = asyncio.create_task(ended.wait())
        try:
            async with asyncio.timeout(seconds):
                while not ended.is_set() and not (self._updates and self.delivering.is_set()):
                    news = asyncio.create_task(self._pulse.wait())
                    await asyncio.wait({news, end}, return_when=asyncio.FIRST_COMPLETED)
                    news.cancel()
        except TimeoutError:
            return
        finally:
            end.cancel()

    async def _leaveChat(self, values: dict[str, Any]) -> object:
        return True


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


def _ok(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _refusal(refusal: Refused) -> Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refusal.status,
        "description": refusal.description,
    }
    headers = {}
    if refusal.retry_after is not None:
        body["parameters"] = {"retry_after": refusal.retry_after}
        headers["retry-after"] = str(refusal.retry_after)
    return JSONResponse(body, refusal.status, headers)


def _address(chat: int | None) -> str | None:
    return None if chat is None else str(chat)


async def _fields(request: Request) -> dict[str, Any]:
    """The fields of a form; what was uploaded are its bytes."""
    if "multipart" not in request.headers.get("content-type", ""):
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    async with request.form() as form:
        return {
            name: value if isinstance(value, str) else await value.read()
            for name, value in form.items()
        }
