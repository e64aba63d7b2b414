from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.desk import deeds
from fakes.helpline import START, Helpline

from api.audit.service import check, record
from api.audit.tables import AuditRow
from api.clock import Ticker


def rows(helpline: Helpline) -> list[tuple[str, str]]:
    with helpline.database.read() as session:
        found = session.query(AuditRow).order_by(AuditRow.seq)
        return [(row.what, row.about) for row in found]


def test_clock_set_back_is_a_row_and_order_stays(helpline):
    """
    S52: after a clock went back by a day rows follow each other by number, the jump is a row of
    its own, once, and the trail holds.
    """
    for days in (0, -1, -1):
        helpline.now = START + timedelta(days=days)
        helpline.does(record, who="bot", what="contact.opened", about=str(days))

    assert rows(helpline) == [
        ("contact.opened", "0"),
        ("clock.set_back", "86400"),
        ("contact.opened", "-1"),
        ("contact.opened", "-1"),
    ]
    with helpline.database.read() as session:
        assert check(session, helpline.vault) is None


def test_writers_that_stood_in_line_are_no_jump(helpline):
    """
    S52: rows whose times differ by seconds are no jump.
    """
    for seconds in (0, -9, 3):
        helpline.now = START + timedelta(seconds=seconds)
        helpline.does(record, who="bot", what="contact.opened")

    assert [what for what, _ in rows(helpline)] == ["contact.opened"] * 3


@pytest.mark.parametrize(("days", "what"), [(1, "clock.jumped"), (-1, "clock.set_back")])
def test_jump_against_a_steady_clock_is_a_row(helpline, days, what):
    """
    S52: a clock that jumps by a day while the service runs is recorded once; time that passes
    is no jump.
    """
    steady = 0.0
    ticker = Ticker(helpline.database, helpline.vault, lambda: helpline.now, steady=lambda: steady)
    ticker.beat()
    for seconds in (1, 3600):
        steady += seconds
        helpline.later(seconds=seconds)
        ticker.beat()
    assert deeds(helpline) == []
    helpline.later(days=days)
    ticker.beat()
    ticker.beat()

    assert rows(helpline) == [(what, "86400")]
