"""Safe hours, the knock, the own word and the doubt: what a chat shows, and when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.onlooker import (
    AT,
    CHILD,
    DANGER,
    HARM,
    ID,
    NIGHT,
    PRESENT,
    TOMORROW,
    VIBER,
    Talk,
    watched,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.effects import (
    Hide,
    LeaveContact,
    OpenContact,
    PassToCounsellor,
    Say,
    TakeBack,
)
from bot.engine.events import (
    Abilities,
    AnyEvent,
    ButtonTapped,
    ChatHidden,
    ContactArrived,
    ContactClimbed,
    ContactDelayed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    Helpline,
    Hiding,
    MediaOffered,
    MessageReceived,
    Reading,
    Started,
    TimerFired,
)
from bot.engine.flows.hours import inside, next_start
from bot.engine.state import Contact, State, Told

# ---------- the clock ----------


@pytest.mark.parametrize(
    ("at", "starts"),
    [
        ("2026-10-24T12:30", "2026-10-25T13:00"),  # summer time ends in between
        ("2026-10-24T11:59", "2026-10-24T12:00"),
        ("2026-03-28T13:30", "2026-03-29T12:00"),  # and begins
        ("2026-03-28T13:00", "2026-03-29T12:00"),
        ("2026-12-31T23:30", "2027-01-01T13:00"),
    ],
)
def test_hours_begin_by_the_clock_on_the_wall(at: str, starts: str) -> None:
    """R8: 14:00 in Tirana is 14:00 on the day of a clock change as well."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert next_start((14, 16), moment) == datetime.fromisoformat(starts).replace(tzinfo=UTC)
    assert inside((14, 16), next_start((14, 16), moment))


# ---------- nothing comes by itself ----------

unasked = st.one_of(
    st.builds(ContactArrived, at=st.just(NIGHT), contact_id=st.just(ID), minutes=st.just(3)),
    st.builds(ContactDelayed, at=st.just(NIGHT), contact_id=st.just(ID)),
    st.builds(
        ContactClimbed,
        at=st.just(NIGHT),
        contact_id=st.just(ID),
        step=st.sampled_from(["all_on_duty", "supervisor", "outside"]),
        minutes=st.just(5),
    ),
    st.builds(CounsellorJoined, at=st.just(NIGHT), contact_id=st.just(ID), name=st.just("Elira")),
    st.builds(
        CounsellorWrote,
        at=st.just(NIGHT),
        contact_id=st.just(ID),
        name=st.just("Elira"),
        text=st.just("E lexova."),
    ),
    st.builds(
        CounsellorLeft,
        at=st.just(NIGHT),
        contact_id=st.just(ID),
        name=st.just("Elira"),
        closed=st.booleans(),
    ),
    st.builds(ChatHidden, at=st.just(NIGHT), left=st.integers(0, 3)),
)
timers = st.builds(
    TimerFired,
    at=st.just(NIGHT),
    name=st.sampled_from(
        ["forget", "arrival", "arrival_last", "knock_1", "knock_3", "knock_over", "forget_report"]
    ),
)
TOLD = MessageReceived(at=AT, text="zzz", reading=HARM)
child = st.one_of(
    st.builds(Started, at=st.just(AT)),
    st.builds(
        MessageReceived,
        at=st.just(AT),
        text=st.sampled_from(
            ["limonade", "dil", "ndihme", "po", "hej", "menu", "bicikleta", "fshije biseden", "A"]
        ),
    ),
    st.just(TOLD),
    st.builds(MediaOffered, at=st.just(AT), kind=st.sampled_from(["photo", "sticker"])),
    st.sampled_from(
        [
            *("go.help", "go.person", "go.menu", "go.hide", "safe.yes", "unseen.no", "unseen.yes"),
            *("seen.write_later", "seen.hide", "hours.14-16", "own_word.3", "own_again.3"),
            *("hide.yes", "hide.no", "today.start", "back.yes", "back.not_now", "danger.no"),
            *("danger.unsure", "offer.yes", "offer.not_now", "may_write.yes", "when.evening"),
            *("knock.yes", "knock.no", "stranger.no", "doors.person", "doors.back", "menu.ask"),
        ]
    ),
)
moves = st.lists(st.one_of(child, child, unasked, timers), max_size=12)
abilities = st.sampled_from([PRESENT, VIBER, Abilities(takes_back=True, hides=Hiding.EXIT)])


