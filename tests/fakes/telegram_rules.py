"""What the platform refuses, as its server's source and its documents say.

Fields are checked against aiogram's method classes: an independent reading of the same
documents, so that a mistake of the library we use is not repeated by our stand-in.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, get_args

from aiogram import methods
from aiogram.types import BufferedInputFile
from pydantic import ValidationError

METHODS = {
    name.lower(): name
    for name in (
        "getMe",
        "setWebhook",
        "deleteWebhook",
        "getUpdates",
        "sendMessage",
        "sendPhoto",
        "sendPoll",
        "sendChatAction",
        "editMessageText",
        "editMessageCaption",
        "editMessageReplyMarkup",
        "answerCallbackQuery",
        "deleteMessage",
        "deleteMessages",
        "setMyName",
        "getMyName",
        "setMyDescription",
        "getMyDescription",
        "setMyShortDescription",
        "getMyShortDescription",
        "setMyCommands",
        "getMyCommands",
        "setChatMenuButton",
        "getChatMenuButton",
        "leaveChat",
    )
}
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a"}
_TAGS |= {"tg-spoiler", "blockquote", "span"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));?")
_TAG = re.compile(r"<(/?)([a-zA-Z-]+)((?:\s+[a-z-]+(?:=(?:\"[^\"]*\"|'[^']*'))?)*)\s*>")
_DROPPED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")


class Refused(Exception):
    """The platform says no: status, description and perhaps how long to wait."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.retry_after = status, description, retry_after


def read_call(method: str, raw: Mapping[str, str | bytes]) -> dict[str, Any]:
    """Return the call's fields as values; refuses unknown fields and wrong types.

    A file that was uploaded stays bytes.
    """
    model = getattr(methods, method[0].upper() + method[1:])
    if unknown := set(raw) - set(model.model_fields):
        raise AssertionError(f"{method} has no fields {sorted(unknown)}")
    values = {name: _value(text, model.model_fields[name].annotation) for name, text in raw.items()}
    files = {
        name: BufferedInputFile(value, "file")
        for name, value in values.items()
        if isinstance(value, bytes)
    }
    try:
        model.model_validate(values | files)
    except ValidationError as error:
        raise Refused(400, f"Bad Request: wrong fields {error.error_count()}") from None
    return values


def _value(text: str | bytes, annotation: Any) -> Any:
    if isinstance(text, bytes) or annotation is str or str in get_args(annotation):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise Refused(400, "Bad Request: object expected as JSON") from None


