"""Callbacks of Viber, as they come, and what is read in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viberbot.api.viber_requests import EVENT_TYPE_TO_CLASS, create_request

from bot.channels.base import Inbound, Malformed, MessageFate
from bot.channels.body import DEPTH, read_object
from bot.channels.viber.keyboard import press_of
from bot.channels.viber.reading import person_of, read_callback
from bot.engine.events import MessageReceived

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ADDRESS, TOKEN, MOMENT = "01234567890/A+b=", "5741311803571721087", 1795339800123
PAYLOADS = sorted((Path(__file__).parent / "payloads" / "viber").glob("*.json"))
PRIVATE = ("A_<b>", "Someone", "+0000", "avatars.", "IMG_1", "Emri", "Rruga", "41.0", "dl-media")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
NAMES = """
event timestamp message_token user_id user sender id api_version message type text media
context subscribed contact location silent message conversation_started subscribed
unsubscribed delivered seen failed webhook client_status picture url
"""
KEYS = st.sampled_from(NAMES.split())
CALLBACKS = st.dictionaries(
    KEYS,
    st.recursive(
        JSON | KEYS, lambda inner: st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
    ),
)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_each_kind_of_callback_is_read_as_written_beside_it(path: Path) -> None:
    """
    Every payload becomes the event or report that stands beside it, or calmly nothing.
    """
    payload = json.loads(path.read_text("utf-8"))

    happened = read(payload["callback"])

    assert _told(happened) == payload["event"], payload["about"]
    if happened:
        assert (happened.channel, happened.address) == ("viber", ADDRESS)
    if isinstance(happened, Inbound):
        known_by = TOKEN if "message_token" in payload["callback"] else "digest"
        assert happened.update_id == known_by
        assert (happened.event.at, happened.order) == (AT, MOMENT)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_no_name_number_or_file_is_read_into_anything(path: Path) -> None:
    """
    Names, numbers, places, pictures and file names stay behind at the door.
    """
    read_as = repr(read(json.loads(path.read_text("utf-8"))["callback"]))

    assert not [private for private in PRIVATE if private in read_as]


def test_what_viberbot_can_read_is_read_alike() -> None:
    """
    The platform's own library, where it can read a callback, reads the same person and words.
    """
    compared = set()
    for path in PAYLOADS:
        callback = json.loads(path.read_text("utf-8"))["callback"]
        ours, theirs = read(callback), by_viberbot(callback)
        if ours is None or theirs is None:
            continue
        compared.add(theirs.event_type)
        person = getattr(theirs, "sender", None) or getattr(theirs, "user", None)
        assert ours.address == (person.id if person else theirs.user_id)
        if isinstance(ours, Inbound) and isinstance(ours.event, MessageReceived):
            words = getattr(theirs.message, "text", None) or getattr(theirs.message, "media", "")
            assert (words or "") in ours.event.text

    assert compared == set(EVENT_TYPE_TO_CLASS) - {"webhook"}


def by_viberbot(callback: dict[str, Any]) -> Any:
    """What the library reads, or None: of what it does not know it raises a bare Exception,
    so nothing narrower can be caught.
    """
    try:
        return create_request(callback)
    except Exception:
        return None


def test_when_it_was_written_is_what_the_platform_says() -> None:
    """
    The platform's time is kept beside ours, and orders what comes in another order (R3).
    """
    happened = read(message({"type": "text", "text": "po"}))

    assert isinstance(happened, Inbound)
    assert happened.event.sent_at == datetime(2026, 11, 22, 9, 30, 0, 123000, UTC)
    assert read(message({"text": "po"}) | {"timestamp": "soon"}).order == 0
    assert read(message({"text": "po"}) | {"timestamp": 10**30}).order == 0


def test_a_callback_without_token_is_known_by_its_bytes() -> None:
    """
    S3: what carries no token is told from its repeat by the digest of what was signed.
    """
    lost = {"event": "unsubscribed", "timestamp": MOMENT, "user_id": ADDRESS}

    happened = read(lost)

    assert isinstance(happened, Inbound)
    assert happened.update_id == "digest"


def test_only_an_opening_is_answered_in_the_answer() -> None:
    """
    Before a subscription nothing can be sent but the answer to the opening itself.
    """
    payloads = {path.stem: json.loads(path.read_text("utf-8")) for path in PAYLOADS}
    answered = {
        name
        for name, payload in payloads.items()
        if isinstance(happened := read(payload["callback"]), Inbound) and happened.in_answer
    }

    assert answered == {name for name in payloads if name.startswith("conversation_started")}


@pytest.mark.parametrize(
    "text",
    ["▸", "▸ go.help", " ▸go.help", "▸go.help\n", "▸gó", "▸" + "x" * 65, "go.help", "▸▸go.help"],
)
def test_words_are_never_taken_for_a_press(text: str) -> None:
    """
    A press is its code and nothing else: whatever else stands there is heard as words.
    """
    assert press_of(text) == ""
    happened = read(message({"type": "text", "text": text}))

    assert isinstance(happened, Inbound)
    assert happened.event.text == text


def test_the_level_of_an_app_is_heard() -> None:
    """
    What the app can show comes with what its person does.
    """
    assert person_of(message({})) == (ADDRESS, 10)
    for wrong in ("7", None, True, -1, 7.5):
        sender = {"id": ADDRESS, "api_version": wrong}
        assert person_of({"sender": sender}) == (ADDRESS, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"{",
        b"\xff\xfe\x00",
        b'{"a": 1' + b"0" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a": ' + b"[" * 80 + b"]" * 80 + b"}",
    ],
)
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    """
    S4: broken, deep, endless or foreign JSON is refused as malformed, never an error of ours.
    """
    with pytest.raises(Malformed):
        read_object(body)


def test_brackets_in_words_are_no_depth() -> None:
    """
    S4: a child may type a thousand brackets; only those of the JSON itself are counted.
    """
    words = '[{"' * 1000
    body = json.dumps(message({"type": "text", "text": words})).encode()

    happened = read(read_object(body))

    assert isinstance(happened, Inbound)
    assert happened.event.text == words
    assert read_object(b'{"a": ' + b"[" * (DEPTH - 1) + b"]" * (DEPTH - 1) + b"}")


@settings(deadline=None)
@given(CALLBACKS)
def test_no_shape_of_json_is_an_error(callback: dict[str, Any]) -> None:
    """
    Whatever stands where in a callback, reading it ends in an event, a report or nothing.
    """
    happened = read(callback)

    assert happened is None or happened.address == person_of(callback)[0] != ""


def message(content: dict[str, Any]) -> dict[str, Any]:
    """A message as the platform tells it."""
    sender = {"id": ADDRESS, "name": "A_<b>", "api_version": 10}
    token = {"message_token": int(TOKEN), "timestamp": MOMENT}
    return {"event": "message", **token, "sender": sender, "message": content}


def read(callback: dict[str, Any]) -> Inbound | MessageFate | None:
    """What happened."""
    return read_callback(callback, AT, digest="digest")


def _told(happened: Inbound | MessageFate | None) -> dict[str, Any] | None:
    """What happened as the payload files tell it."""
    if happened is None:
        return None
    if isinstance(happened, MessageFate):
        assert happened.message == TOKEN
        return {"report": happened.fate}
    names = ("text", "payload", "button", "kind", "caption")
    event = happened.event
    fields = {name: getattr(event, name) for name in names if hasattr(event, name)}
    return {"type": type(event).__name__, **fields}
