"""Values of the ready-made replies, as the desk shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ready:
    """One text of the content folder, in every language; ``{holes}`` are not filled yet."""

    topic: str
    audience: str
    name: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """One text to choose. ``twin`` is the same text in the counsellor's language, or empty."""

    id: str
    text: str
    twin: str


@dataclass(frozen=True, slots=True)
class ReplyGroup:
    """The texts of one topic, in the order of the file."""

    topic: str
    replies: tuple[ReplyView, ...]


@dataclass(frozen=True, slots=True)
class ReplyPanel:
    """What stands beside the reply field. ``wanted`` are the words looked for."""

    groups: tuple[ReplyGroup, ...]
    wanted: str
    language: str
    contact_id: str
