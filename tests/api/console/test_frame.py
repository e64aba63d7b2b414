from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fakes.desk import Browser, hire, seated
from fakes.helpline import Helpline
from fastapi import Request

from api.console.live import changes


async def test_language_is_chosen_and_kept(helpline: Helpline) -> None:
    """
    The console speaks Albanian until English is chosen, and then stays with it.
    """
    browser = Browser(helpline)
    assert "Hyrja e stafit" in (await browser.get("/sign-in")).text

    answer = await browser.get("/language/en?back=/helpline/sign-in")

    assert answer.headers["location"] == "/helpline/sign-in"
    assert "Staff sign-in" in (await browser.get("/sign-in")).text


async def test_language_goes_with_the_account(helpline: Helpline) -> None:
    """
    Whoever chose English finds it at every browser, whatever that browser had before.
    """
    person = hire(helpline)
    await (await seated(helpline, person)).get("/language/en")

    elsewhere = await seated(helpline, person)

    assert "Take next" in (await elsewhere.get("")).text


@pytest.mark.parametrize(
    "back", ["https://evil.example/helpline", "//evil.example/helpline", "/v1/key", "/\\evil", ""]
)
async def test_language_switch_leads_nowhere_else(helpline: Helpline, back: str) -> None:
    """
    The way back from the language switch stays within the console.
    """
    answer = await Browser(helpline).get(f"/language/en?back={back}")

    assert answer.headers["location"] == "/helpline"


@pytest.mark.parametrize("path", ["", "/sign-in", "/nothing", "/static/sigurt.css", "/first/x"])
async def test_every_answer_carries_the_headers(helpline: Helpline, path: str) -> None:
    """
    S22, S23: pages, files and errors alike are not stored and may load nothing from outside.
    """
    answer = await Browser(helpline).get(path)

    assert answer.headers["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["../render.py", "..%2Frender.py", "/etc/passwd", "nothing.css"])
async def test_only_known_files_are_given(helpline: Helpline, name: str) -> None:
    """
    A path out of the folder of static files finds nothing.
    """
    assert (await Browser(helpline).get(f"/static/{name}")).status_code == 404


async def test_console_errors_are_pages(helpline: Helpline) -> None:
    """
    S56: an unknown page is a small page in the chosen language, without any detail.
    """
    answer = await Browser(helpline).get("/no/such/page")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Këtu nuk ka asgjë." in answer.text


async def test_stream_tells_of_changes_and_ends_with_the_session(helpline: Helpline) -> None:
    """
    S27: an open page is told that something changed; when the right goes, the stream closes.
    """
    person = hire(helpline)
    elira = await seated(helpline, person)
    stream = changes(_request(helpline, elira))
    first = await anext(stream)
    await helpline.opens()
    second = await anext(stream)

    await elira.post("/sign-out")

    assert first.startswith("event: change")
    assert second.startswith("event: change")
    assert second != first
    assert await _rest(stream) == ["event: gone\ndata: 0\n\n"]


async def test_stream_ends_when_the_service_stops(helpline: Helpline) -> None:
    """
    A service that stops does not wait for open pages.
    """
    elira = await seated(helpline, hire(helpline))
    stream = changes(_request(helpline, elira))
    await anext(stream)

    helpline.bell.close()

    assert await _rest(stream) == []


def _request(helpline: Helpline, browser: Browser) -> Request:
    cookie = f"sigurt-staff={browser.http.cookies['sigurt-staff']}".encode()
    scope = {
        "type": "http",
        "app": helpline.app,
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "path": "/helpline/live",
        "headers": [(b"cookie", cookie)],
    }
    return Request(scope)


async def _rest(stream: AsyncIterator[str]) -> list[str]:
    return [item async for item in stream]


@pytest.mark.parametrize("role", ["counsellor", "supervisor", "administrator", "analyst"])
async def test_every_role_has_a_first_page(helpline: Helpline, role: str) -> None:
    """
    Whoever signs in is led to work of their own, never to a refusal.
    """
    browser = await seated(helpline, hire(helpline, "ana", "Ana", role))

    first = await browser.http.get("/helpline", follow_redirects=True)

    assert first.status_code == 200
