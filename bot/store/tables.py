"""The bot's tables. Times are milliseconds since the epoch, UTC; bytes are sealed.

Nothing here is readable without the key that lives outside the database: addresses,
states and everything that waits to leave are sealed, bound to their row and column.
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

# SQLite counts up by itself only in a column that is exactly INTEGER.
_SERIAL = BigInteger().with_variant(Integer, "sqlite")


class BotTable(SQLModel):
    """Base of the bot's tables; its metadata is the bot's alone."""

    metadata: ClassVar[MetaData] = MetaData()


class Conversation(BotTable, table=True):
    """One thread with one person on one channel.

    ``heard_at`` is when the person last did something, ``free_at`` when the platform takes
    the next message in this chat (0: at once).
    """

    __tablename__ = "conversations"
    id: str = Field(sa_column=Column(String(32), primary_key=True))
    channel: str = Field(sa_column=Column(String(16), nullable=False))
    address: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    reachable: bool = True
    heard_at: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, default=0))
    free_at: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, default=0))
    updated_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class Seen(BotTable, table=True):
    """Ids of updates that have been answered; a repeat finds its id here."""

    __tablename__ = "seen"
    id: str = Field(sa_column=Column(String(120), primary_key=True))
    at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))


class Outgoing(BotTable, table=True):
    """Something that must leave: bubbles for a channel, a sealed body for the helpline.

    Rows of one conversation and lane leave in the order of ``id``; a row is deleted
    when it has been accepted.
    """

    __tablename__ = "outbox"
    id: int | None = Field(
        default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True)
    )
    conversation: str = Field(sa_column=Column(String(32), nullable=False))
    lane: str = Field(sa_column=Column(String(8), nullable=False))  # channel, helpline
    kind: str = Field(sa_column=Column(String(16), nullable=False))  # says, contact, messages, …
    key: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    priority: int = 0
    attempts: int = 0
    done: int = 0  # parts that the channel has accepted
    created_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    due_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    leased_until: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, default=0))
    failed: bool = False
    __table_args__ = (
        Index("outbox_order", "lane", "conversation", "id"),
        Index("outbox_due", "failed", "due_at"),
        # An id is never used again: a late word about a row must not meet another one.
        {"sqlite_autoincrement": True},
    )


class Timer(BotTable, table=True):
    """A conversation's alarm clock; one of each name."""

    __tablename__ = "timers"
    conversation: str = Field(sa_column=Column(String(32), primary_key=True))
    name: str = Field(sa_column=Column(String(32), primary_key=True))
    due_at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))


class Lease(BotTable, table=True):
    """Which process holds a job that only one may do."""

    __tablename__ = "leases"
    name: str = Field(sa_column=Column(String(32), primary_key=True))
    holder: str = Field(sa_column=Column(String(64), nullable=False))
    until: int = Field(sa_column=Column(BigInteger, nullable=False))


class Mark(BotTable, table=True):
    """Small facts shared by all processes: the feed's cursor, what is known of duty."""

    __tablename__ = "marks"
    name: str = Field(sa_column=Column(String(32), primary_key=True))
    value: str = Field(sa_column=Column(String(2000), nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))


class Spoiled(BotTable, table=True):
    """An event whose step failed (a bug): kept sealed for replay, and seen by staff."""

    __tablename__ = "spoiled"
    id: int | None = Field(
        default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True)
    )
    conversation: str = Field(sa_column=Column(String(32), nullable=False))
    update_id: str = Field(sa_column=Column(String(120), nullable=False))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    error: str = Field(sa_column=Column(String(80), nullable=False))  # the exception's type only
    at: int = Field(sa_column=Column(BigInteger, nullable=False))


class Bubble(BotTable, table=True):
    """What the browser chat shows after a reload; dropped on exit and when the page is old."""

    __tablename__ = "web_log"
    seq: int | None = Field(
        default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True)
    )
    conversation: str = Field(sa_column=Column(String(32), nullable=False, index=True))
    key: str = Field(sa_column=Column(String(96), nullable=False, unique=True))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    # A page asks for "what came after 12": a number may never be given out twice.
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_autoincrement": True}


class Shown(BotTable, table=True):
    """A message that stands in a chat, so that it can be changed, removed or reported on.

    ``message`` is the platform's id of it. ``about`` (sealed, often absent) says what ours
    was: the key of a fleeting bubble, a poll and its buttons, the parcel it came with.
    Rows go when the platform would no longer remove the message.
    """

    __tablename__ = "shown"
    id: int | None = Field(
        default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True)
    )
    conversation: str = Field(sa_column=Column(String(32), nullable=False))
    message: str = Field(sa_column=Column(String(64), nullable=False))
    mine: bool = True
    about: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    fate: str = Field(default="", sa_column=Column(String(10), nullable=False, default=""))
    at: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    __table_args__ = (
        UniqueConstraint("conversation", "message", name="shown_once"),
        {"sqlite_autoincrement": True},
    )


class Picture(BotTable, table=True):
    """A picture that a platform already holds: sent again by its id, not uploaded again."""

    __tablename__ = "pictures"
    name: str = Field(sa_column=Column(String(96), primary_key=True))  # channel:hash of the file
    file_id: str = Field(sa_column=Column(String(200), nullable=False))


class Campaign(BotTable, table=True):
    """How many came by the link of a school or a poster; never who or when."""

    __tablename__ = "campaigns"
    name: str = Field(sa_column=Column(String(64), primary_key=True))
    count: int = 0


class Learned(BotTable, table=True):
    """How often something happened, by topic or category of harm; never who or when."""

    __tablename__ = "learned"
    what: str = Field(sa_column=Column(String(24), primary_key=True))
    topic: str = Field(sa_column=Column(String(24), primary_key=True))
    band: str = Field(sa_column=Column(String(8), primary_key=True))
    language: str = Field(sa_column=Column(String(8), primary_key=True))
    count: int = Field(sa_column=Column(BigInteger, nullable=False))


class Pace(BotTable, table=True):
    """When a platform may next be written to, over all processes."""

    __tablename__ = "paces"
    name: str = Field(sa_column=Column(String(64), primary_key=True))
    free_at: int = Field(sa_column=Column(BigInteger, nullable=False))
