"""A person's words on a page of ours: the helpline hears that they are there."""

from __future__ import annotations

import pytest
from fakes.webchat import WebChat, web_chat

from bot.channels.web.arrivals import Receipts
from bot.channels.web.bubbles import payload_of
from bot.engine.effects import Say
from bot.store.database import StoreUnavailable
from bot.store.weblog import Turn

ADDRESS = "a" * 64


@pytest.fixture
def chat(sqlite_url: str) -> WebChat:
    """
    The page over an empty database.
    """
    return web_chat(sqlite_url)


async def test_only_a_persons_words_are_told_and_once(chat: WebChat) -> None:
    """
    What the bot says is nothing to the helpline; a page that is opened again tells nothing new.
    """
    told: list[str] = []

    async def arrived(key: str) -> None:
        told.append(key)

    words = Say(key="person", text="Këtu jam.", name="Elira")
    await chat.web.send(ADDRESS, [Say(key="k", text="po")], key="web:1.0")
    await chat.web.send(ADDRESS, [words], key="feed:7:1000.0")
    turns = await chat.log.read(chat.web.conversation(ADDRESS))
    receipts = Receipts(arrived)
    for _ in range(2):
        await receipts.tell(turns)

    assert told == ["feed:7:1000.0"]


async def test_what_could_not_be_noted_is_told_with_the_next_look() -> None:
    """
    A database that is away loses no receipt, and the page is shown all the same.
    """
    tries: list[str] = []

    async def arrived(key: str) -> None:
        tries.append(key)
        if len(tries) == 1:
            raise StoreUnavailable("away")

    turn = Turn(1, payload_of(Say(key="person", text="po", name="Elira"), "feed:7:1000.0:0"))
    receipts = Receipts(arrived)
    for _ in range(3):
        await receipts.tell([turn])

    assert tries == ["feed:7:1000.0"] * 2
