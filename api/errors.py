"""Refusals with a status, and one JSON shape (RFC 9457) for every error.

Nothing in an answer tells of the inside: no stack, path, query or version. The
``instance`` names the request, so that an operator finds the line in the log.
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import ClassVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """The helpline understood and says no. ``detail`` names ids and counts, never content."""

    status: ClassVar[int] = 400
    type: ClassVar[str] = "refused"
    title: ClassVar[str] = "Refused"

    def __init__(self, detail: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.headers = dict(headers or {})


class BadKey(Refusal):
    status, type, title = 401, "key-wanted", "The helpline's key is missing or wrong"


class BadRequest(Refusal):
    status, type, title = 400, "bad-request", "The request cannot be read"


class TooLarge(Refusal):
    status, type, title = 413, "too-large", "The body is too large"


class WrongType(Refusal):
    status, type, title = 415, "wrong-type", "The body must be application/json"


class Unreadable(Refusal):
    status, type, title = 422, "unreadable", "The body does not have the agreed form"


class UnknownKey(Refusal):
    status, type, title = 409, "unknown-key", "The body is sealed to a key that is not ours"


class KeyReused(Refusal):
    status, type, title = 409, "key-reused", "The idempotency key was used with another body"


class ContactUnknown(Refusal):
    status, type, title = 404, "contact-unknown", "No such contact"


class ContactAlreadyClaimed(Refusal):
    status, type, title = 409, "contact-claimed", "Another person has this contact"


class ContactClosed(Refusal):
    status, type, title = 409, "contact-closed", "The contact is closed"


class NotYourContact(Refusal):
    status, type, title = 403, "not-your-contact", "Only the holder may do this"


class InvalidReply(Refusal):
    status, type, title = 422, "invalid-reply", "A reply needs words, and not too many"


class InvalidOutcome(Refusal):
    status, type, title = 422, "invalid-outcome", "Not one of the outcomes"


class ReportUnknown(Refusal):
    status, type, title = 404, "report-unknown", "No report has this receipt"


class EventUnknown(Refusal):
    status, type, title = 404, "event-unknown", "No such event"


class TooManyTries(Refusal):
    status, type, title = 429, "too-many-tries", "Too many tries; wait a while"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as RFC 9457 writes it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


ErrorPage = Callable[[Request, Problem], Response]
"""Turns a problem into a page; registered per path prefix in ``app.state.error_pages``."""


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` in one shape, and keep the process alive."""
    app.state.error_pages = {}
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(OperationalError, _on_store_fault)
    app.add_exception_handler(InterfaceError, _on_store_fault)


def problem(status: int, *, type: str = "", title: str = "", detail: str = "") -> Problem:
    """A problem with a fresh instance; its words default to those of the status."""
    phrase = HTTPStatus(status).phrase
    slug = type or phrase.lower().replace(" ", "-").replace("'", "")
    instance = f"urn:uuid:{uuid.uuid4()}"
    return Problem(f"/problems/{slug}", title or phrase, status, detail, instance)


def answer(request: Request, found: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as JSON, or as the page registered for this part of the service."""
    pages: dict[str, ErrorPage] = getattr(request.app.state, "error_pages", {})
    for prefix, page in pages.items():
        if request.url.path.startswith(prefix):
            response = page(request, found)
            response.headers.update(headers or {})
            return response
    return _as_json(found, headers)


def _as_json(found: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(
        asdict(found), found.status, dict(headers or {}), media_type="application/problem+json"
    )


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    found = problem(error.status, type=error.type, title=error.title, detail=error.detail)
    return answer(request, found, error.headers)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kept = {"allow", "retry-after", "www-authenticate"}
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() in kept}
    return answer(request, problem(error.status_code), headers)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = sorted({".".join(str(part) for part in item["loc"][:2]) for item in error.errors()})
    return answer(request, problem(422, type="unreadable", detail=", ".join(places)))


async def _on_store_fault(request: Request, error: Exception) -> Response:
    """The database is locked, full or away: nothing was stored, the caller tries again."""
    found = problem(503, type="store-unavailable")
    _log(found, error)
    return answer(request, found, {"Retry-After": "5"})


class LastResort:
    """Outermost layer: a bug is a 500 with an id; the log gets the place, never a value."""

    def __init__(self, app: ASGIApp, *, owner: FastAPI) -> None:
        self._app = app
        self._owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            found = problem(500)
            _log(found, error)
            if not started:
                request = Request({**scope, "app": self._owner}, receive)
                await self._explain(request, found)(scope, receive, send)

    def _explain(self, request: Request, found: Problem) -> Response:
        try:
            return answer(request, found)
        except Exception as error:  # the page itself has the bug
            _log(found, error)
            return _as_json(found)


def _log(found: Problem, error: Exception) -> None:
    logger.error("%s: %s at %s", found.instance, type(error).__name__, where(error))


def where(error: BaseException) -> str:
    """File names, lines and functions of the innermost frames; no text of the error."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{_short(f.filename)}:{f.lineno} {f.name}" for f in reversed(frames))


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-2:])
