"""Takes the README's pictures from the real pages, and draws the icons: ``make pictures``."""

from __future__ import annotations

import asyncio
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from drawings import drawings
from fakes.chromium import chromium
from fakes.house import House
from playwright.async_api import Browser, Page

from bot.channels.art import Gallery
from bot.channels.certificate import load_certificate_words

ROOT = Path(__file__).parents[1]
DOCS, STATIC = ROOT / "docs", ROOT / "bot" / "channels" / "static"
# Side in pixels, and how much of it the mark takes: a launcher may cut a mask's edges off.
ICONS = {"mark-192": (192, 0.84), "mark-512": (512, 0.84), "mark-mask-512": (512, 0.56)}
GROUND = "#0f3a43"  # of the bar: no colour of an app that a child would be asked about
ONBOARDING = ("sq", "understood", "al", "11-13", "go_on", "got_it")
TOLD = "dikush po me kercenon me nje foto"
ANSWER = "Përshëndetje, jam Drita. I lexova të gjitha. Mirë bëre që nuk e mbajte vetëm. Si je tani?"
CERTIFICATES = ("certificate-sq-3ffff", "certificate-en-24d51")  # all topics, and some
SETTLE = 2_500  # milliseconds: bubbles come one after the other


async def taps(page: Page, option: str) -> None:
    """Press the newest button of this option."""
    await page.locator(f'button[name=tap][value$=".{option}"]').last.click()
    await page.wait_for_timeout(SETTLE)


async def child(browser: Browser, house: House) -> Page:
    """A phone on which a child of 11 to 13 has just told of a threat."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, color_scheme="light"
    )
    page = await context.new_page()
    await page.goto(house.url)
    for option in ONBOARDING:
        await taps(page, option)
    await page.locator("#text").fill(TOLD)
    await page.locator("#text").press("Enter")
    await page.wait_for_timeout(SETTLE * 2)
    return page


async def counsellor(browser: Browser, house: House) -> Page:
    """A desk on duty, in a trial, in English."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(house.link)
    await page.locator('form[action*="/first/"] button').click()
    await page.goto(f"{house.url}/helpline/language/en")
    await page.locator('form[action="/helpline/duty"] button').click()
    await page.wait_for_timeout(SETTLE)
    return page


async def take(folder: Path) -> None:
    """Play the line once, and keep what both sides see."""
    async with House(folder) as house, chromium() as browser:
        await house.start()
        desk = await counsellor(browser, house)
        phone = await child(browser, house)
        await phone.screenshot(path=DOCS / "chat.png")
        for option in ("no", "yes"):
            await taps(phone, option)
        await desk.locator("#next").click()
        await desk.locator("#w").fill(ANSWER)
        await desk.locator("#w").press("Control+Enter")
        await desk.wait_for_timeout(SETTLE)
        await phone.locator("#text").fill("kam frik")
        await phone.locator("#text").press("Enter")
        await desk.wait_for_timeout(SETTLE)
        await desk.screenshot(path=DOCS / "desk.png")


async def draw(mark: str, folder: Path) -> None:
    """Draw the icons of the installed page from its mark."""
    async with chromium() as browser:
        page = await browser.new_page()
        for name, (side, share) in ICONS.items():
            await page.set_viewport_size({"width": side, "height": side})
            await page.set_content(
                f"<style>body{{margin:0;height:100vh;display:grid;place-items:center;"
                f"background:{GROUND}}}svg{{width:{share:.0%};display:block}}</style>{mark}"
            )
            await page.screenshot(path=folder / f"{name}.png")


async def lay_out(images: Sequence[tuple[str, bytes]], columns: int, path: Path) -> None:
    """Put pictures, each with its type, side by side on one sheet."""
    shown = "".join(
        f'<img src="data:image/{kind};base64,{b64encode(data).decode()}">' for kind, data in images
    )
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1320, "height": 100})
        await page.set_content(
            f"<style>body{{margin:0;padding:14px;display:grid;gap:14px;background:#fff;"
            f"grid-template-columns:repeat({columns},1fr)}}"
            f"img{{width:100%;display:block;border-radius:10px;box-shadow:0 0 0 1px #cfe5e4}}"
            f"</style>{shown}"
        )
        await page.screenshot(path=path, full_page=True)


async def sheets(folder: Path) -> None:
    """Lay out all drawings, and a certificate in each language."""
    gallery = Gallery(load_certificate_words(ROOT / "content"))
    made = [await gallery.find(name) for name in CERTIFICATES]
    await lay_out([("png", art.data) for art in made if art], 2, folder / "certificate.png")
    art = [("svg+xml", path.read_bytes()) for path in drawings()]
    await lay_out(art, 6, folder / "drawings.png")


def main() -> None:
    """Draw the icons, lay out what is drawn, and take both pictures."""
    asyncio.run(draw((STATIC / "mark.svg").read_text(), STATIC / "icons"))
    asyncio.run(sheets(DOCS))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take(Path(folder)))


if __name__ == "__main__":
    main()
