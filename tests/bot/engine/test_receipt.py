"""After a report was sent: its code, what became of it, adding to it, and wrong codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from fakes.holder import AT, CODE, CONTENT, Holder, update
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.content import LANGUAGES
from bot.engine.effects import (
    AddToReport,
    AskReport,
    CancelTimer,
    OpenContact,
    Say,
    SetTimer,
    TakeBack,
)
from bot.engine.events import (
    AdditionDelayed,
    AdditionStored,
    ReportNews,
    ReportStored,
    TimerFired,
)
from bot.engine.flows import receipt
from bot.engine.state import Contact, State, Told
from bot.engine.tries import DAY, MANY, REST, SLIPS, Tries

OTHER = "1111222233334444"


# ---------- the code itself ----------


@pytest.mark.parametrize(
    "typed",
    [
        *(CODE, "4721 0936 5518 2047", "4721-0936-5518-2047", "4721.0936.5518.2047"),
        *("4721O9365518 2O47", "472l 0936 55I8 2047", "kodi im është 4721 0936 5518 2047."),
        *("(4721) 0936\n5518\u00a02047", "４７２１ 0936 5518 2047", "kodi:4721093655182047"),
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    """Spaces, dashes, letters that look like digits and words around it are no mistake."""
    assert receipt.code_of(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        *("472109365518204", "47210936551820471", "+355 69 123 4567", "116 111", "nuk e di", ""),
        *("4721 0936 5518 20a7", "0" * 5_000, "illo illo illo illo", "4721/0936/5518", "🙂"),
    ],
)
def test_what_is_no_code_is_met_kindly(typed: str) -> None:
    """A digit more or less, a telephone number, words: asked again, and it leaves the chat."""
    holder = Holder().presses("go.code").types(typed)

    assert receipt.code_of(typed) == ""
    assert holder.keys == ["report.not_a_code", "report.type_code"]
    assert holder.all(TakeBack)[0].theirs
    assert not holder.all(AskReport)


@given(st.text(max_size=200))
def test_any_text_is_read_as_a_code_or_as_none(text: str) -> None:
    """Nothing stumbles, and what is found are sixteen plain digits."""
    code = receipt.code_of(text)

    assert code == "" or (len(code) == 16 and code.isascii() and code.isdecimal())


def test_sixteen_digits_out_of_the_blue_are_a_code() -> None:
    """Whoever types the code at once need not find a button first, and it is kept nowhere."""
    holder = Holder().types("4721 0936 5518 2047")

    assert holder.all(AskReport)[0].receipt == CODE
    assert holder.all(TakeBack)[0].theirs
    assert "4721" not in str(holder.state.to_dict())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_can_be_read_over_a_telephone(language: str) -> None:
    """Four groups of four digits, said to be digits only, that go after the press (S36)."""
    holder = Holder(language).does(ReportStored(at=AT, receipt=CODE))

    assert receipt.grouped(CODE) in holder.said
    assert CODE not in str(holder.state.to_dict())
    assert holder.presses("report_code.written").all(Say)[0].instead == "report.code"


def test_a_code_waits_while_a_person_is_there() -> None:
    """With a contact open no code stands over its questions; it comes when the talk is over."""
    holder = Holder()
    contact = Contact(number=1, stage="waiting", severity="emergency")
    holder.state = replace(holder.state, contact=contact, contacts=1, heard_at=AT)
    holder.state = replace(holder.state, asked="company")
    assert holder.does(ReportStored(at=AT, receipt=CODE)).keys == []
    assert holder.state.asked == "company"

    holder.state = replace(holder.state, contact=None, asked="")

    assert "report.code" in holder.types("ok").keys


# ---------- what became of it ----------


STATES = {
    "submitted": ("", "Sot raportimi mbërriti", "Today the report reached"),
    "assessing": ("", "Sot e lexoi një njeri", "Today a person"),
    "signposted": ("", "Kjo i takon dikujt tjetër", "This belongs with someone else"),
    "police": ("", "Sot iu dërgua policisë", "Today it went to the police"),
    "filed": ("isigurt", "Sot iu dërgua iSIGURT.al.", "Today it went to iSIGURT.al."),
    "notice": ("platform", "Sot u kërkua të hiqet", "Today they were asked"),
    "removed": ("", "Sot e hoqën.", "Today it was removed."),
    "refused": ("", "Sot thanë se nuk e heqin", "Today they said"),
    "gone": ("", "Sot nuk hapej më", "Today it no longer opened"),
    "moved": ("", "Sot doli se gjendet diku tjetër", "Today it turned out"),
    "again": ("", "Sot u shfaq prapë", "Today it was there again"),
    "there": ("", "Sot ishte ende aty", "Today it was still there"),
    "working": ("", "po merret ende me të", "still working on it"),
    "closed": ("", "Sot ky raportim u mbyll", "Today this report was closed"),
    "something_new": ("", "po merret ende me të", "still working on it"),
}


@pytest.mark.parametrize("role", ["child", "parent"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told_in_plain_words(state: str, role: str) -> None:
    """Whatever became of a report is said in both languages, with its day, to everybody."""
    to, sq, en = STATES[state]

    assert sq in Holder("sq", role).hears(update(state, to)).said
    assert en in Holder("en", role).hears(update(state, to)).said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("to", [*receipt.TOLD_TO, "", "somebody"])
def test_who_was_told_is_named(language: str, to: str) -> None:
    """Each place a report can go to has its name; an unknown one is a team."""
    said = Holder(language).hears(update("filed", to)).said

    assert "{" not in said
    assert to != "iwf" or "IWF" in said


def test_days_are_said_as_people_say_them() -> None:
    """Yesterday, a weekday within the week, else a date; and when somebody looks again."""
    filed, gone = update("filed", "isigurt", days=2), update("gone", days=1, again=1)
    holder = Holder("sq").hears(update("assessing", days=9), filed, gone)

    assert holder.said.startswith(
        "Më 16 nëntor e lexoi një njeri nga linja e ndihmës. "
        "Të hënën iu dërgua iSIGURT.al. Dje nuk hapej më. E shohim prapë nesër."
    )
    english = Holder("en").hears(update("there", days=1, again=5)).said
    assert english.startswith("Yesterday it was still there.")
    assert "We look again on Monday." in english


def test_thanks_are_true() -> None:
    """“Your report helped” where others reported it too, else that nobody had; after work only."""
    assert "Raportimi yt ndihmoi" in Holder().hears(update("removed"), others=True).said
    assert "nuk do ta kishim parë" in Holder().hears(update("removed")).said
    assert "parë." not in Holder().hears(update("assessing")).said
    assert "Raportimi juaj" in Holder(role="parent").hears(update("removed"), others=True).said


def test_where_it_belongs_instead_is_named() -> None:
    """A report that is not one for the helpline is answered with who, and how (from services)."""
    said = Holder("sq").hears(update("signposted"), signpost=("police", "nobody_knows")).said

    assert "Ja kujt, dhe si:\nPolicia: 129" in said
    assert "Ja kujt" not in Holder("sq").hears(update("signposted")).said


def test_the_page_of_the_report_form_reads_the_same() -> None:
    """The browser's form tells the same lines without a chat."""
    from bot.engine.events import Started
    from bot.engine.voice import Moment

    news = ReportNews(at=AT, found="known", updates=(update("removed"),), others=True)
    lines = receipt.told(State(language="en"), Moment(CONTENT, Started(at=AT)), news)

    assert lines == (
        "Today it was removed.",
        "Someone else reported the same thing too. Your report helped.",
    )


