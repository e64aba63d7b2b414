"""The shift as it stands: who waits, what climbs, what is at risk, and how today went.

Numbers are those of the tables, without what the person must not see. Of a contact only
its rank, times, number and holder are shown; of its channel, a count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts import queries, records
from api.contacts.deadlines import DEADLINES, GOALS, URGENT
from api.contacts.tables import Contact, Message
from api.crypto import Vault
from api.duty.opening import HERE
from api.shifts.load import today
from api.shifts.values import Ladder, Line, Risk, Rung, Waits, Watch
from api.times import from_ms, maybe_from_ms, to_ms

RANKS = (4, 3, 2, 1, 0)
NEAR = timedelta(minutes=10)
"""A deadline this near is at risk: time enough to look for somebody."""
_MOST_LADDERS = 3
_MOST_RISKS = 8


def watch(session: Session, vault: Vault, *, hidden: set[str], now: datetime) -> Watch:
    """Everything that the page of the shift counts and lists."""
    here = [one for one in queries.open_contacts(session) if one.id not in hidden]
    day, before = _days(session, hidden, now)
    waiting = [one for one in here if one.state == "waiting"]
    alone = [one for one in waiting if one.urgency >= URGENT]
    waits = _waits(day, before, now)
    lines = _lines(session, vault, day, hidden, now)
    firsts = [wait for one in day if (wait := _first_wait(one)) is not None]
    return Watch(
        urgent_alone=len(alone),
        urgent_since=_earliest(alone),
        waiting=len(waiting),
        waiting_since=_earliest(waiting),
        talking=sum(one.state == "claimed" for one in here),
        forms=_forms(session, hidden),
        undelivered=sum(line.failed for line in lines),
        median=timedelta(milliseconds=median(firsts)) if firsts else None,
        per_hour=_per_hour(day),
        total=len(day),
        total_before=sum(_into_day(one.received_at) <= _into_day(to_ms(now)) for one in before),
        ladders=tuple(_ladders(session, alone)),
        risks=tuple(_risks(session, vault, here, now)),
        waits=waits,
        lines=lines,
    )


def _forms(session: Session, hidden: set[str]) -> int:
    """How many talks ended whose form is not done."""
    ended = select(func.count()).where(col(Contact.state) == "ended")
    return int(session.execute(ended.where(col(Contact.id).not_in(hidden))).scalar_one())


def _days(session: Session, hidden: set[str], now: datetime) -> tuple[list[Contact], list[Contact]]:
    """The contacts that came today, and those of the same weekday a week ago."""
    begins = today(now)
    week_ago = today(now - timedelta(days=7))
    return (
        _received(session, begins, now + timedelta(seconds=1), hidden),
        _received(session, week_ago, today(now - timedelta(days=6)), hidden),
    )


def _received(
    session: Session, begins: datetime, ends: datetime, hidden: set[str]
) -> list[Contact]:
    rows = session.execute(
        select(Contact)
        .where(col(Contact.received_at) >= to_ms(begins), col(Contact.received_at) < to_ms(ends))
        .where(col(Contact.entered_by).is_(None))
        .order_by(col(Contact.received_at))
    ).scalars()
    return [one for one in rows if one.id not in hidden]


def _per_hour(day: Iterable[Contact]) -> Mapping[int, Mapping[int, int]]:
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for one in day:
        found[_hour(one.received_at)][one.urgency] += 1
    return found


def _waits(day: Sequence[Contact], before: Sequence[Contact], now: datetime) -> tuple[Waits, ...]:
    return tuple(
        _waits_of(
            rank,
            [one for one in day if one.urgency == rank],
            [one for one in before if one.urgency == rank],
            now,
        )
        for rank in RANKS
    )


def _waits_of(rank: int, day: Sequence[Contact], before: Sequence[Contact], now: datetime) -> Waits:
    goal = GOALS[rank] * 60_000
    waits = [wait for one in day if (wait := _first_wait(one)) is not None]
    late = sum(_first_wait(one) is None and to_ms(now) - one.received_at > goal for one in day)
    return Waits(
        urgency=rank,
        goal=GOALS[rank],
        counted=len(waits) + late,
        within=sum(wait <= goal for wait in waits),
        median=timedelta(milliseconds=median(waits)) if waits else None,
        longest=timedelta(milliseconds=max(waits)) if waits else None,
        hours=_medians(day),
        before=_medians(before),
    )


def _medians(contacts: Iterable[Contact]) -> Mapping[int, float]:
    """The median wait in minutes, by the hour in which the contact came."""
    found: dict[int, list[int]] = defaultdict(list)
    for one in contacts:
        wait = _first_wait(one)
        if wait is not None:
            found[_hour(one.received_at)].append(wait)
    return {hour: median(waits) / 60_000 for hour, waits in found.items()}


def _ladders(session: Session, alone: Sequence[Contact]) -> Iterable[Ladder]:
    shown = alone[:_MOST_LADDERS]
    done = queries.steps_of(session, shown)
    for one in shown:
        steps = DEADLINES[one.urgency]
        rungs = tuple(
            Rung(
                step,
                from_ms(one.waiting_since) + timedelta(minutes=minutes),
                step in done.get(one.id, ()),
            )
            for minutes, step in steps
        )
        since = from_ms(one.waiting_since)
        yield Ladder(one.id, records.shown_number(one), one.urgency, since, rungs)


def _risks(
    session: Session, vault: Vault, here: Sequence[Contact], now: datetime
) -> Iterable[Risk]:
    """What is late or will be soon: the first answer, or the next in a talk."""
    live = [one for one in here if one.state in ("waiting", "claimed")]
    words = queries.unanswered_since(session, live)
    due = [(when, one) for one in live if (when := _due(one, words)) and when - now <= NEAR]
    for when, one in sorted(due, key=lambda pair: (pair[0], pair[1].number))[:_MOST_RISKS]:
        holder = records.holder_of(vault, one)
        number = records.shown_number(one)
        yield Risk(one.id, number, one.urgency, holder.name if holder else "", when)


def _due(one: Contact, words: Mapping[str, int]) -> datetime | None:
    """When an answer should be there; None when the child waits for none."""
    goal = timedelta(minutes=GOALS[one.urgency])
    if one.first_reply_at is None:
        return from_ms(one.received_at) + goal
    if one.state == "waiting":
        return from_ms(one.waiting_since) + goal
    return from_ms(words[one.id]) + goal if one.id in words else None


def _lines(
    session: Session, vault: Vault, day: Sequence[Contact], hidden: set[str], now: datetime
) -> tuple[Line, ...]:
    """Per channel: contacts that came today, and what became of today's answers."""
    came = Counter(records.read(vault, one, "channel") for one in day)
    sent = _answers(session, vault, hidden, now)
    channels = sorted(came.keys() | sent.keys(), key=lambda name: (-came[name], name))
    return tuple(_line(name, came[name], sent.get(name, [])) for name in channels)


