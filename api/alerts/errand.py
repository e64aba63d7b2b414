"""Brings the alerts that are due to their addresses."""

from __future__ import annotations

from api.alerts import service
from api.alerts.addresses import Addresses, Outside
from api.alerts.tables import Alert
from api.alerts.texts import TITLE, text_of
from api.crypto import Vault
from api.db import Database
from api.times import Clock


class AlertErrand:
    """Sends each due alert once, and has failures tried again."""

    name = "alerts"

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        addresses: Addresses,
        outside: Outside,
        *,
        desk: str,
    ) -> None:
        self._database, self._vault, self._clock = database, vault, clock
        self._addresses, self._outside, self._desk = addresses, outside, desk

    def has_work(self) -> bool:
        """Whether an alert is due, or something that waits wants one."""
        with self._database.read() as session:
            return service.any_due(session, self._addresses, now=self._clock())

    def turn(self) -> None:
        """Send what is due now."""
        with self._database.write() as session:
            service.call_out(session, self._addresses, now=self._clock())
            found = service.due(session, now=self._clock())
        for alert in found:
            self._bring(alert)

    def _bring(self, alert: Alert) -> None:
        address = self._addresses.find(alert.whom, alert.address)
        text = text_of(alert.why, address=self._desk)
        taken = address is not None and self._outside.send(address, title=TITLE, text=text)
        with self._database.write() as session:
            if taken:
                service.sent(session, alert.id, now=self._clock())
            else:
                service.not_sent(session, self._vault, alert.id, now=self._clock())
