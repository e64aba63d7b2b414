"""Reports that name addresses, and the people who follow them up."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from fakes.cells import REPORT
from fakes.helpline import GENTI, Helpline

from api.addresses import service
from api.addresses.values import AddressView
from api.intake import schemas
from api.reports import intake, queries


@dataclass
class Reports:
    """Makes reports over one helpline, and looks at what became of their addresses."""

    helpline: Helpline

    def made(self, *typed: str, **change: Any) -> str:
        """A new report of these addresses; its id."""
        report_id = str(uuid.uuid4())
        told = {**REPORT, "report_id": report_id, "addresses": list(typed), **change}
        told["conversation"] = told["conversation"] or uuid.uuid4().hex
        wanted = schemas.Report.model_validate_json(json.dumps(told))
        self.helpline.does(intake.store, wanted, uuid.uuid4().hex)
        return report_id

    def of(self, report_id: str) -> list[AddressView]:
        """Its addresses."""
        with self.helpline.database.read() as session:
            return service.addresses_of(session, self.helpline.vault, report_id)

    def only(self, report_id: str) -> AddressView:
        """Its one address."""
        [view] = self.of(report_id)
        return view

    def told(self, report_id: str) -> list[str]:
        """What its reporter heard, after that it came."""
        with self.helpline.database.read() as session:
            rows = queries.updates_of(session, report_id)
        return [row.state for row in rows if row.state not in ("submitted", "assessing")]

    def goes(self, view: AddressView, *states: str, **change: Any) -> AddressView:
        """Bring an address through these states; how it is then."""
        for state in states:
            self.helpline.does(
                service.set_state, view.address_id, state, staff=GENTI, hold=False, **change
            )
        return self.now(view)

    def found(self, view: AddressView, outcome: str, **told: str) -> AddressView:
        """Somebody looked again; how it is then."""
        self.helpline.does(service.check, view.address_id, outcome, staff=GENTI, **told)
        return self.now(view)

    def now(self, view: AddressView) -> AddressView:
        """The address as it is now."""
        with self.helpline.database.read() as session:
            return service.address(session, self.helpline.vault, view.address_id)
