"""What the platform refuses, at once or in the app, as its documents say.

``check_message`` is what the server looks at: it answers with a status. ``check_keyboard``
is what only the app looks at: the message was accepted, and a ``failed`` callback follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

OK, INVALID_URL, INVALID_TOKEN, BAD_DATA, MISSING_DATA = 0, 1, 2, 3, 4
NOT_REGISTERED, NOT_SUBSCRIBED, TOO_MANY, TOO_NEW, TOO_LOW = 5, 6, 12, 13, 14
REQUEST_BYTES = 30_000
EVENTS = {"delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"}

_MESSAGE = {"type", "sender", "receiver", "text", "keyboard", "min_api_version", "tracking_data"}
_FIELDS = {"text": _MESSAGE, "picture": _MESSAGE | {"media", "thumbnail"}}
_KEYBOARD = {"Type", "Buttons", "BgColor", "DefaultHeight"}
_BUTTON = {
    *("Columns", "Rows", "BgColor", "Silent", "BgMediaType", "BgMedia", "BgLoop", "ActionType"),
    *("ActionBody", "Image", "Text", "TextVAlign", "TextHAlign", "TextOpacity", "TextSize"),
    *("OpenURLType", "OpenURLMediaType", "TextBgGradientColor"),
}
_LEVELS = {
    **dict.fromkeys(("CustomDefaultHeight", "HeightScale"), 3),
    **dict.fromkeys(("ButtonsGroupColumns", "ButtonsGroupRows", "InputFieldState"), 4),
    **dict.fromkeys(("TextPaddings",), 4),
    **dict.fromkeys(("FavoritesMetadata", "TextShouldFit", "Frame", "Map", "MediaPlayer"), 6),
    **dict.fromkeys(("BgMediaScaleType", "ImageScaleType"), 6),
}
SILENT_LEVEL = 6
_ACTIONS = {"reply": 1, "open-url": 1, "none": 1, "share-phone": 3, "location-picker": 3}
_TAG = re.compile(r"</?(?:b|i|u|br|font)(?: color=\"?#[0-9a-fA-F]{6}\"?)?\s*/?>")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|#\d+);")


class Refused(Exception):
    """The platform says no: HTTP 200 with this status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def check_message(fields: Mapping[str, Any], *, welcome: bool = False) -> None:
    """Refuse what the server would, whoever it is for; a welcome has no receiver."""
    kind = fields.get("type")
    if kind not in _FIELDS:
        raise Refused(MISSING_DATA if kind is None else BAD_DATA, f"type {kind!r}")
    if unknown := set(fields) - _FIELDS[kind]:
        raise Refused(BAD_DATA, f"unknown fields {sorted(unknown)}")
    if welcome is ("receiver" in fields):
        raise Refused(BAD_DATA, "a receiver where none belongs, or none")
    _check_sender(fields.get("sender"))
    _check_length(fields.get("tracking_data", "-"), 1, 4_000, "tracking_data")
    if kind == "text":
        _check_length(fields.get("text"), 1, 7_000, "text")
    else:
        _check_length(fields.get("text"), 0, 512, "picture's text")
        _check_picture(fields.get("media"))
    if "keyboard" in fields and not isinstance(fields["keyboard"], dict):
        raise Refused(BAD_DATA, "keyboard is no object")


def check_level(fields: Mapping[str, Any], level: int) -> None:
    """Refuse a message that asks for more than the app has, or has more than it asks for."""
    asked = fields.get("min_api_version", 1)
    if not isinstance(asked, int) or isinstance(asked, bool) or asked < 1:
        raise Refused(BAD_DATA, "min_api_version")
    if asked > level:
        raise Refused(TOO_NEW, f"apiVersionNotSupported: {asked} for an app of {level}")
    if asked < (needed := level_of(fields.get("keyboard", {}))):
        raise Refused(TOO_LOW, f"incompatibleWithVersion: {asked}, needs {needed}")


