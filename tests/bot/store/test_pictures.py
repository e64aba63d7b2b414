"""The ids of pictures that a platform already holds."""

from __future__ import annotations

from fakes.world import worlds

from bot.store.pictures import Pictures


async def test_a_picture_is_known_to_all_processes_until_it_is_forgotten(database_url):
    """
    An id learned by one process serves the others and the next life; the newest one counts.
    """
    async with worlds(database_url, 2) as [one, other]:
        first = Pictures(one.runner.ask)
        assert await first.known("fake:lynx") == ""
        await first.learn("fake:lynx", "id-1")
        await first.learn("fake:lynx", "id-2")
        await first.learn("fake:owl", "x" * 201)  # would not fit: uploaded each time

        second = Pictures(other.runner.ask)
        assert await second.known("fake:lynx") == await first.known("fake:lynx") == "id-2"
        assert await second.known("fake:owl") == ""

        await second.forget("fake:lynx")
        assert await second.known("fake:lynx") == ""
        assert await Pictures(one.runner.ask).known("fake:lynx") == ""