def walked(path: Sequence[object], can: Abilities, state: State = CHILD) -> Talk:
    """A conversation after a path of moves, ten seconds apart."""
    talk = Talk(state, can)
    for move in path:
        event = ButtonTapped(at=AT, button=move) if isinstance(move, str) else move
        assert not isinstance(event, str)
        talk.happens(event, later=1 / 6)  # type: ignore[arg-type]
    return talk


@settings(max_examples=200, deadline=None)
@given(moves, abilities, st.one_of(unasked, timers), st.sampled_from(Helpline))
def test_outside_the_hours_nothing_comes_by_itself(
    path: list[object], can: Abilities, event: AnyEvent, helpline: Helpline
) -> None:
    """C3: from any state, in a night after a quarter of an hour's silence, no notice is said."""
    talk = walked(path, can)
    talk.state = replace(talk.state, hours=(14, 16))
    talk.at, talk.helpline = NIGHT, helpline

    assert talk.happens(event) == []


@settings(max_examples=100, deadline=None)
@given(moves, abilities, timers)
def test_timers_keep_quiet_at_night_for_everybody(
    path: list[object], can: Abilities, event: AnyEvent
) -> None:
    """C3: where no hours were named, no timer speaks between eight in the evening and eight."""
    talk = walked(path, can)
    talk.at = NIGHT

    assert talk.happens(event) == []


def test_a_child_that_waits_without_hours_is_told_as_ever() -> None:
    """Without hours a person's words and news reach a child at night: it may be waiting."""
    talk = Talk()
    talk.taps("go.person")
    joins = CounsellorJoined(at=AT, contact_id=ID, name="Elira")

    assert talk.happens(joins, later=5 * 60) == ["handover.joined"]
    assert talk.writes() == ["person"]


def test_words_written_outside_the_hours_wait_for_a_knock() -> None:
    """C3: what a person writes after the hours waits; at 14:00 an ordinary question comes."""
    talk = Talk(replace(CHILD, hours=(14, 16)))
    talk.taps("go.person")

    assert talk.writes(later=16) == []
    assert talk.timers["knock_1"] == TOMORROW

    assert talk.fires("knock_1") == ["knock.ask"]
    assert [say.text for say in talk.says] == ["Gati për një kuiz?"]
    assert not talk.says[0].notice
    assert not talk.says[0].grave
    assert talk.says[0].help is not None
    assert talk.says[0].help.id == "go.help"

    assert talk.types("hej") == ["back.open"]
    assert talk.taps("back.yes") == ["person"]


def test_with_an_own_word_a_knock_comes_first_in_the_hours_too() -> None:
    """C4: within the hours, too, nothing of the case is shown to whoever holds the phone."""
    talk = Talk(replace(CHILD, contact=Contact(number=1, stage="waiting", severity="disclosure")))
    talk.state = replace(talk.state, asked="when", contacts=1)
    talk.taps("when.evening")
    talk.types("bicikleta")

    assert talk.writes(later=120) == []  # 21:32 in Tirana: the hours, and nobody was there yet
    assert talk.timers["knock_1"] == talk.at
    assert talk.fires("knock_1") == ["knock.ask"]
    assert talk.types("bicikleta") == ["back.open"]
    assert talk.taps("back.yes") == ["person"]


def test_a_child_that_is_there_is_answered_at_any_hour() -> None:
    """Within a quarter of an hour of its last word a child is answered outside the hours."""
    talk = Talk(replace(CHILD, hours=(14, 16)))
    talk.taps("go.person")

    assert talk.writes(later=14) == ["person"]


def test_knock_is_given_up_after_three_days_without_anybody_on_duty() -> None:
    """With nobody on duty it is tried within the hours of three days; then staff see it."""
    talk = watched()
    talk.helpline = Helpline.EMPTY
    days, said = set(), []
    while name := next((name for name in talk.timers if name.startswith("knock")), ""):
        said += talk.fires(name)
        days.add(talk.at.date())
        assert inside((14, 16), talk.at)

    assert said == []
    assert len(days) == 3
    assert talk.notes == ["knock=nobody"]


def test_unanswered_knock_is_not_sent_again() -> None:
    """An ordinary question that nobody answers stays the only one, and staff see so."""
    talk = watched()
    talk.writes()

    assert talk.fires("knock_1") == ["knock.ask"]
    assert talk.fires("knock_over") == []
    assert talk.notes == ["knock=unanswered"]
    assert talk.writes(later=60) == []
    assert not any(name.startswith("knock") for name in talk.timers)


