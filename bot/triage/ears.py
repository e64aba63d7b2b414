"""What reading needs, made ready once for a set of lexicons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from bot.engine.content import Lexicon
from bot.engine.words import Token, tokens
from bot.triage.concepts import SPELLING, Concepts
from bot.triage.cues import Cues, loaded
from bot.triage.encoder import Encoder
from bot.triage.kept import encoder, weighing
from bot.triage.quoted import Quoted
from bot.triage.rules import Rules
from bot.triage.spelling import tokens_of
from bot.triage.weighing import Weighing

_COMPILED_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Ears:
    """Everything that reading needs."""

    lexicons: tuple[Lexicon, ...]
    rules: tuple[Rules, ...]
    cues: Cues
    concepts: Concepts
    encoder: Encoder
    weighing: Weighing
    quoted: Quoted
    calls: frozenset[tuple[str, ...]]  # words that ask for a person, the menu, a language
    secrets: frozenset[tuple[str, ...]]
    hollow: frozenset[str]  # words that say nothing by themselves


_compiled: dict[int, tuple[Lexicon, Rules]] = {}
_ready: dict[tuple[int, ...], Ears] = {}


def ears_of(lexicons: tuple[Lexicon, ...]) -> Ears:
    """Return what reads with these lexicons, made ready the first time."""
    name = tuple(id(lexicon) for lexicon in lexicons)
    known = _ready.get(name)
    if known and all(a is b for a, b in zip(known.lexicons, lexicons, strict=True)):
        return known
    if len(_ready) >= _COMPILED_AT_MOST:
        _ready.clear()
    ears = _ready[name] = made_ready(lexicons, weighing())
    return ears


def _calls(lexicon: Lexicon) -> Iterable[tuple[str, ...]]:
    yield from (lexicon.safe_words, lexicon.exit_words, lexicon.help_words)
    yield from (lexicon.person_words, lexicon.robot_words)
    yield from (lexicon.language_words, lexicon.menu_words)
    yield from (lexicon.report_words, lexicon.code_words)


def made_ready(lexicons: tuple[Lexicon, ...], weighed: Weighing) -> Ears:
    """Return what reads with these lexicons, the witnesses weighed like this."""
    rules = tuple(rules_of(lexicon) for lexicon in lexicons)
    calls = [phrase for each in lexicons for phrases in _calls(each) for phrase in phrases]
    secrets = chain.from_iterable(each.secret_words for each in lexicons)
    return Ears(
        lexicons=lexicons,
        rules=rules,
        cues=loaded(lexicons[0].cues),
        concepts=Concepts(lexicons),
        encoder=encoder(),
        weighing=weighed,
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


def language_of(ears: Ears, found: Iterable[Token]) -> str:
    """Return the language whose common words are there, or ``mixed`` for more than one."""
    words = list(found)
    counts = {
        rules.language: sum(rules.is_common(rules.spelling.key(token.word)) for token in words)
        for rules in ears.rules
    }
    most = max(counts, key=lambda name: counts[name], default="sq")
    others = sum(count for name, count in counts.items() if name != most)
    return "mixed" if others >= 2 and others * 3 >= counts[most] else most
