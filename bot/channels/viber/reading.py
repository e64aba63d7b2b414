"""From a callback of the platform to an event of the engine, or to a report.

Callbacks are read field by field; see the package for the reason. A kind that is not
known is calm nothing, a message type that is not known still brings its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from viberbot.api.event_type import EventType
from viberbot.api.messages import MessageType

from bot.channels.base import Inbound, MessageFate
from bot.channels.body import Json
from bot.channels.text import whole
from bot.channels.viber.keyboard import press_of
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ChatLost,
    LanguageChosen,
    MediaOffered,
    MessageReceived,
    Started,
)

NAME = "viber"

_ADDRESS_LENGTH = 200
_TOKEN_LENGTH = 64
_LARGEST = 2**64
_LAST_MOMENT = 2**43  # milliseconds: in the year 2248
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
_LINK = re.compile(r"\S+://\S+")
_KINDS = {
    MessageType.PICTURE: "photo",
    MessageType.VIDEO: "video",
    MessageType.FILE: "document",
    MessageType.STICKER: "sticker",
    MessageType.CONTACT: "contact",
    MessageType.LOCATION: "location",
}
# In a message of an unknown type every other string may be the child's words.
_NO_WORDS = {"type", "media", "thumbnail", "file_name", "tracking_data", "token", "id", "avatar"}


def read_callback(raw: Json, at: datetime, *, digest: str) -> Inbound | MessageFate | None:
    """Return what happened; None when nobody did anything that is to be answered.

    ``digest`` tells a repeat where the platform gives the callback no token (S3).
    """
    kind = raw.get("event")
    if kind in (EventType.DELIVERED, EventType.SEEN, EventType.FAILED):
        return _fate(raw)
    address, event = person_of(raw)[0], _event(raw, at)
    if event is None or not address:
        return None
    token = _token(raw)
    return Inbound(
        channel=NAME,
        update_id=token or digest,
        address=address,
        event=event,
        message=token if kind == EventType.MESSAGE else "",
        order=_milliseconds(raw),
        in_answer=kind == EventType.CONVERSATION_STARTED,
    )


def person_of(raw: Json) -> tuple[str, int]:
    """Return whom a callback is about, and the API level of their app (0: not told)."""
    person = _part(raw, "sender") or _part(raw, "user")
    address = _text(person, "id") or _text(raw, "user_id")
    return address if len(address) <= _ADDRESS_LENGTH else "", _number(person, "api_version")


def _event(raw: Json, at: datetime) -> AnyEvent | None:
    match raw.get("event"):
        case EventType.MESSAGE:
            return _message(_part(raw, "message"), at, _moment(raw))
        case EventType.CONVERSATION_STARTED:
            context = _text(raw, "context")
            return Started(at=at, payload=context if _PAYLOAD.fullmatch(context) else "")
        case EventType.SUBSCRIBED:
            # The chat can be reached again. Nothing is said: whoever subscribes has been
            # greeted at opening it, and whoever left is asked when they write.
            return LanguageChosen(at=at, language="")
        case EventType.UNSUBSCRIBED:
            return ChatLost(at=at)
    return None


def _message(message: Json, at: datetime, sent_at: datetime | None) -> AnyEvent:
    kind = message.get("type")
    words = _words(message)
    if kind == MessageType.TEXT and (button := press_of(words)):
        return ButtonTapped(at=at, button=button)
    offered = _KINDS.get(kind) if isinstance(kind, str) else None
    if offered is None and words:
        return MessageReceived(at=at, text=words, sent_at=sent_at)
    return MediaOffered(at=at, kind=offered or "unknown", caption=words)


def _words(message: Json) -> str:
    """The text or caption; of a link the address as well; else whatever may be words."""
    kind, text = message.get("type"), _text(message, "text")
    if kind == MessageType.URL:
        return " ".join(filter(None, (text, _text(message, "media"))))
    if text or (isinstance(kind, str) and kind in _KINDS):
        return text
    return "\n".join(_strings(message))


def _strings(value: object) -> Iterator[str]:
    match value:
        case str() if value.strip() and not _LINK.fullmatch(value.strip()):
            yield whole(value)
        case dict():
            for key, inner in value.items():
                if key not in _NO_WORDS:
                    yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)


def _fate(raw: Json) -> MessageFate | None:
    address, token = person_of(raw)[0], _token(raw)
    if not address or not token:
        return None
    match raw.get("event"):
        case EventType.DELIVERED:
            return MessageFate(NAME, address, token, "delivered")
        case EventType.SEEN:
            return MessageFate(NAME, address, token, "seen")
        case _:
            return MessageFate(NAME, address, token, "failed")


def _token(raw: Json) -> str:
    number = _number(raw, "message_token")
    return str(number) if number else _text(raw, "message_token")[:_TOKEN_LENGTH]


def _milliseconds(raw: Json) -> int:
    told = _number(raw, "timestamp")
    return told if told < _LAST_MOMENT else 0


def _moment(raw: Json) -> datetime | None:
    told = _milliseconds(raw)
    return datetime.fromtimestamp(told / 1000, UTC) if told else None


def _part(raw: Json, key: str) -> Json:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def _number(raw: Json, key: str) -> int:
    """The number above zero, or 0."""
    value = raw.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 < value < _LARGEST else 0


def _text(raw: Json, key: str) -> str:
    value = raw.get(key)
    return whole(value) if isinstance(value, str) else ""