# ---------- adding ----------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_forgotten_is_added(language: str) -> None:
    """Words, the addresses in them and whether it goes on leave with the code, which then goes."""
    holder = Holder(language).adds().types("harrova t.me/dhoma_9 dhe @dikush_9")
    assert holder.keys == ["receipt.still"]

    order = holder.presses("receipt_still.yes").all(AddToReport)[0]

    assert (order.receipt, order.still) == (CODE, "yes")
    assert order.addresses == ("t.me/dhoma_9", "@dikush_9")
    assert order.wants_news is None
    assert CODE not in str(holder.state.to_dict())
    assert CancelTimer(name="forget_code") in holder.effects
    assert holder.does(AdditionStored(at=AT)).keys == ["receipt.added"]


def test_danger_in_what_is_added_is_heard_first() -> None:
    """Triage reads what is added before it goes anywhere; nothing is sent meanwhile (U1)."""
    holder = Holder().adds().types("nje burre me kercenon se i nxjerr fotot e mia")

    assert holder.keys[0] == "disclosure.thank"
    assert not holder.all(AddToReport)
    assert not holder.all(OpenContact)


def test_the_code_is_kept_for_an_hour_at_most() -> None:
    """While something is added the code is here; an hour later it is not, and that is said."""
    holder = Holder().hears(update("assessing"), open=True)
    timer = next(each for each in holder.all(SetTimer) if each.name == "forget_code")
    assert timer.at - AT == timedelta(hours=1)

    holder.does(TimerFired(at=timer.at, name="forget_code"))
    assert CODE not in str(holder.state.to_dict())

    assert holder.presses("receipt.add").keys == ["receipt.expired"]


