"""Hands on a keyboard: each press and each typed text is one action, and there is no mouse."""

from __future__ import annotations

from playwright.async_api import Page


class Hands:
    """What one person does at a page by keys alone, in order."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.actions: list[str] = []

    async def press(self, key: str) -> None:
        """Press one key, or keys together (``Control+Enter``)."""
        self.actions.append(key)
        await self._page.keyboard.press(key)

    async def types(self, text: str) -> None:
        """Type a text where the focus is."""
        self.actions.append(f"“{text}”")
        await self._page.keyboard.type(text)

    def __str__(self) -> str:
        return f"{len(self.actions)} actions: {' · '.join(self.actions)}"
