"""What was learned comes back: when, how often, and when never."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.onlooker import AT, CHILD, CONTENT, HARM, ID, Talk
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.effects import Count, Say
from bot.engine.events import (
    Abilities,
    AnyEvent,
    ButtonTapped,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    LanguageChosen,
    MessageReceived,
    Started,
    TimerFired,
)
from bot.engine.flows import cover, hours, schedule
from bot.engine.flows.clock import CLOCK
from bot.engine.state import Contact, Draft, Learnt, State, Told

FREE = Abilities()
PAID = Abilities(takes_back=False, session=timedelta(hours=24))
TEEN = replace(CHILD, band="14-17")
YOUNG = replace(CHILD, band="11-13", reminders="yes", remind_at=(14, 18), heard_at=AT)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEARNT = Learnt(topic="t01", before="other", after="right", done_at=AT)


def tirana(at: datetime) -> datetime:
    """The clock on the wall."""
    return at.astimezone(CLOCK)


def lesson_of(talk: Talk, topic: str) -> str:
    """The id of the lesson on a topic for the child of this conversation."""
    lessons = CONTENT.lessons[talk.state.language].values()
    return next(x.id for x in lessons if x.topic == topic and x.band == talk.state.band)


def learns(talk: Talk, topic: str, *, right: bool = True) -> list[str]:
    """Take a lesson from its opening to its line of help; returns what was counted."""
    name = lesson_of(talk, topic)
    taught = CONTENT.lessons[talk.state.language][name]
    counted: list[str] = []
    talk.taps("go.lessons", f"lessons.{topic}", f"{name}/open.start")
    while (place := talk.state.asked.partition("/")[2]) != "end":
        options = talk.state.options
        if place == "quiz":
            wanted = next(each.id for each in taught.quiz.options if each.right == right)
        else:
            wanted = {"again": "go_on", "do": "done"}.get(place, options[0])
        talk.taps(f"{name}/{place}.{wanted}")
        counted += [each.what for each in talk.effects if isinstance(each, Count)]
    return counted


def wants(talk: Talk, topic: str, when: str = "after_school") -> list[str]:
    """Say yes to a question in two days, and when."""
    name = lesson_of(talk, topic)
    said = talk.taps(f"{name}/end.go_on")
    if said[-1] == "remind.ask":
        said = talk.taps(f"{name}/remind.yes")
    return talk.taps(f"remind_when.{when}") if said[-1] == "remind.when" else said


def answers(talk: Talk, *, right: bool = True) -> list[str]:
    """Answer the review that is open."""
    name, _, place = talk.state.asked.partition("/")
    number = int(place.removeprefix("review"))
    review = CONTENT.lessons[talk.state.language][name].reviews[number - 1]
    chosen = next(each.id for each in review.options if each.right == right)
    return talk.taps(f"{name}/{place}.{chosen}")


def due(state: State = YOUNG, *learned: Learnt, at: datetime = AT) -> Talk:
    """A child with something that is due the next day at 15:00 in Tirana."""
    day = tirana(at + DAY).replace(hour=15, minute=0, second=0, microsecond=0).astimezone(UTC)
    known = tuple(replace(each, due_at=day) for each in learned or (LEARNT,))
    talk = Talk(replace(state, learned=known))
    talk.timers["review"] = day
    return talk


# ---------- asked for ----------


def test_nothing_comes_back_that_was_not_asked_for() -> None:
    """Scene 2: one question in two days is offered after a lesson; a no sets no timer."""
    talk = Talk(TEEN)
    learns(talk, "t01")

    assert talk.taps("t01-privacy-14-17/end.go_on") == ["t01-privacy-14-17.closing", "remind.ask"]
    assert talk.taps("t01-privacy-14-17/remind.no") == ["remind.no", "menu.ask"]
    assert "review" not in talk.timers
    assert talk.state.learned[0].due_at is None


def test_first_comes_in_two_days_within_the_chosen_hours() -> None:
    """A lesson at 19:32 and a yes to after school: two days later, when those hours begin."""
    talk = Talk(TEEN)
    learns(talk, "t01")

    assert wants(talk, "t01") == ["remind.yes", "menu.ask"]
    assert f"{tirana(talk.timers['review']):%d %H:%M}" == "21 14:00"


def test_once_wanted_every_lesson_comes_back_without_another_question() -> None:
    """Reminders are asked for once: the next lesson is put on the calendar by itself."""
    talk = Talk(TEEN)
    learns(talk, "t01")
    wants(talk, "t01", "any")
    learns(talk, "t14")

    assert talk.taps("t14-help-14-17/end.go_on") == ["t14-help-14-17.closing", "menu.ask"]
    assert all(each.due_at for each in talk.state.learned)


def test_no_more_is_not_asked_about_after_the_next_lesson() -> None:
    """“I won't ask any more” is kept: no other lesson ends with the same question."""
    talk = Talk(replace(TEEN, reminders="no"))
    learns(talk, "t14")

    assert talk.taps("t14-help-14-17/end.go_on") == ["t14-help-14-17.closing", "menu.ask"]
    assert "review" not in talk.timers


