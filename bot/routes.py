"""Webhooks, and what machines ask: is it alive, is it ready, what does it count."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from ipaddress import ip_address
from typing import Protocol

from sqlalchemy import Connection
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from bot.alarms import Alarms
from bot.channels.base import Forged, Greets, Inbound, Malformed, MessageFate
from bot.edge import problem
from bot.engine.effects import Say as Bubble
from bot.runner import Runner
from bot.store import campaigns, outbox
from bot.store.database import StoreUnavailable, millis
from bot.store.marks import put_mark

log = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024
_PASSED_ON = ("forwarded", "via", "x-real-ip")  # what a proxy may add
_EMPTY: Sequence[Message] = (
    {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]},
    {"type": "http.response.body", "body": b""},
)


class Hook(Protocol):
    """A channel whose platform calls us."""

    name: str

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise ``Forged`` or ``Malformed``."""

    def parse(self, body: bytes, at: datetime) -> list[Inbound | MessageFate]:
        """What happened, in order; raises ``Malformed``."""

    def answer(self, address: str, says: Sequence[Bubble]) -> bytes:
        """The body of the 200 to an update that is answered in the call."""


class Handles(Protocol):
    """What a webhook needs of the runner."""

    async def handle(self, inbound: Inbound) -> bool: ...

    async def answer(self, inbound: Inbound) -> tuple[Bubble, ...]: ...


class Notes(Protocol):
    """Who hears what became of messages."""

    async def note(self, fate: MessageFate) -> None: ...


class TooLarge(Exception):
    """The body is over the limit; the rest of it was not read."""


