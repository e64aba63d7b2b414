"""The client: which answers count, which are final, and what is tried again (R6)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from bot.helpline import Duty, HelplineRefused, HelplineUnavailable, News
from bot.helpline_http import HttpHelpline

CONTACT = {"contact_id": "k", "number": "K-1001", "state": "waiting"}
PROBLEM = {"content-type": "application/problem+json"}


def client(answer: Callable[[httpx.Request], httpx.Response]) -> HttpHelpline:
    """A client whose helpline is a function."""
    return HttpHelpline("http://helpline.example.com", "a key", httpx.MockTransport(answer))


def problem(status: int, kind: str = "about:blank") -> httpx.Response:
    """Problem details as the contract writes them."""
    return httpx.Response(status, json={"type": kind, "status": status}, headers=PROBLEM)


async def test_a_contact_is_posted_as_the_contract_says() -> None:
    """
    The bytes go out as they were sealed, with key, type and idempotency key.
    """
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json=CONTACT)

    helpline = client(answer)
    assert await helpline.post("contact", b"{}", key="u.1", contact_id="k") == CONTACT
    await helpline.close()

    (request,) = seen
    assert (request.method, request.url.path, request.content) == ("POST", "/v1/contacts", b"{}")
    assert request.headers["authorization"] == "Bearer a key"
    assert request.headers["idempotency-key"] == "u.1"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(502, text="<html>"),
        httpx.Response(429),
        httpx.Response(408),
        httpx.Response(401, json={}, headers=PROBLEM),
        httpx.Response(403, json={}, headers=PROBLEM),
        httpx.Response(404, text="no such page at this proxy"),
        httpx.Response(302, headers={"location": "http://elsewhere.example.com"}),
        httpx.Response(200, text="<html>Welcome to the hotel's network</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"contact_id": "k"}),
        httpx.Response(201, json={**CONTACT, "contact_id": "another"}),
        httpx.Response(204),
    ],
    ids=lambda answer: f"{answer.status_code}-{len(answer.content)}",
)
async def test_an_answer_that_proves_nothing_keeps_the_contact(answer: httpx.Response) -> None:
    """
    Outages, proxies, garbage and a wrong key of ours: the contact is kept and tried again (R6).
    """
    with pytest.raises(HelplineUnavailable):
        await client(lambda _: answer).post("contact", b"{}", key="u.1", contact_id="k")


@pytest.mark.parametrize("status", [400, 404, 409, 413, 415, 422])
async def test_a_refusal_in_the_helplines_own_words_is_final(status: int) -> None:
    """
    What the helpline itself refuses is not tried again: a person must look.
    """
    with pytest.raises(HelplineRefused) as refused:
        await client(lambda _: problem(status)).post("messages", b"{}", key="u.1", contact_id="k")

    assert refused.value.status == status


async def test_a_contact_that_is_there_already_counts_as_accepted() -> None:
    """
    A helpline that answers a repeated contact with 409 has it: it is not sent again (R6).
    """
    answer = problem(409, "https://helpline.example.com/problems/contact-exists")

    found = await client(lambda _: answer).post("contact", b"{}", key="u.1", contact_id="k")

    assert found["contact_id"] == "k"


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ConnectTimeout],
)
async def test_a_line_that_breaks_keeps_the_contact(error: type[httpx.TransportError]) -> None:
    """
    A line cut at any moment, also after the helpline took it, is an outage, nothing else (R6).
    """

    def breaks(request: httpx.Request) -> httpx.Response:
        raise error("cut", request=request)

    with pytest.raises(HelplineUnavailable):
        await client(breaks).post("contact", b"{}", key="u.1", contact_id="k")


@pytest.mark.parametrize(
    "events",
    [
        {"events": {}, "next": 1},
        {"events": ["x"], "next": 1},
        {"events": [], "next": "1"},
        {"events": [], "next": -1},
        {"events": []},
        {"events": [], "next": 1, "typing": "c"},
        {"events": [], "next": 1, "typing": [1]},
        {},
    ],
)
async def test_a_feed_in_another_form_is_no_feed(events: dict[str, object]) -> None:
    """
    Events that are not what the contract says move nothing forward.
    """
    with pytest.raises(HelplineUnavailable):
        await client(lambda _: httpx.Response(200, json=events)).events(0, 0)


async def test_a_feed_tells_where_somebody_types() -> None:
    """
    The conversations come with the events; an older helpline, which says nothing of it, is heard.
    """
    feed = {"events": [], "next": 1}

    async def heard(**more: object) -> News:
        return await client(lambda _: httpx.Response(200, json={**feed, **more})).events(0, 0)

    assert await heard() == News((), 1)
    assert await heard(typing=["c1", "c2"]) == News((), 1, ("c1", "c2"))


async def test_a_closed_helpline_tells_when_it_opens() -> None:
    """
    The next opening and its own words in both languages are taken over, cut where too long.
    """
    message = {"sq": "Mbyllur.", "en": "x" * 999, "de": "zu"}
    told = {
        "on_duty": 0,
        "usual_minutes": None,
        "opens_at": "2026-11-23T08:00:00+01:00",
        "message": message,
    }
    duty = await client(lambda _: httpx.Response(200, json=told)).duty()

    assert duty.plan.opens_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert [(name, len(text)) for name, text in duty.plan.message] == [("sq", 8), ("en", 400)]
    for wrong in ({"opens_at": 8}, {"opens_at": "soon"}, {"opens_at": "2026-11-23T08:00:00"}):
        with pytest.raises(HelplineUnavailable):
            await client(lambda _, w=wrong: httpx.Response(200, json={**told, **w})).duty()


async def test_duty_is_read_strictly() -> None:
    """
    Who is on duty is a number; anything else is no answer.
    """
    good = httpx.Response(200, json={"on_duty": 2, "usual_minutes": None})

    assert await client(lambda _: good).duty() == Duty(2, None)
    for wrong in ({"on_duty": True}, {"on_duty": "2"}, {"on_duty": -1}, {}):
        with pytest.raises(HelplineUnavailable):
            await client(lambda _, w=wrong: httpx.Response(200, json=w)).duty()


@pytest.mark.parametrize(
    "key",
    [
        {"key_id": "00000000", "public_key": "AAAA"},
        {"key_id": "00000000", "public_key": "A" * 43 + "="},
        {"key_id": "00000000", "public_key": "no base64"},
        {},
    ],
)
async def test_nothing_is_sealed_to_a_key_that_is_none(key: dict[str, str]) -> None:
    """
    A public key of the wrong length, or under a name that is not its own, is not used.
    """
    with pytest.raises(HelplineUnavailable):
        await client(lambda _: httpx.Response(200, json=key)).key()


async def test_a_receipt_is_posted_for_its_event() -> None:
    """
    What became of a reply is told to the event that carried it.
    """
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    await client(answer).receipt(7, "sent", key="receipt:7:sent")

    assert seen[0].url.path == "/v1/events/7/receipt"
    assert seen[0].content == b'{"status": "sent"}'


async def test_no_key_or_body_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """
    At the finest level neither the key nor what is sent or asked for is written down (S36, S45).
    """
    caplog.set_level(logging.DEBUG)
    answer = httpx.Response(201, json=CONTACT)

    await client(lambda _: answer).post("contact", b'"words"', key="u.1", contact_id="k")
    with pytest.raises(HelplineRefused):
        await client(lambda _: problem(422)).post("contact", b'"words"', key="u", contact_id="k")

    with pytest.raises(HelplineRefused):
        await client(lambda _: problem(404)).report("1234567890123456")

    with pytest.raises(HelplineRefused):
        await client(lambda _: problem(404)).post(
            "addition", b'"words"', key="u", contact_id="1234567890123456"
        )

    assert "a key" not in caplog.text
    assert "words" not in caplog.text
    assert "1234567890123456" not in caplog.text


async def test_what_is_added_is_posted_to_its_report() -> None:
    """
    An addition goes to the report of its receipt, under its key; too many tries are a refusal.
    """
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"accepted": True})

    receipt = "4721093655182047"
    assert await client(answer).post("addition", b"{}", key="u.1", contact_id=receipt)
    assert await client(answer).post("wants_news", b"{}", key="u.2", contact_id=receipt)

    paths = [request.url.path for request in seen]
    assert paths == [f"/v1/reports/{receipt}/additions"] * 2
    assert seen[0].headers["idempotency-key"] == "u.1"
    with pytest.raises(HelplineRefused):
        await client(lambda _: problem(429)).post("addition", b"{}", key="u", contact_id=receipt)


REPORT = {"state": "filed", "others": True, "open": True, "wants_news": False, "signpost": []}
UPDATE = {"at": "2026-11-22T09:00:00Z", "state": "filed", "to": "iwf", "next": None}


async def test_what_became_of_a_report_is_read() -> None:
    """
    Updates with who was told and when somebody looks again, and what else its holder may know.
    """
    again = {**UPDATE, "state": "there", "to": "", "next": "2026-12-22T09:00:00.000Z"}
    answer = httpx.Response(200, json={**REPORT, "updates": [UPDATE, again]})

    found = await client(lambda _: answer).report("1234567890123456")

    assert [(each.state, each.to) for each in found.updates] == [("filed", "iwf"), ("there", "")]
    assert found.updates[1].next == datetime(2026, 12, 22, 9, tzinfo=UTC)
    assert (found.others, found.open, found.wants_news) == (True, True, False)


@pytest.mark.parametrize(
    "updates",
    [
        *(None, [7], [{}], [{**UPDATE, "at": "soon"}], [{**UPDATE, "at": "2026-11-22T09:00:00"}]),
        *([{**UPDATE, "state": 4}], [{**UPDATE, "next": 5}]),
    ],
)
async def test_news_in_another_form_are_no_news(updates: object) -> None:
    """
    What is not in the contract's form is taken for a helpline that is out of reach.
    """
    answer = httpx.Response(200, json={**REPORT, "updates": updates})

    with pytest.raises(HelplineUnavailable):
        await client(lambda _: answer).report("1234567890123456")