@pytest.mark.parametrize(
    "state",
    [
        replace(TEEN, hold=True),
        replace(TEEN, role="parent", band=""),
    ],
)
def test_not_asked_of_everybody(state: State) -> None:
    """After a disclosure, and of adults who try a lesson, no reminder is asked for."""
    name = "t14-help-14-17"
    talk = Talk(replace(state, asked=f"{name}/end", lesson=name, learned=()))

    assert "remind.ask" not in talk.taps(f"{name}/end.go_on")


def test_adults_who_try_a_lesson_are_neither_counted_nor_remembered() -> None:
    """What an adult does in a lesson is no child's learning."""
    talk = Talk(replace(TEEN, role="parent", band="", asked="lessons"))
    talk.state = replace(talk.state, band="14-17")
    counted = learns(talk, "t01")

    assert counted == []
    assert talk.state.learned == ()


@pytest.mark.parametrize("language", ["sq", "en"])
def test_before_is_asked_once_and_never_answered(language: str) -> None:
    """The matched question stands before the scene the first time only, and teaches nothing."""
    talk = Talk(replace(TEEN, language=language))
    name = "t01-privacy-14-17"

    assert talk.taps("go.lessons", "lessons.t01", f"{name}/open.start") == [f"{name}.before"]
    first = talk.state.options[0]
    assert talk.taps(f"{name}/before.{first}") == ["lesson.noted", f"{name}.hook"]
    assert talk.state.learned[0].before in ("right", "other")
    assert talk.taps("go.lessons", "lessons.t01", f"{name}/open.start") == [f"{name}.hook"]


def test_learning_is_counted_once_and_of_first_answers() -> None:
    """Begun, before, after and finished are one each, however often a lesson is taken."""
    talk = Talk(TEEN)
    first = learns(talk, "t01", right=False)
    again = learns(talk, "t01")

    assert Counter(each.partition("_")[0] for each in first) == {
        "begun": 1,
        "before": 1,
        "after": 1,
        "finished": 1,
    }
    assert "after_other" in first
    assert again == []
    assert talk.state.learned[0].after == "other"


@pytest.mark.parametrize(
    "does",
    [
        ButtonTapped(at=AT, button="go.help"),
        ButtonTapped(at=AT, button="go.person"),
        MessageReceived(at=AT, text="ndihmë"),
        MessageReceived(at=AT, text="zzz", reading=HARM),
    ],
)
def test_help_taken_from_a_lesson_is_counted(does: AnyEvent) -> None:
    """A hand-over from a lesson is the measure of success; it is counted, never whose it was."""
    talk = Talk(replace(TEEN, asked="t01-privacy-14-17/quiz", lesson="t01-privacy-14-17"))
    talk.happens(does)

    counted = [each for each in talk.effects if isinstance(each, Count)]
    assert counted == [Count(what="help", topic="t01", band="14-17", language="sq")]


