"""The live stream of an open page: it says only that something changed; the page looks.

With each change it tells how many wait and what should ring, by numbers alone. The stream
ends with the session: after a sign-out, a disabled account or a lost role the next look, at
most a third of a second later, finds nobody (S27).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.console import alarms
from api.contacts import service
from api.rights.gate import RULES, person_at
from api.rights.parts import database_of
from api.times import utcnow

_LOOK_EVERY = 0.3  # seconds; other processes' writes ring no bell here
_STILL_THERE = 15


async def changes(request: Request) -> AsyncIterator[str]:
    """Server-sent events: ``change`` with a number, ``waiting`` with the alarms, ``gone`` when
    the session ended."""
    bell = database_of(request).bell
    last, news, told = -1, "", utcnow()
    while not bell.closed:
        strokes = bell.strokes
        number = await run_in_threadpool(_look, request)
        if number is None:
            yield "event: gone\ndata: 0\n\n"
            return
        if number != last:
            news = await run_in_threadpool(_news, request, number)
        if number != last or (utcnow() - told).total_seconds() > _STILL_THERE:
            last, told = number, utcnow()
            yield news
        await bell.wait(_LOOK_EVERY, since=strokes)


def _look(request: Request) -> int | None:
    """The number of the last change; None when the person may not look any more."""
    request.state.person = person = person_at(request)
    if person is None or not RULES["console.live"].allows(person.roles):
        return None
    with database_of(request).read() as session:
        return service.changes(session)


def _news(request: Request, number: int) -> str:
    with database_of(request).read() as session:
        found = alarms.of(session, request.state.person)
    said = json.dumps(asdict(found))
    return f"event: change\ndata: {number}\n\nevent: waiting\ndata: {said}\n\n"