def test_knock_that_comes_late_waits_for_the_next_hours() -> None:
    """C3: a timer that a standing clock brings at 16:05 says nothing, and is set anew."""
    talk = watched()
    talk.timers["knock_1"] = TOMORROW + timedelta(hours=2, minutes=5)

    assert talk.fires("knock_1") == []
    assert talk.timers["knock_1"] == TOMORROW + timedelta(days=1)


@pytest.mark.parametrize("own_word", ["bicikleta", "own_word.skip"])
def test_exit_word_ends_at_once_and_nothing_follows_before_the_hours(own_word: str) -> None:
    """C2: no answer, staff see it, and whatever happens before 14:00 is not said."""
    talk = watched(own_word=own_word)

    assert talk.types("dil") == []
    assert any(isinstance(effect, LeaveContact) for effect in talk.effects)
    assert talk.writes() == []
    assert talk.happens(CounsellorLeft(at=AT, contact_id=ID, name="Elira", closed=False)) == []
    assert talk.timers["knock_1"] == TOMORROW


def test_end_of_a_talk_outside_the_hours_is_told_on_return() -> None:
    """Who closed the contact in the night is said when the child writes again, by choice."""
    talk = Talk(replace(CHILD, hours=(14, 16)))
    talk.taps("go.person")
    talk.happens(CounsellorJoined(at=AT, contact_id=ID, name="Elira"))

    left = CounsellorLeft(at=AT, contact_id=ID, name="Elira", closed=True)
    assert talk.happens(left, later=60) == []
    assert talk.types("hej", later=600) == ["back.open"]
    assert talk.taps("back.yes") == ["person.left", "person.kept", "talk.end"]


# ---------- the own word ----------


def test_own_word_is_removed_at_once_and_kept_only_as_a_hash() -> None:
    """C4: question and word leave the chat, and the stored state does not hold the word."""
    talk = Talk(replace(CHILD, contact=Contact(number=1, stage="waiting", severity="concern")))
    talk.taps("seen.write_later")
    talk = watched(own_word="xyz")
    talk.types("Biçikleta")

    assert TakeBack(keys=("own_word.ask", "own_word.other"), theirs=True) in talk.effects
    assert "icikl" not in json.dumps(talk.state.to_dict())


@pytest.mark.parametrize(
    ("typed", "opens"),
    [
        ("bicikleta", True),
        ("BIÇIKLETA.", True),
        ("biçiklëta", True),
        ("bicikletat", False),
        ("biciklet", False),
        ("bicikleta ime", False),
        ("po", False),
    ],
)
def test_only_the_whole_word_opens(typed: str, opens: bool) -> None:
    """C4: with or without accents it opens; with one letter wrong ordinary life goes on."""
    talk = watched()
    talk.writes("E lexova çfarë ndodhi.")
    talk.fires("knock_1")
    said = talk.types(typed)

    assert (said == ["own_word.back"]) == opens
    assert ("own_word=fits" in talk.notes) == opens
    assert ("not_confirmed" in talk.notes) == (not opens)
    if not opens:
        assert said == ["t01-privacy-14-17.quiz"]
        assert talk.state.held


@pytest.mark.parametrize("word", ["po", "kuiz", "Gati për", "hej"])
def test_word_that_everybody_types_is_not_taken(word: str) -> None:
    """A word that a stranger would type anyway, or that the knock itself says, is no own word."""
    talk = Talk()
    talk.types("limonade")
    talk.taps("safe.yes", "unseen.no", "seen.write_later", "hours.14-16")

    assert talk.types(word) == ["own_word.other"]
    assert talk.state.own_word == ""


def test_pictures_stand_in_where_words_stay_in_the_chat() -> None:
    """On a channel that takes nothing back a picture is pressed, and asked for at the knock."""
    talk = watched(VIBER, own_word="own_word.3")
    assert len(talk.state.own_word) > 20
    talk.writes()
    talk.fires("knock_1")

    assert talk.taps("knock.yes") == ["own_word.which"]
    assert len(talk.says[0].buttons) == 9
    assert talk.taps("own_again.3") == ["own_word.back"]
    assert talk.taps("back.yes") == ["person"]


