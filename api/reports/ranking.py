"""How urgent a report is, from what was answered alone; staff may say otherwise."""

from __future__ import annotations

from api.intake import schemas

NOW, GRAVE, COMMON, LIGHT = 4, 3, 2, 1

_OFTEN_ELSEWHERE = ("violence_or_hate", "other")
_NO_DEADLINE = ("", "none")
_OF_SEVERITY = {"emergency": NOW, "disclosure": GRAVE}


def rank_of(wanted: schemas.Report) -> int:
    """4 abuse now, a child not safe or words of an emergency; 3 a child in it, an extortion
    with a deadline, a live stream; 1 what probably belongs elsewhere; 2 all others."""
    if wanted.now == "yes" or wanted.safe == "no":
        return NOW
    told = _OF_SEVERITY.get(wanted.severity, LIGHT)
    return max(told, GRAVE if _is_grave(wanted) else _of_kind(wanted))


def rank_of_addition(wanted: schemas.Addition, before: int) -> int:
    """What is added may raise the rank and never lowers it."""
    return max(before, _OF_SEVERITY.get(wanted.severity, LIGHT))


def _is_grave(wanted: schemas.Report) -> bool:
    in_it = wanted.reporter == "child_in_picture" or wanted.in_picture == "yes"
    pressed = wanted.kind == "sexual_extortion" and wanted.deadline not in _NO_DEADLINE
    return in_it or pressed or wanted.kind == "live_streamed_abuse"


def _of_kind(wanted: schemas.Report) -> int:
    return LIGHT if wanted.kind in _OFTEN_ELSEWHERE and wanted.severity == "none" else COMMON
