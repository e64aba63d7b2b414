"""A counsellor at a running service: a real account with a second factor, and a plain browser."""

from __future__ import annotations

import re
from html import unescape
from http.cookiejar import Cookie
from urllib.parse import urlsplit

import httpx
import pyotp

PASSWORD = "kali blu fluturon mbi urë"
_FIELD = r'name="{}"[^>]* value="([^"]*)"'


class Counsellor:
    """Works by links and forms, like a browser without script."""

    def __init__(self, name: str = "Drita") -> None:
        self.name = name
        self.http = httpx.AsyncClient(
            follow_redirects=True, trust_env=False, timeout=30, headers={"Accept-Language": "sq"}
        )
        self.secret = ""  # of the second factor
        self.base = ""
        self.page = ""

    @property
    def cookies(self) -> list[Cookie]:
        """What a browser of this person holds."""
        return list(self.http.cookies.jar)

    async def enters(self, link: str) -> None:
        """Use a one-time link: name and password, then the code of a phone."""
        here = urlsplit(link)
        self.base = f"{here.scheme}://{here.netloc}"
        await self.opens(here.path)
        await self.sends(here.path, login="drita", name=self.name, password=PASSWORD)
        found = re.search(r'<span class="mono">([A-Z2-7]+)<', self.page)
        assert found, self.page
        self.secret = found[1]
        await self.sends("/helpline/enrol", code=pyotp.TOTP(self.secret).now())
        await self.opens("/helpline")
        await self.sends("/helpline/duty", on="yes")

    async def queue(self) -> list[str]:
        """The contacts on the desk, waiting or held, by their ids."""
        await self.opens("/helpline")
        return re.findall(r'id="q-([^"]+)"', self.page)

    async def takes(self, contact: str) -> None:
        """Claim a contact and open it."""
        await self.sends(f"/helpline/contacts/{contact}/claim")

    async def answers(self, contact: str, words: str, *, times: int = 1) -> None:
        """Write to the child; ``times`` is how often the same form is sent."""
        await self.opens(f"/helpline/contacts/{contact}")
        key = re.search(_FIELD.format("key"), self.page)
        assert key, self.page
        for _ in range(times):
            await self.sends(f"/helpline/contacts/{contact}/reply", text=words, key=key[1])

    async def log_of(self, contact: str) -> list[str]:
        """What a contact's chat holds, oldest first: both sides, and what the program noted."""
        await self.opens(f"/helpline/contacts/{contact}")
        bubbles = re.findall(r'<p class="msg[^>]*>(.*?)</p>', self.page, re.S)
        return [unescape(re.sub(r"<[^>]+>", "", bubble)).strip() for bubble in bubbles]

    async def opens(self, path: str) -> None:
        """Open a page of the console."""
        self._read(await self.http.get(self.base + path))

    async def sends(self, path: str, **fields: str) -> None:
        """Send a form of the page seen last."""
        token = re.search(_FIELD.format("form_token"), self.page)
        assert token, self.page
        data = {"form_token": unescape(token[1])} | fields
        headers = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        self._read(await self.http.post(self.base + path, data=data, headers=headers))

    def _read(self, answer: httpx.Response) -> None:
        assert answer.is_success, (answer.status_code, answer.text)
        self.page = answer.text
