"""Which ready-made replies a counsellor is offered beside a contact.

Chosen by whom the contact is with, what the triage took it for and how grave it is, in the
contact's language; beside each stands its twin in the counsellor's own language. Nothing else
is ever translated, and nothing is sent: a text is put into the reply field.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from api.console.amounts import HERE
from api.contacts.values import ContactView, QueueItem
from api.locale.catalogue import LANGUAGES
from api.replies.content import Library, holes_of
from api.replies.refusals import ReplyUnknown
from api.replies.values import Ready, ReplyGroup, ReplyPanel, ReplyView

_GENERAL = (
    *("opening", "believe", "limits", "safety", "next", "waiting"),
    *("evidence", "removal", "trusted", "ending"),
)
_PICTURES = ("sextortion", "image_abuse", "csam_seen")
_ADULTS = {"parent": ("parent",), "teacher": ("teacher",), "other": ("parent", "teacher")}


def panel(
    library: Library,
    view: ContactView,
    language: str,
    wanted: str = "",
    *,
    name: str,
    now: datetime,
) -> dict[str, Any]:
    """``ready`` for the desk: what fits this contact, and contains the words looked for.

    ``language`` is the counsellor's, ``name`` what children see of it.
    """
    item = view.item
    spoken = item.language if item.language in LANGUAGES else language
    groups = for_contact(library, item, language=spoken)
    today = now.astimezone(HERE).date()
    holes = {each: {**library.holes(item.country, each, today), "name": name} for each in LANGUAGES}
    shown = (
        ReplyGroup(topic, tuple(_views(replies, spoken, language, holes, wanted)))
        for topic, replies in groups
    )
    found = tuple(group for group in shown if group.replies)
    return {"ready": ReplyPanel(found, wanted, spoken, item.contact_id)}


def text_of(
    library: Library, view: ContactView, language: str, wanted: str, *, name: str, now: datetime
) -> str:
    """The text of one reply as this contact is offered it; raises ``ReplyUnknown``."""
    shown: ReplyPanel = panel(library, view, language, name=name, now=now)["ready"]
    for group in shown.groups:
        for reply in group.replies:
            if reply.id == wanted:
                return reply.text
    raise ReplyUnknown()


def for_contact(
    library: Library, item: QueueItem, *, language: str
) -> list[tuple[str, list[Ready]]]:
    """The topics for a contact, the most likely first, with their texts for this person."""
    audience = _audience(item)
    return [(topic, found) for topic in _topics(item) if (found := _for(library, topic, audience))]


def fill(text: str, holes: Mapping[str, str]) -> str:
    """The text with its holes filled; empty when one cannot be."""
    if not holes.keys() >= set(holes_of(text)):
        return ""
    for name, value in holes.items():
        text = text.replace("{" + name + "}", value)
    return text


def plain(text: str) -> str:
    """Lower case without marks, so that "perndjekje" finds "përndjekje"."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).strip()


def _views(
    replies: Iterable[Ready],
    spoken: str,
    own: str,
    holes: Mapping[str, Mapping[str, str]],
    wanted: str,
) -> Iterable[ReplyView]:
    for reply in replies:
        text = fill(reply.texts[spoken], holes[spoken])
        twin = "" if own == spoken else fill(reply.texts[own], holes[own])
        if text and plain(wanted) in plain(f"{text} {twin}"):
            yield ReplyView(f"{reply.topic}.{reply.audience}.{reply.name}", text, twin)


def _audience(item: QueueItem) -> str:
    if item.role in _ADULTS or (not item.role and item.band == "adult"):
        return "adult"
    return "young" if item.band == "14-17" else "child"


def _topics(item: QueueItem) -> list[str]:
    """Danger first, then the triage's category, then the order of a talk."""
    first = ("safety",) if item.severity == "emergency" else ()
    pictures = ("removal", "evidence") if item.category in _PICTURES else ()
    adults = _ADULTS.get(item.role, ())
    every = (*first, item.category, *pictures, *adults, *_GENERAL)
    return list(dict.fromkeys(every))


def _for(library: Library, topic: str, audience: str) -> list[Ready]:
    """The texts of a topic; what is said to the older ones differently takes its place."""
    there = [reply for reply in library.replies if reply.topic == topic]
    if audience != "young":
        return [reply for reply in there if reply.audience == audience]
    young = {reply.name: reply for reply in there if reply.audience == "young"}
    same = [young.pop(r.name, r) for r in there if r.audience == "child"]
    return [*same, *young.values()]
