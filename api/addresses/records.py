"""Between sealed rows and plain values: the one place that opens an address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from api.addresses.defanging import defang
from api.addresses.reading import Reading, host_in_letters
from api.addresses.tables import Address, AddressEvent, ReportAddress
from api.addresses.values import AddressEventView, AddressView, TypedView
from api.crypto import RowSeal, Vault
from api.times import from_ms, maybe_from_ms


@dataclass(frozen=True, slots=True)
class Named:
    """How many reports name an address, and when the newest of them came."""

    count: int
    last: int


def shown_number(number: int) -> str:
    """The number that staff see."""
    return f"A-{number}"


def fingerprint(vault: Vault, reading: Reading) -> str:
    """By what the same address is found again (S35)."""
    return vault.fingerprint(reading.key, purpose="address")


def sealed_reading(vault: Vault, address_id: str, reading: Reading) -> bytes:
    """What is kept of a reading."""
    names = ("kind", "canonical", "domain", "platform", "flags")
    text = json.dumps({name: getattr(reading, name) for name in names})
    return _seal(vault, address_id).seal("reading", text)


def reading_of(vault: Vault, address: Address) -> Reading:
    """What the address is."""
    found = json.loads(_seal(vault, address.id).open("reading", address.reading))
    return Reading(**{**found, "flags": tuple(found["flags"])})


def view_of(vault: Vault, address: Address, named: Named) -> AddressView:
    """The address as pages see it."""
    reading = reading_of(vault, address)
    return AddressView(
        address_id=address.id,
        number=shown_number(address.number),
        kind=reading.kind,
        canonical=reading.canonical,
        in_letters=defang(host_in_letters(reading.canonical)),
        domain=reading.domain,
        platform=reading.platform,
        flags=reading.flags,
        state=address.state,
        held=address.held,
        received_at=from_ms(address.received_at),
        began_at=from_ms(address.began_at),
        assessed_at=maybe_from_ms(address.assessed_at),
        police_at=maybe_from_ms(address.police_at),
        notice_at=maybe_from_ms(address.notice_at),
        notices=address.notices,
        ended_at=maybe_from_ms(address.ended_at),
        checked_at=maybe_from_ms(address.checked_at),
        next_check_at=maybe_from_ms(address.next_check_at),
        hosted=_hosted(vault, address),
        reports=named.count,
        last_at=from_ms(named.last),
        moved_to=address.moved_to or "",
    )


def sealed_hosted(vault: Vault, address_id: str, words: str) -> bytes:
    """Where it is hosted, in words."""
    return _seal(vault, address_id).seal("hosted", words)


def sealed_typed(vault: Vault, report_id: str, place: int, typed: str) -> bytes:
    """What was typed in a report."""
    return vault.row("report_addresses", f"{report_id}/{place}").seal("typed", typed)


def typed_of(vault: Vault, row: ReportAddress) -> TypedView:
    """What a report says of an address, made harmless."""
    seal = vault.row("report_addresses", f"{row.report_id}/{row.place}")
    typed = seal.open("typed", row.typed)
    return TypedView(
        report_id=row.report_id,
        at=from_ms(row.at),
        typed=defang(typed),
        why=row.why,
        address_id=row.address_id or "",
        staff=row.staff_id is not None,
    )


def sealed_event(
    vault: Vault, address_id: str, place: int, name: str, words: Mapping[str, str]
) -> dict[str, bytes]:
    """The sealed columns of an event."""
    seal = vault.row("address_events", f"{address_id}/{place}")
    return {"name": seal.seal("name", name), "words": seal.seal("words", json.dumps(words))}


def event_of(vault: Vault, row: AddressEvent) -> AddressEventView:
    """An event as pages see it."""
    seal = vault.row("address_events", f"{row.address_id}/{row.place}")
    words = json.loads(seal.open("words", row.words))
    return AddressEventView(
        at=from_ms(row.at),
        kind=row.kind,
        name=seal.open("name", row.name),
        words=words.get("words", ""),
        how=words.get("how", ""),
        to=words.get("to", ""),
    )


def _hosted(vault: Vault, address: Address) -> str:
    if address.hosted is None:
        return ""
    return _seal(vault, address.id).open("hosted", address.hosted)


def _seal(vault: Vault, address_id: str) -> RowSeal:
    return vault.row("addresses", address_id)
