from __future__ import annotations

import re

import pytest
from fakes.cells import Cells
from fakes.desk import hire, seated
from fakes.helpline import Helpline
from fakes.rights import SYSTEMS, Line, lines
from fakes.system import OtherSystem

from api.audit.tables import AuditRow
from api.contacts.values import StaffRef

ITEMS = ("contact", "case", "report", "address", "filing", "exhibit", "bundle", "mark")
READ = re.compile(r"\.(read|looked|opened|exported|taken|listed|downloaded)$")
READS = [
    line
    for line in lines()
    if line.method == "GET" and any(f"{{{item}_id}}" in line.path for item in ITEMS)
]


def ref(person) -> StaffRef:
    return StaffRef(person.id, person.name)


async def caller(helpline: Helpline, line: Line, me):
    """Who reads, at the console or as another system, and by which call."""
    if line.path.startswith(SYSTEMS):
        system = OtherSystem(helpline, "Dosjet", "counsellor", "supervisor")
        return StaffRef(-system.id, "Dosjet"), lambda path: system.get(path.removeprefix(SYSTEMS))
    browser = await seated(helpline, me)
    return ref(me), lambda path: browser.get(f"{path}?kind=note")


def rows(helpline: Helpline) -> list[AuditRow]:
    with helpline.database.read() as session:
        return list(session.query(AuditRow).order_by(AuditRow.seq))


@pytest.mark.parametrize("line", READS, ids=lambda line: line.path)
async def test_every_read_of_an_item_is_in_the_trail(helpline: Helpline, line: Line) -> None:
    """
    S44: whoever opens a contact, case, report, address, filing, exhibit or bundle leaves a row
    with who and when, over the console and over the API alike.
    """
    people = [hire(helpline, n, n.title(), "counsellor", "supervisor") for n in "abcd"]
    me, read = await caller(helpline, line, people[0])
    cells = Cells(helpline, me, *(ref(one) for one in people[1:]))
    state = next(
        state for state in line.named if line.cells[state] == 200 and state not in ("hidden",)
    )
    path = await cells.at(line.path, state)
    before = len(rows(helpline))
    answer = await read(path)

    assert answer.status_code == 200, answer.text
    added = [row for row in rows(helpline)[before:] if READ.search(row.what)]
    assert added, path
    assert all(row.who.startswith("staff:") for row in added)
