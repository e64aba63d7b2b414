from __future__ import annotations

from datetime import timedelta

from fakes.helpline import Helpline

from api.clock import take_lease


async def test_two_clocks_do_each_job_once(tmp_path, database_url):
    """
    R7: two processes tick over one database; each step of escalation is taken once.
    """
    one, two = Helpline(tmp_path, database_url), Helpline(tmp_path, database_url)
    await one.opens()
    for _ in range(12):
        one.tick(minutes=1)
        two.tick(minutes=1)

    assert await one.types() == ["contact.climbed"] * 3
    await one.close()
    await two.close()


async def test_clock_of_a_dead_process_is_taken_over(helpline):
    """
    A process that no longer ticks loses the clock to another, which then keeps it.
    """

    def take(holder, **later):
        helpline.now += timedelta(**later)
        with helpline.database.write() as session:
            return take_lease(session, "clock", holder, now=helpline.now)

    assert take("one")
    assert not take("two")
    assert take("one", seconds=10)
    assert not take("two", seconds=10)
    assert take("two", seconds=5)
    assert not take("one")


async def test_clock_that_was_set_back_still_works(tmp_path):
    """
    S52: after the machine's clock jumped back a day any process may take the ticking up.
    """
    one, two = Helpline(tmp_path), Helpline(tmp_path)
    one.tick(days=1)
    two.tick()

    assert two.app.state.ticker.tick()
    await one.close()
    await two.close()


async def test_lifespan_runs_and_stops_the_clock(helpline):
    """
    The clock ticks while the application lives, and leaves with it.
    """
    scheduler = helpline.app.state.ticker._scheduler
    async with helpline.app.router.lifespan_context(helpline.app):
        assert scheduler.running
    assert not scheduler.running
