"""What other parts of the helpline show on a report's page, in this order."""

from __future__ import annotations

from api.console.panels import Panel

PANELS: tuple[Panel, ...] = ()
