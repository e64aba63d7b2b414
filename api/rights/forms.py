"""Proof that a form was ours: where the browser says it comes from, and a signed token."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import FormData

from api.rights.parts import vault_of
from api.staff.sessions import Person

FIELD = "form_token"
_WORD = b"form"
_LASTS = 12 * 60 * 60


def from_our_pages(request: Request) -> bool:
    """Whether the browser says that the request was made by our own page.

    A client that says nothing (an old browser, a script) still needs the token.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def token(request: Request, person: Person | None) -> str:
    """A token for the forms of a page, good for this session alone."""
    return _signer(request, person).sign(_WORD).decode()


def token_is_ours(request: Request, person: Person | None, form: FormData) -> bool:
    """Whether the form carries a token made for this session."""
    given = form.get(FIELD)
    if not isinstance(given, str):
        return False
    try:
        return _signer(request, person).unsign(given, max_age=_LASTS) == _WORD
    except BadSignature:
        return False


def _signer(request: Request, person: Person | None) -> TimestampSigner:
    """A signer of one sign-in: what it signs is nothing to another's.

    Step-up renews the session but not its root, so the other open pages can still be sent.
    """
    session = person.root if person else "nobody"
    return TimestampSigner(vault_of(request).subkey("staff forms"), salt=f"form {session}")
