"""A journey or a lesson as a picture that an author can read: one SVG file, without a program.

Boxes stand in columns, from left to right by their longest way from the start. A button is a
row of its box; its line leads to the next box, its pill names an exit or a box to which it
goes back, so that no line runs against the reading. Nothing overlaps: what passes a column
has a lane of its own in it. (Own and small, for Graphviz is a program that authors would have
to install, and grandalf, the layout in pure Python, has had no release since 2023.)
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, PAD, LINE, TITLE = 296, 12, 18, 26  # of a box, in pixels
GAP, BETWEEN, LANE, MARGIN = 26, 88, 14, 24  # between boxes, columns; a lane's height
PILL, LETTER = 18, 8.8  # height of a pill; the width of a letter at most
CHARS = 36  # in a line of a box
SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Way:
    """A button: its words, what it leads to (a node, or an exit such as ``@menu``).

    ``reply`` is what is said when it is taken; ``right``: it is the answer that is wanted.
    """

    label: str
    target: str
    reply: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A box: a name, the first words that are said there, and the ways out of it."""

    name: str
    says: tuple[str, ...]
    ways: tuple[Way, ...] = ()


@dataclass(slots=True)
class Box:
    """A node with its place. ``ports`` are the heights at which its ways leave it."""

    node: Node
    column: int
    x: float = 0.0
    y: float = 0.0
    lines: list[tuple[str, str, int]] = field(default_factory=list)  # words, class, way or -1
    ports: list[float] = field(default_factory=list)

    @property
    def height(self) -> float:
        """From the top to the bottom edge."""
        return TITLE + len(self.lines) * LINE + PAD


@dataclass(slots=True)
class Lane:
    """Room in a column for a line that goes on to a later one."""

    target: str
    column: int
    x: float = 0.0
    y: float = 0.0
    height: float = LANE


Item = Box | Lane


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything placed: what stands in each column, from the top."""

    boxes: Mapping[str, Box]
    columns: Sequence[Sequence[Item]]
    pill: float  # room for pills at the right of a box


# ---------- placing ----------


def placed(nodes: Sequence[Node]) -> Picture:
    """Give every node its place; the first is the start."""
    forward = _forward(nodes)
    ranks = _ranks(nodes, forward)
    boxes = {node.name: _box(node, ranks[node.name]) for node in nodes}
    columns: list[list[Item]] = [[] for _ in range(max(ranks.values(), default=0) + 1)]
    for node in nodes:
        columns[ranks[node.name]].append(boxes[node.name])
    for lane in _lanes(forward, ranks):
        columns[lane.column].append(lane)
    picture = Picture(boxes, columns, _pill_room(nodes, forward))
    for _ in range(SWEEPS):
        _order(picture, forward)
    _place(picture, forward)
    return picture


Forward = Mapping[str, tuple[str, ...]]  # node, the later nodes to which it leads


def _forward(nodes: Sequence[Node]) -> Forward:
    """The ways that lead on; those that lead back to where one came from are left out."""
    known = {node.name: node for node in nodes}
    found: dict[str, tuple[str, ...]] = {}

    def visit(name: str, open_: tuple[str, ...]) -> None:
        targets = dict.fromkeys(way.target for way in known[name].ways if way.target in known)
        ahead = tuple(target for target in targets if target not in (*open_, name))
        found[name] = ahead
        for target in ahead:
            if target not in found:
                visit(target, (*open_, name))

    for node in nodes:
        if node.name not in found:
            visit(node.name, ())
    return _without_circles(found)


def _without_circles(found: Mapping[str, tuple[str, ...]]) -> Forward:
    """The same without any way by which one could come back to where it began."""
    kept: dict[str, tuple[str, ...]] = {}
    for name, targets in found.items():
        kept[name] = ()
        for target in targets:
            if not _leads(kept, target, name):
                kept[name] = (*kept[name], target)
    return kept


def _leads(ways: Mapping[str, tuple[str, ...]], start: str, end: str) -> bool:
    waiting, seen = [start], set()
    while waiting:
        name = waiting.pop()
        if name == end:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(ways.get(name, ()))
    return False


def _ranks(nodes: Sequence[Node], forward: Forward) -> dict[str, int]:
    """The column of each node: one more than that of whatever leads to it."""
    ranks = {node.name: 0 for node in nodes}
    for _ in nodes:
        for name, targets in forward.items():
            for target in targets:
                ranks[target] = max(ranks[target], ranks[name] + 1)
    return ranks


def _lanes(forward: Forward, ranks: Mapping[str, int]) -> Iterator[Lane]:
    """One lane for each target in each column that is passed on the way to it."""
    spans: dict[str, int] = {}
    for name, targets in forward.items():
        for target in targets:
            spans[target] = min(spans.get(target, ranks[target]), ranks[name] + 1)
    for target, first in spans.items():
        yield from (Lane(target, column) for column in range(first, ranks[target]))


def _order(picture: Picture, forward: Forward) -> None:
    """Put what belongs together at the same height: the mean place of what leads to it."""
    for column in range(1, len(picture.columns)):
        places = _leaving(picture, forward, column - 1)
        items = list(picture.columns[column])
        old = {id(item): place for place, item in enumerate(items)}
        items.sort(key=lambda item: _mean(places.get(_name(item), [old[id(item)]])))
        _set(picture, column, items)


def _set(picture: Picture, column: int, items: list[Item]) -> None:
    assert isinstance(picture.columns[column], list)
    picture.columns[column][:] = items  # type: ignore[index]


def _leaving(picture: Picture, forward: Forward, column: int) -> dict[str, list[float]]:
    """Where, from the top of a column, the lines to each target leave it."""
    found: dict[str, list[float]] = {}
    for place, item in enumerate(picture.columns[column]):
        targets = (item.target,) if isinstance(item, Lane) else forward[item.node.name]
        for number, target in enumerate(targets):
            found.setdefault(target, []).append(place + number / (len(targets) + 1))
    return found


def _name(item: Item) -> str:
    return item.target if isinstance(item, Lane) else item.node.name


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _place(picture: Picture, forward: Forward) -> None:
    """Heights and distances: as near to what leads there as the column's order lets it."""
    step = WIDTH + picture.pill + BETWEEN
    wanted: dict[str, list[float]] = {}
    for number, column in enumerate(picture.columns):
        bottom, at = float(MARGIN), wanted
        wanted = {}
        for item in column:
            item.x = MARGIN + number * step
            heights = at.get(_name(item))
            ideal = _mean(heights) - item.height / 2 if heights else bottom
            item.y = max(bottom, ideal) if isinstance(item, Lane) or number else bottom
            bottom = item.y + item.height + GAP
            _wants(item, forward, wanted)


