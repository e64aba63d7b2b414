"""The same request again gets the first answer again, and does nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from fastapi.responses import Response
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session
from sqlmodel import col

from api.crypto import Vault
from api.errors import KeyReused
from api.intake.reading import Body
from api.intake.tables import Answered
from api.times import to_ms

KEPT = timedelta(hours=48)
RECEIPT_KEPT = timedelta(hours=24)
"""An answer that holds a receipt is kept, sealed, no longer than this."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body of a write's answer."""

    status: int
    body: Mapping[str, Any] | None = None


def once(
    session: Session,
    vault: Vault,
    body: Body,
    work: Callable[[], Answer],
    *,
    now: datetime,
    kept: timedelta = KEPT,
) -> Response:
    """Do the work and keep its answer, or give the kept one with ``Idempotency-Replayed``.

    A refusal is not kept: nothing was done, so the request may be tried again. Raises
    ``KeyReused`` for the same key with another path or body.
    """
    request = sha256(body.path.encode() + b"\0" + body.raw).hexdigest()
    known = session.get(Answered, body.key)
    if known is not None and known.until > to_ms(now):
        if known.request != request:
            raise KeyReused()
        text = vault.open(known.body, table="answered", column="body", row=body.key)
        return _response(known.status, text, replayed=True)
    answer = work()
    text = "" if answer.body is None else json.dumps(answer.body)
    session.execute(delete(Answered).where(col(Answered.key) == body.key))
    session.execute(
        insert(Answered).values(
            key=body.key,
            request=request,
            status=answer.status,
            body=vault.seal(text, table="answered", column="body", row=body.key),
            until=to_ms(now + kept),
        )
    )
    return _response(answer.status, text, replayed=False)


def prune(session: Session, *, now: datetime) -> None:
    """Drop the answers whose time is over."""
    session.execute(delete(Answered).where(col(Answered.until) <= to_ms(now)))


def _response(status: int, text: str, *, replayed: bool) -> Response:
    headers = {"Idempotency-Replayed": "true"} if replayed else None
    if not text:
        return Response(status_code=status, headers=headers)
    return Response(text, status, headers, media_type="application/json")
