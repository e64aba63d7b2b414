from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fakes.webchat import WebChat, web_chat
from sqlalchemy import text

from bot.channels.base import ChannelDown, Place, Progress, Shown
from bot.channels.web.bubbles import GONE, message_id, standing
from bot.channels.web.channel import Writes
from bot.crypto import SealBroken
from bot.engine.effects import Button, Call, Say
from bot.store.database import StoreUnavailable
from bot.store.weblog import Entry

ADDRESS = "a" * 64
SECRET = "dikush ka një foto timen"


def say(words: str, **more: object) -> Say:
    return Say(key="k", text=words, **more)  # type: ignore[arg-type]


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def texts(chat: WebChat, address: str = ADDRESS) -> list[str]:
    turns = await chat.log.read(chat.web.conversation(address))
    return [turn.payload["text"] for turn in turns]


async def test_a_repeated_send_adds_nothing(database_url: str) -> None:
    """
    R1: bubbles sent again under the same key stand on the page once, in their order.
    """
    chat = web_chat(database_url)

    await chat.web.send(ADDRESS, [say("një"), say("dy")], key="row-1")
    await chat.web.send(ADDRESS, [say("një"), say("dy")], key="row-1")
    await asyncio.gather(*(chat.web.send(ADDRESS, [say("tre")], key="row-2") for _ in range(5)))

    assert await texts(chat) == ["një", "dy", "tre"]


async def test_one_page_never_shows_anothers_bubbles(database_url: str) -> None:
    """
    Many pages written to at once keep their own bubbles, each in order.
    """
    chat = web_chat(database_url)
    addresses = [f"{n:064}" for n in range(20)]

    await asyncio.gather(
        *(
            chat.web.send(a, [say(f"{a} {n}")], key=f"{a[-4:]}-{n}")
            for n in (1, 2)
            for a in addresses
        )
    )

    for address in addresses:
        assert sorted(await texts(chat, address)) == [f"{address} 1", f"{address} 2"]


async def test_what_the_page_shows_is_sealed(tmp_path: Path) -> None:
    """
    S32: no word, name or number of a talk stands in clear in the database or its log.
    """
    chat = web_chat(f"sqlite:///{tmp_path / 'bot.db'}")
    bubble = say(
        SECRET, name="Elira", calls=(Call("116 111", "falas"),), buttons=(Button("x", "Vazhdoj"),)
    )

    await chat.web.send(ADDRESS, [bubble], key="row-1")

    stored = everything_in(tmp_path)
    for clear in (SECRET, "foto", "Elira", "116 111", "Vazhdoj", ADDRESS):
        assert clear.encode() not in stored


async def test_a_bubble_moved_to_another_row_does_not_open(database_url: str) -> None:
    """
    S34: a sealed bubble opens in its own row alone.
    """
    chat = web_chat(database_url)
    await chat.web.send(ADDRESS, [say("një")], key="row-1")
    with chat.engine.begin() as connection:
        connection.execute(text("UPDATE web_log SET key = 'row-2:0'"))

    with pytest.raises(SealBroken):
        await texts(chat)


async def test_a_number_is_never_given_twice(database_url: str) -> None:
    """
    After a page was dropped the next bubble has a higher number, so that no page misses it.
    """
    chat = web_chat(database_url)
    conversation = chat.web.conversation(ADDRESS)
    await chat.web.send(ADDRESS, [say("një")], key="row-1")
    before = (await chat.log.read(conversation))[-1].seq

    await chat.web.forget(conversation)
    await chat.web.send(ADDRESS, [say("dy")], key="row-2")

    assert (await chat.log.read(conversation, after=before))[0].payload["text"] == "dy"


async def test_an_open_page_hears_what_comes(database_url: str) -> None:
    """
    An open page gets what is behind its place, then each new bubble, and the exit last.
    """
    chat = web_chat(database_url)
    conversation = chat.web.conversation(ADDRESS)
    await chat.web.send(ADDRESS, [say("një")], key="row-1")
    live = chat.web.live(conversation, after=0)

    first = await anext(live)
    waiting = asyncio.ensure_future(anext(live))
    await chat.web.send(ADDRESS, [say("dy")], key="row-2")
    second = await waiting
    await chat.web.forget(conversation)

    assert [turn.payload["text"] for turn in [*(first or []), *(second or [])]] == ["një", "dy"]
    assert await anext(live) is None