def test_nothing_is_asked_where_nothing_is_read_any_more() -> None:
    """A closed report takes no additions, so none are asked for and the code is not kept."""
    holder = Holder().hears(update("closed"), open=False)

    assert holder.keys[-1] == "report.look_after"
    assert CODE not in str(holder.state.to_dict())


@pytest.mark.parametrize(
    ("refused", "key"), [(False, "receipt.add_delayed"), (True, "receipt.add_refused")]
)
def test_an_addition_that_waits_is_said_to_wait(refused: bool, key: str) -> None:
    """Kept and tried again, or not taken: either is the truth."""
    assert Holder().does(AdditionDelayed(at=AT, refused=refused)).keys == [key]


def test_news_can_be_stopped() -> None:
    """Who wanted to be told can stop it with the code, and what waited is dropped."""
    holder = Holder().hears(update("assessing"), open=True, wants_news=True)
    holder.presses("receipt.hush")

    order = holder.all(AddToReport)[0]
    assert (order.wants_news, order.words) == (False, "")
    assert holder.keys == ["receipt.hushed"]
    assert "hush" not in Holder().hears(update("assessing"), open=True).state.options


def test_somebody_else_at_the_phone_sees_nothing_of_it() -> None:
    """In doubt a code that is being added to shows to nobody, and is not lost before its hour."""
    holder = Holder().hears(update("removed", to=""), open=True)
    holder.state = replace(holder.state, doubt=True)

    assert not any(key.startswith("receipt.") for key in holder.types("çfarë është kjo").keys)
    assert holder.state.adding is not None


@pytest.mark.parametrize("leaves", ["dil", "exit", "fshihe bisedën"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_leaves_takes_the_code_along(language: str, leaves: str) -> None:
    """After the exit word, or hiding, neither the code nor a question about it is left here."""
    holder = Holder(language).adds().types(leaves)
    if "hide" in holder.state.asked:
        holder.presses("hide.yes")

    assert CODE not in str(holder.state.to_dict())
    assert "receipt" not in holder.state.paused
    holder.at += timedelta(hours=3)
    assert not any("receipt" in key for key in holder.types("ckemi").keys)


# ---------- guessing ----------


def test_after_five_wrong_codes_there_is_a_rest() -> None:
    """Five misses in ten minutes: no more is looked up for a while, said kindly (S36)."""
    holder = Holder()
    for _ in range(SLIPS):
        holder.presses("go.code").types(OTHER)
        assert holder.all(AskReport)
        holder.does(ReportNews(at=holder.at, found="unknown"))

    holder.presses("go.code").types(CODE)
    assert holder.keys == ["report.slowed"]
    assert not holder.all(AskReport)
    assert holder.all(TakeBack)

    holder.at += REST
    assert holder.presses("go.code").types(CODE).all(AskReport)


@given(st.lists(st.integers(0, 3_000), max_size=40))
def test_nobody_tries_more_than_a_few_codes_an_hour(pauses: list[int]) -> None:
    """However tries are spread, no hour holds more than a handful that are looked up."""
    at, tries, looked = AT, Tries(), []
    for seconds in pauses:
        at += timedelta(seconds=seconds)
        if not tries.resting(at):
            tries = tries.missed(at)
            looked.append(at)

    late = looked[MANY:]
    assert all(
        later - sooner >= REST for sooner, later in pairwise(late) if later - looked[0] < DAY
    )
    assert len(tries.wrong) <= MANY


def test_grave_words_are_not_taken_for_a_code() -> None:
    """A child that was told of harm is asked on, whatever digits it types."""
    holder = Holder()
    told = Told("disclosure", "sextortion", 1.0)
    holder.state = replace(holder.state, asked="danger", told=told, hold=True)

    assert not holder.types(CODE).all(AskReport)
