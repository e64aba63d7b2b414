"""Cases: the longer work that contacts belong to: pages."""

from __future__ import annotations

from api.rights.gate import Gate

gate = Gate(prefix="/helpline")
