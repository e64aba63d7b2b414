"""From a text to a reading: cut into windows, each weighed, the gravest one counts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from bot.engine.content import Lexicon
from bot.engine.events import NOTHING_READ, Evidence, Reading, Severity
from bot.engine.words import Origins, Token, unaccented
from bot.triage.concepts import SPELLING
from bot.triage.cues import loudest_places
from bot.triage.ears import Ears, ears_of, language_of
from bot.triage.spelling import Word, tokens_of
from bot.triage.weighing import likely
from bot.triage.window import Window

_EVIDENCE_LENGTH = 60
_REASONS_AT_MOST = 12
_WINDOW, _STEP = 60, 40  # words read together; evidence further apart does not add up
_BEFORE, _AFTER = 11, 4  # words that the narrow reading of a place takes in
_WORST = 4  # windows that are also read narrowly, round their worst place
_WINDOWS_AT_MOST = 50  # read in full: 10,000 characters; of more, those that sound worst
_ASKED_AT_MOST = 3  # windows about which the encoder may be asked
_ADDRESS = re.compile(
    r"(?:https?://|www\.|\bt\.me/|\b[a-z0-9-]+\.(?:com|net|org|al|be|gg)/)[^\s,;|<>()\"“”]+"
)


@dataclass(frozen=True, slots=True)
class Explained:
    """A reading, and the window that it comes from; None where no word was weighed."""

    reading: Reading
    window: Window | None


def read(text: str, lexicons: Mapping[str, Lexicon], before: Sequence[str] = ()) -> Reading:
    """Return how grave a text is, in all languages at once, and which words say so.

    ``before`` are the texts just before it, the oldest first: where the text alone is not
    raised, ``together`` is what they tell with it. Never raises on any text, and looks at no
    more than the first 20,000 characters.

    Raises ``BrokenLexicon``, ``ValueError`` or ``OSError`` when lexicons, cues or models cannot
    be used: call it once at start.
    """
    alone = explained(text, lexicons).reading
    if not before or alone.severity > Severity.CONCERN:
        return alone
    joined = explained("\n".join((*before, text)), lexicons, closely=False)
    return replace(alone, together=joined.reading)


def explained(text: str, lexicons: Mapping[str, Lexicon], *, closely: bool = True) -> Explained:
    """Return the reading of a text alone, with what it was made of.

    ``closely``: each of its lines may count by itself, which texts joined afterwards did
    when they came.
    """
    found, line = said(text), unaccented(text)
    if not found:
        return Explained(NOTHING_READ, None)
    ears = ears_of(tuple(lexicons.values()))
    typed = tuple(token.word for token in found)
    if typed in ears.calls:
        return Explained(replace(NOTHING_READ, language=language_of(ears, found)), None)
    plain = SPELLING.words(found)
    parts = [found[first:last] for first, last in _windows(plain, ears)]
    windows = [Window(part, line, ears) for part in parts]
    if closely:
        windows += [Window(part, line, ears) for part in _closer(found, windows, line)]
    repeats = typed in ears.secrets or ears.quoted.holds([word.key for word in plain])
    by_alarm = sorted(windows, key=lambda each: -each.alone)
    for window in by_alarm[0 if repeats else _ASKED_AT_MOST :]:  # a repeat is never raised
        window.asks = False
    gravest = max(windows, key=lambda window: (window.severity, window.alarm))
    language = language_of(ears, chain.from_iterable(parts))
    return Explained(_reading(gravest, text, ears, language, repeats=repeats), gravest)


def _windows(plain: Sequence[Word], ears: Ears) -> list[tuple[int, int]]:
    """Return the parts that are read in full: all of most texts, of the longest the worst.

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
    narrow = {(max(0, peaks[n] - _BEFORE), peaks[n] + _AFTER) for n in worst[:_WORST]}
    return [*((n, n + _WINDOW) for n in worst), *sorted(narrow)]


def _closer(found: Sequence[Token], windows: Sequence[Window], line: str) -> list[Sequence[Token]]:
    """Return narrow readings of the words of strong rules, within their line of the text.

    What was learned of small talk around them must not outweigh what somebody wrote a rule
    for; the places that sound worst need not be those.
    """
    if len(found) <= _WINDOW and "\n" not in line:
        return []
    starts = [token.start for token in found]
    spans = {each for window in windows for each in window.strongest}
    places = [(bisect_left(starts, start), bisect_left(starts, end)) for start, end in spans]
    words = {
        tuple(each.word for each in found[first:last]): (first, last) for first, last in places
    }
    near = sorted(words.values())[:_WORST]  # what is written again and again is read once
    return [_of_one_line(found, first, last, line) for first, last in near]


def _of_one_line(found: Sequence[Token], first: int, last: int, line: str) -> Sequence[Token]:
    begins = line.rfind("\n", 0, found[first].start)
    ends = line.find("\n", found[last - 1].end)
    near = found[max(0, first - _BEFORE) : last + _AFTER]
    return [each for each in near if begins < each.start and (ends < 0 or each.end <= ends)]


def _reading(window: Window, text: str, ears: Ears, language: str, *, repeats: bool) -> Reading:
    severity = min(window.severity, Severity.CONCERN) if repeats else window.severity
    harmless = severity is Severity.NONE
    return Reading(
        severity,
        "none" if harmless else window.category,
        round(likely(window.odds), 3),
        () if harmless else _reasons(window, Origins(text)),
        language,
        alarm=round(window.alarm, 3),
        urgency=round(window.urgency, 3),
        repeats=repeats,
        wants_harm=window.wants_harm and not repeats,
    )


def _reasons(window: Window, origins: Origins) -> tuple[Evidence, ...]:
    reasons = [
        Evidence(each.match.rule.id, words_at(origins, each.start, each.end))
        for each in window.reasons[:_REASONS_AT_MOST]
    ]
    if phrase := window.phrase:
        reasons.append(Evidence("cues", words_at(origins, *phrase)))
    return tuple(reasons)


def said(text: str) -> list[Token]:
    """Return the words that somebody said: what stands in an address was pasted with it."""
    tokens = tokens_of(text)
    pasted = [match.span() for match in _ADDRESS.finditer(unaccented(text))]
    if not pasted:
        return tokens
    starts = [first for first, _ in pasted]
    within = [bisect_right(starts, token.start) - 1 for token in tokens]
    return [
        token
        for token, place in zip(tokens, within, strict=True)
        if place < 0 or token.start >= pasted[place][1]
    ]


def words_at(origins: Origins, start: int, end: int) -> str:
    """Return the words of the text as typed, cut where they are too many to show."""
    return origins.of(start, end).strip()[:_EVIDENCE_LENGTH]
