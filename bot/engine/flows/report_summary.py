"""What leaves with a report, in plain words, and which answer is to be changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.engine.effects import Say
from bot.engine.flows import pages
from bot.engine.reports import GATE, Question, QuestionWords, defanged
from bot.engine.state import State
from bot.engine.voice import Moment, Step, audience_of, bubble, language_of, phrase

KEY = "report.summary"
CHANGE = "report_change"
TURNS = (pages.MORE, pages.MENU)  # options of the list that are no question
MOST = 900  # characters of a bubble: every channel shows as many whole


def words_of(state: State, moment: Moment, question: Question) -> QuestionWords:
    """The words of a question in the language that is spoken."""
    return moment.content.report.words[language_of(state)][question.id]


def bubbles(state: State, moment: Moment) -> tuple[Say, ...]:
    """All that leaves, as many bubbles as it takes; nothing in it can be tapped."""
    texts = [phrase(state, moment, KEY)]
    for line in _lines(state, moment):
        if len(texts[-1]) + len(line) >= MOST:
            texts.append(line)
        else:
            texts[-1] = f"{texts[-1]}\n{line}"
    return tuple(bubble(state, KEY, text) for text in texts)


def _lines(state: State, moment: Moment) -> Iterator[str]:
    for question in _asked(state, moment):
        name = words_of(state, moment, question).name
        for value in _values(state, moment, question):
            yield from _cut(f"{name}: {value}")


def _asked(state: State, moment: Moment, *, rest: bool = False) -> tuple[Question, ...]:
    assert state.draft is not None
    asked = moment.content.report.asked(state.draft, state.role, state.band, rest=rest)
    return tuple(question for question in asked if question.id != GATE)


def _values(state: State, moment: Moment, question: Question) -> tuple[str, ...]:
    """The answers to one question as they are shown; none where it was left out."""
    draft = state.draft
    answer = getattr(draft, question.id)
    if question.id == "where" and draft is not None:
        return tuple(map(defanged, filter(None, (*draft.addresses, draft.where))))
    chosen = answer if isinstance(answer, tuple) else (answer,)
    words, audience = words_of(state, moment, question), audience_of(state)
    return tuple(
        words.label(each, audience) if each in question.options else defanged(each)
        for each in chosen
        if each
    )


def _cut(text: str) -> Iterator[str]:
    while text:
        yield text[: MOST - 100]
        text = text[MOST - 100 :]


# ---------- which answer to change ----------


def _titles(state: State, moment: Moment) -> dict[str, str]:
    asked = _asked(state, moment, rest=True)
    return {question.id: words_of(state, moment, question).name for question in asked}


def change(state: State, moment: Moment, page: str = "") -> Step:
    """The answers by name, in pages; also those of questions that were not asked."""
    titles = _titles(state, moment)
    return pages.asked(state, moment, "report.change", CHANGE, titles, page)


def change_options(state: State, moment: Moment) -> tuple[str, ...]:
    """The ids of that list, on whatever page; none without a report."""
    return pages.options_of(_titles(state, moment)) if state.draft is not None else ()


def turned(state: State, moment: Moment, option: str) -> Step | None:
    """The next page of the list; None where the list is left."""
    if option != pages.MORE:
        return None
    shown = pages.following(tuple(_titles(state, moment)), state.options)
    return change(replace(state, asked=""), moment, shown)