def level_of(keyboard: Mapping[str, Any]) -> int:
    """Return the lowest level at which every field of a keyboard is known."""
    buttons = [button for button in keyboard.get("Buttons", ()) if isinstance(button, dict)]
    names = {*keyboard, *(name for button in buttons for name in button)}
    actions = [_ACTIONS.get(str(button.get("ActionType")), 1) for button in buttons]
    return max([1, *actions, *(_LEVELS.get(name, 1) for name in names)])


def check_keyboard(keyboard: Mapping[str, Any]) -> None:
    """Refuse a keyboard that the app would not show."""
    if unknown := set(keyboard) - _KEYBOARD - set(_LEVELS):
        raise _failed(f"unknown fields {sorted(unknown)}")
    buttons = keyboard.get("Buttons")
    if keyboard.get("Type") != "keyboard" or not isinstance(buttons, list) or not buttons:
        raise _failed("no keyboard")
    for button in buttons:
        _check_button(button)
    if (rows := rows_of(buttons)) > 12:
        raise _failed(f"{rows} rows")


def rows_of(buttons: Iterable[Mapping[str, Any]]) -> int:
    """Return how many rows the buttons take, laid from left to right in six columns."""
    rows = used = height = 0
    for button in buttons:
        columns = button.get("Columns", 6)
        if used + columns > 6:
            rows, used, height = rows + height, 0, 0
        used, height = used + columns, max(height, button.get("Rows", 1))
    return rows + height


def shown_text(html: str) -> str:
    """Return a button's text as it is read; refuses what is no simple HTML."""
    rest = _ENTITY.sub("", _TAG.sub("", html))
    if set(rest) & set("<&>"):
        raise _failed("text is no simple HTML")
    plain = _TAG.sub("", html)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, char)
    return plain


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or set(button) - _BUTTON - set(_LEVELS):
        raise _failed("a button with unknown fields")
    if not _within(button.get("Columns", 6), 6) or not _within(button.get("Rows", 1), 2):
        raise _failed("a button's columns or rows")
    action = button.get("ActionType", "reply")
    if action not in _ACTIONS or (action != "none" and not button.get("ActionBody")):
        raise _failed("a button's action")
    if len(str(button.get("ActionBody", ""))) > 250:
        raise _failed("a button's ActionBody")
    text = button.get("Text", "")
    if len(text) > 250 or not shown_text(text).strip():
        raise _failed("a button's text")
    if button.get("TextSize", "regular") not in {"small", "regular", "large"}:
        raise _failed("a button's TextSize")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", button.get("BgColor", "#000000")):
        raise _failed("a button's BgColor")
    if not isinstance(button.get("Silent", False), bool):
        raise _failed("a button's Silent")


def _within(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _failed(what: str) -> Refused:
    return Refused(BAD_DATA, f"in the app: {what}")


def _check_sender(sender: Any) -> None:
    if not isinstance(sender, dict) or not sender.get("name"):
        raise Refused(MISSING_DATA, "sender.name")
    if len(sender["name"]) > 28 or set(sender) - {"name", "avatar"}:
        raise Refused(BAD_DATA, "sender")


def _check_length(text: Any, least: int, most: int, what: str) -> None:
    if not isinstance(text, str):
        raise Refused(MISSING_DATA, what)
    if not least <= len(text.strip() if least else text) or len(text) > most:
        raise Refused(BAD_DATA, f"{what} of {len(text)} characters")


def _check_picture(media: Any) -> None:
    if not isinstance(media, str):
        raise Refused(MISSING_DATA, "media")
    if not re.fullmatch(r"https?://\S{1,1980}\.(?:jpe?g|png|gif)", media):
        raise Refused(BAD_DATA, "media")


def check_webhook(fields: Mapping[str, Any]) -> None:
    """Refuse an address or a wish that the platform would refuse."""
    if unknown := set(fields) - {"url", "event_types", "send_name", "send_photo", "auth_token"}:
        raise Refused(BAD_DATA, f"unknown fields {sorted(unknown)}")
    if not re.fullmatch(r"https://\S+|http://127\.0\.0\.1\S*|", fields.get("url", "-")):
        raise Refused(INVALID_URL, "invalidUrl")
    if set(fields.get("event_types", ())) - EVENTS:
        raise Refused(BAD_DATA, "event_types")
