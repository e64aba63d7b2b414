"""The words of a journey in one language, and whether everybody is spoken to."""

from __future__ import annotations

from collections.abc import Mapping

from bot.authoring.faults import Level
from bot.authoring.pages import Page, Table
from bot.authoring.reviews import KEY
from bot.engine.content import ADULT, BANDS, LANGUAGES, Turn, TurnWords

AUDIENCES = ("all", *BANDS, ADULT)
NUMBERS = "@numbers"  # stands for the bubble with the numbers of the country
_LABEL_LONG = 40  # characters; a phone shows no more of it in a list


def read_words(page: Page, turns: Mapping[str, Turn]) -> dict[str, TurnWords]:
    """Return the words of each node; what is missing or too much is a fault."""
    root = page.root
    for node in sorted(turns.keys() - root.data.keys()):
        page.fault((), f'Node "{node}" has no words here. Write [{node}].')
    spoken = [node for node in root.data if node != KEY]
    for node in spoken:
        if node not in turns:
            root.fault(node, f'No node is called "{node}". Take it out, or add it to the branches.')
    return {node: _turn_words(root.table(node), turns[node]) for node in spoken if node in turns}


def missing_audiences(variants: Mapping[str, object], wanted: tuple[str, ...]) -> list[str]:
    """Who would hear nothing: those without words of their own when there are none for all."""
    if "all" in variants:
        return []
    return [audience for audience in wanted if audience not in variants]


def check_adults(page: Page, words: Mapping[str, TurnWords], nodes: set[str]) -> None:
    """Check the nodes at which an adult has not said yet how old the child is."""
    for node in sorted(nodes & words.keys()):
        if missing_audiences(words[node].say, (ADULT,)):
            sentence = f'Nobody speaks to "{ADULT}" before the child\'s age is known. '
            page.fault((node, "say"), sentence + 'Write say.adult or say.all = ["…"].')


def check_bubbles(pages: Mapping[str, Page], spoken: Mapping[str, Mapping[str, TurnWords]]) -> None:
    """Check that every language says as many bubbles to the same audiences."""
    first, *others = (language for language in LANGUAGES if language in pages)
    for other in others:
        for node in spoken[first].keys() & spoken[other].keys():
            its = _shape(spoken[first][node])
            if _shape(spoken[other][node]) != its:
                sentence = f"{first} has here: {its}. Write the same bubbles."
                pages[other].fault((node, "say"), sentence)


def _turn_words(table: Table, turn: Turn) -> TurnWords:
    table.only("say", "labels")
    say = _say(table)
    if turn.fleeting and any(len(bubbles) != 1 for bubbles in say.values()):
        table.fault("say", "Fleeting words are one bubble, so that none is left behind. Join them.")
    if not turn.options and "labels" not in table.data:
        return TurnWords(say)
    words = table.table("labels")
    words.only(*turn.options)
    labels = {option: words.text(option) for option in turn.options}
    _check_labels(words, labels)
    return TurnWords(say, labels)


def _say(table: Table) -> dict[str, tuple[str, ...]]:
    if not isinstance(table.data.get("say"), dict):
        return {"all": _bubbles(table, "say")}
    say = table.table("say")
    say.only(*AUDIENCES)
    for audience in missing_audiences(say.data, BANDS):
        say.page.fault(say.path, f'Nobody speaks to "{audience}". Write it, or all = ["…"].')
    return {audience: _bubbles(say, audience) for audience in AUDIENCES if audience in say.data}


def _bubbles(table: Table, key: str) -> tuple[str, ...]:
    bubbles = table.texts(key)
    for n, text in enumerate(bubbles):
        if text.startswith("@") and text != NUMBERS:
            sentence = f'Only "{NUMBERS}" can stand for a bubble. Write words instead.'
            table.page.fault((*table.path, key, n), sentence)
    return bubbles


def _check_labels(table: Table, labels: Mapping[str, str]) -> None:
    if len(set(labels.values())) < len(labels):
        table.page.fault(table.path, "Two buttons read the same. Give each its own words.")
    for option, label in labels.items():
        if len(labels) > 3 and len(label) > _LABEL_LONG:
            sentence = f"A label in a list of {len(labels)} has {len(label)} characters. "
            sentence += f"Keep it to {_LABEL_LONG}."
            table.page.fault((*table.path, option), sentence, Level.WORDING)


def _shape(words: TurnWords) -> str:
    """How many bubbles each audience hears, and where the numbers stand among them."""
    shapes = {
        audience: " ".join(NUMBERS if text == NUMBERS else "…" for text in bubbles)
        for audience, bubbles in words.say.items()
    }
    return ", ".join(f"{audience} [{shapes[audience]}]" for audience in sorted(shapes))