@pytest.mark.parametrize(("place", "times"), [("quiz", 1), ("open", 0)])
def test_nobody_alone_makes_a_group(place: str, times: int) -> None:
    """Help taken ten times from a lesson is counted once, and from its opening not at all."""
    question = f"t01-privacy-14-17/{place}"
    talk, counted = Talk(TEEN), []
    for _ in range(10):
        talk.state = replace(talk.state, asked=question, paused="")
        talk.taps("go.help")
        counted += [each.what for each in talk.effects if isinstance(each, Count)]

    assert counted == ["help"] * times


# ---------- the knock ----------


def test_knock_says_nothing_of_anything() -> None:
    """Scene 14: one neutral question, which names no topic and leaves out what costs."""
    talk = due()

    assert talk.fires("review") == ["review.ask"]
    assert [say.text for say in talk.says] == ["Gati për një pyetje të shkurtër?"]
    assert talk.says[0].notice
    assert talk.says[0].until == talk.at + 3 * HOUR, "at 18:00 it is over"
    assert not talk.says[0].grave
    assert [b.id for b in talk.says[0].buttons] == ["review.yes", "review.later", "review.stop"]


TOLD = Told("disclosure", "violence", 0.9)
HELD_BACK = {
    "contact": {"contact": Contact(number=1, stage="waiting", severity="concern")},
    "hold": {"hold": True},
    "told": {"told": TOLD},
    "quiet": {"quiet": True},
    "doubt": {"doubt": True},
    "held": {"held": (("Elira", "E lexova."),)},
    "left": {"left": "Elira"},
    "grave": {"asked": "danger"},
    "offer waits": {"asked": "doors", "paused": "offer"},
    "receipt": {"receipt": "1234"},
    "telling": {"asked": "listening"},
    "report": {"asked": "report_where", "draft": Draft()},
    "soft": {"asked": "soft"},
}


@pytest.mark.parametrize("case", HELD_BACK)
def test_knock_is_put_off_day_by_day(case: str) -> None:
    """Rule 39: while something graver is open nothing comes, and once it is over, it does."""
    talk = due(replace(YOUNG, **HELD_BACK[case]))  # type: ignore[arg-type]

    assert talk.fires("review") == []
    assert f"{tirana(talk.timers['review']):%d %H}" == "21 15"
    assert talk.fires("review") == []

    talk.state = replace(YOUNG, learned=talk.state.learned)
    assert talk.fires("review") == ["review.ask"]


def test_knock_never_interrupts() -> None:
    """Whoever did something in the last quarter of an hour is not asked just now."""
    talk = due()
    talk.at = talk.timers["review"] - timedelta(minutes=5)
    talk.types("abc")
    before = talk.at

    assert talk.fires("review") == []
    assert talk.timers["review"] >= before + cover.LIVE
    assert talk.fires("review") == ["review.ask"]


def test_knock_waits_for_the_hours_when_the_clock_stood_still() -> None:
    """A timer that fires late, in the evening, says nothing before the hours of the next day."""
    talk = due()
    talk.at = talk.timers["review"] + timedelta(hours=6)

    assert talk.fires("review") == []
    assert f"{tirana(talk.timers['review']):%d %H:%M}" == "21 14:00"


@pytest.mark.parametrize(
    ("chosen", "safe", "expected"),
    [
        ((14, 18), None, (14, 18)),
        (None, None, (8, 20)),
        ((8, 20), (14, 16), (14, 16)),
        ((14, 18), (16, 20), (16, 18)),
        ((18, 20), (14, 16), (14, 16)),
        ((14, 18), (20, 22), (20, 22)),
    ],
)
def test_safe_hours_are_above_the_chosen_ones(
    chosen: tuple[int, int] | None, safe: tuple[int, int] | None, expected: tuple[int, int]
) -> None:
    """R8: a reminder is never outside the hours in which nobody sees the phone."""
    assert schedule.hours_of(replace(YOUNG, remind_at=chosen, hours=safe)) == expected


