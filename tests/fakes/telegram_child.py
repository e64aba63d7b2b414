"""A child with Telegram: what it does becomes an update, what it sees came from the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakes.telegram import TelegramStandIn

BOT = {"id": 123456, "is_bot": True, "first_name": "Sigurt", "username": "sigurt_example_bot"}


@dataclass
class Poll:
    """A quiz in a chat; ``vote`` is the option that the child chose."""

    id: str
    options: list[str]
    right: int
    why: str
    vote: int | None = None


@dataclass
class Shown:
    """A message as a child sees it; ``text`` is the caption under a picture, or a question."""

    id: int
    text: str
    entities: list[dict[str, Any]]
    buttons: list[list[tuple[str, str]]]  # rows of (label, data)
    protected: bool
    at: float = 0.0
    picture: bytes = b""
    poll: Poll | None = None
    before: list[str] = field(default_factory=list)  # what stood there before each edit

    def data_of(self, what: str) -> str | None:
        """Return the data of a button, by its label or its data."""
        for label, data in (button for row in self.buttons for button in row):
            if what in (label, data):
                return data
        return None


class Child:
    """Somebody with a phone."""

    def __init__(self, telegram: TelegramStandIn, number: int) -> None:
        self.telegram, self.id = telegram, number
        self.shown: list[Shown] = []
        self.read: list[str] = []  # every text that stood in the chat, as it came
        self.written: dict[int, float] = {}  # its own messages, and when
        self.deleted: set[int] = set()
        self.typing = 0  # how often the bot was seen typing
        self.blocked = False
        self.started = False

    @property
    def texts(self) -> list[str]:
        """What stands in the chat now, said by the bot, oldest first."""
        return [message.text for message in self.seen]

    @property
    def seen(self) -> list[Shown]:
        """The bot's messages that are still there."""
        return [message for message in self.shown if message.id not in self.deleted]

    @property
    def left(self) -> list[int]:
        """Its own messages that are still there."""
        return [number for number in self.written if number not in self.deleted]

    # What it does

    def starts(self, payload: str = "") -> int:
        return self.says(f"/start {payload}".strip())

    def says(self, text: str, **more: Any) -> int:
        return self.sends(text=text, **more)

    def pastes(self, text: str) -> None:
        """Send a text of any length: the app cuts it at the platform's limit."""
        for start in range(0, len(text), 4096):
            self.says(text[start : start + 4096])

    def sends(self, **content: Any) -> int:
        self.started, self.blocked = True, False
        if str(content.get("text", "")).startswith("/"):
            length = len(content["text"].split()[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self.telegram.update(("m", self.id), message=self._message(**content))

    def sends_photo(self, caption: str = "", **more: Any) -> int:
        size = {"file_id": "AgACAgQAAx", "file_unique_id": "AQAD", "width": 90, "height": 67}
        more |= {"caption": caption} if caption else {}
        return self.sends(photo=[size], **more)

    def forwards(self, text: str) -> int:
        """Pass on somebody else's words."""
        someone = {"id": 99, "is_bot": False, "first_name": "Someone"}
        origin = {"type": "user", "sender_user": someone, "date": self.telegram.now}
        return self.says(text, forward_origin=origin)

    def edits(self, text: str) -> int:
        """Write its newest message anew."""
        newest = self.left[-1:]
        edited = self._message(text=text, edit_date=self.telegram.now)
        if newest:
            del self.written[edited["message_id"]]
            edited["message_id"] = newest[0]
        return self.telegram.update(("m", self.id), edited_message=edited)

    def taps(self, what: str) -> str:
        """Press the newest button with this label or data; returns the query.

        Where there is none it was pressed just before it was changed or removed.
        """
        newest = self.shown[-1] if self.shown else None
        message = next((shown for shown in reversed(self.seen) if shown.data_of(what)), newest)
        data = message.data_of(what) if message else None
        query = f"{self.id}{self.telegram.next_id()}"
        self.telegram.unanswered.add(query)
        self.telegram.update(
            ("c", self.id),
            callback_query={
                "id": query,
                "from": self._person(),
                "chat_instance": "-1",
                "message": self._below(message),
                "data": data or what,
            },
        )
        return query

    def _below(self, message: Shown | None) -> dict[str, Any]:
        """The message whose button was pressed, as the platform tells it."""
        if message is None:  # too old for the platform to know more of it
            return {"message_id": 1, "date": 0, "chat": self._chat()}
        told = {"message_id": message.id, "from": BOT, "chat": self._chat()}
        told["date"] = int(message.at)
        if message.poll:
            return told | {"poll": {"id": message.poll.id, "type": "quiz"}}
        if message.picture:
            size = {"file_id": "AgACAgQAAx", "file_unique_id": "AQAD", "width": 90, "height": 67}
            return told | {"photo": [size], "caption": message.text}
        return told | {"text": message.text}

    def votes(self, option: str) -> int:
        """Choose an option of the newest quiz that has it; a vote cannot be changed."""
        poll = next(
            shown.poll
            for shown in reversed(self.seen)
            if shown.poll and option in shown.poll.options
        )
        assert poll.vote is None, "a quiz is answered once"
        poll.vote = poll.options.index(option)
        answer = {"poll_id": poll.id, "user": self._person(), "option_ids": [poll.vote]}
        return self.telegram.update(("p", self.id), poll_answer=answer)

    def blocks(self) -> int:
        self.blocked = True
        status = {"user": BOT, "status": "kicked", "until_date": 0}
        return self.telegram.update(
            ("s", self.id),
            my_chat_member={
                "chat": self._chat(),
                "from": self._person(),
                "date": self.telegram.now,
                "old_chat_member": {"user": BOT, "status": "member"},
                "new_chat_member": status,
            },
        )

    # What it sees

    async def sees(self, words: str) -> Shown:
        """Wait for a message with these words and return the newest one."""
        await self.telegram.until(
            lambda: any(words in text for text in self.texts),
            lambda: f"{words!r} not among {self.texts}",
        )
        return next(shown for shown in reversed(self.seen) if words in shown.text)

    def message(self, number: int) -> Shown | None:
        """The bot's message of this id, if it is there."""
        return next((shown for shown in self.seen if shown.id == number), None)

    def _message(self, **content: Any) -> dict[str, Any]:
        base = {"message_id": self.telegram.next_id(), "date": self.telegram.now}
        self.written[base["message_id"]] = base["date"]
        return base | {"from": self._person(), "chat": self._chat()} | content

    def _person(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "A_<b>", "language_code": "sq"}

    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": "A_<b>"}