class Webhooks:
    """``POST /webhooks/{channel}`` as plain ASGI, for this is the hottest path.

    The platform gets its 200 after the durable commit, a 503 when nothing was stored (so
    that it repeats the call), and a refusal when the call is not its own.
    """

    def __init__(
        self,
        hooks: Mapping[str, Hook],
        runner: Handles,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        fates: Notes | None = None,
    ) -> None:
        self._hooks = hooks
        self._runner = runner
        self._now = now
        self._fates = fates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Verify, hand to the runner, answer."""
        asked = scope["method"] != "POST"
        answer = self._greet(scope) if asked else await self._take(scope, receive)
        if isinstance(answer, Response):
            return await answer(scope, receive, send)
        for message in _ok(answer):
            await send(message)

    def _greet(self, scope: Scope) -> Response:
        hook = self._hooks.get(scope["path_params"]["channel"])
        if not isinstance(hook, Greets):
            return problem(405, {"Allow": "POST"})
        try:
            return PlainTextResponse(hook.greet(QueryParams(scope["query_string"])))
        except Forged:
            return problem(403)

    async def _take(self, scope: Scope, receive: Receive) -> bytes | Response:
        """The body of the 200, or a refusal."""
        hook = self._hooks.get(scope["path_params"]["channel"])
        if hook is None:
            return problem(404)
        headers = Headers(scope=scope)
        if not _is_json(headers):
            return problem(415)
        try:
            body = await read_body(receive, headers)
            hook.verify(headers, body)
            return await self._hand_on(hook, hook.parse(body, self._now()))
        except TooLarge:
            return problem(413, {"Connection": "close"})
        except Forged:
            return problem(403)
        except Malformed:
            return problem(400)
        except StoreUnavailable as gone:
            log.error("an update of %s was not stored: %s", hook.name, gone)
            return problem(503, {"Retry-After": "1"})

    async def _hand_on(self, hook: Hook, happened: Sequence[Inbound | MessageFate]) -> bytes:
        if len(happened) == 1:
            return await self._one(hook, happened[0])
        answers = await asyncio.gather(*(self._one(hook, item) for item in happened))
        return next(filter(None, answers), b"")

    async def _one(self, hook: Hook, item: Inbound | MessageFate) -> bytes:
        if isinstance(item, MessageFate):
            if self._fates is not None:
                await self._fates.note(item)
        elif item.in_answer:
            return hook.answer(item.address, await self._runner.answer(item))
        else:
            await self._runner.handle(item)
        return b""


def _ok(body: bytes) -> Sequence[Message]:
    if not body:
        return _EMPTY
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    return (
        {"type": "http.response.start", "status": 200, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


async def read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """Read a body of at most ``BODY_LIMIT`` bytes.

    Raises ``TooLarge`` as soon as it is known, whatever the headers claim, and
    ``Malformed`` when the line breaks.
    """
    claimed = headers.get("content-length", "")
    if claimed.isdecimal() and (len(claimed) > 9 or int(claimed) > BODY_LIMIT):
        raise TooLarge
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_LIMIT:
            raise TooLarge
    return body


class Machines:
    """``/healthz``, ``/readyz`` and ``/metrics``."""

    def __init__(
        self,
        runner: Runner,
        alarms: Alarms,
        metrics_key: str,
        *,
        left_out: Callable[[], int] = lambda: 0,
        unshown: Callable[[], int] = lambda: 0,
    ) -> None:
        self._runner = runner
        self._alarms = alarms
        self._metrics_key = metrics_key
        self._left_out, self._unshown = left_out, unshown

    async def health(self, _request: Request) -> Response:
        """The process lives."""
        return PlainTextResponse("ok\n")

    async def ready(self, _request: Request) -> Response:
        """The database takes what is written, and the content was loaded (or none were here)."""
        alarms = sum(self._alarms.counts.values())
        try:
            await self._runner.ask(_touch)
        except StoreUnavailable:
            return JSONResponse({"ready": False, "database": False, "alarms": alarms}, 503)
        return JSONResponse({"ready": True, "database": True, "alarms": alarms})

    async def metrics(self, request: Request) -> Response:
        """Counts in Prometheus's text form, for this machine or with the key (S57)."""
        if not self._may_read(request):
            return problem(401, {"WWW-Authenticate": "Bearer"})
        try:
            rows, starts = await self._runner.ask(lambda c: (outbox.counts(c), campaigns.large(c)))
        except StoreUnavailable:
            rows, starts = {}, {}
        lines = [
            *_runner_lines(self._runner),
            *_outbox_lines(rows),
            "# TYPE sigurt_bot_notices_left_out_total counter",
            f"sigurt_bot_notices_left_out_total {self._left_out()}",
            "# TYPE sigurt_bot_typing_failed_total counter",
            f"sigurt_bot_typing_failed_total {self._unshown()}",
            *_campaign_lines(starts),
            *_alarm_lines(self._alarms),
        ]
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    def _may_read(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        if self._metrics_key and compare_digest(given, f"Bearer {self._metrics_key}".encode()):
            return True
        return _from_here(request)


def webhook_route(webhooks: Webhooks) -> BaseRoute:
    """The route of all channels' webhooks."""
    return Route("/webhooks/{channel}", webhooks, methods=["POST", "GET"])


def machine_routes(machines: Machines) -> list[BaseRoute]:
    """The routes for machines."""
    return [
        Route("/healthz", machines.health),
        Route("/readyz", machines.ready),
        Route("/metrics", machines.metrics),
    ]


def _is_json(headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json"


def _from_here(request: Request) -> bool:
    """Whether this machine asks for itself, not a proxy on it for somebody else."""
    names = request.headers.keys()
    if any(name in _PASSED_ON or name.startswith("x-forwarded-") for name in names):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _touch(connection: Connection) -> None:
    put_mark(connection, "ready", "", at=millis(datetime.now(UTC)))


def _runner_lines(runner: Runner) -> list[str]:
    return [
        "# TYPE sigurt_bot_jobs_total counter",
        f"sigurt_bot_jobs_total {runner.handled}",
        "# TYPE sigurt_bot_commits_total counter",
        f"sigurt_bot_commits_total {runner.commits}",
        "# TYPE sigurt_bot_repeats_total counter",
        f"sigurt_bot_repeats_total {runner.repeats}",
    ]


def _outbox_lines(rows: Mapping[tuple[str, bool], int]) -> list[str]:
    return [
        "# TYPE sigurt_bot_outbox_rows gauge",
        *(
            f'sigurt_bot_outbox_rows{{lane="{lane}",failed="{str(failed).lower()}"}} '
            f"{rows.get((lane, failed), 0)}"
            for lane in (outbox.CHANNEL, outbox.HELPLINE)
            for failed in (False, True)
        ),
    ]


def _campaign_lines(starts: Mapping[str, int]) -> list[str]:
    return [
        "# TYPE sigurt_bot_campaign_starts_total counter",
        *(
            f'sigurt_bot_campaign_starts_total{{name="{name}"}} {count}'
            for name, count in sorted(starts.items())
        ),
    ]


def _alarm_lines(alarms: Alarms) -> list[str]:
    return [
        "# TYPE sigurt_bot_alarms_total counter",
        *(
            f'sigurt_bot_alarms_total{{name="{name}"}} {count}'
            for name, count in sorted(alarms.counts.items())
        ),
    ]
