"""The ten likeliest mistakes, each injected on each channel into the way of a child.

The names are the rows of the table in ``bot/channels/README.md``. Nothing stands in for the
bot or the helpline; after a fault all that the engine says must be read, and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from fakes.faults import (
    FAULTS,
    RESTS,
    Messenger,
    broken,
    calls_to,
    due_at,
    forged,
    hung,
    leaves_unheard,
    limited,
    refusals,
    stored,
)
from fakes.phones import (
    Phone,
    TelegramPhone,
    ViberPhone,
    WebPhone,
    browser_at,
    knows_of,
    viber_bot,
)
from fakes.way import (
    ANSWER,
    DISCLOSURE,
    HELP,
    LESSON,
    ONBOARDING,
    QUIZ,
    SCARED,
    TOLD,
    Way,
    helpline_at,
    hurried,
    walking,
)

from bot.channels.base import ChannelDown
from bot.channels.viber.faults import UNANSWERED_REST
from bot.channels.web.door import Pace
from bot.engine.content import LANGUAGES
from bot.engine.events import ButtonTapped, MediaOffered, MessageReceived

ALL = ("telegram", "viber", "web")
EACH = pytest.mark.parametrize(
    ("channel", "language"), [("telegram", "sq"), ("viber", "en"), ("web", "sq")]
)
IN_BOTH = pytest.mark.parametrize(
    ("channel", "language"), [(channel, language) for channel in ALL for language in LANGUAGES]
)
HELLO = ONBOARDING[:2]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Nobody waits for a limit of speed, where a row is not about one.
    """
    hurried(monkeypatch)


def another(way: Way) -> Way:
    """A second child on the same channel, which is in a hurry."""
    other = Way(type(way.phone)(*_behind(way.phone)), way.desk, way.language)
    other.patient = False
    return other


def _behind(phone: Phone) -> tuple[Any, Any]:
    assert isinstance(phone, Messenger | WebPhone)
    first = browser_at(phone.service) if isinstance(phone, WebPhone) else phone.platform
    return first, phone.service


# Row 1


@IN_BOTH
async def test_row_1_forged_calls(channel: str, language: str, tmp_path: Path) -> None:
    """
    S1, S2: a telling that the platform did not send is refused, whatever its secret, signature
    or origin looks like; nothing is stored or said. The same words with ë, ç and an emoji are
    heard when they come honestly: a door that stood open would have answered them before.
    """
    async with walking(channel, tmp_path, language) as way:
        await way.goes(*HELLO)
        await way.phone.settled()
        before = await stored(way.phone)
        statuses = await forged(way.phone, TOLD[language])

        assert len(statuses) >= 3
        assert set(statuses) <= {401, 403}
        assert await stored(way.phone) == before
        await way.reads()
        await way.goes({"child": TOLD}, {"child": SCARED})


# Row 2


@EACH
async def test_row_2_everything_three_times(channel: str, language: str, tmp_path: Path) -> None:
    """
    S3, R2: each call comes three times at once, on two processes: a quiz is answered once, and
    a telling makes one contact. That they did come is counted by both.
    """
    async with walking(channel, tmp_path, language, processes=2) as way:
        phone = way.phone
        await way.goes(*ONBOARDING, *LESSON)
        if isinstance(phone, WebPhone):
            phone.times = 3
        elif isinstance(phone, Messenger):
            phone.platform.repeats = 3
        await way.goes(*QUIZ, *DISCLOSURE)
        await way.phone.settled()
        await way.reads()

        assert await way.desk.queue() == [way.contact]
        assert min(bot.runner.repeats for bot in phone.bots) > 0
        assert sum(bot.runner.repeats for bot in phone.bots) >= 2 * len((*QUIZ, *DISCLOSURE))


# Rows 3 and 4


