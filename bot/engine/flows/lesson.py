"""A lesson: hook, idea, try, quiz, feedback, do, and always the line of help at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.engine.content import Ask, Lesson, Option
from bot.engine.content import Quiz as Asked
from bot.engine.effects import Quiz, Say
from bot.engine.flows import help as doors
from bot.engine.state import Learnt, State
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    audience_of,
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
    picture = "" if plain else lesson.picture
    first = replace(says[0], picture=picture, picture_text=lesson.picture_text, mood=mood)
    return [first, *says[1:]]


def of_topic(state: State, moment: Moment, topic: str) -> Lesson | None:
    """The lesson on a topic for this person's age; ``None`` where there is none."""
    band = "14-17" if state.adult else audience_of(state)
    lessons = moment.content.lessons[language_of(state)].values()
    return next((each for each in lessons if each.topic == topic and each.band == band), None)


def _scene(lesson: Lesson, place: str) -> str:
    return f"{lesson.id}/{place}"


def place_of(question: str) -> str:
    """Where in the lesson a question stands: ``hook``, ``try1``, ``quiz``, …"""
    return question.partition("/")[2]


def ask_at(state: State, moment: Moment, lesson: Lesson, place: str) -> Step:
    """Ask the question that stands at this place of the lesson."""
    if place == "open":
        return start(state, moment, lesson.topic)
    if place in ("again", "do", "end"):
        return _FRAME[place](state, moment, lesson)
    return _put(state, moment, lesson, place, _question(lesson, place), ())


def _question(lesson: Lesson, place: str) -> Ask:
    if place == "hook":
        return lesson.hook
    if place.startswith("try"):
        return lesson.tries[int(place[3:]) - 1]
    return Ask(lesson.quiz.say, lesson.quiz.options)


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
    chosen = next(each for each in _question(lesson, place).options if each.id == option)
    if place == "quiz":
        return _feedback(state, moment, lesson, chosen)
    return _onward(state, moment, lesson, place, chosen)


def _onward(state: State, moment: Moment, lesson: Lesson, place: str, chosen: Option) -> Step:
    if place == "hook":
        before = (chosen.reply, *lesson.ideas)
        return _put(state, moment, lesson, "try1", lesson.tries[0], before)
    done = int(place[3:])
    if done < len(lesson.tries):
        return _put(state, moment, lesson, f"try{done + 1}", lesson.tries[done], (chosen.reply,))
    return _put(state, moment, lesson, "quiz", _question(lesson, "quiz"), (chosen.reply,))


def _opened(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    if option == "start":
        return ask_at(state, moment, lesson, "hook")
    if option == "alone":
        return doors.unseen_answer(state, moment, "no")
    if option == "other":
        return doors.lessons(replace(state, lesson=""), moment)
    return doors.menu(replace(state, lesson=""), moment)


def _feedback(state: State, moment: Moment, lesson: Lesson, chosen: Option) -> Step:
    """The reason, whatever was answered. Another answer is a common thought, no error."""
    counted = _counted(state, lesson, "right" if chosen.right else "other")
    if not chosen.right:
        return _other(counted, moment, lesson)
    reason = _line(counted, moment, lesson, "right", lesson.quiz.right)
    glad = chosen.right and not (lesson.tender or state.hold or lesson.band == "14-17")
    shown = (replace(reason, mood="glad" if glad else ""),)
    return Step(counted, shown).then(_do(counted, moment, lesson))


def _other(state: State, moment: Moment, lesson: Lesson) -> Step:
    """What helps, and trying again as an offer."""
    reason = _line(state, moment, lesson, "other", lesson.quiz.other)
    labels = {name: label(state, moment, "lesson", name) for name in ("again", "go_on")}
    asking, shown = offered(state, (reason,), _scene(lesson, "again"), labels)
    return Step(asking, shown)


def _counted(state: State, lesson: Lesson, result: str) -> State:
    """Only the first answer to a topic's question counts, and without any name."""
    if any(each.topic == lesson.topic and each.after for each in state.learned):
        return state
    others = tuple(each for each in state.learned if each.topic != lesson.topic)
    return replace(state, learned=(*others, Learnt(topic=lesson.topic, after=result)))


def _again(state: State, moment: Moment, lesson: Lesson) -> Step:
    return _put(state, moment, lesson, "quiz", _question(lesson, "quiz"), ())


def _again_answer(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    return _again(state, moment, lesson) if option == "again" else _do(state, moment, lesson)


def _do(state: State, moment: Moment, lesson: Lesson) -> Step:
    task = _line(state, moment, lesson, "do", lesson.action)
    labels = {name: label(state, moment, "lesson", name) for name in ("done", "later")}
    asking, shown = offered(state, (task,), _scene(lesson, "do"), labels)
    return Step(asking, shown)


def _did(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    key = "lesson.did" if option == "done" else "lesson.later"
    return Step(state, (say(state, moment, key),)).then(_end(state, moment, lesson))


def _end(state: State, moment: Moment, lesson: Lesson) -> Step:
    key = "lesson.help_line" if has_child_helpline(state, moment) else "lesson.help_line_me"
    return ask(state, moment, [key], _scene(lesson, "end"), "help", "go_on", "leave")


def _ended(state: State, moment: Moment, lesson: Lesson, option: str) -> Step:
    if option == "help":
        return doors.doors(state, moment)
    over = replace(state, lesson="")
    closing = (_line(over, moment, lesson, "closing", lesson.closing),) if not state.hold else ()
    return Step(over, closing).then(doors.menu(over, moment))


_FRAME = {"again": _other, "do": _do, "end": _end}
_ANSWERS = {"open": _opened, "again": _again_answer, "do": _did, "end": _ended}


def choices_at(lesson: Lesson, place: str) -> tuple[Option, ...]:
    """The choices that the lesson itself words at this place; none in its frame."""
    framed = place in ("open", "again", "do", "end")
    return () if framed else _question(lesson, place).options


def options_at(lesson: Lesson, place: str) -> tuple[str, ...]:
    """The ids that may be pressed at this place."""
    fixed = {
        "open": ("start", "later", "other", "alone"),
        "again": ("again", "go_on"),
        "do": ("done", "later"),
        "end": ("help", "go_on", "leave"),
    }
    if place in fixed:
        return fixed[place]
    return tuple(option.id for option in _question(lesson, place).options)


def exists(moment: Moment, state: State, question: str) -> bool:
    """Whether a question that a button names is one of a lesson that there is."""
    name, _, place = question.partition("/")
    lesson = moment.content.lessons[language_of(state)].get(name)
    if lesson is None:
        return False
    tries = tuple(f"try{count + 1}" for count in range(len(lesson.tries)))
    return place in ("open", "hook", *tries, "quiz", "again", "do", "end")
