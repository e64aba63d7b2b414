"""Answers in their chats: turned pages, quizzes, pictures, rests; and what is refused of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from fakes.telegram import TelegramStandIn
from fakes.telegram_bot import Files, Runner, Time, channel_for, say
from fakes.telegram_child import Child
from fakes.turns import OwnPace

from bot.channels.art import picture
from bot.channels.base import (
    ChannelBusy,
    ChannelDown,
    ChatGone,
    Place,
    Progress,
    Shown,
    ShowsTyping,
)
from bot.channels.telegram import TelegramChannel
from bot.engine.effects import Button, Quiz, Say
from bot.engine.events import ButtonTapped, PollAnswered

HELP = Button("go.help", "Dua ndihmë")
CHOICES = (Button("q.a", "E bllokoj"), Button("q.b", "I them një të rrituri"))
WHY = "Një i rritur mund të ndihmojë.\nNuk je fajtor."
PICTURE = "t01-privacy"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(clock=None) as telegram:
        yield telegram


@pytest.fixture
async def channel(telegram: TelegramStandIn) -> AsyncIterator[TelegramChannel]:
    channel = channel_for(telegram)
    yield channel
    await channel.stop()


@pytest.fixture
def child(telegram: TelegramStandIn) -> Child:
    child = telegram.child()
    child.starts()
    return child


@dataclass
class Chat:
    """Sends to one child and remembers what was reported."""

    channel: TelegramChannel
    child: Child
    progress: Progress = field(default_factory=Progress)

    async def shows(self, *says: Say, **place: object) -> list[Shown]:
        """Send and return what the channel says it has shown."""
        self.progress = Progress()
        where = Place(**place) if place else None  # type: ignore[arg-type]
        await self.channel.send(
            str(self.child.id), says, key="k", progress=self.progress, place=where
        )
        return self.progress.shown


@pytest.fixture
def chat(channel: TelegramChannel, child: Child) -> Chat:
    return Chat(channel, child)


def menu(text: str = "Çfarë bëjmë?", **more: object) -> Say:
    return say(text, buttons=(Button("menu.lesson", "Një mësim"),), help=HELP, **more)


def quiz(**more: object) -> Say:
    usual: dict[str, object] = {"buttons": CHOICES, "help": HELP, "quiz": Quiz("q.b", WHY)}
    return say("Dikush të kërcënon. Çfarë bën?", **(usual | more))


# What was shown


async def test_every_accepted_message_is_reported_by_its_id(chat: Chat) -> None:
    """
    The id of each message is reported, with the key of a bubble that is fleeting.
    """
    shown = await chat.shows(say("e para"), say("e dyta", fleeting=True))

    first, second = chat.child.shown
    assert shown == [Shown(str(first.id)), Shown(str(second.id), key="test.words")]


async def test_each_message_is_told_before_the_next_one_leaves(chat: Chat) -> None:
    """
    R1: a crash between two bubbles finds the first one noted, with its id.
    """
    noted: list[tuple[int, int]] = []

    class Kept(Progress):
        async def accepted(self, done: int) -> None:
            noted.append((done, len(self.shown)))
            assert len(chat.child.shown) == done
            self.done = done

    says = [say("e para"), say("e dyta"), say("e treta")]
    await chat.channel.send(str(chat.child.id), says, key="k", progress=Kept())

    assert noted == [(1, 1), (2, 2)]


# Pages


async def test_a_page_turns_in_its_place(chat: Chat) -> None:
    """
    The next page stands where the pressed one stood: same message, other words and buttons.
    """
    (first,) = await chat.shows(menu())

    shown = await chat.shows(
        say("Zgjidh një temë.", buttons=CHOICES, help=HELP, turns=True), pressed=first.message
    )

    (message,) = chat.child.seen
    assert shown == [first]
    assert (message.text, message.before) == ("Zgjidh një temë.", ["Çfarë bëjmë?"])
    assert message.data_of("I them një të rrituri") == "q.b"


async def test_only_the_first_bubble_takes_the_place_of_a_page(chat: Chat) -> None:
    """
    The bubbles after a turned page are new ones, also when they could turn.
    """
    (first,) = await chat.shows(menu())

    await chat.shows(say("e para", turns=True), menu("e dyta", turns=True), pressed=first.message)

    assert chat.child.texts == ["e para", "e dyta"]
    assert [bool(message.buttons) for message in chat.child.seen] == [False, True]


async def test_what_needs_no_turning_is_a_new_message_and_old_buttons_go(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    A press that new messages answer takes the buttons of the pressed one away, its words not.
    """
    (first,) = await chat.shows(menu())

    await chat.shows(menu("Tani?"), pressed=first.message)
    await telegram.until(lambda: not chat.child.shown[0].buttons)

    assert chat.child.texts == ["Çfarë bëjmë?", "Tani?"]
    assert chat.child.shown[1].buttons
    assert not telegram.refusals


