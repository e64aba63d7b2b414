"""From a child at the public door to a bundle that verifies, in real browsers, by keys alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fakes.chromium import close
from fakes.desk import hire
from fakes.helpline import KEY, Helpline
from fakes.reporting import CODE, says_of
from fakes.seat import Seat, seat
from fakes.served import served
from fakes.way import hurried
from playwright.async_api import Browser, expect

import sigurt
from api.locale.catalogue import LANGUAGES
from bot.app import create_app
from bot.helpline_http import HttpHelpline
from bot.settings import Settings

STOPS = 250  # presses of a key that lead around the longest page
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}
PATIENCE = 60_000  # ms until a test that waits in vain is told so
PLACE = "https://www.instagram.com/p/Cx7abcDE/"
AT = "place => document.activeElement.matches(place)"


class Keys:
    """Somebody before a screen who uses no mouse and no finger."""

    def __init__(self, screen: Seat) -> None:
        self.screen, self.page = screen, screen.page
        self.page.set_default_timeout(PATIENCE)

    async def at(self, place: str) -> None:
        """Go on from where the keyboard stands, until it is there; once around at most."""
        await self._strikes("Tab", place)

    async def presses(self, place: str) -> None:
        """Press what stands there, and wait for the page that comes."""
        await self.at(place)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def chooses(self, name: str, value: str) -> None:
        """Choose one of several: to the group by Tab, in it by the arrows."""
        await self.at(f'[name="{name}"]')
        await self.page.keyboard.press("Space")
        await self._strikes("ArrowDown", f'[name="{name}"][value="{value}"]:checked')

    async def writes(self, place: str, words: str) -> None:
        """Type into a field."""
        await self.at(place)
        await self.page.keyboard.type(words)

    async def _strikes(self, key: str, place: str) -> None:
        for _ in range(STOPS):
            if await self.page.evaluate(AT, place):
                return
            await self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {place} on {self.page.url}")


class Child(Keys):
    """A phone that runs no script, before the public door."""

    def __init__(self, screen: Seat, language: str) -> None:
        super().__init__(screen)
        self.language, self.code = language, ""

    async def reports(self) -> None:
        """Threatened with a picture: fill the form, and keep the code."""
        await self.page.goto(f"{self.screen.url}/report?lang={self.language}")
        await self.chooses("q.kind", "sexual_extortion")
        await self.chooses("who", "11")
        await self._goes_on()
        await self.writes('[name="w.where"]', PLACE)
        await self.chooses("q.safe", "yes")
        await self._goes_on()
        await self.writes('[name="w.suspect"]', "lojtari_99")
        await self._goes_on()
        await self.chooses("q.pass_on", "yes")
        await self._goes_on()
        await self.presses('button[name=press][value="send"]')
        await expect(self.page.locator(".code")).to_have_text(CODE, timeout=PATIENCE)
        self.code = " ".join((await self.page.locator(".code").inner_text()).split())
        await self.presses('button[name=press][value="written"]')

    async def asks(self) -> None:
        """Come back with the code."""
        await self.page.goto(f"{self.screen.url}/report/code?lang={self.language}")
        await self.writes('[name="code"]', self.code)
        await self.presses('#look button[value="look"]')

    async def _goes_on(self) -> None:
        await self.presses('button[name=press][value="next"]')


class Staff(Keys):
    """Somebody before the console."""

    async def judges(self) -> None:
        """Take the report, and say that it is ours."""
        await self.screen.opens("/reports")
        await self.presses('th a[href*="/helpline/reports/"]')
        await self.presses('form[action$="/take"] button')
        await self.chooses("verdict", "in_remit")
        await self.chooses("danger", "no")
        await self.presses("#assess form button.main")

    async def tells_the_police(self) -> None:
        """Write the document, look at it, and say that it was sent."""
        await self.presses('#filings a[href$="to=police"]')
        await self.writes("#summary", "Kërkojnë para nga një fëmijë.")
        await self.presses("form.filing button.main")
        await expect(self.page.locator("h3.leaf", has_text=".pdf")).to_be_visible()
        await self.presses('form[action$="/send"] button')
        await self.writes("#ref-hand", "P-77/2026")
        await self.presses('form[action$="/by-hand"] button')
        await self.presses('a[href*="#filings"]')

    async def opens_case(self) -> str:
        """A case with the report in it; where it is."""
        await self.presses('form[action$="/cases/new"] button')
        return self.page.url.partition("/helpline")[2].partition("#")[0]

    async def asks_for_bundle(self, case: str) -> None:
        """From the page of the case, with a reason."""
        await self.screen.opens(case)
        await self.presses('#bundles a[href$="/bundles"]')
        await self.writes("#why", "Prokuroria e kërkoi.")
        await self.presses('form[action$="/bundles"] button.main')

    async def takes_bundle(self, folder: Path) -> Path:
        """Once it is made: with a reason as well."""
        await self.page.reload()
        await expect(self.page.locator("#made .tag.ok")).to_be_visible()
        await self.writes("#takewhy-1", "Dorëzim")
        await self.at('form[action$="/file"] button')
        async with self.page.expect_download() as waiting:
            await self.page.keyboard.press("Enter")
        download = await waiting.value
        await download.save_as(folder / download.suggested_filename)
        return folder / download.suggested_filename


@dataclass
class Street:
    """A door and a helpline behind it, each at an address of this machine."""

    helpline: Helpline
    browser: Browser
    door: str
    console: str
    language: str

    async def child(self) -> Child:
        """Somebody at the door."""
        one = await seat(self.helpline, self.browser, self.door, None, **PHONE)
        return Child(one, self.language)

    async def sits(self, name: str, role: str) -> Staff:
        """Somebody of staff with this role alone."""
        person = hire(self.helpline, name.lower(), name, role)
        one = await seat(self.helpline, self.browser, self.console, person)
        await one.opens(f"/language/{self.language}")
        return Staff(one)


@pytest.fixture(params=LANGUAGES)
async def street(
    tmp_path: Path,
    browser: Browser,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Street]:
    """
    The whole bot and a real helpline, both in this process, in one language.
    """
    hurried(monkeypatch)
    helpline = Helpline(tmp_path)
    helpline.now = datetime.now(UTC)
    async with served(helpline) as console, door_at(tmp_path / "bot", helpline) as door:
        yield Street(helpline, browser, door, console, request.param)
        for context in browser.contexts:
            await close(context)
    await helpline.close()


@asynccontextmanager
async def door_at(folder: Path, helpline: Helpline) -> AsyncIterator[str]:
    """A bot whose reports go to this helpline."""
    line = HttpHelpline.in_process(helpline.app, KEY)
    app = create_app(Settings(_env_file=None, data_dir=folder), helpline=line)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    door = socket.create_server(("127.0.0.1", 0))  # open before the server is: nobody waits
    serving = asyncio.create_task(server.serve(sockets=[door]))
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


def verifies(bundle: Path) -> bool:
    """What ``sigurt verify`` says of it."""
    return sigurt.main(["verify", str(bundle)]) == 0


def with_one_byte_changed(bundle: Path) -> Path:
    """A copy of it, with another byte in the middle."""
    changed = bytearray(bundle.read_bytes())
    changed[len(changed) // 2] ^= 1
    bundle.with_name("broken.zip").write_bytes(changed)
    return bundle.with_name("broken.zip")


async def test_from_the_door_to_a_bundle_by_keys(street: Street, tmp_path: Path) -> None:
    """
    A child reports at the door, without script; a counsellor judges it, tells the police and
    opens a case; a supervisor takes out its bundle, which verifies, and does not once a byte of
    it is changed; by the code the child reads that the police have it. All of it is done by keys.
    """
    helpline = street.helpline
    child = await street.child()
    elira, ana = await street.sits("Elira", "counsellor"), await street.sits("Ana", "supervisor")
    await child.reports()
    await elira.judges()
    await elira.tells_the_police()
    case = await elira.opens_case()
    await ana.asks_for_bundle(case)
    await asyncio.to_thread(helpline.app.state.bundles.turn)
    bundle = await ana.takes_bundle(tmp_path)

    assert verifies(bundle)
    assert not verifies(with_one_byte_changed(bundle))
    await child.asks()
    for part in says_of("police", street.language):
        await expect(child.page.locator("main")).to_contain_text(part)
    assert [fault for one in (child, elira, ana) for fault in one.screen.faults] == []