def test_unanswered_knock_ends_it_until_the_child_comes_back() -> None:
    """Rule 38: unanswered, they stop, whatever else comes due meanwhile."""
    other = replace(LEARNT, topic="t14", due_at=AT + 3 * DAY)
    talk = due()
    talk.state = replace(talk.state, learned=(*talk.state.learned, other))

    assert talk.fires("review") == ["review.ask"]
    assert "review" not in talk.timers

    talk.at += 9 * DAY
    assert talk.happens(Started(at=AT)) == ["review.ask"]
    assert "review" not in talk.timers
    assert talk.taps("review.yes") == ["t14-help-11-13.review1"]


def test_one_question_a_day_what_was_not_known_first() -> None:
    """Two are due on one day: the one that was not known comes, the other one tomorrow."""
    talk = due(YOUNG, LEARNT, replace(LEARNT, topic="t14", after="other"))

    talk.fires("review")
    assert talk.taps("review.yes") == ["t14-help-11-13.review1"]
    answers(talk)
    talk.taps("t14-help-11-13/next.no", "after.go_on")
    assert talk.fires("review") == ["review.ask"]
    assert tirana(talk.at).date() == date(2026, 11, 21)
    assert talk.taps("review.yes") == ["t01-privacy-11-13.review1"]


def test_yes_opens_what_was_brought_up_though_another_came_due() -> None:
    """The knock was for one topic: that one is asked, and the other still has its own day."""
    talk = due(YOUNG, LEARNT)
    soon = replace(LEARNT, topic="t14", after="other", due_at=talk.timers["review"] + HOUR / 4)
    talk.state = replace(talk.state, learned=(*talk.state.learned, soon))
    talk.fires("review")
    talk.at += HOUR

    assert talk.taps("review.yes") == ["t01-privacy-11-13.review1"]
    answers(talk)
    talk.taps("t01-privacy-11-13/next.no", "after.go_on")
    assert talk.fires("review") == ["review.ask"]
    assert tirana(talk.at).date() == date(2026, 11, 21)
    assert talk.taps("review.yes") == ["t14-help-11-13.review1"]


def test_later_puts_off_what_was_brought_up_last() -> None:
    """A question that nobody answered stays in the menu; later means the newest one."""
    other = replace(LEARNT, topic="t14", after="other")
    talk = due(YOUNG, replace(LEARNT, after="right"), other)
    assert talk.fires("review") == ["review.ask"]
    talk.types("abc", later=60)
    assert talk.fires("review") == ["review.ask"]
    talk.taps("review.later")

    assert {each.topic: each.call for each in talk.state.learned} == {"t14": "past", "t01": "later"}


def test_later_is_once_more_tomorrow() -> None:
    """Put off, it comes at the same hour the next day, once, and then waits in the menu."""
    talk = due()
    talk.fires("review")

    assert talk.taps("review.later") == ["safe.later"]
    assert f"{tirana(talk.timers['review']):%d %H}" == "21 15"
    assert talk.fires("review") == ["review.ask"]
    assert talk.taps("review.later") == ["safe.later"]
    assert "review" not in talk.timers
    assert talk.taps("after.go_on") == ["menu.ask"]
    assert talk.says[-1].buttons[0].id == "menu.review"


def test_no_more_is_no_more() -> None:
    """A word ends all of it; the menu shows the way back, and nothing else does."""
    talk = due()
    talk.fires("review")

    assert talk.taps("review.stop") == ["review.stopped"]
    assert "review" not in talk.timers
    assert talk.taps("after.go_on") == ["menu.ask"]
    assert "menu.review" not in [button.id for button in talk.says[-1].buttons]
    assert talk.happens(Started(at=AT), later=2 * 24 * 60) == ["menu.ask"]


