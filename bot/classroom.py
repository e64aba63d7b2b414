"""The activities for a class, as pages to print: what a teacher takes into the room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from bot.channels.web.view import View
from bot.engine.content import LANGUAGES, Activity, Content

_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Printed:
    """One activity in the words of its page."""

    title: str
    ages: str
    goal: str
    need: str
    steps: tuple[str, ...]
    product: str


@dataclass(frozen=True, slots=True)
class Class:
    """What the page says around the activities of one language."""

    title: str
    lead: str
    before: str
    after: str
    all: str
    activities: Mapping[str, Printed]


def add_routes(routes: APIRouter, content: Callable[[], Content], view: View) -> None:
    """Add ``/klasa``, the list, and ``/klasa/<topic>``, an activity in both languages."""

    async def every() -> HTMLResponse:
        return _html(view.classes(classes_of(content())))

    async def one(topic: str) -> HTMLResponse:
        classes = classes_of(content())
        if not all(topic in each.activities for each in classes.values()):
            raise HTTPException(404, headers=_NO_STORE)
        return _html(view.classes(classes, topic))

    for path in ("/klasa", "/klasa/"):  # it is typed from a chat
        routes.add_api_route(path, every, methods=["GET", "HEAD"])
    routes.add_api_route("/klasa/{topic}", one, methods=["GET", "HEAD"])


def _html(page: str) -> HTMLResponse:
    return HTMLResponse(page, headers=_NO_STORE)


def classes_of(content: Content) -> dict[str, Class]:
    """Return what the pages say, by language."""
    return {language: _class(content, language) for language in LANGUAGES}


def _class(content: Content, language: str) -> Class:
    phrases = content.phrases[language]
    done = content.activities.get(language, {})
    topics = [topic for topic in content.topics if topic in done]
    return Class(
        title=phrases["class.title"]["all"],
        lead=phrases["class.lead"]["all"],
        before=phrases["class.before"]["all"],
        after=phrases["class.after"]["all"],
        all=phrases["class.ask"]["all"],
        activities={topic: _printed(done[topic], phrases) for topic in topics},
    )


def _printed(done: Activity, phrases: Mapping[str, Mapping[str, str]]) -> Printed:
    def said(key: str, why: str) -> str:
        return phrases[key]["all"].replace("{minutes}", str(done.minutes)).replace("{why}", why)

    bands = ", ".join(band.replace("-", "–") for band in done.bands)
    return Printed(
        title=done.title,
        ages=said("class.ages", bands),
        goal=said("class.aim", done.goal),
        need=said("class.need", done.need),
        steps=done.steps,
        product=said("class.product", done.product),
    )
