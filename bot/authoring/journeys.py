"""Journeys from their files: the branches once, the words in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.authoring.buttons import fits_id, unfit_id
from bot.authoring.fleeting import check_fleeting
from bot.authoring.graph import check_graph, unasked
from bot.authoring.journey_words import check_adults, check_bubbles, read_words
from bot.authoring.pages import Faults, Page, Table
from bot.engine.content import BANDS, COUNTRIES, LANGUAGES, Journey, Lesson, Turn

APART = ("report",)  # questions of their own kind: see authoring.questions
NEEDED = ("onboarding", "parents", "teachers")  # the engine begins these by name
_VALUES = {
    "language": LANGUAGES,
    "country": COUNTRIES,
    "band": BANDS,
    "child_band": BANDS,
    "role": ("child", "parent", "teacher", "other"),
    "limits": ("told",),
    "onboarded": ("yes",),
}
_MOST_OPTIONS = 8


@dataclass(frozen=True, slots=True)
class JourneyPages:
    """The files of all journeys: branches by name, words by language and name."""

    branches: Mapping[str, Page]
    words: Mapping[str, Mapping[str, Page]]


def read_journeys(
    pages: JourneyPages, lessons: Mapping[str, Mapping[str, Lesson]], faults: Faults
) -> dict[str, Journey]:
    """Return the journeys that can be played, by id; a faulty one is left out."""
    topics = {lesson.topic for there in lessons.values() for lesson in there.values()}
    journeys = {}
    for name, page in pages.branches.items():
        if name in APART:
            continue
        known = faults.broken
        journey = _journey(page, name, pages.words)
        check_graph(page, journey, topics)
        check_fleeting(page, journey)
        if faults.broken == known:
            journeys[name] = journey
    for name in sorted(set(NEEDED) - pages.branches.keys()):
        faults.add(f"journeys/{name}.toml", 1, "The bot begins this journey by name. Write it.")
    for files in pages.words.values():
        for name in sorted(files.keys() - pages.branches.keys()):
            files[name].fault((), f"These words have no branches. Write journeys/{name}.toml.")
    return journeys


def _journey(page: Page, name: str, words: Mapping[str, Mapping[str, Page]]) -> Journey:
    root = page.root
    root.only("id", "start", "turn")
    if root.text("id") != name:
        root.fault("id", f'The id is not the file\'s name. Write id = "{name}".')
    table = root.table("turn")
    turns = {node: _turn(table.table(node), node, name) for node in table.data}
    mine = {language: files[name] for language, files in words.items() if name in files}
    for language in sorted(set(LANGUAGES) - mine.keys()):
        file = f"{language}/journeys/{name}.toml"
        page.faults.add(file, 1, "The journey has no words in this language. Write the file.")
    spoken = {language: read_words(page, turns) for language, page in mine.items()}
    journey = Journey(name, root.text("start"), turns, spoken)
    check_bubbles(mine, spoken)
    for language, its in mine.items():
        check_adults(its, spoken[language], unasked(journey))
    return journey


def _turn(table: Table, node: str, journey: str) -> Turn:
    table.only("options", "go", "next", "set", "fleeting", "elsewhere", "instead")
    options = table.texts("options", least=0)
    way = table.table("go") if "go" in table.data else Table(table.page, (*table.path, "go"), {})
    follow = table.text("next", "")
    _check_options(table, options, journey, node)
    _check_way(table, way, options, follow)
    go = {option: way.text(option) for option in way.data}
    return Turn(
        id=node,
        options=options,
        go=go,
        next=follow,
        set=_settings(table, options),
        fleeting=table.flag("fleeting", False),
        elsewhere=table.text("elsewhere", ""),
        instead=table.text("instead", ""),
    )


def _check_options(table: Table, options: tuple[str, ...], journey: str, node: str) -> None:
    if len(options) > _MOST_OPTIONS:
        table.fault("options", f"{len(options)} options. Keep it to {_MOST_OPTIONS}.")
    if len(set(options)) < len(options):
        table.fault("options", "An option is named twice. Name each once.")
    for option in options:
        if not fits_id(f"j:{journey}:{node}.{option}"):
            table.fault("options", unfit_id(option))


def _check_way(table: Table, way: Table, options: tuple[str, ...], follow: str) -> None:
    if not options and not follow:
        table.fault("next", 'Dead end: neither options nor next. Write next = "…" or options.')
    if options and follow:
        table.fault("next", "A node with options has no next. Take one of the two out.")
    for option in options:
        if option not in way.data:
            table.fault("go", f'Option "{option}" leads nowhere. Write {option} = "…" under go.')
    for option in way.data.keys() - set(options):
        way.fault(option, f'"{option}" is no option of this node. Add it to options, or drop it.')
    if way.data.get("help", "@help") != "@help":
        way.fault("help", 'The option "help" must lead to "@help". Mend it, or rename the option.')


def _settings(table: Table, options: tuple[str, ...]) -> dict[str, dict[str, str]]:
    if "set" not in table.data:
        return {}
    rules = table.table("set")
    for option in rules.data:
        if option not in (*options, "*"):
            rules.fault(option, f'"{option}" is no option of this node. Use one of them, or "*".')
    return {option: _values(rules.table(option)) for option in rules.data}


def _values(table: Table) -> dict[str, str]:
    values = {name: table.text(name) for name in table.data}
    for name, value in values.items():
        if name not in _VALUES:
            table.fault(name, f'"{name}" cannot be set. Use one of: {", ".join(_VALUES)}.')
        elif value not in _VALUES[name]:
            choice = ", ".join(_VALUES[name])
            table.fault(name, f'"{value}" is no {name}. Use one of: {choice}.')
    return values
