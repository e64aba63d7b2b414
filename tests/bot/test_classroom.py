"""The activities for a class as pages: both languages, nothing but paper, nothing stored."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from fakes.webchat import CONTENT
from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException

from bot import authoring, classroom, pages
from bot.channels.web import load_words
from bot.channels.web.view import View, load_assets
from bot.engine.content import LANGUAGES

SHIPPED = authoring.load(CONTENT)
READS_PAGES = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """
    A browser before a site that has only these pages.
    """
    words, routes, app = load_words(CONTENT), APIRouter(), FastAPI()
    classroom.add_routes(routes, lambda: SHIPPED, View(words, load_assets()))
    app.include_router(routes)
    app.add_exception_handler(HTTPException, pages.not_found(words, lambda _: ()))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=READS_PAGES
    ) as client:
        yield client


def part(page: str, language: str) -> str:
    """
    What the page says in a language.
    """
    found = re.search(rf'<section lang="{language}">.*?</section>', page, re.DOTALL)
    assert found is not None
    return unescape(found[0])


@pytest.mark.parametrize("path", ["/klasa", "/klasa/"])
async def test_every_activity_is_listed_in_both_languages(
    browser: httpx.AsyncClient, path: str
) -> None:
    """
    The list names every topic in the order of the lessons, and leads to each.
    """
    page = await browser.get(path)

    for language in LANGUAGES:
        listed = part(page.text, language)
        assert re.findall('href="/klasa/(t[0-9]+)"', listed) == list(SHIPPED.topics)
        assert all(each.title in listed for each in SHIPPED.activities[language].values())


@pytest.mark.parametrize("topic", SHIPPED.topics)
async def test_an_activity_is_a_page_that_needs_only_paper(
    browser: httpx.AsyncClient, topic: str
) -> None:
    """
    Each page has the goal, what is needed, every step and what stays, and the rules for
    before and after, in both languages; no script, no cookie, nothing kept by the browser.
    """
    page = await browser.get(f"/klasa/{topic}")

    for language in LANGUAGES:
        said, done = part(page.text, language), SHIPPED.activities[language][topic]
        rules = (SHIPPED.phrases[language][key]["all"] for key in ("class.before", "class.after"))
        wanted = (done.title, done.goal, done.need, *done.steps, done.product, *rules)
        assert [text for text in wanted if text not in said] == []
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("topic", ["t99", "T03", "t03-secrets", "%2e%2e", "<b>", "x" * 500])
async def test_a_topic_that_there_is_not_is_told_as_any_lost_page(
    browser: httpx.AsyncClient, topic: str
) -> None:
    """
    A bad address gets the site's own page for what is not there, and nothing of what was typed.
    """
    page = await browser.get(f"/klasa/{topic}")

    assert page.status_code == 404
    assert load_words(CONTENT)["sq"].lost in unescape(page.text)
    assert topic not in unescape(page.text)
