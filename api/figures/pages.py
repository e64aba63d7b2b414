"""Figures of the helpline, as pages, plots and files: pages."""

from __future__ import annotations

from api.rights.gate import Gate

gate = Gate(prefix="/helpline")
