"""From matches to a reading: evidence adds up within a category, doubt raises."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from bot.engine.content import Lexicon
from bot.engine.events import NOTHING_READ, Evidence, Reading, Severity
from bot.engine.words import Origins, Token, tokens
from bot.triage.concepts import SPELLING, Concepts
from bot.triage.cues import Cues, Pointed, loaded, loudest_places
from bot.triage.quoted import Quoted
from bot.triage.rules import ANY, CATEGORIES, Match, Rules
from bot.triage.spelling import Word, tokens_of

# What rules and cues say together, on the cues' scale; see the README for how they were set.
_RULES_COUNT = 0.4  # a rule score of 1 beside the cues
_DOUBT_COUNTS = 1.0  # how much lighter jokes and homework make
_ASK, _RAISE = -0.2, 0.12
_WORRY = 0.1
_WORDS_FOR_CUES = 4  # a shorter text is not raised by cues alone
_RULES_ASK, _RULES_RAISE = 0.28, 0.7  # what rules alone do, when nothing makes doubtful
_CUES_AGREE = -0.4  # below this the cues are sure that a strong rule errs
_URGENT, _URGENCY_COUNTS = -0.15, 0.6
_RULES_NAME = 1.0  # what a rule score of 1 counts for the kind of harm
_LEAST_FACTOR = 0.35  # jokes and homework make doubtful, never silent
_SCORE_STEEP = 3.0
_EVIDENCE_LENGTH = 60
_REASONS_AT_MOST = 12
_WINDOW, _STEP = 60, 40  # words read together; evidence further apart does not add up
_BEFORE, _AFTER = 11, 4  # words that the narrow reading of a place takes in
_WINDOWS_AT_MOST = 4  # read in full; the words of all others were weighed one by one
_COMPILED_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Ears:
    """Everything that reading needs, made ready once."""

    lexicons: tuple[Lexicon, ...]
    rules: tuple[Rules, ...]
    cues: Cues
    concepts: Concepts
    quoted: Quoted
    calls: frozenset[tuple[str, ...]]  # words that ask for a person, the menu, a language
    secrets: frozenset[tuple[str, ...]]
    hollow: frozenset[str]  # words that say nothing by themselves


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


_compiled: dict[int, tuple[Lexicon, Rules]] = {}
_ready: dict[tuple[int, ...], Ears] = {}


def read(text: str, lexicons: Mapping[str, Lexicon], before: Sequence[str] = ()) -> Reading:
    """Return how grave a text is, in all languages at once, and which words say so.

    ``before`` are the texts just before it, the oldest first: where the text alone is not
    raised, ``together`` is what they tell with it. Never raises on any text, and looks at no
    more than the first 20,000 characters.

    Raises ``BrokenLexicon`` or ``ValueError`` when lexicons or cues cannot be used: call it
    once at start.
    """
    alone = _read(text, lexicons)
    if not before or alone.severity > Severity.CONCERN:
        return alone
    return replace(alone, together=_read("\n".join((*before, text)), lexicons))


def _read(text: str, lexicons: Mapping[str, Lexicon]) -> Reading:
    found = tokens_of(text)
    if not found:
        return NOTHING_READ
    ears = ears_of(tuple(lexicons.values()))
    typed = tuple(token.word for token in found)
    if typed in ears.calls:
        return replace(NOTHING_READ, language=_language(ears, found))
    plain = SPELLING.words(found)
    parts = [found[first:last] for first, last in _windows(plain, ears)]
    gravest = max((_weigh(part, ears) for part in parts), key=lambda w: (w.severity, w.alarm))
    if gravest.severity > Severity.CONCERN and _own(typed, plain, ears):
        gravest = replace(gravest, severity=Severity.CONCERN)
    return _reading(gravest, text, ears, _language(ears, chain.from_iterable(parts)))


def _own(typed: tuple[str, ...], plain: Sequence[Word], ears: Ears) -> bool:
    """Whether these are words of ours, or only ask for secrecy."""
    return typed in ears.secrets or ears.quoted.holds([word.key for word in plain])


def _windows(plain: Sequence[Word], ears: Ears) -> list[tuple[int, int]]:
    """Return the parts that are read in full: of a long text, those that sound worst.

    Round its worst place each is also read narrowly, so that nothing around it dilutes it.
    """
    if len(plain) <= _WINDOW:
        return [(0, _WINDOW)]
    places = loudest_places(ears.cues.loudness([word.key for word in plain], ears.concepts))
    starts = range(0, len(plain) - _WINDOW + _STEP, _STEP)
    peaks = {
        n: max(range(n, min(n + _WINDOW, len(plain))), key=lambda i: places[i]) for n in starts
    }
    worst = sorted(starts, key=lambda n: -places[peaks[n]])[:_WINDOWS_AT_MOST]
    narrow = {(max(0, peaks[n] - _BEFORE), peaks[n] + _AFTER) for n in worst}
    return [*((n, n + _WINDOW) for n in worst), *sorted(narrow)]


def _reading(weighed: Weighed, text: str, ears: Ears, language: str) -> Reading:
    score = round(_share(_SCORE_STEEP * weighed.alarm), 3)
    if weighed.severity is Severity.NONE:
        return Reading(Severity.NONE, "none", score, (), language)
    category = max(
        CATEGORIES,
        key=lambda name: _RULES_NAME * weighed.scores[name] + weighed.pointed.value(name),
    )
    reasons = _reasons(weighed, category, Origins(text), ears)
    return Reading(weighed.severity, category, score, reasons, language)


def ears_of(lexicons: tuple[Lexicon, ...]) -> Ears:
    """Return what reads with these lexicons, made ready the first time."""
    name = tuple(id(lexicon) for lexicon in lexicons)
    known = _ready.get(name)
    if known and all(a is b for a, b in zip(known.lexicons, lexicons, strict=True)):
        return known
    if len(_ready) >= _COMPILED_AT_MOST:
        _ready.clear()
    ears = _ready[name] = _made_ready(lexicons)
    return ears


def _calls(lexicon: Lexicon) -> Iterable[tuple[str, ...]]:
    yield from (lexicon.safe_words, lexicon.exit_words, lexicon.help_words)
    yield from (lexicon.person_words, lexicon.robot_words)
    yield from (lexicon.language_words, lexicon.menu_words)
    yield from (lexicon.report_words, lexicon.code_words)


def _made_ready(lexicons: tuple[Lexicon, ...]) -> Ears:
    rules = tuple(rules_of(lexicon) for lexicon in lexicons)
    calls = [phrase for each in lexicons for phrases in _calls(each) for phrase in phrases]
    secrets = chain.from_iterable(each.secret_words for each in lexicons)
    return Ears(
        lexicons=lexicons,
        rules=rules,
        cues=loaded(lexicons[0].cues),
        concepts=Concepts(lexicons),
        quoted=Quoted(map(_keys_of, place) for each in lexicons for place in each.said),
        calls=frozenset(tokens(phrase) for phrase in calls),
        secrets=frozenset(tokens(phrase) for phrase in secrets),
        hollow=frozenset().union(*(each.hollow for each in rules)),
    )


def _keys_of(text: str) -> list[str]:
    return [word.key for word in SPELLING.words(tokens_of(text))]


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


def _found(part: Sequence[Token], rules: Rules) -> list[Found]:
    words = rules.spelling.words(part)
    matches = rules.matches(rules.slots.places(words))
    return [Found(match, words[match.hit[0]].start, words[match.hit[1]].end) for match in matches]


def _weigh(part: Sequence[Token], ears: Ears) -> Weighed:
    found = [each for rules in ears.rules for each in _found(part, rules)]
    plain = SPELLING.words(part)
    factor = max(_product(each.match.rule.factor for each in found), _LEAST_FACTOR)
    scores = _scores(found, factor)
    pointed = Pointed(ears.cues, ears.concepts, [word.key for word in plain])
    most = max(scores.values())
    alarm = pointed.value("grave") + _RULES_COUNT * most - _DOUBT_COUNTS * (1 - factor)
    severity = _severity(found, most, alarm, factor, pointed)
    return Weighed(severity, alarm, scores, found, plain, pointed)


def _severity(
    found: Sequence[Found], most: float, alarm: float, factor: float, pointed: Pointed
) -> Severity:
    certain = most >= _RULES_RAISE and factor == 1 and alarm >= _CUES_AGREE
    enough = most >= _RULES_ASK or pointed.length >= _WORDS_FOR_CUES
    if certain or (enough and alarm >= _RAISE):
        urgency = _together(each.match.rule.urgency for each in found) * factor
        urgent = pointed.value("urgent") + _URGENCY_COUNTS * urgency
        written = urgency > 0 or most >= _RULES_ASK  # cues alone make no emergency
        return Severity.EMERGENCY if written and urgent >= _URGENT else Severity.DISCLOSURE
    if alarm >= _ASK or most >= _RULES_ASK or pointed.value("worry") + factor - 1 >= _WORRY:
        return Severity.CONCERN
    return Severity.NONE


def _reasons(weighed: Weighed, category: str, origins: Origins, ears: Ears) -> tuple[Evidence, ...]:
    counted = [each for each in weighed.found if each.match.rule.category in (category, ANY)]
    reasons = [
        Evidence(each.match.rule.id, _words(origins, each.start, each.end))
        for each in counted[:_REASONS_AT_MOST]
        if each.match.rule.factor == 1
    ]
    if phrase := weighed.pointed.loudest(ears.hollow):
        first, last = (weighed.plain[place] for place in phrase)
        reasons.append(Evidence("cues", _words(origins, first.start, last.end)))
    return tuple(reasons)


def _words(origins: Origins, start: int, end: int) -> str:
    return origins.of(start, end).strip()[:_EVIDENCE_LENGTH]


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


def _language(ears: Ears, found: Iterable[Token]) -> str:
    """Return the language whose common words are there, or ``mixed`` for more than one."""
    words = list(found)
    counts = {
        rules.language: sum(rules.is_common(rules.spelling.key(token.word)) for token in words)
        for rules in ears.rules
    }
    most = max(counts, key=lambda name: counts[name], default="sq")
    others = sum(count for name, count in counts.items() if name != most)
    return "mixed" if others >= 2 and others * 3 >= counts[most] else most
