"""What holds for every conversation, whatever a child does in whatever order."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.authoring import load
from bot.engine.content import COUNTRIES, LANGUAGES
from bot.engine.effects import LeaveContact, OpenContact, PassToCounsellor, Say
from bot.engine.events import (
    SILENT,
    AnyEvent,
    ButtonTapped,
    ChatLost,
    ContactArrived,
    ContactClimbed,
    ContactDelayed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    Evidence,
    ExitPressed,
    Helpline,
    HelplineEvent,
    LanguageChosen,
    MediaOffered,
    MessageReceived,
    Reading,
    Severity,
    Started,
    TimerFired,
)
from bot.engine.flows import lesson
from bot.engine.state import State
from bot.engine.step import fallback, step
from bot.script import stored

CONTENT = load(Path(__file__).parents[3] / "content")
AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
SAFE = {"sq": ("limonadë", "Limonade", "limonnade", "LIMONADË."), "en": ("lemonade", "lemonad")}
CATEGORIES = ("sextortion", "self_harm", "grooming", "violence", "bullying", "sexual_abuse")
ROLES = (("child", "8-10"), ("child", "11-13"), ("child", "14-17"), ("parent", ""), ("teacher", ""))

texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=string.ascii_letters + " ëç'\u202e\u200b\u0301😀", max_size=200),
    st.sampled_from(["dil", "exit", "ndihme", "help", "po", "jo", "A", "b", "menu", "shqip", "/x"]),
)
readings = st.builds(
    Reading,
    severity=st.sampled_from(Severity),
    category=st.sampled_from(CATEGORIES),
    score=st.floats(0, 1),
    evidence=st.just((Evidence("rule", "words"),)),
    language=st.sampled_from(LANGUAGES),
    alarm=st.one_of(st.just(SILENT), st.floats(-6, 6)),
    urgency=st.floats(-6, 6),
    wants_harm=st.sampled_from([False, False, False, True]),
)
presses = st.one_of(
    st.integers(0, 7),  # one of the buttons on the screen
    st.text(max_size=70),
    st.sampled_from(
        ["go.help", "go.menu", "go.numbers", "go.person", "go.lessons", "go.language", "offer.yes"]
    ),
)
names = st.sampled_from(["Elira", "Genti"])
moves = st.one_of(
    st.builds(Started, at=st.just(AT)),
    st.builds(MessageReceived, at=st.just(AT), text=texts, reading=readings),
    st.builds(MessageReceived, at=st.just(AT), text=texts),
    st.builds(MessageReceived, at=st.just(AT), text=texts, edited=st.just(True)),
    st.builds(
        MediaOffered,
        at=st.just(AT),
        kind=st.sampled_from(["photo", "voice", "sticker", "location", "contact", "other"]),
        caption=texts,
        reading=readings,
    ),
    st.builds(LanguageChosen, at=st.just(AT), language=st.sampled_from(["sq", "en", "xx"])),
    st.builds(ExitPressed, at=st.just(AT)),
    st.builds(ChatLost, at=st.just(AT)),
    st.builds(ContactArrived, at=st.just(AT), contact_id=st.just("c"), minutes=st.none()),
    st.builds(ContactDelayed, at=st.just(AT), contact_id=st.just("c")),
    st.builds(
        ContactClimbed,
        at=st.just(AT),
        contact_id=st.just("c"),
        step=st.sampled_from(["all_on_duty", "supervisor", "outside"]),
        minutes=st.integers(1, 60),
    ),
    st.builds(CounsellorJoined, at=st.just(AT), contact_id=st.just("c"), name=names),
    st.builds(CounsellorWrote, at=st.just(AT), contact_id=st.just("c"), name=names, text=texts),
    st.builds(
        CounsellorLeft, at=st.just(AT), contact_id=st.just("c"), name=names, closed=st.booleans()
    ),
    st.builds(
        TimerFired,
        at=st.just(AT),
        name=st.sampled_from(["forget", "arrival", "arrival_last", "silence", "other"]),
    ),
    presses,
)
child_moves = st.one_of(
    st.builds(Started, at=st.just(AT)),
    st.builds(MessageReceived, at=st.just(AT), text=texts),
    st.builds(MessageReceived, at=st.just(AT), text=texts, reading=readings),
    st.builds(MediaOffered, at=st.just(AT), kind=st.sampled_from(["photo", "voice", "sticker"])),
    st.builds(LanguageChosen, at=st.just(AT), language=st.sampled_from(["sq", "en"])),
    st.builds(ExitPressed, at=st.just(AT)),
    st.sampled_from(["go.help", "go.menu", "go.numbers", "go.lessons", "doors.back", "back.yes"]),
    st.sampled_from(["safe.later", "soft.fine", "menu.lesson", "menu.ask", "after.go_on"]),
)
fresh = st.just(State.new())
onboarded = st.builds(
    lambda language, who, country: replace(
        State.new(),
        language=language,
        role=who[0],
        band=who[1],
        country=country,
        onboarded=True,
        limits_version="1",
        limits_at=AT,
    ),
    st.sampled_from(LANGUAGES),
    st.sampled_from(ROLES),
    st.sampled_from(COUNTRIES),
)


def walk(state: State, path: list[object], helpline: Helpline) -> tuple[State, tuple[Say, ...]]:
    """Go a path of moves; numbers press what is on the screen. Checks each step on its way."""
    shown: tuple[Say, ...] = ()
    for turn, move in enumerate(path):
        event = _event(move, shown, AT + timedelta(seconds=turn), helpline)
        answer = step(state, event, content=CONTENT)
        assert stored(answer.state) == answer.state
        says = tuple(effect for effect in answer.effects if isinstance(effect, Say))
        _check_says(says)
        _check_standing(answer.state, says)
        _check_notices(event, says)
        _check_orders(state, answer.state, answer.effects)
        state, shown = stored(answer.state), says or shown
    return state, shown


def _event(move: object, shown: tuple[Say, ...], at: datetime, helpline: Helpline) -> AnyEvent:
    if isinstance(move, int):
        buttons = [button for say in shown for button in say.buttons]
        move = buttons[move % len(buttons)].id if buttons else "go.menu"
    if isinstance(move, str):
        return ButtonTapped(at=at, button=move, helpline=helpline)
    return replace(move, at=at, helpline=helpline)


def _check_says(says: tuple[Say, ...]) -> None:
    """Help is one tap away, buttons fit every channel, nothing is left unfilled."""
    for say in says:
        assert say.name or ("{" not in say.text and say.text.strip())
        assert all(0 < len(button.id.encode()) <= 64 and button.label for button in say.buttons)
    if says:
        last = says[-1]
        assert last.help or any(button.id.endswith(".help") for button in last.buttons)
    own = [say for say in says if not say.name and say.key != "language.changed"]
    assert len(own) <= 4  # then the child has the floor


def _check_standing(after: State, says: tuple[Say, ...]) -> None:
    """What is still asked can be pressed under the last bubble, whatever came between."""
    own = {button.id for say in says for button in say.buttons}
    assert all(button.rpartition(".")[0] == after.asked for button in own)
    assert not any(say.standing for say in says[:-1])
    asked = {f"{after.asked}.{option}" for option in after.options}
    if says and after.asked in ("", "listening"):
        assert not asked
        assert not says[-1].standing
    elif says:
        there = {button.id for button in (*says[-1].buttons, *says[-1].standing)}
        assert there
        assert asked - there <= {f"{after.asked}.help"}


def _check_notices(event: AnyEvent, says: tuple[Say, ...]) -> None:
    """A notice is what the bot says by itself; a person's words never are one."""
    unasked = isinstance(event, TimerFired | HelplineEvent)
    assert all(say.notice == (unasked and not say.name) for say in says)


