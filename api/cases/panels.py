"""What other parts of the helpline show on a case's page, in this order."""

from __future__ import annotations

from api.addresses import showing as addresses
from api.console.panels import Panel
from api.evidence import bundle_pages
from api.evidence import showing as evidence
from api.filing import showing as filing
from api.locale.words import N_
from api.reports import showing as reports

PANELS: tuple[Panel, ...] = (
    Panel("reports", "reports_of_case.html", reports.panel_of_case, N_("Reports")),
    Panel("addresses", "addresses_of_case.html", addresses.panel_of_case, N_("Addresses")),
    Panel("filings", "filings_of_case.html", filing.panel_of_case, N_("Filings")),
    Panel("exhibits", "exhibits_of.html", evidence.case_panel, N_("Exhibits")),
    Panel("bundles", "bundles_of.html", bundle_pages.panel, N_("Bundles of evidence")),
)
