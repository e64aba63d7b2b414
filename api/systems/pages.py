"""Other systems: the JSON API with its keys, and the webhook: pages."""

from __future__ import annotations

from api.rights.gate import Gate

gate = Gate(prefix="/helpline")
