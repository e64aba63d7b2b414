"""The API for other systems, ``/v1/desk``: every part of it."""

from __future__ import annotations

from api.systems import addresses, cases, desk, filings, reports

ROUTERS = (desk.gate, cases.gate, reports.gate, addresses.gate, filings.gate)