def test_wrong_picture_leads_to_a_real_quiz() -> None:
    """One try a return: another picture is answered by a quiz, and the next press tries nothing."""
    talk = watched(VIBER, own_word="own_word.3")
    talk.writes()
    talk.fires("knock_1")
    talk.taps("knock.yes")

    assert talk.taps("own_again.4") == ["t01-privacy-14-17.quiz"]
    assert "not_confirmed" in talk.notes
    assert "own_word.back" not in talk.taps("own_again.3")
    assert talk.state.held


CASE = ("person", "waiting.", "handover.", "climb.", "back.", "own_word.back", "disclosure.more")


@settings(max_examples=200, deadline=None)
@given(st.lists(child, max_size=10), abilities, st.booleans())
def test_nothing_of_the_case_shows_until_it_is_opened(
    path: list[object], can: Abilities, doubt: bool
) -> None:
    """C4: whoever holds the phone and does whatever, no word of the case and of nobody's shows."""
    state = replace(
        CHILD,
        contact=Contact(number=1, stage="talking", severity="disclosure", name="Elira"),
        contacts=1,
        told=Told("disclosure", "grooming", 0.9),
        hold=True,
        held=(("Elira", "Për trajnerin që më tregove"),),
        doubt=doubt,
        own_word="" if doubt else "salt/hash",
        quiet=not doubt,
    )
    talk = Talk(state, can)
    for move in path:
        event = ButtonTapped(at=AT, button=move) if isinstance(move, str) else move
        keys = talk.happens(event, later=20)  # type: ignore[arg-type]
        assert not any(say.name for say in talk.says)
        shown = [key for key in keys if key.startswith(CASE) and key != "handover.bringing"]
        assert shown == []
        assert "Elira" not in " ".join(say.text for say in talk.says)
    assert talk.state.contact is not None
    assert talk.state.held == state.held


# ---------- “is this you?” ----------


def doubted(question: str = "kush eshte ky? cfare ka shkruar djali ketu") -> Talk:
    """Scene 14: a child that talked with Elira; then somebody else holds the phone."""
    talk = Talk()
    talk.taps("go.person")
    talk.happens(CounsellorJoined(at=AT, contact_id=ID, name="Elira"))
    talk.types(question, later=60)
    return talk


@pytest.mark.parametrize(
    "question",
    [
        "kush eshte ky? cfare ka shkruar djali ketu",
        "Kush është ky?",
        "jam nena e tij",
        "jam nana e tij, cfare eshte kjo",
        "çka ka shkru djali jem qitu?",
        "who is writing to my daughter",
        "who is this? what has my son been writing here",
        "who is this",
    ],
)
def test_somebody_who_asks_learns_nothing_and_sets_the_doubt(question: str) -> None:
    """C4: true words for everybody, help for a parent; the person sees words and doubt."""
    talk = doubted(question)

    assert [say.key for say in talk.says] == ["stranger.program", "stranger.silent"]
    assert talk.state.doubt
    assert "doubt" in talk.notes
    assert talk.writes("Më trego më shumë.") == []
    assert talk.taps("stranger.advice") == ["stranger.advice"]
    assert talk.types("a ka shkruar dicka")[0].startswith("not.")


@pytest.mark.parametrize(
    "told",
    [
        "me ka shkruar djali i halles",
        "mu me ka shkru vajza e klases",
        "shif cfare ka shkruar goca per mua",
        "idk who is writing to my account",
        "why are you texting my mum",
    ],
)
def test_child_that_tells_who_wrote_to_it_is_no_stranger(told: str) -> None:
    """What a child tells in the middle of a talk goes to the person and closes nothing."""
    talk = doubted(told)

    assert not talk.state.doubt
    assert not any(say.key.startswith("stranger.") for say in talk.says)
    assert any(isinstance(effect, PassToCounsellor) for effect in talk.effects)


def test_child_without_an_own_word_finds_its_way_back() -> None:
    """The help word leads to the doors; asked for, the person is told, and judges."""
    talk = doubted()

    assert talk.types("ndihme")[-1] == "help.doors"
    talk.taps("doors.person")
    assert talk.notes == ["asks_again"]
    assert not any(isinstance(effect, OpenContact) for effect in talk.effects)
    assert talk.writes("Si e quan macen?") == ["person"]
    assert not talk.state.doubt
    assert talk.types("Lara") == []


