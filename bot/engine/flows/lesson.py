"""A lesson: a question before it, hook, idea, try, quiz, feedback, do, and the line of help.

The line of help always stands at its end. What comes back days later are questions of the
lesson too; their answers are taken in ``flows/memory.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.engine.content import Ask, Lesson, Option
from bot.engine.content import Quiz as Asked
from bot.engine.effects import Quiz, Say
from bot.engine.flows import help as doors
from bot.engine.flows import schedule
from bot.engine.flows.schedule import of_topic
from bot.engine.state import State
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    has_child_helpline,
    label,
    language_of,
    line,
    offered,
    say,
    too_long,
)

OWN_QUIZ = ("14-17",)  # bands
WHY_LIMIT = 200  # characters of a reason that every platform shows whole
WHY_LINES = 2  # line feeds in it
REVIEW = "review"  # and its number: the place of a question that came back
FRAMES: dict[str, tuple[str, ...]] = {
    "open": ("start", "later", "other", "alone"),
    "again": ("again", "go_on"),
    "do": ("done", "later"),
    "end": ("help", "go_on", "leave"),
    "remind": ("yes", "no"),
    "gate": ("yes", "not_now"),
    "next": ("yes", "no"),
}
"""The places of a lesson that the code words, and their options."""


def start(state: State, moment: Moment, topic: str) -> Step:
    """Open the lesson on ``topic`` for this person's age with a choice to go on."""
    lesson = of_topic(state, moment, topic)
    if lesson is None:
        return doors.lessons(state, moment)
    begun = replace(state, lesson=lesson.id, paused="")
    key = "lesson.open_tender" if lesson.tender else "lesson.open"
    options = ["start", "other"] if lesson.tender else ["start", "later"]
    if lesson.band == "8-10":
        options.append("alone")
    opened = ask(begun, moment, [key], _scene(lesson, "open"), *options, title=lesson.title)
    return Step(opened.state, tuple(_illustrated(opened, lesson)))


def _illustrated(opened: Step, lesson: Lesson) -> list[Say]:
    says = [effect for effect in opened.effects if isinstance(effect, Say)]
    plain = lesson.tender or opened.state.hold
    mood = "" if plain or lesson.band == "14-17" else "calm"
    picture = "" if opened.state.hold else lesson.picture
    first = replace(says[0], picture=picture, picture_text=lesson.picture_text, mood=mood)
    return [first, *says[1:]]


def _scene(lesson: Lesson, place: str) -> str:
    return f"{lesson.id}/{place}"


def place_of(question: str) -> str:
    """Where in the lesson a question stands: ``hook``, ``try1``, ``quiz``, …"""
    return question.partition("/")[2]


def ask_at(state: State, moment: Moment, lesson: Lesson, place: str) -> Step:
    """Ask the question that stands at this place of the lesson."""
    if place == "open":
        return start(state, moment, lesson.topic)
    if place in _FRAME:
        return _FRAME[place](state, moment, lesson)
    return _put(state, moment, lesson, place, question_at(lesson, place), ())


def question_at(lesson: Lesson, place: str) -> Ask:
    """The question that the lesson itself words at this place."""
    if place in ("before", "hook"):
        return lesson.before if place == "before" else lesson.hook
    if place.startswith("try"):
        return lesson.tries[int(place[3:]) - 1]
    asked = review_at(lesson, place) if place.startswith(REVIEW) else lesson.quiz
    return Ask(asked.say, asked.options)


def review_at(lesson: Lesson, place: str) -> Asked:
    """The question that comes back at this place: ``review1``, ``review2``, ``review3``."""
    return lesson.reviews[int(place.removeprefix(REVIEW)) - 1]


def _put(
    state: State, moment: Moment, lesson: Lesson, place: str, asked: Ask, before: Sequence[str]
) -> Step:
    says = tuple(_line(state, moment, lesson, place, text) for text in (*before, asked.say) if text)
    labels = {option.id: option.label for option in asked.options}
    if place == "quiz":
        says = (*says[:-1], replace(says[-1], quiz=_own_quiz(state, lesson)))
    asking, shown = offered(replace(state, lesson=lesson.id), says, _scene(lesson, place), labels)
    return Step(asking, shown)


def _own_quiz(state: State, lesson: Lesson) -> Quiz | None:
    """The question as a quiz of the channel's own, for those who will not mind its cross.

    Never for the young, on a tender topic or soon after a disclosure: see bot/README.md.
    """
    asked, fits = lesson.quiz, fits_own_quiz(lesson.quiz)
    if not fits or lesson.band not in OWN_QUIZ or lesson.tender or state.hold:
        return None
    right = next(option.id for option in asked.options if option.right)
    return Quiz(right=f"{_scene(lesson, 'quiz')}.{right}", why=asked.why)