def parsed_text(values: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the text as people will read it, with its entities."""
    raw = values["text"]
    text, entities = _parsed(raw, values)
    if _empty(text):
        raise Refused(400, "Bad Request: message text is empty" if not raw else _BLANK)
    if len(text) > 4096:
        raise Refused(400, "Bad Request: message is too long")
    return text, entities


def parsed_caption(values: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the words beneath a picture, with their entities; there may be none."""
    text, entities = _parsed(values.get("caption") or "", values)
    if len(text) > 1024:
        raise Refused(400, "Bad Request: message caption is too long")
    return text, entities


def _parsed(raw: str, values: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    if len(raw.encode()) > 32 * 1024:
        raise Refused(400, "Bad Request: message is too long")
    mode = values.get("parse_mode") or ""
    if mode not in {"", "HTML"}:
        raise Refused(400, "Bad Request: unsupported parse_mode")
    text, entities = parse_html(raw) if mode else (raw, [])
    return clean(text), entities


def _empty(text: str) -> bool:
    return all(unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Zs"} for char in text)


def check_photo(data: bytes) -> None:
    """Refuse what is no picture, or too large a one."""
    if len(data) > 10 * 1024 * 1024:
        raise Refused(413, "Request Entity Too Large")
    if not data.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")):
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")


def check_poll(values: Mapping[str, Any]) -> tuple[str, list[str], int, str]:
    """Return question, options, the right one and the explanation of a quiz."""
    if values.get("type") != "quiz" or "correct_option_id" in values:
        raise AssertionError("quizzes with correct_option_ids are what we ask")
    question, options = clean(values["question"]), [_option(one) for one in values["options"]]
    if _empty(question):
        raise Refused(400, "Bad Request: poll question must be non-empty")
    if len(question) > 300:
        raise Refused(400, "Bad Request: poll question length must not exceed 300")
    if not 1 <= len(options) <= 12:
        raise Refused(400, "Bad Request: poll can't have more than 12 options")
    right = values.get("correct_option_ids")
    if not right:
        raise Refused(400, "Bad Request: correct quiz option list must be non-empty")
    if sorted(set(right)) != right or not 0 <= right[0] <= right[-1] < len(options):
        raise Refused(400, "Bad Request: wrong quiz correct_option_id")
    return question, options, right[0], _why(values)


def _option(option: str | Mapping[str, Any]) -> str:
    text = clean(option if isinstance(option, str) else option["text"])
    if _empty(text):
        raise Refused(400, "Bad Request: poll options must be non-empty")
    if len(text) > 100:
        raise Refused(400, "Bad Request: poll options length must not exceed 100")
    return text


def _why(values: Mapping[str, Any]) -> str:
    why = clean(values.get("explanation") or "")
    if len(why) > 200:
        raise Refused(400, "Bad Request: explanation length must not exceed 200")
    if why.count("\n") > 2:
        raise Refused(400, "Bad Request: explanation must contain at most 2 line feeds")
    return why


_BLANK = "Bad Request: text must be non-empty"


def clean(text: str) -> str:
    """Drop and replace what the server drops and replaces in every text."""
    return _CONTROL.sub(" ", _DROPPED.sub("", text)).strip()


def parse_html(raw: str) -> tuple[str, list[dict[str, Any]]]:
    """Read HTML as the server does; raises ``Refused`` where it would."""
    out: list[str] = []
    open_tags: list[tuple[str, int]] = []
    entities: list[dict[str, Any]] = []
    place = 0
    while place < len(raw):
        if raw[place] == "<":
            place = _tag(raw, place, out, open_tags, entities)
        elif match := _ENTITY.match(raw, place):
            out.append(_decoded(match))
            place = match.end()
        else:
            out.append(raw[place])
            place += 1
    if open_tags:
        raise _bad_entities(f"Can't find end tag corresponding to start tag {open_tags[-1][0]}")
    return "".join(out), entities


def _tag(raw: str, place: int, out: Any, open_tags: Any, entities: Any) -> int:
    match = _TAG.match(raw, place)
    if match is None or match[2].lower() not in _TAGS:
        raise _bad_entities(f'Unsupported start tag "{raw[place + 1 : place + 9]}"')
    name, length = match[2].lower(), sum(map(_utf16, out))
    if not match[1]:
        open_tags.append((name, length))
        return match.end()
    if not open_tags or open_tags[-1][0] != name:
        raise _bad_entities("Unmatched end tag")
    start = open_tags.pop()[1]
    kind = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic"}.get(name, name)
    entities.append({"type": kind, "offset": start, "length": length - start})
    return match.end()


def _decoded(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED.get(match[3], match[0])
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0 < code < 0x110000 else match[0]


def _utf16(char: str) -> int:
    return 2 if char > "\uffff" else 1


def _bad_entities(why: str) -> Refused:
    return Refused(400, f"Bad Request: can't parse entities: {why} at byte offset 0")


def check_markup(markup: Mapping[str, Any] | None) -> None:
    """Refuse an inline keyboard that the server, or the app after it, would not take."""
    if markup is None:
        return
    if len(json.dumps(markup, ensure_ascii=False).encode()) > 10_000:
        raise Refused(400, "Bad Request: reply markup is too long")
    rows = markup["inline_keyboard"]
    if sum(len(row) for row in rows) > 100 or any(len(row) > 8 for row in rows):
        raise Refused(400, "Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        _check_button(button)


def _check_button(button: Mapping[str, Any]) -> None:
    if not button["text"].strip():
        raise Refused(400, "Bad Request: inline keyboard button text must be non-empty")
    if set(button) != {"text", "callback_data"}:
        raise Refused(400, "Bad Request: can't parse inline keyboard button")
    if not 1 <= len(button["callback_data"].encode()) <= 64:
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")


def check_webhook(values: Mapping[str, Any]) -> None:
    """Refuse an address or a secret that the platform would refuse."""
    url = values["url"]
    loopback = url.startswith("http://127.0.0.1")
    if not loopback and not re.fullmatch(r"https://[^/:]+(:(443|80|88|8443))?(/.*)?", url):
        raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", values.get("secret_token", "")):
        raise Refused(400, "Bad Request: secret token contains unallowed characters")


def check_commands(values: Mapping[str, Any]) -> None:
    """Refuse a command menu that the platform would refuse."""
    if len(values["commands"]) > 100:
        raise Refused(400, "Bad Request: too many commands")
    for command in values["commands"]:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    if not re.fullmatch(r"([a-z]{2})?", values.get("language_code") or ""):
        raise Refused(400, "Bad Request: language code is invalid")
