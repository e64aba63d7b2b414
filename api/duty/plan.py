"""The plan as it is stored: hours, holidays, and the message while closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.crypto import Vault
from api.duty.opening import Holiday, Hours, shown, spans_of
from api.duty.refusals import BadHoliday, BadHours, BadMessage
from api.duty.tables import ClosedMessage, OpeningDay

LANGUAGES = ("sq", "en")
LONGEST_MESSAGE = 300
LONGEST_NAME = 80
MOST_HOLIDAYS = 100

Message = Mapping[str, str]


def hours(session: Session) -> Hours:
    """When the helpline is open, as far as anybody said."""
    week, holidays = {}, {}
    for row in session.execute(select(OpeningDay)).scalars():
        spans = spans_of(row.hours)
        if len(row.day) == 1:
            week[int(row.day)] = spans
        else:
            holidays[date.fromisoformat(row.day)] = Holiday(row.name, spans)
    return Hours(week, holidays)


def closed_message(session: Session, vault: Vault) -> Message | None:
    """The helpline's own words while closed, by language; None when it has none."""
    rows = session.execute(select(ClosedMessage)).scalars()
    found = {
        row.language: vault.open(row.text, table="closed_messages", column="text", row=row.language)
        for row in rows
    }
    return {language: found[language] for language in LANGUAGES} if found else None


def set_week(
    session: Session, vault: Vault, week: Mapping[int, str], *, staff_id: int, now: datetime
) -> None:
    """Set the hours of the seven days anew; raises ``BadHours``."""
    days = {str(day): spans_of(text) for day, text in week.items()}
    if days.keys() - set("1234567"):
        raise BadHours
    session.execute(delete(OpeningDay).where(col(OpeningDay.day).in_(list("1234567"))))
    for day, spans in days.items():
        session.add(OpeningDay(day=day, hours=shown(spans), name=""))
    session.flush()
    _record(session, vault, "shift.hours_set", staff_id, now)


def add_holiday(
    session: Session,
    vault: Vault,
    *,
    day: str,
    name: str,
    hours: str,
    staff_id: int,
    now: datetime,
) -> None:
    """Set a day that keeps other hours; again for the same day replaces it.

    Raises ``BadHoliday`` or ``BadHours``.
    """
    at, name, spans = _date(day), name.strip(), spans_of(hours)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadHoliday
    found = session.get(OpeningDay, at)
    if found is None and len(hours_of_holidays(session)) >= MOST_HOLIDAYS:
        raise BadHoliday
    session.merge(OpeningDay(day=at, hours=shown(spans), name=name))
    session.flush()
    _record(session, vault, "shift.holiday_set", staff_id, now)


def remove_holiday(
    session: Session, vault: Vault, *, day: str, staff_id: int, now: datetime
) -> None:
    """Let a day keep its usual hours again; what is not there stays so."""
    session.execute(delete(OpeningDay).where(col(OpeningDay.day) == _date(day)))
    _record(session, vault, "shift.holiday_removed", staff_id, now)


def hours_of_holidays(session: Session) -> Mapping[date, Holiday]:
    """The holidays, as far as they are set."""
    return hours(session).holidays


def set_message(
    session: Session, vault: Vault, message: Message, *, staff_id: int, now: datetime
) -> None:
    """Set the words for children while closed, in both languages or in none.

    Raises ``BadMessage``.
    """
    texts = {language: _one_line(message.get(language, "")) for language in LANGUAGES}
    given = [text for text in texts.values() if text]
    if len(given) not in (0, len(LANGUAGES)) or any(len(t) > LONGEST_MESSAGE for t in given):
        raise BadMessage
    session.execute(delete(ClosedMessage))
    for language, text in texts.items():
        if text:
            _store(session, vault, language, text)
    session.flush()
    _record(session, vault, "shift.message_set", staff_id, now)


def _store(session: Session, vault: Vault, language: str, text: str) -> None:
    sealed = vault.seal(text, table="closed_messages", column="text", row=language)
    session.add(ClosedMessage(language=language, text=sealed))


def _one_line(text: str) -> str:
    """Words without marks that turn or hide them: a child reads what staff wrote."""
    plain = " ".join(text.split())
    if not plain.isprintable():
        raise BadMessage
    return plain


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadHoliday from None


def _record(session: Session, vault: Vault, what: str, staff_id: int, now: datetime) -> None:
    record(session, vault, who=f"staff:{staff_id}", what=what, now=now)
