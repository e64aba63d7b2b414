from __future__ import annotations

import logging
import uuid

import sqlalchemy as sa
from fakes.helpline import ELIRA

from api.audit.tables import AuditRow
from api.contacts.tables import Notice
from api.errors import TooManyTries
from api.reports import receipts, service
from api.reports.tables import Report


def report(**change):
    plain = {
        "report_id": str(uuid.uuid4()),
        "received_at": "2026-11-20T14:00:00Z",
        "language": "sq",
        "kind": "sexual_extortion",
        "reporter": "child",
        "addresses": ["example.com/konto"],
        "where": "Instagram",
        "words": "kerkon foto",
        "conversation": None,
    }
    return {**plain, **change}


async def test_receipt_leads_back_to_the_report(either):
    """
    Sixteen digits, given once, tell the reporter what has become of the report.
    """
    answer = await either.post("/v1/reports", either.seal(report()))
    receipt = answer.json()["receipt"]
    found = await either.http.get(f"/v1/reports/{receipt}")
    spaced = await either.http.get(f"/v1/reports/{receipt[:4]}-{receipt[4:]}")

    assert answer.json()["number"] == "R-1001"
    assert (len(receipt), receipt.isdigit()) == (16, True)
    at = "2026-11-20T14:30:00.000Z"
    assert found.json() == {
        "updates": [{"at": at, "state": "submitted", "to": "", "next": None}],
        **{"others": False, "open": True, "wants_news": False, "signpost": []},
    }
    assert spaced.json() == found.json()


async def test_staff_read_what_was_reported(helpline):
    """
    The report comes to staff as it was told, and the reading is recorded.
    """
    wanted = report()
    await helpline.post("/v1/reports", helpline.seal(wanted))
    with helpline.database.write() as session:
        read = service.read(
            session, helpline.vault, wanted["report_id"], staff_id=ELIRA.id, now=helpline.now
        )
        deeds = session.execute(sa.select(AuditRow.what).order_by(AuditRow.seq)).scalars().all()

    assert (read.told.addresses, read.told.where, read.told.words) == (
        ("example.com/konto",),
        "Instagram",
        "kerkon foto",
    )
    assert (deeds[0], deeds[-1]) == ("report.stored", "report.read")


async def test_repeat_shows_the_same_receipt_for_a_day(helpline):
    """
    The same request gives the same receipt for 24 hours; afterwards it is known to nobody.
    """
    body = helpline.seal(report())
    first = await helpline.post("/v1/reports", body, key="r")
    helpline.tick(hours=23)
    again = await helpline.post("/v1/reports", body, key="r")
    helpline.tick(hours=1)
    late = await helpline.post("/v1/reports", body, key="r")

    assert first.json() == again.json()
    assert (late.status_code, late.json()) == (200, {"number": "R-1001", "receipt": None})


async def test_receipt_is_kept_as_a_slow_hash_alone(helpline, monkeypatch):
    """
    S36: the database holds no receipt; a known and an unknown one cost the same one hash.
    """
    answer = await helpline.post("/v1/reports", helpline.seal(report()))
    receipt = answer.json()["receipt"]
    slow = []
    real = receipts.hash_secret_raw
    monkeypatch.setattr(
        receipts, "hash_secret_raw", lambda *a, **k: slow.append(k["memory_cost"]) or real(*a, **k)
    )
    for tried in (receipt, "0000000000000000", "x", "9" * 5000):
        await helpline.http.get(f"/v1/reports/{tried}")
    with helpline.database.read() as session:
        hash = session.execute(sa.select(Report.receipt_hash)).scalar_one()

    assert slow == [19_456] * 4
    assert receipt not in hash


async def test_guessing_is_slowed_and_alarmed(helpline, caplog):
    """
    S36: after thirty misses in a minute nobody looks up; one alarm is raised and recorded, and
    the supervisors have a notice.
    """
    with caplog.at_level(logging.ERROR):
        tries = [(await helpline.http.get(f"/v1/reports/{n:016}")).status_code for n in range(40)]

    assert tries == [404] * 30 + [429] * 10
    assert caplog.messages == ["receipts are being guessed: 30 misses in a minute"]
    with helpline.database.read() as session:
        assert session.query(AuditRow.what).all() == [("report.guessing",)]
        assert session.query(Notice.kind).all() == [("receipts_guessed",)]


async def test_a_flood_of_guesses_looks_up_thirty_of_them(helpline, monkeypatch):
    """
    S36: ten thousand tries in a minute, by look-ups and additions alike, cost thirty hashes.
    """
    slow = []
    monkeypatch.setattr(receipts, "receipt_hash", lambda *a: slow.append(1) or "0" * 64)
    guesses = helpline.app.state.guesses
    addition = helpline.seal({"addition_id": str(uuid.uuid4()), "at": "2026-11-20T14:00:00Z"})
    for n in range(20):
        await helpline.http.get(f"/v1/reports/{n:016}")
        await helpline.post(f"/v1/reports/{n:016}/additions", addition)
    refused = 0
    for _ in range(10_000):
        try:
            guesses.refuse_flood()
        except TooManyTries:
            refused += 1

    assert (len(slow), refused) == (30, 10_000)
