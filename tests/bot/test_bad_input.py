"""What nobody should send, through the whole bot: each gets a sensible answer or none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes.line import FakeLine
from fakes.telegram import Child, TelegramStandIn
from nacl.public import PrivateKey
from pydantic import SecretStr

from bot.app import create_app
from bot.helpline import BoxKey
from bot.settings import Settings

UNTAUGHT = {
    "command": "/unknown",
    "command with words": "/unknown and more",
    "no command": "/",
    "long": "fjalë " * 1_700,
    "one long word": "a" * 10_000,
    "emoji": "😀😭👍🏽",
    "one emoji": "❤️",
    "right to left": "\u202egnitsop\u202c مرحبا",
    "zero width": "\u200b\u200d\u2060\ufeff",
    "marks": "a" + "\u0301" * 5_000,
    "markup": "<b>A_B</b> & *x* [y](tg://user?id=1)",
    "blank": " \n ",
    "control": "a\x00\x1b[31mb",
}
MEDIA: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}]},
    "voice": {"voice": {"file_id": "x", "file_unique_id": "y", "duration": 3}},
    "video": {"video": {"file_id": "x", "duration": 3}},
    "document": {"document": {"file_id": "x"}},
    "sticker": {"sticker": {"file_id": "x", "type": "regular"}},
    "contact": {"contact": {"phone_number": "+10000000000", "first_name": "A"}},
    "location": {"location": {"latitude": 41.3, "longitude": 19.8}},
    "poll": {"poll": {"id": "1", "question": "?"}},
    "a kind of tomorrow": {"hologram": {"file_id": "x"}},
}
PRESSES = ("danger.no", "t06-11-13/quiz.a", "j:onboarding:age.18", "j:x:y.z", "x", ".", "go.x")


class Line(FakeLine):
    """A helpline whose key is a real one."""

    async def key(self) -> BoxKey:
        """A key that nobody has the other half of."""
        return BoxKey.of(bytes(PrivateKey.generate().public_key))


class _Posted(httpx.AsyncBaseTransport):
    """Posts to an application that is made after the stand-in."""

    app: Any

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(self.app).handle_async_request(request)


class Phone:
    """Children with Telegram, and the bot that answers them."""

    def __init__(self, telegram: TelegramStandIn, bot: Any) -> None:
        self.telegram = telegram
        self.bot = bot

    async def greeted(self) -> Child:
        """Somebody who has pressed /start and was asked for the language."""
        child = self.telegram.child()
        await self.answered(child, child.starts)
        return child

    async def answered(self, child: Child, does: Callable[[], object]) -> list[str]:
        """Do it, and return what the bot says to it."""
        before = len(child.shown)
        does()
        await self.telegram.until(lambda: len(child.shown) > before, lambda: "no answer")
        return [shown.text for shown in child.shown[before:]]


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    """
    The whole bot with Telegram by webhook; nothing may sound an alarm or be refused.
    """
    posted = _Posted()
    async with TelegramStandIn(webhook=posted, clock=None) as telegram:
        settings = Settings(
            _env_file=None,
            data_dir=tmp_path,
            telegram_token=SecretStr(TelegramStandIn.token),
            telegram_api_url=telegram.url,
            public_url="https://sigurt.example.com",
        )
        posted.app = create_app(settings, helpline=Line())
        async with posted.app.router.lifespan_context(posted.app):
            await telegram.until(lambda: bool(telegram.hook))
            yield Phone(telegram, posted.app.state.bot)
            await telegram.until(lambda: not telegram.waiting)
            assert posted.app.state.bot.alarms.counts == {}
        assert telegram.refusals == []
        assert telegram.unanswered == set()
        assert {name for name, _ in telegram.calls}.isdisjoint({"getFile", "getUserProfilePhotos"})


async def test_text_that_nobody_expected_is_answered(phone: Phone) -> None:
    """
    S9: commands that there are not, very long words, only emoji, marks and markup: an answer.
    """
    child = await phone.greeted()
    for text in UNTAUGHT.values():
        assert await phone.answered(child, lambda text=text: child.says(text))


async def test_what_is_no_text_is_answered_and_never_fetched(phone: Phone) -> None:
    """
    S5: a picture, a voice, a place, a contact card, a kind that is not known yet: the child
    is told kindly, and no file is asked for.
    """
    for content in MEDIA.values():
        child = await phone.greeted()
        assert await phone.answered(child, lambda child=child, c=content: child.sends(**c))


async def test_a_caption_that_tells_gets_the_care_of_a_text(phone: Phone) -> None:
    """
    Words of harm under a picture are heard as words.
    """
    child = await phone.greeted()
    told = await phone.answered(
        child, lambda: child.sends(**MEDIA["photo"], caption="dikush po me kercenon me nje foto")
    )

    assert any("faleminderit" in text.lower() for text in told)


async def test_harm_behind_ten_thousand_characters_is_heard(phone: Phone) -> None:
    """
    U1: what a child tells at the end of a very long message is not overlooked.
    """
    child = await phone.greeted()
    told = await phone.answered(
        child, lambda: child.says("x " * 5_000 + ". dikush po me kercenon me nje foto")
    )

    assert any("faleminderit" in text.lower() for text in told)


async def test_old_and_forged_presses_are_answered(phone: Phone) -> None:
    """
    A press on a question that is gone, or never was, leads back to where the child is.
    """
    child = await phone.greeted()
    for button in PRESSES:
        assert await phone.answered(child, lambda button=button: child.taps(button))


async def test_a_double_press_counts_once(phone: Phone) -> None:
    """
    Two presses on one button are one answer.
    """
    child = await phone.greeted()
    child.taps("j:onboarding:language.sq")
    child.taps("j:onboarding:language.sq")
    await phone.telegram.until(lambda: not phone.telegram.waiting)
    await phone.bot.delivery.quiet()
    shown = len(child.shown)
    await phone.answered(child, lambda: child.taps("j:onboarding:limits.understood"))

    assert len(set(child.texts[:shown])) == shown  # nothing was said twice


async def test_an_edit_is_no_new_message_unless_it_tells(phone: Phone) -> None:
    """
    Words corrected afterwards are answered only when there is harm in them.
    """
    child = await phone.greeted()
    before = len(child.shown)
    child.edits("ckemi")
    await phone.telegram.until(lambda: not phone.telegram.waiting)
    await phone.bot.delivery.quiet()
    assert len(child.shown) == before

    assert await phone.answered(child, lambda: child.edits("dikush po me kercenon me nje foto"))


async def test_a_blocked_bot_is_silent_and_comes_back(phone: Phone) -> None:
    """
    After a block nothing is sent; a child that writes again is answered again.
    """
    child = await phone.greeted()
    child.blocks()
    await phone.telegram.until(lambda: not phone.telegram.waiting)
    await phone.bot.delivery.quiet()
    calls = len(phone.telegram.named("sendMessage"))

    assert await phone.answered(child, lambda: child.says("ckemi"))
    assert len(phone.telegram.named("sendMessage")) > calls


async def test_the_page_answers_the_same_words(tmp_path: Path) -> None:
    """
    Over the browser chat every such text, press and file gets an answer too, and no alarm.
    """
    app = create_app(Settings(_env_file=None, data_dir=tmp_path), helpline=Line())
    ours = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    sent = [{"text": text} for text in UNTAUGHT.values() if text.strip(" \n\x00")]
    sent += [{"tap": button} for button in PRESSES]
    sent += [{"media": kind} for kind in ("image", "video", "audio", "x")]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", headers=ours
        ) as page,
    ):
        after = 0
        for number, fields in enumerate(sent):
            form = {"event": f"00000000{number:08d}", "after": str(after), **fields}
            files = {name: (None, value) for name, value in form.items()}
            answer = await page.post("/chat", files=files)
            assert answer.status_code == 200, fields
            bubbles = [bubble.get("html", "") for bubble in answer.json()["bubbles"]]
            said = [html for html in bubbles if re.search(r'class="msg bot', html)]
            assert said, fields
            after = answer.json()["next"]
        assert app.state.bot.alarms.counts == {}
