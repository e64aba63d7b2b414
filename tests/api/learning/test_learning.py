"""What was learned, as staff see it: groups, never anybody."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fakes.desk import Browser, hire, seated
from fakes.helpline import Helpline

from api.console.words import WORDS
from api.learning import service
from api.locale.catalogue import LANGUAGES, translations

CONTENT = Path(__file__).parents[3] / "content"


def figure(what: str, count: int, topic: str = "t03", band: str = "8-10") -> dict[str, Any]:
    """
    One count as the bot tells it.
    """
    return {"what": what, "topic": topic, "band": band, "language": "sq", "count": count}


async def tell(helpline: Helpline, *figures: dict[str, Any], at: str = "2026-11-20T14:00:00Z"):
    """
    The bot tells what it has counted.
    """
    body = json.dumps({"counted_at": at, "figures": figures}).encode()
    return await helpline.post("/v1/figures", body)


async def supervisor(helpline: Helpline) -> Browser:
    """
    A supervisor at the console.
    """
    return await seated(helpline, hire(helpline, "elira", "Elira", "supervisor"))


def certificate(language: str) -> dict[str, str]:
    """
    What the certificate calls each topic.
    """
    text = (CONTENT / language / "certificate.toml").read_text(encoding="utf-8")
    names: dict[str, str] = tomllib.loads(text)["topics"]
    return names


async def rows(browser: Browser) -> list[dict[str, str]]:
    """
    The lines of the file that can be downloaded.
    """
    answer = await browser.get("/learning.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_lesson_is_a_line(helpline: Helpline) -> None:
    """
    Begun, finished, right before and after, what came back: on the page and in the file.
    """
    counts = {
        **{"begun": 200, "finished": 150, "before_right": 60, "before_other": 140},
        **{"after_right": 120, "after_other": 30, "help": 12},
        **{"review_due": 80, "review_right": 40, "review_other": 20},
    }
    assert (await tell(helpline, *(figure(*item) for item in counts.items()))).status_code == 204
    browser = await supervisor(helpline)

    [line] = await rows(browser)
    page = (await browser.get("/learning")).text

    assert (line["begun"], line["finished"], line["finished_percent"]) == ("200", "150", "75")
    assert (line["before_percent"], line["after_percent"]) == ("30", "80")
    reviews = (line["review_due"], line["review_done"], line["review_percent"])
    assert reviews == ("80", "60", "67")
    assert line["help"] == "12"
    assert "30 %" in page
    assert "80 %" in page


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"begun": 40, "finished": 9}, ("finished", "finished_percent")),
        ({"begun": 40, "finished": 35}, ("finished", "finished_percent")),
        ({"review_due": 40, "review_right": 20, "review_other": 15}, ("review_done",)),
        ({"begun": 40, "before_right": 31, "before_other": 9}, ("before_percent",)),
        ({"begun": 40, "review_right": 4, "review_other": 30}, ("review_done", "review_percent")),
        ({"begun": 40, "help": 9}, ("help",)),
    ],
    ids=[
        "few finished",
        "few did not",
        "few left it",
        "few were wrong",
        "few were right",
        "few took help",
    ],
)
async def test_no_small_group_is_shown(
    helpline: Helpline, counts: dict[str, int], hidden: tuple[str, ...]
) -> None:
    """
    Fewer than ten are shown nowhere, and neither is a number or a share from which they follow.
    """
    await tell(helpline, *(figure(*item) for item in counts.items()))

    [line] = await rows(await supervisor(helpline))

    assert [line[name] for name in hidden] == [""] * len(hidden)


async def test_staff_see_where_the_soft_question_was_wrong(helpline: Helpline) -> None:
    """
    By category: how often it was asked and was nothing, beside the lessons and never of few.
    """
    counts = {"soft_asked": 60, "soft_fine": 30, "soft_a_bit": 10, "soft_decline": 4}
    asked = [figure(what, count, topic="bullying") for what, count in counts.items()]
    await tell(helpline, figure("begun", 30), *asked)
    browser = await supervisor(helpline)

    page = (await browser.get("/learning")).text

    assert [line["topic"] for line in await rows(browser)] == ["t03"]
    assert "75 %" in page
    assert translations("sq").gettext(WORDS["category"]["bullying"]) in page
    with helpline.database.read() as session:
        [line] = service.asked(session)
    assert (line.asked, line.fine, line.a_bit, line.decline) == (60, 30, 10, None)


async def test_the_newest_counts_stand(helpline: Helpline) -> None:
    """
    A later call replaces all that was there; an older one that comes late changes nothing.
    """
    await tell(helpline, figure("begun", 30), figure("begun", 30, topic="t06"))
    await tell(helpline, figure("begun", 40), at="2026-11-20T15:00:00Z")
    await tell(helpline, figure("begun", 35), at="2026-11-20T14:30:00Z")

    found = await rows(await supervisor(helpline))

    assert [(line["topic"], line["begun"]) for line in found] == [("t03", "40")]


async def test_nothing_counted_is_said_so(helpline: Helpline) -> None:
    """
    Before any group is large enough the page says so, and the file has only its header.
    """
    browser = await supervisor(helpline)

    assert await rows(browser) == []
    assert "learning.csv" not in (await browser.get("/learning")).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_topic_has_its_name(helpline: Helpline, language: str) -> None:
    """
    Page and file call a topic as the certificate does; one without a name is its number.
    """
    await tell(helpline, figure("begun", 40), figure("begun", 40, topic="t99"))
    browser = await supervisor(helpline)
    await browser.get(f"/language/{language}")

    names = [(line["topic"], line["title"]) for line in await rows(browser)]
    page = (await browser.get("/learning")).text

    name = certificate(language)["t03"]
    assert names == [("t03", name), ("t99", "t99")]
    assert f"T03</span> {name}</th>" in page
    assert "T99</span></th>" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_is_called_as_on_the_certificate(language: str) -> None:
    """
    What staff read is what the child was shown, for each topic there is.
    """
    shown = {topic: translations(language).gettext(name) for topic, name in WORDS["topic"].items()}

    assert shown == certificate(language)


async def test_a_spreadsheet_reads_the_file_as_it_is_meant(helpline: Helpline) -> None:
    """
    It begins with the mark by which a spreadsheet knows ë and ç, and its columns are ascii.
    """
    await tell(helpline, figure("begun", 40, topic="t04"))

    file = (await (await supervisor(helpline)).get("/learning.csv")).content

    assert file.startswith(b"\xef\xbb\xbftopic,title,band,language,")
    assert file.splitlines()[0].removeprefix(b"\xef\xbb\xbf").isascii()
    assert "Fjalët që lëndojnë".encode() in file


@pytest.mark.parametrize(
    ("language", "often"),
    [("sq", "Shifrat e reja vijnë një herë në orë."), ("en", "New figures come once an hour.")],
)
async def test_the_page_says_how_often_figures_come(
    helpline: Helpline, language: str, often: str
) -> None:
    """
    Empty or not, so that nobody waits before it for the lesson that has just ended.
    """
    browser = await supervisor(helpline)
    await browser.get(f"/language/{language}")
    empty = (await browser.get("/learning")).text
    await tell(helpline, figure("begun", 40))

    assert often in empty
    assert often in (await browser.get("/learning")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": "=cmd()"},
        {"band": "7-9"},
        {"count": 0},
        {"count": "many"},
        {"what": "Who"},
        {"language": "<b>"},
    ],
    ids=str,
)
async def test_figures_of_another_form_are_refused(
    helpline: Helpline, wrong: dict[str, Any]
) -> None:
    """
    S9: what could be a formula, markup or a group of none is refused, and nothing is stored.
    """
    answer = await tell(helpline, {**figure("begun", 20), **wrong})

    assert answer.status_code == 422
    assert await rows(await supervisor(helpline)) == []