def _check_orders(before: State, after: State, effects: tuple[object, ...]) -> None:
    """One contact at a time, and words only for a contact that is open."""
    opened = [effect for effect in effects if isinstance(effect, OpenContact)]
    assert len(opened) <= 1
    assert not (opened and before.contact)
    for effect in effects:
        if isinstance(effect, PassToCounsellor | LeaveContact):
            assert after.contact is not None
            assert effect.contact == after.contact.number


def spoken(says: tuple[Say, ...]) -> list[str]:
    """The keys of what was said."""
    return [say.key for say in says]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(fresh, onboarded),
    st.lists(moves, max_size=12),
    st.sampled_from(Helpline),
    st.sampled_from([("sq", word) for word in SAFE["sq"]] + [("en", word) for word in SAFE["en"]]),
)
def test_safe_word_is_heard_from_anywhere(
    state: State, path: list[object], helpline: Helpline, word: tuple[str, str]
) -> None:
    """From any state any event leaves a valid state, and the safe word is heard (U2, U3)."""
    state, _ = walk(state, path, helpline)

    said = MessageReceived(at=AT + timedelta(hours=1), text=word[1], helpline=helpline)
    _, says = walk_one(state, said)

    assert spoken(says) == ["safe.open"]
    assert not any(number in says[0].text for number in ("116", "112", "129"))


