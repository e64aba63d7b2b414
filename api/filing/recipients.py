"""Who takes reports, and which report is suggested to whom: data, read once at start."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from api.filing.refusals import NotForRecipient
from api.filing.values import Facts

FORMS = ("iwf", "ncmec", "letter", "document")
_PLATFORM = "platform"
_PREFIX = f"{_PLATFORM}:"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One body that takes reports; ``hint`` is where, as public sources say.

    ``asks``: what is asked for there, the ``removal`` of addresses or an ``inquiry``.
    """

    id: str
    name: str
    way: str
    language: str
    asks: str = ""
    hint: str = ""
    source: str = ""

    @property
    def group(self) -> str:
        """What a reporter is told instead of a name: all platforms are one."""
        return self.id.partition(":")[0]

    @property
    def mail_name(self) -> str:
        """Its name in ``SIGURT_MAIL_TO``."""
        return self.id.removeprefix(_PREFIX)


@dataclass(frozen=True, slots=True)
class Rule:
    """A suggestion and what a report must say for it."""

    id: str
    to: str
    wants: Mapping[str, tuple[str, ...]]

    def fits(self, facts: Facts) -> bool:
        """Whether every named answer is one of those wanted."""
        said = _said(facts)
        return all(_meets(name, values, said) for name, values in self.wants.items())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A recipient, and the rules for which it is suggested."""

    recipient: Recipient
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All recipients by id, and all rules in their order."""

    recipients: Mapping[str, Recipient]
    rules: tuple[Rule, ...]

    def get(self, recipient_id: str) -> Recipient:
        """The recipient; raises ``NotForRecipient`` for one that is none."""
        found = self.recipients.get(recipient_id)
        if found is None:
            raise NotForRecipient()
        return found

    def suggested(self, facts: Facts) -> list[Suggestion]:
        """To whom this report should go, each once, in the order of the rules."""
        found: dict[str, list[str]] = {}
        for rule in self.rules:
            if rule.fits(facts):
                for recipient_id in self._meant(rule, facts):
                    found.setdefault(recipient_id, []).append(rule.id)
        return [Suggestion(self.recipients[one], tuple(rules)) for one, rules in found.items()]

    def _meant(self, rule: Rule, facts: Facts) -> Iterator[str]:
        if rule.to != _PLATFORM:
            yield rule.to
            return
        for platform in _said(facts)["platform"]:
            if f"{_PREFIX}{platform}" in self.recipients:
                yield f"{_PREFIX}{platform}"


@cache
def shipped() -> Catalogue:
    """The catalogue of ``recipients.toml``."""
    return load(Path(__file__).with_name("recipients.toml"))


def platform_name(platform: str) -> str:
    """The name of a platform; what is none of those known stays as it was typed."""
    found = shipped().recipients.get(f"{_PREFIX}{platform}")
    return found.name if found else platform


def load(path: Path) -> Catalogue:
    """A catalogue; raises ``ValueError`` where a rule names nobody or nothing known."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    recipients = {one["id"]: Recipient(**one) for one in found["recipient"]}
    if wrong := [one.id for one in recipients.values() if one.way not in FORMS]:
        raise ValueError(f"no form for {wrong}")
    rules = tuple(_rule(row, recipients) for row in found["rule"])
    return Catalogue(recipients, rules)


def _rule(row: Mapping[str, Any], recipients: Mapping[str, Recipient]) -> Rule:
    wants = {name: tuple(values) for name, values in row.items() if name not in ("id", "to")}
    if row["to"] != _PLATFORM and row["to"] not in recipients:
        raise ValueError(f"rule {row['id']} is for nobody")
    if wrong := wants.keys() - _NAMES:
        raise ValueError(f"rule {row['id']} asks for {sorted(wrong)}")
    return Rule(row["id"], row["to"], wants)


_NAMES = {"kind", "now", "safe", "still", "place", "target", "platform", "domain"}


def _said(facts: Facts) -> Mapping[str, tuple[str, ...]]:
    platforms = dict.fromkeys([facts.app, *(one.platform for one in facts.targets)])
    return {
        **{"kind": (facts.kind,), "now": (facts.now,), "safe": (facts.safe,)},
        **{"still": (facts.still,), "place": (facts.place,)},
        "target": tuple(one.kind for one in facts.targets),
        "platform": tuple(name for name in platforms if name),
        "domain": tuple(one.domain for one in facts.targets if one.domain),
    }


def _meets(name: str, values: tuple[str, ...], said: Mapping[str, tuple[str, ...]]) -> bool:
    if name == "domain":
        return any(one.endswith(values) for one in said[name])
    return any(one in values for one in said[name])
