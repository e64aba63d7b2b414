"""Bubbles become messages that Viber takes, in the server and in the app."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import pytest
from fakes.viber_rules import (
    REQUEST_BYTES,
    check_keyboard,
    check_level,
    check_message,
    rows_of,
    shown_text,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.base import ChannelRefused
from bot.channels.viber.keyboard import MOST, keyboard_of, press_of
from bot.channels.viber.writing import Page, body_of, pages_of, welcome_of
from bot.engine.effects import Button, Call, Say

HELP = Button("go.help", "Dua ndihmë")
PICTURE = "https://chat.example.com/static/art/t01-privacy.png"

BREAKS = ("Cc", "Zl", "Zp")
LABELS = st.text(min_size=1, max_size=300).filter(lambda text: any(map(str.isalnum, text)))
IDS = st.from_regex(r"[!-~]{1,64}", fullmatch=True)
BUTTONS = st.lists(st.builds(Button, IDS, LABELS), max_size=MOST).map(tuple)
CALLS = st.lists(st.builds(Call, st.just("116 111"), st.text(max_size=40)), max_size=3)
SAYS = st.builds(
    lambda text, buttons, standing, help_, calls, name, grave: Say(
        key="a",
        text=text,
        buttons=buttons,
        standing=standing,
        help=help_,
        calls=tuple(calls),
        name=name,
        picture="t01-privacy",
        picture_text=text,
        grave=grave,
    ),
    st.text(max_size=300) | st.text(min_size=1, max_size=9).map(lambda text: text * 900),
    BUTTONS,
    BUTTONS,
    st.none() | st.just(HELP),
    CALLS,
    st.text(max_size=100),
    st.booleans(),
)


def pages(*says: Say) -> tuple[Page, ...]:
    """The messages of an answer."""
    return pages_of(says, lambda name: PICTURE if name == "t01-privacy" else "")


def say(text: str = "Cila është e sigurt?", **more: object) -> Say:
    """A bubble with the way to help."""
    return replace(Say(key="a", text=text, help=HELP), **more)


def labels(page: Page) -> list[str]:
    """What can be pressed under a message, as it is read."""
    keyboard = page.fields(modern=True)["keyboard"]
    return [shown_text(key["Text"]) for key in keyboard["Buttons"]]


@settings(deadline=None, max_examples=60)
@given(st.lists(SAYS, min_size=1, max_size=3))
def test_whatever_is_said_fits(says: list[Say]) -> None:
    """
    Whatever is said, in whatever script, both forms of each message are within every limit.
    """
    for page in pages(*says):
        for modern in (True, False):
            accepted(page, modern=modern)
    accepted(welcome_of(says), modern=False, welcome=True)


def accepted(page: Page, *, modern: bool, welcome: bool = False) -> None:
    """Raise what the server or the app would have against a message."""
    address = {} if welcome else {"receiver": "01234567890/A+b=" * 12}
    fields = {**address, "sender": {"name": "S" * 28}, **page.fields(modern=modern)}
    check_message(fields, welcome=welcome)
    check_level(fields, 6 if modern else 1)
    assert len(body_of(fields)) <= REQUEST_BYTES
    if "keyboard" in fields:
        check_keyboard(fields["keyboard"])


@pytest.mark.parametrize("letter", ["ë", "🙂", "अ", "&", '"'])
def test_no_word_of_a_long_text_is_lost(letter: str) -> None:
    """
    8,000 characters of any kind arrive whole and in order, in messages that each fit.
    """
    words = [letter * 7 for _ in range(1_000)]

    parts = [page.text for page in pages(say(" ".join(words)))]

    told = " ".join(parts).split(" ")
    assert told == words
    assert len(parts) <= 3


def test_every_message_carries_the_keyboard() -> None:
    """
    The app shows only the newest message's keyboard, so a question's stands under all of them.
    """
    question = say(buttons=(Button("q.a", "Surprizë"), Button("q.b", "Sekret që rëndon")))

    parts = pages(say("Po."), question, say("Merr kohën tënde."))

    assert {tuple(labels(page)) for page in parts} == {
        ("Surprizë", "Sekret që rëndon", "Dua ndihmë")
    }


def test_an_open_question_stays_pressable() -> None:
    """
    News that ask nothing carry the buttons of the question that is still open.
    """
    standing = (Button("q.a", "Po"), Button("q.b", "Jo"))

    [page] = pages(say("Dikush e lexon tani.", standing=standing))
    [asked] = pages(say(standing=standing, buttons=(Button("x.y", "Tjetër"),)))

    assert labels(page) == ["Po", "Jo", "Dua ndihmë"]
    assert labels(asked) == ["Tjetër", "Dua ndihmë"]


@pytest.mark.parametrize("count", [1, 2, 5, 11, 12, 20, 30, 33, 34, 60, 66])
@pytest.mark.parametrize("label", ["Po", "Vlorë qyteti", "Një përgjigje mjaft e gjatë"])
def test_a_list_of_any_length_fits(count: int, label: str) -> None:
    """
    Long lists share rows, all rows are full, and help has the last one to itself.
    """
    buttons = [Button(f"q.{number}", label) for number in range(count)]

    keys: list[dict[str, int]] = keyboard_of(buttons, HELP, silent=True)["Buttons"]

    check_keyboard({"Type": "keyboard", "Buttons": keys})
    assert rows_of(keys) <= 12
    assert sum(key["Columns"] * key["Rows"] for key in keys) == 6 * rows_of(keys)
    assert (keys[-1]["Columns"], len(keys)) == (6, count + 1)


def test_what_no_keyboard_can_hold_is_refused() -> None:
    """
    More buttons than there is room for, or one that cannot be pressed, is a bug of ours.
    """
    for buttons in (
        [Button(f"q.{number}", "Po") for number in range(MOST + 1)],
        [Button("", "Po")],
        [Button("q a", "Po")],
        [Button("që", "Po")],
        [Button("q" * 65, "Po")],
        [Button("q", " \u200b")],
    ):
        with pytest.raises(ChannelRefused):
            keyboard_of(buttons, HELP, silent=True)


@given(IDS)
def test_a_press_is_the_button_again(button: str) -> None:
    """
    What a key sends when it is pressed is read as the id it was made from.
    """
    [key] = keyboard_of([Button(button, "Po")], None, silent=False)["Buttons"]

    assert press_of(key["ActionBody"]) == button


@given(LABELS)
@example("👨‍👩‍👧 Familja")
def test_a_label_reads_as_it_was_written(label: str) -> None:
    """
    Markup in a label is shown, not obeyed, and a cut never tears an entity apart.
    """
    [key] = keyboard_of([Button("q", label)], None, silent=False)["Buttons"]

    shown = shown_text(key["Text"])
    expected = "".join(" " if unicodedata.category(char) in BREAKS else char for char in label)
    assert expected.startswith(shown)
    assert shown == expected or len(key["Text"]) > 240


def test_a_picture_is_a_message_of_its_own() -> None:
    """
    A picture stands before its words, so that whatever becomes of it no word is lost.
    """
    told = say("Mira luan.", picture="t01-privacy", picture_text="Një çelës.")

    picture, words = pages(told)

    assert (picture.picture, picture.text, words.text) == (PICTURE, "Një çelës.", "Mira luan.")
    assert picture.fields(modern=True)["media"] == PICTURE
    assert labels(picture) == labels(words)


@pytest.mark.parametrize("change", [{"grave": True}, {"picture": "unknown"}, {"picture": ""}])
def test_no_picture_follows_a_disclosure(change: dict[str, object]) -> None:
    """
    After a disclosure there are words alone; and a picture that is not there costs nothing.
    """
    parts = pages(say(**{"picture": "t01-privacy", **change}))

    assert [page.picture for page in parts] == [""]


def test_numbers_and_names_stand_in_the_text() -> None:
    """
    Numbers that the words do not hold are below them; who speaks is before them.
    """
    calls = (Call("116 111", "Linja e fëmijëve"), Call("129", "Policia"))

    [page] = pages(say("Thirr 129.", calls=calls, name="Drita <b>"))

    assert page.text == "Drita <b>:\nThirr 129.\n\n116 111: Linja e fëmijëve"


def test_nothing_visible_is_still_a_message() -> None:
    """
    A bubble without anything to see is not refused, and its keyboard is there.
    """
    [page] = pages(say(" \u200b\n"))

    assert (page.text, labels(page)) == ("…", ["Dua ndihmë"])


def test_the_welcome_is_one_message() -> None:
    """
    All that is said at first stands in one message, with the keyboard of the last question.
    """
    languages = (Button("lang.sq", "Shqip"), Button("lang.en", "English"))

    page = welcome_of([say("Përshëndetje."), say("Hello.", buttons=languages)])

    assert page.text == "Përshëndetje.\n\nHello."
    assert labels(page) == ["Shqip", "English", "Dua ndihmë"]


def test_old_apps_get_nothing_they_do_not_know() -> None:
    """
    The lowest form asks for no level and has no field but those of the first.
    """
    [page] = pages(say(buttons=(Button("q.a", "Po"),)))

    modern, plain = page.fields(modern=True), page.fields(modern=False)

    assert modern["min_api_version"] == 6
    assert "min_api_version" not in plain
    assert "Silent" in json.dumps(modern)
    assert "Silent" not in json.dumps(plain)
    assert "tracking_data" not in json.dumps(plain) + json.dumps(modern)
