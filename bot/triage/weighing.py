"""How much each witness counts: rules that people wrote, cues and the encoder that learned.

Each says something of its own; a logistic regression on messages that neither learned from
(``bot.triage.training.weighing``) found how much to believe whom. Its answers are log-odds,
so that they can be added up, and checked against what really was in the messages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HEADS = ("grave", "worry", "urgent")
_STEEPEST = 30.0
_SHORT, _USUAL, _LONG = 8, 12, 30  # words


class Seen(NamedTuple):
    """What cues and rules say of a window: ``grave``, ``worry`` and ``urgent`` are the cues'.

    ``rules`` and ``urgency`` run from 0 to 1, ``doubt`` from 0 to 1 is what jokes, games and
    homework take away, ``few`` is 1 for a text of hardly any words.
    """

    grave: float
    worry: float
    urgent: float
    rules: float
    urgency: float
    doubt: float
    few: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """What ``weighing.json`` holds: for each head a constant, then what each witness counts.

    ``alone`` is without the encoder, ``both`` with it (its three answers come last).
    ``unsure`` is between which log-odds, found alone, the encoder is asked. ``raises`` and
    ``asks`` are the log-odds of ``grave`` and ``worry`` from which a text is raised or asked
    about, ``hurries`` those of ``urgent``. ``names`` is what a rule score of 1 and the encoder
    count for the kind of harm, beside the cues. ``longer`` is how much more a text must say
    that is e times as long as usual.
    """

    alone: Mapping[str, Sequence[float]]
    both: Mapping[str, Sequence[float]]
    unsure: tuple[float, float]
    raises: float
    asks: float
    hurries: float
    names: tuple[float, float]
    longer: float


def lengthy(words: int) -> float:
    """Return the logarithm of how much longer a text is than usual, within bounds."""
    return math.log(max(_SHORT, min(_LONG, words)) / _USUAL)


def weighed(factors: Sequence[float], *seen: float) -> float:
    """Return a constant and what each witness says, times what it counts."""
    return factors[0] + sum(f * value for f, value in zip(factors[1:], seen, strict=True))


def likely(odds: float) -> float:
    """Return log-odds as a share from 0 to 1."""
    return 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, odds))))


def loaded(data: Mapping[str, object]) -> Weighing:
    """Return the weighing of a file's content. Raises KeyError or TypeError when it is none."""
    return Weighing(**data)  # type: ignore[arg-type]
