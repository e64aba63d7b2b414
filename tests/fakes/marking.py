"""A contact whose messages the triage read wrongly, and staff who say so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from fakes.desk import Browser, hire, seated
from fakes.helpline import Helpline, message

CALM = {"rule": "sq.keep-secret", "words": "mos i trego"}
TOLD = "Arti nga Vlora me tha mos i trego askujt, nr 069 123 4567"
LOUD = message("do vdes nga te qeshurat", severity="disclosure", evidence=[CALM])


@dataclass
class Case:
    """A contact with a message that raised it and one that was read too lightly."""

    helpline: Helpline
    contact_id: str
    loud: str
    quiet: str

    def path(self, deed: str = "") -> str:
        return f"/contacts/{self.contact_id}{deed}"

    async def seat(self, login: str, *roles: str) -> Browser:
        """A person at the console."""
        return await seated(self.helpline, hire(self.helpline, login, login.title(), *roles))

    async def marks_quiet(self, browser: Browser, **change: str) -> str:
        """Mark the quiet message as missed; returns the mark's id."""
        fields = {"message": self.quiet, "severity": "disclosure", "category": "grooming"}
        answer = await browser.post(self.path("/marks"), fields | change)
        assert answer.status_code == 303, answer.text
        return await self.mark_id(browser)

    async def mark_id(self, browser: Browser) -> str:
        """The id of the mark on the quiet message, as its form links it."""
        page = await browser.get(self.path(f"?mark={self.quiet}"))
        [found] = links_to_words(page.text)
        return found


def links_to_words(page: str) -> list[str]:
    """The ids of the marks whose words a page links."""
    return re.findall(r'href="/helpline/marks/([^"]+)"', page)


async def open_case(helpline: Helpline) -> Case:
    """The contact, as the bot opens it."""
    quiet = message(TOLD)
    contact_id = await helpline.opens(category="self_harm", messages=[LOUD, quiet])
    return Case(helpline, contact_id, LOUD["message_id"], quiet["message_id"])


async def exported(browser: Browser) -> list[dict[str, Any]]:
    """The lines of the file for retraining."""
    answer = await browser.post("/triage/export")
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]
