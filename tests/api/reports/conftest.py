from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from fakes.helpline import ELIRA, Helpline

from api.contacts.values import StaffRef
from api.intake import schemas
from api.reports import intake, receipts, service
from api.reports.tables import Report
from api.reports.values import Assessment

CHAT = "fedcba9876543210" * 2


class Desk:
    """
    Reports at a helpline: they come in, and staff work on them.
    """

    def __init__(self, helpline: Helpline) -> None:
        self.helpline = helpline

    def comes(self, **change: Any) -> str:
        """
        A report comes in; its id. Its receipt's hash is ``hash-`` and the id's first part.
        """
        report_id = str(uuid.uuid4())
        told = {
            **{"report_id": report_id, "received_at": "2026-11-20T14:20:00Z", "language": "sq"},
            **{"kind": "csam_address", "reporter": "public", "words": "e pashë sot"},
            **{"addresses": ["example.com/konto"], "conversation": None},
            **change,
        }
        wanted = schemas.Report.model_validate_json(json.dumps(told))
        self.helpline.does(intake.store, wanted, f"hash-{told['report_id'][:8]}")
        return str(told["report_id"])

    def adds(self, report_id: str, **change: Any) -> bool:
        """
        The reporter adds something; whether it was new.
        """
        said = {"addition_id": str(uuid.uuid4()), "at": "2026-11-20T14:25:00Z", **change}
        wanted = schemas.Addition.model_validate_json(json.dumps(said))
        with self.helpline.database.write() as session:
            report = session.get_one(Report, report_id)
            now, vault = self.helpline.now, self.helpline.vault
            return intake.add(session, vault, report, wanted, now=now)

    def takes(self, report_id: str, staff: StaffRef = ELIRA) -> None:
        """
        Somebody takes it.
        """
        self.helpline.does(service.take, report_id, staff=staff)

    def judges(self, report_id: str, staff: StaffRef = ELIRA, **change: Any) -> None:
        """
        Whoever has it judges it, in our remit unless told otherwise.
        """
        plain = {"verdict": "in_remit", "kind": "csam_address", "danger": "no", "rank": 2}
        made = Assessment(**{**plain, **change})
        self.helpline.does(service.assess, report_id, made, staff=staff)

    def row(self, report_id: str) -> Report:
        """
        The report as it is stored.
        """
        with self.helpline.database.read() as session:
            return session.get_one(Report, report_id)

    def view(self, report_id: str, staff_id: int | None = None) -> Any:
        """
        The report as staff see it.
        """
        with self.helpline.database.read() as session:
            return service.view(session, self.helpline.vault, report_id, staff_id=staff_id)

    def told(self, report_id: str) -> dict[str, Any]:
        """
        What the holder of the receipt is answered.
        """
        with self.helpline.database.read() as session:
            report = session.get_one(Report, report_id)
            return receipts.shown(session, self.helpline.vault, report)

    def states(self, report_id: str) -> list[str]:
        """
        What the reporter was told, in order.
        """
        return [update["state"] for update in self.told(report_id)["updates"]]


@pytest.fixture
def desk(helpline: Helpline) -> Desk:
    """
    Reports at a helpline.
    """
    return Desk(helpline)


@pytest.fixture
def either_desk(either: Helpline) -> Desk:
    """
    The same on both databases.
    """
    return Desk(either)
