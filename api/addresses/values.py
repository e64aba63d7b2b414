"""Values of addresses, as pages and other parts see them. All times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.addresses.defanging import defang
from api.addresses.life import Clocks


@dataclass(frozen=True, slots=True)
class AddressView:
    """One address. Show ``shown`` and never ``canonical``, which is for filings alone.

    ``reports`` is how many name it, ``last_at`` when the newest of them came; ``received_at``
    is when the first did, ``began_at`` where the present round begins.
    """

    address_id: str
    number: str
    kind: str
    canonical: str
    in_letters: str
    domain: str
    platform: str
    flags: tuple[str, ...]
    state: str
    held: bool
    received_at: datetime
    began_at: datetime
    assessed_at: datetime | None
    police_at: datetime | None
    notice_at: datetime | None
    notices: int
    ended_at: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None
    hosted: str
    reports: int
    last_at: datetime
    moved_to: str

    @property
    def shown(self) -> str:
        """The whole address, and nothing that could be opened (S10)."""
        return defang(self.canonical)

    @property
    def shown_domain(self) -> str:
        """The domain, in the same way."""
        return defang(self.domain)

    @property
    def clocks(self) -> Clocks:
        """The times of the present round."""
        return Clocks(self.began_at, self.police_at, self.notice_at, self.ended_at, self.checked_at)


@dataclass(frozen=True, slots=True)
class TypedView:
    """What one report says of an address, as it was typed there and made harmless.

    ``why`` says why it is no address; ``staff``: somebody of the helpline added it.
    """

    report_id: str
    at: datetime
    typed: str
    why: str
    address_id: str
    staff: bool


@dataclass(frozen=True, slots=True)
class AddressEventView:
    """Something that was done with an address or found of it."""

    at: datetime
    kind: str
    name: str
    words: str
    how: str
    to: str


@dataclass(frozen=True, slots=True)
class AddressDetail:
    """An address with what reports say of it and its history, the newest last."""

    view: AddressView
    typed: tuple[TypedView, ...]
    events: tuple[AddressEventView, ...]
