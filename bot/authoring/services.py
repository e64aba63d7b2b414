"""Helplines, numbers and places to report, from ``services.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bot.authoring.faults import Level
from bot.authoring.pages import Page, Table
from bot.engine.content import CHECK_HOLDS, COUNTRIES, LANGUAGES, Service

EVERYWHERE = "all"
KINDS = (
    *("child_helpline", "police", "emergency", "ambulance", "fire", "family", "missing"),
    *("hotline", "authority", "removal", "helpline", "own_behaviour"),
)
_NUMBER = re.compile(r"\+?\d[\d ]*\d|")
_KEYS = (
    *("id", "kind", "country", "number", "url", "checked_on", "vital", "free", "owner"),
    *("around_the_clock", "called_by", "name", "hours", "source"),
)


def read_services(page: Page | None, *, today: date) -> tuple[Service, ...]:
    """Return the services in file order; those whose check is too old leave a note."""
    if page is None:
        return ()
    page.root.only("service")
    entries = page.root.tables("service", least=1, most=1000)
    services = tuple(_service(entry) for entry in entries)
    for entry, service in zip(entries, services, strict=True):
        _check_date(entry, service, today)
    _check_ids(entries, services)
    _check_countries(page, services)
    return services


def _service(table: Table) -> Service:
    table.only(*_KEYS)
    service = Service(
        id=table.text("id"),
        kind=table.one_of("kind", KINDS),
        country=table.one_of("country", (*COUNTRIES, EVERYWHERE)),
        number=table.text("number", ""),
        url=table.text("url", ""),
        checked_on=table.day("checked_on"),
        vital=table.flag("vital"),
        free=table.flag("free"),
        name=_named(table.table("name")),
        hours=_named(table.table("hours")),
        around_the_clock=table.flag("around_the_clock"),
        owner=table.text("owner"),
        called_by=table.text("called_by", ""),
    )
    table.text("source")
    _check_reach(table, service)
    return service


def _named(table: Table) -> Mapping[str, str]:
    table.only(*LANGUAGES)
    return {language: table.text(language) for language in LANGUAGES}


def _check_reach(table: Table, service: Service) -> None:
    if not service.number and not service.url:
        table.fault("number", "Neither a number nor an address. Give one of them.")
    if not _NUMBER.fullmatch(service.number):
        table.fault("number", "A number is digits in groups, such as 116 111. Mend it.")
    if service.url and not service.url.startswith("https://"):
        table.fault("url", "An address starts with https://. Mend it.")


def _check_date(table: Table, service: Service, today: date) -> None:
    if service.checked_on == date.min:
        return
    if service.checked_on > today:
        sentence = "The check lies in the future. Write the day it was made."
        table.page.fault((*table.path, "checked_on"), sentence, Level.WORDING)
    if service.stale(today):
        sentence = f"Not checked for more than {CHECK_HOLDS.days} days. Check it, then write today."
        table.page.fault((*table.path, "checked_on"), sentence, Level.NOTE)


def _check_ids(entries: tuple[Table, ...], services: tuple[Service, ...]) -> None:
    seen: set[str] = set()
    for entry, service in zip(entries, services, strict=True):
        if service.id in seen:
            entry.fault("id", f'Two services are called "{service.id}". Rename one.')
        seen.add(service.id)


def _check_countries(page: Page, services: tuple[Service, ...]) -> None:
    for country in COUNTRIES:
        if not any(s.country == country and s.kind == "emergency" and s.vital for s in services):
            sentence = f'"{country}" has no vital emergency number. Add one with vital = true.'
            page.fault((), sentence)
