"""What grown-ups read topic by topic: guides for parents, activities for a class.

A question is named ``g:guides``, ``g:guide:<topic>``, ``g:told:<topic>``,
``g:classes:<band>`` or ``g:class:<band>:<topic>:<page>``.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine.content import BANDS, Activity, Guide
from bot.engine.effects import Say
from bot.engine.flows import handover, pages
from bot.engine.flows import help as doors
from bot.engine.state import State
from bot.engine.voice import Moment, Step, label, language_of, line, offered, say

PREFIX = "g:"
LIST = "g:guides"
AT_ONCE = 3  # steps of an activity, before the teacher has the floor
AFTER_GUIDE = ("person", "numbers", "other", "menu")
AFTER_CLASS = ("other_class", "menu")


# ---------- lists ----------


def guides(state: State, moment: Moment, page: str = "") -> Step:
    """The guides for parents, in pages."""
    return _listed(state, moment, LIST, page)


def classes(state: State, moment: Moment, band: str, page: str = "") -> Step:
    """The activities for a class of this age, in pages."""
    return _listed(state, moment, f"g:classes:{band}", page)


def _listed(state: State, moment: Moment, question: str, page: str) -> Step:
    titles = _titles(state, moment, question)
    if not titles:
        return doors.menu(state, moment)
    key = "guide.ask" if question == LIST else "class.ask"
    return pages.asked(state, moment, key, question, titles, page)


def _titles(state: State, moment: Moment, question: str) -> dict[str, str]:
    topics = moment.content.topics
    if question == LIST:
        guided = _guides(state, moment)
        return {topic: guided[topic].title for topic in topics if topic in guided}
    band, done = question.partition("g:classes:")[2], _activities(state, moment)
    fitting = [topic for topic in topics if topic in done and band in done[topic].bands]
    return {topic: done[topic].title for topic in fitting}


def _guides(state: State, moment: Moment) -> Mapping[str, Guide]:
    return moment.content.guides.get(language_of(state), {})


def _activities(state: State, moment: Moment) -> Mapping[str, Activity]:
    return moment.content.activities.get(language_of(state), {})


# ---------- a guide ----------


def guide(state: State, moment: Moment, topic: str) -> Step:
    """What it is about, how to begin, what to do; the rest after a press."""
    read, band = _guides(state, moment)[topic], state.child_band or BANDS[1]
    texts = (read.why, read.talk[band], read.do[band])
    return _asked(state, moment, f"g:guide:{topic}", _lines(state, moment, topic, texts), "go_on")


def _told(state: State, moment: Moment, topic: str) -> Step:
    """What one may notice, and the first steps when something has happened."""
    read = _guides(state, moment)[topic]
    says = _lines(state, moment, topic, (read.signs, read.told))
    return _asked(state, moment, f"g:told:{topic}", says, *AFTER_GUIDE)


def _lines(state: State, moment: Moment, topic: str, texts: tuple[str, ...]) -> tuple[Say, ...]:
    return tuple(line(state, moment, f"guide.{topic}", text) for text in texts)


def _asked(
    state: State, moment: Moment, question: str, says: tuple[Say, ...], *options: str
) -> Step:
    labels = {option: label(state, moment, question, option) for option in options}
    asking, shown = offered(state, says, question, labels)
    return Step(asking, shown)


# ---------- an activity ----------


def _activity(state: State, moment: Moment, band: str, topic: str, page: int) -> Step:
    """One page of an activity: what to have ready, the steps, what to do at the end."""
    bubbles = _class_pages(state, moment, _activities(state, moment)[topic])
    at = min(page, len(bubbles) - 1)
    options = ("go_on",) if at < len(bubbles) - 1 else AFTER_CLASS
    return _asked(state, moment, f"g:class:{band}:{topic}:{at}", bubbles[at], *options)


def _class_pages(state: State, moment: Moment, done: Activity) -> list[tuple[Say, ...]]:
    first = (
        _of(state, moment, "class.goal", done.goal, done),
        _of(state, moment, "class.need", done.need, done),
        say(state, moment, "class.before"),
    )
    steps = [line(state, moment, f"class.{done.topic}", text) for text in done.steps]
    between = [tuple(steps[at : at + AT_ONCE]) for at in range(0, len(steps), AT_ONCE)]
    last = (
        _of(state, moment, "class.product", done.product, done),
        say(state, moment, "class.after"),
        _printed(state, moment, done),
    )
    return [first, *between, last]


def _printed(state: State, moment: Moment, done: Activity) -> Say:
    """Where the page to print is: its address, or how to get there where none is known."""
    site = moment.event.abilities.site
    key = "class.print" if site else "class.print_path"
    return say(state, moment, key, code=f"{site}/klasa/{done.topic}")


def _of(state: State, moment: Moment, key: str, text: str, done: Activity) -> Say:
    return say(state, moment, key, title=done.title, minutes=str(done.minutes), why=text)


# ---------- answers ----------


def options_of(state: State, moment: Moment, question: str) -> tuple[str, ...]:
    """The ids that may be pressed; none for a question that there is not."""
    kind, *named = question.removeprefix(PREFIX).split(":")
    if question == LIST or (kind == "classes" and len(named) == 1 and named[0] in BANDS):
        return pages.options_of(_titles(state, moment, question))
    if kind in ("guide", "told") and len(named) == 1 and named[0] in _guides(state, moment):
        return ("go_on",) if kind == "guide" else AFTER_GUIDE
    return _class_options(state, moment, named) if kind == "class" and len(named) == 3 else ()


def _class_options(state: State, moment: Moment, named: list[str]) -> tuple[str, ...]:
    band, topic, page = named
    known = band in BANDS and topic in _activities(state, moment) and page in "0123"
    return ("go_on", *AFTER_CLASS) if known and page else ()


def label_of(state: State, moment: Moment, question: str, option: str) -> str:
    """What stands on a button: a title, or the common label."""
    titles = _titles(state, moment, question) if question.startswith(("g:guides", "g:cl")) else {}
    return titles.get(option) or label(state, moment, question, option)


def ask_at(state: State, moment: Moment, question: str) -> Step:
    """Say the same page again; one that is no more leads to the list."""
    kind, *named = question.removeprefix(PREFIX).split(":")
    if not options_of(state, moment, question):
        return guides(state, moment)
    if kind in ("guides", "classes"):
        return _listed(state, moment, question, state.options[0] if state.options else "")
    if kind == "class":
        return _activity(state, moment, named[0], named[1], int(named[2]))
    return (guide if kind == "guide" else _told)(state, moment, named[0])


def answer(state: State, moment: Moment, question: str, option: str) -> Step:
    """Go on from a list or a page to what was chosen."""
    kind, *named = question.removeprefix(PREFIX).split(":")
    if kind in ("guides", "classes"):
        return _chosen(state, moment, question, option)
    if option == "go_on" and kind == "guide":
        return _told(state, moment, named[0])
    if option == "go_on":
        return _activity(state, moment, named[0], named[1], int(named[2]) + 1)
    if option == "other_class":
        return classes(state, moment, named[0])
    return _LEADS[option](state, moment)


def _chosen(state: State, moment: Moment, question: str, option: str) -> Step:
    if option == pages.MENU:
        return doors.menu(state, moment)
    if option == pages.MORE:
        titles = tuple(_titles(state, moment, question))
        return _listed(state, moment, question, pages.following(titles, state.options))
    if question == LIST:
        return guide(state, moment, option)
    return _activity(state, moment, question.rpartition(":")[2], option, 0)


_LEADS = {
    "person": handover.ask_for_person,
    "numbers": doors.numbers,
    "other": guides,
    "menu": doors.menu,
}
