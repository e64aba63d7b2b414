"""Reads ``roles.toml``; anything unknown in it stops the start (S25)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.staff.service import ROLES

ANYONE = "anyone"


class RightsBroken(Exception):
    """The rights file names what does not exist: the service must not start."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do one thing, and under which conditions."""

    roles: frozenset[str]
    when: tuple[str, ...]
    fresh: bool = False

    @property
    def public(self) -> bool:
        """Whether no sign-in is needed."""
        return ANYONE in self.roles

    def allows(self, roles: Iterable[str]) -> bool:
        """Whether one of these roles suffices (conditions aside)."""
        return not self.roles.isdisjoint(roles)


Rules = Mapping[str, Rule]


def load(text: str, *, conditions: Iterable[str]) -> Rules:
    """The rule of each action. Raises ``RightsBroken`` at the first thing unknown."""
    known, rules = set(conditions), {}
    for action, entry in _actions(text).items():
        if (
            not isinstance(entry, dict)
            or not entry.get("roles")
            or entry.keys() - {"roles", "when", "fresh"}
            or not isinstance(entry.get("fresh", False), bool)
        ):
            raise RightsBroken(f"{action}: wants roles, and perhaps when and fresh")
        rule = Rule(
            frozenset(entry["roles"]), tuple(entry.get("when", ())), entry.get("fresh", False)
        )
        if unknown := rule.roles - {*ROLES, ANYONE}:
            raise RightsBroken(f"{action}: no such role: {', '.join(sorted(unknown))}")
        if strange := set(rule.when) - known:
            raise RightsBroken(f"{action}: no such condition: {', '.join(sorted(strange))}")
        rules[action] = rule
    return rules


def shipped(*, conditions: Iterable[str]) -> Rules:
    """The rules that come with the service."""
    file = Path(__file__).with_name("roles.toml")
    return load(file.read_text(encoding="utf-8"), conditions=conditions)


def _actions(text: str) -> dict[str, object]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RightsBroken(f"roles.toml cannot be read: {error}") from None
    if found.keys() != {"actions"}:
        raise RightsBroken("roles.toml holds one table: actions")
    actions: dict[str, object] = found["actions"]
    return actions
