"""The stand-in refuses what the platform refuses, in the platform's own sentences."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fakes.telegram import TelegramStandIn
from fakes.telegram_child import Child

PNG = b"\x89PNG\r\n\x1a\n"
OPTIONS = ["Po", "Jo", "Ndoshta"]
QUIZ: dict[str, Any] = {
    "question": "?",
    "options": OPTIONS,
    "type": "quiz",
    "correct_option_ids": [1],
    "explanation": "Sepse.",
}


def keys(*buttons: dict[str, str], rows: int = 1) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [list(buttons)] * rows}}


class Api:
    """Calls by hand, as no library would let us."""

    def __init__(self, telegram: TelegramStandIn, child: Child) -> None:
        self.telegram, self.child = telegram, child
        self.http = httpx.AsyncClient()

    async def call(self, method: str, **fields: Any) -> dict[str, Any]:
        """Return the answer; a field that is bytes is uploaded."""
        data = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in fields.items()
            if not isinstance(value, bytes)
        }
        files = {name: value for name, value in fields.items() if isinstance(value, bytes)}
        url = f"{self.telegram.url}/bot{self.telegram.token}/{method}"
        answer = await self.http.post(url, data=data, files=files or None)
        return dict(answer.json())

    async def here(self, method: str, **fields: Any) -> dict[str, Any]:
        """The same in the child's chat."""
        return await self.call(method, chat_id=self.child.id, **fields)

    async def said(self, text: str = "po") -> int:
        answer = await self.here("sendMessage", text=text)
        return int(answer["result"]["message_id"])


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(clock=None) as telegram:
        yield telegram


@pytest.fixture
async def api(telegram: TelegramStandIn) -> AsyncIterator[Api]:
    child = telegram.child()
    child.starts()
    api = Api(telegram, child)
    yield api
    await api.http.aclose()


@pytest.mark.parametrize(
    ("method", "fields", "sentence"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " \u200b"}, "text must be non-empty"),
        ("sendMessage", {"text": "ë" * 4097}, "message is too long"),
        ("sendMessage", {"text": "<u", "parse_mode": "HTML"}, "can't parse entities"),
        ("sendMessage", {"text": "?"} | keys({"text": "A"}), "can't parse inline keyboard button"),
        (
            "sendMessage",
            {"text": "?"} | keys({"text": "A", "callback_data": "ë" * 33}),
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"text": "?"} | keys({"text": "A", "callback_data": "a"}, rows=101),
            "reply markup is too long",
        ),
        ("sendPhoto", {"photo": "AgACAgUnknown"}, "wrong file identifier"),
        ("sendPhoto", {"photo": b"GIF89a"}, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": PNG, "caption": "ë" * 1025}, "message caption is too long"),
        ("sendPhoto", {"photo": PNG + b"0" * 10 * 1024 * 1024}, "Request Entity Too Large"),
        ("sendPoll", QUIZ | {"question": "ë" * 301}, "length must not exceed 300"),
        ("sendPoll", QUIZ | {"options": ["Po"] * 13}, "can't have more than 12 options"),
        ("sendPoll", QUIZ | {"options": ["ë" * 101, "Jo"]}, "length must not exceed 100"),
        ("sendPoll", QUIZ | {"explanation": "ë" * 201}, "length must not exceed 200"),
        ("sendPoll", QUIZ | {"explanation": "a\nb\nc\nd"}, "at most 2 line feeds"),
        ("sendPoll", QUIZ | {"correct_option_ids": []}, "must be non-empty"),
        ("sendPoll", QUIZ | {"correct_option_ids": [3]}, "wrong quiz correct_option_id"),
        ("sendPoll", QUIZ | {"options": "Po"}, "object expected as JSON"),
        ("sendChatAction", {"action": "thinking"}, "wrong parameter action"),
        ("deleteMessage", {"message_id": 999}, "message to delete not found"),
        ("deleteMessages", {"message_ids": []}, "message identifiers"),
        ("deleteMessages", {"message_ids": list(range(101))}, "message identifiers"),
        ("editMessageText", {"message_id": 999, "text": "po"}, "message to edit not found"),
    ],
)
async def test_what_the_platform_refuses_is_refused(
    api: Api, method: str, fields: dict[str, Any], sentence: str
) -> None:
    """
    Each limit of the platform's table is a limit here, and the refusal is remembered.
    """
    answer = await api.here(method, **fields)

    assert not answer["ok"]
    assert sentence in answer["description"]
    assert api.telegram.refusals == [answer["description"]]
    assert not api.child.shown


