"""The stand-in's methods that word the frame: each language has its own, empty is for all."""

from __future__ import annotations

import re
from typing import Any

from fakes.telegram_rules import Refused, check_commands

NAMES_A_DAY = 5
A_DAY = 86_400


class Profile:
    """What the platform shows of the bot itself, by language."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.descriptions: dict[str, str] = {}
        self.abouts: dict[str, str] = {}
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.menu_button = "default"
        self.renamed = 0

    def profile_in(self, language: str) -> tuple[str, str, str, list[tuple[str, str]]]:
        """What somebody with this language sees: name, profile, empty chat, command menu."""
        asked = {"language_code": language}
        menu = self.commands.get(language) or self.commands.get("", [])
        return (
            _get(self.names, asked),
            _get(self.abouts, asked),
            _get(self.descriptions, asked),
            [(each["command"], each["description"]) for each in menu],
        )

    async def _setMyName(self, values: dict[str, Any]) -> object:
        if self.renamed >= NAMES_A_DAY:
            raise Refused(429, f"Too Many Requests: retry after {A_DAY}", A_DAY)
        _set(self.names, values, "name", 64)
        self.renamed += 1
        return True

    async def _getMyName(self, values: dict[str, Any]) -> object:
        return {"name": _get(self.names, values) or "New Bot"}

    async def _setMyDescription(self, values: dict[str, Any]) -> object:
        _set(self.descriptions, values, "description", 512)
        return True

    async def _getMyDescription(self, values: dict[str, Any]) -> object:
        return {"description": _get(self.descriptions, values)}

    async def _setMyShortDescription(self, values: dict[str, Any]) -> object:
        _set(self.abouts, values, "short_description", 120)
        return True

    async def _getMyShortDescription(self, values: dict[str, Any]) -> object:
        return {"short_description": _get(self.abouts, values)}

    async def _setMyCommands(self, values: dict[str, Any]) -> object:
        check_commands(values)
        self.commands[_language(values)] = values["commands"]
        return True

    async def _getMyCommands(self, values: dict[str, Any]) -> object:
        return self.commands.get(_language(values), [])

    async def _setChatMenuButton(self, values: dict[str, Any]) -> object:
        self.menu_button = (values.get("menu_button") or {"type": "default"})["type"]
        return True

    async def _getChatMenuButton(self, values: dict[str, Any]) -> object:
        return {"type": self.menu_button}


def _language(values: dict[str, Any]) -> str:
    code: str = values.get("language_code") or ""
    if not re.fullmatch(r"([a-z]{2})?", code):
        raise Refused(400, "Bad Request: language code is invalid")
    return code


def _get(texts: dict[str, str], values: dict[str, Any]) -> str:
    return texts.get(_language(values)) or texts.get("", "")


def _set(texts: dict[str, str], values: dict[str, Any], field: str, longest: int) -> None:
    text = values.get(field) or ""
    if len(text) > longest:
        raise Refused(400, f"Bad Request: bot {field} is too long")
    texts[_language(values)] = text
