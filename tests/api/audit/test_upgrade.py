from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from fakes.helpline import START, Helpline

from api.audit.service import check, record
from api.db import Database
from api.times import to_ms

SCRIPTS = Path(__file__).parents[3] / "api/migrations"


def upgrade(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def fill(database: Database, *, broken: bool) -> str:
    """Three rows as they were written before, and their head."""
    prev = "0" * 64
    with database.write() as session:
        for seq in (1, 2, 3):
            row = [seq, to_ms(START), "staff:1", "case.read", f"c-{seq}", bytes([seq] * 9)]
            text = json.dumps([*row[:5], row[5].hex(), prev], separators=(",", ":"))
            made = sha256(text.encode()).hexdigest()
            names = ("seq", "at", "who", "what", "about", "detail", "prev", "hash")
            values = dict(zip(names, [*row, prev, made], strict=True))
            if broken and seq == 2:
                values["who"] = "staff:9"
            columns = ", ".join(f":{name}" for name in names)
            insert = f"INSERT INTO audit ({', '.join(names)}) VALUES ({columns})"
            session.execute(sa.text(insert), values)
            prev = made
        session.execute(sa.text("UPDATE counters SET value = 3 WHERE name = 'audit'"))
    return prev


@pytest.mark.parametrize("broken", [False, True])
async def test_older_trail_is_chained_anew(tmp_path, database_url, broken):
    """
    R11: rows of before keep what they say and get the new hashes; a row keeps their old head,
    and tells where the older chain did not hold.
    """
    database = Database(database_url)
    upgrade(database, "0016")
    head = fill(database, broken=broken)
    database.close()
    helpline = Helpline(tmp_path, database_url)
    helpline.does(record, who="bot", what="contact.opened", about="c-9")

    with helpline.database.read() as session:
        rows = session.execute(sa.text("SELECT what, about FROM audit ORDER BY seq")).all()
        assert check(session, helpline.vault) is None
    told = [("trail.was_broken", "2")] if broken else []
    assert [tuple(row) for row in rows] == [
        *[("case.read", f"c-{seq}") for seq in (1, 2, 3)],
        ("trail.chained_anew", head),
        *told,
        *[("clock.set_back", row[1]) for row in rows if row[0] == "clock.set_back"],
        ("contact.opened", "c-9"),
    ]
    await helpline.close()
