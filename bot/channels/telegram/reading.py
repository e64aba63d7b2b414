"""From an update of the platform to an event of the engine.

Updates are read field by field from their JSON rather than through the library's
classes: one entity or message kind that a library release does not know makes the
whole update fail there, and with it the child's words; and what is never looked at
(names, user names, phone numbers, files) can never be kept.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from bot.channels.base import Inbound, Malformed
from bot.channels.body import Json, read_object
from bot.channels.telegram.names import PICTURE, QUIZ, TEXT, name_of
from bot.channels.text import whole
from bot.channels.words import COMMANDS, LEAVE
from bot.engine.events import (
    AnyEvent,
    ButtonTapped,
    ChatLost,
    ExitPressed,
    MediaOffered,
    MessageReceived,
    PollAnswered,
    Started,
)

UPDATES = ("message", "edited_message", "callback_query", "poll_answer", "my_chat_member")
_LAST_SECOND, _LAST_MESSAGE = 2**32, 2**53
_LINKS = 50  # hidden behind the words of one message

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")

# In this order: an animation also comes as a document, a venue also as a location.
_MEDIA = (
    "photo",
    "video",
    "voice",
    "audio",
    "animation",
    "document",
    "sticker",
    "video_note",
    "contact",
    "venue",
    "location",
    "poll",
    "dice",
    "story",
    "game",
    "paid_media",
    "checklist",
)
# What the platform writes into a private chat by itself; there is nobody to answer.
_NOTICES = frozenset(
    {
        "boost_added",
        "chat_background_set",
        "chat_shared",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "connected_website",
        "gift",
        "giveaway",
        "giveaway_completed",
        "giveaway_created",
        "giveaway_winners",
        "invoice",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "paid_message_price_changed",
        "passport_data",
        "pinned_message",
        "proximity_alert_triggered",
        "refunded_payment",
        "successful_payment",
        "unique_gift",
        "users_shared",
        "web_app_data",
        "write_access_allowed",
    }
)


def read_body(body: bytes) -> Json:
    """Return the update in a webhook's body; raises ``Malformed`` when there is none."""
    raw = read_object(body)
    update_id(raw)
    return raw


def update_id(raw: Json) -> int:
    """Return the id by which a repeat is known; raises ``Malformed`` without one."""
    number = raw.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise Malformed("no update_id")
    return number


def read_update(raw: Json, at: datetime) -> Inbound | None:
    """Return what a person did in a private chat; None when there is nothing to answer."""
    chat = chat_of(raw)
    if chat is None:
        return None
    event = _event(raw, at)
    if event is None:
        return None
    below = _part(_part(raw, "callback_query"), "message")
    pressed = _message_id(below)
    written = _message_id(_part(raw, "message") or _part(raw, "edited_message"))
    return Inbound(
        channel="telegram",
        update_id=str(update_id(raw)),
        address=str(chat),
        event=event,
        message=name_of(pressed or written, _kind_of(below)),
        pressed=bool(pressed),
        order=written,  # the id of a pressed message says nothing of when it was pressed
    )


def chat_of(raw: Json) -> int | None:
    """Return the private chat of an update, if it has one.

    Whoever answers a poll is in its private chat: ours cannot be forwarded.
    """
    if answer := _part(raw, "poll_answer"):
        return _number(_part(answer, "user"), "id")
    if query := _part(raw, "callback_query"):
        if foreign_chat_of(raw) is not None:
            return None
        return _number(_part(query, "from"), "id")
    chat = _chat(raw)
    return _number(chat, "id") if chat.get("type") == "private" else None


def foreign_chat_of(raw: Json) -> int | None:
    """Return the group or channel of an update: a place where the bot has no business."""
    chat = _chat(raw)
    return _number(chat, "id") if chat.get("type", "private") != "private" else None


def removed(raw: Json) -> bool:
    """Tell whether the bot was blocked, or is no longer in the group."""
    member = _part(_part(raw, "my_chat_member"), "new_chat_member")
    return member.get("status") in {"kicked", "left"}


