"""Prints the lessons' drawings for messengers, which take no SVG: ``make art``.

Each print is 1280 pixels wide on the drawing's own ground. ``prints.json`` keeps the
digests of both, so that a test sees a print that is older than its drawing.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

from fakes.chromium import chromium
from playwright.async_api import Page

ART = Path(__file__).parents[1] / "bot" / "channels" / "static" / "art"
PRINTS = Path(__file__).parent / "bot" / "channels" / "prints.json"
WIDTH, HEIGHT, SCALE = 320, 200, 4  # the grid that lessons are drawn on; pixels to a unit
PAGE = "<style>html,body{{margin:0}}svg{{display:block;width:100%}}</style>{drawing}"


def drawings() -> list[Path]:
    """The drawings of lessons: the lynx and the kilim belong to the page alone."""
    return sorted(ART.glob("t[0-9][0-9]-*.svg"))


def digests(drawing: Path) -> dict[str, str]:
    """The digests of a drawing and of its print, as they are now."""
    forms = {"svg": drawing, "png": drawing.with_suffix(".png")}
    return {form: hashlib.sha256(path.read_bytes()).hexdigest() for form, path in forms.items()}


async def draw(page: Page, drawing: str, path: Path) -> None:
    """Write the print of one drawing."""
    await page.set_content(PAGE.format(drawing=drawing))
    await page.screenshot(path=path)


async def draw_all(drawn: dict[Path, str]) -> None:
    """Write the print of every drawing to its path."""
    async with chromium() as browser:
        page = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE
        )
        for path, drawing in drawn.items():
            await draw(page, drawing, path)


def main() -> None:
    """Write every print, and what each was made from."""
    found = drawings()
    asyncio.run(draw_all({path.with_suffix(".png"): path.read_text("utf-8") for path in found}))
    kept = {drawing.stem: digests(drawing) for drawing in found}
    PRINTS.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
