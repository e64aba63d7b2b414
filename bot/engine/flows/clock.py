"""The clock on the wall: all countries that Sigurt serves keep that of Tirana."""

from __future__ import annotations

from zoneinfo import ZoneInfo

CLOCK = ZoneInfo("Europe/Tirane")
