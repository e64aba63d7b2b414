from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from fakes.helpline import ELIRA, Helpline
from fakes.stamping import StampService
from fakes.tampering import tamper, unguard
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from api.audit.chain import Anchor
from api.audit.checking import check_in_steps
from api.audit.service import check, head, record
from api.evidence import exhibits, stamps
from api.evidence.extract import extract, verify_extract
from api.evidence.tokens import request
from api.evidence.wholeness import VOUCHED, whole

KEYS = {"audit": "seq", "stamps": "seq", "custody": "seq", "exhibits": "number"}
ABOUT = ("case-1", "report-1")
QUICK: dict[str, Any] = {
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
    "phases": [Phase.explicit, Phase.generate],  # a smaller example says no more
}


@pytest.fixture
def service(tmp_path) -> StampService:
    return StampService(tmp_path / "tsa")


@pytest.fixture
def full(helpline: Helpline, service: StampService) -> Helpline:
    """A trail with stamps in it, and exhibits that were in hand."""
    for n in range(4):
        helpline.does(record, who="bot", what="contact.opened", about=f"c-{n}")
    stamp(helpline, service)
    helpline.does(record, who="staff:1", what="case.read", about="case-1", detail={"why": "ç"})
    helpline.does(record, who="staff:2", what="case.read", about="case-2")
    exhibit_id = helpline.does(
        exhibits.keep, kind="report", body={"words": "më kërcënon"}, who="bot", report_id="report-1"
    )
    helpline.does(exhibits.look, exhibit_id, staff=ELIRA, why="Gjykata")
    helpline.does(record, who="staff:1", what="report.read", about="report-1", detail={"why": "ë"})
    stamp(helpline, service)
    helpline.does(record, who="staff:1", what="case.read", about="case-3")
    return helpline


def stamp(helpline: Helpline, service: StampService) -> None:
    with helpline.database.read() as session:
        newest = head(session)
    token = service.reply(request(newest).as_bytes())
    helpline.does(stamps.keep, "tsa", newest, token)


def fault(helpline: Helpline, *anchors: Anchor) -> str:
    with helpline.database.read() as session:
        found = check(session, helpline.vault, anchors=anchors, vouched=VOUCHED)
    return found.what if found else ""


def rows(helpline: Helpline, table: str) -> list[dict[str, Any]]:
    with helpline.database.read() as session:
        found = session.execute(sa.text(f"SELECT * FROM {table} ORDER BY {KEYS[table]}"))
        return [dict(row._mapping) for row in found]


def cells(helpline: Helpline) -> list[tuple[str, int, str, Any]]:
    """Every cell of every guarded table: table, key, column and value."""
    return [
        (table, row[key], column, value)
        for table, key in KEYS.items()
        for row in rows(helpline, table)
        for column, value in row.items()
    ]


def other(value: Any, at: int, by: int) -> Any:
    """The same value with one byte changed, or a number changed, or something for nothing."""
    if isinstance(value, int):
        return value + 1000 * by
    if isinstance(value, bytes):
        place = at % len(value) if value else 0
        return bytes([*value[:place], (value[place] if value else 0) ^ by, *value[place + 1 :]])
    if not value:
        return chr(64 + by % 26)
    place = at % len(value)
    return value[:place] + chr(ord(value[place]) ^ (by & 31 or 1)) + value[place + 1 :]


@contextmanager
def open_to_all(helpline: Helpline) -> Iterator[Session]:
    """A session without guards, of which nothing is kept."""
    with helpline.database.write() as session:
        for table in KEYS:
            for name in ("no_update", "no_delete", "next"):
                unguard(session, table, name)
        yield session
        session.rollback()


def found(
    helpline: Helpline, session: Session, table: str, key: int, column: str, value: Any, new: Any
) -> bool:
    """Whether a cell's change is found, other than by the guards that are gone; it is undone."""
    statement = f"UPDATE {table} SET {column} = :value WHERE {KEYS[table]} = :key"
    session.execute(sa.text(statement), {"value": new, "key": key})
    fault = check(session, helpline.vault, vouched=VOUCHED)
    now = new if column == KEYS[table] else key
    session.execute(sa.text(statement), {"value": value, "key": now})
    return fault is not None and not fault.what.startswith("guard gone")


def test_nothing_is_wrong_with_what_nobody_touched(full, service):
    """
    S47: what nobody touched has no fault, looked at at once, in steps, and with its stamps.
    """
    set_up = stamps.Stamping(full.settings.data_dir / "a", "x", service.certificates)

    assert fault(full) == ""
    assert check_in_steps(full.database, full.vault, vouched=VOUCHED)[0] is None
    assert whole(full.database, full.vault, set_up)[0] is None


def test_every_cell_that_is_changed_is_found(full):
    """
    S47, S51: a change in any cell of the trail, of stamps, exhibits and custody is found.
    """
    every = cells(full)
    with open_to_all(full) as session:
        missed = [
            (table, key, column)
            for place, (table, key, column, value) in enumerate(every)
            for new in [other(value, place * 7, 1 + place % 31)]
            if not found(full, session, table, key, column, value, new)
        ]

    assert missed == []
    assert fault(full) == ""


