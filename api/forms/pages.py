"""The contact form: what staff write up of a contact, and contacts entered by hand: pages."""

from __future__ import annotations

from api.rights.gate import Gate

gate = Gate(prefix="/helpline")
