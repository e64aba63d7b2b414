"""What a form suggests: never stored before a person accepts it, so that no figure lies.

A suggestion is made only where something is known: who wrote, which band was told, what the
triage took it for, whether the child wrote before, what it said when asked if it was helped.
"""

from __future__ import annotations

from api.contacts.values import ContactView
from api.forms.definition import Answers

_CALLS = {
    "child": "child_self",
    **dict.fromkeys(("parent", "teacher", "other"), "about_child"),
}
_RELATIONS = {"parent": "parent", "teacher": "teacher"}
_AGES = {"8-10": "under_13", "11-13": "under_13"}  # 14-17 spans two of the form's bands
_CATEGORIES = {
    **dict.fromkeys(("grooming", "sextortion", "image_abuse", "csam_seen"), "online_sexual"),
    **{"sexual_abuse": "sexual", "bullying": "bullying"},
}
_ONLINE = ("grooming", "sextortion", "image_abuse", "csam_seen", "account_security")


def suggested(view: ContactView) -> Answers:
    """What the form suggests for a contact, by field; nothing where nothing is known."""
    item = view.item
    found = {
        "call_type": _CALLS.get(item.role, ""),
        "relation": _RELATIONS.get(item.role, ""),
        "age": _AGES.get(item.band, ""),
        "categories": _category(item.category),
        "technology": "yes" if item.category in _ONLINE else "",
        "repeat": "yes" if view.earlier else "",
        "helped": view.helped,
    }
    return {name: (answer,) for name, answer in found.items() if answer}


def _category(seen: str) -> str:
    if seen == "self_harm":
        return "mental.self_harm"
    leaf = _CATEGORIES.get(seen)
    return f"violence.{leaf}" if leaf else ""
