"""Coming back to the public door with a code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.formdoor import RECEIPT, House, Reporter, house

from bot.door.codes import Guesses
from bot.engine.events import ReportUpdate
from bot.helpline import HelplineRefused, HelplineUnavailable, ReportState

GROUPED = "4721 0936 5518 2047"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """
    A bot that runs, over an empty database.
    """
    async with house(tmp_path) as running:
        yield running


async def looked(home: House, code: str, language: str = "sq") -> Reporter:
    """Somebody who typed a code."""
    reporter = home.reporter()
    await reporter.opens(f"/report/code?lang={language}")
    await reporter.presses("/report/code", "look", code=code)
    return reporter


@pytest.mark.parametrize(("language", "words"), [("sq", "iSIGURT.al"), ("en", "iSIGURT.al")])
async def test_a_code_tells_what_was_done(home: House, language: str, words: str) -> None:
    """
    The states stand in plain words of the page's language; the code is asked for once, and
    stands in no address and in no title.
    """
    at = datetime.now(UTC) - timedelta(days=1)
    home.helpline.answer = ReportState(updates=(ReportUpdate(at, "filed", "isigurt"),))
    reporter = await looked(home, GROUPED, language)

    assert words in reporter.words
    assert f'<html lang="{language}">' in reporter.page
    assert home.helpline.asked == [RECEIPT]
    assert reporter.answer.url.query == b""
    assert reporter.answer.headers["cache-control"] == "no-store"
    assert reporter.answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("typed", ["", "123", "4721 0936 5518 204", "+355 69 415 5552", "kodi im"])
async def test_mistyped_codes_are_met_kindly(home: House, typed: str) -> None:
    """
    What is no code is not looked up; the field is there again as it was typed, with a kind
    word.
    """
    reporter = await looked(home, typed)

    assert "16 shifra" in reporter.words
    assert home.helpline.asked == []
    assert 'name="code"' in reporter.page
    assert reporter.filled("look").get("code", "") == typed


async def test_one_wrong_digit_is_put_right_where_it_stands(home: House) -> None:
    """
    A code that no report has comes back to be put right; one that may be right does not stay
    on the page when nobody could look.
    """
    home.helpline.answer = HelplineRefused(404, "receipt")
    unknown = await looked(home, "4721 0936 5518 2048")
    home.helpline.answer = HelplineUnavailable("down")
    away = await looked(home, RECEIPT)

    assert 'value="4721 0936 5518 2048"' in unknown.page
    assert RECEIPT not in away.page


async def test_codes_may_be_typed_in_any_way(home: House) -> None:
    """
    Spaces, dashes and letters that look like digits are no mistake.
    """
    home.helpline.answer = ReportState()
    for typed in ("4721-0936-5518-2047", "4721O93655182O47", f"  {RECEIPT}\n"):
        await looked(home, typed)

    assert home.helpline.asked == [RECEIPT] * 3


async def test_guessing_is_slowed(home: House) -> None:
    """
    After five wrong codes in ten minutes a browser waits, and nothing is looked up meanwhile.
    """
    home.helpline.answer = HelplineRefused(404, "receipt")
    reporter = home.reporter()
    await reporter.opens("/report/code")
    for _ in range(5):
        await reporter.presses("/report/code", "look", code=RECEIPT)
    asked = len(home.helpline.asked)
    await reporter.presses("/report/code", "look", code=RECEIPT)

    assert asked == len(home.helpline.asked) == 5


async def test_a_place_is_slowed_although_browsers_change(home: House) -> None:
    """
    Wrong codes from ever new browsers of one address are slowed too; a few slips are not.
    """
    home.helpline.answer = HelplineRefused(404, "receipt")
    for _ in range(40):
        await looked(home, RECEIPT)

    assert 20 <= len(home.helpline.asked) <= 30


async def test_a_helpline_that_is_away_is_told(home: House) -> None:
    """
    Without an answer the page says that it can be tried again; that is no wrong code.
    """
    home.helpline.answer = HelplineUnavailable("down")
    for _ in range(7):
        await looked(home, RECEIPT)

    assert len(home.helpline.asked) == 7


async def test_what_was_forgotten_can_be_added(home: House) -> None:
    """
    Words and addresses reach the helpline once however often the button is pressed, and the
    words are read by the triage.
    """
    home.helpline.answer = ReportState(updates=(), open=True)
    reporter = await looked(home, RECEIPT)
    fields = reporter.filled("add")
    sent = {**fields, "press": "add", "words": "dua te vdes", "addresses": "t.me/tjeter"}
    for _ in range(2):
        answer = await reporter.client.post("/report/code", data=sent)
    for _ in range(100):
        if home.helpline.additions:
            break
        await asyncio.sleep(0.05)

    (addition,) = home.helpline.additions
    assert addition["addresses"] == ["t.me/tjeter"]
    assert addition["words"] == "dua te vdes"
    assert addition["severity"] == "emergency"
    assert "116" in answer.text


async def test_nothing_to_add_is_said(home: House) -> None:
    """
    An empty addition is not sent.
    """
    home.helpline.answer = ReportState(updates=(), open=True)
    reporter = await looked(home, RECEIPT)
    await reporter.presses("/report/code", "add", form="add")

    assert "Nuk kishte asgjë" in reporter.words
    assert home.helpline.additions == []


async def test_no_log_has_a_code(home: House, caplog: pytest.LogCaptureFixture) -> None:
    """
    S45: looking up writes the code into no log.
    """
    caplog.set_level(logging.DEBUG)
    home.helpline.answer = HelplineRefused(404, "receipt")
    await looked(home, GROUPED)

    written = "".join(record.getMessage() for record in caplog.records)
    assert "0936" not in written


def test_guesses_are_forgotten_before_they_fill_the_memory() -> None:
    """
    However many browsers guess, only so many are remembered; the newest stay.
    """
    guesses, at = Guesses(most=3), datetime.now(UTC)
    for who in ("a", "b", "c", "d"):
        for _ in range(5):
            guesses.missed(who, at)

    assert not guesses.resting("a", at)
    assert guesses.resting("d", at)