def fits_own_quiz(asked: Asked) -> bool:
    """Whether a platform shows it whole: the reason short, and no label become a letter."""
    short = 0 < len(asked.why) <= WHY_LIMIT and asked.why.count("\n") <= WHY_LINES
    return short and not too_long({option.id: option.label for option in asked.options})


def _line(state: State, moment: Moment, lesson: Lesson, place: str, text: str) -> Say:
    return line(state, moment, f"{lesson.id}.{place}", text)


def answer(state: State, moment: Moment, question: str, option: str) -> Step:
    """Go on from one place of the lesson to the next."""
    lesson = moment.content.lessons[language_of(state)][question.partition("/")[0]]
    place = place_of(question)
    if place in _ANSWERS:
        return _ANSWERS[place](state, moment, lesson, option)
    chosen = choice_at(lesson, place, option)
    if place == "before":
        return _begun(state, moment, lesson, chosen)
    if place == "quiz":
        return _feedback(state, moment, lesson, chosen)
    return _onward(state, moment, lesson, place, chosen)


def choice_at(lesson: Lesson, place: str, option: str) -> Option:
    """What was chosen of the question at this place."""
    return next(each for each in question_at(lesson, place).options if each.id == option)


def _onward(state: State, moment: Moment, lesson: Lesson, place: str, chosen: Option) -> Step:
    if place == "hook":
        before = (chosen.reply, *lesson.ideas)
        began = _counted_in(state, lesson)
        return began.then(_put(began.state, moment, lesson, "try1", lesson.tries[0], before))
    done = int(place[3:])
    if done < len(lesson.tries):
        return _put(state, moment, lesson, f"try{done + 1}", lesson.tries[done], (chosen.reply,))
    return _put(state, moment, lesson, "quiz", question_at(lesson, "quiz"), (chosen.reply,))


