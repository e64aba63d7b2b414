"""The cookies of the console: none is read by a script, none leaves for another site."""

from __future__ import annotations

from fastapi import Request, Response

from api.console.render import LANGUAGE_COOKIE
from api.rights.parts import cookie_name, is_secure

_DEVICE_DAYS = 90
_YEAR = 365 * 24 * 60 * 60


def set_session(request: Request, response: Response, token: str) -> None:
    """Give the browser its session; it goes with the browser's window."""
    _set(request, response, cookie_name(request), token, max_age=None)


def drop_session(request: Request, response: Response) -> None:
    """Take the session away."""
    response.delete_cookie(
        cookie_name(request), secure=is_secure(request), httponly=True, samesite="strict"
    )


def device_name(request: Request) -> str:
    """The cookie by which a browser is known in which somebody signed in before."""
    return "__Host-sigurt-device" if is_secure(request) else "sigurt-device"


def set_device(request: Request, response: Response, mark: str) -> None:
    """Remember this browser; see ``Throttle``."""
    _set(request, response, device_name(request), mark, max_age=_DEVICE_DAYS * 24 * 60 * 60)


def set_language(request: Request, response: Response, language: str) -> None:
    """Remember the language on this browser."""
    _set(request, response, LANGUAGE_COOKIE, language, max_age=_YEAR)


def _set(
    request: Request, response: Response, name: str, value: str, *, max_age: int | None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )
