"""Staff of a helpline in a test, and the browser in which each of them sits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher
from fakes.helpline import Helpline
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from api.audit.tables import AuditRow
from api.staff import codes, service, sessions
from api.staff.tables import StaffAccount

PASSWORD = "kali blu fluturon mbi urë"
_HASHED = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True)
class Colleague:
    """A person with an account; ``secret`` makes the codes."""

    id: int
    login: str
    name: str
    secret: str


class Browser:
    """Keeps cookies, follows no redirect, and fills the form token in as a page would."""

    def __init__(self, helpline: Helpline, *, base_url: str = "http://127.0.0.1") -> None:
        transport = httpx.ASGITransport(helpline.app)
        self.http = httpx.AsyncClient(transport=transport, base_url=base_url)
        self.token = ""

    async def get(self, path: str) -> httpx.Response:
        """Open a page of the console."""
        return self._seen(await self.http.get(f"/helpline{path}"))

    async def post(
        self, path: str, fields: dict[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        """Send a form of the page seen last."""
        data = {"form_token": self.token, **(fields or {})}
        return self._seen(await self.http.post(f"/helpline{path}", data=data, headers=headers))

    async def signs_in(self, login: str, code: str, *, password: str = PASSWORD) -> httpx.Response:
        """Go through both steps of the door."""
        await self.get("/sign-in")
        await self.post("/sign-in", {"login": login, "password": password})
        await self.get("/code")
        return await self.post("/code", {"code": code})

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if found := re.search(r'name="form_token" value="([^"]+)"', answer.text):
            self.token = unescape(found[1])
        return answer


def hire(helpline: Helpline, login: str = "elira", name: str = "Elira", *roles: str) -> Colleague:
    """Add a person who has password and second factor."""
    secret = codes.new_secret()
    with helpline.database.write() as session:
        account = service.create(
            session,
            helpline.vault,
            login=login,
            name=name,
            roles=roles or ("counsellor",),
            now=helpline.now,
        )
        service.enrol(session, helpline.vault, account, password=_HASHED, secret=secret)
        return Colleague(account.id, login, name, secret)


async def seated(helpline: Helpline, person: Colleague) -> Browser:
    """A browser in which this person is signed in and has a page open."""
    with helpline.database.write() as session:
        token = sessions.start(session, staff_id=person.id, stage="full", now=helpline.now)
    browser = Browser(helpline)
    browser.http.cookies.set("sigurt-staff", token)
    await browser.get("")
    if not browser.token:
        await browser.get("/account")
    return browser


def code(helpline: Helpline, person: Colleague) -> str:
    """What the person's phone shows now."""
    return pyotp.TOTP(person.secret).at(helpline.now)


def account_of(helpline: Helpline, person: Colleague) -> StaffAccount:
    """The person's row."""
    with helpline.database.read() as session:
        return session.get_one(StaffAccount, person.id)


def deeds(helpline: Helpline) -> list[tuple[str, str]]:
    """Who did what, as the audit trail has it."""
    with helpline.database.read() as session:
        rows = session.query(AuditRow).order_by(AuditRow.seq)
        return [(row.who, row.what) for row in rows]


def console_routes(router: APIRouter | FastAPI) -> Iterator[APIRoute]:
    """Every route under /helpline, however deep it was included."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from console_routes(inner)
        elif getattr(route, "path", "").startswith("/helpline"):
            assert isinstance(route, APIRoute)
            yield route
