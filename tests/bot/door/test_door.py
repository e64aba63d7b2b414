"""The public door from the first page to the code, as a browser without script meets it."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.formdoor import RECEIPT, House, Reporter, house
from sqlalchemy import text

from bot.authoring import load
from bot.channels.base import Inbound
from bot.channels.web.words import PageWordsFault
from bot.door import load_words
from bot.door.answers import WHO
from bot.door.steps import NEVER, asked
from bot.door.words import STEPS
from bot.engine.events import Started
from bot.engine.forms import OVER, STORED, Form
from bot.engine.reports import ADDRESSES_KEPT, Draft
from bot.engine.state import State

CONTENT = Path(__file__).resolve().parents[3] / "content"
LONG = "https://example.com/" + "seg.ment/" * 555


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """
    A bot that runs, over an empty database.
    """
    async with house(tmp_path) as running:
        yield running


async def begun(home: House, kind: str = "sexual_extortion", who: str = "14") -> Reporter:
    """Somebody who has answered the first step."""
    reporter = home.reporter()
    await reporter.opens()
    await reporter.posts(q_kind=kind, who=who)
    await reporter.opens("/report/where")
    return reporter


async def has_arrived(home: House, reporter: Reporter) -> None:
    """Wait until the code is there."""
    for _ in range(200):
        if (await home.state(reporter)).form is not None and (
            await stage(home, reporter)
        ) == STORED:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await stage(home, reporter))


async def stage(home: House, reporter: Reporter) -> str:
    """How the form stands."""
    form = (await home.state(reporter)).form
    return form.stage if form else ""


async def kept(home: House) -> int:
    """How many conversations there are."""
    ask = home.app.state.bot.runner.ask
    found: int = await ask(lambda c: c.execute(text("select count(*) from conversations")).scalar())
    return found


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [
        ("/report", "sq", "Trego çfarë ke parë"),
        ("/raporto/", "sq", "Trego çfarë ke parë"),
        ("/report?lang=en", "en", "Tell us what you saw"),
    ],
)
async def test_who_only_looks_leaves_no_trace(
    home: House, path: str, language: str, words: str
) -> None:
    """
    The first page preselects nothing, sets no cookie and stores nothing; search engines may
    find it, and its title says nothing.
    """
    reporter = home.reporter()
    await reporter.opens(path)

    assert words in reporter.words
    assert f'<html lang="{language}">' in reporter.page
    assert "<title>Sigurt</title>" in reporter.page
    assert " checked" not in reporter.page
    assert "set-cookie" not in reporter.answer.headers
    assert reporter.answer.headers["cache-control"] == "no-store"
    assert "x-robots-tag" not in reporter.answer.headers
    assert await kept(home) == 0


async def test_english_browsers_are_met_in_english(home: House) -> None:
    """
    The browser's own language is spoken until another is chosen.
    """
    reporter = home.reporter(**{"Accept-Language": "en-GB,en;q=0.9"})
    await reporter.opens()

    assert "Tell us what you saw" in reporter.words


async def test_a_report_from_first_page_to_code(home: House) -> None:
    """
    Five steps, and what was answered is what the summary shows and what the helpline gets;
    the code stands in groups of four until it was written down. Nothing stays then.
    """
    reporter = await begun(home)
    await reporter.posts(w_where="t.me/nje_kanal\nhttps://example.com/x?a=1", q_app="telegram")
    await reporter.posts(w_suspect="lojtari_99", q_demand=["money", "silence"], q_deadline="days")
    await reporter.posts(q_pass_on="yes")
    assert reporter.path == "/report/send"
    for shown in ("Dikush kërcënon me një foto", "t[.]me/nje_kanal", "lojtari_99", "Telegram"):
        assert shown in reporter.words
    assert "https://example.com" not in reporter.page
    await reporter.posts("send")
    assert reporter.path == "/report/sent"

    assert "4721 0936 5518 2047" in reporter.words
    (report,) = home.helpline.reports
    wanted = {
        "kind": "sexual_extortion",
        "reporter": "child",
        "band": "14-17",
        "channel": "door",
        "conversation": None,
        "addresses": ["t.me/nje_kanal", "https://example.com/x?a=1"],
        "place": "app",
        "app": "telegram",
        "suspect": "lojtari_99",
        "demand": ["money", "silence"],
        "deadline": "days",
        "pass_on": "yes",
        "wants_news": False,
    }
    assert wanted.items() <= report.items()
    await reporter.posts("written")
    assert reporter.path == "/report/done"
    assert RECEIPT not in reporter.page
    assert await kept(home) == 0
    assert not reporter.client.cookies


async def test_only_the_kind_is_needed(home: House) -> None:
    """
    Every other question may stay empty; without a kind the first step says what is missing.
    """
    reporter = home.reporter()
    await reporter.opens()
    await reporter.posts()
    assert "Zgjidh njërën nga këto" in reporter.words
    await reporter.posts(q_kind="other")
    for _ in range(3):
        await reporter.posts()
    assert reporter.path == "/report/send"
    await reporter.posts("send")
    await has_arrived(home, reporter)

    assert home.helpline.reports[0]["kind"] == "other"
    assert home.helpline.reports[0]["addresses"] == []


async def test_adults_are_met_politely(home: House) -> None:
    """
    Once somebody says to be a parent, the pages say ju and ask about the child.
    """
    reporter = await begun(home, who="parent")

    assert "Mos e hapni më faqen" in reporter.words
    assert "A është fëmija në siguri tani?" in reporter.words


@pytest.mark.parametrize(
    ("kind", "answers", "title"),
    [
        ("live_streamed_abuse", {"q_now": "yes"}, "Së pari, telefono"),
        ("sexual_extortion", {"q_safe": "no"}, "Së pari, telefono"),
        ("grooming", {"w_where": "dua te vdes sonte"}, "Së pari, telefono"),
        ("grooming", {"w_where": "dikush po me kercenon me nje foto"}, "Faleminderit"),
    ],
)
async def test_danger_is_met_with_numbers_first(
    home: House, kind: str, answers: dict[str, str], title: str
) -> None:
    """
    Danger that was ticked, or that stands in any typed word, brings the numbers before
    anything else; what there is can be sent at once, and goes with its severity.
    """
    reporter = await begun(home, kind)
    await reporter.posts(**answers)
    assert reporter.path == "/report/now"
    assert title in reporter.words
    assert reporter.page.index("tel:") < reporter.page.index('id="unsent"')
    await reporter.posts("send")
    await has_arrived(home, reporter)

    report = home.helpline.reports[0]
    told = {report["now"], report["safe"]} & {"yes", "no"}
    assert told or report["severity"] in ("disclosure", "emergency")


async def test_the_numbers_come_once_for_each_danger(home: House) -> None:
    """
    Who goes on with the questions after the numbers is not led there again.
    """
    reporter = await begun(home)
    await reporter.posts(q_safe="no")
    await reporter.posts("next")

    assert reporter.path == "/report/who"


async def test_a_double_press_sends_once(home: House) -> None:
    """
    Two presses on “send”, a second tab and a press on “back” file one report (exactly once).
    """
    reporter = await begun(home)
    await reporter.posts("check")
    fields = {**reporter.filled(), "press": "send"}
    again = {**fields, "event": "0" * 32}
    answers = await asyncio.gather(
        *(reporter.client.post("/report", data=each) for each in (fields, fields, again))
    )
    await has_arrived(home, reporter)
    late = await reporter.client.post("/report", data={**fields, "event": "1" * 32})

    assert {answer.headers["location"] for answer in (*answers, late)} == {"/report/sent"}
    assert len(home.helpline.reports) == 1


async def test_what_another_page_changed_is_shown_before_it_leaves(home: House) -> None:
    """
    A summary sends only what it shows: changed meanwhile on another page, it is shown anew.
    """
    reporter = await begun(home)
    await reporter.posts("check")
    old = {**reporter.filled(), "press": "send"}
    await reporter.opens("/report/who")
    await reporter.posts("check", w_suspect="dikush_tjeter")
    reporter.answer = await reporter.client.post("/report", data=old, follow_redirects=True)

    assert "Përmbledhja ndryshoi ndërkohë" in reporter.words
    assert "dikush_tjeter" in reporter.words
    assert home.helpline.reports == []


async def test_answers_can_be_changed_and_taken_back(home: House) -> None:
    """
    Each step can be opened again from the summary, and an answer emptied.
    """
    reporter = await begun(home)
    await reporter.posts(w_where="t.me/nje_kanal")
    await reporter.posts("check", q_demand=["money"])
    await reporter.posts("stay", to="where")
    assert reporter.path == "/report/where"
    await reporter.posts("check", w_where="")
    await reporter.posts("stay", to="who")
    fields = reporter.filled()
    fields.pop("q.demand")
    reporter.answer = await reporter.client.post(
        "/report", data={**fields, "press": "check"}, follow_redirects=True
    )

    draft = (await home.state(reporter)).draft
    assert draft is not None
    assert (draft.addresses, draft.where, draft.demand) == ((), "", ())
    assert "nje_kanal" not in reporter.words


async def test_the_language_changes_without_losing_a_word(home: House) -> None:
    """
    The button for the other language saves the page it stands on.
    """
    reporter = await begun(home)
    await reporter.posts("stay", speak="en", w_where="t.me/nje_kanal")

    assert reporter.path == "/report/where"
    assert '<html lang="en">' in reporter.page
    assert "t.me/nje_kanal" in reporter.page


async def test_without_cookies_the_form_carries_its_secret(home: House) -> None:
    """
    A browser that takes no cookie is answered page after page, and can send and see its code.
    """
    reporter = home.reporter()
    await reporter.opens()
    for press, answers in (
        ("next", {"q_kind": "grooming", "who": "11"}),
        ("next", {"w_where": "t.me/nje_kanal"}),
        ("check", {}),
        ("send", {}),
    ):
        reporter.client.cookies.clear()
        await reporter.posts(press, **answers)
        assert reporter.answer.status_code == 200
    assert "4721 0936 5518 2047" in reporter.words
    assert home.helpline.reports[0]["addresses"] == ["t.me/nje_kanal"]


async def test_a_helpline_that_is_down_is_told_honestly(home: House) -> None:
    """
    The report is kept and said to be kept; when the helpline is back the code is there.
    """
    home.helpline.down = True
    reporter = await begun(home)
    await reporter.posts("check")
    await reporter.posts("send")
    for _ in range(100):
        await reporter.opens("/report/sent")
        if "ende nuk ka arritur" in reporter.words:
            break
        await asyncio.sleep(0.05)
    assert "116 111" in reporter.words.replace("\xa0", " ")
    home.helpline.down = False
    home.ahead += timedelta(minutes=10)
    await has_arrived(home, reporter)

    assert len(home.helpline.reports) == 1


async def test_after_a_day_it_is_gone_and_said_so(home: House) -> None:
    """
    What was begun is shown to nobody before a choice, kept for a day, and then gone.
    """
    reporter = await begun(home)
    await reporter.posts(w_where="t.me/nje_kanal")
    await reporter.opens()
    assert "Këtu ka një raportim të nisur" in reporter.words
    assert "nje_kanal" not in reporter.words
    home.ahead += timedelta(hours=24, minutes=1)
    for _ in range(100):
        if await stage(home, reporter) == OVER:
            break
        await asyncio.sleep(0.05)
    await reporter.opens()

    assert "nuk është më këtu" in reporter.words
    assert (await home.state(reporter)).draft is None


async def test_starting_again_erases(home: House) -> None:
    """
    “Erase it and start again” leaves nothing of the old report, here or in the browser.
    """
    reporter = await begun(home)
    await reporter.opens()
    await reporter.posts("drop")

    assert "U fshi. Nuk u nis asgjë." in reporter.words
    assert await kept(home) == 0
    assert not reporter.client.cookies


async def test_the_quick_exit_takes_the_form_with_it(home: House) -> None:
    """
    S22: the exit leads to the neutral page; cookie, draft and caches are gone.
    """
    reporter = await begun(home)
    await reporter.posts(w_where="t.me/nje_kanal")
    answer = await reporter.client.post("/exit")

    assert answer.headers["location"] == "/tabela"
    assert '"cookies"' in answer.headers["clear-site-data"]
    assert not reporter.client.cookies
    assert await kept(home) == 0


async def test_leaving_after_the_sending_loses_no_report(home: House) -> None:
    """
    A report that was sent arrives although its page was left; its code is shown to nobody.
    """
    home.helpline.down = True
    reporter = await begun(home)
    await reporter.posts("check")
    await reporter.posts("send")
    await reporter.client.post("/exit")
    home.helpline.down = False
    home.ahead += timedelta(minutes=10)
    for _ in range(200):
        if home.helpline.reports:
            break
        await asyncio.sleep(0.05)

    assert len(home.helpline.reports) == 1


@pytest.mark.parametrize(
    "field",
    [
        LONG,
        "x" * 5_000,
        "\n".join(f"https://example.com/{n}" for n in range(60)),
        "data:image/png;base64," + "iVBORw0KGgo" * 50,
        "https://child:secret@example.com/a",
        "C:\\Users\\x\\foto.png",
        "<script>alert(1)</script> =cmd|'/c calc'!A1",
        "\u202ehttps://xn--e1afmkfd.example.com",
    ],
)
async def test_bad_input_is_kept_small_and_inert(home: House, field: str) -> None:
    """
    Whatever stands in the field of addresses: nothing breaks, no picture is kept (S6), and
    nothing of it runs or can be tapped.
    """
    reporter = await begun(home)
    await reporter.posts("check", w_where=field)
    if reporter.path == "/report/now":
        await reporter.posts("check")

    draft = (await home.state(reporter)).draft
    assert reporter.answer.status_code == 200
    assert draft is not None
    assert len(draft.addresses) <= ADDRESSES_KEPT
    assert "iVBORw0" not in repr(draft)
    assert "<script>" not in reporter.page
    assert 'href="http' not in reporter.page


async def test_a_dropped_picture_is_told(home: House) -> None:
    """
    A pasted picture is dropped, and the page says why and what to do instead (S6).
    """
    reporter = await begun(home)
    await reporter.posts(w_where="data:image/png;base64," + "iVBORw0KGgo" * 50)

    assert "Take It Down" in reporter.words


async def test_posts_of_others_are_refused(home: House) -> None:
    """
    S5, S21: files, foreign pages, strange types and forms that are no form of ours store nothing.
    """
    reporter = home.reporter()
    await reporter.opens()
    fields = reporter.filled()
    post = reporter.client.post
    foreign = await post("/report", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    file = await post("/report", data=fields, files={"f": ("a.png", b"x", "image/png")})
    other = await post("/report", json={"press": "send"})
    forged = await post("/report", data={**fields, "press": "become"})
    large = await post("/report", data={**fields, "w.words": "x" * 70_000})

    statuses = [answer.status_code for answer in (foreign, file, other, forged, large)]
    assert statuses == [403, 400, 415, 400, 413]
    assert all("116" in answer.text for answer in (foreign, file, other))
    assert await kept(home) == 0


async def test_a_page_out_of_order_leads_to_where_it_belongs(home: House) -> None:
    """
    Steps without what comes before them, and pages that are none, lead back; nobody is stuck.
    """
    reporter = home.reporter()
    for page in ("where", "send", "now", "sent", "nothing"):
        await reporter.opens(f"/report/{page}")
        assert (reporter.answer.status_code, reporter.path) == (200, "/report")


async def test_nothing_that_was_written_is_readable_in_the_store(
    home: House, tmp_path: Path
) -> None:
    """
    S32: neither the answers nor the browser's secret stand in the database in the clear.
    """
    reporter = await begun(home)
    await reporter.posts(w_where="t.me/nje_kanal", w_words="fjale te miat")
    token = reporter.client.cookies["sigurt-report"]
    stored = b"".join(path.read_bytes() for path in (tmp_path / "var").glob("*.db*"))

    assert b"nje_kanal" not in stored
    assert token.encode() not in stored


async def test_old_forms_are_tidied_away(home: House) -> None:
    """
    Two days later not even an empty row tells that somebody was here; chats stay.
    """
    await begun(home)
    chat = Inbound("fake", "1", "kid", Started(at=home.now()))
    await home.app.state.bot.runner.handle(chat)
    home.ahead += timedelta(days=3)
    await home.app.state.bot.clock.tidy()

    assert await kept(home) == 1


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ('exit_word = "x"\n', 'look = "Look now"\nexit_word = "x"', "exit_word"),
        ("", 'look = "Look now"', "look"),
        ('look = ""', 'look = "Look now"', "look"),
        ('next = "Go on"', 'next = "Go on to step {step}"', "{step}"),
    ],
)
def test_words_of_the_frame_are_read_strictly(
    tmp_path: Path, line: str, instead: str, told: str
) -> None:
    """
    A word that is missing, empty, unknown or without its hole is named with its file.
    """
    for language in ("sq", "en"):
        (tmp_path / language).mkdir()
        shutil.copy(CONTENT / language / "door.toml", tmp_path / language)
    file = tmp_path / "en" / "door.toml"
    there = instead.partition("\nexit_word")[0]
    file.write_text(file.read_text().replace(there, line + (there if "exit" in line else ""), 1))

    with pytest.raises(PageWordsFault, match=re.escape(told)):
        load_words(tmp_path)


def test_every_question_stands_on_one_step() -> None:
    """
    Whatever kind is reported by whomever, each question that fits is on exactly one page.
    """
    form = load(CONTENT).report
    for kind in form.questions[1].options:
        for role, band in WHO.values():
            state = State(role=role, band=band, draft=Draft(kind=kind))
            pages = [each.id for step in STEPS for each in asked(form, state, step)]
            fits = {each.id for each in form.asked(Draft(kind=kind), role, band, rest=True)}
            assert len(pages) == len(set(pages))
            assert fits - set(NEVER) <= set(pages)


def test_a_form_survives_storage() -> None:
    """
    A state with a form is the same after it was written and read.
    """
    state = State(form=Form(stage=STORED, turn=3, receipt=RECEIPT))

    assert State.from_dict(state.to_dict()) == state
