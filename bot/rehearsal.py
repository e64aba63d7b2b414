"""The main path through a lesson, written as a transcript for an author to go on from.

Another answer comes first, so that the right one is found on the second try; then the lesson
is finished, and its questions come back on their days until they are over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.engine.content import LANGUAGES, Content, Lesson, Option
from bot.engine.events import Helpline
from bot.script import Read, Script, ScriptFault, Talk, begin, event_of

ABOUT = "{id}: taken to its end, another answer first, and the questions that come back."


def transcript_of(name: str, content: Content, read: Read) -> str:
    """A transcript of the lesson of this id; raises ``ScriptFault`` when there is none."""
    taught = content.lessons[LANGUAGES[0]].get(name)
    if taught is None:
        raise ScriptFault(f'There is no lesson "{name}". Name one by its file, without .toml.')
    start = {"band": taught.band, "asked": "lessons"}
    script = replace(_EMPTY, about=ABOUT.format(id=taught.id), start=start)
    talk = begin(script, LANGUAGES[0], content, read)
    numbered = enumerate(_turns(taught), start=1)
    turns = [(turn, _keys(talk, turn, number)) for number, turn in numbered]
    return "\n".join((_head(script), *(_turn(turn, keys) for turn, keys in turns)))


_EMPTY = Script(about="", start={}, helpline=Helpline.STAFFED, turns=())


def _turns(taught: Lesson) -> Iterator[dict[str, str]]:
    quiz = taught.quiz.options
    taps = [f"lessons.{taught.topic}", "start", _other(taught.before.options)]
    taps += [taught.hook.options[0].id, *(_right(each.options) for each in taught.tries)]
    taps += [_other(quiz), "again", _right(quiz), "done", "go_on", "yes", "any"]
    yield from ({"tap": option} for option in taps)
    for number, asked in enumerate(taught.reviews, start=1):
        yield {"due": "review"}
        yield from ({"tap": "yes"} for _ in range(2 if taught.tender else 1))
        yield {"tap": _other(asked.options) if number == 2 else _right(asked.options)}
        if number < len(taught.reviews):
            yield {"tap": "yes"}


def _right(options: Sequence[Option]) -> str:
    return next((option.id for option in options if option.right), options[0].id)


def _other(options: Sequence[Option]) -> str:
    return next(option.id for option in options if not option.right)


def _keys(talk: Talk, turn: dict[str, str], number: int) -> list[str]:
    shown = len(talk.shown)
    talk.happens(event_of(turn, talk, number))
    return [say.key for say in talk.shown[shown:]]


def _head(script: Script) -> str:
    start = ", ".join(f"{name} = {_quoted(value)}" for name, value in script.start.items())
    return f"about = {_quoted(script.about)}\nstart = {{ {start} }}\n"


def _turn(turn: dict[str, str], keys: list[str]) -> str:
    happens = "\n".join(f"{name} = {_quoted(value)}" for name, value in turn.items())
    return f"[[turn]]\n{happens}\nbot = [{', '.join(map(_quoted, keys))}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
