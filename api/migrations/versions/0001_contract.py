"""Contacts, events, reports, duty and the audit trail; sealed from the first day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

_ID = sa.String(64)


def upgrade() -> None:
    """Make the tables; numbers of contacts and reports begin at 1001."""
    _contacts()
    _contract()
    _reports()
    _audit()


def _sealed(*names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary, nullable=False) for name in names]


def _times(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=nullable) for name in names]


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        *_times("opened_at", "received_at", "waiting_since"),
        *_times("claimed_at", "first_reply_at", "closed_at", "left_at", nullable=True),
        sa.Column("holder_id", sa.Integer),
        sa.Column("holder_name", sa.LargeBinary),
        *_times("lease_until", nullable=True),
        sa.Column("same_child", sa.String(32), nullable=False, index=True),
        *_sealed("conversation", "channel", "language", "band", "role", "country"),
        *_sealed("severity", "category", "score", "reason", "wants_reply"),
        *_sealed("limits", "left", "outcome"),
    )
    op.create_index("contacts_queue", "contacts", ["state", "urgency", "waiting_since"])
    op.create_index("contacts_answered", "contacts", ["first_reply_at"])
    op.create_table(
        "messages",
        sa.Column("contact_id", _ID, sa.ForeignKey("contacts.id"), primary_key=True),
        sa.Column("id", _ID, primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("direction", sa.String(4), nullable=False),
        *_times("at"),
        *_sealed("kind", "text", "severity", "evidence", "name"),
        sa.Column("staff_id", sa.Integer),
        sa.Column("key", sa.String(128)),
        sa.Column("event_seq", sa.BigInteger, unique=True),
        sa.Column("status", sa.String(12), nullable=False),
        *_times("status_at", nullable=True),
        sa.UniqueConstraint("contact_id", "place", name="messages_place"),
        sa.UniqueConstraint("contact_id", "key", name="messages_key"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("contact_id", _ID, sa.ForeignKey("contacts.id"), nullable=False, index=True),
        *_times("at"),
        sa.Column("staff_id", sa.Integer, nullable=False),
        *_sealed("name", "text"),
    )
    op.create_table(
        "climbs",
        sa.Column("contact_id", _ID, sa.ForeignKey("contacts.id"), primary_key=True),
        sa.Column("waiting_since", sa.BigInteger, primary_key=True),
        sa.Column("step", sa.String(16), primary_key=True),
        *_times("at"),
    )


def _contract() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        *_times("at"),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("contact_id", _ID),
        *_sealed("payload"),
    )
    op.create_index("events_contact", "events", ["contact_id", "seq"])
    op.create_table(
        "answered",
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        *_sealed("body"),
        sa.Column("until", sa.BigInteger, nullable=False, index=True),
    )
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    starts = {"events": 0, "changes": 0, "audit": 0, "contacts": 1000, "reports": 1000}
    op.bulk_insert(counters, [{"name": name, "value": value} for name, value in starts.items()])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "duty",
        sa.Column("staff_id", sa.Integer, primary_key=True, autoincrement=False),
        *_sealed("name"),
        *_times("since", "heard_at"),
    )


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False, unique=True),
        sa.Column("state", sa.String(24), nullable=False),
        *_times("received_at"),
        sa.Column("stored_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("receipt_hash", sa.String(64), nullable=False, unique=True),
        *_sealed("kind", "reporter", "language", "addresses"),
        *_sealed("whereabouts", "words", "conversation"),
    )
    op.create_table(
        "report_updates",
        sa.Column("report_id", _ID, sa.ForeignKey("reports.id"), primary_key=True),
        sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
        *_times("at"),
        sa.Column("state", sa.String(24), nullable=False),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        *_times("at"),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        *_sealed("detail"),
        sa.Column("prev", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("audit_about", "audit", ["about", "who"])
    guards = _SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_GUARDS
    for guard in guards:
        op.execute(guard)


_SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER audit_no_{deed} BEFORE {deed} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
    for deed in ("update", "delete")
)
_POSTGRESQL_GUARDS = (
    "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_only_grows()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()",
)