@pytest.mark.parametrize("reading", [HARM, DANGER])
def test_danger_is_heard_in_doubt(reading: Reading) -> None:
    """U4: harm told while in doubt is believed, reaches the person, and shows no case."""
    talk = doubted()
    keys = talk.types("zzz", reading)

    passed = [effect for effect in talk.effects if isinstance(effect, PassToCounsellor)]
    assert passed[0].severity == reading.severity.word
    assert any(key.startswith(("numbers.", "emergency.", "danger.")) for key in keys)
    assert not any(key.startswith(("waiting.", "handover.")) for key in keys)


def test_doubt_about_an_empty_chat_goes_with_the_next_contact() -> None:
    """Where nothing was told the doubt hides nothing, and the next person is told of it."""
    talk = Talk()
    talk.types("this is my son's phone", later=60)
    talk.taps("go.person")

    assert talk.notes == ["doubt"]
    assert not talk.state.doubt


def test_parent_in_their_own_chat_is_no_stranger() -> None:
    """A parent who asks what a child wrote gets the same true words; their own talk goes on."""
    talk = Talk(replace(CHILD, role="parent", band=""))
    talk.types("çfarë ka shkruar djali im në internet")

    assert not talk.state.doubt


# ---------- hiding ----------


def test_hiding_loses_nothing_that_was_told() -> None:
    """A grave question waits behind the topic of the day; the words are kept (C5)."""
    talk = Talk()
    talk.types("zzz told", HARM)
    talk.types("fshihe biseden")

    assert talk.taps("hide.yes") == ["hide.topic"]
    kinds = [type(effect) for effect in talk.effects]
    assert kinds.index(Hide) < kinds.index(Say)
    assert not talk.says[0].grave
    assert talk.taps("today.start") == ["t01-privacy-14-17.hook"]
    assert talk.types("jam prape ketu") == ["back.open"]
    assert talk.taps("back.yes") == ["danger.ask"]
    assert "zzz told" in [word.text for word in talk.state.words]


@settings(max_examples=60, deadline=None)
@given(moves, abilities)
def test_hiding_is_offered_from_anywhere(path: list[object], can: Abilities) -> None:
    """C5: typed in any state it is answered by what this channel can do, and nothing else."""
    talk = walked(path, can)
    keys = {
        Hiding.RECENT: ["hide.ask"],
        Hiding.SELF: ["hide.self", "hide.self_steps", "hide.self_only"],
        Hiding.EXIT: ["hide.exit"],
    }

    assert talk.types("hide this chat") == keys[can.hides]


def test_news_of_what_is_left_is_not_told_at_night() -> None:
    """C3: that messages could not be removed is said only while the child is there."""
    talk = Talk(replace(CHILD, hours=(14, 16)))

    assert talk.happens(ChatHidden(at=AT, left=2), later=1) == ["hide.some_left"]
    assert talk.happens(ChatHidden(at=AT, left=2), later=20) == []


@settings(max_examples=100, deadline=None)
@given(st.booleans(), st.lists(child, max_size=12), abilities, st.sampled_from(Helpline))
def test_under_cover_nothing_that_was_told_is_lost(
    doubt: bool, path: list[object], can: Abilities, helpline: Helpline
) -> None:
    """C7: hidden, doubted or left, words that told of harm reach a person or are kept."""
    talk = Talk(abilities=can)
    talk.helpline = helpline
    if doubt:
        talk.types("jam nena e tij")
    sent: list[str] = []
    for move in (replace(TOLD, text="zzz told zzz"), *path):
        event = ButtonTapped(at=AT, button=move) if isinstance(move, str) else move
        talk.happens(event, later=4)  # type: ignore[arg-type]
        orders = [e for e in talk.effects if isinstance(e, OpenContact | PassToCounsellor)]
        sent += [word.text for order in orders for word in order.words]

    assert "zzz told zzz" in [*sent, *(word.text for word in talk.state.words)]
    assert "zzz told zzz" in sent or talk.state.told_of_harm


def test_leaving_takes_the_question_for_the_word_along() -> None:
    """The exit word in the middle of choosing leaves no plan in the chat, and no answer."""
    talk = Talk()
    talk.types("limonade")
    talk.taps("safe.yes", "unseen.no", "seen.write_later", "hours.14-16")

    assert talk.types("dil") == []
    assert TakeBack(keys=("own_word.ask", "own_word.other")) in talk.effects
