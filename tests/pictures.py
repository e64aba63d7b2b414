"""Takes the pictures of README and staff guides from the real pages, and draws the icons.

``make pictures``; the desk's pictures are of an invented afternoon (``fakes.afternoon``).
"""

from __future__ import annotations

import asyncio
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from drawings import drawings
from fakes.afternoon import Afternoon, afternoon
from fakes.chromium import chromium
from fakes.helpline import Helpline
from fakes.house import House
from fakes.reported import Reported, reported
from fakes.seat import Seat, seat
from fakes.served import served
from PIL import Image
from playwright.async_api import Browser, FloatRect, Page

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
COLOURS = 160  # of a picture: flat colours and text need no more, and it stays small
QUEUE = FloatRect(x=0, y=0, width=1000, height=790)  # beside it nothing is open
REPORTS = FloatRect(x=0, y=0, width=1440, height=620)  # below it nothing stands
FIGURES = "/figures?first=2026-10-26&last=2026-11-20&by=week"


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
    await page.locator('button[name=tap][value$=".no"]').last.wait_for()  # asked for danger
    await page.wait_for_timeout(SETTLE)
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
        await keep(phone, "chat")
        for option in ("no", "yes"):
            await taps(phone, option)
        await desk.locator("#next").click()
        await desk.wait_for_timeout(SETTLE)
        await desk.locator("#w").fill(ANSWER)
        await desk.locator("#w").press("Control+Enter")
        await desk.locator(".msg.out").wait_for()
        await phone.locator("#text").fill("kam frik")
        await phone.locator("#text").press("Enter")
        await desk.wait_for_timeout(SETTLE)
        await keep(desk, "desk")


async def keep(page: Page, name: str, **part: FloatRect) -> None:
    """Take a picture of the page, or of a part of it, small enough for a document."""
    taken = await page.screenshot(animations="disabled", **part)
    few = Image.open(BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(DOCS / f"{name}.png", optimize=True)


async def guide(folder: Path, language: str) -> None:
    """The pictures of the staff guide in one language."""
    helpline = Helpline(folder / language)
    made = await afternoon(helpline, language)
    told = await reported(made)
    async with served(helpline) as url, chromium() as browser:
        await desks(await screen(browser, made, url, "elira", height=900), made)
        await followed(await screen(browser, made, url, "elira", height=900), made, told)
        await boards(await screen(browser, made, url, "lindita", height=1100), made)
    await helpline.close()


async def screen(browser: Browser, made: Afternoon, url: str, login: str, *, height: int) -> Seat:
    """The screen of a person of that afternoon, in its language."""
    size = {"width": 1440, "height": height}
    one = await seat(made.helpline, browser, url, made.people[login], viewport=size)
    await one.opens(f"/language/{made.language}")
    return one


async def opens(one: Seat, path: str) -> None:
    """Open a page of the console, which must be whole."""
    answer = await one.page.goto(f"{one.url}/helpline{path}")
    assert answer, path
    assert answer.ok, f"{path} answers {answer.status}"
    await one.page.locator("body.alarmed").wait_for()  # the stream has told of the emergency


async def desks(one: Seat, made: Afternoon) -> None:
    """What a counsellor sees: the queue, a talk, a case."""
    await opens(one, "")
    await keep(one.page, f"pictures/queue.{made.language}", clip=QUEUE)
    await opens(one, f"/contacts/{made.contact}")
    await keep(one.page, f"pictures/chat.{made.language}")
    await one.page.set_viewport_size({"width": 1440, "height": 1100})
    await opens(one, f"/cases/{made.case}")
    await keep(one.page, f"pictures/case.{made.language}")


async def followed(one: Seat, made: Afternoon, told: Reported) -> None:
    """How a report is followed: the list, the report, an address on its two clocks."""
    await opens(one, "/reports")
    await keep(one.page, f"pictures/reports.{made.language}", clip=REPORTS)
    await one.page.set_viewport_size({"width": 1440, "height": 1300})
    await opens(one, f"/reports/{told.report}")
    await keep(one.page, f"pictures/report.{made.language}")
    await opens(one, f"/addresses/{told.address}")
    await keep(one.page, f"pictures/address.{made.language}")


async def boards(one: Seat, made: Afternoon) -> None:
    """What a supervisor sees besides: the shift, the figures, the bundles of a case."""
    await opens(one, "/shift")
    await keep(one.page, f"pictures/shift.{made.language}")
    await opens(one, FIGURES)
    await one.page.locator(".figs").evaluate("figs => figs.scrollIntoView()")
    await keep(one.page, f"pictures/figures.{made.language}")
    await opens(one, f"/cases/{made.case}/bundles")
    await keep(one.page, f"pictures/bundles.{made.language}")


async def door(folder: Path) -> None:
    """The first page of a report without the chat, on a phone."""
    async with House(folder) as house, chromium() as browser:
        await house.start()
        page = await browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        await page.goto(f"{house.url}/report?lang=sq")
        await keep(page, "door")


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
    """Draw the icons, lay out what is drawn, and take all pictures."""
    asyncio.run(draw((STATIC / "mark.svg").read_text(), STATIC / "icons"))
    asyncio.run(sheets(DOCS))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take(Path(folder)))
        asyncio.run(door(Path(folder) / "door"))
        for language in ("sq", "en"):
            asyncio.run(guide(Path(folder), language))


if __name__ == "__main__":
    main()
