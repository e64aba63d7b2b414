"""What words are about: lists that people edit, with the same names in every language.

A telling in English and one in Albanian share no word, but both speak of a photo, of
somebody who wants something, of night. So what was learned in one helps in the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.engine.content import Lexicon
from bot.triage.spelling import Spelling, key_of

SPELLING = Spelling("sq", {}, {})  # for every language; other forms are not needed here
_NEAR = 6  # words within which two concepts belong together
_REMEMBERED = 20_000
_AGES = ((5, "n_few"), (18, "n_child"), (71, "n_adult"))  # below which number, which concept


class Concepts:
    """The concepts of all lexicons, ready to be asked about words."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self._exact: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._known: dict[str, tuple[str, ...]] = {}
        for lexicon in lexicons:
            table = lexicon.data.get("concepts", {})
            for name, forms in table.items() if isinstance(table, Mapping) else ():
                for form in forms:
                    self._add(str(form), str(name))

    def _add(self, form: str, name: str) -> None:
        if form.endswith("*"):
            # The mark keeps the last letter of the stem, which the spelling might drop.
            stem = key_of(form[:-1] + "0", "sq")[:-1]
            self._stems.setdefault(stem, set()).add(name)
        else:
            self._exact.setdefault(SPELLING.key(form), set()).add(name)

    def of(self, key: str) -> tuple[str, ...]:
        """Return what a word is about, in a fixed order."""
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = tuple(sorted(self._found(key)))
        return known

    def _found(self, key: str) -> set[str]:
        found = set(self._exact.get(key, ()))
        for length in range(2, min(len(key), 24) + 1):
            found |= self._stems.get(key[:length], set())
        if key.isdecimal():
            number = int(key[:6])
            found.add(next((name for below, name in _AGES if number < below), "n_big"))
        return found

    def parts(self, keys: Sequence[str]) -> list[str]:
        """Return the concepts of a text, and every two that stand near each other in order."""
        named = [self.of(key) for key in keys]
        parts = ["@" + name for names in named for name in names]
        for place, names in enumerate(named):
            for first in names:
                start = "@" + first + ">"
                parts += [
                    start + second
                    for others in named[place + 1 : place + 1 + _NEAR]
                    for second in others
                    if second != first
                ]
        return parts