def _opened(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    if option == "start":
        return _first(state, moment, lesson)
    if option == "alone":
        return doors.unseen_answer(state, moment, "no")
    if option == "other":
        return doors.lessons(replace(state, lesson=""), moment)
    return doors.menu(replace(state, lesson=""), moment)


def _first(state: State, moment: Moment, lesson: Lesson) -> Step:
    """The question before, the first time that a topic is taken; then the scene."""
    if not (state.adult or state.hold or schedule.known(state, lesson.topic)):
        return ask_at(state, moment, lesson, "before")
    began = _counted_in(state, lesson)
    return began.then(ask_at(began.state, moment, lesson, "hook"))


def _begun(state: State, moment: Moment, lesson: Lesson, chosen: Option) -> Step:
    """What was known before is noted, and nothing is said of it; then the scene."""
    new = not (state.adult or schedule.known(state, lesson.topic))
    began = _counted_in(state, lesson)
    if new:
        result = result_of(chosen)
        noted = schedule.noted(began.state, lesson.topic, before=result)
        began = began.then(Step(noted, schedule.counted(noted, f"before_{result}", lesson.topic)))
    said = began.then(Step(began.state, (say(began.state, moment, "lesson.noted"),)))
    return said.then(ask_at(said.state, moment, lesson, "hook"))


def _counted_in(state: State, lesson: Lesson) -> Step:
    """Whoever takes a topic for the first time is counted."""
    if state.adult or schedule.known(state, lesson.topic):
        return Step(state)
    begun = schedule.counted(state, "begun", lesson.topic)
    return Step(schedule.noted(state, lesson.topic), begun)


def result_of(chosen: Option) -> str:
    """What is remembered of an answer."""
    return "right" if chosen.right else "other"


def _feedback(state: State, moment: Moment, lesson: Lesson, chosen: Option) -> Step:
    """The reason, whatever was answered. Another answer is a common thought, no error."""
    counted = _counted(state, lesson, result_of(chosen))
    if not chosen.right:
        return counted.then(_other(counted.state, moment, lesson))
    reason = reason_of(counted.state, moment, lesson, "quiz", chosen)
    return Step(counted.state, (*counted.effects, reason)).then(_do(counted.state, moment, lesson))


def reason_of(state: State, moment: Moment, lesson: Lesson, place: str, chosen: Option) -> Say:
    """The reason to an answer: glad where it was found, what helps where it was not."""
    asked = lesson.quiz if place == "quiz" else review_at(lesson, place)
    name = result_of(chosen) if place == "quiz" else f"{place}.{result_of(chosen)}"
    said = _line(state, moment, lesson, name, asked.right if chosen.right else asked.other)
    glad = chosen.right and not (lesson.tender or state.hold or lesson.band == "14-17")
    return replace(said, mood="glad" if glad else "")


def _other(state: State, moment: Moment, lesson: Lesson) -> Step:
    """What helps, and trying again as an offer."""
    reason = _line(state, moment, lesson, "other", lesson.quiz.other)
    labels = {name: label(state, moment, "lesson", name) for name in ("again", "go_on")}
    asking, shown = offered(state, (reason,), _scene(lesson, "again"), labels)
    return Step(asking, shown)


def _counted(state: State, lesson: Lesson, result: str) -> Step:
    """Only the first answer to a topic's question counts, and without any name."""
    before = schedule.known(state, lesson.topic)
    if before is not None and before.after:
        return Step(state)
    counted = schedule.counted(state, f"after_{result}", lesson.topic) if before else ()
    return Step(schedule.noted(state, lesson.topic, after=result), counted)


def _again(state: State, moment: Moment, lesson: Lesson) -> Step:
    return _put(state, moment, lesson, "quiz", question_at(lesson, "quiz"), ())


def _again_answer(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    return _again(state, moment, lesson) if option == "again" else _do(state, moment, lesson)


def _do(state: State, moment: Moment, lesson: Lesson) -> Step:
    task = _line(state, moment, lesson, "do", lesson.action)
    labels = {name: label(state, moment, "lesson", name) for name in ("done", "later")}
    asking, shown = offered(state, (task,), _scene(lesson, "do"), labels)
    return Step(asking, shown)


def _did(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    key = "lesson.did" if option == "done" else "lesson.later"
    over = _finished(state, moment, lesson)
    said = over.then(Step(over.state, (say(over.state, moment, key),)))
    return said.then(_end(said.state, moment, lesson))


def _finished(state: State, moment: Moment, lesson: Lesson) -> Step:
    """The line of help is reached: counted once for each topic, and remembered."""
    before = schedule.known(state, lesson.topic)
    if state.adult or (before is not None and before.done_at):
        return Step(state)
    done = schedule.noted(state, lesson.topic, done_at=moment.at)
    return Step(done, schedule.counted(state, "finished", lesson.topic))


def _end(state: State, moment: Moment, lesson: Lesson) -> Step:
    key = "lesson.help_line" if has_child_helpline(state, moment) else "lesson.help_line_me"
    return ask(state, moment, [key], _scene(lesson, "end"), "help", "go_on", "leave")


def _ended(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    if option == "help":
        return doors.doors(state, moment)
    over = replace(state, lesson="")
    said = (_line(over, moment, lesson, "closing", lesson.closing),) if not state.hold else ()
    return Step(over, said).then(_afterwards(over, moment, lesson))


def _afterwards(state: State, moment: Moment, lesson: Lesson) -> Step:
    """It comes back where that is wanted, which is asked once and for all; then the menu."""
    learnt = schedule.known(state, lesson.topic)
    begins = learnt is not None and not learnt.reviews and learnt.due_at is None
    if not begins or state.adult or state.hold or state.contact is not None:
        return doors.menu(state, moment)
    if schedule.wanted(state):
        return doors.menu(schedule.scheduled(state, lesson.topic, moment.at), moment)
    return doors.menu(state, moment) if state.reminders else _remind(state, moment, lesson)


def _remind(state: State, moment: Moment, lesson: Lesson) -> Step:
    return _framed(state, moment, lesson, "remind", "remind.ask")


def _gate(state: State, moment: Moment, lesson: Lesson) -> Step:
    """A tender topic that comes back opens with a choice."""
    return _framed(state, moment, lesson, "gate", "review.tender")


def _next(state: State, moment: Moment, lesson: Lesson) -> Step:
    """Whether it may come back once more."""
    learnt = schedule.known(state, lesson.topic)
    first = learnt is None or len(learnt.reviews) < 2
    return _framed(state, moment, lesson, "next", "review.week" if first else "review.two_weeks")


def _framed(state: State, moment: Moment, lesson: Lesson, place: str, key: str) -> Step:
    return ask(state, moment, [key], _scene(lesson, place), *FRAMES[place])


_FRAME = {
    "again": _other,
    "do": _do,
    "end": _end,
    "remind": _remind,
    "gate": _gate,
    "next": _next,
}
_ANSWERS = {"open": _opened, "again": _again_answer, "do": _did, "end": _ended}


def choices_at(lesson: Lesson, place: str) -> tuple[Option, ...]:
    """The choices that the lesson itself words at this place; none in its frame."""
    return () if place in FRAMES else question_at(lesson, place).options


def options_at(lesson: Lesson, place: str) -> tuple[str, ...]:
    """The ids that may be pressed at this place."""
    if place in FRAMES:
        return FRAMES[place]
    return tuple(option.id for option in question_at(lesson, place).options)


def exists(moment: Moment, state: State, question: str) -> bool:
    """Whether a question that a button names is one of a lesson that there is."""
    name, _, place = question.partition("/")
    lesson = moment.content.lessons[language_of(state)].get(name)
    return lesson is not None and has(lesson, place)


def has(lesson: Lesson, place: str) -> bool:
    """Whether a lesson has this place; after an edit of it somebody may stand where none is."""
    tries = tuple(f"try{count + 1}" for count in range(len(lesson.tries)))
    reviews = tuple(f"{REVIEW}{count + 1}" for count in range(len(lesson.reviews)))
    return place in ("before", "hook", *tries, "quiz", *reviews, *FRAMES)
