"""A stretch of words and what the witnesses say of it: rules, cues and, if unsure, the encoder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from bot.engine.events import Severity
from bot.engine.words import Token
from bot.triage.concepts import SPELLING
from bot.triage.cues import Pointed, loudest_places
from bot.triage.ears import Ears
from bot.triage.encoder import Judged
from bot.triage.rules import ANY, CATEGORIES, Match, Rules
from bot.triage.weighing import Seen, lengthy, weighed

_FEW = 4  # fewer words are not raised by what was learned alone
_RULES_ASK, _RULES_RAISE = 0.28, 0.7  # what rules alone do, when nothing makes doubtful
_TELLS = 0.45  # the weight of a rule that tells of more than what is only asked about
_CLEARLY = 2.0  # from here on what was learned is sure
_SURELY_NOT = -1.2  # below this what was learned is sure that a strong rule errs
_NOTHING = -2.5  # below this what was learned is sure that there is nothing to ask about
_JUST = 0.1  # the alarm of what a strong rule raises alone
_NO_HURRY = ("sextortion", "image_abuse", "csam_seen", "bullying", "account_security")
_LEAST_FACTOR = 0.35  # jokes and homework make doubtful, never silent
_READ_AT_ONCE = 36  # words that the encoder sees together
_BEFORE = 24  # of them before the loudest
_SENTENCE_ENDS = re.compile(r"[.!?…](?=\s)|\n")


@dataclass(frozen=True, slots=True)
class Found:
    """A match with the place of its words in the unaccented text."""

    match: Match
    start: int
    end: int


class Kinds(NamedTuple):
    """What each witness says of each kind of harm, in the order of ``CATEGORIES``."""

    rules: Sequence[float]
    cues: Sequence[float]
    encoder: Sequence[float]


def named(kinds: Kinds, names: tuple[float, float]) -> str:
    """Return the kind of harm that most speaks for; ``names`` as in ``Weighing``."""
    said = [
        names[0] * rules + cues + names[1] * encoder
        for rules, cues, encoder in zip(*kinds, strict=True)
    ]
    return CATEGORIES[said.index(max(said))]


class Window:
    """A part of a text, ``line`` being the whole of it without accents.

    ``asks``: whether the encoder may be asked about it; set before anything else is looked at.
    """

    asks = True

    def __init__(self, part: Sequence[Token], line: str, ears: Ears) -> None:
        self._part, self._line, self._ears = part, line, ears
        found = (each for rules in ears.rules for each in _found(part, rules))
        self.found = [each for each in found if not _doubts_afar(each, line)]
        self.plain = SPELLING.words(part)
        self.factor = max(_product(each.match.rule.factor for each in self.found), _LEAST_FACTOR)
        self.scores = _scores(self.found, self.factor)
        # What the rules would say if there were no jokes, games or homework.
        self.doubted = max(_scores(self.found, 1.0).values())
        keys = [word.key for word in self.plain]
        self.pointed = Pointed(ears.cues, ears.concepts, keys)

    @cached_property
    def seen(self) -> Seen:
        """What cues and rules say."""
        urgency = _together(each.match.rule.urgency for each in self.found) * self.factor
        return Seen(
            grave=self.pointed.value("grave"),
            worry=self.pointed.value("worry"),
            urgent=self.pointed.value("urgent"),
            rules=max(self.scores.values()),
            urgency=urgency,
            doubt=1 - self.factor,
            few=float(self.pointed.length < _FEW),
        )

    @cached_property
    def alone(self) -> float:
        """What cues and rules together say of grave harm, in log-odds."""
        return weighed(self._ears.weighing.alone["grave"], *self.seen)

    @cached_property
    def judged(self) -> Judged | None:
        """What the encoder says; None where it is not asked, since the others are sure."""
        least, most = self._ears.weighing.unsure
        unsure = self.alone <= most and (least <= self.alone or self._strong)
        return self.read_whole() if self.asks and unsure else None

    def read_whole(self) -> Judged:
        """What the encoder says, asked in any case: of a long window, where it is loudest."""
        first, last = 0, len(self._part)
        if last > _READ_AT_ONCE:
            loud = self._ears.cues.loudness([word.key for word in self.plain], self._ears.concepts)
            places = loudest_places(loud)
            end = max(range(len(places)), key=lambda place: places[place])
            first = max(0, min(end - _BEFORE, last - _READ_AT_ONCE))
            last = first + _READ_AT_ONCE
        part = self._part[first:last]
        return self._ears.encoder.judge(part, self._line)

    def _odds(self, head: str) -> float:
        judged = self.judged
        if judged is None:
            return weighed(self._ears.weighing.alone[head], *self.seen)
        return weighed(self._ears.weighing.both[head], *self.seen, *judged[:3])

    @cached_property
    def odds(self) -> float:
        """How likely it tells of harm, in log-odds."""
        return self._odds("grave")

    @cached_property
    def learned(self) -> float:
        """The same from the point where what was learned raises a text of this length.

        Long texts hold more of everything: raised alike, one harmless in six would be.
        """
        weighing = self._ears.weighing
        return self.odds - weighing.raises - weighing.longer * lengthy(self.pointed.length)

    @cached_property
    def certain(self) -> bool:
        """Whether a rule that somebody wrote raises it alone."""
        return self._strong and self.learned >= _SURELY_NOT

    @property
    def _strong(self) -> bool:
        return self.seen.rules >= _RULES_RAISE and self.factor == 1

    @property
    def asks_first(self) -> bool:
        """Whether somebody wrote that such words are asked about, and no other rule is met."""
        only = [each.match.rule for each in self.found if each.match.rule.factor == 1]
        asking = self.learned < _CLEARLY and any(rule.asks for rule in only)
        return asking and not any(rule.weight >= _TELLS for rule in only if not rule.asks)

    @cached_property
    def alarm(self) -> float:
        """What all say together, in log-odds from the point where it is raised."""
        alarm = self.learned
        if self.certain:
            return max(alarm, _JUST)
        enough = self.seen.rules >= _RULES_ASK or not self.seen.few
        return alarm if enough and not self.asks_first else min(alarm, -_JUST)

    @cached_property
    def urgency(self) -> float:
        """How near the harm is, in log-odds from the point where it is an emergency.

        Where the danger comes through the phone only a rule of urgency (a deadline, despair)
        makes it one. Elsewhere a rule or the encoder must have spoken: cues alone had made
        emergencies of "after training he drives me home, just me".
        """
        urgency = self._odds("urgent") - self._ears.weighing.hurries
        if self.category in _NO_HURRY:
            return urgency if self.seen.urgency > 0 else min(urgency, -_JUST)
        written = self.seen.urgency > 0 or self.seen.rules >= _RULES_ASK
        return urgency if written or self.judged is not None else min(urgency, -_JUST)

    @cached_property
    def severity(self) -> Severity:
        """How grave it is, read alone."""
        if self.alarm >= 0:
            return Severity.EMERGENCY if self.urgency >= 0 else Severity.DISCLOSURE
        worried = self._odds("worry") >= self._ears.weighing.asks
        noted = self.seen.rules >= _RULES_ASK and self.alarm >= _NOTHING
        noted = noted or self.doubted >= _RULES_RAISE  # "lol" behind it silences nobody
        return Severity.CONCERN if worried or noted else Severity.NONE

    @cached_property
    def category(self) -> str:
        """The kind of harm that most speaks for."""
        return named(self.kinds, self._ears.weighing.names)

    @property
    def kinds(self) -> Kinds:
        """What rules, cues and the encoder say of each kind of harm."""
        judged = self.judged.kinds if self.judged else (0.0,) * len(CATEGORIES)
        cues = [self.pointed.value(name) for name in CATEGORIES]
        return Kinds([self.scores[name] for name in CATEGORIES], cues, judged)

    @property
    def strongest(self) -> list[tuple[int, int]]:
        """From where to where stand the words of rules that raise a text alone, doubted or not."""
        raising = (each for each in self.found if each.match.rule.weight >= _RULES_RAISE)
        return [(each.start, each.end) for each in raising]

    @property
    def reasons(self) -> list[Found]:
        """The rules that count for its kind of harm, in the order of the words."""
        kinds = (self.category, ANY)
        return [
            each
            for each in self.found
            if each.match.rule.category in kinds and each.match.rule.factor == 1
        ]

    @property
    def phrase(self) -> tuple[int, int] | None:
        """From where to where stand the words that weighed most for the cues."""
        loudest = self.pointed.loudest(self._ears.hollow)
        return loudest and (self.plain[loudest[0]].start, self.plain[loudest[1]].end)

    @property
    def wants_harm(self) -> bool:
        """Whether a rule for those who mean to harm children was met."""
        return self.factor == 1 and any(each.match.rule.wants_harm for each in self.found)


def _found(part: Sequence[Token], rules: Rules) -> list[Found]:
    words = rules.spelling.words(part)
    matches = rules.matches(rules.slots.places(words))
    return [Found(match, words[match.hit[0]].start, words[match.hit[1]].end) for match in matches]


def _doubts_afar(found: Found, line: str) -> bool:
    """Whether a doubt joins words of two lines or sentences: what stands in another is no joke."""
    if found.match.rule.factor == 1:
        return False
    return _SENTENCE_ENDS.search(line, found.start, found.end) is not None


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