def _answers(
    session: Session, vault: Vault, hidden: set[str], now: datetime
) -> Mapping[str, list[Message]]:
    rows = session.execute(
        select(Message, Contact)
        .join(Contact, col(Contact.id) == col(Message.contact_id))
        .where(col(Message.direction) == "out", col(Message.at) >= to_ms(today(now)))
    ).all()
    found: dict[str, list[Message]] = defaultdict(list)
    for message, contact in rows:
        if contact.id not in hidden:
            found[records.read(vault, contact, "channel")].append(message)
    return found


def _line(channel: str, contacts: int, sent: Sequence[Message]) -> Line:
    arrived = [one for one in sent if one.status in ("delivered", "seen")]
    told = [one.status_at for one in sent if one.status_at and one.status != "failed"]
    return Line(
        channel=channel,
        contacts=contacts,
        sent=len(sent),
        delivered=len(arrived),
        failed=sum(one.status == "failed" for one in sent),
        last_at=maybe_from_ms(max(told, default=None)),
    )


def _first_wait(one: Contact) -> int | None:
    """How long a contact waited for its first answer, in milliseconds."""
    return None if one.first_reply_at is None else one.first_reply_at - one.received_at


def _earliest(contacts: Sequence[Contact]) -> datetime | None:
    return from_ms(min(one.waiting_since for one in contacts)) if contacts else None


def _hour(at: int) -> int:
    return from_ms(at).astimezone(HERE).hour


def _into_day(at: int) -> tuple[int, int, int]:
    """The time of the wall clock."""
    there = from_ms(at).astimezone(HERE)
    return (there.hour, there.minute, there.second)