async def test_buttons_that_cannot_be_taken_away_are_in_nobodys_way(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    While old buttons are being taken away, or cannot be, answers go on.
    """
    (first,) = await chat.shows(menu())
    gate = telegram.holds("editMessageReplyMarkup")

    await chat.shows(menu("Tani?"), pressed=first.message)
    await chat.shows(menu("Edhe tani?"))
    chat.child.deleted.add(int(first.message))
    gate.set()
    await telegram.until(lambda: len(telegram.refusals) == 1)

    assert chat.child.texts == ["Tani?", "Edhe tani?"]


async def test_the_same_page_again_is_done_already(telegram: TelegramStandIn, chat: Chat) -> None:
    """
    "message is not modified" is no error: nothing is said twice, no buttons are lost.
    """
    (first,) = await chat.shows(menu())

    shown = await chat.shows(menu(turns=True), pressed=first.message)
    await chat.shows(say("pastaj"))

    assert shown == [first]
    assert chat.child.texts == ["Çfarë bëjmë?", "pastaj"]
    assert chat.child.shown[0].buttons
    assert [text.split(":")[1].strip() for text in telegram.refusals] == ["message is not modified"]


@pytest.mark.parametrize(
    "why",
    [
        "Bad Request: message can't be edited",
        "Bad Request: message to edit not found",
        "Bad Request: MESSAGE_ID_INVALID",
    ],
)
async def test_a_page_that_cannot_be_turned_is_said_anew(
    telegram: TelegramStandIn, chat: Chat, why: str
) -> None:
    """
    A message that is gone or past editing costs no words: they come as a new message.
    """
    (first,) = await chat.shows(menu())
    telegram.fails("editMessageText", 400, why)

    await chat.shows(menu("Zgjidh.", turns=True), pressed=first.message)
    await telegram.until(lambda: not chat.child.shown[0].buttons)

    assert chat.child.texts == ["Çfarë bëjmë?", "Zgjidh."]


async def test_a_turned_page_is_repeated_without_harm(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    After a broken line the page is turned again, not said again; a limit is kept to.
    """
    (first,) = await chat.shows(menu())
    page, more = menu("Zgjidh.", turns=True), menu("Më tej.")
    telegram.cuts("editMessageText", after=True)
    telegram.fails("sendMessage", 429, "Too Many Requests", retry_after=9, skip=0)

    place, progress = Place(pressed=first.message), Progress()
    errors: list[type[Exception]] = []
    for _ in range(3):
        try:
            await chat.channel.send(
                str(chat.child.id), [page, more], key="k", progress=progress, place=place
            )
        except (ChannelDown, ChannelBusy) as error:
            errors.append(type(error))
    await chat.shows(say("pastaj"))

    assert errors == [ChannelDown, ChannelBusy]
    assert chat.child.texts == ["Zgjidh.", "Më tej.", "pastaj"]
    assert chat.child.shown[0].buttons  # they are the turned page's own by now


async def test_grave_words_are_never_put_into_an_open_message(chat: Chat) -> None:
    """
    What follows a disclosure is a protected message of its own, whatever was pressed.
    """
    (first,) = await chat.shows(menu())

    await chat.shows(say("Të besoj.", turns=True, grave=True), pressed=first.message)

    assert [message.protected for message in chat.child.seen] == [False, True]


async def test_a_picture_is_left_behind_when_the_page_turns(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    Words never come to stand under a picture of something else.
    """
    (first,) = await chat.shows(menu("Mësimi: fotot.", picture=PICTURE))

    await chat.shows(menu("Çfarë bëjmë?", turns=True), pressed=first.message)
    await telegram.until(lambda: not chat.child.shown[0].buttons)

    assert chat.child.texts == ["Mësimi: fotot.", "Çfarë bëjmë?"]
    assert not telegram.refusals


async def test_a_bubble_takes_the_place_of_an_earlier_one(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    A fleeting question is gone once it is answered, its buttons too; elsewhere nothing changes.
    """
    fleeting = menu("Shkruaj “limonadë”.", fleeting=True)
    (question,) = await chat.shows(fleeting)

    says = (say("Gati.", instead="test.words"), menu("Çfarë bëjmë?"))
    instead = {"test.words": question.message}
    shown = await chat.shows(*says, pressed=question.message, instead=instead)
    await chat.shows(say("Gati.", instead="gone"))

    assert chat.child.texts == ["Gati.", "Çfarë bëjmë?", "Gati."]
    assert shown[0].message == question.message
    assert not chat.child.shown[0].buttons
    assert not telegram.refusals


async def test_the_words_under_a_picture_can_give_way(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    A fleeting bubble with a picture is changed where it stands, beneath the picture.
    """
    (question,) = await chat.shows(say("Zgjidh.", picture=PICTURE, fleeting=True))
    instead = {"test.words": question.message}

    for _ in range(2):  # also when it was done already
        await chat.shows(say("Gati.", instead="test.words"), instead=instead)

    assert chat.child.texts == ["Gati."]
    assert len(telegram.named("editMessageCaption")) == 2


# Quizzes


async def test_a_quiz_is_asked_as_the_platforms_own(telegram: TelegramStandIn, chat: Chat) -> None:
    """
    Question, options, the right one and its reason; help beneath; nobody else may see who chose.
    """
    (shown,) = await chat.shows(quiz())

    (message,) = chat.child.shown
    assert message.poll is not None
    assert (message.poll.options, message.poll.right) == (["E bllokoj", "I them një të rrituri"], 1)
    assert (message.poll.why, message.buttons) == (WHY, [[("Dua ndihmë", "go.help")]])
    assert shown == Shown(f"{message.id}q", poll=message.poll.id, buttons=("q.a", "q.b"))
    assert message.protected
    assert telegram.named("sendPoll")[0]["is_anonymous"] == "false"


async def test_a_vote_comes_back_as_the_option_that_was_chosen(
    telegram: TelegramStandIn, channel: TelegramChannel, chat: Chat
) -> None:
    """
    Votes are asked for and arrive, each with the poll it belongs to; help can be pressed there.
    """
    runner = Runner()
    runner.on_event = telegram._wake
    await channel.start(runner)
    await telegram.until(lambda: bool(telegram.allowed))
    (shown,) = await chat.shows(quiz())

    chat.child.votes("I them një të rrituri")
    await telegram.until(lambda: any(isinstance(event, PollAnswered) for event in runner.events))
    chat.child.taps("go.help")
    await telegram.until(lambda: any(isinstance(event, ButtonTapped) for event in runner.events))

    vote = next(each for each in runner.kept.values() if isinstance(each.event, PollAnswered))
    assert (vote.event.poll, vote.event.option, vote.address) == (shown.poll, 1, str(chat.child.id))
    press = next(each for each in runner.kept.values() if isinstance(each.event, ButtonTapped))
    assert (press.message, press.pressed) == (shown.message, True)


@pytest.mark.parametrize(
    "more",
    [
        {"text": "ë" * 301},
        {"buttons": (Button("q.a", "a" * 101), Button("q.b", "Jo, faleminderit"))},
        {"buttons": (Button("q.b", "Vetëm kjo"),)},
        {"buttons": (Button("q.a", "Njësoj"), Button("q.b", "Njësoj"))},
        {"buttons": (Button("q.a", "A"), Button("q.b", "B"))},
        {"buttons": tuple(Button(f"q.{n}", f"Zgjedhja {n}") for n in ("b", *range(12)))},
        {"quiz": Quiz("q.b", "ë" * 201)},
        {"quiz": Quiz("q.b", "a\nb\nc\nd")},
        {"quiz": Quiz("q.b", " ")},
        {"quiz": Quiz("q.gone", WHY)},
        {"grave": True},
        {"buttons": (*CHOICES, HELP)},
    ],
)
async def test_a_question_that_does_not_fit_a_quiz_is_a_keyboard(
    telegram: TelegramStandIn, chat: Chat, more: dict[str, object]
) -> None:
    """
    Longer, fewer, more, lettered or equal options, a long reason, anything grave: a keyboard.
    """
    text = str(more.pop("text", "Çfarë bën?"))
    usual: dict[str, object] = {"buttons": CHOICES, "help": HELP, "quiz": Quiz("q.b", WHY)}

    await chat.shows(say(text, **(usual | more)))

    (message,) = chat.child.shown
    assert message.poll is None
    assert message.data_of("q.b") == "q.b"
    assert not telegram.refusals


async def test_a_quiz_that_is_refused_is_asked_with_buttons(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    Whatever the platform finds wrong with a quiz, the question is still asked.
    """
    telegram.fails("sendPoll", 400, "Bad Request: POLL_OPTION_INVALID")

    await chat.shows(quiz())

    assert chat.child.shown[0].poll is None
    assert chat.child.shown[0].data_of("I them një të rrituri") == "q.b"


# Pictures


async def test_a_picture_is_uploaded_once_and_then_sent_by_its_id(
    telegram: TelegramStandIn,
) -> None:
    """
    The first child costs an upload, the second an id; both see the picture over the words.
    """
    files = Files()
    channel = channel_for(telegram, files=files)
    children = [telegram.child() for _ in range(2)]
    for child in children:
        child.starts()
        await Chat(channel, child).shows(menu("Mësimi: <fotot>", picture=PICTURE))
    await channel.stop()

    art = picture(PICTURE)
    assert art is not None
    assert [type(call["photo"]) for call in telegram.named("sendPhoto")] == [bytes, str]
    assert list(files.ids) == [f"telegram:{art.digest}"]
    for child in children:
        (message,) = child.shown
        assert (message.picture, message.text) == (art.data, "Mësimi: <fotot>")
        assert message.data_of("go.help")


async def test_an_id_that_the_platform_has_forgotten_is_uploaded_anew(
    telegram: TelegramStandIn, child: Child
) -> None:
    """
    An unknown file id costs the child nothing, and the next child again only an id.
    """
    files = Files()
    chat = Chat(channel_for(telegram, files=files), child)
    await chat.shows(menu(picture=PICTURE))
    telegram.forgets_files()

    await chat.shows(menu(picture=PICTURE))
    await chat.shows(menu(picture=PICTURE))
    await chat.channel.stop()

    assert all(message.picture for message in child.shown)
    kinds = [type(call["photo"]) for call in telegram.named("sendPhoto")]
    assert kinds == [bytes, str, bytes, str]


async def test_a_picture_that_cannot_be_shown_never_costs_the_words(
    telegram: TelegramStandIn, child: Child
) -> None:
    """
    Refused, unknown, or with the database away: the words and their buttons are there.
    """
    files = Files()
    chat = Chat(channel_for(telegram, files=files), child)
    telegram.fails("sendPhoto", 400, "Bad Request: IMAGE_PROCESS_FAILED")
    await chat.shows(menu("refuzuar", picture=PICTURE))
    await chat.shows(menu("pa vizatim", picture="t99-unknown"))
    files.down = True
    await chat.shows(menu("me vizatim", picture=PICTURE))
    await chat.channel.stop()

    assert child.texts == ["refuzuar", "pa vizatim", "me vizatim"]
    assert [bool(message.picture) for message in child.shown] == [False, False, True]
    assert all(message.data_of("go.help") for message in child.shown)


async def test_an_upload_that_breaks_off_never_costs_the_words(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    On a line too bad for a picture the words come at once, and the next picture is tried again.
    """
    telegram.cuts("sendPhoto")
    await chat.shows(menu("e para", picture=PICTURE))
    telegram.fails("sendPhoto", 413, "Request Entity Too Large")
    await chat.shows(menu("e dyta", picture=PICTURE))
    await chat.shows(menu("e treta", picture=PICTURE))

    assert chat.child.texts == ["e para", "e dyta", "e treta"]
    assert [bool(message.picture) for message in chat.child.shown] == [False, False, True]


async def test_words_too_long_for_a_caption_follow_the_picture(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    More than 1024 characters come after the picture, whole, with the buttons; or without it.
    """
    text = "Fjalë të gjata. " * 90
    await chat.shows(menu(text, picture=PICTURE))
    telegram.forgets_files()
    telegram.fails("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS", times=2)
    await chat.shows(menu(text, picture=PICTURE))

    assert chat.child.texts == ["", text.strip(), text.strip()]
    assert bool(chat.child.shown[0].picture)
    assert len(chat.progress.shown) == 1


async def test_nothing_grave_has_a_picture(chat: Chat) -> None:
    """
    After a disclosure there are no pictures, and no message can be passed on.
    """
    await chat.shows(menu("Të besoj.", picture=PICTURE, grave=True))

    (message,) = chat.child.shown
    assert (message.picture, message.protected) == (b"", True)


async def test_a_limit_on_a_picture_or_a_quiz_is_waited_for(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    "Too fast" and broken lines are no refusals of a picture or a quiz: it comes later, whole.
    """
    telegram.fails("sendPhoto", 429, "Too Many Requests", retry_after=5)
    telegram.fails("sendPoll", 500)

    with pytest.raises(ChannelBusy):
        await chat.shows(menu(picture=PICTURE))
    with pytest.raises(ChannelDown):
        await chat.shows(quiz())
    assert not chat.child.shown

    await chat.shows(menu(picture=PICTURE), quiz())
    assert chat.child.shown[0].picture
    assert chat.child.shown[1].poll


# Rests


def patient(telegram: TelegramStandIn) -> tuple[TelegramChannel, Time]:
    time = Time()
    turns = OwnPace(1000.0, clock=time, sleep=time.sleep)
    return channel_for(telegram, pause=time.sleep, clock=time, turns=turns), time


async def test_bubbles_of_one_chat_come_a_second_apart(telegram: TelegramStandIn) -> None:
    """
    In one chat there is a second between two messages, also of two answers; typing shows.
    """
    channel, time = patient(telegram)
    child = telegram.child()
    child.starts()
    gone: list[float] = []
    send = channel._link.send

    async def timed(*given: object) -> object:
        gone.append(time.now)
        return await send(*given)  # type: ignore[arg-type]

    channel._link.send = timed  # type: ignore[assignment,method-assign]
    for _ in range(2):
        await Chat(channel, child).shows(say("e para"), say("e dyta"), say("e treta"))
    await channel.stop()

    assert all(later - before >= 1.0 for before, later in pairwise(gone))
    assert gone[-1] < 5.5


async def test_typing_shows_while_a_bubble_rests(telegram: TelegramStandIn) -> None:
    """
    Between two bubbles the child sees that more is coming; before the first it need not.
    """
    time, child = Time(), telegram.child()
    child.starts()

    async def until_seen(seconds: float) -> None:
        await telegram.until(lambda: child.typing > 0)
        await time.sleep(seconds)

    turns = OwnPace(1000.0, clock=time, sleep=time.sleep)
    channel = channel_for(telegram, pause=until_seen, clock=time, turns=turns)
    await Chat(channel, child).shows(say("e para"), say("e dyta"))
    await channel.stop()

    assert child.typing == 1


async def test_a_person_who_writes_shows_as_typing(telegram: TelegramStandIn, chat: Chat) -> None:
    """
    The platform's own sign, and nothing that is read; a chat that is gone is a fault as ever.
    """
    assert isinstance(chat.channel, ShowsTyping)
    await chat.channel.typing(str(chat.child.id), "Elira")
    assert (chat.child.typing, chat.child.texts) == (1, [])

    telegram.fails("sendChatAction", 403, "Forbidden: bot was blocked by the user", times=1)
    with pytest.raises(ChatGone):
        await chat.channel.typing(str(chat.child.id), "Elira")


@pytest.mark.parametrize(("ahead", "least", "most"), [(2.5, 2.0, 3.0), (-5, 0, 0.1), (9e3, 29, 31)])
async def test_nothing_is_sent_before_its_time(
    telegram: TelegramStandIn, ahead: float, least: float, most: float
) -> None:
    """
    An answer waits for the rest that another process has booked; a clock put back, not for ever.
    """
    channel, time = patient(telegram)
    child = telegram.child()
    child.starts()
    now = channel._sender._wall()

    await Chat(channel, child).shows(say("po"), not_before=int((now + ahead) * 1000))
    await channel.stop()

    assert least <= time.now <= most
    assert child.texts == ["po"]


async def test_typing_that_cannot_be_shown_delays_and_fails_nothing(
    telegram: TelegramStandIn, chat: Chat
) -> None:
    """
    With chat actions hanging or refused, every bubble arrives.
    """
    gate = telegram.holds("sendChatAction")
    await chat.shows(say("e para"), say("e dyta"), say("e treta"))
    gate.set()
    telegram.fails("sendChatAction", 403, "Forbidden: bot was blocked by the user", times=2)
    await chat.shows(say("e katërt"), say("e pestë"))

    assert chat.child.texts == ["e para", "e dyta", "e treta", "e katërt", "e pestë"]


async def test_bursts_pass_the_platforms_own_limits() -> None:
    """
    Forty chats at three bubbles each, turned pages between, stay within what the platform allows.
    """
    time = Time()
    async with TelegramStandIn(clock=time) as telegram:
        turns = OwnPace(30.0, clock=time, sleep=time.sleep)
        channel = channel_for(telegram, pause=time.sleep, clock=time, turns=turns)
        chats = [Chat(channel, telegram.child()) for _ in range(40)]
        for chat in chats:
            chat.child.starts()
        await asyncio.gather(*(_talk(chat) for chat in chats))
        await channel.stop()

    assert not telegram.refusals
    assert all(chat.child.texts == ["e para", "menuja", "e treta"] for chat in chats)


async def _talk(chat: Chat) -> None:
    _, second = await chat.shows(say("e para"), menu("e dyta"))
    await chat.shows(menu("menuja", turns=True), say("e treta"), pressed=second.message)
