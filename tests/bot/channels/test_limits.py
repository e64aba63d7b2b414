"""Everything that the bot can say, within the limits of every channel, in both languages.

What an adapter makes of it is held against the rules of the stand-ins, which know nothing
of our adapters. Widths of labels are those of a phone 320 points wide, the narrowest that
is still about, with the letters of both messengers at about 7.5 points each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import telegram_rules, viber_rules
from fakes.everything import Answer, asked, person, phrased, walked
from starlette.datastructures import FormData

from bot.authoring import load
from bot.channels.art import picture
from bot.channels.base import ChannelRefused
from bot.channels.telegram import writing as telegram
from bot.channels.viber import writing as viber
from bot.channels.web.bubbles import dialled, payload_of
from bot.channels.web.posts import post_of
from bot.channels.words import load_words
from bot.engine.content import LANGUAGES
from bot.engine.effects import Button, Quiz, Say
from bot.engine.events import Abilities, Helpline, Hiding
from bot.settings import Settings

FOLDER = Path(__file__).parents[3] / "content"
CONTENT = load(FOLDER)
FRAME = load_words(FOLDER)
MESSENGER = Abilities(takes_back=True, hides=Hiding.RECENT)
BARE = Abilities(takes_back=False, hides=Hiding.SELF)
SENT = {"sender": {"name": "W" * 28}, "receiver": "W" * 24}
LEVELS = (1, 3, 10)  # of apps: the oldest, a desktop that lags, a new one
# Characters of a label beside others in a row (Telegram), and in a line by columns (Viber).
IN_A_ROW = {1: 34, 2: 15, 3: 9}
IN_A_LINE = {6: 40, 3: 19, 2: 12, 1: 5}

Check = Callable[[Answer], None]


@pytest.fixture(scope="module")
def everything() -> set[Answer]:
    """Every answer there is, as far as it can be found."""
    child = person("sq", ("child", "8-10", ""), "al")
    father = person("en", ("parent", "", "11-13"), "xk")
    return (
        phrased(CONTENT)
        | asked(CONTENT, MESSENGER, ("al", "mk", "me", "other"))
        | asked(CONTENT, BARE, ("xk",))
        | walked(CONTENT, child, abilities=MESSENGER, helpline=Helpline.STAFFED)
        | walked(CONTENT, father, abilities=BARE, helpline=Helpline.EMPTY)
    )


def bubbles(answers: Iterable[Answer]) -> list[Say]:
    """Each bubble once."""
    return list(dict.fromkeys(say for answer in answers for say in answer))


def written() -> Iterator[str]:
    """Every text of the lessons and journeys that nothing is filled into."""
    for lessons in CONTENT.lessons.values():
        for lesson in lessons.values():
            asks = (lesson.before, lesson.hook, *lesson.tries, lesson.quiz, *lesson.reviews)
            yield from (lesson.action, *lesson.ideas, lesson.closing)
            yield from (ask.say for ask in asks)
            yield from (option.reply for ask in asks for option in ask.options)
            for quiz in (lesson.quiz, *lesson.reviews):
                yield from (quiz.right, quiz.other)
    for journey in CONTENT.journeys.values():
        for turns in journey.words.values():
            for turn in turns.values():
                yield from (text for texts in turn.say.values() for text in texts)


def refusals(check: Check, answers: Iterable[Answer]) -> set[str]:
    """What is refused, named by the bubble's key and the platform's sentence."""
    found: set[str] = set()
    for answer in answers:
        try:
            check(answer)
        except (telegram_rules.Refused, viber_rules.Refused, ChannelRefused, TooMuch) as refused:
            found.add(f"{answer[-1].key}: {refused}")
    return found


class TooMuch(Exception):
    """It would be taken, but a phone would not show it well."""


def test_nothing_that_is_written_is_missed(everything: set[Answer]) -> None:
    """
    Every text of every lesson and journey, in both languages and for every age, is among what
    is held against the limits.
    """
    said = "\n".join(say.text for say in bubbles(everything))
    wanted = {text for text in written() if text and not re.search(r"[{@]", text)}

    assert {text for text in wanted if text not in said} == set()


# ---------- Telegram ----------


def telegram_takes(answer: Answer) -> None:
    """Raise what the platform would say, or ``TooMuch``."""
    for say in answer:
        pages = telegram.pages_of([say])
        for page in pages:
            telegram_takes_page(page)
        if not say.name and len([page for page in pages if page.html]) > 1:
            raise TooMuch("a bubble of ours in more than one message")


def telegram_takes_page(page: telegram.Page) -> None:
    """Hold one message against the platform's rules."""
    html = {"parse_mode": "HTML", "text": page.html, "caption": page.html}
    if page.picture:
        telegram_rules.parsed_caption(html)
        telegram_rules.check_photo(printed(page.picture))
    else:
        telegram_rules.parsed_text(html)
    telegram_rules.check_markup(markup_of(page.rows))
    labels_fit(page.rows)
    if page.poll is not None:
        telegram_rules.check_poll(poll_of(page.poll))
        telegram_rules.check_markup(markup_of(page.poll.rows))


