"""The browser chat's routes: the page, what is sent from it, what comes live, the exit.

Without a cookie nothing is stored: the first page is a greeting that anybody gets. The
first press or word brings the cookie, the conversation and its first event.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from bot import classroom, sheets
from bot.channels.art import Gallery
from bot.channels.web import bubbles
from bot.channels.web.arrivals import Arrived, Receipts
from bot.channels.web.channel import WebChannel, Writes
from bot.channels.web.door import (
    Pace,
    Refused,
    Visitor,
    check_origin,
    give_cookie,
    has_left,
    is_secure,
    known_visitor,
    new_token,
    read_form,
    take_cookie,
    visitor_of,
)
from bot.channels.web.posts import campaign, number, post_of
from bot.channels.web.talk import Handles, Talks
from bot.channels.web.view import Numbers, View, load_assets
from bot.channels.web.words import PageWords
from bot.edge import refused as refused_for_machines
from bot.engine.content import Content
from bot.engine.effects import Say
from bot.known import utcnow
from bot.store.database import StoreUnavailable
from bot.store.weblog import Turn

log = logging.getLogger(__name__)

_NO_STORE = {"Cache-Control": "no-store"}


def router(
    *,
    runner: Handles,
    web: WebChannel,
    greeting: Callable[[], Sequence[Say]],
    fallback: Callable[[str], Sequence[Say]],
    words: Mapping[str, PageWords],
    home: Callable[[str], Sequence[Say]] | None = None,
    content: Callable[[], Content] | None = None,
    public_url: str = "",
    pace: Pace | None = None,
    now: Callable[[], datetime] = utcnow,
    gallery: Gallery | None = None,
    arrived: Arrived | None = None,
    beside: Beside | None = None,
) -> APIRouter:
    """Return the routes of the browser chat.

    ``greeting`` is what somebody sees who has said nothing yet; ``fallback`` gives the
    doors of help when nothing can be stored, ``home`` those of the country whose schools
    hang up the two little words. ``content`` has the activities that a teacher prints,
    ``gallery`` the certificates. ``arrived`` hears of a person's words that a page has;
    ``beside`` is left with the chat.
    """
    gallery = gallery or Gallery()
    kept, made = pace or Pace(), gallery.path
    pages = Pages(
        runner,
        web,
        greeting,
        fallback,
        words,
        public_url,
        kept,
        now,
        made,
        Receipts(arrived),
        beside,
    )
    hung_up = View(words, pages.assets, numbers_of(words, home or fallback))
    routes = APIRouter(include_in_schema=False)
    routes.add_api_route("/", pages.show, methods=["GET", "HEAD"])
    routes.add_api_route("/chat", pages.chat, methods=["POST"])
    routes.add_api_route("/chat/live", pages.live, methods=["GET"])
    routes.add_api_route("/exit", pages.exit, methods=["POST"])
    routes.add_api_route("/tabela", pages.table, methods=["GET"])
    for path in ("/fjalet", "/fjalet/"):  # it is typed from a poster
        routes.add_api_route(path, lambda: _html(hung_up.little_words()), methods=["GET", "HEAD"])
    routes.add_api_route("/static/{name:path}", pages.asset, methods=["GET"])
    sheets.add_routes(routes, gallery)
    if content is not None:
        classroom.add_routes(routes, content, hung_up)
    return routes


def not_found(
    words: Mapping[str, PageWords], fallback: Callable[[str], Sequence[Say]]
) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return what answers an address where there is nothing.

    A person who reads pages gets one, with the numbers and the way back; machines get
    the error shape that they read.
    """
    view = View(words, load_assets(), numbers_of(words, fallback))

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status not in (404, 405) or not _reads_pages(request):
            return await refused_for_machines(request, error)
        return HTMLResponse(view.lost(), status_code=status, headers=_NO_STORE)

    return answer