def test_it_can_be_turned_on_again_with_other_hours() -> None:
    """The menu's second page says how it stands, and changes it."""
    talk = due()
    talk.taps("go.menu", "menu.more")

    assert talk.taps("more.reminders") == ["reminders.are_on"]
    assert "14" in talk.says[-1].text
    assert talk.taps("reminders.off") == ["review.stopped"]
    talk.taps("go.menu", "menu.more")
    assert talk.taps("more.reminders") == ["reminders.are_off"]
    assert talk.taps("reminders.on") == ["remind.yes", "menu.ask"]
    talk.taps("menu.more", "more.reminders", "reminders.hours")
    assert talk.taps("remind_when.evening") == ["remind.yes", "menu.ask"]
    assert f"{tirana(talk.timers['review']):%d %H:%M}" == "20 18:00"


def test_paused_lesson_goes_on_after_the_question() -> None:
    """A knock on somebody who left a lesson open puts it away, and gives it back."""
    talk = due(replace(YOUNG, asked="t14-help-11-13/hook", lesson="t14-help-11-13"))
    talk.fires("review")
    talk.taps("review.yes")
    answers(talk)

    assert talk.taps("t01-privacy-11-13/next.yes") == ["remind.yes"]
    assert talk.taps("after.go_on") == ["t14-help-11-13.hook"]


# ---------- where it would cost ----------


def test_where_it_would_cost_it_waits_to_be_offered() -> None:
    """Viber charges after 24 hours of silence: nothing is said, and a return meets the offer."""
    talk = due(replace(YOUNG, heard_at=AT - 2 * DAY))
    talk.abilities = PAID

    assert talk.fires("review") == []
    assert "review" not in talk.timers
    assert talk.types("Përshëndetje", later=600) == ["small.hello", "review.ask"]
    assert not talk.says[-1].notice
    assert talk.taps("review.yes") == ["t01-privacy-11-13.review1"]


def test_within_the_session_it_knocks_there_too() -> None:
    """Within 24 hours of the child's last word a knock costs nothing."""
    talk = due()
    talk.abilities = PAID

    assert talk.fires("review") == ["review.ask"]


# ---------- tender topics, and after a person ----------

TENDER = replace(LEARNT, topic="t06")


def test_tender_question_opens_with_a_choice() -> None:
    """Behind the knock a tender question asks first, and a no costs nothing."""
    talk = due(YOUNG, TENDER)
    talk.fires("review")

    assert talk.taps("review.yes") == ["review.tender"]
    assert talk.taps("t06-threats-11-13/gate.not_now") == ["offer.later"]
    talk.taps("after.go_on", "menu.review")
    assert talk.taps("t06-threats-11-13/gate.yes") == ["t06-threats-11-13.review1"]
    assert answers(talk)[0] == "t06-threats-11-13.review1.right"
    assert not any(say.mood for say in talk.says)


def test_after_a_person_no_tender_topic_comes_back_by_itself() -> None:
    """14.08: who ever had a contact is asked about an everyday topic, or about none."""
    talk = due(replace(YOUNG, contacts=1), TENDER)
    assert talk.fires("review") == []
    assert talk.happens(Started(at=AT), later=24 * 60) == ["menu.ask"]

    talk = due(replace(YOUNG, contacts=1), replace(TENDER, after="other"), LEARNT)
    assert talk.fires("review") == ["review.ask"]
    assert talk.taps("review.yes") == ["t01-privacy-11-13.review1"]


def test_closed_chat_is_not_knocked_at() -> None:
    """While what was told is closed to strangers nothing comes by itself."""
    talk = due(replace(YOUNG, own_word="00", words=(), held=(("Elira", "E lexova."),), asked=""))

    assert talk.fires("review") == []


