"""Updates of the platform, as they come, and what is read in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Malformed
from bot.channels.body import DEPTH
from bot.channels.telegram.reading import chat_of, read_body, read_update

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PAYLOADS = sorted((Path(__file__).parent / "payloads" / "telegram").glob("*.json"))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
TOLD = ("text", "edited", "forwarded", "sent_at", "payload", "button", "kind", "caption")
TOLD += ("poll", "option")
NAMES = """
poll_answer poll_id option_ids user message_id forward_origin edit_date date
message edited_message callback_query my_chat_member new_chat_member chat from id type
private text caption data photo status kicked entities
"""
KEYS = st.sampled_from(NAMES.split())
UPDATES = st.dictionaries(
    KEYS,
    st.recursive(
        JSON | KEYS, lambda inner: st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
    ),
)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_each_kind_of_update_is_read_as_written_beside_it(path: Path) -> None:
    """
    Every payload becomes the event that stands beside it, or calmly nothing.
    """
    payload = json.loads(path.read_text("utf-8"))
    raw = read_body(json.dumps(payload["update"]).encode())

    inbound = read_update(raw, AT)

    expected = payload["event"]
    assert (inbound and _told(inbound.event)) == expected, payload["about"]
    if inbound:
        assert (inbound.channel, inbound.address) == ("telegram", "7001")
        assert inbound.update_id == str(payload["update"]["update_id"])
        assert inbound.event.at == AT
        told = {"message": inbound.message, "pressed": inbound.pressed, "order": inbound.order}
        assert told == payload["inbound"], payload["about"]


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_no_name_number_or_file_is_read_into_anything(path: Path) -> None:
    """
    Names, user names, numbers, places and file ids stay behind at the door.
    """
    raw = json.loads(path.read_text("utf-8"))["update"]

    read = repr(read_update(raw, AT))

    for private in ("A_<b>", "example_child", "Someone", "+0000", "AgACAg", "AQADAg", "latitude"):
        assert private not in read


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b"{",
        b'{"message": {}}',
        b'{"update_id": true}',
        b'{"update_id": "1"}',
        b'{"update_id": 1' + b"0" * 5000 + b"}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"update_id": 1, "a": ' + b"[" * 80 + b"]" * 80 + b"}",
    ],
)
def test_what_is_no_update_is_malformed(body: bytes) -> None:
    """
    S4: broken, deep, endless or foreign JSON is refused as malformed, never an error of ours.
    """
    with pytest.raises(Malformed):
        read_body(body)


def test_brackets_in_words_are_no_depth() -> None:
    """
    S4: a child may type a thousand brackets; only those of the JSON itself are counted.
    """
    words = '[{"' * 1000
    update = {"update_id": 1, "message": {"chat": {"id": 7, "type": "private"}, "text": words}}

    inbound = read_update(read_body(json.dumps(update).encode()), AT)

    assert inbound is not None
    assert inbound.event.text == words
    nested = b'{"update_id": 1, "a": ' + b"[" * (DEPTH - 1) + b"]" * (DEPTH - 1) + b"}"
    assert read_body(nested)


def test_half_an_emoji_can_be_stored() -> None:
    """
    A lone surrogate, as broken keyboards send it, is replaced and the words are kept.
    """
    body = rb'{"update_id":1,"message":{"chat":{"id":7,"type":"private"},"text":"po \ud83d jo"}}'

    inbound = read_update(read_body(body), AT)

    assert inbound is not None
    assert inbound.event.text == "po � jo"


@settings(deadline=None)
@given(UPDATES)
def test_no_shape_of_json_is_an_error(content: dict[str, Any]) -> None:
    """
    Whatever stands where in an update, reading it ends in an event or in nothing.
    """
    raw = content | {"update_id": 1}

    inbound = read_update(raw, AT)

    assert inbound is None or inbound.address == str(chat_of(raw))


def _told(event: object) -> dict[str, Any]:
    """The event as the payload files tell it: its type and what a person did."""
    fields = {name: getattr(event, name) for name in TOLD if hasattr(event, name)}
    if fields.get("sent_at"):
        fields["sent_at"] = fields["sent_at"].isoformat()
    return {"type": type(event).__name__} | fields
