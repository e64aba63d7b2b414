"""Journeys from their files: the branches once, the words in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from bot.authoring.faults import Level
from bot.authoring.pages import Page, Table
from bot.engine.content import (
    ADULT,
    BANDS,
    COUNTRIES,
    LANGUAGES,
    Journey,
    Lesson,
    Turn,
    TurnWords,
)
from bot.engine.state import State

EXITS = ("@menu", "@help", "@numbers", "@person", "@lessons", "@guidance", "@done")
CATEGORIES = (
    *("sexual_abuse", "grooming", "sextortion", "image_abuse", "csam_seen", "violence"),
    *("bullying", "self_harm", "exploitation", "account_security", "other_distress"),
)
AUDIENCES = ("all", *BANDS, ADULT)
_VALUES = {
    "language": LANGUAGES,
    "band": (*BANDS, ADULT),
    "child_band": BANDS,
    "country": COUNTRIES,
    "role": ("child", "parent", "teacher", "other"),
}
_FIELDS = tuple(item.name for item in fields(State))
_BUTTON_BYTES = 64
_LABEL_LONG = 40  # characters; a phone shows no more of it in a list


@dataclass(frozen=True, slots=True)
class JourneyPages:
    """The files of all journeys: branches by name, words by language and name."""

    branches: Mapping[str, Page]
    words: Mapping[str, Mapping[str, Page]]


def read_journeys(
    pages: JourneyPages, lessons: Mapping[str, Mapping[str, Lesson]]
) -> dict[str, Journey]:
    """Return the journeys that can be played, by id; a faulty one is left out."""
    topics = {lesson.topic for there in lessons.values() for lesson in there.values()}
    journeys = {}
    for name, page in pages.branches.items():
        known = len(page.faults.found)
        journey = _journey(page, name, pages.words)
        _check_graph(page, journey, topics)
        if len(page.faults.found) == known:
            journeys[name] = journey
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
    spoken = {
        language: _words(page, words[language].get(name), turns, f"{language}/journeys/{name}.toml")
        for language in LANGUAGES
    }
    _check_bubbles(name, words, spoken)
    return Journey(name, root.text("start"), turns, spoken)


def _turn(table: Table, node: str, journey: str) -> Turn:
    table.only("options", "go", "next", "set")
    options = table.texts("options", least=0)
    go = _targets(table.table("go")) if "go" in table.data else {}
    follow = table.text("next", "")
    _check_way(table, options, go, follow)
    for option in options:
        if not option.isascii() or len(f"{journey}.{node}.{option}") > _BUTTON_BYTES - 8:
            table.fault("options", f'The id "{option}" does not fit a button. Use short ASCII ids.')
    return Turn(node, options, go, follow, _settings(table, options))


def _targets(table: Table) -> dict[str, str]:
    return {option: table.text(option) for option in table.data}


def _check_way(table: Table, options: tuple[str, ...], go: Mapping[str, str], follow: str) -> None:
    if not options and not follow:
        table.fault("next", 'Dead end: neither options nor next. Write next = "…" or options.')
    if options and follow:
        table.fault("next", "A node with options has no next. Take one of the two out.")
    if len(set(options)) < len(options):
        table.fault("options", "An option is named twice. Name each once.")
    for option in options:
        if option not in go:
            table.fault("go", f'Option "{option}" leads nowhere. Write {option} = "…" under go.')
    for option in go.keys() - set(options):
        table.fault(
            "go", f'"{option}" is no option of this node. Add it to options or take it out.'
        )
    if go.get("help", "@help") != "@help":
        table.fault("go", 'The option "help" must lead to "@help". Mend it, or rename the option.')


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
        if name not in _FIELDS:
            table.fault(name, f'"{name}" is nothing the bot remembers. Use band, role, country, …')
        elif value not in _VALUES.get(name, (value,)):
            choice = ", ".join(_VALUES[name])
            table.fault(name, f'"{value}" is no {name}. Use one of: {choice}.')
    return values


def _words(
    branches: Page, page: Page | None, turns: Mapping[str, Turn], file: str
) -> dict[str, TurnWords]:
    if page is None:
        branches.faults.add(file, 1, "The journey has no words in this language. Write the file.")
        return {}
    root = page.root
    for node in sorted(turns.keys() - root.data.keys()):
        page.fault((), f'Node "{node}" has no words here. Write [{node}].')
    for node in root.data:
        if node not in turns:
            root.fault(node, f'No node is called "{node}". Take it out, or add it to the branches.')
    return {node: _turn_words(root.table(node), turns[node]) for node in root.data if node in turns}


def _turn_words(table: Table, turn: Turn) -> TurnWords:
    table.only("say", "labels")
    labels = {}
    if turn.options or "labels" in table.data:
        words = table.table("labels")
        words.only(*turn.options)
        labels = {option: words.text(option) for option in turn.options}
        _check_labels(words, labels)
    return TurnWords(_say(table), labels)


def _say(table: Table) -> dict[str, tuple[str, ...]]:
    if isinstance(table.data.get("say"), list):
        return {"all": table.texts("say")}
    say = table.table("say")
    say.only(*AUDIENCES)
    for audience in missing_audiences(say.data, BANDS):
        say.page.fault(say.path, f'Nobody speaks to "{audience}". Write it, or all = ["…"].')
    return {audience: say.texts(audience) for audience in AUDIENCES if audience in say.data}


def missing_audiences(variants: Mapping[str, object], wanted: tuple[str, ...]) -> list[str]:
    """Who would hear nothing: those without words of their own when there are none for all."""
    if "all" in variants:
        return []
    return [audience for audience in wanted if audience not in variants]


def _check_labels(table: Table, labels: Mapping[str, str]) -> None:
    if len(set(labels.values())) < len(labels):
        table.page.fault(table.path, "Two buttons read the same. Give each its own words.")
    for option, label in labels.items():
        if len(labels) > 3 and len(label) > _LABEL_LONG:
            sentence = f"A label in a list of {len(labels)} has {len(label)} characters. "
            sentence += f"Keep it to {_LABEL_LONG}."
            table.page.fault((*table.path, option), sentence, Level.WORDING)


def _check_bubbles(
    name: str,
    words: Mapping[str, Mapping[str, Page]],
    spoken: Mapping[str, Mapping[str, TurnWords]],
) -> None:
    first, *others = LANGUAGES
    for other in others:
        page = words[other].get(name)
        for node in spoken[first].keys() & spoken[other].keys():
            mine, its = _counts(spoken[other][node]), _counts(spoken[first][node])
            if page is not None and mine != its:
                sentence = f"The bubbles are not those of {first}: {its}. Write as many."
                page.fault((node, "say"), sentence)


def _counts(words: TurnWords) -> str:
    return ", ".join(f"{audience} {len(words.say[audience])}" for audience in sorted(words.say))


def _check_graph(page: Page, journey: Journey, topics: set[str]) -> None:
    if journey.start not in journey.turns:
        sentence = f'It starts at "{journey.start}", which is no node. Name one of the nodes.'
        page.fault(("start",), sentence)
        return
    for turn in journey.turns.values():
        for target in _ways(turn):
            if problem := _unknown(target, journey, topics):
                page.fault(("turn", turn.id), problem)
    reached = _reached(journey)
    leaving = _leaving(journey)
    for node in journey.turns:
        if node not in reached:
            page.fault(("turn", node), f'Nothing leads to "{node}". Lead to it, or take it out.')
        elif node not in leaving:
            page.fault(
                ("turn", node), f'No way out from "{node}". Lead one of its ways to an exit.'
            )


def _ways(turn: Turn) -> tuple[str, ...]:
    return tuple(turn.go.values()) if turn.options else (turn.next,)


def _unknown(target: str, journey: Journey, topics: set[str]) -> str:
    kind, _, argument = target.partition(":")
    if not target or target in EXITS or target in journey.turns:
        return ""
    if kind == "@lesson":
        return "" if argument in topics else f'There is no lesson of "{argument}". Name a topic.'
    if kind == "@disclosure":
        known = argument in CATEGORIES
        return "" if known else f'"{argument}" is no category. Use one of: {", ".join(CATEGORIES)}.'
    return f'"{target}" is neither a node nor an exit. Mend the name.'


def _reached(journey: Journey) -> set[str]:
    reached: set[str] = set()
    waiting = [journey.start]
    while waiting:
        node = waiting.pop()
        if node not in reached and node in journey.turns:
            reached.add(node)
            waiting.extend(_ways(journey.turns[node]))
    return reached


def _leaving(journey: Journey) -> set[str]:
    """Nodes from which an exit can be reached."""
    leaving: set[str] = set()
    grown = True
    while grown:
        more = {
            turn.id
            for turn in journey.turns.values()
            if any(way.startswith("@") or way in leaving for way in _ways(turn))
        }
        grown = more != leaving
        leaving = more
    return leaving