@pytest.mark.parametrize(
    ("method", "fields", "sentence"),
    [
        ("setMyName", {"name": "a" * 65}, "too long"),
        ("setMyDescription", {"description": "a" * 513}, "too long"),
        ("setMyShortDescription", {"short_description": "a" * 121}, "too long"),
        ("setMyName", {"name": "a", "language_code": "shqip"}, "language code is invalid"),
        (
            "setMyCommands",
            {"commands": [{"command": "ndihmë", "description": "x"}]},
            "BOT_COMMAND_INVALID",
        ),
        ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "DESCRIPTION"),
        ("setWebhook", {"url": "http://bot.example.com"}, "HTTPS"),
        ("setWebhook", {"url": "https://bot.example.com:8000"}, "HTTPS"),
        ("setWebhook", {"url": "https://bot.example.com", "secret_token": "a b"}, "secret token"),
        ("answerCallbackQuery", {"callback_query_id": "7"}, "query is too old"),
        ("getFile", {"file_id": "x"}, "method not found"),
    ],
)
async def test_what_the_platform_refuses_of_the_frame_is_refused(
    api: Api, method: str, fields: dict[str, Any], sentence: str
) -> None:
    """
    Names, descriptions, commands and webhooks have their limits, too.
    """
    answer = await api.call(method, **fields)

    assert not answer["ok"]
    assert sentence in answer["description"]


async def test_a_name_is_changed_a_few_times_a_day(api: Api) -> None:
    """
    The sixth name of a day has to wait until the next.
    """
    answers = [await api.call("setMyName", name=f"Sigurt {number}") for number in range(6)]

    assert [answer["ok"] for answer in answers] == [True] * 5 + [False]
    assert answers[-1]["parameters"]["retry_after"] > 3600


async def test_only_ones_own_message_with_text_is_edited_as_text(api: Api) -> None:
    """
    Pictures and quizzes have no text to edit, a child's words are not ours, gone is gone.
    """
    picture = (await api.here("sendPhoto", photo=PNG))["result"]["message_id"]
    poll = (await api.here("sendPoll", **QUIZ))["result"]["message_id"]
    text, theirs, gone = await api.said(), api.child.left[0], await api.said()
    await api.here("deleteMessage", message_id=gone)

    refused = [
        (await api.here("editMessageText", message_id=number, text="jo")).get("description", "")
        for number in (picture, poll, theirs, gone)
    ]
    caption = await api.here("editMessageCaption", message_id=text, caption="jo")
    same = await api.here("editMessageText", message_id=text, text="po")

    assert ["no text" in text for text in refused] == [True, True, False, False]
    assert "can't be edited" in refused[2]
    assert "not found" in refused[3]
    assert "no caption" in caption["description"]
    assert "message is not modified" in same["description"]


async def test_messages_of_two_days_ago_stay_and_with_them_their_hundred(api: Api) -> None:
    """
    Old messages are not removed, several go together or not at all, others' are not found.
    """
    old = await api.said()
    api.telegram.later(hours=48.1)
    new, other = await api.said(), api.telegram.child()
    other.starts()

    one = await api.here("deleteMessage", message_id=old)
    both = await api.here("deleteMessages", message_ids=[old, new])
    foreign = await api.here("deleteMessage", message_id=other.left[0])
    fresh = await api.here("deleteMessages", message_ids=[new, 999_999])

    assert "can't be deleted" in one["description"]
    assert "can't be deleted" in both["description"]
    assert "not found" in foreign["description"]
    assert fresh["ok"]
    assert [message.id for message in api.child.seen] == [old]


async def test_only_what_was_asked_for_is_delivered(api: Api) -> None:
    """
    ``allowed_updates`` is remembered; votes that nobody asked for never come.
    """
    await api.call("getUpdates", timeout=0, allowed_updates=["message"])
    await api.here("sendPoll", **QUIZ)
    api.child.votes("Jo")
    api.child.says("alo")

    answer = await api.call("getUpdates", timeout=0)

    kinds = [sorted(set(update) - {"update_id"}) for update in answer["result"]]
    assert kinds == [["message"], ["message"]]


async def test_a_call_that_the_other_library_does_not_know_fails_the_test(api: Api) -> None:
    """
    A field or a type that aiogram's reading of the documents lacks is found.
    """
    answer = await api.here("sendMessage", text="po", link_preview_options=7)

    assert "wrong fields" in answer["description"]
    with pytest.raises((httpx.HTTPError, ValueError)):
        await api.here("sendMessage", text="po", invented=True)
