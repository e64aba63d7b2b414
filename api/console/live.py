"""The live stream of an open page: it says only that something changed; the page looks.

The stream ends with the session: after a sign-out, a disabled account or a lost role the
next look, at most a third of a second later, finds nobody (S27).
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.contacts import service
from api.rights.gate import RULES, person_at
from api.rights.parts import database_of
from api.times import utcnow

_LOOK_EVERY = 0.3  # seconds; other processes' writes ring no bell here
_STILL_THERE = 15


async def changes(request: Request) -> AsyncIterator[str]:
    """Server-sent events: ``change`` with a number, ``gone`` when the session ended."""
    bell = database_of(request).bell
    last, told = -1, utcnow()
    while not bell.closed:
        strokes = bell.strokes
        number = await run_in_threadpool(_look, request)
        if number is None:
            yield "event: gone\ndata: 0\n\n"
            return
        quiet = (utcnow() - told).total_seconds() > _STILL_THERE
        if number != last or quiet:
            last, told = number, utcnow()
            yield f"event: change\ndata: {number}\n\n"
        await bell.wait(_LOOK_EVERY, since=strokes)


def _look(request: Request) -> int | None:
    """The number of the last change; None when the person may not look any more."""
    person = person_at(request)
    if person is None or not RULES["console.live"].allows(person.roles):
        return None
    with database_of(request).read() as session:
        return service.changes(session)
