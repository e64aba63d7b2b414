"""The sentences of letters and documents: data, read once, in the recipient's language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.console.amounts import moment
from api.filing.recipients import platform_name
from api.filing.values import Facts, Target

_LOCALES = {"sq": "sq", "en": "en_GB"}
_ANSWERS = ("now", "still", "safe", "given", "in_picture")


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language."""

    language: str
    lines: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]

    def say(self, line: str, facts: Facts) -> str:
        """A sentence with its holes filled."""
        return self.lines[line].format(
            helpline=facts.sender.name or self.lines["helpline"],
            number=facts.reference,
            received=moment(facts.received_at, locale=_LOCALES[self.language]),
            email=facts.sender.email,
            kind=self.words["kind"][facts.kind],
            file=self.lines["file"],
        )

    def subject(self, facts: Facts) -> str:
        """What the matter is, for the top of a letter."""
        return self.say("subject_urgent" if facts.happening_now else "subject", facts)

    def ask_back(self, facts: Facts) -> str:
        """Where the answer should go."""
        return self.say("reply" if facts.sender.email else "reply_no_mail", facts)

    def pairs(self, facts: Facts) -> list[tuple[str, str]]:
        """What is known, each with its name; what was left out has no line."""
        return [(self.words["field"][name], text) for name, text in self._known(facts) if text]

    def _known(self, facts: Facts) -> Iterator[tuple[str, str]]:
        for name in ("kind", "reporter", "band", "country", "place"):
            yield name, self._word(name, getattr(facts, name))
        yield from (
            ("app", platform_name(facts.app)),
            ("where", facts.where),
            ("suspect", facts.suspect),
        )
        yield "when", self._word("when", facts.when)
        for name in _ANSWERS:
            yield name, self._word("answer", getattr(facts, name))
        yield "demand", ", ".join(self._word("demand", one) for one in facts.demand)
        yield "deadline", self._word("deadline", facts.deadline)

    def _word(self, group: str, value: str) -> str:
        """The word for a choice; what was typed instead stays as it is."""
        return self.words[group].get(value, value)


@cache
def texts(language: str) -> Texts:
    """The sentences of this language; raises ``KeyError`` for one that has none."""
    path = Path(__file__).with_name("texts.toml")
    found = tomllib.loads(path.read_text(encoding="utf-8"))[language]
    lines = {name: text.strip() for name, text in found.items() if isinstance(text, str)}
    words = {name: group for name, group in found.items() if isinstance(group, dict)}
    return Texts(language, lines, words)


def exact(targets: tuple[Target, ...]) -> bytes:
    """The addresses word for word, one a line: for machines, not to be pressed."""
    return "".join(f"{one.exact}\n" for one in targets).encode()
