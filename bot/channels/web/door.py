"""Who comes in, and how: the page's secret, posts from our own page only, bodies, pace."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

LEFT = "sigurt-left"  # the page's own mark that it was left, for when nobody could be told
CHAT = "sigurt-chat"  # the cookie of the chat
BODY_LIMIT = 64 * 1024
FIELDS = 16  # of a form
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Refused(Exception):
    """A post that is not taken; ``words`` names the sentence of the page that says so."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who holds the page's secret. ``fresh``: the browser does not carry the cookie yet."""

    token: str
    fresh: bool

    @property
    def address(self) -> str:
        """Where the channel answers: a hash, so that the store cannot open the page."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def new_token() -> str:
    """Return a secret of 256 bits. A page without a cookie carries it to its first post."""
    return secrets.token_urlsafe(32)


def known_visitor(request: Request, *, secure: bool, cookie: str = CHAT) -> Visitor | None:
    """Return who the cookie names, if it names anybody."""
    token = request.cookies.get(cookie_name(secure=secure, cookie=cookie), "")
    return Visitor(token, fresh=False) if _TOKEN.fullmatch(token) else None


def visitor_of(request: Request, form: FormData, *, secure: bool, cookie: str = CHAT) -> Visitor:
    """Return who posts: by cookie, else by the secret that the first page was given.

    Pressing twice before the cookie has come thus stays one conversation.
    """
    if known := known_visitor(request, secure=secure, cookie=cookie):
        return known
    door = form.get("door")
    if isinstance(door, str) and _TOKEN.fullmatch(door):
        return Visitor(door, fresh=True)
    return Visitor(new_token(), fresh=True)


def is_secure(request: Request, public_url: str) -> bool:
    """Whether the page is served over https, seen from the browser."""
    return public_url.startswith("https:") or request.url.scheme == "https"


def cookie_name(*, secure: bool, cookie: str = CHAT) -> str:
    """Return the cookie's name; browsers take the prefix over https alone."""
    return f"__Host-{cookie}" if secure else cookie


def give_cookie(response: Response, visitor: Visitor, *, secure: bool, cookie: str = CHAT) -> None:
    """Let the browser carry the secret until it is closed."""
    name = cookie_name(secure=secure, cookie=cookie)
    response.set_cookie(name, visitor.token, httponly=True, samesite="lax", secure=secure)


def has_left(request: Request) -> bool:
    """Whether the page was left when there was no line to say so."""
    return LEFT in request.cookies


def take_cookie(response: Response, *, secure: bool) -> None:
    """Take the secret away again, and the mark that the page was left."""
    response.delete_cookie(LEFT, samesite="lax", secure=secure)
    drop_cookie(response, secure=secure)


def drop_cookie(response: Response, *, secure: bool, cookie: str = CHAT) -> None:
    """Take one secret away again."""
    name = cookie_name(secure=secure, cookie=cookie)
    response.delete_cookie(name, httponly=True, samesite="lax", secure=secure)


def check_origin(request: Request, *, cookie: str = CHAT) -> None:
    """Let only our own page post (403 otherwise).

    Browsers that send no ``Sec-Fetch-Site`` are judged by ``Origin``. Where that says
    nothing either, the cookie must be there: it is SameSite, so no foreign page brings
    it, and no foreign page can start a conversation that it could read along.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null")
    if site is not None:
        ours = site == "same-origin"
    elif origin != "null":
        ours = urlsplit(origin).netloc == request.headers.get("host", "")
    else:
        names = (cookie_name(secure=secure, cookie=cookie) for secure in (True, False))
        ours = any(name in request.cookies for name in names)
    if not ours:
        raise Refused(403, "stranger")


async def read_form(request: Request, *, fields: int = FIELDS) -> FormData:
    """Return the posted form; 413 without reading a body to its end, 415, 400, no files."""
    if not request.headers.get("content-type", "").lower().startswith(_FORMS):
        raise Refused(415, "unclear")
    body = await _read_body(request)

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        return await Request(request.scope, replay).form(max_files=0, max_fields=fields)
    except (HTTPException, MultiPartException, UnicodeDecodeError, ValueError) as error:
        raise Refused(400, "unclear") from error


async def _read_body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > BODY_LIMIT:
        raise Refused(413, "too_long")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refused(413, "too_long")
    return bytes(body)


class Pace:
    """Slows a flood from one sender; drops nothing, and holds up nobody else (S7).

    A sender with ``crowd`` posts waiting already is refused (429): the page sends one
    after the other, so that is no child.
    """

    def __init__(
        self,
        *,
        amount: int = 20,
        seconds: int = 10,
        crowd: int = 40,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._rate = RateLimitItemPerSecond(amount, seconds)
        self._step = seconds / amount
        self._crowd = crowd
        self._pause = pause
        self._slowed: dict[str, int] = {}

    async def keep(self, sender: str) -> None:
        """Return at once within the pace, later beyond it."""
        if self._limiter.hit(self._rate, sender):
            return
        behind = self._slowed.get(sender, 0)
        if behind >= self._crowd:
            raise Refused(429, "not_kept")
        self._slowed[sender] = behind + 1
        try:
            await self._pause(self._step * (behind + 1))
        finally:
            self._done(sender)

    def _done(self, sender: str) -> None:
        self._slowed[sender] -= 1
        if not self._slowed[sender]:
            del self._slowed[sender]
