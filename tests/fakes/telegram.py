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
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from fakes.telegram_rules import (
    METHODS,
    Refused,
    check_commands,
    check_markup,
    check_webhook,
    parsed_text,
    read_call,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATIENCE = 20.0  # seconds until a test that waits in vain is told so
BOT = {"id": 123456, "is_bot": True, "first_name": "Sigurt", "username": "sigurt_example_bot"}


@dataclass
class Shown:
    """A message as a child sees it."""

    id: int
    text: str
    entities: list[dict[str, Any]]
    buttons: list[list[tuple[str, str]]]  # rows of (label, data)
    protected: bool

    def data_of(self, what: str) -> str | None:
        """Return the data of a button, by its label or its data."""
        for label, data in (button for row in self.buttons for button in row):
            if what in (label, data):
                return data
        return None


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


class Child:
    """Somebody with a phone. What is done here becomes an update."""

    def __init__(self, telegram: TelegramStandIn, number: int) -> None:
        self.telegram, self.id = telegram, number
        self.shown: list[Shown] = []
        self.deleted: set[int] = set()
        self.blocked = False
        self.started = False

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.shown if message.id not in self.deleted]

    def starts(self, payload: str = "") -> int:
        return self.says(f"/start {payload}".strip())

    def says(self, text: str, **more: Any) -> int:
        return self.sends(text=text, **more)

    def sends(self, **content: Any) -> int:
        self.started, self.blocked = True, False
        if str(content.get("text", "")).startswith("/"):
            length = len(content["text"].split()[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self.telegram.update(("m", self.id), message=self._message(**content))

    def sends_photo(self, caption: str = "") -> int:
        size = {"file_id": "AgACAgQAAx", "file_unique_id": "AQAD", "width": 90, "height": 67}
        more = {"caption": caption} if caption else {}
        return self.sends(photo=[size], **more)

    def edits(self, text: str) -> int:
        edited = self._message(text=text, edit_date=int(time.time()))
        return self.telegram.update(("m", self.id), edited_message=edited)

    def taps(self, what: str) -> str:
        """Press the newest button with this label or data, or forge one; returns the query."""
        message = next((shown for shown in reversed(self.shown) if shown.data_of(what)), None)
        data = message.data_of(what) if message else None
        query = f"{self.id}{self.telegram.next_id()}"
        self.telegram.unanswered.add(query)
        self.telegram.update(
            ("c", self.id),
            callback_query={
                "id": query,
                "from": self._person(),
                "chat_instance": "-1",
                "message": {"message_id": message.id if message else 1, "date": 0}
                | {"chat": self._chat()},
                "data": data or what,
            },
        )
        return query

    def blocks(self) -> int:
        self.blocked = True
        status = {"user": BOT, "status": "kicked", "until_date": 0}
        return self.telegram.update(
            ("s", self.id),
            my_chat_member={
                "chat": self._chat(),
                "from": self._person(),
                "date": int(time.time()),
                "old_chat_member": {"user": BOT, "status": "member"},
                "new_chat_member": status,
            },
        )

    async def sees(self, words: str) -> Shown:
        """Wait for a message with these words and return the newest one."""
        await self.telegram.until(
            lambda: any(words in text for text in self.texts),
            lambda: f"{words!r} not among {self.texts}",
        )
        return next(shown for shown in reversed(self.shown) if words in shown.text)

    def _message(self, **content: Any) -> dict[str, Any]:
        base = {"message_id": self.telegram.next_id(), "date": int(time.time())}
        return base | {"from": self._person(), "chat": self._chat()} | content

    def _person(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "A_<b>", "language_code": "sq"}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": "A_<b>"}


@dataclass
class Allowance:
    """So many messages at once, then so many a second; the rest is refused."""

    size: int
    a_second: float
    used: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, name: str, now: float) -> None:
        level, at = self.used.get(name, (0.0, now))
        level = max(0.0, level - (now - at) * self.a_second) + 1
        if level > self.size + 0.01:
            raise Refused(429, "Too Many Requests: retry after 1", 1)
        self.used[name] = (level, now)


class TelegramStandIn:
    """The platform. ``webhook`` is a transport by which updates are posted, such as
    ``httpx.ASGITransport(app)``; without it they are posted to the address that was set.

    ``clock=None`` switches the limits of speed off. ``repeats`` posts each update so many
    times at once.
    """

    token = "123456:stand-in"

    def __init__(
        self,
        *,
        webhook: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] | None = time.monotonic,
    ) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.children: dict[int, Child] = {}
        self.unanswered: set[str] = set()
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.confirmed: list[int] = []
        self.refusals: list[str] = []
        self.hook = self.secret = ""
        self.repeats = 1
        self.delivering = asyncio.Event()
        self.delivering.set()
        self._clock = clock
        self._in_all, self._in_chat = Allowance(35, 30), Allowance(5, 1)
        self._ids = iter(range(1, 10**9))
        self._updates: dict[int, tuple[tuple[str, int], dict[str, Any]]] = {}
        self._faults: list[Fault] = []
        self._queues: dict[tuple[str, int], deque[int]] = {}
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

    def cuts(self, method: str, *, after: bool = False, skip: int = 0) -> None:
        """Cut the line under a call, before or after it had its effect."""
        self._faults.append(Fault(method, skip=skip, cut=True, after=after))

    def holds(self, method: str, chat: int | None = None) -> asyncio.Event:
        """Keep every such call waiting until the returned event is set."""
        gate = asyncio.Event()
        self._faults.append(Fault(method, _address(chat), 10**9, gate=gate))
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

    def next_id(self) -> int:
        return next(self._ids)

    def update(self, queue: tuple[str, int], **content: Any) -> int:
        """Put an update into its queue; it leaves in order of that queue only."""
        number = self.next_id()
        self._updates[number] = (queue, {"update_id": number} | content)
        self._queues.setdefault(queue, deque()).append(number)
        self._wake()
        return number

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
        raw = dict(request.query_params)
        raw |= dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        method = METHODS.get(request.path_params["method"].lower())
        self.calls.append((method or request.path_params["method"], dict(raw)))
        try:
            result = await self._answer(request.path_params["token"], method, raw)
        except Refused as refusal:
            self.refusals.append(refusal.description)
            return _refusal(refusal)
        finally:
            self._wake()
        return result if isinstance(result, Response) else _ok(result)

    async def _answer(self, token: str, method: str | None, raw: dict[str, str]) -> object:
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
        return True

    async def _deleteWebhook(self, values: dict[str, Any]) -> object:
        self.hook = ""
        return True

    async def _getUpdates(self, values: dict[str, Any]) -> object:
        if self.hook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
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

    async def _sendMessage(self, values: dict[str, Any]) -> object:
        child = self._reachable(values)
        text, entities = parsed_text(values)
        check_markup(values.get("reply_markup"))
        if self._clock is not None:
            self._in_chat.take(str(child.id), self._clock())
            self._in_all.take("", self._clock())
        shown = Shown(
            self.next_id(), text, entities, _buttons(values), bool(values.get("protect_content"))
        )
        child.shown.append(shown)
        return self._as_message(child, shown)

    async def _editMessageText(self, values: dict[str, Any]) -> object:
        child = self._reachable(values)
        shown = next((s for s in child.shown if s.id == values.get("message_id")), None)
        if shown is None:
            raise Refused(400, "Bad Request: message to edit not found")
        text, entities = parsed_text(values)
        check_markup(values.get("reply_markup"))
        if (text, _buttons(values)) == (shown.text, shown.buttons):
            raise Refused(400, "Bad Request: message is not modified")
        shown.text, shown.entities, shown.buttons = text, entities, _buttons(values)
        return self._as_message(child, shown)

    async def _deleteMessage(self, values: dict[str, Any]) -> object:
        return await self._deleteMessages(values | {"message_ids": [values["message_id"]]})

    async def _deleteMessages(self, values: dict[str, Any]) -> object:
        self._reachable(values).deleted.update(values["message_ids"])
        return True

    async def _answerCallbackQuery(self, values: dict[str, Any]) -> object:
        if values["callback_query_id"] not in self.unanswered:
            raise Refused(400, "Bad Request: query is too old and response timeout expired")
        if len(values.get("text") or "") > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.unanswered.remove(values["callback_query_id"])
        return True

    async def _setMyCommands(self, values: dict[str, Any]) -> object:
        check_commands(values)
        self.commands[values.get("language_code") or ""] = values["commands"]
        return True

    async def _sendChatAction(self, values: dict[str, Any]) -> object:
        self._reachable(values)
        return True

    async def _leaveChat(self, values: dict[str, Any]) -> object:
        return True

    def _reachable(self, values: dict[str, Any]) -> Child:
        child = self.children.get(int(values["chat_id"]))
        if child is None:
            raise Refused(400, "Bad Request: chat not found")
        if child.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if not child.started:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        return child

    def _as_message(self, child: Child, shown: Shown) -> dict[str, Any]:
        return {
            "message_id": shown.id,
            "from": BOT,
            "chat": {"id": child.id, "type": "private"},
            "date": int(time.time()),
            "text": shown.text,
            "entities": shown.entities,
        }


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


def _buttons(values: dict[str, Any]) -> list[list[tuple[str, str]]]:
    rows = (values.get("reply_markup") or {}).get("inline_keyboard", [])
    return [[(button["text"], button["callback_data"]) for button in row] for row in rows]
