"""What leaves by itself: one claim for each call, and what became of it. Needs a writing session.

A claim is stored before the call. Where a call cannot be repeated, a claim without an answer
means that nobody knows whether it arrived: a person finds out, and nothing is sent again
unasked. Where it can, the step is called again when the claim has lapsed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.audit.service import record
from api.counters import touch
from api.crypto import Vault
from api.filing import effects, queries, records, service
from api.filing.lines import (
    BACK,
    GONE,
    LATER,
    OPENED,
    REFUSED,
    TAKEN,
    UNSURE,
    Answer,
    Job,
    Line,
)
from api.filing.ncmec import FINISH
from api.filing.office import Office
from api.filing.tables import Filing, FilingTry
from api.filing.values import FAILED, ON_ITS_WAY, READY, RETRACTED, RETRYING, TryView
from api.filing.values import REFUSED as WAS_REFUSED
from api.filing.values import UNSURE as IS_UNSURE
from api.times import from_ms, to_ms

CLAIM = timedelta(minutes=5)
"""No call takes so long; a claim that is older was left by a process that is gone."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
LONGEST_URGENT = timedelta(minutes=5)
GIVE_UP = timedelta(days=3)
TOLD_AFTER = 4
"""So many failures, and the supervisors hear of it."""
URGENT = 4
_HELD_FOR = timedelta(minutes=10)


def any_due(session: Session, *, now: datetime) -> bool:
    """Whether something should leave now."""
    return bool(queries.due(session, to_ms(now), most=1))


def claim(session: Session, vault: Vault, office: Office, *, now: datetime) -> Job | None:
    """The next filing to call for, marked as being called; None when nothing is due."""
    for filing in queries.due(session, to_ms(now)):
        line = office.line(filing.recipient)
        if line is None:
            _to_hand(session, filing)
        elif filing.claimed_at is not None and not line.repeatable:
            lost = Answer(UNSURE, detail="no answer was stored")
            _became(session, vault, office, filing, lost, now=now)
        elif _is_held(session, vault, office, filing):
            filing.next_at = to_ms(now + _HELD_FOR)
        else:
            return _claim(session, vault, filing, line, now=now)
    return None


def store(
    session: Session, vault: Vault, office: Office, job: Job, answer: Answer, *, now: datetime
) -> bool:
    """Keep what became of a call; whether the next step may be called at once.

    An answer to a claim that somebody else took over is kept with the tries and moves
    nothing, but that a late yes ends the doubt.
    """
    filing = queries.get(session, job.filing_id)
    _note_try(session, vault, job, answer, now=now)
    late = filing.state == IS_UNSURE and answer.verdict == TAKEN
    if filing.tries != job.tries or not (late or filing.state in ON_ITS_WAY):
        return False
    _became(session, vault, office, filing, answer, now=now)
    return answer.verdict == OPENED


def tries_of(session: Session, vault: Vault, filing_id: str) -> list[TryView]:
    """The calls of a filing, the first one first."""
    return [records.try_of(vault, one) for one in queries.tries_of(session, filing_id)]


def _claim(session: Session, vault: Vault, filing: Filing, line: Line, *, now: datetime) -> Job:
    step = filing.step or line.first
    filing.tries += 1
    filing.claimed_at, filing.next_at = to_ms(now), to_ms(now + CLAIM)
    session.flush()
    return Job(
        filing.id,
        records.number_of(session, filing),
        filing.recipient,
        records.parcel_of(vault, filing),
        step,
        records.read(vault, filing, "remote"),
        filing.tries,
    )


def _became(
    session: Session, vault: Vault, office: Office, filing: Filing, answer: Answer, *, now: datetime
) -> None:
    filing.claimed_at = None
    said = {"verdict": answer.verdict, "detail": answer.detail}
    if answer.body and answer.verdict in (TAKEN, REFUSED, UNSURE):
        effects.keep_answer(session, vault, filing, said, body=answer.body, staff=None, now=now)
    if answer.verdict == TAKEN:
        service.arrive(
            session, vault, office, filing, reference=answer.reference, staff=None, now=now
        )
    elif answer.verdict == OPENED:
        records.write(vault, filing, "remote", answer.reference)
        filing.step, filing.next_at = FINISH, to_ms(now)
    elif answer.verdict == BACK:
        filing.state, filing.next_at = RETRACTED, None
    else:
        _failed(session, vault, office, filing, answer, now=now)
    _record(session, vault, filing, answer.verdict, now=now)


def _failed(
    session: Session, vault: Vault, office: Office, filing: Filing, answer: Answer, *, now: datetime
) -> None:
    records.write(vault, filing, "why", answer.detail)
    if answer.verdict in (LATER, GONE):
        _put_off(session, vault, office, filing, begin=answer.verdict == GONE, now=now)
        return
    refused = answer.verdict == REFUSED
    filing.state, filing.next_at = (WAS_REFUSED if refused else IS_UNSURE), None
    kind = "filing_refused" if refused else "filing_unsure"
    effects.tell_staff(session, vault, filing, kind, now=now)


def _put_off(
    session: Session, vault: Vault, office: Office, filing: Filing, *, begin: bool, now: datetime
) -> None:
    """Try again, ever more rarely; after three days a person takes over."""
    line = office.line(filing.recipient)
    if line is not None and begin:
        filing.step = line.first
        records.write(vault, filing, "remote", "")
    longest = LONGEST_URGENT if filing.rank >= URGENT else LONGEST_PAUSE
    pause = min(longest, FIRST_PAUSE * 2 ** min(filing.tries - 1, 12))
    filing.state, filing.next_at = RETRYING, to_ms(now + pause)
    if now - from_ms(filing.since_at or filing.made_at) >= GIVE_UP:
        filing.state, filing.next_at = FAILED, None
        effects.tell_staff(session, vault, filing, "filing_failed", now=now)
    elif filing.tries == TOLD_AFTER:
        effects.tell_staff(session, vault, filing, "filing_failing", now=now)


def _to_hand(session: Session, filing: Filing) -> None:
    """The settings open no line any more: what was to leave by itself leaves by hand."""
    filing.state, filing.next_at, filing.way, filing.step = READY, None, "hand", ""
    touch(session)


def _is_held(session: Session, vault: Vault, office: Office, filing: Filing) -> bool:
    recipient = office.catalogue.get(filing.recipient)
    ids = queries.addresses_of(session, filing.id)
    return effects.is_held(session, vault, recipient, ids)


def _note_try(session: Session, vault: Vault, job: Job, answer: Answer, *, now: datetime) -> None:
    place = queries.last_try(session, job.filing_id) + 1
    row = vault.row("filing_tries", f"{job.filing_id}/{place}")
    values = {
        **{"filing_id": job.filing_id, "place": place, "at": to_ms(now), "step": job.step},
        **{"result": answer.verdict, "detail": row.seal("detail", answer.detail)},
    }
    session.execute(insert(FilingTry), [values])


def _record(session: Session, vault: Vault, filing: Filing, verdict: str, *, now: datetime) -> None:
    session.flush()
    words = records.named(session, filing)
    detail = {"filing": filing.id, "to": filing.recipient, "words": words}
    record(
        session,
        vault,
        who=effects.CLOCK,
        what=f"filing.{verdict}",
        about=filing.report_id,
        now=now,
        detail=detail,
    )
    touch(session)
