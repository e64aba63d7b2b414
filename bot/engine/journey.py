"""Runs the journeys that authors own: say, ask, branch, go.

A question of a journey is named ``j:<journey>:<node>``. Nodes without options say
their words and go on; targets that begin with ``@`` leave the journey.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.content import ADULT, BANDS, Journey, Turn, TurnWords
from bot.engine.effects import Effect, Say, Word
from bot.engine.flows import apps, disclosure, guide, handover, hide, report
from bot.engine.flows import help as doors
from bot.engine.flows import lesson as lessons
from bot.engine.state import State
from bot.engine.voice import Moment, Step, audience_of, language_of, line, offered

PREFIX = "j:"
ONBOARDING = "onboarding"
GROWN_UP = "18"  # the option of onboarding that leads on to parent, teacher or other
NUMBERS = "@numbers"  # in a journey's words: the bubble with the numbers of the country


def onboard(state: State, moment: Moment) -> Step:
    """Begin where a conversation begins, or go on where something is still unknown."""
    journey = moment.content.journeys[ONBOARDING]
    return _enter(state, moment, journey, _first_unknown(state, journey), ())


def _first_unknown(state: State, journey: Journey) -> str:
    known = {
        "language": state.language,
        "limits": state.limits_version,
        "country": state.country,
        "band": state.role,
    }
    node = journey.start
    while fields := {name for values in journey.turns[node].set.values() for name in values}:
        if not all(known.get(name) for name in fields):
            break
        turn = journey.turns[node]
        node = turn.go[known["language"] if "language" in fields else turn.options[0]]
    return node


def first_question(moment: Moment) -> str:
    """The question with which a conversation begins: the language."""
    return f"{PREFIX}{ONBOARDING}:{moment.content.journeys[ONBOARDING].start}"


def start(state: State, moment: Moment, name: str) -> Step:
    """Begin a journey at its first node."""
    journey = moment.content.journeys[name]
    return _enter(state, moment, journey, journey.start, ())


def ask_at(state: State, moment: Moment, question: str) -> Step:
    """Ask a question of a journey again; one that is no more begins the journey."""
    _, name, node = question.split(":", 2)
    journey = moment.content.journeys.get(name)
    if journey is None:
        return doors.menu(state, moment)
    return _enter(state, moment, journey, node if node in journey.turns else journey.start, ())


def options_of(moment: Moment, question: str) -> tuple[str, ...]:
    """The ids that may be pressed; none for a question that there is not."""
    parts = question.split(":", 2)
    journey = moment.content.journeys.get(parts[1]) if len(parts) == 3 else None
    turn = journey.turns.get(parts[2]) if journey else None
    return turn.options if turn else ()


def answer(state: State, moment: Moment, question: str, option: str) -> Step:
    """Take a choice: set what it sets, go where it goes."""
    _, name, node = question.split(":", 2)
    journey = moment.content.journeys[name]
    turn = journey.turns[node]
    changed = _changed(state, moment, turn.set.get(option, {}))
    return _go(changed, moment, journey, turn.go[option], ())


def _changed(state: State, moment: Moment, values: Mapping[str, str]) -> State:
    for name, value in values.items():
        if name == "limits":
            state = handover.limits_told(state, moment)
        elif name == "onboarded":
            state = replace(state, onboarded=True)
        elif name == "language":
            state = replace(state, language=value)
        elif name == "country":
            state = replace(state, country=value)
        elif name == "band":
            state = replace(state, band=value, role="child")
        elif name == "role":
            state = replace(state, role=value, band="")
        elif name == "child_band":
            state = replace(state, child_band=value)
    return state


def _enter(
    state: State, moment: Moment, journey: Journey, node: str, before: tuple[Effect, ...]
) -> Step:
    turn = journey.turns[node]
    if turn.fleeting and not moment.takes_back:
        return _enter(state, moment, journey, turn.elsewhere, before)
    if known := _known_already(state, journey, turn):
        return _go(state, moment, journey, turn.go[known], before)
    state = _changed(state, moment, turn.set.get("*", {}))
    words = journey.words[language_of(state)][node]
    effects = (*before, *_says(state, moment, journey, node, words))
    if not turn.options:
        return _go(state, moment, journey, turn.next, effects)
    labels = {option: words.labels[option] for option in turn.options}
    spoken = tuple(effect for effect in effects if isinstance(effect, Say))
    if journey.id == ONBOARDING and node == journey.start:
        spoken = (replace(spoken[0], mood="calm"), *spoken[1:])
    asking, shown = offered(state, spoken, f"{PREFIX}{journey.id}:{node}", labels)
    return Step(asking, shown)


def _known_already(state: State, journey: Journey, turn: Turn) -> str:
    """What is known of whoever comes to a phone later: its country, and that they are grown up."""
    if journey.id != ONBOARDING or not state.profile:
        return ""
    if state.profile == ADULT and GROWN_UP in turn.options:
        return GROWN_UP
    return next((o for o in turn.options if turn.set.get(o) == {"country": state.country}), "")


def _says(
    state: State, moment: Moment, journey: Journey, node: str, words: TurnWords
) -> tuple[Effect, ...]:
    says: list[Effect] = []
    for text in words.say.get(_audience(state)) or words.say["all"]:
        if text == NUMBERS:
            says.extend(handover.outside_numbers(state, moment))
        else:
            said = line(state, moment, _key(journey, node), text)
            says.append(replace(said, fleeting=journey.turns[node].fleeting))
    return _instead(tuple(says), journey, node)


def _key(journey: Journey, node: str) -> str:
    return f"{journey.id}.{node}"


def _instead(says: tuple[Effect, ...], journey: Journey, node: str) -> tuple[Effect, ...]:
    """The first bubble in the place of the fleeting one that it follows."""
    before, (first, *others) = journey.turns[node].instead, says
    if not before or not isinstance(first, Say):
        return says
    return (replace(first, instead=_key(journey, before)), *others)


def gone_with(moment: Moment, question: str) -> str:
    """The key of the bubble that must not stay once this question is left; empty: none."""
    parts = question.split(":", 2)
    journey = moment.content.journeys.get(parts[1]) if len(parts) == 3 else None
    turn = journey.turns.get(parts[2]) if journey else None
    return f"{parts[1]}.{parts[2]}" if turn and turn.fleeting else ""


def _audience(state: State) -> str:
    """For an adult the text is chosen by the age of the child they ask about."""
    if state.adult and state.child_band in BANDS:
        return state.child_band
    return audience_of(state)


def _go(
    state: State, moment: Moment, journey: Journey, target: str, before: tuple[Effect, ...]
) -> Step:
    if not target.startswith("@"):
        return _enter(state, moment, journey, target, before)
    left = replace(state, asked="")
    return Step(left, before).then(leave(left, moment, target))


def leave(state: State, moment: Moment, target: str) -> Step:
    """Where a journey can end; the loader knows the same names."""
    name, _, detail = target.removeprefix("@").partition(":")
    if name == "lesson":
        return lessons.start(state, moment, detail)
    if name == "disclosure":
        return disclosure.begin(state, moment, doors.press_reading(detail))
    if name == "person":
        return _to_person(state, moment, detail)
    if name == "guidance":
        return guidance(state, moment)
    if name == "numbers":
        return doors.numbers(state, moment)
    if name == "activities":
        return guide.classes(state, moment, detail)
    if name in _SHELVES:
        return _SHELVES[name](state, moment)
    return {"help": doors.doors, "lessons": doors.lessons}.get(name, doors.menu)(state, moment)


def _to_person(state: State, moment: Moment, category: str) -> Step:
    """A person, who sees where in the guidance the wish arose.

    With a category the place itself tells of harm: a press is an act.
    """
    if state.contact is not None or not state.limits_version:
        return handover.ask_for_person(state, moment)
    place = state.answered.removeprefix(PREFIX).rpartition(".")[0]
    here = state.kept(Word(at=moment.at, kind="note", text=f"guidance={place}"))
    if category:
        told = handover.told_of(doors.press_reading(category), here.told)
        here = replace(here, told=told)
    return handover.ask_for_person(here, moment)


_SHELVES = {
    "report": report.start,
    "hide": hide.ask_first,
    "guides": guide.guides,
    "apps": apps.apps,
}


def guidance(state: State, moment: Moment) -> Step:
    """The guidance for this adult: parents and carers, or teachers."""
    return start(state, moment, "teachers" if state.role == "teacher" else "parents")
