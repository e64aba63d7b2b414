"""Several people on one phone: an animal and a colour each, never a name.

Whoever takes the phone says who they are; what the others learned waits for them. A press
proves nothing, so whatever was told on this phone closes as in doubt when somebody else
takes it (see ``cover``), and only the own word or a person opens it again.
"""

from __future__ import annotations

from dataclasses import replace

from bot.engine import journey
from bot.engine.content import ADULT
from bot.engine.flows import cover, hide
from bot.engine.flows import help as doors
from bot.engine.state import Profile, State
from bot.engine.voice import Moment, Step, ask, label, offered, spoken

ANIMALS = ("fox", "wolf", "turtle", "bear", "hedgehog", "dolphin")
COLOURS = ("blue", "green", "red", "purple")
NAMES = tuple(f"{animal}_{colour}" for animal in ANIMALS for colour in COLOURS)
GROWN = ADULT
MOST = 6  # people on one phone
PREFIX = "animal:"  # the question for the colour of one


def options_of(question: str) -> tuple[str, ...]:
    """The ids that may be pressed at a question of this flow; none when it is not one."""
    if question == "who":
        return (*NAMES, GROWN, "child", "hide", "back")
    if question == "reader":
        return (*NAMES, GROWN, "back")
    if question == "animal":
        return (*ANIMALS, "back")
    animal = question.removeprefix(PREFIX)
    return tuple(f"{animal}_{colour}" for colour in COLOURS) if animal in ANIMALS else ()


def start(state: State, moment: Moment) -> Step:
    """Who is at the phone? Those who share it, somebody new, or a grown-up."""
    if not (state.onboarded or state.profiles):
        return journey.onboard(state, moment)
    others = tuple(each.name for each in state.profiles)
    new = ("child",) if _room(state) else ()
    grown = (GROWN,) if not state.adult and _free(state, GROWN) else ()
    return ask(state.put_away(), moment, ["who.ask"], "who", *others, *new, *grown, "hide", "back")


def ask_reader(state: State, moment: Moment) -> Step:
    """A question waits for one of those who share the phone: for whom is decided here."""
    names = (state.profile, *(each.name for each in state.profiles), "back")
    labels = {name: called(state, moment, name) for name in names}
    asking, shown = offered(state, spoken(state, moment, ["who.ask"]), "reader", labels)
    return Step(asking, shown)


def taken(state: State, name: str) -> State:
    """The phone in the hands of whoever was chosen; unknown names change nothing."""
    chosen = next((each for each in state.profiles if each.name == name), None)
    return _handed(state, chosen) if chosen else state


def ask_at(state: State, moment: Moment, question: str) -> Step:
    """Ask a question of this flow again."""
    if question == "reader":
        return ask_reader(state, moment)
    if question == "animal":
        return _animal(state, moment)
    animal = question.removeprefix(PREFIX)
    return _colour(state, moment, animal) if animal in ANIMALS else start(state, moment)


def answer(state: State, moment: Moment, option: str) -> Step:
    """Somebody who was here before, somebody new, or a grown-up who is."""
    if option == "hide":  # what stands in the chat is not for who comes next
        return hide.ask_first(state, moment)
    if option == "child" and _room(state):
        return _animal(state, moment)
    known = next((each for each in state.profiles if each.name == option), None)
    if known is not None:
        return _welcome(_handed(state, known), moment, option)
    if option == GROWN and _free(state, GROWN):
        return _new(state, moment, GROWN)
    return start(state, moment)


def _animal(state: State, moment: Moment) -> Step:
    free = (animal for animal in ANIMALS if any(_free(state, f"{animal}_{c}") for c in COLOURS))
    return ask(state, moment, ["who.animal"], "animal", *free, "back")


def animal_answer(state: State, moment: Moment, option: str) -> Step:
    """An animal has been chosen; which colour?"""
    return start(state, moment) if option == "back" else _colour(state, moment, option)


def _colour(state: State, moment: Moment, animal: str) -> Step:
    question = f"{PREFIX}{animal}"
    free = (name for name in options_of(question) if _free(state, name))
    return ask(state, moment, ["who.colour"], question, *free)


def colour_answer(state: State, moment: Moment, option: str) -> Step:
    """The name is whole; one that was taken meanwhile is asked for again."""
    if not _room(state):
        return start(state, moment)
    return _new(state, moment, option) if _free(state, option) else _animal(state, moment)


def _room(state: State) -> bool:
    return len(state.profiles) + 1 < MOST


def _free(state: State, name: str) -> bool:
    return name not in (state.profile, *(each.name for each in state.profiles))


def _new(state: State, moment: Moment, name: str) -> Step:
    """Somebody new: told what is passed on and what is not, as everybody at first (C1)."""
    here = _handed(state, Profile(name=name))
    before = Step(here)
    if not state.profile:
        first = called(here, moment, here.profiles[-1].name)
        before = Step(here, spoken(here, moment, ["who.first"], name=first))
    return before.then(journey.onboard(here, moment))


def _welcome(state: State, moment: Moment, name: str) -> Step:
    """Back where nothing shows what the others did."""
    if not state.onboarded:
        return journey.onboard(state, moment)
    said = Step(state, spoken(state, moment, ["who.back"], name=called(state, moment, name)))
    return said.then(doors.menu(state, moment))


def _handed(state: State, to: Profile) -> State:
    """The phone in somebody else's hands: what was told closes, what was learned waits."""
    others = tuple(each for each in state.profiles if each.name != to.name)
    return replace(
        state.seen_by(to),
        profiles=(*others, _of(state, to.name)),
        doubt=state.doubt or cover.guarded(state),
        asked="",
        paused="",
        answered="",
        signs=(),
        rated=0,
    )


def _of(state: State, other: str) -> Profile:
    """Whoever was at the phone until now; the first of all gets a name here, not the other's."""
    name = state.profile or (GROWN if state.adult else _first_free(state, other))
    return state.set_aside(name)


def _first_free(state: State, other: str) -> str:
    return next(name for name in NAMES if name != other and _free(state, name))


def called(state: State, moment: Moment, name: str) -> str:
    """What somebody who shares the phone is called, in the language spoken now."""
    return label(state, moment, "who", name)