def _wants(item: Item, forward: Forward, wanted: dict[str, list[float]]) -> None:
    if isinstance(item, Lane):
        wanted.setdefault(item.target, []).append(item.y + LANE / 2)
        return
    for way, port in zip(item.node.ways, item.ports, strict=True):
        if way.target in forward[item.node.name]:
            wanted.setdefault(way.target, []).append(item.y + port)


def _box(node: Node, column: int) -> Box:
    box = Box(node, column)
    for text in node.says:
        box.lines += [(line, "say", -1) for line in _wrapped(text, 3)]
    for number, way in enumerate(node.ways):
        first = len(box.lines)
        words = f"{way.label} ✓" if way.right else way.label
        box.lines += [(line, "way", number) for line in _wrapped(words, 2)]
        box.ports.append(TITLE + (first + 0.5) * LINE)
        box.lines += [(line, "reply", number) for line in _wrapped(way.reply, 2)]
    return box


def _wrapped(text: str, most: int) -> list[str]:
    """The first words of a text, in so many lines at most."""
    if not text:
        return []
    flat = " ".join(text.split())
    return textwrap.wrap(flat, CHARS, max_lines=most, placeholder=" …", break_long_words=True)


def _pill_room(nodes: Iterable[Node], forward: Forward) -> float:
    pills = (_pill(way) for node in nodes for way in node.ways if _has_pill(node, way, forward))
    return max((_pill_width(words) + 16 for words in pills), default=0.0)


def _has_pill(node: Node, way: Way, forward: Forward) -> bool:
    return way.target not in forward[node.name]


def _pill(way: Way) -> str:
    return way.target if way.target.startswith("@") else f"↩ {way.target}"


def _pill_width(words: str) -> float:
    return len(words) * LETTER + 18


# ---------- drawing ----------

