"""A person asked for out of the guidance, and answers that are typed as numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import authoring, triage
from bot.engine.effects import OpenContact, Say
from bot.engine.state import State
from bot.script import BEGINS_AT, Talk, event_of

CONTENT = authoring.load(Path(__file__).resolve().parents[3] / "content")
FATHER = State(
    language="sq",
    role="parent",
    child_band="11-13",
    country="al",
    onboarded=True,
    limits_version=CONTENT.limits_version,
    limits_at=BEGINS_AT,
)


def asked(state: State, press: str) -> OpenContact:
    """
    The contact that a press out of the guidance opens.
    """
    going = Talk(CONTENT, triage.read, "sq", state)
    effects = going.happens(event_of({"tap": press}, going))
    return next(effect for effect in effects if isinstance(effect, OpenContact))


@pytest.mark.parametrize(
    ("role", "place", "severity", "category"),
    [
        ("parent", "parents:threat_numbers", "disclosure", "sextortion"),
        ("parent", "parents:told_near", "disclosure", "other_distress"),
        ("parent", "parents:home", "disclosure", "violence"),
        ("teacher", "teachers:urgent", "disclosure", "other_distress"),
        ("teacher", "teachers:moves", "none", "none"),
    ],
)
def test_the_helpline_sees_where_the_wish_arose(
    role: str, place: str, severity: str, category: str
) -> None:
    """
    C7: who asks for a person out of “somebody threatens my child” is no empty contact: the
    place goes along as a note, and where it tells of harm it weighs as the words would.
    """
    state = replace(FATHER, role=role, asked=f"j:{place}")

    order = asked(state, f"j:{place}.person")

    assert [word.text for word in order.words] == [f"guidance={place}"]
    assert (order.severity, order.category) == (severity, category)


@pytest.mark.parametrize("typed", ["2", "2.", " 2) "])
def test_a_number_is_the_answer_at_that_place(typed: str) -> None:
    """
    Children number what they see: “2” takes the second answer of a lesson's question.
    """
    child = replace(FATHER, role="child", band="8-10", child_band="")
    lesson = CONTENT.lessons["sq"]["t14-help-8-10"]
    state = replace(child, asked=f"{lesson.id}/hook", lesson=lesson.id)
    going = Talk(CONTENT, triage.read, "sq", state)

    effects = going.happens(event_of({"child": typed}, going))

    said = [effect.text for effect in effects if isinstance(effect, Say)]
    assert said[0] == lesson.hook.options[1].reply
