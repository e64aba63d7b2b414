"""The questions of a report in a chat: short, to be left out, changed, taken up; help first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import triage
from bot.authoring import load
from bot.authoring.questions import KINDS
from bot.engine.content import BANDS, LANGUAGES
from bot.engine.effects import FileReport, OpenContact, Say
from bot.engine.events import (
    Abilities,
    ButtonTapped,
    Helpline,
    MediaOffered,
    MessageReceived,
    TimerFired,
)
from bot.engine.flows import report
from bot.engine.reports import ADDRESS_KEPT, TYPED, clean, defanged, has_file
from bot.engine.state import State
from bot.engine.step import step

CONTENT = load(Path(__file__).parents[3] / "content")
AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
ADDRESS = "https://example.com/a?b=1"
THREAT = "nje burre me kercenon se i nxjerr fotot e mia"
REPORTERS = ("child", "parent", "teacher", "other", "")


class Reporter:
    """Somebody who reports, step by step, a few seconds apart; everything is stored between."""

    def __init__(self, language: str = "sq", role: str = "child", band: str = "14-17") -> None:
        self.state = State(
            language=language, role=role, band=band if role == "child" else "", country="al",
            onboarded=bool(role),
        )  # fmt: skip
        self.at = AT
        self.abilities = Abilities()
        self.effects: tuple[Any, ...] = ()
        self.filed: list[FileReport] = []

    def does(self, event: Any) -> Reporter:
        self.at += timedelta(seconds=5)
        event = replace(event, at=self.at, helpline=Helpline.STAFFED, abilities=self.abilities)
        answer = step(State.from_dict(self.state.to_dict()), event, content=CONTENT)
        self.state, self.effects = answer.state, answer.effects
        self.filed += [each for each in self.effects if isinstance(each, FileReport)]
        return self

    def presses(self, *buttons: str) -> Reporter:
        for button in buttons:
            self.does(ButtonTapped(at=AT, button=button))
        return self

    def types(self, *texts: str) -> Reporter:
        for text in texts:
            reading = triage.read(text, CONTENT.lexicons)
            self.does(MessageReceived(at=AT, text=text, reading=reading))
        return self

    def begins(self, kind: str) -> Reporter:
        """From the menu to the kind, by presses alone."""
        self.presses("go.report", "report.go_on")
        if self.state.asked == "report_who":
            self.presses("report_who.skip")
        if f"report_kind.{kind}" not in self.buttons:
            self.presses("report_kind.else")
        assert f"report_kind.{kind}" in self.buttons
        return self.presses(f"report_kind.{kind}")

    def skips(self) -> Reporter:
        """Leave out whatever is asked but the kind, up to what leaves."""
        while self.state.asked != report.SEND:
            if self.state.asked == "report_kind":
                self.presses("report_kind.other", "report_kind.csam_address")
                continue
            ways = [
                b for b in self.buttons if b.endswith((".skip", ".enough", ".decline", ".done"))
            ]
            assert ways, f"{self.state.asked} cannot be left out"
            self.presses(ways[0])
        return self

    @property
    def says(self) -> list[Say]:
        return [effect for effect in self.effects if isinstance(effect, Say)]

    @property
    def keys(self) -> list[str]:
        return [say.key for say in self.says]

    @property
    def buttons(self) -> list[str]:
        return [button.id for say in self.says for button in say.buttons]

    @property
    def text(self) -> str:
        return "\n".join(say.text for say in self.says)


@pytest.mark.parametrize("role", REPORTERS)
@pytest.mark.parametrize("kind", KINDS)
def test_everything_but_the_kind_can_be_left_out(kind: str, role: str) -> None:
    """R1: a report of each kind goes from everybody who tells nothing but the kind."""
    reporter = Reporter(LANGUAGES[len(role) % 2], role).begins(kind).skips()
    reporter.presses("report_send.send")

    (filed,) = reporter.filed
    assert (filed.kind, filed.addresses, filed.wants_news) == (kind, (), False)
    assert reporter.state.draft is None


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("kind", ["csam_address", "grooming", "sexual_extortion", "shared_picture"])
def test_a_child_reaches_the_sending_in_few_presses(kind: str, band: str) -> None:
    """The commonest kinds take nine answers at most, an address typed among them."""
    reporter, count = Reporter(band=band).presses("go.report"), 0
    answers = {"report": "go_on", "report_kind": kind, "report_more": "enough"}
    while reporter.state.asked != report.SEND:
        asked, count = reporter.state.asked, count + 1
        if asked == "report_where":
            reporter.types(ADDRESS)
            continue
        best = answers.get(asked, "yes" if asked in ("report_safe", "report_pass_on") else "no")
        shown = [b for b in reporter.buttons if b == f"{asked}.{best}"]
        reporter.presses(shown[0] if shown else reporter.buttons[0])
    assert count <= 8 if kind != "sexual_extortion" else count <= 9


def test_what_leaves_is_what_was_shown() -> None:
    """Every answer stands in the summary in plain words, and nothing in it can be tapped."""
    reporter = Reporter().begins("sexual_extortion").presses("report_safe.yes")
    reporter.types(f"{ADDRESS} @emri.shembull ne nje grup").presses("report_deadline.today")
    reporter.presses("report_more.ask", "report_demand.money", "report_demand.silence")
    reporter.presses("report_demand.done", "report_given.yes").types("dje")
    reporter.presses("report_still.skip").types("llogaria shembull").presses("report_words.skip")
    reporter.presses("report_pass_on.yes", "report_wants_news.yes")

    assert reporter.keys == ["report.summary", "report.ready"]
    assert "hxxps://example[.]com" in reporter.text
    assert "https://" not in reporter.text
    for shown in ("Para", "Të mos tregoj", "dje", "llogaria shembull", "Deri sot"):
        assert shown in reporter.text

    (filed,) = reporter.presses("report_send.send").filed
    assert filed.addresses == (ADDRESS, "@emri.shembull")
    assert filed.where == "ne nje grup"
    assert (filed.demand, filed.deadline) == (("money", "silence"), "today")
    assert (filed.safe, filed.given, filed.still, filed.when) == ("yes", "yes", "", "dje")
    assert (filed.pass_on, filed.wants_news, filed.limits_version) == ("yes", True, "1")


def test_what_happens_is_told_before_anything_is_asked() -> None:
    """C2, 7.5: the limits are told before the first question, for each age in its own words."""
    said = set()
    for band in BANDS:
        reporter = Reporter(band=band).presses("go.report", "report.go_on")
        assert reporter.keys == ["report.how", "report.limits", "report.kind"]
        said.add(reporter.says[1].text)
    assert len(said) == len(BANDS)


ROLES = ("child", "parent", "teacher")
DANGER = [(press, role) for press in ("safe.no", "safe.unsure") for role in ROLES]
DANGER += [("now.yes", role) for role in (*ROLES, "other")]  # who passes by is asked only this


@pytest.mark.parametrize(("press", "role"), DANGER)
def test_danger_calls_a_person_and_sends_what_is_known(press: str, role: str) -> None:
    """“Abuse is happening now”, or not safe: the numbers first, a person, and the report goes."""
    kind = "live_streamed_abuse" if press.startswith("now") else "grooming"
    reporter = Reporter(role=role).begins(kind).presses(f"report_{press}")

    assert any(isinstance(each, OpenContact) for each in reporter.effects)
    assert reporter.says[0].calls
    assert reporter.state.contact is not None
    assert reporter.state.contact.severity == "emergency"
    assert reporter.filed[0].grave
    assert reporter.state.draft is None
    assert ("company.ask" in reporter.keys) == (role == "child")


def test_a_child_in_the_pictures_is_helped_first() -> None:
    """“That is me” is a disclosure: help comes first, and the report goes on where it was."""
    reporter = Reporter().begins("csam_address").presses("report_now.no").types(ADDRESS)
    reporter.presses("report_in_picture.yes")
    assert reporter.keys[0] == "disclosure.thank"

    reporter.presses("danger.no", "offer.not_now", "after.go_on").skips()
    reporter.presses("report_send.send")

    (filed,) = reporter.filed
    assert (filed.reporter, filed.addresses) == ("child_in_picture", (ADDRESS,))


def test_harm_told_in_an_answer_is_heard_and_kept() -> None:
    """U1: words of harm get the care of a disclosure, and stand in the report as well."""
    reporter = Reporter().begins("csam_address").presses("report_now.no").types(THREAT)
    assert reporter.keys[0] == "disclosure.thank"
    assert not reporter.filed

    reporter.presses("danger.no", "offer.not_now", "after.go_on").skips()
    (filed,) = reporter.presses("report_send.send").filed

    assert filed.where == THREAT
    assert filed.severity == "disclosure"


def test_whoever_is_threatened_reads_first_what_to_do() -> None:
    """Extortion: three short lines before the next question; nobody is blamed."""
    reporter = Reporter().begins("sexual_extortion")

    assert reporter.keys == ["report.extortion_now", "report.safe"]
    assert "Mos paguaj." in reporter.text


def test_an_answer_is_changed_and_the_rest_stays() -> None:
    """Change, the answer by its name, asked again, and back to what leaves."""
    reporter = Reporter().begins("grooming").skips()
    reporter.presses("report_send.change", "report_change.where")
    assert reporter.keys == ["report.where"]

    assert reporter.types(ADDRESS).keys == ["report.summary", "report.ready"]
    assert defanged(ADDRESS) in reporter.text

    reporter.presses("report_send.change", "report_change.more", "report_change.still")
    assert reporter.presses("report_still.yes").keys == ["report.summary", "report.ready"]
    reporter.presses("report_send.change", "report_change.kind", "report_kind.csam_address")
    (filed,) = reporter.skips().presses("report_send.send").filed
    assert (filed.kind, filed.addresses, filed.safe) == ("csam_address", (ADDRESS,), "")


@pytest.mark.parametrize(
    ("words", "key"),
    [("mbrapa", "report.where"), ("back", "report.where"), ("skip", "report.more"),
     ("kaloje", "report.more"), ("1", "report.more"), ("A", "report.more"), ("Jo", "report.more")],
)  # fmt: skip
def test_words_do_what_buttons_do(words: str, key: str) -> None:
    """Back, skip, a number, a letter and the words of a button are all understood."""
    reporter = Reporter().begins("violence_or_hate").presses("report_now.no")
    reporter.presses("report_where.skip")
    asked = {"1": "report_still", "A": "report_still", "Jo": "report_still"}
    if words in asked:
        reporter.presses("report_more.ask", "report_place.skip", "report_when.skip")
        assert reporter.state.asked == "report_still"
        assert reporter.types(words).keys == ["report.words"]
        return
    if words not in ("mbrapa", "back"):
        reporter.types("mbrapa")
    assert reporter.types(words).keys == [key]


def test_a_place_in_words_is_no_address() -> None:
    """What has no address in it is kept as the place; a file in the text is dropped, and said."""
    reporter = Reporter().begins("grooming").presses("report_safe.yes")
    reporter.types("data:image/png;base64," + "A" * 5_000)
    assert reporter.keys == ["report.no_file", "report.where"]

    reporter.types("ne grupin e klases").skips().presses("report_send.send")
    assert (reporter.filed[0].where, reporter.filed[0].addresses) == ("ne grupin e klases", ())


@pytest.mark.parametrize("long", ["https://example.com/" + "a" * 300, "http://" + "b" * 2_000])
def test_long_rows_of_letters_within_an_address_are_no_file(long: str) -> None:
    """An address is kept up to its limit; a block that stands alone beside it is dropped."""
    assert clean(f"këtu {long} , {'Qk' * 200}== fund", TYPED).split() == [
        *("këtu", long[:ADDRESS_KEPT], ",", "fund")
    ]
    assert not has_file(long)
    assert has_file(f"{long} data:image/png;base64,{'A' * 20}")
    reporter = Reporter().begins("grooming").presses("report_safe.yes")
    reporter.types(long).skips().presses("report_send.send")
    assert reporter.filed[0].addresses == (long[:ADDRESS_KEPT],)


def test_words_at_a_choice_are_not_lost() -> None:
    """Whoever explains where a press was expected is noted, and asked the same again."""
    reporter = Reporter().begins("grooming").presses("report_safe.yes", "report_where.skip")
    reporter.types("kjo ndodhi te loja")
    assert reporter.keys == ["report.noted", "report.more"]

    reporter.skips().presses("report_send.send")
    assert reporter.filed[0].words == "kjo ndodhi te loja"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_not_needed(language: str) -> None:
    """A picture within a report: not kept, why, what to do instead, and the same question."""
    reporter = Reporter(language).begins("grooming").presses("report_safe.yes")
    reporter.does(MediaOffered(at=AT, kind="photo"))

    assert reporter.keys == ["media.removed", "report.no_picture", "report.where"]
    assert not reporter.state.words


def test_a_report_is_taken_up_again_for_a_day() -> None:
    """Left for something else it is kept; coming back it goes on, begins anew or is dropped."""
    reporter = Reporter().begins("grooming").types("menu")
    assert reporter.keys == ["report.kept", "menu.ask"]

    assert reporter.presses("go.report").keys == ["report.resume"]
    assert reporter.presses("report_resume.go_on").keys == ["report.safe"]

    reporter.presses("go.report", "report_resume.drop")
    assert reporter.keys == ["report.dropped"]
    assert reporter.state.draft is None


def test_after_a_day_it_is_gone_and_said_so() -> None:
    """Kept for a day, then gone; whoever comes for it is told so, once."""
    reporter = Reporter().begins("grooming").presses("report_safe.yes").types(ADDRESS, "menu")
    reporter.at += timedelta(days=1)
    reporter.does(TimerFired(at=AT, name=report.FORGET))
    assert "example.com" not in str(reporter.state.to_dict())

    assert reporter.presses("go.report").keys == ["report.forgotten", "report.open"]
    assert reporter.types("menu").presses("go.report").keys == ["report.open"]


def test_a_press_after_a_day_sends_nothing() -> None:
    """Also where no timer came: what is older than a day does not leave."""
    reporter = Reporter().begins("grooming").skips()
    reporter.at += timedelta(days=1)

    assert reporter.presses("report_send.send").keys[0] == "report.forgotten"
    assert not reporter.filed


def test_after_the_exit_nothing_of_it_shows() -> None:
    """C4: whoever comes to the chat after the exit word is not met with the report."""
    reporter = Reporter().begins("grooming").types("dil").types("ckemi")

    assert not any(key.startswith("report.") for key in reporter.keys)
    assert reporter.presses("go.report").keys == ["report.resume"]


def test_behind_an_own_word_somebody_else_begins_their_own() -> None:
    """With an own word a report that was begun is shut; another may be made meanwhile."""
    reporter = Reporter().begins("grooming").presses("report_safe.yes").types(ADDRESS)
    reporter.state = replace(reporter.state, own_word="x")
    reporter.at += timedelta(hours=1)

    assert reporter.presses("go.report").keys == ["report.open"]
    reporter.presses("report.go_on", "report_kind.csam_address").skips()
    reporter.presses("report_send.send")

    assert (reporter.filed[0].kind, reporter.filed[0].addresses) == ("csam_address", ())
    assert reporter.state.draft is not None
    assert reporter.state.draft.addresses == (ADDRESS,)


def test_an_address_pasted_at_once_is_taken() -> None:
    """“The address is enough”: whoever pastes it there goes on, and is not asked where."""
    reporter = Reporter().presses("go.report").types(ADDRESS)
    assert reporter.keys == ["report.how", "report.limits", "report.kind"]

    reporter.presses("report_kind.csam_address", "report_now.no")
    assert reporter.keys == ["report.in_picture"]


def test_somebody_new_says_who_they_are() -> None:
    """A passer-by whose first word is “report” is asked who they are, and addressed so."""
    reporter = Reporter(role="").types("dua të raportoj").presses("report.go_on")
    assert reporter.keys[-1] == "report.who"

    reporter.presses("report_who.other", "report_kind.csam_address")
    assert reporter.keys == ["report.now"]
    assert reporter.state.adult
    reporter.skips().presses("report_send.send")
    assert (reporter.filed[0].reporter, reporter.filed[0].band) == ("public", "adult")


_WALK = st.lists(st.integers(0, 40), min_size=1, max_size=25)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(REPORTERS), st.sampled_from(LANGUAGES), _WALK)
def test_from_every_place_there_is_a_way(role: str, language: str, walk: list[int]) -> None:
    """Wherever somebody stands: help is a press away, all can be left out, one report is sent."""
    reporter = Reporter(language, role).presses("go.report", "report.go_on")
    for turn in walk:
        typed = turn > 34
        if reporter.state.contact is not None or not reporter.state.asked.startswith("report"):
            break
        assert reporter.says[-1].help is not None
        grave = ("now.yes", "safe.no", "safe.unsure", "in_picture.yes")
        ways = [b for b in reporter.buttons if not b.endswith((*grave, ".send", ".drop"))]
        reporter.types("shembull") if typed else reporter.presses(ways[turn % len(ways)])
    else:
        if reporter.state.asked == report.CHANGE:
            reporter.presses("report_change.menu")
        sent = reporter.skips().presses("report_send.send", "report_send.send")
        assert len(sent.filed) == 1
