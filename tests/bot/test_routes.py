"""The doors for platforms and machines: what is refused, and that refusals leave no trace."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fakes.channel import FakeWebhook
from fakes.chatting import step as chatting
from fakes.talk import said
from fakes.world import World, worlds
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from bot.channels.base import Inbound, MessageFate
from bot.edge import HEADERS, LastResort, SecurityHeaders, refused
from bot.routes import BODY_LIMIT, Machines, Webhooks, machine_routes, webhook_route
from bot.store.database import StoreUnavailable

GOOD = {"x-secret": "right", "content-type": "application/json"}


async def broken(_request: object) -> None:
    """A route with a bug, whose error holds a child's words."""
    raise ZeroDivisionError("the words of a child")


class Answering(FakeWebhook):
    """Answers in the call; a body may hold several lines, ``report`` among them."""

    def parse(self, body: bytes, at: object) -> list[Inbound | MessageFate]:
        """Read each line."""
        return [part for line in body.splitlines() for part in self._line(line, at)]

    def _line(self, line: bytes, at: object) -> list[Inbound | MessageFate]:
        if line.startswith(b"report"):
            return [MessageFate(self.name, "kid", "m1", "failed")]
        return [replace(update, in_answer=True) for update in super().parse(line, at)]


class Noted(list[MessageFate]):
    """Keeps what it is told."""

    async def note(self, fate: MessageFate) -> None:
        """Keep it."""
        self.append(fate)


def served(
    world: World,
    key: str = "",
    hook: FakeWebhook | None = None,
    fates: Noted | None = None,
) -> httpx.AsyncClient:
    """A client of an application with these routes."""
    hooks = {"fake": hook or FakeWebhook()}
    machines = Machines(world.runner, world.alarms, key, left_out=lambda: 3)
    app = Starlette(
        routes=[
            webhook_route(Webhooks(hooks, world.runner, world.clock, fates=fates)),
            *machine_routes(machines),
            Route("/broken", broken),
        ],
        exception_handlers={HTTPException: refused},
        middleware=[Middleware(SecurityHeaders), Middleware(LastResort)],
    )
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://sigurt.example.com"
    )


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """
    One process.
    """
    async with worlds(sqlite_url) as [only]:
        yield only


async def test_an_update_is_acknowledged_after_it_is_stored(world):
    """
    A good call gets its 200 when the answer is durable; its repeat gets one too.
    """
    async with served(world) as client:
        for _ in range(2):
            answer = await client.post("/webhooks/fake", content=b"7 kid hello", headers=GOOD)
            assert (answer.status_code, answer.content) == (200, b"")
    await world.delivery.quiet()

    assert world.channel.texts("kid") == ["1: hello"]


@pytest.mark.parametrize(
    ("status", "path", "headers", "body"),
    [
        (403, "fake", {"x-secret": "wrong"}, b"7 kid hello"),
        (403, "fake", {"x-secret": ""}, b"7 kid hello"),
        (400, "fake", {}, b"7 kid"),
        (404, "other", {}, b"7 kid hello"),
        (415, "fake", {"content-type": "text/plain"}, b"7 kid hello"),
        (415, "fake", {"content-type": ""}, b"7 kid hello"),
        (413, "fake", {}, b"7 kid " + b"x" * BODY_LIMIT),
        (413, "fake", {"content-length": "9" * 30}, b"7 kid hello"),
    ],
)
async def test_what_is_refused_leaves_no_trace(world, status, path, headers, body):
    """
    S1, S4: a forged, malformed, unknown or oversized call is refused and stores nothing.
    """
    async with served(world) as client:
        answer = await client.post(f"/webhooks/{path}", content=body, headers={**GOOD, **headers})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert [world.count(table) for table in ("seen", "conversations", "outbox")] == [0, 0, 0]


async def test_an_update_is_answered_in_the_call(world):
    """
    What is said goes into the 200 when the platform wants it there, once it is durable and not by
    itself; a repeat says nothing, and a step that fails still shows the doors of help.
    """
    async with served(world, hook=Answering()) as client:
        answers = [
            await client.post("/webhooks/fake", content=body, headers=GOOD)
            for body in (b"7 kid tell disclosure", b"7 kid tell disclosure", b"8 kid bug")
        ]
    await world.delivery.quiet()

    assert [answer.text for answer in answers] == ["1: told", "", "doors en"]
    assert answers[0].headers["content-type"] == "application/json"
    assert world.channel.texts("kid") == ["arrived 4"]  # what came later left by itself
    assert len(world.helpline.posts) == 1


async def test_one_call_may_hold_updates_and_fates(world):
    """
    All that a body holds is taken; a call with fates alone gets an empty 200.
    """
    noted = Noted()
    async with served(world, hook=Answering(), fates=noted) as client:
        both = await client.post("/webhooks/fake", content=b"report\n7 kid hello", headers=GOOD)
        alone = await client.post("/webhooks/fake", content=b"report", headers=GOOD)

    assert (both.text, alone.status_code, alone.content) == ("1: hello", 200, b"")
    assert noted == [MessageFate("fake", "kid", "m1", "failed")] * 2


