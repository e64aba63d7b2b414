"""Reading a request: key, size, type, depth, box, form; each wrong one is its own refusal."""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.crypto import Box, SealBroken
from api.errors import BadKey, BadRequest, TooLarge, UnknownKey, Unreadable, WrongType
from api.intake.schemas import Sealed

BODY_LIMIT = 256 * 1024
DEPTH_LIMIT = 64

_KEY_FORM = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[\[{\]}]")
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it came, and the key under which a repeat of it is known."""

    key: str
    path: str
    raw: bytes


async def require_key(request: Request) -> None:
    """Refuse whoever does not show the helpline's key; compared in constant time."""
    wanted: str = request.app.state.settings.helpline_key.get_secret_value()
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(shown.strip().encode(), wanted.encode())
    if scheme.lower() != "bearer" or not same:
        raise BadKey(headers={"WWW-Authenticate": "Bearer"})


async def read_body(request: Request) -> Body:
    """The body of a write. A body over the limit is refused without reading it all."""
    key = request.headers.get("idempotency-key", "")
    if not _KEY_FORM.fullmatch(key):
        raise BadRequest("Idempotency-Key: 1 to 128 of A-Z a-z 0-9 . _ : -")
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise WrongType()
    raw = bytearray()
    _refuse_large(request.headers.get("content-length", ""))
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise TooLarge()
    return Body(key, request.url.path, bytes(raw))


def open_sealed(body: Body, box: Box, model: type[_Model]) -> _Model:
    """What the bot sealed, in its agreed form.

    Raises ``BadRequest``, ``Unreadable``, or ``UnknownKey`` for a box that is not ours.
    """
    outer = parse(body.raw, Sealed)
    if outer.key_id != box.key_id:
        raise UnknownKey()
    try:
        inner = box.open(outer.sealed)
    except SealBroken:
        raise Unreadable("sealed") from None
    try:
        return parse(inner, model)
    except BadRequest as error:
        raise Unreadable(f"sealed: {error.detail}") from None


def parse(raw: bytes, model: type[_Model]) -> _Model:
    """JSON in the form of ``model``; raises ``BadRequest`` or ``Unreadable``."""
    value = _json(raw)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Unreadable(_places(error)) from None


def depth(raw: bytes) -> int:
    """How deep the brackets of a JSON text nest, counted without parsing it."""
    if raw.count(b"[") + raw.count(b"{") <= DEPTH_LIMIT:
        return 0  # cannot be deeper than it has brackets
    deepest = level = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", raw)):
        level += 1 if bracket in b"[{" else -1
        deepest = max(deepest, level)
    return deepest


def _json(raw: bytes) -> Any:
    if depth(raw) > DEPTH_LIMIT:
        raise BadRequest(f"deeper than {DEPTH_LIMIT}")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadRequest("not JSON") from None


def _refuse_large(length: str) -> None:
    if length and (not length.isascii() or not length.isdigit() or int(length) > BODY_LIMIT):
        raise TooLarge()


def _places(error: ValidationError) -> str:
    """Names of the fields that are wrong; a stranger's names are not repeated."""
    places = {".".join(str(part) for part in item["loc"]) for item in error.errors()}
    return ", ".join(sorted(places)[:5])