def test_stranger_who_presses_meets_an_everyday_question() -> None:
    """Scene 14: a press on the knock proves nothing, and shows nothing of a contact."""
    talk = due(replace(YOUNG, contacts=1, own_word="00"), LEARNT, TENDER)
    talk.fires("review")
    assert talk.types("cfare ka shkruar djali ketu")[0] == "stranger.program"
    assert talk.taps("review.yes") == ["t01-privacy-11-13.review1"]
    assert not any(say.grave for say in talk.says)


# ---------- a month ----------


@pytest.mark.parametrize("language", ["sq", "en"])
@pytest.mark.parametrize("right", [True, False])
def test_a_month_where_messages_are_free(language: str, right: bool) -> None:
    """After 2, 7 and 21 days a question comes, is answered, and then it is over."""
    talk = Talk(replace(TEEN, language=language))
    learns(talk, "t01", right=right)
    wants(talk, "t01", "any")
    begun, days, counted = talk.at, [], Counter[str]()
    while "review" in talk.timers:
        assert talk.fires("review") == ["review.ask"]
        counted.update(each.what for each in talk.effects if isinstance(each, Count))
        days.append((tirana(talk.at).date() - tirana(begun).date()).days)
        talk.taps("review.yes")
        said = answers(talk, right=right)
        counted.update(each.what for each in talk.effects if isinstance(each, Count))
        if said[-1] != "review.last":
            talk.taps("t01-privacy-14-17/next.yes")

    assert days == [2, 7, 21]
    assert counted == {"review_due": 3, f"review_{'right' if right else 'other'}": 3}
    assert said[-1] == "review.last"
    assert talk.state.learned[0].reviews == ("right" if right else "other",) * 3


@pytest.mark.parametrize("language", ["sq", "en"])
def test_a_month_where_messages_cost(language: str) -> None:
    """On Viber not one question comes after a day of silence; each is met on coming back."""
    talk = Talk(replace(TEEN, language=language), PAID)
    learns(talk, "t01")
    wants(talk, "t01")
    met = []
    for _ in range(4):
        end = talk.at + 8 * DAY
        while "review" in talk.timers and talk.timers["review"] < end:
            assert talk.fires("review") == []
        talk.at = end
        said = talk.happens(Started(at=AT))
        met.append(said[-1])
        if said == ["review.ask"]:
            talk.taps("review.yes")
            if answers(talk)[-1] != "review.last":
                talk.taps("t01-privacy-14-17/next.yes")

    assert met == ["review.ask", "review.ask", "menu.ask", "review.ask"]
    assert len(talk.state.learned[0].reviews) == 3


# ---------- whatever happens in whatever order ----------

acts = st.one_of(
    st.integers(0, 5),  # press what is on the screen
    st.sampled_from(["t01", "t14", "t06"]),  # take a lesson
    st.sampled_from(["hej", "ndihmë", "dil", "hello", "abc", "menu"]),
    st.sampled_from(["go.menu", "go.help", "go.person", "menu.review", "review.later"]),
    st.sampled_from(
        [
            Started(at=AT),
            MessageReceived(at=AT, text="zzz", reading=HARM),
            CounsellorJoined(at=AT, contact_id=ID, name="Elira"),
            CounsellorWrote(at=AT, contact_id=ID, name="Elira", text="E lexova."),
            CounsellorLeft(at=AT, contact_id=ID, name="Elira", closed=True),
            LanguageChosen(at=AT, language="en"),
        ]
    ),
)
gaps = st.sampled_from([0, 1, 10, 60, 300, 1_000, 1_440, 3_000, 12_000])
months = st.lists(st.tuples(gaps, acts), min_size=4, max_size=25)
starts = st.builds(
    lambda language, band, named, safe, learned: replace(
        CHILD,
        language=language,
        band=band,
        reminders="yes",
        remind_at=named,
        hours=safe,
        learned=learned,
    ),
    st.sampled_from(["sq", "en"]),
    st.sampled_from(["8-10", "11-13", "14-17"]),
    st.sampled_from([None, (14, 18), (18, 20)]),
    st.sampled_from([None, (14, 16), (20, 22)]),
    st.just((replace(LEARNT, due_at=AT + DAY), replace(TENDER, due_at=AT + 2 * DAY))),
)