async def test_a_campaign_is_shown_only_as_a_crowd(sqlite_url):
    """
    Nine starts by one link could point at a child; ten are a number. What is no name is nothing.
    """
    async with worlds(sqlite_url, step=chatting) as [world], served(world) as client:
        for n in range(10):
            name = "school-1" if n else 'odd"} 1'
            await world.runner.handle(said(f"from {name}", who=f"c{n}", update=str(n)))
        assert "campaign_starts_total{" not in (await client.get("/metrics")).text

        await world.runner.handle(said("from school-1", who="last", update="last"))
        metrics = (await client.get("/metrics")).text

        assert 'sigurt_bot_campaign_starts_total{name="school-1"} 10' in metrics
        assert "sigurt_bot_notices_left_out_total 3" in metrics
        assert world.count("campaigns") == 1


async def test_an_endless_body_is_not_read_to_its_end(world):
    """
    S4: a body without a length is given up at the limit.
    """
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 65_536

    assert await _refusal(world, endless()) == 413
    assert read == BODY_LIMIT // 65_536 + 1


async def _refusal(world: World, chunks: AsyncIterator[bytes]) -> int:
    answers: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    scope = {
        "type": "http",
        "method": "POST",
        "path_params": {"channel": "fake"},
        "headers": [(b"content-type", b"application/json"), (b"x-secret", b"right")],
    }
    await Webhooks({"fake": FakeWebhook()}, world.runner)(scope, receive, send)
    return answers[0]


async def test_what_was_not_stored_is_not_acknowledged(world):
    """
    R4: when the database takes nothing the platform gets a 503, so that it repeats the call.
    """

    class Gone:
        async def handle(self, inbound: object) -> bool:
            raise StoreUnavailable("full")

    app = Starlette(routes=[webhook_route(Webhooks({"fake": FakeWebhook()}, Gone()))])
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.example.com") as client:
        answer = await client.post("/webhooks/fake", content=b"7 kid hello", headers=GOOD)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_every_answer_carries_the_headers(world):
    """
    S23: the security headers are on every answer, errors included.
    """
    async with served(world) as client:
        answers = [await client.get(path) for path in ("/healthz", "/nothing", "/broken")]
        answers.append(await client.get("/webhooks/fake"))

    assert [answer.status_code for answer in answers] == [200, 404, 500, 405]
    for answer in answers:
        assert HEADERS.items() <= {name.title(): v for name, v in answer.headers.items()}.items()
    assert "unsafe-inline" not in HEADERS["Content-Security-Policy"]


async def test_https_is_kept(world):
    """
    S23: over https the browser is told to stay there; over http it is not.
    """
    async with served(world) as client:
        assert "strict-transport-security" not in (await client.get("/healthz")).headers
        safe = await client.get("https://sigurt.example.com/healthz")
        assert "max-age=" in safe.headers["strict-transport-security"]


async def test_an_error_nobody_caught_tells_nothing(world, caplog):
    """
    S45, S56: neither the answer nor the log of a bug holds what the error held.
    """
    with caplog.at_level(logging.DEBUG):
        async with served(world) as client:
            answer = await client.get("/broken")

    assert answer.json() == {"type": "about:blank", "title": "Internal Server Error", "status": 500}
    assert "words of a child" not in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_no_words_are_logged(world, caplog):
    """
    S45: with every logger at DEBUG, neither words nor addresses are in the log.
    """
    with caplog.at_level(logging.DEBUG):
        async with served(world) as client:
            for n, words in enumerate(["hidden words", "bug hidden words", "tell hidden words"]):
                content = f"{n} hidden-handle {words}".encode()
                await client.post("/webhooks/fake", content=content, headers=GOOD)
        await world.delivery.quiet()

    assert "alarm spoiled" in caplog.text
    assert "hidden" not in caplog.text


async def test_ready_means_that_the_database_takes_what_is_written(world):
    """
    The service is ready while it can store, and says so when it cannot.
    """
    async with served(world) as client:
        assert (await client.get("/readyz")).status_code == 200
        await world.runner.stop()
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {}),
        (401, {"x-forwarded-for": "192.0.2.1"}),
        (401, {"x-forwarded-host": "chat.example.com"}),
        (401, {"x-real-ip": "192.0.2.1"}),
        (401, {"via": "1.1 proxy"}),
        (401, {"x-forwarded-for": "192.0.2.1", "authorization": "Bearer wrong"}),
        (200, {"x-forwarded-for": "192.0.2.1", "authorization": "Bearer k3y"}),
    ],
)
async def test_counts_are_for_this_machine_or_with_the_key(world, status, headers):
    """
    S57: the metrics are read from this machine itself or with the key, by nobody else.
    """
    async with served(world, key="k3y") as client:
        answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == status
    assert ("sigurt_bot_jobs_total" in answer.text) == (status == 200)


async def test_alarms_are_counted_where_they_are_looked_for(world):
    """
    An alarm shows in the metrics and beside the readiness.
    """
    world.alarms.sound("spoiled", conversation="x")
    async with served(world) as client:
        assert 'sigurt_bot_alarms_total{name="spoiled"} 1' in (await client.get("/metrics")).text
        assert (await client.get("/readyz")).json()["alarms"] == 1