@settings(max_examples=100, **QUICK)
@given(data=st.data())
def test_every_byte_that_is_changed_is_found(full, data):
    """
    S47, S49, S51: the same for any single byte, wherever it stands in the sealed details, the
    stamp service's answers, the exhibits and the hashes.
    """
    texts = [one for one in cells(full) if isinstance(one[3], str | bytes) and one[3]]
    table, key, column, value = data.draw(st.sampled_from(texts))
    new = other(value, data.draw(st.integers(0, len(value) - 1)), data.draw(st.integers(1, 255)))
    with open_to_all(full) as session:
        assert found(full, session, table, key, column, value, new)


@pytest.mark.parametrize("table", KEYS)
def test_rows_taken_out_or_put_in_are_found(full, table):
    """
    S47: a row taken out in front, in the middle or at the end, or put in, is found.
    """
    key, every = KEYS[table], rows(full, table)
    for row in (every[0], every[len(every) // 2], every[-1]):
        names = ", ".join(row)
        tamper(full, table, f"DELETE FROM {table} WHERE {key} = {row[key]}")
        assert fault(full), row[key]
        values = ", ".join(f":{name}" for name in row)
        tamper(full, table, f"INSERT INTO {table} ({names}) VALUES ({values})", **row)
        assert fault(full) == ""
    last = every[-1][key]
    change = {key: last + 1, **({"id": "another"} if table == "exhibits" else {})}
    picked = {**every[-1], **change}
    names, values = ", ".join(picked), ", ".join(f":{name}" for name in picked)
    tamper(full, table, f"INSERT INTO {table} ({names}) VALUES ({values})", **picked)
    assert fault(full)


def test_order_is_part_of_the_trail(full):
    """
    S47: two rows that change places are found.
    """
    swap = "UPDATE audit SET seq = {} WHERE seq = {}"
    tamper(full, "audit", swap.format(-1, 3), swap.format(3, 4), swap.format(4, -1))

    assert fault(full) == "changed"


def test_trail_rebuilt_with_our_keys_is_found_by_its_stamps(full):
    """
    S47, S49: whoever has database and keys can rebuild the end of the trail; the head that was
    stamped or exported before is still known outside.
    """
    with full.database.read() as session:
        known = head(session)
    tamper(
        full,
        "audit",
        f"DELETE FROM audit WHERE seq = {known.seq}",
        f"UPDATE counters SET value = {known.seq - 1} WHERE name = 'audit'",
    )
    full.does(record, who="staff:1", what="case.read", about="case-4")

    assert fault(full) == ""
    assert fault(full, known) == "not what was anchored"


def test_extract_proves_itself(full, service):
    """
    S50: an extract shows the rows of what was asked for and no other, reaches from stamp to
    stamp, and holds without our database and keys.
    """
    with full.database.read() as session:
        data = json.loads(json.dumps(extract(session, full.vault, about=ABOUT)))
    proof = verify_extract(data, roots=service.certificates)

    shown = [row for row in data["rows"] if "content" in row]
    assert proof.faults == ()
    assert {row["content"]["about"] for row in shown} == set(ABOUT)
    assert [row["detail"]["detail"] for row in shown] == [{"why": "ç"}, {"why": "ë"}]
    assert (proof.shown, len(proof.stamped), data["first"]) == (2, 2, 5)
    assert data["head"]["seq"] < max(row["seq"] for row in rows(full, "audit"))
    assert "case-2" not in json.dumps(data)


@settings(max_examples=150, **QUICK)
@given(data=st.data())
def test_every_change_of_an_extract_is_found(full, service, data):
    """
    S50: any single character of an extract that is changed is found. Of a stamp service's
    answer, not all is signed: what is changed there leaves the stamp as it was, or void.
    """
    with full.database.read() as session:
        made = extract(session, full.vault, about=ABOUT)
    text = json.dumps(made, ensure_ascii=False)
    at = data.draw(st.integers(0, len(text) - 1))
    by = data.draw(st.characters(codec="utf-8"))
    try:
        read = json.loads(text[:at] + by + text[at + 1 :])
    except ValueError:
        return
    before, proof = (verify_extract(one, roots=service.certificates) for one in (made, read))
    if tokenless(read) == tokenless(made):
        assert proof.faults or proof == before
        return

    assert proof.faults


def tokenless(data):
    """An extract without the stamp service's answers."""
    if not isinstance(data, dict) or not isinstance(data.get("stamps"), list):
        return data
    without = [{**one, "token": ""} if "token" in one else one for one in data["stamps"]]
    return {**data, "stamps": without}


@pytest.mark.parametrize("data", [{}, [], None, 7, {"rows": 1}, {"format": "x", "rows": [{}]}])
def test_what_is_no_extract_is_unreadable(data):
    """
    Anything that is no extract has a fault and raises nothing.
    """
    assert [one.what for one in verify_extract(data).faults] == ["unreadable"]
