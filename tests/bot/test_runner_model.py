"""Any mixture of updates, repeats and faults ends as if there had been none."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from fakes.talk import said
from fakes.world import World, worlds
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import ChannelBusy, ChannelDown

PEOPLE = ("ana", "ben", "era")
FAULTS = {"busy": ChannelBusy(3.0), "down": ChannelDown(), "bug": KeyError("bug")}
UPDATES = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.integers(1, 3)), min_size=1, max_size=12
)  # who writes, and how often the platform repeats it
TROUBLE = st.dictionaries(
    st.sampled_from(PEOPLE), st.lists(st.sampled_from(sorted(FAULTS)), max_size=4)
)


@settings(max_examples=25, deadline=None)
@given(UPDATES, TROUBLE, st.lists(st.integers(0, 3), max_size=3))
def test_any_mixture_ends_well(updates, trouble, outages):
    """
    R2, R3: whatever is repeated, on whichever process, and whatever fails on the way out,
    each person reads every answer once and in order, and each contact arrives once.
    """
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bot.db'}"
        asyncio.run(_play(url, updates, trouble, outages))


async def _play(
    url: str,
    updates: list[tuple[str, int]],
    trouble: dict[str, list[str]],
    outages: list[int],
) -> None:
    async with worlds(url, 2) as both:
        _share(both)
        for who, faults in trouble.items():
            both[0].channel.fails(who, *[FAULTS[name] for name in faults])
        for number, (who, repeats) in enumerate(updates):
            both[0].helpline.down = number in outages
            words = "tell concern" if number % 4 == 3 else f"m{number}"
            update = said(words, who=who, update=str(number))
            changed = await asyncio.gather(
                *(both[n % 2].runner.handle(update) for n in range(repeats))
            )
            assert changed.count(True) == 1
        both[0].helpline.down = False
        await _settle(both)
        _check(both[0], updates)


def _share(both: list[World]) -> None:
    """Two processes, one platform and one helpline."""
    one, other = both
    other.delivery.errands.channels = one.delivery.errands.channels
    other.delivery.letters.helpline = one.delivery.letters.helpline


async def _settle(both: list[World]) -> None:
    """Let time pass until nothing waits any more; it stands still while something is sent."""
    for _ in range(12):
        for world in both:
            await world.delivery.quiet()
        both[0].clock.forward(seconds=20)
        for world in both:
            await world.delivery.look()
            await world.delivery.quiet()


def _check(world: World, updates: list[tuple[str, int]]) -> None:
    for person in PEOPLE:
        answers = [text.split(": ")[1] for text in world.channel.texts(person) if ": " in text]
        mine = [n for n, (who, _) in enumerate(updates) if who == person]
        assert answers == ["told" if n % 4 == 3 else f"m{n}" for n in mine]
    posted = sorted(key for _, key, _ in world.helpline.posts)
    assert posted == sorted(f"fake:{n}.1" for n in range(len(updates)) if n % 4 == 3)
    assert world.count("outbox") == 0