@EACH
async def test_row_3_outgoing_calls_hang(
    channel: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Whatever the bot calls for a telling hangs, the platform or (from the page) the helpline:
    the call that brought it is acknowledged all the same and comes once, and another child is
    answered meanwhile. When the line is free, the rest is read.
    """
    async with walking(channel, tmp_path, language) as way:
        phone = way.phone
        await way.goes(*HELLO, *DISCLOSURE[:2])
        gate = hung(phone, monkeypatch)
        posted = len(phone.service.answers)
        await way.goes_unread(DISCLOSURE[2])
        other = another(way)
        await other.goes(*HELLO)

        assert not gate.is_set()
        answers = await phone.service.acknowledged(posted)
        assert set(answers) <= {200, 303}
        if not isinstance(phone, WebPhone):
            # one press here, the opening and a press there, and a report of Viber's at least:
            # those of other bubbles may have come before, or come later
            assert len(answers) >= 3 + isinstance(phone, ViberPhone)
        gate.set()
        await way.reads()


@pytest.mark.parametrize(("channel", "language"), [("telegram", "en"), ("viber", "sq")])
async def test_row_4_one_chat_is_limited(channel: str, language: str, tmp_path: Path) -> None:
    """
    One chat must rest for half a minute: twenty others are answered, that one is left alone
    after a single call; when it is due, its answer is read.
    """
    async with walking(channel, tmp_path, language) as way:
        phone = way.phone
        assert isinstance(phone, Messenger)
        await way.goes(*HELLO)
        await phone.settled()
        read, calls = await phone.read(), calls_to(phone)
        limited(phone)
        before = time.time()
        await way.goes_unread({"child": TOLD})
        await phone.platform.until(lambda: calls_to(phone) > calls)
        for _ in range(20):
            await another(way).goes(*HELLO)

        assert await phone.read() == read
        assert calls_to(phone) == calls + 1
        assert await due_at(phone) >= before + UNANSWERED_REST
        await phone.service.later()
        await way.reads()


async def test_row_4_one_page_floods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    S7: a page that sends faster than anybody can is slowed, and loses nothing; ten other
    children are answered while it waits.
    """
    gate = asyncio.Event()

    async def until_open(seconds: float) -> None:
        await gate.wait()

    monkeypatch.setattr("bot.pages.Pace", lambda: Pace(amount=15, seconds=600, pause=until_open))
    async with walking("web", tmp_path, "sq") as way:
        assert isinstance(way.phone, WebPhone)
        await way.goes(*ONBOARDING, *({"child": HELP} for _ in range(10)))
        flood = asyncio.create_task(way.goes_unread({"child": TOLD}))
        for _ in range(10):
            await another(way).goes(*HELLO)

        assert not flood.done()
        gate.set()
        await flood
        await way.reads()


# Rows 5 and 6

NAMED = "Tom & <b>A_B</b> *y*"
MARKED = "1 < 2 & _x_ *y* </b> <a href='https://example.com'>këtu</a> &amp;"
LINE = f"ë & <b>ç</b> {'😀👍🏽😭🙂' * 3}"
LONG = "".join(f"{number:04} {LINE} " for number in range(300))[:8_000]
WRITTEN = 4_000  # characters of one answer
AT_ONCE = {"telegram": 4_096, "viber": 7_000, "web": 20_000}  # what an app sends as one message


@IN_BOTH
async def test_row_5_text_from_outside(channel: str, language: str, tmp_path: Path) -> None:
    """
    S9: names and words with markup are read as they were written, from both sides; eight
    thousand characters with emoji are heard to their end, where the telling is, and the four
    thousand that a person may write arrive whole and in order, in more messages than one on
    Telegram. A mark that was refused or parsed would be missing.
    """
    async with walking(channel, tmp_path, language, name=NAMED) as way:
        await way.goes(*HELLO)
        words = f"{LONG[: 7_900 - len(TOLD[language])]} {TOLD[language]}"
        size = AT_ONCE[channel]
        await way.goes(*({"child": words[at : at + size]} for at in range(0, len(words), size)))
        await way.goes(*DISCLOSURE[1:], {"child": MARKED})
        await way.person()
        await way.writes(MARKED)
        await way.desk.sees(way.contact, MARKED)
        assert await shows_name(way.phone)

        before = len(await way.phone.read())
        await way.desk.writes(way.contact, LONG[:WRITTEN])
        await reads_whole(way.phone, before, LONG[:WRITTEN])
        assert len(await way.phone.read()) == before + (2 if channel == "telegram" else 1)
        assert refusals(way.phone) == []


async def shows_name(phone: Phone) -> bool:
    """Whether the name stands above a person's words, as it is written."""
    if isinstance(phone, Messenger):
        return phone.child.texts[-1].startswith((f"{NAMED}\n", f"{NAMED}:\n"))
    assert isinstance(phone, WebPhone)
    return "Tom &amp; &lt;b&gt;A_B&lt;/b&gt; *y*" in phone.page


async def reads_whole(phone: Phone, before: int, words: str) -> None:
    """Wait until bubbles hold all of it, in order; each may have the name above."""
    wanted = "".join(words.split())
    shown = ""
    for _ in range(1_000):
        parts = (await phone.read())[before:]
        unnamed = (part.removeprefix(f"{NAMED}:").removeprefix(NAMED) for part in parts)
        shown = "".join("".join(unnamed).split())
        if len(shown) >= len(wanted):
            break
        await asyncio.sleep(0.01)
    assert shown == wanted


UNPRESSED = {"leave", "person", "talk", "yes", "send", "lang"}  # they lead out of the menus
GRAVE = ("report_safe.no", "report_safe.unsure")  # and so do these: a person comes


@IN_BOTH
async def test_row_6_menus_walked(channel: str, language: str, tmp_path: Path) -> None:
    """
    Thirty presses through the menus, always of one that was not pressed yet: no call is
    refused by the platform's rules in bytes, and what is read is what was said. That it
    refuses what is too long, its own tests show.
    """
    async with walking(channel, tmp_path, language) as way:
        await way.goes(*ONBOARDING)
        pressed: set[str] = set()
        for _ in range(30):
            new = await unpressed(way, pressed)
            pressed.add(new)
            await way.goes({"tap": new} if new else {"child": HELP})

        assert len(pressed) > 15
        assert refusals(way.phone) == []


async def unpressed(way: Way, pressed: set[str]) -> str:
    """A button that stands there and was not pressed yet, the newest first; or none."""
    shown = [button for say in reversed(way.talk.shown[-4:]) for button in say.buttons]
    new = [button for button in shown if button.id not in pressed]
    calm = [button for button in new if not button.id.endswith(GRAVE)]
    safe = [button for button in calm if button.id.rpartition(".")[2] not in UNPRESSED]
    for button in safe:
        if await way.phone.offers(button.id, button.label):
            return button.id
    return ""


# Row 7


@pytest.mark.parametrize(
    ("channel", "fault"), [(channel, fault) for channel in FAULTS for fault in FAULTS[channel]]
)
async def test_row_7_a_fault_on_the_answer(channel: str, fault: str, tmp_path: Path) -> None:
    """
    Each fault once on the answer to a telling: it is not tried again before its time, all of
    it arrives in order, and only what was accepted without our knowing comes twice.
    """
    language = "sq" if channel == "viber" else "en"
    async with walking(channel, tmp_path, language) as way:
        phone = way.phone
        assert isinstance(phone, Messenger)
        await way.goes(*HELLO)
        await phone.settled()
        calls, before = calls_to(phone), time.time()
        broken(phone, **FAULTS[channel][fault])
        await way.goes_unread({"child": TOLD})
        await phone.settled()

        assert calls_to(phone) == calls + 1
        assert await due_at(phone) > before + RESTS.get(fault, 0)
        await phone.service.later()
        await reads_once(way, repeats=fault == "cut after")


async def reads_once(way: Way, *, repeats: bool) -> None:
    """Read everything; if it ``repeats``, one bubble stands twice, one below the other."""
    before, way.said = way.said, way.said + [""] * repeats
    read: list[str] = []
    for _ in range(1_000):
        read = await way.phone.read()
        if len(read) >= len(way.said):
            break
        await asyncio.sleep(0.01)
    assert len(read) == len(way.said)
    once = [bubble for bubble, _ in groupby(read)]
    assert all(wanted in was for was, wanted in zip(once, before, strict=True))


@pytest.mark.parametrize(("channel", "language"), [("telegram", "sq"), ("viber", "en")])
async def test_row_7_who_left_is_left_alone(channel: str, language: str, tmp_path: Path) -> None:
    """
    After a block there is no further call for that chat, however much time passes and whatever
    a person writes, until the child writes again: then it is answered.
    """
    async with walking(channel, tmp_path, language) as way:
        phone = way.phone
        assert isinstance(phone, Messenger)
        await way.goes(*HELLO, *DISCLOSURE)
        await phone.settled()
        leaves_unheard(phone)
        calls = calls_to(phone)
        await way.desk.takes(way.contact)
        await phone.platform.until(lambda: calls_to(phone) > calls)
        await phone.settled()
        await way.desk.writes(way.contact, ANSWER[language])
        await phone.service.later()
        await phone.settled()

        assert calls_to(phone) == calls + 1
        before = len(await phone.read())
        await phone.does(MessageReceived(at=way.talk.at, text=SCARED[language]))
        await phone.platform.until(lambda: calls_to(phone) > calls + 1)
        await phone.settled()
        assert len(await phone.read()) > before


async def test_row_7_the_page_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    On the page the fault is a log that cannot be written for a moment: the answer is there
    later, once, also when the same form is sent again because the line broke.
    """
    async with walking("web", tmp_path, "en") as way:
        await way.goes(*HELLO)
        failures: list[str] = []
        send = way.phone.bot.web.send

        async def fails_once(*args: Any, **more: Any) -> None:
            if not failures:
                failures.append("down")
                raise ChannelDown("the log")
            await send(*args, **more)

        monkeypatch.setattr(way.phone.bot.web, "send", fails_once)
        assert isinstance(way.phone, WebPhone)
        way.phone.times = 2
        await way.goes_unread({"child": TOLD})
        await way.phone.settled()
        await way.phone.service.later()
        await way.reads()

        assert failures == ["down"]


# Row 8


@EACH
async def test_row_8_presses_that_are_old_double_or_swapped(
    channel: str, language: str, tmp_path: Path
) -> None:
    """
    In mid-lesson: a double press, one of a question long gone, a restart, the menu twice, a
    press that overtakes the message before it. Each gets what the engine says to it, every
    press is answered (nobody else may take it off the stand-in's list), no call is refused.
    """
    async with walking(channel, tmp_path, language) as way:
        await way.goes(*ONBOARDING, *LESSON[:5])
        twice, _ = way.next({"tap": "photos"})
        old = ButtonTapped(at=twice.at, button="j:onboarding:country.al")
        for event in (twice, twice, old):
            way.hears(event)
        for event in (twice, twice, old):
            await way.phone.does(event)
        await way.reads()

        assert isinstance(way.phone, Messenger | WebPhone)
        await way.phone.settled()
        await way.phone.service.restarts()
        await knows_of(way.phone.bot)
        await way.goes({"tap": "recover"}, {"child": HELP})
        for _ in range(2):
            event = ButtonTapped(at=twice.at, button="go.menu")
            way.hears(event)
            await way.phone.does(event)
            await way.reads()
        await overtakes(way)
        await way.phone.settled()
        assert refusals(way.phone) == []


async def test_row_8_the_same_page_again(tmp_path: Path) -> None:
    """
    A page was turned and only the answer lost: turning it again is refused by Telegram, since
    nothing would change, and taken as done. The page stands there once.
    """
    async with walking("telegram", tmp_path, "en") as way:
        phone = way.phone
        assert isinstance(phone, TelegramPhone)
        await way.goes(*ONBOARDING)
        edits = len(phone.platform.named("editMessageText"))
        phone.platform.cuts("editMessageText", after=True)
        await way.goes_unread({"tap": "lesson"})
        await phone.settled()
        await phone.service.later()
        await phone.settled()

        await way.reads()
        assert ["not modified" in why for why in phone.platform.refusals] == [True]
        assert len(phone.platform.named("editMessageText")) == edits + 2


async def overtakes(way: Way) -> None:
    """The child writes, then presses; the press is brought first."""
    phone = way.phone
    wrote = MessageReceived(at=way.talk.at, text=SCARED[way.language])
    press, label = way.next({"tap": "lesson"})
    if isinstance(phone, TelegramPhone):
        gate = phone.platform.keeps_back("m", phone.child)
    elif isinstance(phone, ViberPhone):
        gate = phone.platform.delivering
        gate.clear()
        phone.platform.swaps = True
    else:
        return  # a page sends one after the other
    await phone.does(wrote)
    await phone.does(press, label)
    way.hears(press)
    if isinstance(phone, TelegramPhone):
        await way.reads()  # while the message is still held back
    gate.set()
    way.hears(wrote)
    await way.reads()


# Row 9


async def test_row_9_viber_is_no_telegram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A cold start: the platform calls back before it takes the address, so it is told again
    until our server listens. Before a subscription there is the welcome, in the answer, and
    no message; each message carries keys. An app that turns out to be of level 3 is served:
    the first try is refused by status 13, and not repeated. Status 6 and 12 are in row 7.
    """
    monkeypatch.setattr("bot.channels.viber.hook.FIRST_PAUSE", 0.05)
    async with (
        helpline_at(tmp_path / "helpline") as (desk, lines),
        viber_bot(tmp_path, lines, listens=False) as phone,
    ):
        viber, child = phone.platform, phone.child
        await viber.until(lambda: len(viber.named("set_webhook")) > 1)
        assert viber.hook == ""
        phone.service.open = True
        await viber.until(lambda: bool(viber.hook), lambda: "never set")
        await knows_of(phone.bot)

        way = Way(phone, desk, "sq")
        await way.goes(HELLO[0])
        assert viber.named("send_message") == []
        assert child.subscribed is False
        await way.goes(HELLO[1], *DISCLOSURE)
        await phone.settled()
        child.level = 3  # another phone, of which nobody has told
        sent = len(viber.named("send_message"))
        await way.person()
        calls = viber.named("send_message")[sent:]
        levels = [call.get("min_api_version") for call in calls]
        assert levels == [6, None, None]
        assert calls[0]["text"] == calls[1]["text"]
        assert all(shown.buttons for shown in child.shown)
        assert viber.refusals == viber.charged == []


# Row 10

KINDS = {
    "telegram": ("photo", "sticker", "voice", "location", "document"),
    "viber": ("photo", "sticker", "document"),
    "web": ("photo", "voice", "document"),
}


@IN_BOTH
async def test_row_10_what_is_no_text(channel: str, language: str, tmp_path: Path) -> None:
    """
    S5: pictures, voices, stickers, places and kinds of tomorrow are answered, none of them
    fetched, no call ends in an error; words beneath a picture that tell of harm get what a
    text gets; an edit and a block are heard, and whoever comes back is answered.
    """
    async with walking(channel, tmp_path, language) as way:
        phone = way.phone
        await way.goes(*ONBOARDING)
        for kind in KINDS[channel]:
            said = len(way.said)
            offered = MediaOffered(at=way.talk.at, kind=kind)
            way.hears(offered)
            await phone.does(offered)
            await way.reads()
            assert len(way.said) > said, kind
        await strange(way)
        await captioned(way)

        assert isinstance(phone, Messenger | WebPhone)
        await phone.settled()
        assert set(phone.service.answers) <= {200, 303}
        assert phone.bot.alarms.counts == {}
        if isinstance(phone, Messenger):
            assert {name for name, _ in phone.platform.calls}.isdisjoint({"getFile", "get_file"})
            await comes_back(way, phone)


async def strange(way: Way) -> None:
    """A kind that nobody knows, an update that nobody knows, and an edit of small talk."""
    phone = way.phone
    if isinstance(phone, TelegramPhone):
        phone.child.sends(hologram={"file_id": "x", "depth": 3})
        phone.platform.update(("m", phone.child.id), kind_of_tomorrow={"chat": {"id": 1}})
    elif isinstance(phone, ViberPhone):
        phone.child.sends(type="hologram", depth=3)
        phone.platform.callback(phone.child, {"event": "event_of_tomorrow"})
    else:
        return
    way.hears(MediaOffered(at=way.talk.at, kind="unknown"))
    await way.reads()


async def captioned(way: Way) -> None:
    """A picture with words that tell of harm."""
    phone, words = way.phone, TOLD[way.language]
    told = MediaOffered(at=way.talk.at, kind="photo", caption=words)
    said = len(way.said)
    if isinstance(phone, WebPhone):
        pasted = f"{words} data:image/png;base64,{'iVBORw0KGgo' * 40}"
        way.hears(MediaOffered(at=way.talk.at, kind="picture", caption=words))
        await phone.posts("/chat", text=pasted)
    else:
        way.hears(told)
        await phone.does(told)
    await way.reads()
    assert len(way.said) >= said + 3
    assert way.talk.state.asked == "danger"


async def comes_back(way: Way, phone: Messenger) -> None:
    """Block the bot, and write again."""
    if isinstance(phone, TelegramPhone):
        phone.child.blocks()
    else:
        phone.child.unsubscribes()
    await phone.settled()
    before = len(await phone.read())
    await phone.does(MessageReceived(at=way.talk.at, text=HELP[way.language]))
    await phone.platform.until(lambda: len(phone.child.shown) > 0)
    await phone.settled()
    assert len(await phone.read()) > before