class Month:
    """A conversation whose timers fire when they are due; each knock is looked at."""

    def __init__(self, state: State, abilities: Abilities) -> None:
        self.talk = Talk(state, abilities)
        self.talk.timers["review"] = AT + DAY
        self.days: list[date] = []
        self.knocks: Counter[tuple[str, int, datetime | None]] = Counter()
        self.shown: list[Say] = []

    def passes(self, minutes: int) -> None:
        """Time passes; every timer that comes due fires, in order."""
        end = self.talk.at + timedelta(minutes=minutes)
        for _ in range(200):
            soon = sorted((at, name) for name, at in self.talk.timers.items() if at <= end)
            if not soon:
                break
            self._fires(soon[0][1])
        else:
            raise AssertionError("a timer is set again and again")
        self.talk.at = max(self.talk.at, end)

    def _fires(self, name: str) -> None:
        before = self.talk.state
        said = self.talk.fires(name)
        if "review.ask" in said:
            assert name == "review"
            self._looked_at(before)
        self.shown = self.talk.says or self.shown

    def _looked_at(self, before: State) -> None:
        at, after = self.talk.at, self.talk.state
        assert before.reminders == "yes"
        assert hours.inside(schedule.hours_of(before), at)
        assert before.contact is None
        assert not any((before.hold, before.quiet, before.told_of_harm, before.doubt))
        assert not cover.lately(before, at)
        session = self.talk.abilities.session
        heard_at = before.heard_at
        assert session is None or (heard_at is not None and at - heard_at < session)
        assert tirana(at).date() not in self.days
        self.days.append(tirana(at).date())
        old = {each.topic: each for each in before.learned}
        brought = (each for each in after.learned if each.call in schedule.BROUGHT)
        asked = [each for each in brought if each.call != old[each.topic].call]
        assert len(asked) == 1
        assert not (asked[0].topic == "t06" and before.contacts and before.band != "")
        again = old[asked[0].topic].call == "later"
        self.knocks[asked[0].topic, len(asked[0].reviews), asked[0].due_at] += 0 if again else 1

    def does(self, act: object) -> None:
        """The child, or the helpline, does something."""
        if isinstance(act, int):
            buttons = [b for say in self.shown for b in (*say.buttons, *say.standing)]
            act = buttons[act % len(buttons)].id if buttons else "go.menu"
        if act in ("t01", "t14", "t06"):
            act = f"lessons.{act}"
        if isinstance(act, str):
            pressed = "." in act
            event: AnyEvent = (
                ButtonTapped(at=AT, button=act) if pressed else MessageReceived(at=AT, text=act)
            )
        else:
            event = act  # type: ignore[assignment]
        self.talk.happens(event, later=0.2)
        self.shown = self.talk.says or self.shown


@settings(max_examples=150, deadline=None)
@given(starts, months, st.sampled_from([FREE, PAID]))
def test_knock_keeps_its_conditions_whatever_happens(
    state: State, month: list[tuple[int, object]], abilities: Abilities
) -> None:
    """Never with a contact or after a telling, never outside the hours, never twice for a due."""
    going = Month(state, abilities)
    for minutes, act in month:
        going.passes(minutes)
        going.does(act)
    going.passes(40 * 24 * 60)

    assert all(times <= 1 for times in going.knocks.values())


def test_timer_is_silent_for_whoever_wants_nothing() -> None:
    """A timer that is left over says nothing, and leaves none behind."""
    talk = due(replace(YOUNG, reminders="no"))

    assert talk.happens(TimerFired(at=AT, name="review"), later=24 * 60) == []
    assert talk.effects == ()
