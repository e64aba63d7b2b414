"""Closed contacts: looked up, reviewed for quality, opened again: pages."""

from __future__ import annotations

from api.rights.gate import Gate

gate = Gate(prefix="/helpline")
