"""A contact form as a page of the console sends it."""

from __future__ import annotations

import re
from typing import Any

import httpx
from fakes.desk import Browser

from api.crypto import Vault
from api.forms.records import answers_of, of_contact

WHOLE = {
    "call_type": "child_self",
    "categories": ["violence.online_sexual", "mental.fear"],
    "technology": "yes",
    "outcome": "advice",
}


class Paper:
    """One open page with the form of a contact; remembers the version it shows."""

    def __init__(self, browser: Browser, contact_id: str, tab: str = "") -> None:
        self.browser = browser
        self.path = f"/contacts/{contact_id}/form"
        self.tab = tab
        self.turn = 0
        self.version = "0"

    async def opens(self) -> str:
        """Look at the form, and return the page."""
        page = (await self.browser.get(self.path)).text
        self.reads(page)
        return page

    def reads(self, page: str) -> None:
        """Take over the version that a page shows."""
        if found := re.search(r'name="version" value="(\d+)"', page):
            self.version = found[1]

    async def saves(self, **answers: Any) -> httpx.Response:
        """As the script does while somebody types."""
        self.turn += 1
        answer = await self.sends(self.path, answers, **{"X-Live": "1"})
        self.version = answer.headers.get("X-Form-Version", self.version)
        return answer

    async def finishes(self, **answers: Any) -> httpx.Response:
        """Press the button that closes the contact."""
        self.turn += 1
        return await self.sends(f"{self.path}/finish", answers)

    async def sends(self, path: str, answers: dict[str, Any], **headers: str) -> httpx.Response:
        """Send the fields with what belongs to the page."""
        own = {"version": self.version, "tab": self.tab, "turn": str(self.turn)}
        return await self.browser.post(path, {**own, **answers}, **headers)


def stored(database: Any, vault: Vault, contact_id: str) -> dict[str, tuple[str, ...]]:
    """What is stored of a contact's form."""
    with database.read() as session:
        form = of_contact(session, contact_id)
        return dict(answers_of(vault, form)) if form else {}
