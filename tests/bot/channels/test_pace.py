"""How fast chats are written to by one process, in a time that passes only by waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from fakes.hours import Hours, lived
from fakes.turns import OwnPace
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.pace import REMEMBERED, Pace

STEP = 1 / 30


class Wish(NamedTuple):
    """Somebody wants to write to a chat from a moment on."""

    at: float
    chat: str
    urgent: bool = False


class Sends:
    """Takes turns and writes down who had one, and when."""

    def __init__(self, hours: Hours, per_second: float = 30.0) -> None:
        self.hours = hours
        self.own = OwnPace(per_second, clock=hours.time)
        self.pace = Pace(self.own, clock=hours.time)
        self.done: list[Wish] = []

    async def send(self, wish: Wish) -> None:
        await asyncio.sleep(wish.at)
        await self.pace.turn(wish.chat, urgent=wish.urgent)
        self.done.append(wish._replace(at=round(self.hours.now, 6)))

    async def all(self, wishes: Sequence[Wish]) -> list[Wish]:
        await asyncio.gather(*map(self.send, wishes))
        return self.done


def sent(wishes: Sequence[Wish], per_second: float = 30.0) -> list[Wish]:
    hours = Hours()
    return lived(hours, Sends(hours, per_second).all(wishes))


def times(done: Sequence[Wish], chat: str = "") -> list[float]:
    return [wish.at for wish in done if chat in ("", wish.chat)]


def most_in_a_second(moments: Sequence[float]) -> int:
    return max(sum(begin <= at < begin + 1 - 1e-6 for at in moments) for begin in moments)


@given(
    st.lists(
        st.builds(
            Wish,
            st.floats(0, 5).map(lambda at: round(at, 3)),
            st.sampled_from("abcdefghijklmnop"),
            st.booleans(),
        ),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from([1.0, 4.0, 30.0]),
)
def test_no_chat_and_no_second_is_given_too_much(wishes: list[Wish], per_second: float) -> None:
    """
    Whoever writes whenever: never less than a second between two messages of a chat, never
    more than the platform takes in a second, and everybody has a turn.
    """
    done = sent(wishes, per_second)

    assert sorted(wish.chat for wish in done) == sorted(wish.chat for wish in wishes)
    assert most_in_a_second(times(done)) <= per_second
    for chat in {wish.chat for wish in wishes}:
        moments = times(done, chat)
        assert all(b - a >= 1 - 1e-5 for a, b in pairwise(moments))


def test_a_chat_rests_exactly_a_second() -> None:
    """
    Five bubbles to one chat leave a second apart, the first at once.
    """
    assert times(sent([Wish(0, "a")] * 5)) == [0, 1, 2, 3, 4]


def test_a_rest_begins_when_the_message_leaves() -> None:
    """
    A message that waited behind others is followed no sooner than one that did not.
    """
    done = sent([*(Wish(0, str(chat)) for chat in range(60)), Wish(0, "late"), Wish(0, "late")])
    first, second = times(done, "late")

    assert first == pytest.approx(60 * STEP, abs=1e-4)
    assert second - first == pytest.approx(1, abs=1e-4)


def test_a_chat_that_waits_keeps_no_other_waiting() -> None:
    """
    S7: while one chat has a hundred messages to come, another is answered at once.
    """
    done = sent([*[Wish(0, "flood")] * 100, Wish(2.5, "other")])

    assert times(done, "other") == [2.5]


def test_the_urgent_go_first_when_all_must_wait() -> None:
    """
    S8: with a thousand answers waiting, an urgent one is the next to leave.
    """
    crowd = [Wish(0, str(chat)) for chat in range(1000)]
    done = sent([*crowd, Wish(0.5, "grave", urgent=True)])

    assert times(done, "grave")[0] - 0.5 <= STEP + 1e-6
    assert len(done) == 1001


async def _some_give_up(sends: Sends) -> list[object]:
    tasks = [asyncio.create_task(sends.send(Wish(0, chat))) for chat in "abcd"]
    await asyncio.sleep(0.5)
    tasks[1].cancel()
    await asyncio.sleep(1)
    await sends.own.close()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_who_gives_up_waiting_takes_no_turn() -> None:
    """
    A cancelled sender is passed over, and closing ends the waiting of the rest.
    """
    hours = Hours()
    sends = Sends(hours, per_second=1)
    outcomes = lived(hours, _some_give_up(sends))

    assert [wish.chat for wish in sends.done] == ["a", "c"]
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        asyncio.CancelledError,
        type(None),
        asyncio.CancelledError,
    ]


async def _many(pace: Pace, hours: Hours) -> None:
    for person in range(25_000):
        hours.now += 0.03
        await pace.turn(str(person))


def test_chats_that_have_rested_are_forgotten() -> None:
    """
    R12: what is remembered does not grow with the number of people written to.
    """
    hours = Hours()
    pace = Pace(OwnPace(10**9, clock=hours.time), clock=hours.time)
    lived(hours, _many(pace, hours))

    assert len(pace._chats) <= REMEMBERED
