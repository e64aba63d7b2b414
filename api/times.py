"""Times: aware UTC in the code, milliseconds since the epoch in the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def utcnow() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since the epoch; refuses a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC time of a stored number."""
    return _EPOCH + milliseconds * _MILLISECOND


def maybe_from_ms(milliseconds: int | None) -> datetime | None:
    """As ``from_ms``, and None for what has not happened."""
    return None if milliseconds is None else from_ms(milliseconds)


def rfc3339(moment: datetime) -> str:
    """How a time is written in the contract: UTC, milliseconds, ``Z``."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
