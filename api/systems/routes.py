"""The API for other systems, ``/v1/desk``: every part of it."""

from __future__ import annotations

from api.systems import desk

ROUTERS = (desk.gate,)
