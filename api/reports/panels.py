"""What other parts of the helpline show on a report's page, in this order."""

from __future__ import annotations

from api.addresses import showing as addresses
from api.console.panels import Panel
from api.evidence import showing as evidence
from api.filing import showing as filing
from api.locale.words import N_

PANELS: tuple[Panel, ...] = (
    Panel("addresses", "addresses_of_report.html", addresses.panel, N_("Addresses")),
    Panel("filings", "filings_of_report.html", filing.panel, N_("Filings")),
    Panel("exhibits", "exhibits_of.html", evidence.panel, N_("Exhibits")),
)
