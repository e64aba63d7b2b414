"""The stand-in for Viber is strict: what the platform refuses, it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from fakes.viber import TRIES, Child, ViberStandIn
from fakes.viber_rules import Refused, check_keyboard, check_level, check_message, rows_of
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HOOK = "https://bot.example.com/webhooks/viber"
KEY = {"ActionType": "reply", "ActionBody": "▸a", "Text": "Po", "Columns": 6, "Rows": 1}
TEXT = {"type": "text", "text": "Po", "sender": {"name": "Sigurt"}, "receiver": "a"}
PICTURE = {**TEXT, "type": "picture", "text": "", "media": "https://example.com/a.png"}


def keyboard(*keys: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A keyboard of these keys."""
    return {"Type": "keyboard", "Buttons": list(keys), **more}


class Server:
    """A webhook that answers as a test says."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.heard: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.heard.append(await Request(scope, receive).body())
        await Response(self.body, self.status)(scope, receive, send)


@pytest.fixture
def server() -> Server:
    """
    A server that says 200.
    """
    return Server()


@pytest.fixture
async def viber(server: Server) -> AsyncIterator[ViberStandIn]:
    """
    A platform that knows the server.
    """
    async with ViberStandIn(webhook=httpx.ASGITransport(server)) as viber:
        assert await call(viber, "set_webhook", {"url": HOOK, "event_types": ["failed"]}) == 0
        yield viber


async def call(viber: ViberStandIn, method: str, fields: Mapping[str, Any], **headers: str) -> int:
    """The status of a call."""
    known = {"X-Viber-Auth-Token": viber.token, **headers}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{viber.url}/{method}", json=fields, headers=known)
    assert answer.status_code == 200
    return int(answer.json()["status"])


def subscribed(viber: ViberStandIn, level: int = 10) -> Child:
    """A child who may be written to."""
    child = viber.child(level=level)
    child.subscribed, child.last_word = True, viber.now()
    return child


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (TEXT, 0),
        (PICTURE, 0),
        ({**TEXT, "text": "ë" * 7_000}, 0),
        ({**TEXT, "text": "ë" * 7_001}, 3),
        ({**TEXT, "text": " \n"}, 3),
        ({**TEXT, "text": None}, 4),
        ({**TEXT, "type": "fax"}, 3),
        ({name: value for name, value in TEXT.items() if name != "type"}, 4),
        ({**TEXT, "sender": {}}, 4),
        ({**TEXT, "sender": {"name": "S" * 29}}, 3),
        ({**TEXT, "color": "red"}, 3),
        ({**TEXT, "tracking_data": "x" * 4_001}, 3),
        ({**TEXT, "keyboard": "none"}, 3),
        ({**PICTURE, "text": "ë" * 513}, 3),
        ({**PICTURE, "media": "https://example.com/a.svg"}, 3),
        ({**PICTURE, "media": None}, 4),
    ],
)
def test_messages_that_break_a_rule_are_refused(message: Mapping[str, Any], status: int) -> None:
    """
    Sizes, missing and unknown fields end in the platform's status.
    """
    told = 0
    try:
        check_message(message)
    except Refused as refused:
        told = refused.status

    assert told == status


@pytest.mark.parametrize(
    ("fields", "level", "status"),
    [
        ({}, 1, 0),
        ({"min_api_version": 6}, 6, 0),
        ({"min_api_version": 6}, 3, 13),
        ({"min_api_version": 0}, 3, 3),
        ({"keyboard": keyboard(KEY, InputFieldState="hidden")}, 9, 14),
        ({"keyboard": keyboard(KEY, InputFieldState="hidden"), "min_api_version": 4}, 9, 0),
        ({"keyboard": keyboard({**KEY, "ActionType": "share-phone"})}, 9, 14),
        ({"keyboard": keyboard({**KEY, "TextShouldFit": True}), "min_api_version": 4}, 9, 14),
    ],
)
def test_levels_are_held_against_app_and_fields(
    fields: Mapping[str, Any], level: int, status: int
) -> None:
    """
    A level above the app's is 13, one below what the fields need is 14.
    """
    told = 0
    try:
        check_level({**TEXT, **fields}, level)
    except Refused as refused:
        told = refused.status

    assert told == status


@pytest.mark.parametrize(
    "wrong",
    [
        keyboard(),
        keyboard(KEY, Type="buttons"),
        keyboard(KEY, Colour="#000000"),
        keyboard({**KEY, "Columns": 7}),
        keyboard({**KEY, "Rows": 3}),
        keyboard({**KEY, "ActionBody": ""}),
        keyboard({**KEY, "ActionType": "dance"}),
        keyboard({**KEY, "Text": "x" * 251}),
        keyboard({**KEY, "Text": ""}),
        keyboard({**KEY, "Text": "1 < 2"}),
        keyboard({**KEY, "Text": "<script>a</script>"}),
        keyboard({**KEY, "Text": "a & b"}),
        keyboard({**KEY, "BgColor": "red"}),
        keyboard({**KEY, "TextSize": "huge"}),
        keyboard({**KEY, "Colour": "red"}),
        keyboard(*[KEY] * 13),
        keyboard(*[{**KEY, "Rows": 2}] * 7),
    ],
)
async def test_keyboards_are_refused_in_the_app(viber: ViberStandIn, wrong: dict[str, Any]) -> None:
    """
    A wrong keyboard is accepted with status 0, never shown, and reported as failed.
    """
    child = subscribed(viber)
    with pytest.raises(Refused):
        check_keyboard(wrong)

    assert await call(viber, "send_message", {**TEXT, "receiver": child.id, "keyboard": wrong}) == 0
    await viber.quiet()

    assert child.shown == []
    assert len(viber.refusals) == 1
    assert viber.answered


def test_rows_are_counted_as_they_are_laid() -> None:
    """
    Buttons fill six columns from the left; the highest of a row is its height.
    """
    half = {**KEY, "Columns": 3}

    assert rows_of([half, half, KEY]) == 2
    assert rows_of([half, KEY, half]) == 3
    assert rows_of([half, {**half, "Rows": 2}, KEY]) == 3


async def test_whom_may_be_written_to(viber: ViberStandIn) -> None:
    """
    Unknown is 5, not subscribed 6, a wrong token 2, and a hundred unanswered messages 12.
    """
    stranger, child = viber.child(), subscribed(viber)

    assert await call(viber, "send_message", TEXT) == 5
    assert await call(viber, "send_message", {**TEXT, "receiver": stranger.id}) == 6
    assert (
        await call(
            viber, "send_message", {**TEXT, "receiver": child.id}, **{"X-Viber-Auth-Token": "x"}
        )
        == 2
    )
    child.unanswered = [viber.now()] * 100
    assert await call(viber, "send_message", {**TEXT, "receiver": child.id}) == 12


async def test_a_request_over_30_kb_is_refused(viber: ViberStandIn) -> None:
    """
    The whole request counts, in bytes.
    """
    child = subscribed(viber)
    large = {**TEXT, "receiver": child.id, "text": "अ" * 6_900}

    assert await call(viber, "send_message", {**large, "keyboard": keyboard(*[KEY] * 199)}) == 3


@pytest.mark.parametrize("url", ["http://bot.example.com/x", "bot.example.com", "ftp://x"])
async def test_a_webhook_needs_https(viber: ViberStandIn, url: str) -> None:
    """
    Only https is taken, or loopback for tests.
    """
    assert await call(viber, "set_webhook", {"url": url}) == 1


async def test_a_webhook_that_does_not_answer_is_refused(
    viber: ViberStandIn, server: Server
) -> None:
    """
    The platform calls at once and wants its 200.
    """
    server.status = 503

    assert await call(viber, "set_webhook", {"url": HOOK}) == 1


async def test_a_callback_is_repeated_and_given_up(viber: ViberStandIn, server: Server) -> None:
    """
    Without a 200 the very same bytes come again, several times, and then never more.
    """
    server.status, server.heard = 500, []

    viber.child().types("ndihmë")
    await viber.quiet()

    assert len(server.heard) == TRIES
    assert len(set(server.heard)) == 1
    assert len(viber.given_up) == 1


async def test_only_an_opening_may_be_answered(viber: ViberStandIn, server: Server) -> None:
    """
    Words in the answer to any other callback are a mistake, and so is a wrong welcome.
    """
    server.body = b'{"type": "text", "text": "Po", "sender": {"name": "Sigurt"}}'
    child = viber.child()

    child.types("ckemi")
    await viber.quiet()

    assert child.shown == []
    assert len(viber.refusals) == 1


async def test_the_newest_keyboard_is_the_only_one(viber: ViberStandIn) -> None:
    """
    A message without a keyboard takes the last one away.
    """
    child = subscribed(viber)
    await call(viber, "send_message", {**TEXT, "receiver": child.id, "keyboard": keyboard(KEY)})
    assert child.buttons == [("Po", "▸a")]
    await call(viber, "send_message", {**TEXT, "receiver": child.id})

    assert child.buttons == []
    with pytest.raises(AssertionError, match="cannot be pressed"):
        child.presses("Po")


async def test_what_is_outside_a_session_is_charged(viber: ViberStandIn) -> None:
    """
    A day after the child's last word a message costs.
    """
    child = subscribed(viber)
    await call(viber, "send_message", {**TEXT, "receiver": child.id})
    child.last_word -= 86_401
    await call(viber, "send_message", {**TEXT, "receiver": child.id})

    assert viber.charged == [child.id]