def query_of(raw: Json) -> str | None:
    """Return the id of a button press, which the platform wants answered at once."""
    found = _part(raw, "callback_query").get("id")
    return found if isinstance(found, str) else None


def _chat(raw: Json) -> Json:
    holder = _part(_part(raw, "callback_query"), "message")
    for kind in ("message", "edited_message", "my_chat_member"):
        holder = holder or _part(raw, kind)
    return _part(holder, "chat")


def _event(raw: Json, at: datetime) -> AnyEvent | None:
    if message := _part(raw, "message"):
        return _message(message, at)
    if message := _part(raw, "edited_message"):
        return _edited(message, at)
    if query := _part(raw, "callback_query"):
        data = _text(query, "data")
        return ButtonTapped(at=at, button=data) if data else None
    if answer := _part(raw, "poll_answer"):
        return _vote(answer, at)
    return ChatLost(at=at) if removed(raw) else None


def _message(message: Json, at: datetime) -> AnyEvent | None:
    forwarded = "forward_origin" in message or "forward_date" in message
    if text := _with_links(message, "text", "entities"):
        if not forwarded and (event := _command(text, at)):
            return event
        sent = _sent_at(message, "date")
        return MessageReceived(at=at, text=text, forwarded=forwarded, sent_at=sent)
    kind = next((kind for kind in _MEDIA if kind in message), "")
    if not kind and not _NOTICES.isdisjoint(message):
        return None
    caption = _with_links(message, "caption", "caption_entities")
    return MediaOffered(at=at, kind=kind or "unknown", caption=caption, forwarded=forwarded)


def _edited(message: Json, at: datetime) -> AnyEvent | None:
    """Only new words count: a live location is "edited" every few seconds."""
    text = _with_links(message, "text", "entities")
    text = text or _with_links(message, "caption", "caption_entities")
    sent = _sent_at(message, "edit_date") or _sent_at(message, "date")
    return MessageReceived(at=at, text=text, edited=True, sent_at=sent) if text else None


def _with_links(message: Json, words: str, entities: str) -> str:
    """The words, and beneath them the addresses that are hidden behind some of them."""
    text, found = _text(message, words), message.get(entities)
    parts = (part for part in found if isinstance(part, dict)) if isinstance(found, list) else ()
    hidden = (_text(part, "url") for part in parts if part.get("type") == "text_link")
    links = [url for url in dict.fromkeys(hidden) if url and url not in text]
    return "\n".join((text, *links[:_LINKS])) if text else ""


def _vote(answer: Json, at: datetime) -> AnyEvent | None:
    """An option of a poll; one that was taken back is nothing."""
    poll, options = _text(answer, "poll_id"), answer.get("option_ids")
    option = options[0] if isinstance(options, list) and options else None
    if not poll or not isinstance(option, int) or isinstance(option, bool):
        return None
    return PollAnswered(at=at, poll=poll, option=option)


def _command(text: str, at: datetime) -> AnyEvent | None:
    """A command on its own. With words behind it, it is free text and read as such."""
    match = _COMMAND.fullmatch(text.strip())
    if match is None:
        return None
    name, rest = match[1].lower(), match[2] or ""
    if name == "start" and _PAYLOAD.fullmatch(rest):
        return Started(at=at, payload=rest)
    deed = "" if rest else COMMANDS.get(name, "")
    if deed == LEAVE:
        return ExitPressed(at=at)
    return ButtonTapped(at=at, button=deed) if deed else None


def _sent_at(message: Json, key: str) -> datetime | None:
    seconds = _number(message, key)
    if seconds is None or not 0 < seconds < _LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _part(raw: Json, key: str) -> Json:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def _text(raw: Json, key: str) -> str:
    value = raw.get(key)
    return whole(value) if isinstance(value, str) else ""


def _number(raw: Json, key: str) -> int | None:
    value = raw.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _kind_of(message: Json) -> str:
    return PICTURE if "photo" in message else QUIZ if "poll" in message else TEXT


def _message_id(message: Json) -> int:
    number = _number(message, "message_id") or 0
    return number if 0 < number < _LAST_MESSAGE else 0
