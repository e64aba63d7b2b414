"""A channel is added by its adapter alone: SMS, through the whole bot, in both languages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fakes.line import FakeLine
from fakes.sms import Gateway, Phone, SmsChannel
from nacl.public import PrivateKey

from bot import triage
from bot.app import create_app
from bot.authoring import load
from bot.engine.content import LANGUAGES
from bot.engine.effects import Effect, OpenContact, Say
from bot.engine.events import (
    ChatLost,
    ContactArrived,
    CounsellorJoined,
    CounsellorWrote,
    MessageReceived,
)
from bot.engine.state import State
from bot.helpline import BoxKey, News, contact_id_of
from bot.script import Talk
from bot.settings import Settings

CONTENT = load(Path(__file__).parents[3] / "content")
SECRET = "a secret of the gateway"
NUMBER = "+355600000001"
LETTERS = "ABCDEFGH"
TOLD = {"sq": "dikush po me kercenon me nje foto", "en": "someone threatens me with a photo"}
ANSWER = {"sq": "Jam Drita. I lexova të gjitha. 👋", "en": "I am Drita. I read it all. 👋"}
# What this child chooses where a question offers it; elsewhere the first.
LIKES = ("al", "11-13", "lesson", "t01", "start", "done", "go_on")
MOST = 40  # turns until a lesson must be over


class Line(FakeLine):
    """A helpline with somebody on duty, whose feed waits until there is news."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()
        self.followed = asyncio.Event()  # by then the bot knows who is on duty

    def happens(self, kind: str, conversation: str = "", **more: object) -> int:
        seq = super().happens(kind, conversation, **more)
        self._news.set()
        return seq

    async def events(self, after: int, wait: float) -> News:
        self.followed.set()
        while not self.items[after:]:
            self._news.clear()
            await self._news.wait()
        return await super().events(after, wait)

    async def key(self) -> BoxKey:
        return BoxKey.of(bytes(PrivateKey.generate().public_key))