def printed(name: str) -> bytes:
    """The bytes of a picture that a lesson names."""
    art = picture(name)
    assert art, f"{name} has no print: run make art"
    return art.data


def markup_of(rows: Iterable[Iterable[Button]]) -> dict[str, Any]:
    """An inline keyboard as it goes out."""
    keys = [[{"text": each.label, "callback_data": each.id} for each in row] for row in rows]
    return {"inline_keyboard": keys}


def poll_of(poll: telegram.Poll) -> dict[str, Any]:
    """A quiz as it goes out."""
    return {
        "type": "quiz",
        "question": poll.question,
        "options": [option.label for option in poll.options],
        "correct_option_ids": [poll.right],
        "explanation": poll.why,
    }


def labels_fit(rows: Iterable[Iterable[Button]]) -> None:
    """Raise ``TooMuch`` for a label that a narrow phone would cut."""
    for row in map(list, rows):
        for button in row:
            if len(button.label) > IN_A_ROW.get(len(row), 0):
                raise TooMuch(f"“{button.label}” beside {len(row) - 1} others")


def test_telegram_takes_everything(everything: set[Answer]) -> None:
    """
    Row 6 of the likeliest mistakes: no message, keyboard, quiz or caption of the whole
    content passes a limit of Telegram, in characters or bytes, in either language.
    """
    assert refusals(telegram_takes, ((say,) for say in bubbles(everything))) == set()


# ---------- Viber ----------


def viber_takes(answer: Answer) -> None:
    """Raise what the platform or its app would say, or ``TooMuch``."""
    pages = viber.pages_of(answer, picture_url)
    for page in pages:
        for modern in (False, True):
            viber_takes_message(page.fields(modern=modern), modern=modern)
    ours = [say for say in answer if not say.name]
    if len(ours) == len(answer) and len([page for page in pages if not page.picture]) > len(ours):
        raise TooMuch("a bubble of ours in more than one message")


def picture_url(name: str) -> str:
    """Where the platform fetches a picture from us."""
    art = picture(name)
    return f"https://sigurt.example.com{art.path}" if art else ""


def viber_takes_message(fields: Mapping[str, Any], *, modern: bool) -> None:
    """Hold one message against the rules of the platform and of its apps."""
    message = {**fields, **SENT}
    viber_rules.check_message(message)
    for level in LEVELS[-1:] if modern else LEVELS:
        viber_rules.check_level(message, level)
    if len(json.dumps(message, ensure_ascii=True).encode()) > viber_rules.REQUEST_BYTES:
        raise TooMuch("a request over 30 kB")
    keyboard = message.get("keyboard")
    if keyboard:
        viber_rules.check_keyboard(keyboard)
        keys_fit(keyboard["Buttons"])


def keys_fit(keys: Iterable[Mapping[str, Any]]) -> None:
    """Raise ``TooMuch`` for a label that its button would cut; small letters take two lines."""
    for key in keys:
        label = viber_rules.shown_text(key["Text"])
        lines = key["Rows"] * (2 if key.get("TextSize") == "small" else 1)
        if len(label) > IN_A_LINE.get(key["Columns"], 0) * lines:
            raise TooMuch(f"“{label}” on {key['Columns']} columns")


def test_viber_takes_everything(everything: set[Answer]) -> None:
    """
    Row 6 of the likeliest mistakes: no message and no keyboard of the whole content passes a
    limit of Viber's server or its apps, in either language, for an app of any level.
    """
    assert refusals(viber_takes, everything) == set()


def test_every_message_on_viber_carries_its_keyboard(everything: set[Answer]) -> None:
    """
    Row 9: the keyboard goes with the next message, so each one carries the whole of it: the
    buttons of the question, and the way to help.
    """
    for answer in everything:
        pages = viber.pages_of(answer, picture_url)
        wanted = {button.id for say in answer[-1:] for button in (*say.buttons, *say.standing)}
        for page in pages:
            assert wanted <= {button.id for button in page.buttons}, answer[-1].key
            assert page.help == pages[-1].help


def test_viber_takes_every_answer_as_a_welcome(everything: set[Answer]) -> None:
    """
    Before a subscription there is one message, which holds whatever the opening of the chat
    is answered with.
    """
    for answer in everything:
        fields = viber.welcome_of(answer).fields(modern=False)
        viber_rules.check_message({**fields, "sender": SENT["sender"]}, welcome=True)
        assert all(say.text in fields["text"] for say in answer)


# ---------- the browser, and what is the same everywhere ----------


