"""The rules of one lexicon, parsed once. Their format is told at the top of lexicon.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from bot.engine.content import Lexicon
from bot.triage.patterns import BrokenPattern, Chain, Hit, Pattern, Places, Slots, find
from bot.triage.spelling import Spelling, key_of

CATEGORIES = (
    "sexual_abuse",
    "grooming",
    "sextortion",
    "image_abuse",
    "csam_seen",
    "violence",
    "bullying",
    "self_harm",
    "exploitation",
    "account_security",
    "other_distress",
)
ANY = "any"  # counts for whatever category has other evidence
_NEGATED_WITHIN = 3  # words before the verb

Table = Mapping[str, object]


class BrokenLexicon(ValueError):
    """A lexicon that cannot be used; the message names the rule and what is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to worry. ``weight`` and ``urgency`` run from 0 to 1."""

    id: str
    category: str
    weight: float
    urgency: float
    factor: float  # what the weight of all others is multiplied with; 1 for most rules
    negatable: bool
    wants_harm: bool  # said by somebody who means to harm children
    asks: bool  # what meets it and no other rule is asked about, not raised
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that was met, and by which words."""

    rule: Rule
    hit: Hit


class Rules:
    """What one language's lexicon says, ready to be asked about words."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Parse the rules. Raises BrokenLexicon."""
        data = lexicon.data
        self.language = lexicon.language
        self.spelling = Spelling(lexicon.language, _lists(data, "same"), _lists(data, "glued"))
        self.slots = Slots(self.spelling, _lists(data, "groups"))
        self._common = {self.spelling.key(word) for word in _texts(data, "common_words")}
        self.hollow = frozenset(key_of(word, "sq") for word in _texts(data, "hollow_words"))
        self.rules: list[Rule] = []
        self._by_slot: dict[int, list[tuple[Pattern, Rule]]] = {}
        self._negators = self._parse("negators", list(_texts(data, "negators")))
        for table in (*_tables(data, "rule"), *_tables(data, "discount")):
            self._add(self._rule(table))

    def is_common(self, key: str) -> bool:
        """Whether the word is one of those by which the language is known."""
        return key in self._common

    def matches(self, places: Places) -> list[Match]:
        """Return the rules that are met, each once, in the order of the words."""
        met: dict[str, Match] = {}
        for slot in places:
            for pattern, rule in self._by_slot.get(slot, ()):
                if rule.id not in met and (hit := self.meets(rule, pattern, places)):
                    met[rule.id] = Match(rule, hit)
        return sorted(met.values(), key=lambda match: (match.hit, match.rule.id))

    def undone(self, places: Places) -> list[Match]:
        """Return the rules whose words are there, but undone by a negation or an exception."""
        met = {match.rule.id for match in self.matches(places)}
        found: dict[str, Match] = {}
        for slot in places:
            for pattern, rule in self._by_slot.get(slot, ()):
                if rule.id not in met and (hit := find(pattern, places)):
                    found.setdefault(rule.id, Match(rule, hit))
        return sorted(found.values(), key=lambda match: (match.hit, match.rule.id))

    def meets(self, rule: Rule, pattern: Pattern, places: Places) -> Hit | None:
        """Return where a pattern of a rule is met, unless something undoes it."""
        hit = find(pattern, places)
        if hit is None or any(find(other, places) for other in rule.unless):
            return None
        if rule.negatable and self._negated(hit, places):
            return None
        return hit

    def _negated(self, hit: Hit, places: Places) -> bool:
        near = range(hit[0] - _NEGATED_WITHIN, hit[0])
        return any(
            index in near
            for pattern in self._negators
            for index in places.get(pattern[0].slots[0], ())
        )

    def _add(self, rule: Rule) -> None:
        self.rules.append(rule)
        for pattern in rule.patterns:
            self._by_slot.setdefault(_rarest(pattern), []).append((pattern, rule))

    def _rule(self, table: Table) -> Rule:
        name = str(table.get("id", "a rule without id"))
        category = str(table.get("category", ANY))
        if category not in (*CATEGORIES, ANY):
            raise BrokenLexicon(f"{self.language}, {name}: no category is called {category}")
        return Rule(
            id=name,
            category=category,
            weight=_share(table, "weight", 0.0),
            urgency=_share(table, "urgency", 0.0),
            factor=_share(table, "factor", 1.0),
            negatable=table.get("negatable") is True,
            wants_harm=table.get("wants_harm") is True,
            asks=table.get("asks") is True,
            patterns=self._parse(name, list(_texts(table, "any"))),
            unless=self._parse(name, list(_texts(table, "unless"))),
        )

    def _parse(self, name: str, patterns: list[str]) -> tuple[Pattern, ...]:
        try:
            return tuple(self.slots.parse(pattern) for pattern in patterns)
        except BrokenPattern as broken:
            raise BrokenLexicon(f"{self.language}, {name}: {broken}") from broken


def _rarest(pattern: Pattern) -> int:
    """Return the slot that is looked up: any would do, the last of the longest part is rare."""
    longest: Chain = max(pattern, key=lambda chain: len(chain.slots))
    return longest.slots[-1]


def _share(table: Table, key: str, default: float) -> float:
    value = table.get(key, default)
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BrokenLexicon(f"{table.get('id')}: {key} must be a number from 0 to 1")
    return float(value)


def _texts(table: Table, key: str) -> tuple[str, ...]:
    value = table.get(key, ())
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise BrokenLexicon(f"{table.get('id', key)}: {key} must be a list of texts")
    return tuple(value)


def _tables(data: Table, key: str) -> tuple[Table, ...]:
    value = data.get(key, ())
    if not isinstance(value, list | tuple) or not all(isinstance(item, Mapping) for item in value):
        raise BrokenLexicon(f"[[{key}]] must be tables")
    return tuple(cast("list[Table]", value))


def _lists(data: Table, key: str) -> dict[str, tuple[str, ...]]:
    value = data.get(key, {})
    if not isinstance(value, Mapping):
        raise BrokenLexicon(f"[{key}] must be a table of lists")
    return {str(name): _texts(value, str(name)) for name in value}
