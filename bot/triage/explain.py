"""How a reading came about, for those who judge it: psychologists, authors, a helpline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from bot.engine.content import Lexicon
from bot.engine.events import Reading, Severity
from bot.engine.words import Origins
from bot.triage.ears import Ears, ears_of
from bot.triage.encoder import Judged
from bot.triage.patterns import find
from bot.triage.reading import explained, said, words_at
from bot.triage.rules import CATEGORIES, Match, Rules
from bot.triage.told import told
from bot.triage.weighing import Seen, likely, weighed
from bot.triage.window import Found, Window


@dataclass(frozen=True, slots=True)
class Met:
    """A rule that was met, by which words; ``factor`` below 1 makes all others lighter."""

    rule: str
    words: str
    category: str
    weight: float
    urgency: float
    factor: float


@dataclass(frozen=True, slots=True)
class Undone:
    """A rule whose words are there but do not count: ``by`` is ``negation`` or ``exception``."""

    rule: str
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Said:
    """What each witness adds to the log-odds of grave harm; ``start`` is before any spoke.

    ``encoder`` is None where it was not asked.
    """

    start: float
    rules: float
    cues: float
    lighter: float
    few_words: float
    encoder: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that made a reading.

    ``decided`` names what settled it. ``part`` is, of a long text, what was read as gravest.
    ``likely``, ``worrying`` and ``urgent`` are shares from 0 to 1, with those from which a text
    is raised, asked about, or an emergency.
    """

    reading: Reading
    decided: str
    part: str = ""
    rules: tuple[Met, ...] = ()
    lighter: tuple[Met, ...] = ()
    undone: tuple[Undone, ...] = ()
    phrase: str = ""
    said: Said | None = None
    encoder: str = "silent"  # asked, sure, elsewhere, silent
    kind: str = ""  # of harm that the encoder names
    likely: float = 0.0
    raised_from: float = 1.0
    worrying: float = 0.0
    asked_from: float = 1.0
    urgent: float = 0.0
    emergency_from: float = 1.0

    def as_json(self, language: str) -> dict[str, object]:
        """Return it for programs, with sentences for people in ``says``."""
        facts = asdict(replace(self, reading=replace(self.reading, together=None)))
        reading = facts.pop("reading")
        read = {name: reading[name] for name in ("alarm", "urgency", "repeats", "wants_harm")}
        return {**read, **facts, "says": told(self, language)}


def explanation(text: str, lexicons: Mapping[str, Lexicon]) -> Explanation:
    """Return how the reading of a text alone came about."""
    reading, window = (found := explained(text, lexicons)).reading, found.window
    if window is None:
        return Explanation(reading, "call" if said(text) else "nothing")
    ears, origins = ears_of(tuple(lexicons.values())), Origins(text)
    met = [_met(each, origins) for each in window.found]
    weighing, whole = ears.weighing, _whole(window, text)
    odds = {head: _odds(window, ears, head) for head in ("grave", "worry", "urgent")}
    return Explanation(
        reading,
        _decided(window, reading, odds, ears),
        part="" if whole else words_at(origins, window.plain[0].start, window.plain[-1].end),
        rules=tuple(each for each in met if each.factor == 1),
        lighter=tuple(each for each in met if each.factor < 1),
        undone=tuple(_undone(window, text, ears)),
        phrase=words_at(origins, *window.phrase) if window.phrase else "",
        said=_said(window, ears),
        encoder=_asked(window),
        kind=_kind(window.judged) if window.judged else "",
        likely=_share(window.odds),
        raised_from=_share(window.odds - window.learned),
        worrying=_share(odds["worry"]),
        asked_from=_share(weighing.asks),
        urgent=_share(window.urgency + weighing.hurries),
        emergency_from=_share(weighing.hurries),
    )


def for_people(found: Explanation, language: str) -> str:
    """Return an explanation as lines that people read."""
    return "\n".join(told(found, language))


def _met(found: Found, origins: Origins) -> Met:
    rule = found.match.rule
    words = words_at(origins, found.start, found.end)
    return Met(rule.id, words, rule.category, rule.weight, rule.urgency, rule.factor)


def _whole(window: Window, text: str) -> bool:
    tokens = said(text)
    first, last = window.plain[0].start, window.plain[-1].end
    return first <= tokens[0].start and tokens[-1].end <= last


def _undone(window: Window, text: str, ears: Ears) -> Iterator[Undone]:
    origins, first, last = Origins(text), window.plain[0].start, window.plain[-1].end
    part = [token for token in said(text) if first <= token.start and token.end <= last]
    for rules in ears.rules:
        words = rules.spelling.words(part)
        places = rules.slots.places(words)
        for match in rules.undone(places):
            start, end = words[match.hit[0]].start, words[match.hit[1]].end
            by = _undoes(match, rules, places)
            yield Undone(match.rule.id, words_at(origins, start, end), by)


def _undoes(match: Match, rules: Rules, places: Mapping[int, Sequence[int]]) -> str:
    excepted = any(find(pattern, places) for pattern in match.rule.unless)
    return "exception" if excepted else "negation"


def _odds(window: Window, ears: Ears, head: str) -> float:
    if window.judged is None:
        return weighed(ears.weighing.alone[head], *window.seen)
    return weighed(ears.weighing.both[head], *window.seen, *window.judged[:3])


def _said(window: Window, ears: Ears) -> Said:
    judged = window.judged
    factors = (ears.weighing.both if judged else ears.weighing.alone)["grave"]
    start, *counted = factors
    seen = Seen(*(f * value for f, value in zip(counted, window.seen, strict=False)))
    answers = judged[:3] if judged else ()
    heard = [f * value for f, value in zip(counted[len(seen) :], answers, strict=True)]
    return Said(
        start=round(start, 2),
        rules=round(seen.rules + seen.urgency, 2),
        cues=round(seen.grave + seen.worry + seen.urgent, 2),
        lighter=round(seen.doubt, 2),
        few_words=round(seen.few, 2),
        encoder=round(sum(heard), 2) if judged else None,
    )


def _asked(window: Window) -> str:
    if window.judged:
        return "asked"
    return "sure" if window.asks else "elsewhere"


def _kind(judged: Judged) -> str:
    return CATEGORIES[judged.kinds.index(max(judged.kinds))]


def _share(odds: float) -> float:
    return round(likely(odds), 3)


def _decided(window: Window, reading: Reading, odds: Mapping[str, float], ears: Ears) -> str:
    """Return the name of what settled the reading; ``told`` has the sentence for each."""
    grave = window.learned >= 0
    if reading.repeats and window.severity > Severity.CONCERN:
        return "quotation"
    if reading.severity > Severity.CONCERN:
        return "together" if grave else "rule"
    if grave and window.alarm < 0:
        return "few_words"
    if reading.severity is Severity.CONCERN:
        return "worry" if odds["worry"] >= ears.weighing.asks else "rule_asks"
    return "harmless"
