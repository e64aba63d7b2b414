"""Where alerts go: Apprise addresses from the settings, known by their fingerprint.

An address holds a token or a password, so it stays in the settings: the database and the
log know only its fingerprint.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import apprise

from api.crypto import Vault
from api.settings import Settings, SettingsFault

WHOM = ("team", "supervisor", "outside")

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines may name an address (S45)


class Outside(Protocol):
    """What brings an alert out."""

    def send(self, address: str, *, title: str, text: str) -> bool:
        """Whether the service behind the address took it; never raises."""
        ...


class ByApprise:
    """Sends through Apprise: mail, messengers, push services, SMS gates."""

    def send(self, address: str, *, title: str, text: str) -> bool:
        """As ``Outside.send``; a service that does not answer in seconds took nothing."""
        carrier = apprise.Apprise()
        carrier.add(address)
        return bool(carrier.notify(body=text, title=title))


@dataclass(frozen=True, slots=True)
class SetUp:
    """Which of the three have an address."""

    team: bool
    supervisor: bool
    outside: bool


@dataclass(frozen=True, slots=True)
class Addresses:
    """For each of ``WHOM`` the addresses by fingerprint."""

    by_whom: Mapping[str, Mapping[str, str]]

    def of(self, whom: str) -> Mapping[str, str]:
        """Fingerprint and address of everybody to be called there."""
        return self.by_whom[whom]

    def find(self, whom: str, fingerprint: str) -> str | None:
        """The address, unless the settings do not name it any more."""
        return self.by_whom[whom].get(fingerprint)

    @property
    def set_up(self) -> SetUp:
        """Which of the three have an address."""
        return SetUp(*(bool(self.by_whom[whom]) for whom in WHOM))


def addresses(settings: Settings, vault: Vault) -> Addresses:
    """The addresses of the settings. Raises ``SettingsFault`` naming the setting, not the value."""
    return Addresses({whom: _of(settings, vault, whom) for whom in WHOM})


def _of(settings: Settings, vault: Vault, whom: str) -> dict[str, str]:
    given: str = getattr(settings, f"alert_{whom}").get_secret_value()
    found = {}
    for place, address in enumerate(given.split(), 1):
        if apprise.Apprise.instantiate(address, suppress_exceptions=True) is None:
            raise SettingsFault(
                f"SIGURT_ALERT_{whom.upper()}: address {place} is none that Apprise knows."
            )
        found[vault.fingerprint(address, purpose="alert address")] = address
    return found
