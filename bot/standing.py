"""How many conversations stand on something that another version of the content lacks.

Whoever stands there is not lost: the next thing they do is answered with what stands at the
same place now, or with the menu where the place is gone (see bot/README.md).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, inspect

from bot.crypto import Sealer
from bot.engine.answers import options_of
from bot.engine.content import Content
from bot.engine.events import Started
from bot.engine.state import State
from bot.engine.voice import Moment
from bot.store.conversations import Kept, states_after

TOGETHER = 1_000


def standing(engine: Engine, sealer: Sealer, *, old: Content, new: Content) -> Counter[str]:
    """Count conversations by the lesson or journey whose open question goes with ``new``.

    It reads every state, so it takes as long as there are conversations; it changes nothing
    and names nobody.
    """
    found: Counter[str] = Counter()
    for state in _states(engine, sealer):
        found.update(set(gone_for(state, old=old, new=new)))
    return found


def has_conversations(engine: Engine) -> bool:
    """Whether anybody can have written here: looking for it makes no file and no table."""
    file = engine.url.database if engine.url.get_backend_name() == "sqlite" else None
    if file is not None and not Path(file).is_file():
        return False
    return inspect(engine).has_table("conversations")


def gone_for(state: State, *, old: Content, new: Content) -> Iterator[str]:
    """The lessons and journeys of ``state``'s open questions that lose a button or all."""
    for question in (state.asked, state.paused):
        before, after = (_options(content, state, question) for content in (old, new))
        if before - after:
            yield _thing(question)


def _options(content: Content, state: State, question: str) -> set[str]:
    moment = Moment(content, Started(at=datetime.now(UTC)))
    return set(options_of(moment, state, question)) if question else set()


def _thing(question: str) -> str:
    """``t06-threats-8-10`` for a question of that lesson, ``parents`` for one of that journey."""
    return question.partition("/")[0] if "/" in question else question.split(":")[1]


def _states(engine: Engine, sealer: Sealer) -> Iterator[State]:
    after = ""
    while True:
        with engine.connect() as connection:
            rows = states_after(connection, after, limit=TOGETHER)
        yield from (_state(row, sealer) for row in rows)
        if len(rows) < TOGETHER:
            return
        after = rows[-1].id


def _state(row: Kept, sealer: Sealer) -> State:
    plain = sealer.open(row.state, table="conversations", column="state", row=row.id)
    return State.from_dict(json.loads(plain))