def walk_one(state: State, event: AnyEvent) -> tuple[State, tuple[Say, ...]]:
    """One step, its state through storage."""
    answer = step(state, event, content=CONTENT)
    return stored(answer.state), tuple(e for e in answer.effects if isinstance(e, Say))


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(fresh, onboarded),
    st.lists(moves, max_size=10),
    st.sampled_from(Helpline),
    st.sampled_from(["ndihmë", "NDIHME", "ndihm", "sos", "help", "Help."]),
)
def test_help_word_is_heard_from_anywhere(
    state: State, path: list[object], helpline: Helpline, word: str
) -> None:
    """Wherever a conversation stands, the help word leads to the numbers (U1, U8)."""
    state, _ = walk(state, path, helpline)
    state = replace(state, quiet=False)

    _, says = walk_one(state, MessageReceived(at=AT, text=word, helpline=helpline))

    assert any(key.startswith("numbers.") for key in spoken(says))


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(fresh, onboarded),
    st.lists(moves, max_size=10),
    st.sampled_from(Helpline),
    st.sampled_from(["dil", "Dil.", "exit", "EXIT"]),
)
def test_exit_word_is_never_answered(
    state: State, path: list[object], helpline: Helpline, word: str
) -> None:
    """The exit word ends at once without any reply, and an open contact is told (C2)."""
    state, _ = walk(state, path, helpline)

    answer = step(state, MessageReceived(at=AT, text=word, helpline=helpline), content=CONTENT)

    assert [effect for effect in answer.effects if isinstance(effect, Say)] == []
    told = any(isinstance(effect, LeaveContact) for effect in answer.effects)
    assert told == (state.contact is not None)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(fresh, onboarded),
    st.lists(moves, max_size=10),
    st.sampled_from(Helpline),
    st.sampled_from([Severity.DISCLOSURE, Severity.EMERGENCY]),
    st.sampled_from(CATEGORIES),
)
def test_disclosure_is_never_met_with_a_shrug(
    state: State, path: list[object], helpline: Helpline, severity: Severity, category: str
) -> None:
    """Words that told of harm never get a fallback, a quiz or silence from the bot alone (U4)."""
    state, _ = walk(state, path, helpline)
    reading = Reading(severity, category, 0.9, (Evidence("r", "w"),))
    told = MessageReceived(at=AT, text="zzz unheard zzz", reading=reading, helpline=helpline)

    answer = step(state, told, content=CONTENT)
    keys = spoken(tuple(e for e in answer.effects if isinstance(e, Say)))
    passed = any(isinstance(e, PassToCounsellor | OpenContact) for e in answer.effects)

    assert not any(key.startswith(("not.", "menu.", "stale.", "t0", "t1")) for key in keys)
    more = keys[:1] == ["disclosure.more"] and state.told_of_harm  # the numbers are in view
    assert passed or more or any(key.startswith("numbers.") for key in keys)
    if severity is Severity.EMERGENCY:
        assert passed


