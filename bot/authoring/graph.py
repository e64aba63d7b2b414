"""Where a journey leads: unknown names, places nobody reaches, places nobody leaves."""

from __future__ import annotations

from bot.authoring.lines import Path
from bot.authoring.pages import Page
from bot.engine.content import BANDS, Journey, Turn

EXITS = (
    *("@menu", "@help", "@numbers", "@person", "@lessons", "@guidance", "@done"),
    *("@report", "@hide", "@guides", "@apps"),
)
CATEGORIES = (
    *("sexual_abuse", "grooming", "sextortion", "image_abuse", "csam_seen", "violence"),
    *("bullying", "self_harm", "exploitation", "account_security", "other_distress"),
)


def check_graph(page: Page, journey: Journey, topics: set[str]) -> None:
    """Walk the whole journey: every name known, every node reached, every node left."""
    if journey.start not in journey.turns:
        sentence = f'It starts at "{journey.start}", which is no node. Name one of the nodes.'
        page.fault(("start",), sentence)
        return
    for turn in journey.turns.values():
        for key, target in targets_of(turn).items():
            if problem := _unknown(target, journey, topics):
                page.fault(("turn", turn.id, *key), problem)
    _check_ways(page, journey)


def targets_of(turn: Turn) -> dict[Path, str]:
    """Where a node can lead, by the place in its table that says so."""
    if turn.options:
        return {("go", option): target for option, target in turn.go.items()}
    return {("next",): turn.next} if turn.next else {}


def _ways_of(turn: Turn) -> tuple[str, ...]:
    """Wherever a node can lead on some channel: also the one that stands for it there."""
    return (*targets_of(turn).values(), *((turn.elsewhere,) if turn.elsewhere else ()))


def unasked(journey: Journey) -> set[str]:
    """Nodes that can be reached before anybody has said how old the child is."""
    reached: set[str] = set()
    waiting = [journey.start]
    while waiting:
        node = waiting.pop()
        if node in reached or node not in journey.turns:
            continue
        reached.add(node)
        turn = journey.turns[node]
        waiting.extend(t for key, t in targets_of(turn).items() if not _asks(turn, key[-1]))
    return reached


def _asks(turn: Turn, option: str | int) -> bool:
    return "child_band" in {**turn.set.get("*", {}), **turn.set.get(str(option), {})}


def _check_ways(page: Page, journey: Journey) -> None:
    reached, leaving = _reached(journey), _leaving(journey)
    for node, turn in journey.turns.items():
        if node not in reached:
            page.fault(("turn", node), f'Nothing leads to "{node}". Lead to it, or take it out.')
        elif node not in leaving and targets_of(turn):
            page.fault(
                ("turn", node), f'No way out from "{node}". Lead one of its ways to an exit.'
            )


def _unknown(target: str, journey: Journey, topics: set[str]) -> str:
    kind, _, argument = target.partition(":")
    if not target or target in EXITS or target in journey.turns:
        return ""
    if kind == "@lesson":
        return "" if argument in topics else f'There is no lesson of "{argument}". Name a topic.'
    if kind == "@activities":
        known = argument in BANDS
        return "" if known else f'"{argument}" is no band. Use one of: {", ".join(BANDS)}.'
    if kind in ("@disclosure", "@person"):
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
            waiting.extend(_ways_of(journey.turns[node]))
    return reached


def _leaving(journey: Journey) -> set[str]:
    """Nodes from which an exit can be reached."""
    leaving: set[str] = set()
    while True:
        more = {node for node, turn in journey.turns.items() if _leaves(turn, leaving)}
        if more == leaving:
            return leaving
        leaving = more


def _leaves(turn: Turn, leaving: set[str]) -> bool:
    return any(way.startswith("@") or way in leaving for way in targets_of(turn).values())
