"""A counsellor's screen: a real browser in which a person is signed in."""

from __future__ import annotations

from fakes.desk import Colleague
from fakes.helpline import Helpline
from playwright.async_api import Browser, Error, Page, expect

from api.staff import sessions


class Seat:
    """A screen; it notes every fault and every foreign request."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: self.faults.append(m.text) if "Policy" in m.text else None)
        page.on("response", lambda r: self.faults.append(r.url) if r.status >= 500 else None)
        page.on("request", lambda r: None if r.url.startswith(url) else self.faults.append(r.url))

    async def opens(self, path: str = "") -> None:
        """Open a page of the console."""
        try:
            await self.page.goto(f"{self.url}/helpline{path}")
        except Error as error:  # the page was just about to look anew by itself
            if "ERR_ABORTED" not in str(error):
                raise
            await self.page.goto(f"{self.url}/helpline{path}")

    async def sees_in_queue(self, count: int) -> None:
        """Wait until the queue has so many rows."""
        await expect(self.page.locator("#list a.q")).to_have_count(count)


async def seat(
    helpline: Helpline, browser: Browser, url: str, person: Colleague | None, **more: object
) -> Seat:
    """Sit this person, or nobody, down; ``more`` are options of the browser's context."""
    context = await browser.new_context(**more)  # type: ignore[arg-type]
    if person:
        with helpline.database.write() as session:
            token = sessions.start(session, staff_id=person.id, stage="full", now=helpline.now)
        await context.add_cookies([{"name": "sigurt-staff", "value": token, "url": url}])
    return Seat(await context.new_page(), url)
