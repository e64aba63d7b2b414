"""Marks in a child's words what the triage saw, and nothing else; the rest stays inert."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape


def marked(text: str, evidence: Iterable[str]) -> Markup:
    """The text, escaped, with the evidence in ``<mark>``; accents and case do not matter.

    Taken together, the marked text shows exactly the characters of ``text``.
    """
    pieces, place = [], 0
    for start, end in _spans(text, evidence):
        pieces.append(escape(text[place:start]))
        pieces.append(Markup("<mark>{}</mark>").format(text[start:end]))
        place = end
    return Markup("").join([*pieces, escape(text[place:])])


def _spans(text: str, evidence: Iterable[str]) -> list[tuple[int, int]]:
    """Where evidence stands in the text, in order and without overlap."""
    folded, origin = _fold(text)
    found = []
    for words in evidence:
        wanted, _ = _fold(words)
        start = folded.find(wanted) if wanted.strip() else -1
        if start >= 0:
            found.append((origin[start], origin[start + len(wanted) - 1] + 1))
    return _apart(sorted(found))


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _fold(text: str) -> tuple[str, list[int]]:
    """Letters without accents and case, and for each the place where it came from."""
    letters, origin = [], []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKD", letter).casefold():
            if not unicodedata.combining(part):
                letters.append(part)
                origin.append(place)
    return "".join(letters), origin
