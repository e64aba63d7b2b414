"""The apps: who sees me, how to block, how to report; for adults what a parent can set.

A question is named ``a:apps`` or ``a:<kind>:<app>`` with the kinds ``app``, ``block`` and
``report``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.content import Platform
from bot.engine.effects import Say
from bot.engine.flows import help as doors
from bot.engine.flows import pages
from bot.engine.state import State
from bot.engine.voice import Moment, Step, label, language_of, line, offered, phrase, say

PREFIX = "a:"
LIST = "a:apps"
CHILD = {
    "app": ("how_block", "how_report", "other_app", "menu"),
    "block": ("how_report", "other_app", "menu"),
    "report": ("how_block", "other_app", "menu"),
}
ADULT = {"app": ("how_report", "other_app", "menu"), "report": ("other_app", "menu")}


def apps(state: State, moment: Moment, page: str = "") -> Step:
    """The apps that there are, in pages."""
    titles = _titles(state, moment)
    if not titles:
        return doors.menu(state, moment)
    return pages.asked(state, moment, "apps.ask", LIST, titles, page)


def _titles(state: State, moment: Moment) -> dict[str, str]:
    return {name: app.name for name, app in _apps(state, moment).items()}


def _apps(state: State, moment: Moment) -> Mapping[str, Platform]:
    return moment.content.platforms.get(language_of(state), {})


def _page(state: State, moment: Moment, kind: str, name: str) -> Step:
    app, question = _apps(state, moment)[name], f"a:{kind}:{name}"
    says = _about(state, moment, app) if kind == "app" else (_how(state, moment, app, kind),)
    options = (ADULT if state.adult else CHILD).get(kind, ADULT["report"])
    labels = {option: label(state, moment, question, option) for option in options}
    asking, shown = offered(state, says, question, labels)
    return Step(asking, shown)


def _about(state: State, moment: Moment, app: Platform) -> tuple[Say, ...]:
    """Since what age, and what others see; for an adult what can be set and what cannot."""
    texts = (app.parents_set, app.parents_beyond) if state.adult else (app.seen,)
    lines = (line(state, moment, f"apps.{app.id}", text) for text in texts)
    return (_age(state, moment, app), *lines, say(state, moment, "apps.together"))


def _age(state: State, moment: Moment, app: Platform) -> Say:
    """The age that the app asks; an old check is told with its day, never hidden."""
    key = "apps.age" if app.minimum_age else "apps.any_age"
    said = say(state, moment, key, title=app.name, number=str(app.minimum_age))
    if not app.stale(moment.at.date()):
        return said
    day = f"{app.checked_on:%d.%m.%Y}"
    checked = phrase(state, moment, "apps.checked").replace("{time}", day)
    return replace(said, text=f"{said.text} {checked}")


def _how(state: State, moment: Moment, app: Platform, kind: str) -> Say:
    text = app.parents_report if state.adult else {"block": app.block}.get(kind, app.report)
    return line(state, moment, f"apps.{app.id}", text)


def options_of(state: State, moment: Moment, question: str) -> tuple[str, ...]:
    """The ids that may be pressed; none for a question that there is not."""
    titles = tuple(_titles(state, moment))
    if question == LIST:
        return pages.options_of(titles)
    kind, _, name = question.removeprefix(PREFIX).partition(":")
    return CHILD.get(kind, ()) if name in titles else ()


def label_of(state: State, moment: Moment, question: str, option: str) -> str:
    """What stands on a button: the name of an app, or the common label."""
    titles = _titles(state, moment) if question == LIST else {}
    return titles.get(option) or label(state, moment, question, option)


def ask_at(state: State, moment: Moment, question: str) -> Step:
    """Say the same page again; one that is no more leads to the list."""
    if question == LIST or not options_of(state, moment, question):
        return apps(state, moment, state.options[0] if state.options else "")
    kind, _, name = question.removeprefix(PREFIX).partition(":")
    return _page(state, moment, kind, name)


def answer(state: State, moment: Moment, question: str, option: str) -> Step:
    """Go on from the list or a page to what was chosen."""
    if question == LIST:
        return _chosen(state, moment, option)
    name = question.rpartition(":")[2]
    if option in ("how_block", "how_report"):
        return _page(state, moment, option.removeprefix("how_"), name)
    return apps(state, moment) if option == "other_app" else doors.menu(state, moment)


def _chosen(state: State, moment: Moment, option: str) -> Step:
    if option == pages.MENU:
        return doors.menu(state, moment)
    if option == pages.MORE:
        following = pages.following(tuple(_titles(state, moment)), state.options)
        return apps(state, moment, following)
    return _page(state, moment, "app", option)