@pytest.mark.parametrize("band", ["8-10", "11-13"])
def test_young_child_in_danger_always_reaches_a_person(band: str) -> None:
    """C7: under 14 it goes to a person also after “not now”, and the child is told first."""
    state = replace(State.new(), language="sq", band=band, role="child", onboarded=True)
    reading = Reading(Severity.DISCLOSURE, "bullying", 0.8, ())
    path: list[object] = [
        MessageReceived(at=AT, text="...", reading=reading),
        "danger.no",
        "offer.not_now",
    ]

    for move in path[:-1]:
        state, _ = walk_one(state, _event(move, (), AT, Helpline.STAFFED))
    answer = step(state, _event(path[-1], (), AT, Helpline.STAFFED), content=CONTENT)

    kinds = [type(effect) for effect in answer.effects]
    assert kinds.index(Say) < kinds.index(OpenContact)
    opened = next(effect for effect in answer.effects if isinstance(effect, OpenContact))
    assert opened.reason == "duty_of_care"
    assert next(word.text for word in opened.words) == "..."


@settings(max_examples=100, deadline=None)
@given(onboarded, st.lists(child_moves, max_size=20), st.sampled_from(Helpline))
def test_told_words_are_never_lost(state: State, path: list[object], helpline: Helpline) -> None:
    """Whatever a child does after telling, the words reach a person or wait for its answer (C7)."""
    reading = Reading(Severity.DISCLOSURE, "violence", 0.8, ())
    told = MessageReceived(at=AT, text="zzz told zzz", reading=reading, helpline=helpline)
    path = [told, *path]
    sent: list[str] = []
    for minute, move in enumerate(path):
        at = AT + timedelta(minutes=minute)
        answer = step(state, _event(move, (), at, helpline), content=CONTENT)
        state = stored(answer.state)
        for effect in answer.effects:
            if isinstance(effect, OpenContact | PassToCounsellor):
                sent += [word.text for word in effect.words]

    assert "zzz told zzz" in [*sent, *(word.text for word in state.words)]
    assert "zzz told zzz" in sent or state.told_of_harm


def test_bot_never_asks_for_what_it_must_not() -> None:
    """C6: no phrase asks for a picture, a password, a name or a meeting."""
    asking = (
        "dërgomë foto",
        "ma dërgo",
        "si quhesh",
        "send me a photo",
        "your name?",
        "fjalëkalimin tënd",
    )
    for phrases in CONTENT.phrases.values():
        for variants in phrases.values():
            for text in variants.values():
                assert not any(words in text.lower() for words in asking), text


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_those_of_the_country(language: str, country: str) -> None:
    """116 111 is named only where it is known to answer; danger always has a number (U7)."""
    state = replace(State.new(), language=language, country=country, onboarded=True, band="11-13")

    _, says = walk_one(state, ButtonTapped(at=AT, button="go.numbers"))

    assert ("116 111" in says[0].text) == (country in ("al", "me"))
    assert "112" in says[0].text


def test_stale_services_are_not_named() -> None:
    """A number whose check is older than ninety days is no longer shown; vital ones stay (U7)."""
    state = replace(State.new(), language="sq", country="mk", onboarded=True, band="11-13")
    later = AT + timedelta(days=200)

    _, fresh_says = walk_one(state, ButtonTapped(at=AT, button="go.numbers"))
    _, stale_says = walk_one(state, ButtonTapped(at=later, button="go.numbers"))

    assert "0800 12222" in fresh_says[0].text
    assert "0800 12222" not in stale_says[0].text
    assert "112" in stale_says[0].text


