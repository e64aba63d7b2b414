"""From matches to a reading: evidence adds up within a category, doubt raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.engine.content import Lexicon
from bot.engine.events import NOTHING_READ, Evidence, Reading, Severity
from bot.engine.words import original
from bot.triage.rules import ANY, CATEGORIES, Match, Rules
from bot.triage.spelling import Word, tokens_of

CONCERN, DISCLOSURE = 0.28, 0.55  # of the score
EMERGENCY = 0.5  # of the urgency, when the score is a disclosure's
_LEAST_FACTOR = 0.35  # jokes and homework make doubtful, never silent
_EVIDENCE_LENGTH = 60
_REASONS_AT_MOST = 12
_WINDOW, _STEP = 120, 90  # words read together; evidence further apart does not add up
_COMPILED_AT_MOST = 8

_compiled: dict[int, tuple[Lexicon, Rules]] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """A match with the place of its words in the unaccented text."""

    match: Match
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the words of one window come to, before anybody has to read it."""

    severity: Severity
    category: str
    score: float
    reasons: tuple[Found, ...]


def read(text: str, lexicons: Mapping[str, Lexicon]) -> Reading:
    """Return how grave a text is, in all languages at once, and which words say so.

    Never raises on any text, and looks at no more than the first 20,000 characters.
    Raises ``BrokenLexicon`` when the lexicons themselves cannot be used.
    """
    tokens = tokens_of(text)
    if not tokens:
        return NOTHING_READ
    rules = [rules_of(lexicon) for lexicon in lexicons.values()]
    words = [(each, each.spelling.words(tokens)) for each in rules]
    length = max((len(part) for _, part in words), default=0)
    weighed = (
        _weigh(_found(words, first)) for first in range(0, max(length - _WINDOW + _STEP, 1), _STEP)
    )
    gravest = max(weighed, key=lambda each: (each.severity, each.score))
    return Reading(
        gravest.severity,
        gravest.category,
        round(gravest.score, 3),
        tuple(_evidence(each, text) for each in gravest.reasons[:_REASONS_AT_MOST]),
        _language(words),
    )


def rules_of(lexicon: Lexicon) -> Rules:
    """Return the parsed rules of a lexicon, parsing them the first time."""
    known = _compiled.get(id(lexicon))
    if known and known[0] is lexicon:
        return known[1]
    if len(_compiled) >= _COMPILED_AT_MOST:
        _compiled.clear()
    rules = Rules(lexicon)
    _compiled[id(lexicon)] = (lexicon, rules)
    return rules


def _found(words: Sequence[tuple[Rules, Sequence[Word]]], first: int) -> list[Found]:
    found: list[Found] = []
    for rules, all_words in words:
        part = all_words[first : first + _WINDOW]
        for match in rules.matches(rules.slots.places(part)):
            begin, end = match.hit
            found.append(Found(match, part[begin].start, part[end].end))
    return found


def _weigh(found: Sequence[Found]) -> Weighed:
    factor = max(_product(each.match.rule.factor for each in found), _LEAST_FACTOR)
    scores = _scores(found, factor)
    category = max(scores, key=lambda name: scores[name])
    score = scores[category]
    if score < CONCERN:
        return Weighed(Severity.NONE, "none", score, ())
    urgency = _together(each.match.rule.urgency for each in found) * factor
    counted = tuple(each for each in found if each.match.rule.category in (category, ANY))
    return Weighed(_severity(score, urgency), category, score, counted)


def _severity(score: float, urgency: float) -> Severity:
    if score < DISCLOSURE:
        return Severity.CONCERN
    return Severity.EMERGENCY if urgency >= EMERGENCY else Severity.DISCLOSURE


def _scores(found: Sequence[Found], factor: float) -> dict[str, float]:
    """Return the score of each category; what fits any counts where there is more."""
    general = [each.match.rule.weight for each in found if each.match.rule.category == ANY]
    scores = {name: 0.0 for name in CATEGORIES}
    for name in CATEGORIES:
        own = [each.match.rule.weight for each in found if each.match.rule.category == name]
        if any(own):
            scores[name] = _together(chain(own, general)) * factor
    if not any(scores.values()):
        scores["other_distress"] = _together(general) * factor
    return scores


def _together(weights: Iterable[float]) -> float:
    """Return what several reasons weigh together: more than each, never above one."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1 - weight
    return 1 - doubt


def _product(factors: Iterable[float]) -> float:
    product = 1.0
    for factor in factors:
        product *= factor
    return product


def _evidence(found: Found, text: str) -> Evidence:
    words = original(text, found.start, found.end).strip()
    return Evidence(found.match.rule.id, words[:_EVIDENCE_LENGTH])


def _language(words: Sequence[tuple[Rules, Sequence[Word]]]) -> str:
    """Return the language whose common words are there, or ``mixed`` for more than one."""
    counts = {
        rules.language: sum(rules.is_common(word.key) for word in part) for rules, part in words
    }
    most = max(counts, key=lambda name: counts[name], default="sq")
    others = sum(count for name, count in counts.items() if name != most)
    return "mixed" if others >= 2 and others * 3 >= counts[most] else most
