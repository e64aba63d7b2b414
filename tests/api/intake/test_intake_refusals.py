from __future__ import annotations

import json
import logging
from urllib.parse import quote

import httpx
import pytest
from fakes.helpline import KEY, contact, message
from fastapi.routing import APIRoute
from sqlalchemy import event

from api.contacts import service
from api.headers import HEADERS
from api.intake.routes import router

PLACES = {"contact_id": "a", "seq": "1", "receipt": "1234567890123456"}
ROUTES = [
    (method, route.path.format(**PLACES))
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]


def changes(helpline):
    with helpline.database.read() as session:
        return service.changes(session)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x", "Bearer ë"]
)
async def test_no_route_without_the_key(helpline, method, path, shown):
    """
    S24: whoever does not show the helpline's key gets 401 on every route; nothing is stored.
    """
    headers = {b"Authorization": shown.encode(), b"Idempotency-Key": b"k"}
    answer = await helpline.http.request(
        method, path, content=helpline.seal(contact()), headers=headers
    )

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert changes(helpline) == 0


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "POST"])
async def test_writes_refuse_what_they_cannot_read(helpline, path):
    """
    S4: a wrong type, a body over the limit, deep JSON, no JSON and no key are each refused.
    """
    deep = b'{"key_id": ' + b"[" * 65 + b"]" * 65 + b"}"
    flood = b"[" * 200_000

    async def chunks():
        for _ in range(300):
            yield b" " * 1024

    answers = [
        await helpline.post(path, b"{}", **{"Content-Type": "text/plain"}),
        await helpline.post(path, b" " * (256 * 1024 + 1)),
        await helpline.post(path, chunks()),
        await helpline.post(path, b"{}", **{"Content-Length": "999999999999"}),
        await helpline.post(path, deep),
        await helpline.post(path, flood),
        await helpline.post(path, b"{"),
        await helpline.post(path, b"\xff\xfe"),
        await helpline.post(path, b"{}", key="a key with spaces"),
        await helpline.post(path, b"{}", key="k" * 129),
        await helpline.post(path, b"[]"),
    ]

    assert [answer.status_code for answer in answers] == [
        415,
        413,
        413,
        413,
        400,
        400,
        400,
        400,
        400,
        400,
        422,
    ]
    assert changes(helpline) == 0


async def test_deep_brackets_within_words_are_words(helpline):
    """
    Only the nesting of the JSON counts, not brackets that a child typed.
    """
    assert await helpline.opens(messages=[message('[{"' * 100 + "\\")])


async def test_deep_box_is_refused(helpline):
    """
    S4: what was sealed is held to the same depth.
    """
    inner = json.dumps(contact()).replace('"al"', "[" * 80 + "]" * 80)
    answer = await helpline.post("/v1/contacts", helpline.seal(inner.encode()))

    assert (answer.status_code, answer.json()["detail"]) == (422, "sealed: deeper than 64")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/nothing?secret=1", 404),
        ("DELETE", "/v1/contacts", 405),
        ("GET", "/v1/events?after=x&wait=-1", 422),
        ("GET", f"/v1/events?after={10**30}", 422),
        ("GET", "/v1/reports/1234567890123456", 404),
        ("POST", "/v1/events/7/receipt", 404),
    ],
)
async def test_every_error_has_one_shape(helpline, method, path, status):
    """
    S56, S23: an error is problem+json, carries every header, and tells nothing of the inside.
    """
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    body = b'{"status": "sent"}'
    answer = await helpline.http.request(method, path, content=body, headers=headers)
    problem = answer.json()

    assert answer.status_code == problem["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    assert path.split("?")[0] not in answer.text
    assert "secret" not in answer.text
    assert HEADERS.items() <= {k: answer.headers.get(k) for k in HEADERS}.items()


async def test_bug_is_a_500_that_tells_nothing(helpline, monkeypatch, caplog):
    """
    S56, S45: a bug answers 500 with an id; the log has id and place, and no value.
    """

    def broken(*_args, **_kwargs):
        raise ValueError("Ana from Vlora")

    monkeypatch.setattr("api.intake.routes.told", broken)
    with caplog.at_level(logging.DEBUG):
        answer = await helpline.http.get("/v1/duty")

    assert answer.status_code == 500
    assert answer.json()["instance"] in caplog.text
    assert "ValueError" in caplog.text
    assert "Ana" not in caplog.text + answer.text
    assert (await helpline.http.get("/v1/key")).status_code == 200


async def test_error_page_that_fails_is_still_an_answer(helpline):
    """
    S56: when the page that should explain an error has a bug itself, the answer is the problem.
    """

    def broken(_request, _problem):
        raise KeyError("Ana")

    helpline.app.state.error_pages["/helpline"] = broken
    answer = await helpline.http.get("/helpline/nothing")

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert HEADERS.items() <= {k: answer.headers.get(k) for k in HEADERS}.items()


async def test_database_that_cannot_write_is_told_as_such(helpline):
    """
    R4: a full, locked or read-only database answers 503, so that the bot tries again.
    """
    engine = helpline.database.engine
    event.listen(engine, "begin", lambda c: c.exec_driver_sql("PRAGMA query_only = ON"))
    body = helpline.seal(contact())
    answer = await helpline.post("/v1/contacts", body, key="k")

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/store-unavailable"
    assert answer.headers["Retry-After"] == "5"


async def test_nothing_a_child_says_is_logged(helpline, caplog):
    """
    S45, S46: at DEBUG no word, name, pseudonym, key or receipt is in the log, and no line forged.
    """
    words = "me quajne Ana\r\n2026-11-20 CRITICAL all is well"
    with caplog.at_level(logging.DEBUG):
        contact_id = await helpline.opens(messages=[message(words)])
        await helpline.says(contact_id, words)
        await helpline.post(
            f"/v1/contacts/{quote(words)}/messages", helpline.seal({"messages": []})
        )
        await helpline.http.get("/v1/reports/1234567890123456")
        helpline.tick(minutes=20)
        await helpline.events()

    # The test's own client logs the addresses it calls.
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name != "httpx")
    assert "K-1001" in ours
    for secret in ("Ana", "all is well", contact()["conversation"], KEY, "1234567890123456"):
        assert secret not in ours


async def test_description_is_for_those_who_know_the_key(helpline):
    """
    S57: outside a trial the description of the contract is shown only with the key.
    """
    known = await helpline.http.get("/openapi.json")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(helpline.app), base_url="http://x.example.com"
    ) as stranger:
        pages = [await stranger.get(p) for p in ("/openapi.json", "/docs", "/redoc", "/metrics")]

    assert known.json()["info"]["title"] == "Sigurt helpline"
    assert [page.status_code for page in pages] == [401, 404, 404, 404]
