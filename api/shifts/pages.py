"""Hours, the shift page, hand-over, breaks, and what a supervisor must decide: pages."""

from __future__ import annotations

from api.rights.gate import Gate

gate = Gate(prefix="/helpline")
