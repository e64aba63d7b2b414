"""The form as data: reads ``form.toml`` and checks it; anything wrong stops the start."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.console.words import WORDS
from api.contacts.values import OUTCOMES

KINDS = ("one", "several", "text", "date", "hours")
_KEYS = {"id", "kind", "words", "options", "tree", "calls", "needed", "when", "extra"}
_CHOICES = ("one", "several")

Answers = Mapping[str, tuple[str, ...]]
"""What stands in a form: by field, what was chosen or written; an empty field is absent."""


class FormBroken(Exception):
    """The form's definition is wrong: the service must not start."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``when`` is another field and the answer of it that this one waits for."""

    id: str
    kind: str
    words: str
    options: tuple[str, ...]
    tree: bool
    calls: frozenset[str]
    needed: bool
    when: tuple[str, str] | None
    extra: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that stand together under a heading."""

    id: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form. ``closes`` is the outcome of each call that asks for nothing more."""

    sections: tuple[Section, ...]
    data: tuple[str, ...]
    closes: Mapping[str, str]
    tree: Mapping[str, tuple[str, ...]]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in order."""
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, name: str) -> Field:
        """The field of this id."""
        return next(field for field in self.fields if field.id == name)

    def asked(self, answers: Answers) -> list[Field]:
        """The fields that count for what was answered so far; before a type is chosen, all."""
        [call] = answers.get("call_type", ("",))
        return [field for field in self.fields if _is_asked(field, call, answers)]

    def missing(self, answers: Answers) -> tuple[str, ...]:
        """The needed fields that are empty, in order."""
        asked = self.asked(answers)
        return tuple(field.id for field in asked if field.needed and field.id not in answers)

    def progress(self, answers: Answers) -> tuple[int, int]:
        """How many of the fields that count are filled in, and how many there are."""
        counted = [field.id for field in self.asked(answers) if not field.extra]
        return sum(name in answers for name in counted), len(counted)

    def outcome(self, answers: Answers) -> str:
        """How a finished contact ended."""
        [call] = answers["call_type"]
        return self.closes.get(call) or answers["outcome"][0]


def _is_asked(field: Field, call: str, answers: Answers) -> bool:
    if call and call not in field.calls:
        return False
    if field.when is None:
        return True
    name, wanted = field.when
    return wanted in answers.get(name, ())


def load(text: str, words: Mapping[str, Mapping[str, str]] = WORDS) -> Form:
    """The form of this text. Raises ``FormBroken`` at the first thing wrong."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormBroken(f"form.toml cannot be read: {error}") from None
    if found.keys() != {"calls", "outcome", "section", "tree"}:
        raise FormBroken("form.toml holds calls, outcome, section and tree")
    data, rest = tuple(found["calls"]["data"]), tuple(found["calls"]["rest"])
    tree = {branch: tuple(leaves) for branch, leaves in found["tree"].items()}
    sections = tuple(_section(entry, data, tree) for entry in found["section"])
    form = Form(sections, data, dict(found["outcome"]), tree)
    _check_ids(form)
    _check_calls(form, (*data, *rest), rest)
    _check_when(form)
    _check_words(form, words)
    return form


def _section(
    entry: Mapping[str, Any], data: Sequence[str], tree: Mapping[str, tuple[str, ...]]
) -> Section:
    return Section(entry["id"], tuple(_field(each, data, tree) for each in entry["field"]))


def _field(
    entry: Mapping[str, Any], data: Sequence[str], tree: Mapping[str, tuple[str, ...]]
) -> Field:
    name = entry.get("id", "")
    if unknown := entry.keys() - _KEYS:
        raise FormBroken(f"{name}: unknown key: {', '.join(sorted(unknown))}")
    if not name or entry.get("kind") not in KINDS:
        raise FormBroken(f"{name or 'a field without id'}: no such kind: {entry.get('kind')}")
    options = _leaves(tree) if entry.get("tree") else tuple(entry.get("options", ()))
    if bool(options) != (entry["kind"] in _CHOICES):
        raise FormBroken(f"{name}: a choice has options, and nothing else has")
    when = entry.get("when")
    return Field(
        id=name,
        kind=entry["kind"],
        words=entry.get("words", ""),
        options=options,
        tree=entry.get("tree", False),
        calls=frozenset(entry.get("calls", data)),
        needed=entry.get("needed", False),
        when=(when["field"], when["is"]) if when else None,
        extra=entry.get("extra", False),
    )


def _leaves(tree: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"{branch}.{leaf}" for branch, leaves in tree.items() for leaf in leaves)


def _check_ids(form: Form) -> None:
    _once("section", [section.id for section in form.sections])
    _once("field", [field.id for field in form.fields])
    for field in form.fields:
        _once(f"option of {field.id}", field.options)
    for branch, leaves in form.tree.items():
        if leaves[-1:] != ("other",):
            raise FormBroken(f"{branch}: a branch of the tree ends in other")


def _once(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise FormBroken(f"{what} named twice: {name}")
        seen.add(name)


def _check_calls(form: Form, calls: Sequence[str], rest: Sequence[str]) -> None:
    if form.field("call_type").options != tuple(calls):
        raise FormBroken("call_type: its options are the calls, in their order")
    for field in form.fields:
        if unknown := field.calls - set(calls):
            raise FormBroken(f"{field.id}: no such call: {', '.join(sorted(unknown))}")
    if form.closes.keys() != set(rest) or not set(form.closes.values()) <= set(OUTCOMES):
        raise FormBroken("outcome: each call of the rest has one of the outcomes")
    if form.field("outcome").options != OUTCOMES:
        raise FormBroken("outcome: its options are the outcomes of a contact")


def _check_when(form: Form) -> None:
    options = {field.id: field.options for field in form.fields}
    for field in form.fields:
        if field.when and field.when[1] not in options.get(field.when[0], ()):
            raise FormBroken(f"{field.id}: waits for an answer that cannot be given")


def _check_words(form: Form, words: Mapping[str, Mapping[str, str]]) -> None:
    named = [("form_section", section.id) for section in form.sections]
    for field in form.fields:
        named += [("form_field", field.id), *((field.words, option) for option in field.options)]
    named += [("form_category", branch) for branch in form.tree]
    for kind, value in named:
        if value not in words.get(kind, {}):
            raise FormBroken(f"no word for {value} of {kind}")


FORM = load(Path(__file__).with_name("form.toml").read_text(encoding="utf-8"))
