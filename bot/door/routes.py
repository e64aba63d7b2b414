"""The routes of the public door: ``/report``, its steps, the sending, and coming back by code.

Who only looks leaves no trace. The first step that is posted brings a cookie of its own; a
browser that takes none is answered at once, page after page, with the secret in the form.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.base import Inbound
from bot.channels.web.door import (
    Pace,
    Refused,
    Visitor,
    check_origin,
    drop_cookie,
    give_cookie,
    has_left,
    is_secure,
    known_visitor,
    new_token,
    read_form,
    visitor_of,
)
from bot.channels.web.posts import digest
from bot.channels.web.view import TONGUES
from bot.door import steps
from bot.door.answers import Posted, posted
from bot.door.codes import Codes
from bot.door.kept import CHANNEL, Forms
from bot.door.view import NOTES, Seen, View, empty
from bot.door.words import STEPS
from bot.engine.content import Content
from bot.engine.events import ExitPressed
from bot.engine.flows.filled import alarm
from bot.engine.forms import FILLING, OVER, SENDING
from bot.engine.state import State
from bot.known import utcnow
from bot.store.database import StoreUnavailable

log = logging.getLogger(__name__)

COOKIE = "sigurt-report"
PATHS = ("/report", "/report/", "/raporto", "/raporto/")  # typed from posters
FIELDS = 80  # of a step with every question, and each of its choices
REST, LOOKS = 0.25, 20  # seconds between looks for a code, and how many a page waits for
LEVELS = ("", "disclosure", "emergency")
HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
HIDDEN = {"X-Robots-Tag": "noindex"}
NOW, SENT, DONE = "now", "sent", "done"
PAGES = (*STEPS, NOW)


class Door:
    """The handlers, with what they share."""

    def __init__(
        self,
        forms: Forms,
        view: View,
        content: Callable[[], Content],
        codes: Codes,
        *,
        public_url: str = "",
        pace: Pace | None = None,
        now: Callable[[], datetime] = utcnow,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pause = pause
        self.forms, self._view, self._content, self._codes = forms, view, content, codes
        self._public_url, self._now = public_url, now
        self._pace = pace or Pace()

    def routes(self) -> APIRouter:
        """The routes of the form."""
        routes = APIRouter(include_in_schema=False)
        for path in PATHS:
            routes.add_api_route(path, self.open, methods=["GET", "HEAD"])
        routes.add_api_route("/report", self.post, methods=["POST"])
        routes.add_api_route("/report/code", self.ask, methods=["GET", "HEAD"])
        routes.add_api_route("/report/code", self.look, methods=["POST"])
        routes.add_api_route("/report/{page}", self.show, methods=["GET", "HEAD"])
        return routes

    async def open(self, request: Request) -> Response:
        """The first page, or what became of the report that was begun in this browser."""
        if has_left(request) and self._known(request):
            return self._go("/?then=report")  # the chat sees both off
        return await self._shown(request, "")

    async def show(self, request: Request, page: str) -> Response:
        """One page of the form, as the answers so far have it."""
        return await self._shown(request, page)

    async def _shown(self, request: Request, page: str) -> Response:
        visitor = self._known(request)
        try:
            state = await self._awaited(visitor) if visitor else State.new()
        except StoreUnavailable:
            return self._stop(Refused(503, "stop_not_kept"), request)
        notes = tuple(each for each in request.query_params.getlist("note") if each in NOTES)
        place = self._place(page, state, known=visitor is not None)
        if place != page:
            gone = page != "" and not notes and visitor is not None and empty(state)
            return self._go(_path(place, ("gone",) if gone and place != SENT else notes))
        return self._page(page, self._seen(request, state, page, notes), request)

    def _place(self, page: str, state: State, *, known: bool) -> str:
        """Where a browser that asks for this page belongs."""
        stage = state.form.stage if state.form else OVER
        if page == DONE:
            return DONE
        if stage not in (FILLING, OVER):
            return SENT
        if page in (STEPS[0], "") or not known:
            return page if page in (STEPS[0], "") else ""
        if page not in PAGES or not _complete(state):
            return ""
        return page

    def _page(self, page: str, seen: Seen, request: Request) -> Response:
        step = request.query_params.get("from", STEPS[0])
        html = self._html(page, seen, step)
        return HTMLResponse(html, headers=HEADERS | ({} if seen.found else HIDDEN))

    def _html(self, page: str, seen: Seen, step: str) -> str:
        if page == SENT:
            return self._view.sent(seen)
        if page == DONE:
            return self._view.done(seen)
        if page == NOW:
            return self._view.urgent(seen, step if step in STEPS else STEPS[0])
        if page == STEPS[-1]:
            return self._view.send(seen)
        if page == "" and seen.state.form is not None and not empty(seen.state):
            return self._view.resume(seen)
        return self._view.step(seen, page or STEPS[0])

    def _seen(self, request: Request, state: State, page: str, notes: tuple[str, ...]) -> Seen:
        fresh = self._known(request) is None
        ended = page == "" and not fresh and state.form is not None and state.form.stage == OVER
        return Seen(
            state,
            _language(request, state),
            page,
            new_token() if fresh else "",
            ("gone",) if ended and not notes else notes,
            switch=fresh or page == DONE,
            found=fresh and page == "",
        )

    async def post(self, request: Request) -> Response:
        """One step; answered when it is stored, never before."""
        try:
            check_origin(request, cookie=COOKIE)
            form = await read_form(request, fields=FIELDS)
            visitor = visitor_of(request, form, secure=self._secure(request), cookie=COOKIE)
            step = posted(form, self._content().report, at=self._now())
            await self._keep_pace(request, visitor)
            return await self._taken(request, visitor, step)
        except Refused as refused:
            return self._stop(refused, request)
        except StoreUnavailable:
            return self._stop(Refused(503, "stop_not_kept"), request)

    async def _taken(self, request: Request, visitor: Visitor, step: Posted) -> Response:
        before = await self.forms.state(visitor.address)
        once = digest(visitor.address, step.id, step.press)
        inbound = Inbound(CHANNEL, once, visitor.address, step.filled)
        after = before if step.press == "look" else await self.forms.take(inbound)
        after = await self._awaited(visitor) if visitor.fresh and _is_sending(after) else after
        if step.press in ("drop", "written"):
            return await self._ended(visitor, step, request)
        page, notes = self._next(step, before, after)
        if visitor.fresh:
            return self._carried(request, visitor, after, page, notes, step.step)
        return self._go(_path(page, notes, step.step if page == NOW else ""))

    async def _awaited(self, visitor: Visitor) -> State:
        """How it stands; a report that has just been sent is waited for a moment.

        So the code is on the first page after the sending, which need not load itself anew.
        """
        state = await self.forms.state(visitor.address)
        for _ in range(LOOKS):
            if not _is_sending(state):
                break
            await self._pause(REST)
            state = await self.forms.state(visitor.address)
        return state

    def _next(self, step: Posted, before: State, after: State) -> tuple[str, tuple[str, ...]]:
        """The page after this step, and what must be said there."""
        form, here = self._content().report, step.step if step.step in STEPS else STEPS[0]
        notes = (*(("no_picture",) if step.picture else ()), *(("was_cut",) if step.cut else ()))
        if after.form is None or after.form.stage not in (FILLING, OVER):
            return SENT, ()
        if _graver(before, after):
            return NOW, notes
        if step.press == "stay":
            return next((each for each in (step.to, step.page) if each in PAGES), ""), notes
        if not _complete(after):
            return STEPS[0], ("need_kind", *notes) if here == STEPS[0] else ("gone",)
        if step.press == "send":
            return STEPS[-1], _moved(step, after)
        if step.press == "check":
            return STEPS[-1], notes
        turn = steps.before if step.press == "back" else steps.following
        return turn(form, after, here), notes

    async def _ended(self, visitor: Visitor, step: Posted, request: Request) -> Response:
        """Nothing of it is kept any more, here or in the browser."""
        await self.forms.forget(visitor.address)
        page = DONE if step.press == "written" else ""
        notes = () if page else ("dropped",)
        response = self._go(_path(page, notes, lang=step.filled.language))
        drop_cookie(response, secure=self._secure(request), cookie=COOKIE)
        return response

    def _carried(
        self,
        request: Request,
        visitor: Visitor,
        state: State,
        page: str,
        notes: tuple[str, ...],
        step: str,
    ) -> Response:
        """The next page at once: whether this browser takes a cookie is not known yet."""
        language = state.language or _language(request, state)
        seen = Seen(state, language, page, visitor.token, notes)
        response = HTMLResponse(self._html(page, seen, step), headers=HEADERS | HIDDEN)
        give_cookie(response, visitor, secure=self._secure(request), cookie=COOKIE)
        return response

    async def ask(self, request: Request) -> Response:
        """Where a code is typed."""
        state = await self._reader(request)
        return self._private(self._view.code(self._coming_back(request, state)))

    async def look(self, request: Request) -> Response:
        """What became of a report, and what is added to it. Nothing of it is in an address."""
        try:
            check_origin(request, cookie=COOKIE)
            form = await read_form(request)
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            visitor = visitor_of(request, form, secure=self._secure(request), cookie=COOKIE)
            await self._keep_pace(request, visitor)
            seen = self._coming_back(request, await self._reader(request), fields.get("lang", ""))
            seen = replace(seen, door=visitor.token if visitor.fresh else "")
            if fields.get("press") == "add":
                return await self._added(seen, fields)
            found = await self._codes.look(
                fields.get("code", ""),
                seen.state,
                browser=visitor.address,
                place=_host(request),
                at=self._now(),
            )
        except Refused as refused:
            return self._stop(refused, request)
        except StoreUnavailable:
            return self._stop(Refused(503, "stop_not_kept"), request)
        if found.problem:
            return self._private(self._view.code(seen, found.problem, found.typed))
        return self._private(self._view.news(seen, found.lines, found.code, more=found.open))

    async def _added(self, seen: Seen, fields: Mapping[str, str]) -> Response:
        once = fields.get("event", "")
        words, places = fields.get("words", ""), fields.get("addresses", "")
        code = fields.get("code", "")
        if await self._codes.add(once, code, words, places, at=self._now()):
            return self._private(self._view.added(seen))
        return self._private(self._view.code(replace(seen, notes=("add_empty",))))

    async def _reader(self, request: Request) -> State:
        """Who reads, if a form of this browser has said so; nothing else of it is needed."""
        visitor = self._known(request)
        return await self.forms.state(visitor.address) if visitor else State.new()

    def _coming_back(self, request: Request, state: State, language: str = "") -> Seen:
        spoken = language if language in TONGUES else _language(request, state)
        reader = State(role=state.role, band=state.band, language=spoken)
        door = "" if self._known(request) else new_token()
        return Seen(reader, spoken, "code", door, switch=True)

    def _private(self, page: str) -> Response:
        return HTMLResponse(page, headers=HEADERS | HIDDEN)

    async def leave(self, request: Request, response: Response) -> None:
        """Forget the form of this browser: it was left by the quick exit."""
        visitor = self._known(request)
        if visitor is None:
            return
        left = ExitPressed(at=self._now())
        once = digest(visitor.address, new_token())
        drop_cookie(response, secure=self._secure(request), cookie=COOKIE)
        try:
            await self.forms.take(Inbound(CHANNEL, once, visitor.address, left))
            await self.forms.forget(visitor.address)
        except StoreUnavailable as error:  # it is dropped by its age then
            log.error("leaving a form could not be stored: %s", error)

    def _known(self, request: Request) -> Visitor | None:
        return known_visitor(request, secure=self._secure(request), cookie=COOKIE)

    async def _keep_pace(self, request: Request, visitor: Visitor) -> None:
        if not visitor.fresh:
            return await self._pace.keep(visitor.address)
        return await self._pace.keep(f"new from {_host(request)}")

    def _secure(self, request: Request) -> bool:
        return is_secure(request, self._public_url)

    def _go(self, path: str) -> Response:
        return RedirectResponse(path, status_code=303, headers=HEADERS)

    def _stop(self, refused: Refused, request: Request) -> Response:
        words = refused.words if refused.words.startswith("stop_") else f"stop_{refused.words}"
        seen = Seen(State.new(), _language(request, State.new()), "", switch=True)
        html = self._view.stop(seen, words)
        return HTMLResponse(html, status_code=refused.status, headers=HEADERS | HIDDEN)


def _path(page: str, notes: tuple[str, ...] = (), step: str = "", lang: str = "") -> str:
    query = [("note", each) for each in notes] + [("from", step), ("lang", lang)]
    asked = urlencode([(name, value) for name, value in query if value])
    return "/report" + (f"/{page}" if page else "") + (f"?{asked}" if asked else "")


def _host(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _complete(state: State) -> bool:
    """Whether the one thing that must be known is known."""
    return state.draft is not None and bool(state.draft.kind)


def _is_sending(state: State) -> bool:
    return state.form is not None and state.form.stage == SENDING


def _moved(step: Posted, after: State) -> tuple[str, ...]:
    """What is said of a report that was not sent: it is another than the page showed."""
    if after.form is not None and step.filled.turn == after.form.turn:
        raise Refused(503, "stop_not_kept")
    return ("moved",)


def _graver(before: State, after: State) -> bool:
    """Whether something was told just now that is answered with numbers first."""
    return LEVELS.index(alarm(after.draft)) > LEVELS.index(alarm(before.draft))


def _language(request: Request, state: State) -> str:
    """As it was asked for, else as the form was filled in, else the browser's first."""
    asked = request.query_params.get("lang")
    if asked in TONGUES:
        return asked
    preferred = request.headers.get("accept-language", "").lower()
    return state.language or ("en" if preferred.startswith("en") else "sq")
