"""The frame of the console: static files, language, live stream, error pages."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from starlette.exceptions import HTTPException

from api.addresses import pages as address_pages
from api.audit import pages as trail_pages
from api.cases import pages as case_pages
from api.console import cookies
from api.console.live import changes
from api.console.render import render
from api.console.words import WORDS
from api.contacts import pages as contact_pages
from api.errors import Problem
from api.evidence import bundle_pages
from api.evidence import pages as exhibit_pages
from api.figures import pages as figure_pages
from api.filing import pages as filing_pages
from api.forms import pages as form_pages
from api.learning import pages as learning_pages
from api.locale.catalogue import LANGUAGES
from api.marks import pages as mark_pages
from api.replies import pages as reply_pages
from api.reports import pages as report_pages
from api.reviews import pages as review_pages
from api.rights.gate import Gate, Signed
from api.rights.parts import HOME, database_of, our_path, page_at
from api.shifts import pages as shift_pages
from api.staff import account, confirm, door, enrolment
from api.staff import pages as staff_pages
from api.staff import service as staff_service
from api.staff.sessions import Person
from api.staff.sign_in import Throttle
from api.systems import pages as system_pages

_STATIC = Path(__file__).parent / "static"
_FILES = {path.relative_to(_STATIC).as_posix() for path in _STATIC.rglob("*") if path.is_file()}

gate = Gate(prefix="/helpline")


@gate.allow("GET", "/static/{name:path}", action="static.read")
def static(name: str) -> Response:
    """A file that pages need; only those that were there at the start."""
    if name not in _FILES:
        raise HTTPException(404)
    return FileResponse(_STATIC / name)


@gate.allow("GET", "/language/{language}", action="language.choose")
def choose_language(request: Request, language: str, back: str = HOME) -> Response:
    """Show the console in another language from now on: on this browser, to this person."""
    if language not in LANGUAGES:
        raise HTTPException(404)
    person: Person | None = request.state.person
    if person is not None:
        with database_of(request).write() as session:
            staff_service.set_language(session, person.id, language)
    response = RedirectResponse(page_at(request, our_path(back)), 303)
    cookies.set_language(request, response, language)
    return response


@gate.allow("GET", "/live", action="console.live")
async def live(request: Request, person: Signed) -> Response:
    """Tell an open page when to look again."""
    return StreamingResponse(changes(request), media_type="text/event-stream")


def error_page(request: Request, problem: Problem) -> Response:
    """An error as a page; whoever is not signed in is led to the door."""
    if problem.type.endswith("/sign-in-needed") and request.headers.get("x-live") is None:
        return RedirectResponse(f"{HOME}/sign-in", 303)
    slug = problem.type.rpartition("/")[2]
    if slug == "confirm-needed":
        return confirm.needed(request)
    known = slug if slug in WORDS["problem"] else ""
    return render(
        request,
        "problem.html",
        status=problem.status,
        known=known,
        code=problem.status,
        instance=problem.instance,
    )


router = APIRouter()
_SIGN_IN = (door, enrolment, confirm, account, staff_pages)
_WORK = (
    *(report_pages, learning_pages, mark_pages, reply_pages, form_pages, contact_pages),
    *(case_pages, shift_pages, figure_pages, review_pages, system_pages),
    *(address_pages, filing_pages, exhibit_pages, bundle_pages, trail_pages),
)
for part in (gate, *_SIGN_IN, *_WORK):
    router.include_router(part if isinstance(part, Gate) else part.gate)


def install(app: FastAPI) -> None:
    """Add the console to the helpline's application.

    Needs ``app.state.database``, ``vault``, ``clock`` and ``trial``, and the error handlers.
    """
    app.state.throttle = Throttle()
    app.state.error_pages[HOME] = error_page
    app.include_router(router)