def numbers_of(
    words: Mapping[str, PageWords], fallback: Callable[[str], Sequence[Say]]
) -> Callable[[], dict[str, Numbers]]:
    """Return what gives the numbers of the doors of help, by language."""
    return lambda: {
        language: [[call.number, call.label] for say in fallback(language) for call in say.calls]
        for language in words
    }


class Beside(Protocol):
    """What is open in the same browser beside the chat: it is left with it."""

    async def leave(self, request: Request, response: Response, /) -> None:
        """Forget it, here and in the browser."""


class Pages:
    """The handlers, with what they share."""

    def __init__(
        self,
        runner: Handles,
        web: WebChannel,
        greeting: Callable[[], Sequence[Say]],
        fallback: Callable[[str], Sequence[Say]],
        words: Mapping[str, PageWords],
        public_url: str,
        pace: Pace,
        now: Callable[[], datetime] = utcnow,
        made: Callable[[str], str] = lambda _name: "",
        receipts: Receipts | None = None,
        beside: Beside | None = None,
    ) -> None:
        self._beside = beside
        self._receipts = receipts or Receipts()
        self._talks = Talks(runner, web, words, now=now)
        self._web = web
        self._greeting = greeting
        self._fallback = fallback
        self._public_url = public_url
        self._pace = pace
        self.assets = load_assets()
        numbers = numbers_of(words, fallback)
        self._view = View(words, self.assets, numbers, made)

    async def show(self, request: Request) -> Response:
        """The page; for somebody unknown the greeting, and nothing is stored."""
        visitor = known_visitor(request, secure=self._secure(request))
        if visitor is None or has_left(request):
            return await self._greet(request, visitor)
        try:
            turns = await self._web.log.read(self._web.conversation(visitor.address))
        except StoreUnavailable:
            return self._stop(Refused(503, "not_kept"), request)
        await self._receipts.tell(turns)
        return _html(self._view.page(turns or [self._view.again(_preferred(request))]))

    async def _greet(self, request: Request, left: Visitor | None) -> Response:
        """The first page. Somebody who left without a line is seen off now."""
        greeting = [Turn(0, bubbles.payload_of(say)) for say in self._greeting()]
        start = campaign(request.query_params.get("start"))
        response: Response = _html(self._view.page(greeting, door=new_token(), start=start))
        if left is not None:
            await self._talks.leave(left)
        if left is None and not has_left(request):
            return response
        if request.query_params.get("then") == "report":
            response = RedirectResponse("/report", status_code=303, headers=_NO_STORE)
        take_cookie(response, secure=self._secure(request))
        return await self._all_left(request, response)

    async def _all_left(self, request: Request, response: Response) -> Response:
        if self._beside is not None:
            await self._beside.leave(request, response)
        return response

    async def chat(self, request: Request) -> Response:
        """One thing that the child sent; answered when it is stored, never before."""
        try:
            check_origin(request)
            form = await read_form(request)
            visitor = visitor_of(request, form, secure=self._secure(request))
            post = post_of(form)
            await self._keep_pace(request, visitor)
            answer = await self._talks.take(visitor, post)
        except Refused as refused:
            return self._stop(refused, request)
        except StoreUnavailable:
            return self._stop(Refused(503, "not_kept"), request)
        if answer is None:
            return self._left(request, forget=False)
        if _wants_json(request):
            await self._receipts.tell(answer)
        response = self._answered(request, answer)
        if visitor.fresh:
            give_cookie(response, visitor, secure=self._secure(request))
        return response

    async def live(self, request: Request) -> Response:
        """What comes by itself, as server-sent events; a lost line goes on where it broke."""
        visitor = known_visitor(request, secure=self._secure(request))
        if visitor is None:
            return Response(status_code=204)
        after = number(request.headers.get("last-event-id") or request.query_params.get("after"))
        stream = self.stream(self._web.conversation(visitor.address), after)
        headers = _NO_STORE | {"X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def stream(self, conversation: str, after: int) -> AsyncIterator[str]:
        """Yield the lines of the stream until the page goes or leaves."""
        yield "retry: 2000\n\n"
        try:
            async for turns in self._web.live(conversation, after=after):
                yield self._lines(turns)
                if isinstance(turns, list):
                    await self._receipts.tell(turns)
        except StoreUnavailable as error:  # the browser comes back by itself
            log.warning("a live page was let go: %s", error)

    async def exit(self, request: Request) -> Response:
        """Leave at once: whatever else fails, the page and its secret are gone."""
        try:
            check_origin(request)
        except Refused as refused:
            return self._stop(refused, request)
        if visitor := known_visitor(request, secure=self._secure(request)):
            await self._talks.leave(visitor)
        return await self._all_left(request, self._left(request, forget=True))

    async def table(self) -> Response:
        """A page with nothing of ours on it."""
        return _html(self._view.table())

    async def asset(self, request: Request, name: str) -> Response:
        """A file of the page. Its address changes with its content."""
        asset = self.assets.get(name)
        if asset is None:
            raise HTTPException(404, headers=_NO_STORE)
        headers = {"Cache-Control": "private, max-age=86400", "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.plain, media_type=asset.kind, headers=headers)
        headers["Content-Encoding"] = "gzip"
        return Response(asset.packed, media_type=asset.kind, headers=headers)

    async def _keep_pace(self, request: Request, visitor: Visitor) -> None:
        if not visitor.fresh:
            return await self._pace.keep(visitor.address)
        host = request.client.host if request.client else "unknown"
        return await self._pace.keep(f"new from {host}")

    def _answered(self, request: Request, turns: Sequence[Turn]) -> Response:
        if not _wants_json(request):
            return RedirectResponse("/", status_code=303, headers=_NO_STORE)
        after = max((turn.seq for turn in turns), default=0)
        answer = {"bubbles": self._view.bubbles(turns), "next": after}
        return JSONResponse(answer, headers=_NO_STORE)

    def _left(self, request: Request, *, forget: bool) -> Response:
        """Lead to the neutral page, with nothing of the talk left in the browser.

        The exit button also forgets who this was. After the exit word the child can come
        back to a person who waits; nothing is shown before it chooses so.
        """
        response: Response = RedirectResponse("/tabela", status_code=303, headers=_NO_STORE)
        if _wants_json(request):
            response = JSONResponse({"left": True, "bubbles": []}, headers=_NO_STORE)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        if forget:
            response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
            take_cookie(response, secure=self._secure(request))
        return response

    def _stop(self, refused: Refused, request: Request) -> Response:
        """Say why something was not taken, with the doors of help beside it."""
        language = _preferred(request)
        doors = self._fallback(language)
        if _wants_json(request):
            answer = {"title": refused.words, "doors": self._view.doors(doors)}
            return JSONResponse(answer, status_code=refused.status, headers=_NO_STORE)
        html = self._view.stop(refused.words, language, doors)
        return HTMLResponse(html, status_code=refused.status, headers=_NO_STORE)

    def _lines(self, turns: list[Turn] | Writes | None) -> str:
        if turns is None:
            return "event: left\ndata: {}\n\n"
        if isinstance(turns, Writes):
            return f"event: typing\ndata: {json.dumps({'name': turns.name})}\n\n"
        if not turns:
            return "event: beat\ndata: {}\n\n"
        data = json.dumps(self._view.bubbles(turns), ensure_ascii=False)
        return f"id: {turns[-1].seq}\nevent: bubbles\ndata: {data}\n\n"

    def _secure(self, request: Request) -> bool:
        return is_secure(request, self._public_url)


def _html(page: str) -> HTMLResponse:
    return HTMLResponse(page, headers=_NO_STORE)


def _reads_pages(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _preferred(request: Request) -> str:
    """The browser's first language, where nothing better is known."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "sq"