def test_failed_step_still_shows_the_doors() -> None:
    """When a step fails the child still reads an apology and the numbers."""
    says = fallback(CONTENT, State.new(), Started(at=AT))

    keys = [say.key for say in says if isinstance(say, Say)]
    assert keys[0] == "sorry.broken"
    assert any(key.startswith("numbers.") for key in keys)


def test_held_words_are_all_delivered_on_return() -> None:
    """What a counsellor wrote while the child was away is shown, whole and in order."""
    state = replace(State.new(), language="en", band="14-17", role="child", onboarded=True)
    wrote = [CounsellorWrote(at=AT, contact_id="c", name="Elira", text=f"{n}") for n in range(30)]
    moves: list[AnyEvent] = [
        ButtonTapped(at=AT, button="go.person"),
        CounsellorJoined(at=AT, contact_id="c", name="Elira"),
        MessageReceived(at=AT, text="exit"),
        *wrote,
        MessageReceived(at=AT, text="hi"),
        ButtonTapped(at=AT, button="back.yes"),
    ]
    says: tuple[Say, ...] = ()
    state = replace(state, limits_version="1")
    for move in moves:
        state, says = walk_one(state, move)

    assert [say.text for say in says] == [str(n) for n in range(30)]


def away_with_a_contact() -> State:
    """A child that left with the exit word while a counsellor is there."""
    state = replace(State.new(), language="en", band="14-17", role="child", onboarded=True)
    for move in (
        ButtonTapped(at=AT, button="go.person"),
        CounsellorJoined(at=AT, contact_id="c", name="Elira"),
        MessageReceived(at=AT, text="exit"),
    ):
        state, _ = walk_one(replace(state, limits_version="1"), move)
    return state


def test_caption_that_tells_is_heard_on_return() -> None:
    """U4: after the exit word a picture's caption that tells of danger reaches the person."""
    reading = Reading(Severity.EMERGENCY, "violence", 0.9, (Evidence("r", "w"),))
    offered = MediaOffered(at=AT, kind="photo", caption="he hits me now", reading=reading)

    answer = step(away_with_a_contact(), offered, content=CONTENT)

    passed = [effect for effect in answer.effects if isinstance(effect, PassToCounsellor)]
    assert [effect.severity for effect in passed] == ["emergency"]
    assert not answer.state.quiet


def test_asking_for_a_person_on_return_ends_the_silence() -> None:
    """However it was read, a request to the program brings the choice, and words flow again."""
    reading = Reading(Severity.DISCLOSURE, "self_harm", 0.9, (Evidence("r", "w"),))
    asked = MessageReceived(at=AT, text="talk to a person", reading=reading)

    state, says = walk_one(away_with_a_contact(), asked)

    assert spoken(says) == ["back.open"]
    assert not state.quiet


@pytest.mark.parametrize("option", ["leave", "help"])
def test_a_lesson_may_call_an_answer_as_it_likes(option: str) -> None:
    """
    C2, U4: an answer whose author called it “leave” or “help” neither leaves nor is the way to
    help: it is answered, and help stands beside it as ever.
    """
    places = ("hook", "try1", "quiz", "review1", "review2", "review3")
    asks = {
        f"{each.id}/{place}": each.band
        for each in CONTENT.lessons["en"].values()
        for place in places
        if option in {choice.id for choice in lesson.choices_at(each, place)}
    }
    assert asks
    for question, band in asks.items():
        state = State(language="en", onboarded=True, role="child", band=band, asked=question)
        again = step(state, Started(at=AT), content=CONTENT)
        assert again.effects[-1].help is not None
        answer = step(state, ButtonTapped(at=AT, button=f"{question}.{option}"), content=CONTENT)
        assert any(isinstance(effect, Say) for effect in answer.effects)
        assert not answer.state.quiet
