"""A case in a test: its people at the console, and what they write into it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

import httpx
from fakes.desk import Browser, Colleague, hire, seated
from fakes.helpline import Helpline

from api.cases import queries

NOTE = {"kind": "note", "text": "Fliste qetë, pyeti për shkollën."}
INCIDENT = {"kind": "incident", "what": "Shantazh me foto; kërkesë parash.", "technology": "yes"}
PROMISE = {"kind": "promise", "words": "T’i themi kur hiqet fotoja.", "state": "open"}


@dataclass
class Work:
    """A helpline with one case, opened from a contact by the counsellor Elira."""

    helpline: Helpline
    contact_id: str
    people: dict[str, Colleague] = field(default_factory=dict)
    case_id: str = ""

    def path(self, deed: str = "") -> str:
        """A place of the case."""
        return f"/cases/{self.case_id}{deed}"

    async def seat(self, login: str, *roles: str) -> Browser:
        """A colleague at the console, by first name."""
        self.people[login] = hire(self.helpline, login, login.title(), *roles)
        return await seated(self.helpline, self.people[login])

    async def back(self, login: str) -> Browser:
        """The same colleague in a new session."""
        return await seated(self.helpline, self.people[login])

    async def begins(self, browser: Browser, contact_id: str = "") -> str:
        """Open a case from a contact; its id."""
        fields = {"contact_id": contact_id} if contact_id else {}
        return case_id_of(await browser.post("/cases", fields))

    async def writes(
        self, browser: Browser, part_id: str = "", version: int = 0, **fields: str
    ) -> httpx.Response:
        """Send the form of a part."""
        place = part_id or str(uuid.uuid4())
        return await browser.post(self.path(f"/parts/{place}"), {"version": str(version), **fields})

    async def adds(self, browser: Browser, **fields: str) -> str:
        """Write a new part; its id."""
        part_id = str(uuid.uuid4())
        answer = await self.writes(browser, part_id, **fields)
        assert answer.status_code == 303, answer.text
        return part_id

    async def asks(self, browser: Browser, minutes: int = 60) -> str:
        """Ask to read the identity; the id of the wish."""
        fields = {"reason": "Referim te policia", "minutes": str(minutes)}
        assert (await browser.post(self.path("/unlocks"), fields)).status_code == 303
        with self.helpline.database.read() as session:
            return queries.unlocks_of(session, self.case_id)[0].id

    async def decides(self, browser: Browser, unlock_id: str, grant: str = "yes") -> httpx.Response:
        """Open or refuse what somebody asked for."""
        fields = {"grant": grant, "words": "Jo sot."}
        return await browser.post(self.path(f"/unlocks/{unlock_id}/decide"), fields)

    async def names(self, browser: Browser, login: str) -> httpx.Response:
        """Say that a colleague is named in the case."""
        fields = {"who": str(self.people[login].id), "reason": "Kushëri i të dyshuarit"}
        return await browser.post(self.path("/named"), fields)


def case_id_of(answer: httpx.Response) -> str:
    """The id of the case that an answer leads to."""
    assert answer.status_code == 303, answer.text
    [found] = re.findall(r"/cases/([0-9a-f-]{36})", answer.headers["location"])
    return found


async def open_work(helpline: Helpline) -> Work:
    """The case, just opened."""
    work = Work(helpline, await helpline.opens())
    elira = await work.seat("elira")
    work.case_id = await work.begins(elira, work.contact_id)
    return work
