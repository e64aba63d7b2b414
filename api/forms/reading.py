"""From what a browser sends to answers: only what the form knows, kept as it was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.datastructures import FormData

from api.forms.definition import FORM, Answers, Field
from api.forms.refusals import AnswerTooLong, InvalidAnswer

LONGEST = 10_000
MINE = "mine."  # before a field's name: what this page had, when another had saved meanwhile
TAKE = "mine.take"  # the fields in which that shall stand
ACCEPT = "accept"  # the fields in which what is suggested shall stand
ALL = "all"
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d–([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as a page sends it, and on which version that page was made."""

    answers: Answers
    version: int
    tab: str
    turn: int
    accepted: tuple[str, ...]


def sent(form: FormData) -> Sent:
    """Read a form; raises ``InvalidAnswer``, ``AnswerTooLong``."""
    answers = {field.id: _answer(field, form) for field in FORM.fields}
    for field in map(field_of, _texts(form, TAKE)):
        answers[field.id] = _answer(field, form, MINE)
    return Sent(
        answers={name: chosen for name, chosen in answers.items() if chosen},
        version=_number(form, "version"),
        tab=_first(form, "tab")[:32],
        turn=_number(form, "turn"),
        accepted=tuple(_texts(form, ACCEPT)),
    )


def checked(given: Mapping[str, Sequence[str]]) -> Answers:
    """Answers that came by another way than a page; raises as ``sent``."""
    answers = {name: _checked(field_of(name), tuple(texts)) for name, texts in given.items()}
    return {name: chosen for name, chosen in answers.items() if chosen}


def field_of(name: str) -> Field:
    """The field of this name; raises ``InvalidAnswer``."""
    found = next((field for field in FORM.fields if field.id == name), None)
    if found is None:
        raise InvalidAnswer()
    return found


def _answer(field: Field, form: FormData, before: str = "") -> tuple[str, ...]:
    name = before + field.id
    given = _hours(form, name) if field.kind == "hours" else tuple(_texts(form, name))
    return _checked(field, given)


def _checked(field: Field, given: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(text for text in given if text.strip()))
    if len(found) > 1 and field.kind != "several":
        raise InvalidAnswer()
    return _CHECKS[field.kind](field, found)


def _chosen(field: Field, given: tuple[str, ...]) -> tuple[str, ...]:
    if not set(given) <= set(field.options):
        raise InvalidAnswer()
    return given


def _text(field: Field, given: tuple[str, ...]) -> tuple[str, ...]:
    texts = tuple(text.replace("\r\n", "\n") for text in given)  # forms send both signs
    if any(len(text) > LONGEST for text in texts):
        raise AnswerTooLong()
    return texts


def _day(field: Field, given: tuple[str, ...]) -> tuple[str, ...]:
    for text in given:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise InvalidAnswer() from None
    return given


def _span(field: Field, given: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_HOURS.fullmatch(text) for text in given):
        raise InvalidAnswer()
    return given


def _hours(form: FormData, name: str) -> tuple[str, ...]:
    """Two times as one answer; one alone is kept nowhere, since it says nothing."""
    begin, end = (_first(form, f"{name}.{part}") for part in ("from", "to"))
    return (f"{begin}–{end}",) if begin and end else ()


_CHECKS = {
    "one": _chosen,
    "several": _chosen,
    "text": _text,
    "date": _day,
    "hours": _span,
}


def _texts(form: FormData, name: str) -> list[str]:
    return [text for text in form.getlist(name) if isinstance(text, str)]


def _first(form: FormData, name: str) -> str:
    return next(iter(_texts(form, name)), "")


def _number(form: FormData, name: str) -> int:
    text = _first(form, name) or "0"
    if not re.fullmatch(r"\d{1,9}", text):
        raise InvalidAnswer()
    return int(text)


def together(answers: Answers, suggested: Answers, accepted: tuple[str, ...]) -> Answers:
    """The answers, and what was suggested and accepted where nothing stands yet."""
    wanted = suggested if ALL in accepted else {n: suggested[n] for n in accepted if n in suggested}
    return {**wanted, **answers}


def as_json(answers: Answers) -> Mapping[str, list[str]]:
    """The answers as they are stored, in the order of the form."""
    return {field.id: list(answers[field.id]) for field in FORM.fields if field.id in answers}