class House:
    """The bot with SMS added, a helpline, and one phone."""

    def __init__(self, folder: Path) -> None:
        self.gateway, self.line = Gateway(SECRET), Line()
        self.sms = SmsChannel(secret=SECRET, gateway=self.gateway.take)
        settings = Settings(_env_file=None, data_dir=folder)
        self.app = create_app(settings, helpline=self.line, channels=[self.sms])
        self.phone: Phone

    @property
    def conversation(self) -> str:
        """The id by which the helpline knows the child."""
        return str(self.app.state.bot.runner.conversation_id("sms", NUMBER))


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """It lives while the block runs."""
    made = House(folder)
    transport = httpx.ASGITransport(app=made.app)
    async with (
        made.app.router.lifespan_context(made.app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http,
    ):
        made.phone = Phone(NUMBER, made.gateway, http)
        await made.line.followed.wait()
        yield made


class Child:
    """Types on the phone what the engine, run beside it, is told as well; compares the two."""

    def __init__(self, here: House, language: str) -> None:
        self.here, self.language = here, language
        abilities = here.sms.capabilities.abilities
        self.talk = Talk(CONTENT, triage.read, "", State.new(), abilities=abilities)

    async def types(self, text: str, *, times: int = 1) -> tuple[Effect, ...]:
        """Send a text and read the answer; the gateway may deliver it more than once."""
        effects = self.talk.happens(MessageReceived(at=self.talk.at, text=text))
        await self.here.phone.says(text, times=times)
        await self.here.phone.reads(*texts(effects))
        return effects

    async def chooses(self, *likes: str) -> tuple[Effect, ...]:
        """Answer the open question by the letter of the option that it likes best."""
        ids = [button.id.rpartition(".")[2] for button in self.talk.shown[-1].buttons]
        wanted = next((like for like in likes if like in ids), ids[0])
        return await self.types(LETTERS[ids.index(wanted)])

    async def learns(self) -> list[str]:
        """Go through the first questions and a lesson; returns the keys of what was said."""
        await self.types("Ç'kemi 👋")
        await self.chooses(self.language)
        for _ in range(MOST):
            if self.talk.state.learned and self.talk.state.asked == "menu":
                break
            await self.chooses(*LIKES)
        return [say.key for say in self.talk.shown]

    async def asks_for_a_person(self, contact: str) -> None:
        """Choose a person; that the helpline has the words is read as soon as it has them."""
        effects = self.talk.happens(MessageReceived(at=self.talk.at, text=LETTERS[0]))
        assert any(isinstance(effect, OpenContact) for effect in effects)
        arrived = self.talk.happens(ContactArrived(at=self.talk.at, contact_id=contact))
        await self.here.phone.says(LETTERS[0])
        await self.here.phone.reads(*texts(effects), *texts(arrived))

    async def hears(self, event: CounsellorJoined | CounsellorWrote) -> None:
        """Read what comes by itself."""
        await self.here.phone.reads(*texts(self.talk.happens(event)))


def texts(effects: Iterable[Effect]) -> list[str]:
    """The bubbles of a step."""
    return [effect.text for effect in effects if isinstance(effect, Say)]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_child_learns_by_sms(language: str, tmp_path: Path) -> None:
    """
    The first questions and a lesson with its quiz work on a channel without buttons: every
    choice stands in the text with its letter, and the letter is heard.
    """
    async with house(tmp_path) as here:
        child = Child(here, language)
        said = await child.learns()

    assert [each.topic for each in child.talk.state.learned] == ["t01"]
    assert {"t01-privacy-11-13.quiz", "t01-privacy-11-13.closing"} <= set(said)
    assert all(say.language == language for say in child.talk.shown[1:])
    assert here.gateway.refused == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_disclosure_by_sms_reaches_a_person_and_back(language: str, tmp_path: Path) -> None:
    """
    A child that tells before anything else was asked reaches a person, whose words arrive
    unchanged, though the gateway fails just when it tells.
    """
    async with house(tmp_path) as here:
        child = Child(here, language)
        await child.types("Ç'kemi")
        await child.chooses(language)
        here.gateway.faults.append(503)
        await child.types(TOLD[language])
        await child.chooses("no")
        common = {"contact_id": contact_id_of(here.conversation, 1), "name": "Drita"}
        await child.asks_for_a_person(common["contact_id"])
        here.line.happens("contact.claimed", here.conversation, **common)
        await child.hears(CounsellorJoined(at=child.talk.at, **common))
        written = {**common, "text": ANSWER[language]}
        here.line.happens("message.sent", here.conversation, message_id="m", **written)
        await child.hears(CounsellorWrote(at=child.talk.at, **written))

    assert [posted.kind for posted in here.line.posted] == ["contact"]
    assert here.phone.texts[-1].startswith(f"Drita: {ANSWER[language]}")
    assert here.gateway.refused == []


async def test_forged_and_broken_texts_change_nothing(tmp_path: Path) -> None:
    """
    Row 1 of the likeliest mistakes: unsigned, signed otherwise, changed or no JSON: refused,
    and nothing is said. Row 2: a text that is delivered twice is answered once.
    """
    async with house(tmp_path) as here:
        body, headers = here.gateway.call(**{"from": NUMBER, "text": "ndihmë 🙏"})
        plain = {"content-type": "application/json"}
        signed, torn = Gateway("another").call(**{"from": NUMBER, "text": "ndihmë"})
        for forged in ((body, plain), (signed, torn), (body + b" ", headers)):
            assert await here.phone.posts(*forged) == 403
        junk, seal = here.gateway.call(text="nobody")
        assert await here.phone.posts(junk, seal) == 400
        assert here.phone.texts == []
        child = Child(here, "sq")
        await child.types("Ç'kemi", times=3)
        await child.chooses("sq")


async def test_channel_runs_while_the_bot_does(tmp_path: Path) -> None:
    """
    A channel is started with the bot and stopped with it, and a platform that first asks
    whether the address is ours reads what it wants only if it knows the secret.
    """
    async with house(tmp_path) as here:
        assert here.sms.runs
        known = await here.phone.asks(token=SECRET, challenge="42")
        unknown, _ = await here.phone.asks(token="another", challenge="42")
    assert not here.sms.runs
    assert known == (200, "42")
    assert unknown == 403


async def test_phone_that_said_stop_is_answered_when_it_writes_again(tmp_path: Path) -> None:
    """
    STOP is how a number leaves: nothing answers it, and the next word is taken up as on a
    channel that was blocked and is there again.
    """
    async with house(tmp_path) as here:
        child = Child(here, "sq")
        await child.types("Ç'kemi")
        await child.chooses("sq")
        assert texts(child.talk.happens(ChatLost(at=child.talk.at))) == []
        await here.phone.says("STOP")
        await child.types("menu")
