"""From matches to a reading: evidence adds up within a category, doubt raises."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.engine.content import Lexicon
from bot.engine.events import NOTHING_READ, Evidence, Reading, Severity
from bot.engine.words import original
from bot.triage.cues import SPELLING, Cues, Pointed, loaded
from bot.triage.rules import ANY, CATEGORIES, Match, Rules
from bot.triage.spelling import Word, tokens_of

# What rules and cues say together, on the cues' scale; see the README for how they were set.
_RULES_COUNT = 2.0  # a rule score of 1 beside the cues
_ASK, _RAISE = -0.6, 0.1
_WORRY = 1.0
_WORDS_FOR_CUES = 4  # a shorter text is not raised by cues alone
_RULES_ASK, _RULES_RAISE = 0.28, 0.7  # what rules alone do, when nothing makes doubtful
_URGENT_RULES, _URGENT_CUES = 0.5, -0.9
_LEAST_FACTOR = 0.35  # jokes and homework make doubtful, never silent
_EVIDENCE_LENGTH = 60
_REASONS_AT_MOST = 12
_WINDOW, _STEP = 60, 40  # words read together; evidence further apart does not add up
_COMPILED_AT_MOST = 8

_compiled: dict[int, tuple[Lexicon, Rules]] = {}
_learned: dict[int, tuple[Mapping[str, object], Cues]] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """A match with the place of its words in the unaccented text."""

    match: Match
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """What rules and cues say of one window; ``alarm`` has no bounds."""

    severity: Severity
    alarm: float
    scores: Mapping[str, float]
    found: Sequence[Found]
    plain: Sequence[Word]
    pointed: Pointed


def read(text: str, lexicons: Mapping[str, Lexicon]) -> Reading:
    """Return how grave a text is, in all languages at once, and which words say so.

    Never raises on any text, and looks at no more than the first 20,000 characters.
    Raises ``BrokenLexicon`` or ``ValueError`` when lexicons or cues cannot be used: call it
    once at start.
    """
    tokens = tokens_of(text)
    if not tokens:
        return NOTHING_READ
    rules = [rules_of(lexicon) for lexicon in lexicons.values()]
    cues = cues_of(next(iter(lexicons.values())).cues)
    words = [(each, each.spelling.words(tokens)) for each in rules]
    plain = SPELLING.words(tokens)
    length = max((len(part) for _, part in words), default=0)
    windows = range(0, max(length - _WINDOW + _STEP, 1), _STEP)
    gravest = max(
        (_weigh(_found(words, first), plain[first : first + _WINDOW], cues) for first in windows),
        key=lambda each: (each.severity, each.alarm),
    )
    return _reading(gravest, text, _language(words))


def _reading(weighed: Weighed, text: str, language: str) -> Reading:
    score = round(_share(weighed.alarm), 3)
    if weighed.severity is Severity.NONE:
        return Reading(Severity.NONE, "none", score, (), language)
    category = max(
        CATEGORIES, key=lambda name: weighed.scores[name] + _share(weighed.pointed.value(name))
    )
    return Reading(weighed.severity, category, score, _reasons(weighed, category, text), language)


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


def cues_of(data: Mapping[str, object]) -> Cues:
    """Return the cues of ``content/cues.json``; all lexicons carry the same ones."""
    known = _learned.get(id(data))
    if known and known[0] is data:
        return known[1]
    if len(_learned) >= _COMPILED_AT_MOST:
        _learned.clear()
    cues = loaded(data)
    _learned[id(data)] = (data, cues)
    return cues


def _found(words: Sequence[tuple[Rules, Sequence[Word]]], first: int) -> list[Found]:
    found: list[Found] = []
    for rules, all_words in words:
        part = all_words[first : first + _WINDOW]
        for match in rules.matches(rules.slots.places(part)):
            begin, end = match.hit
            found.append(Found(match, part[begin].start, part[end].end))
    return found


def _weigh(found: Sequence[Found], plain: Sequence[Word], cues: Cues) -> Weighed:
    factor = max(_product(each.match.rule.factor for each in found), _LEAST_FACTOR)
    scores = _scores(found, factor)
    pointed = Pointed(cues, plain)
    most = max(scores.values())
    alarm = pointed.value("grave") + _RULES_COUNT * most - (1 - factor)
    severity = _severity(found, most, alarm, factor, pointed)
    return Weighed(severity, alarm, scores, found, plain, pointed)


def _severity(
    found: Sequence[Found], most: float, alarm: float, factor: float, pointed: Pointed
) -> Severity:
    certain = most >= _RULES_RAISE and factor == 1
    enough = most >= _RULES_ASK or pointed.length >= _WORDS_FOR_CUES
    if certain or (enough and alarm >= _RAISE):
        urgency = _together(each.match.rule.urgency for each in found) * factor
        urgent = urgency >= _URGENT_RULES or pointed.value("urgent") >= _URGENT_CUES
        return Severity.EMERGENCY if urgent else Severity.DISCLOSURE
    if alarm >= _ASK or most >= _RULES_ASK or pointed.value("worry") + factor - 1 >= _WORRY:
        return Severity.CONCERN
    return Severity.NONE


def _reasons(weighed: Weighed, category: str, text: str) -> tuple[Evidence, ...]:
    counted = [each for each in weighed.found if each.match.rule.category in (category, ANY)]
    reasons = [_evidence(each, text) for each in counted[:_REASONS_AT_MOST]]
    if weighed.plain and weighed.pointed.value("grave") >= _ASK:
        loud = weighed.pointed.loudest()
        words = original(text, loud.start, loud.end).strip()
        reasons.append(Evidence("cues", words[:_EVIDENCE_LENGTH]))
    return tuple(reasons)


def _share(value: float) -> float:
    """Return a value without bounds as one between 0 and 1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


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
