"""The stand-in's methods that show, change and remove messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fakes.telegram_child import BOT, Child, Poll, Shown
from fakes.telegram_rules import (
    Refused,
    check_markup,
    check_photo,
    check_poll,
    parsed_caption,
    parsed_text,
)

TWO_DAYS = 48 * 3600
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)


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


class Chats:
    """Private chats and what stands in them. ``later`` lets time pass for messages."""

    def __init__(self, clock: Callable[[], float] | None, wall: Callable[[], float]) -> None:
        self.children: dict[int, Child] = {}
        self.files: dict[str, bytes] = {}
        self.unanswered: set[str] = set()
        self._clock, self._wall, self._ahead = clock, wall, 0.0
        self._in_all, self._in_chat = Allowance(35, 30), Allowance(5, 1)
        self._ids = iter(range(1, 10**9))

    @property
    def now(self) -> int:
        """Seconds since the epoch, as the platform says them."""
        return int(self._wall() + self._ahead)

    def later(self, *, hours: float) -> None:
        """What stands in the chats grows older."""
        self._ahead += hours * 3600

    def next_id(self) -> int:
        return next(self._ids)

    def forgets_files(self) -> None:
        """Every file id becomes unknown, as after a change of the bot's token."""
        self.files.clear()

    # New messages

    async def _sendMessage(self, values: dict[str, Any]) -> object:
        child = self._reachable(values)
        text, entities = parsed_text(values)
        return self._add(child, values, self._shown(values, text, entities))

    async def _sendPhoto(self, values: dict[str, Any]) -> object:
        child = self._reachable(values)
        caption, entities = parsed_caption(values)
        data = self._photo(values["photo"])
        shown = self._shown(values, caption, entities)
        shown.picture = data
        message = self._add(child, values, shown)
        file_id = next((name for name, held in self.files.items() if held == data), "")
        if not file_id:
            file_id = f"AgACAgQAAx{self.next_id()}"
            self.files[file_id] = data
        size = {"file_id": file_id, "file_unique_id": f"AQAD{file_id[-3:]}"}
        return message | {"photo": [size | {"width": 90, "height": 60}]}

    def _photo(self, photo: object) -> bytes:
        if isinstance(photo, str) and photo not in self.files:
            raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        data = self.files[photo] if isinstance(photo, str) else photo
        assert isinstance(data, bytes)
        check_photo(data)
        return data

    async def _sendPoll(self, values: dict[str, Any]) -> object:
        child = self._reachable(values)
        question, options, right, why = check_poll(values)
        shown = self._shown(values, question, [])
        shown.poll = Poll(str(5_000_000_000 + self.next_id()), options, right, why)
        message = self._add(child, values, shown)
        return message | {"poll": _as_poll(shown.poll, question, values)}

    def _shown(self, values: dict[str, Any], text: str, entities: list[dict[str, Any]]) -> Shown:
        check_markup(values.get("reply_markup"))
        buttons, protected = _buttons(values), bool(values.get("protect_content"))
        return Shown(self.next_id(), text, entities, buttons, protected, self.now)

    def _add(self, child: Child, values: dict[str, Any], shown: Shown) -> dict[str, Any]:
        if self._clock is not None:
            self._in_chat.take(str(child.id), self._clock())
            self._in_all.take("", self._clock())
        child.shown.append(shown)
        child.read.append(shown.text)
        return self._as_message(child, shown)

    # Changed messages

    async def _editMessageText(self, values: dict[str, Any]) -> object:
        child, shown = self._editable(values)
        if shown.picture or shown.poll:
            raise Refused(400, "Bad Request: there is no text in the message to edit")
        return self._change(child, shown, values, *parsed_text(values))

    async def _editMessageCaption(self, values: dict[str, Any]) -> object:
        child, shown = self._editable(values)
        if not shown.picture:
            raise Refused(400, "Bad Request: there is no caption in the message to edit")
        return self._change(child, shown, values, *parsed_caption(values))

    async def _editMessageReplyMarkup(self, values: dict[str, Any]) -> object:
        child, shown = self._editable(values)
        return self._change(child, shown, values, shown.text, shown.entities)

    def _editable(self, values: dict[str, Any]) -> tuple[Child, Shown]:
        child, number = self._reachable(values), values.get("message_id")
        if number in child.left:
            raise Refused(400, "Bad Request: message can't be edited")
        shown = child.message(number or 0)
        if shown is None:
            raise Refused(400, "Bad Request: message to edit not found")
        return child, shown

    def _change(
        self,
        child: Child,
        shown: Shown,
        values: dict[str, Any],
        text: str,
        entities: list[dict[str, Any]],
    ) -> object:
        check_markup(values.get("reply_markup"))
        if self._clock is not None:
            self._in_all.take("", self._clock())
        if (text, entities, _buttons(values)) == (shown.text, shown.entities, shown.buttons):
            raise Refused(400, NOT_MODIFIED)
        if text != shown.text or _turned(shown, values):
            shown.before.append(shown.text)
            child.read.append(text)
        shown.text, shown.entities, shown.buttons = text, entities, _buttons(values)
        return self._as_message(child, shown) | {"edit_date": self.now}

    # Removed messages

    async def _deleteMessage(self, values: dict[str, Any]) -> object:
        child, number = self._reachable(values), values["message_id"]
        if self._age_of(child, number) is None:
            raise Refused(400, "Bad Request: message to delete not found")
        self._remove(child, [number])
        return True

    async def _deleteMessages(self, values: dict[str, Any]) -> object:
        child, numbers = self._reachable(values), values["message_ids"]
        if not 1 <= len(numbers) <= 100 or len(set(numbers)) < len(numbers):
            raise Refused(400, "Bad Request: too many message identifiers specified")
        self._remove(child, [one for one in numbers if self._age_of(child, one) is not None])
        return True

    def _remove(self, child: Child, numbers: list[int]) -> None:
        """All of them, or none when one is too old."""
        if any((self._age_of(child, number) or 0) > TWO_DAYS for number in numbers):
            raise Refused(400, "Bad Request: message can't be deleted for everyone")
        child.deleted.update(numbers)

    def _age_of(self, child: Child, number: int) -> float | None:
        shown = child.message(number)
        at = shown.at if shown else child.written.get(number)
        there = at is not None and number not in child.deleted
        return self.now - at if there and at is not None else None

    # Around messages

    async def _answerCallbackQuery(self, values: dict[str, Any]) -> object:
        if values["callback_query_id"] not in self.unanswered:
            raise Refused(400, "Bad Request: query is too old and response timeout expired")
        if len(values.get("text") or "") > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.unanswered.remove(values["callback_query_id"])
        return True

    async def _sendChatAction(self, values: dict[str, Any]) -> object:
        if values["action"] not in {"typing", "upload_photo"}:
            raise Refused(400, "Bad Request: wrong parameter action in request")
        self._reachable(values).typing += 1
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
        message = {
            "message_id": shown.id,
            "from": BOT,
            "chat": {"id": child.id, "type": "private"},
            "date": int(shown.at),
        }
        if shown.poll:
            return message
        named = ("caption", "caption_entities") if shown.picture else ("text", "entities")
        return message | dict(zip(named, (shown.text, shown.entities), strict=True))


def _as_poll(poll: Poll, question: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": poll.id,
        "question": question,
        "options": [
            {"text": text, "voter_count": 0, "persistent_id": str(place)}
            for place, text in enumerate(poll.options)
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": bool(values.get("is_anonymous", True)),
        "type": values["type"],
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
        "correct_option_ids": [poll.right],
        "explanation": poll.why,
    }


def _turned(shown: Shown, values: dict[str, Any]) -> bool:
    """Whether another page has come under the same words, such as the next one of a list."""
    buttons = _buttons(values)
    return "text" in values and bool(buttons) and buttons != shown.buttons


def _buttons(values: dict[str, Any]) -> list[list[tuple[str, str]]]:
    rows = (values.get("reply_markup") or {}).get("inline_keyboard", [])
    return [[(button["text"], button["callback_data"]) for button in row] for row in rows]
