"""What a report holds, what is added to it, and the cases it belongs to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = sa.String(64)


def upgrade() -> None:
    """Widen reports, and let notices and alerts name one."""
    _reports()
    _updates()
    _additions()
    _work()
    _links()
    _calls()


def _reports() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("rank", sa.Integer, nullable=False, server_default="2"),
        sa.Column("answers", sa.LargeBinary),
        sa.Column("same_child", sa.String(32), nullable=False, server_default=""),
        sa.Column("wants_news", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("news_place", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("told_at", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("waiting_since", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("holder_id", sa.Integer),
        sa.Column("holder_name", sa.LargeBinary),
        *(sa.Column(name, sa.BigInteger) for name in ("taken_at", "worked_at", "added_at")),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("duplicate_of", _ID),
    )
    for column in columns:
        op.add_column("reports", column)
    op.execute("UPDATE reports SET told_at = stored_at, waiting_since = stored_at")
    op.create_index("reports_order", "reports", ["state", "rank", "received_at"])
    op.create_index("reports_child", "reports", ["same_child"])
    op.create_index("reports_duplicates", "reports", ["duplicate_of"])


def _updates() -> None:
    told_to = sa.Column("told_to", sa.String(12), nullable=False, server_default="")
    op.add_column("report_updates", told_to)
    op.add_column("report_updates", sa.Column("next_at", sa.BigInteger))


def _additions() -> None:
    op.create_table(
        "report_additions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), nullable=False),
        *(sa.Column(n, sa.BigInteger, nullable=False) for n in ("place", "at", "stored_at")),
        sa.Column("answers", sa.LargeBinary, nullable=False),
    )
    columns = ["report_id", "place"]
    op.create_index("report_additions_place", "report_additions", columns, unique=True)


def _work() -> None:
    op.create_table(
        "report_assessments",
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("name", "fields")),
    )
    op.create_table(
        "report_notes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("name", "text")),
    )


def _links() -> None:
    op.create_table(
        "report_cases",
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column(
            "case_id", sa.String(36), sa.ForeignKey("cases.id"), primary_key=True, index=True
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("staff_id", sa.Integer, nullable=False),
        sa.Column("undone_at", sa.BigInteger),
    )


def _calls() -> None:
    op.create_table(
        "report_climbs",
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("waiting_since", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("step", sa.String(16), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    for table in ("notices", "alerts"):
        named = sa.Column("report_id", _ID, sa.ForeignKey("reports.id"))
        op.add_column(table, named, inline_references=True)
    once = ["report_id", "waiting_since", "why", "address"]
    op.create_index("alerts_once_per_report", "alerts", once, unique=True)