def test_page_sends_back_every_button(everything: set[Answer]) -> None:
    """
    What the page shows as a button it can send, and every number can be dialled.
    """
    for say in bubbles(everything):
        payload = payload_of(say)
        for button, label in payload["buttons"]:
            form = FormData({"event": "0" * 32, "tap": button, "after": "0"})
            assert post_of(form).button == button
            assert label.strip()
        for number, label in payload["calls"]:
            assert re.fullmatch(r"\+?\d{3,15}", dialled(number))
            assert label.strip()


def test_ids_and_labels_are_told_apart(everything: set[Answer]) -> None:
    """
    Buttons of one bubble have different ids and different labels, of plain ASCII the ids,
    so that a press means one thing whichever channel brings it.
    """
    for say in bubbles(everything):
        ids = [button.id for button in say.buttons]
        labels = [button.label.casefold() for button in say.buttons]
        assert len(set(ids)) == len(ids), say.key
        assert len(set(labels)) == len(labels), say.key
        assert all(re.fullmatch(r"[!-~]{1,64}", button) for button in ids), say.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_frame_fits(language: str) -> None:
    """
    The bot's name, its two descriptions and its commands fit where the messengers show them.
    """
    words = FRAME[language]
    menu = [{"command": name, "description": text} for name, text in words.commands.items()]

    telegram_rules.check_commands({"commands": menu, "language_code": language})
    assert 1 <= len(words.name) <= 64
    assert 1 <= len(words.description) <= 512
    assert 1 <= len(words.about) <= 120
    assert 1 <= len(Settings(_env_file=None).viber_name) <= 28


# ---------- the checks themselves ----------


def one(text: str = "Ç’kemi?", **more: Any) -> Answer:
    """An answer of one bubble."""
    return (Say(key="one", text=text, **more),)


LONG_ID = (Button("x" * 65, "Po"),)
ACCENTED_ID = (Button("ë" * 33, "Po"),)
LONG_LABEL = (Button("x", "W" * 35),)
TOO_MANY = tuple(Button(f"x.{n}", f"Përgjigjja e gjatë {n}") for n in range(101))


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (telegram_takes, one("ë" * 4_097)),
        (telegram_takes, one("😀" * 2_100)),
        (telegram_takes, one(buttons=LONG_ID)),
        (telegram_takes, one(buttons=ACCENTED_ID)),
        (telegram_takes, one(buttons=LONG_LABEL)),
        (telegram_takes, one(buttons=TOO_MANY)),
        (viber_takes, one("ë" * 7_001)),
        (viber_takes, one(buttons=LONG_ID)),
        (viber_takes, one(buttons=ACCENTED_ID)),
        (viber_takes, one(buttons=TOO_MANY)),
        (viber_takes, one(buttons=(Button("x", "W" * 161),))),
    ],
)
def test_what_does_not_fit_is_noticed(check: Check, answer: Answer) -> None:
    """
    A text of 4,097 characters, an id of 65 bytes, a label that a phone would cut, a list
    without an end: each is noticed here before any platform would.
    """
    assert refusals(check, [answer])


def oversized() -> Iterator[telegram.Page]:
    """Messages as an adapter without a limit would make them."""
    page = telegram.Page("Ç’kemi?", (), grave=False)
    yes, no = Button("yes", "Po"), Button("no", "Jo")
    poll = telegram.Poll("Po?", (yes, no), 0, "Sepse.", ())
    yield replace(page, html="ë" * 4_097)
    yield replace(page, html="ë" * 1_025, picture="t14-help")
    yield replace(page, html="a < b")
    yield replace(page, rows=(LONG_ID,))
    yield replace(page, rows=(ACCENTED_ID,))
    yield replace(page, poll=replace(poll, question="ë" * 301))
    yield replace(page, poll=replace(poll, options=(yes, replace(no, label="ë" * 101))))
    yield replace(page, poll=replace(poll, why="ë" * 201))
    yield replace(page, poll=replace(poll, why="a\nb\nc\nd"))
    yield replace(page, poll=replace(poll, right=2))


@pytest.mark.parametrize("page", list(oversized()))
def test_rules_do_not_lean_on_the_adapter(page: telegram.Page) -> None:
    """
    What an adapter should have cut or left to a keyboard is refused by the rules by themselves.
    """
    with pytest.raises(telegram_rules.Refused):
        telegram_takes_page(page)


def test_quiz_that_does_not_fit_stays_a_keyboard() -> None:
    """
    A question too long for a quiz of the platform is asked with buttons, whole.
    """
    buttons = (Button("q.a", "Po, gjithmonë"), Button("q.b", "Jo, kurrë"))
    fits = Say(key="q", text="Po?", buttons=buttons, quiz=Quiz("q.a", "Sepse po."))
    for say in (fits, replace(fits, text="ë" * 301), replace(fits, quiz=Quiz("q.a", "ë" * 201))):
        telegram_takes((say,))
        page = telegram.pages_of([say])[-1]
        assert (page.poll is not None) is (say == fits)
        assert [button for row in page.rows for button in row] == list(buttons)
