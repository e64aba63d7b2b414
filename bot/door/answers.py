"""From the fields of a posted step to one event: what was answered, and what was dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData

from bot.channels.web.door import Refused
from bot.channels.web.typed import Typed, read_typed
from bot.engine.events import ReportFilled
from bot.engine.reports import ADDRESS_KEPT, KEEPS, TYPED, Question, ReportForm

PRESSES = ("next", "back", "check", "stay", "send", "drop", "written", "look")
WHO = {
    "8": ("child", "8-10"),
    "11": ("child", "11-13"),
    "14": ("child", "14-17"),
    "parent": ("parent", ""),
    "teacher": ("teacher", ""),
    "other": ("other", ""),
}
_EVENT = re.compile(r"[0-9a-f]{32}")
_KEPT_PRESSES = ("send", "drop", "written")


@dataclass(frozen=True, slots=True)
class Posted:
    """One step as it was posted, from which page, and where a press asked to go.

    ``picture``: one was pasted and dropped; ``cut``: only the beginning of what was typed is
    kept.
    """

    id: str
    press: str
    page: str
    step: str
    to: str
    filled: ReportFilled
    picture: bool = False
    cut: bool = False


def posted(form: FormData, questions: ReportForm, *, at: datetime) -> Posted:
    """Read a posted step; raises ``Refused`` for what no page of ours sends."""
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    press, once = fields.get("press", "stay"), fields.get("event", "")
    if press not in PRESSES or not _EVENT.fullmatch(once):
        raise Refused(400, "stop_unclear")
    shown = fields.get("asked", "").split()
    asked = [each for each in questions.questions if each.id in shown]
    typed = {each.id: read_typed(fields.get(f"w.{each.id}", "")) for each in asked if each.typed}
    role, band = WHO.get(fields.get("who", ""), (None, None))
    filled = ReportFilled(
        at=at,
        press=press if press in _KEPT_PRESSES else "keep",
        language="en" if fields.get("speak", fields.get("lang")) == "en" else "sq",
        role=role,
        band=band,
        answers=tuple(_answers(form, asked, typed)),
        text="\n".join(each.text for each in typed.values() if each.text),
        turn=_number(fields.get("turn", "")),
    )
    picture = any(each.picture for each in typed.values())
    cut = any(_is_cut(name, each.text) for name, each in typed.items())
    page, step, to = (fields.get(name, "") for name in ("page", "step", "to"))
    return Posted(once, press, page, step, to, filled, picture, cut)


def _answers(
    form: FormData, asked: list[Question], typed: dict[str, Typed]
) -> Iterator[tuple[str, str]]:
    """Every question that was on the page: its words, else what was chosen, else nothing."""
    for question in asked:
        words = typed[question.id].text if question.id in typed else ""
        chosen = [each for each in form.getlist(f"q.{question.id}") if each in question.options]
        given = [words] if words else [str(each) for each in chosen]
        yield from ((question.id, each) for each in given or [""])


def _is_cut(name: str, text: str) -> bool:
    if name == "where":
        return len(text) > TYPED or any(len(each) > ADDRESS_KEPT for each in text.split())
    return len(text) > KEEPS.get(name, TYPED)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else -1
