"""The words of the messengers' own frames: names, descriptions, command menus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """The frame's words in one language; lengths are characters.

    ``name`` at most 64, ``description`` (an empty chat shows it) 512, ``about`` (the
    profile) 120; ``commands`` from command (``a-z0-9_``, 32) to what it does (256).
    """

    name: str
    description: str
    about: str
    commands: Mapping[str, str]