STYLE = """
svg { background: #eef3f2; font: 13px system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.box { fill: #fff; stroke: #6a8188; }
.start .box { stroke: #0b5c66; stroke-width: 3; }
.head { font-weight: 700; fill: #10272e; }
.say { fill: #41585f; }
.row { fill: #d5e8e8; }
.way { fill: #0b5c66; font-weight: 600; }
.reply { fill: #41585f; font-style: italic; font-size: 12px; }
.line { fill: none; stroke: #0b5c66; stroke-width: 1.6; }
.tip { fill: #0b5c66; }
.exit { fill: #0f3a43; }
.exit-words { fill: #eaf4f4; font-size: 12px; font-weight: 600; }
.back { fill: #fff; stroke: #0b5c66; stroke-dasharray: 4 3; }
.back-words { fill: #0b5c66; font-size: 12px; font-weight: 600; }
"""


def drawn(nodes: Sequence[Node], title: str, language: str) -> str:
    """The picture of these nodes as SVG."""
    picture, forward = placed(nodes), _forward(nodes)
    items = [item for column in picture.columns for item in column]
    width = max(item.x for item in items) + WIDTH + picture.pill + MARGIN
    height = max(item.y + item.height for item in items) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" lang="{language}" role="img" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        *_lines(picture, forward),
    ]
    for number, node in enumerate(nodes):
        parts += _drawn_box(picture.boxes[node.name], forward, start=number == 0)
    return "\n".join((*parts, "</svg>\n"))


def _drawn_box(box: Box, forward: Forward, *, start: bool) -> Iterator[str]:
    begun = ' class="start"' if start else ""
    yield f'<g id="{escape(box.node.name)}"{begun}>'
    yield (
        f'<rect class="box" x="{box.x:.1f}" y="{box.y:.1f}" width="{WIDTH}" '
        f'height="{box.height:.1f}" rx="10"/>'
    )
    yield _text(box.x + PAD, box.y + 18, "head", box.node.name)
    yield from _rows(box)
    for way, port in zip(box.node.ways, box.ports, strict=True):
        if _has_pill(box.node, way, forward):
            yield from _drawn_pill(way, box.x + WIDTH + 8, box.y + port)
    yield "</g>"


def _rows(box: Box) -> Iterator[str]:
    for number, (words, kind, _) in enumerate(box.lines):
        top = box.y + TITLE + number * LINE
        if kind == "way":
            yield (
                f'<rect class="row" x="{box.x + 4:.1f}" y="{top:.1f}" width="{WIDTH - 8}" '
                f'height="{LINE - 1}" rx="3"/>'
            )
        yield _text(box.x + PAD, top + 13, kind, words)


def _text(x: float, y: float, kind: str, words: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _drawn_pill(way: Way, x: float, y: float) -> Iterator[str]:
    words = _pill(way)
    kind = "exit" if way.target.startswith("@") else "back"
    width, top = _pill_width(words), y - PILL / 2
    yield (
        f'<rect class="{kind}" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{PILL - 2}" rx="8"/>'
    )
    yield _text(x + 9, top + 12, f"{kind}-words", words)


def _lines(picture: Picture, forward: Forward) -> Iterator[str]:
    """Every way that leads on, by the lanes of its target."""
    lanes = {
        (item.target, item.column): item
        for column in picture.columns
        for item in column
        if isinstance(item, Lane)
    }
    for box in picture.boxes.values():
        for way, port in zip(box.node.ways, box.ports, strict=True):
            if way.target in forward[box.node.name]:
                yield _line(picture, lanes, box, port, way.target)


def _line(
    picture: Picture, lanes: Mapping[tuple[str, int], Lane], box: Box, port: float, target: str
) -> str:
    goal = picture.boxes[target]
    x, y = box.x + WIDTH, box.y + port
    path = [f"M{x:.1f} {y:.1f}", f"H{x + picture.pill:.1f}"]
    x += picture.pill
    for column in range(box.column + 1, goal.column + 1):
        item: Item = lanes[target, column] if column < goal.column else goal
        end = item.y + (LANE / 2 if isinstance(item, Lane) else TITLE / 2)
        path.append(_bend(x, y, item.x, end))
        x, y = item.x, end
        if column < goal.column:
            x += WIDTH + picture.pill
            path.append(f"H{x:.1f}")
    tip = f"M{x - 8:.1f} {y - 4:.1f}l8 4l-8 4z"
    return f'<path class="line" d="{" ".join(path)}"/><path class="tip" d="{tip}"/>'


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
