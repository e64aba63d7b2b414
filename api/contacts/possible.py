"""What a person can do with a contact as it stands now; the page offers nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.contacts.values import ContactView, QueueItem
from api.rights.gate import RULES
from api.staff.sessions import Person

Fits = Callable[[QueueItem, bool], bool]


def _held(item: QueueItem, mine: bool) -> bool:
    return item.state == "claimed" and mine


_FITS: Mapping[str, Fits] = {
    "claim": lambda item, mine: item.state == "waiting",
    "reply": _held,
    "return": _held,
    "offer": lambda item, mine: _held(item, mine) and item.offered is None,
    "end": _held,
    "form": lambda item, mine: item.state in ("claimed", "ended") and mine,
    "note": lambda item, mine: True,
    "call": lambda item, mine: item.state in ("waiting", "claimed", "ended"),
    "take_over": lambda item, mine: item.state in ("claimed", "ended") and not mine,
    "reopen": lambda item, mine: item.state in ("ended", "closed"),
}


def deeds(view: ContactView, person: Person) -> frozenset[str]:
    """Names of actions without ``contact.``, and ``withdraw`` and ``unblock``."""
    item = view.item
    mine = item.holder is not None and item.holder.id == person.id
    found = {name for name, fits in _FITS.items() if fits(item, mine)}
    found |= _offers(item, person, mine) | _blocks(view)
    return frozenset(name for name in found if _allowed(name, person))


def _offers(item: QueueItem, person: Person, mine: bool) -> set[str]:
    if item.state != "claimed" or item.offered is None:
        return set()
    if item.offered.id == person.id:
        return {"accept"}
    return {"withdraw"} if mine else set()


def _blocks(view: ContactView) -> set[str]:
    if view.item.entered:
        return set()
    return {"unblock"} if view.block else {"block"}


def _allowed(name: str, person: Person) -> bool:
    action = {"withdraw": "offer", "unblock": "block"}.get(name, name)
    return RULES[f"contact.{action}"].allows(person.roles)