async def test_an_open_page_hears_that_a_person_writes(database_url: str) -> None:
    """
    Every page that is open hears it once; a page that opens later hears nothing of it, and
    nothing of it is in the log.
    """
    chat = web_chat(database_url)
    pages = [chat.web.live(chat.web.conversation(ADDRESS), after=0) for _ in range(2)]
    await chat.web.send(ADDRESS, [say("një")], key="row-1")
    for page in pages:
        await anext(page)

    await chat.web.typing(ADDRESS, "Elira")
    assert [await anext(page) for page in pages] == [Writes("Elira"), Writes("Elira")]

    first = await anext(chat.web.live(chat.web.conversation(ADDRESS), after=0))
    assert isinstance(first, list)
    assert [turn.payload["text"] for turn in first] == await texts(chat) == ["një"]


async def test_a_page_hears_what_another_process_wrote(database_url: str) -> None:
    """
    A bubble that another process stored wakes the page, at the next look.
    """
    chat = web_chat(database_url)
    conversation = chat.web.conversation(ADDRESS)
    live = chat.web.live(conversation, after=0)
    waiting = asyncio.ensure_future(anext(live))
    seen = await chat.web.look(None)

    other = web_chat(database_url)
    await other.log.append(conversation, [Entry("row-9", {"who": "bot", "text": "larg"})])
    await chat.web.look(seen)

    turns = await waiting
    assert turns is not None
    assert [turn.payload["text"] for turn in turns] == ["larg"]


async def test_a_broken_store_is_tried_again() -> None:
    """
    R4: bubbles that cannot be stored stay with the delivery, which tries again.
    """
    chat = web_chat("sqlite://")
    with chat.engine.begin() as connection:
        connection.execute(text("DROP TABLE web_log"))

    with pytest.raises(ChannelDown):
        await chat.web.send(ADDRESS, [say("një")], key="row-1")
    with pytest.raises(StoreUnavailable):
        await chat.log.newest()


async def test_a_bubble_takes_anothers_place(database_url: str) -> None:
    """
    A fleeting bubble is reported; the one that stands instead of it is said, the first is
    gone from the log, and open pages are told; done again, it comes to the same.
    """
    chat = web_chat(database_url)
    progress = Progress()
    await chat.web.send(
        ADDRESS, [say("fjalët", fleeting=True), say("tjetër")], key="row-1", progress=progress
    )
    assert progress.shown == [Shown("row-1:0", key="k")]

    place = Place(instead={"k": "row-1:0"})
    for _ in range(2):
        await chat.web.send(ADDRESS, [say("Gati.", instead="k")], key="row-2", place=place)

    turns = await chat.log.read(chat.web.conversation(ADDRESS))
    assert [turn.payload["text"] for turn in standing(turns)] == ["tjetër", "Gati."]
    assert [turn.payload["seq"] for turn in turns if turn.payload["who"] == GONE] == [1]


async def test_what_is_taken_back_is_taken_from_this_talk_alone(database_url: str) -> None:
    """
    Bubbles go by their ids, of this conversation only; what is gone already counts as removed.
    """
    chat = web_chat(database_url)
    for address in (ADDRESS, "b" * 64):
        await chat.web.send(address, [say(address[0])], key=f"row-{address[0]}")

    left = await chat.web.take_back(ADDRESS, ["row-a:0", "row-b:0", "row-x:0"])
    again = await chat.web.take_back(ADDRESS, ["row-a:0"])

    assert left == again == 0
    assert await shown(chat, ADDRESS) == []
    assert await shown(chat, "b" * 64) == ["b"]


async def shown(chat: WebChat, address: str) -> list[str]:
    turns = await chat.log.read(chat.web.conversation(address))
    return [turn.payload["text"] for turn in standing(turns)]


def test_the_id_of_a_bubble_fits_its_place() -> None:
    """
    The longest key of an answer gives ids of at most 64 characters, each its own.
    """
    ids = {message_id("k" * 64, place) for place in range(30)}

    assert len(ids) == 30
    assert max(map(len, ids)) <= 64


async def test_a_broken_store_takes_nothing_back_yet() -> None:
    """
    R4: what could not be taken back stays with the delivery, which tries again.
    """
    chat = web_chat("sqlite://")
    with chat.engine.begin() as connection:
        connection.execute(text("DROP TABLE web_log"))

    with pytest.raises(ChannelDown):
        await chat.web.take_back(ADDRESS, ["row-1:0"])
