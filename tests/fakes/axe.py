"""axe, the checker of accessibility, over a page that a browser has open."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_AXE = Axe()
_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


async def faults(page: Page) -> list[str]:
    """What the page does against WCAG 2.2 AA: rule, and the first places of it."""
    found = (await _AXE.run(page, options=_RULES)).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found]
