"""Words that must not stay in a chat: taken back where that can be, else never written."""

from __future__ import annotations

from collections.abc import Iterator

from bot.authoring.pages import Page
from bot.engine.content import Journey, Turn


def check_fleeting(page: Page, journey: Journey) -> None:
    """Check that a fleeting node is followed in its place, and has one to stand for it."""
    for turn in journey.turns.values():
        for key, sentence in _faults(turn, journey):
            page.fault(("turn", turn.id, key), sentence)


def _faults(turn: Turn, journey: Journey) -> Iterator[tuple[str, str]]:
    if turn.fleeting:
        yield from _of_fleeting(turn, journey)
    elif turn.elsewhere:
        yield "elsewhere", "Only a fleeting node has one. Write fleeting = true, or take it out."
    if turn.instead and not _is_fleeting(journey, turn.instead):
        yield "instead", f'"{turn.instead}" is no fleeting node. Name one, or take it out.'


def _of_fleeting(turn: Turn, journey: Journey) -> Iterator[tuple[str, str]]:
    if turn.elsewhere not in journey.turns or _is_fleeting(journey, turn.elsewhere):
        yield (
            "elsewhere",
            f'Some channels take nothing back. Write elsewhere = "…": a node without the '
            f'words of "{turn.id}".',
        )
    if not turn.options:
        yield "fleeting", "Only a question can be taken back when it is answered. Give it options."
    for option, target in turn.go.items():
        follows = journey.turns.get(target)
        if follows is None or follows.instead != turn.id:
            yield (
                "go",
                f'After "{option}" the words would stay. Lead to a node with '
                f'instead = "{turn.id}".',
            )


def _is_fleeting(journey: Journey, node: str) -> bool:
    return node in journey.turns and journey.turns[node].fleeting
