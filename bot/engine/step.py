"""The one door: an event goes in, the next state and what should happen come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from bot.engine import covered, fragments, hearing, journey
from bot.engine.answers import press, standing, typed
from bot.engine.content import Content
from bot.engine.effects import Button, CountCampaign, Effect, Say, TakeBack
from bot.engine.events import (
    AdditionDelayed,
    AdditionStored,
    AnyEvent,
    ButtonTapped,
    ChatHidden,
    ChatLost,
    ContactArrived,
    ContactClimbed,
    ContactDelayed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    ExitPressed,
    HelplineEvent,
    LanguageChosen,
    MediaOffered,
    MessageReceived,
    Outcome,
    PollAnswered,
    ReportAdded,
    ReportDelayed,
    ReportFilled,
    ReportMoved,
    ReportNews,
    ReportStored,
    Started,
    TimerFired,
)
from bot.engine.flows import (
    cover,
    disclosure,
    filled,
    found,
    handover,
    hide,
    hours,
    memory,
    moved,
    own_word,
    picture,
    receipt,
    report,
    schedule,
    silence,
    talk,
)
from bot.engine.flows import help as doors
from bot.engine.flows.again import ask_again, speak, unless_grave
from bot.engine.guards import guards_for
from bot.engine.state import State
from bot.engine.voice import Moment, Step, label, leads_to_help, spoken

BY_CHILD = (
    Started,
    MessageReceived,
    ButtonTapped,
    MediaOffered,
    PollAnswered,
    LanguageChosen,
    ExitPressed,
)


def step(state: State, event: AnyEvent, *, content: Content) -> Step:
    """Answer one event: the next state, and what the world should do.

    Time comes in as ``event.at``. No child's words can make this raise: what no flow
    understands is met with a way to help.
    """
    if isinstance(event, ReportFilled | ReportAdded) or state.form is not None:
        return filled.answered(state, Moment(content, event))
    read, event = event, hearing.weighed(state, event, content)
    moment = Moment(content, event)
    if not isinstance(event, BY_CHILD):
        answer = covered.unasked(state, moment, _answered)
        return _planned(state, answer, moment)
    here = cover.unanswered(_awake(schedule.back_again(state, moment), event), event.at)
    if cover.closed(here, event.at):
        here = own_word.tried(here, moment, event)
    answer = covered.handed_over(here, _to_child(here, moment), moment)
    answer = memory.helped(here, answer, moment)
    answer = Step(hearing.felt(state, answer.state, event), answer.effects)
    answer = fragments.remembered(state, answer, moment, read)
    heard_at = max(moment.said_at, state.heard_at or moment.said_at)  # words may come hours late
    heard = Step(replace(answer.state, heard_at=heard_at), answer.effects)
    return _planned(state, heard, moment)


def _planned(before: State, answer: Step, moment: Moment) -> Step:
    """The answer with the timers that always stand at their next moment."""
    return schedule.planned(before, silence.planned(before, answer, moment), moment)


def _to_child(state: State, moment: Moment) -> Step:
    first = covered.first(state, moment, moment.event)
    if first is not None:
        return _settled(state, first, moment)
    if covered.covers(state, moment):
        return covered.under(state, moment, _answered)
    if cover.shut(state):
        return covered.beside(state, moment, _answered)
    return _answered(state, moment)


def _answered(state: State, moment: Moment) -> Step:
    event = moment.event
    heard = (talk.captioned(event) if isinstance(event, MediaOffered) else None) or event
    for guard in guards_for(heard):  # the order is a promise to the child: see bot/README.md
        answer = guard(state, moment, heard)
        if answer is not None:
            return _settled(state, answer, moment)
    return _settled(state, _floor(state, moment, event), moment)


def _awake(state: State, event: AnyEvent) -> State:
    """Somebody who left with nothing grave open simply goes on where they were."""
    by_child = isinstance(event, MessageReceived | ButtonTapped | MediaOffered | Started)
    if not (state.quiet and by_child) or state.contact is not None or state.held:
        return state
    if state.told_of_harm or state.left or state.receipt_waits or state.news:
        return state
    if state.own_word and state.draft is not None:  # shut until the own word comes
        return state
    return replace(state, quiet=False, asked=state.asked or state.paused, paused="")


def _floor(state: State, moment: Moment, event: AnyEvent) -> Step:
    match event:
        case Started():
            return _started(state, moment)
        case MessageReceived():
            return typed(state, moment, event)
        case ButtonTapped():
            return press(state, moment, event)
        case MediaOffered():
            return talk.media(state, moment, event)
        case LanguageChosen():
            return _language(state, moment, event.language)
        case TimerFired():
            return _timer(state, moment, event.name)
        case ExitPressed() | ChatLost() | ReportFilled() | ReportAdded():
            return Step(state)  # answered before: by the first guard, by the form
        case PollAnswered():
            return Step(state)  # the runner knows which press it stands for
        case (
            ChatHidden()
            | ReportStored()
            | ReportDelayed()
            | ReportNews()
            | AdditionStored()
            | AdditionDelayed()
        ):
            return _outcome(state, moment, event)
        case _:
            return _from_helpline(state, moment, event)


def _outcome(state: State, moment: Moment, event: Outcome) -> Step:
    match event:
        case ChatHidden():
            return hide.left_over(state, moment, event)
        case ReportStored():
            return receipt.stored(state, moment, event)
        case ReportDelayed():
            return receipt.delayed(state, moment, event)
        case ReportNews():
            return receipt.news(state, moment, event)
        case AdditionStored():
            return receipt.added(state, moment, event)
        case AdditionDelayed():
            return receipt.add_delayed(state, moment, event)
        case _:
            assert_never(event)


def _from_helpline(state: State, moment: Moment, event: HelplineEvent) -> Step:
    match event:
        case ContactArrived():
            return handover.arrived(state, moment, event)
        case ContactDelayed():
            return handover.delayed(state, moment, event)
        case ContactClimbed():
            return handover.climbed(state, moment, event)
        case CounsellorJoined():
            return handover.joined(state, moment, event)
        case CounsellorWrote():
            return handover.wrote(state, moment, event)
        case CounsellorLeft():
            return handover.left(state, moment, event)
        case ReportMoved():
            return moved.moved(state, moment, event)
        case _:
            assert_never(event)


def _started(state: State, moment: Moment) -> Step:
    """The first opening asks the language; a later one takes up what was open."""
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    if not state.onboarded:
        return _counted(state, moment).then(unless_grave(state, moment, _from_the_start))
    if state.receipt_waits:
        return unless_grave(state, moment, handover.welcome_back)
    if state.news:
        return unless_grave(state, moment, moved.offer)
    if memory.offers(state, moment):
        return memory.offer(state, moment)
    if state.asked or state.paused:
        return ask_again(state, moment)
    return doors.menu(state, moment)


def _counted(state: State, moment: Moment) -> Step:
    """Count the campaign by whose link a new conversation began; nothing else of it is kept.

    Only names of the content count: a link that was made up for one child tells nothing.
    """
    event = moment.event
    new = not (state.asked or state.paused or state.language)
    if not new or not isinstance(event, Started) or event.payload not in moment.content.campaigns:
        return Step(state)
    return Step(state, (CountCampaign(name=event.payload),))


def _from_the_start(state: State, moment: Moment) -> Step:
    return journey.onboard(replace(state, asked="", paused=""), moment)


def _language(state: State, moment: Moment, language: str) -> Step:
    if language not in moment.content.phrases:
        return Step(state)
    if not state.asked and not state.onboarded and state.contact is None:
        state = replace(state, asked=journey.first_question(moment))
    return speak(state, moment, language)


_FORGETS: dict[str, Callable[[State], Step]] = {
    "forget": disclosure.forget,
    receipt.FORGET: receipt.forget,
    found.FORGET: found.forget,
    fragments.TIMER: fragments.forget,
}
"""What is dropped when its time is over, without a word."""


def _timer(state: State, moment: Moment, name: str) -> Step:
    if name in _FORGETS:
        return _FORGETS[name](state)
    if name == report.FORGET:
        return report.forget(state, moment)
    if name == moved.TIMER:
        return moved.due(state, moment)
    if name in ("arrival", "arrival_last"):
        return disclosure.remind_arrival(state, moment, last=name == "arrival_last")
    if name == silence.TIMER:
        return silence.passed(state, moment)
    if name == schedule.TIMER:
        return memory.knock(state, moment)
    if name.startswith(hours.KNOCK):
        return hours.knock(state, moment, name)
    return Step(state)


def _settled(before: State, answer: Step, moment: Moment) -> Step:
    """The answer as it leaves: its options are those of the open question, help is there."""
    after = answer.state
    if after.options and after.asked != before.asked and not _asks(answer):
        answer = Step(replace(after, options=()), answer.effects)
    answer = Step(found.left_behind(answer.state), answer.effects)
    return _with_help(_taken_back(before, answer, moment), moment)


def _taken_back(before: State, answer: Step, moment: Moment) -> Step:
    """What must not stay in the chat goes: a picture, and words whose question was left."""
    theirs = picture.goes(moment)
    keys = _left_behind(before, answer, moment) if moment.takes_back else ()
    if not theirs and not keys:
        return answer
    effects = _told_of_picture(answer, moment) if theirs else answer.effects
    return Step(answer.state, (TakeBack(keys=keys, theirs=theirs), *effects))


def _left_behind(before: State, answer: Step, moment: Moment) -> tuple[str, ...]:
    """The fleeting bubble whose question was left, whichever way, without taking its place."""
    if before.asked == "own_word":
        return own_word.left_behind(answer)
    key = journey.gone_with(moment, before.asked)
    if not key or answer.state.asked == before.asked:
        return ()
    says = (effect for effect in answer.effects if isinstance(effect, Say))
    return () if any(say.instead == key for say in says) else (key,)


def _told_of_picture(answer: Step, moment: Moment) -> tuple[Effect, ...]:
    """Where words beneath a picture are answered, its removal is told with the thanks."""
    if not answer.effects:
        return ()
    at = next((n for n, each in enumerate(answer.effects) if isinstance(each, Say)), 0)
    first = answer.effects[at]
    if not isinstance(first, Say):
        return answer.effects
    text = picture.told(answer.state, moment, first.key, first.text)
    return (*answer.effects[:at], replace(first, text=text), *answer.effects[at + 1 :])


def _asks(answer: Step) -> bool:
    """Whether the question that is open now was put in this very step."""
    says = (effect for effect in answer.effects if isinstance(effect, Say))
    ids = (button.id.rpartition(".")[0] for each in says for button in each.buttons)
    return answer.state.asked in ids


def _with_help(answer: Step, moment: Moment) -> Step:
    """Help is one press away from every answer, and so is what is still asked.

    Both stand with the last bubble: the open question's buttons where it has none itself.
    """
    says = [index for index, effect in enumerate(answer.effects) if isinstance(effect, Say)]
    if not says:
        return answer
    state, effects = answer.state, list(answer.effects)
    last = effects[says[-1]]
    assert isinstance(last, Say)
    if not last.buttons:
        last = replace(last, standing=standing(state, moment))
    if not any(map(leads_to_help, last.buttons)):
        last = replace(last, help=_help_button(state, moment))
    effects[says[-1]] = last
    return Step(state, tuple(effects))


def _help_button(state: State, moment: Moment) -> Button:
    """The way to help; while the child is away it tells nobody that a person is there."""
    talks = state.contact is not None and not (state.quiet or state.doubt)
    name = "help_numbers" if talks else "help_wanted"
    target = "go.numbers" if talks else "go.help"
    return Button(target, label(state, moment, "go", name))


def fallback(content: Content, state: State, event: AnyEvent) -> tuple[Effect, ...]:
    """What the child still sees when a step fails: an apology, the numbers, the doors."""
    moment = Moment(content, event)
    sorry = Step(state, spoken(state, moment, ["sorry.broken"]))
    return _with_help(sorry.then(doors.numbers(state, moment)), moment).effects
