"""A helpline that files: reports to file, an office with lines, and the errand by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fakes.helpline import ELIRA, Helpline
from fakes.hotlines import PASSWORD, USER, Hotline, Iwf, Ncmec, Post

from api.addresses import service as addresses
from api.filing import queries, service
from api.filing.errand import FilingErrand
from api.filing.facts import Wish
from api.filing.iwf import IwfLine
from api.filing.lines import Line
from api.filing.mail import MailLine, server_of
from api.filing.ncmec import NcmecLine
from api.filing.office import Office
from api.filing.recipients import shipped
from api.filing.values import FilingView, Sender

REPORT = {
    **{"received_at": "2026-11-20T13:20:00Z", "language": "sq", "kind": "csam_address"},
    **{"reporter": "child", "addresses": ["https://example.com/faqe"], "app": "instagram"},
    **{"words": "E pashë sot.", "suspect": "konto.x", "band": "11-13", "country": "al"},
}
SENDER = Sender("Linja e provës", "linja@example.com")


@dataclass
class Desk:
    """The helpline's side of filing; ``errand`` turns when told."""

    helpline: Helpline
    office: Office

    @classmethod
    def open(cls, helpline: Helpline, iwf: Hotline, ncmec: Hotline, post: Post) -> Desk:
        """With a line to each."""
        mail = MailLine(
            server_of(post.url),
            SENDER,
            {"isigurt": "isigurt@example.org", "police": "police@example.org"},
            lambda: helpline.now,
        )
        lines: dict[str, Line] = {
            "iwf": IwfLine("https://iwf.example.com/r", USER, PASSWORD, iwf.transport),
            "ncmec": NcmecLine("https://ncmec.example.com/ispws", USER, PASSWORD, ncmec.transport),
            **{"isigurt": mail, "police": mail},
        }
        return cls(helpline, Office(SENDER, lambda pdf: pdf + b"%signed", shipped(), lines))

    @property
    def errand(self) -> FilingErrand:
        """A process that files; each one is a new process."""
        one = self.helpline
        return FilingErrand(one.database, one.vault, lambda: one.now, self.office)

    async def report(self, **change: Any) -> str:
        """A report that came in; its id."""
        report_id = str(uuid.uuid4())
        inner = {**REPORT, "report_id": report_id, **change}
        answer = await self.helpline.post("/v1/reports", self.helpline.seal(inner))
        assert answer.status_code == 201, answer.text
        return report_id

    def makes(self, report_id: str, to: str, *, key: str = "", **wish: Any) -> list[str]:
        """Write what would leave, naming every address; the ids."""
        again = wish.pop("again", False)
        ids = tuple(one.address_id for one in self.addresses(report_id))
        wanted = {"summary": "Sipas raportit.", "addresses": ids, **wish}
        return list(
            self.helpline.does(
                service.make,
                self.office,
                report_id,
                to,
                Wish(**wanted),
                key=key or str(uuid.uuid4()),
                again=again,
                staff=ELIRA,
            )
        )

    def files(self, report_id: str, to: str, **wish: Any) -> str:
        """Write it and let it leave; the id of the first."""
        made = self.makes(report_id, to, **wish)
        for one in made:
            self.does(service.send, one)
        return made[0]

    def does(self, deed: Any, filing_id: str, **given: Any) -> Any:
        """A deed on a filing."""
        return self.helpline.does(deed, self.office, filing_id, staff=ELIRA, **given)

    def turn(self, times: int = 1) -> None:
        """Let what is due leave; between two turns the longest pause passes."""
        for place in range(times):
            if place:
                self.helpline.later(hours=1)
            self.errand.turn()

    def view(self, filing_id: str) -> FilingView:
        """The filing now."""
        with self.helpline.database.read() as session:
            filing = queries.get(session, filing_id)
            found = service.filings_of(session, self.helpline.vault, filing.report_id)
        return next(one for one in found if one.filing_id == filing_id)

    def addresses(self, report_id: str) -> list[addresses.AddressView]:
        """The addresses of a report."""
        with self.helpline.database.read() as session:
            return addresses.addresses_of(session, self.helpline.vault, report_id)

    def claim_lapses(self) -> None:
        """So much time that a claim of before is nobody's any more."""
        self.helpline.now += timedelta(minutes=6)


__all__ = ["SENDER", "Desk", "Iwf", "Ncmec"]
