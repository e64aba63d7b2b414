"""However the steps are filled in and filled in again, what is shown is what is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.authoring import load
from bot.door import steps
from bot.door.answers import WHO
from bot.door.words import STEPS
from bot.engine.effects import FileReport, Say
from bot.engine.events import ExitPressed, ReportDelayed, ReportFilled, ReportStored, TimerFired
from bot.engine.forms import OVER
from bot.engine.reports import defanged
from bot.engine.state import State
from bot.engine.step import step

CONTENT = load(Path(__file__).resolve().parents[3] / "content")
FORM = CONTENT.report
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
TYPED = st.sampled_from(
    ["", "t.me/x_kanal", "dikush", "https://example.com/a b", "@emri_99", "sot"]
)


@st.composite
def fillings(draw: st.DrawFn) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """A step, who is said to be reporting, and an answer to some of all questions."""
    some = draw(st.lists(st.sampled_from(FORM.questions), max_size=6, unique_by=lambda q: q.id))
    answers: list[tuple[str, str]] = []
    for question in some:
        choices = st.sampled_from(("", *question.options)) if question.options else TYPED
        value = draw(st.one_of(choices, TYPED) if question.typed else choices)
        answers.append((question.id, value))
    return draw(st.sampled_from(STEPS)), draw(st.sampled_from(("", *WHO))), tuple(answers)


def filled(state: State, press: str, who: str = "", answers: tuple[tuple[str, str], ...] = ()):
    """The state after a page was posted, and what was ordered."""
    role, band = WHO.get(who, (None, None))
    turn = state.form.turn if state.form else 0
    event = ReportFilled(
        at=NOON, press=press, language="sq", role=role, band=band, answers=answers, turn=turn
    )
    return step(state, event, content=CONTENT)


def told(state: State) -> list[str]:
    """Every answer of the summary."""
    found = steps.summary(FORM, state, "sq", who="", label="")
    return [answer for each in found for _, answer in each.answers]


def leaves(order: FileReport) -> list[str]:
    """Every answer that leaves, in the words of the summary where it was typed."""
    typed = [*order.addresses, order.where, order.app, order.when, order.deadline, order.suspect]
    return [defanged(each) for each in (*typed, order.words) if each]


@given(st.lists(fillings(), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_the_summary_shows_what_is_sent(posts) -> None:
    """
    After any answers in any order, also taken back: nothing is said, every typed or chosen
    answer that leaves stands in the summary, and nothing stands there that does not leave.
    """
    state = State.new()
    for _, who, answers in posts:
        answer = filled(state, "keep", who, answers)
        state = State.from_dict(answer.state.to_dict())
        assert not any(isinstance(effect, Say) for effect in answer.effects)
    shown, draft = told(state), state.draft
    sent = filled(state, "send")
    orders = [effect for effect in sent.effects if isinstance(effect, FileReport)]
    assert draft is not None
    assert len(orders) == bool(draft.kind)
    if not orders:
        return
    (order,) = orders
    options = {each for question in FORM.questions for each in question.options}
    for each in leaves(order):
        assert each in options or any(each in line for line in shown), (each, shown)
    count = [order.kind, order.now, order.safe, order.in_picture, order.place, order.app]
    count += [order.when, order.still, order.given, order.deadline, order.suspect, order.words]
    count += [order.pass_on, order.demand, order.addresses or order.where]
    assert len(shown) == sum(map(bool, count))


@given(st.lists(st.sampled_from(["send", "keep", "stored", "late", "left", "timer", "drop"])))
@settings(max_examples=150, deadline=None)
def test_one_report_for_each_that_was_begun(happened: list[str]) -> None:
    """
    In whatever order pages, helpline and clock speak: no bubble ever leaves, each report is
    filed under a number of its own, and a form that is over holds nothing.
    """
    state, numbers = filled(State.new(), "keep", "11", (("kind", "grooming"),)).state, []
    events = {
        "stored": ReportStored(at=NOON, receipt="4721093655182047"),
        "late": ReportDelayed(at=NOON),
        "left": ExitPressed(at=NOON),
        "timer": TimerFired(at=NOON + timedelta(days=1), name="forget_form"),
    }
    for name in happened:
        if name in events:
            answer = step(state, events[name], content=CONTENT)
        else:
            answer = filled(state, name, "", (("kind", "grooming"),) if name == "keep" else ())
        numbers += [each.report for each in answer.effects if isinstance(each, FileReport)]
        assert not any(isinstance(effect, Say) for effect in answer.effects)
        state = State.from_dict(answer.state.to_dict())
        assert state.form is not None
        if state.form.stage == OVER:
            assert (state.draft, state.form.receipt) == (None, "")

    assert numbers == list(range(1, len(numbers) + 1))
