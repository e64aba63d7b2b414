"""What is drawn of a journey or of a lesson: its nodes, its words in one language, its ways."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from bot.authoring.drawing import Node, Way, drawn
from bot.engine.content import Ask, Content, Journey, Lesson, Quiz, Turn, TurnWords

HELP = "@help"


class NothingToDraw(Exception):
    """No journey and no lesson has this name; the message names what is near it."""


def graph(content: Content, name: str, language: str) -> str:
    """The journey or lesson of this name as SVG. Raises ``NothingToDraw``."""
    if name in content.journeys:
        return drawn(_journey(content.journeys[name], language), name, language)
    lessons = content.lessons[language]
    if name in lessons:
        return drawn(tuple(_lesson(lessons[name])), lessons[name].title, language)
    near = difflib.get_close_matches(name, (*content.journeys, *lessons), n=3, cutoff=0.4)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise NothingToDraw(f'There is no journey and no lesson "{name}".{hint}')


# ---------- a journey ----------


def _journey(told: Journey, language: str) -> tuple[Node, ...]:
    first, words = told.turns[told.start], told.words[language]
    others = (turn for turn in told.turns.values() if turn is not first)
    return tuple(_node(turn, words[turn.id]) for turn in (first, *others))


def _node(turn: Turn, words: TurnWords) -> Node:
    ways = tuple(Way(words.labels[option], turn.go[option]) for option in turn.options)
    if turn.next:
        ways = (Way("→", turn.next),)
    if turn.elsewhere:
        ways = (*ways, Way("(Viber)", turn.elsewhere))
    return Node(turn.id, tuple(_says(words)), ways)


def _says(words: TurnWords) -> Iterator[str]:
    """The bubbles that all are told; where ages differ, the first bubble for each."""
    for audience, says in words.say.items():
        if audience == "all":
            yield from says
        else:
            yield f"{audience}: {says[0]}{' …' if len(says) > 1 else ''}"


# ---------- a lesson ----------


def _lesson(taught: Lesson) -> Iterator[Node]:
    tries = [f"try{number + 1}" for number in range(len(taught.tries))]
    yield _ask("before", taught.before, "hook")
    yield _ask("hook", taught.hook, "idea")
    yield Node("idea", taught.ideas, (Way("→", tries[0] if tries else "quiz"),))
    for name, asked, following in zip(tries, taught.tries, (*tries[1:], "quiz"), strict=True):
        yield _ask(name, asked, following)
    yield from _quiz("quiz", taught.quiz, "do")
    yield Node("do", (taught.action,), (Way("→", "end"),))
    yield Node("end", (taught.closing,), (Way("→", "@menu"), Way("→", HELP)))
    for number, again in enumerate(taught.reviews, start=1):
        yield from _quiz(f"review{number}", again, "@done")


def _ask(name: str, asked: Ask, following: str) -> Node:
    ways = (Way(each.label, following, each.reply, each.right) for each in asked.options)
    return Node(name, (asked.say,), tuple(ways))


def _quiz(name: str, asked: Quiz, following: str) -> Iterator[Node]:
    """The question, and the two feedbacks: another answer leads to one that helps."""
    right, other = f"{name}.right", f"{name}.other"
    ways = (
        Way(each.label, right if each.right else other, right=each.right) for each in asked.options
    )
    yield Node(name, (asked.say,), tuple(ways))
    yield Node(right, (asked.right,), (Way("→", following),))
    back = (Way("↩", name),) if name == "quiz" else ()
    yield Node(other, (asked.other,), (*back, Way("→", following)))
