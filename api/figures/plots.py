"""Plots as inline SVG: pure functions from numbers to markup, coloured by the sheet alone.

Link ``/helpline/static/figures.css`` on the page, and give every plot its table: whoever
cannot see the drawing reads the same numbers there. Gravest on top, full fills for the grave
and outlined ones for the rest, labels on the marks, everything from zero. A value of None is
not shown: its place is kept, with a dash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log10

from babel.numbers import format_decimal
from markupsafe import Markup

HIDDEN = "–"

_NARROW = 16  # columns and more: only every few of them are labelled
_FILLS = ("em", "dis", "con", "none", "lake")


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: its label, and its parts by fill (``em``, ``dis``, ``con``, ``none``, ``lake``).

    ``hidden`` keeps the place of a number that is not shown; ``now`` marks the running one.
    """

    label: str
    parts: Mapping[str, float] = field(default_factory=dict)
    hidden: bool = False
    now: bool = False

    @property
    def total(self) -> float:
        """What stands on top of the column."""
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a line; None where there is nothing to draw."""

    label: str
    value: float | None


def columns(bars: Sequence[Bar], *, title: str, description: str, language: str = "sq") -> Markup:
    """Stacked columns side by side, each with its total on top."""
    top = nice(max((bar.total for bar in bars), default=0))
    width, left, base, height = 720, 44, 204.0, 170.0
    step = (width - left - 4) / max(1, len(bars))
    scale = height / top
    grid = _grid(top, left=left, right=width - 4, base=base, scale=scale, language=language)
    every = max(1, ceil(len(bars) / _NARROW))
    drawn = [
        _column(
            bar,
            x=left + place * step,
            step=step,
            base=base,
            scale=scale,
            language=language,
            named=place % every == 0 or bar.now,
        )
        for place, bar in enumerate(bars)
    ]
    return _svg(width, 236, title, description, [grid, *drawn])


def rows(bars: Sequence[Bar], *, title: str, description: str, language: str = "sq") -> Markup:
    """Lying bars with their names in front, for groups whose names are long."""
    top = nice(max((bar.total for bar in bars), default=0))
    width, left, high = 480, 200, 26
    scale = (width - left - 56) / top
    drawn = [
        _row(bar, y=place * high, left=left, scale=scale, language=language)
        for place, bar in enumerate(bars)
    ]
    base = Markup('<path class="base" d="M{x} 2V{y}"/>').format(x=left, y=len(bars) * high + 2)
    return _svg(width, len(bars) * high + 6, title, description, [base, *drawn])


def trend(
    points: Sequence[Point],
    earlier: Sequence[Point] = (),
    goal: float | None = None,
    *,
    title: str,
    description: str = "",
    language: str = "sq",
) -> Markup:
    """A thick line, the earlier one thin and dotted, the goal dashed; the last value at its end.

    ``earlier`` has a point for each of ``points``, or none.
    """
    known = [one.value for one in (*points, *earlier) if one.value is not None]
    top = nice(max([*known, goal or 0], default=0))
    place = _Places(count=len(points), top=top)
    parts = [Markup('<path class="base" d="M4 94H296"/>')]
    if goal:
        parts.append(Markup('<path class="goal" d="M4 {y}H296"/>').format(y=_short(place.y(goal))))
    parts += [_line("p-last", earlier, place), _line("p-line", points, place)]
    parts += [_lone(points, place), _end(points, place, language), _ends(points, place)]
    return _svg(340, 116, title, description, parts)


def nice(highest: float) -> float:
    """The end of an axis from zero, whose half is round as well; at least 4."""
    if highest <= 4:
        return 4
    power = 10 ** int(log10(highest))
    return float(
        next(step * power for step in (1, 2, 3, 4, 6, 8, 10) if _fits(step * power, highest))
    )


def _fits(end: int, highest: float) -> bool:
    return end >= highest and end % 2 == 0


@dataclass(frozen=True, slots=True)
class _Places:
    count: int
    top: float

    def x(self, place: int) -> float:
        return 150 if self.count < 2 else 10 + place * 280 / (self.count - 1)

    def y(self, value: float) -> float:
        return 94 - value * 82 / self.top


def _svg(
    width: int, height: float, title: str, description: str, parts: Iterable[Markup]
) -> Markup:
    told = Markup("<desc>{}</desc>").format(description) if description else Markup()
    return Markup(
        '<svg class="plot" viewBox="0 0 {width} {height}" role="img"><title>{title}</title>'
        "{told}{inside}</svg>"
    ).format(
        width=width, height=_short(height), title=title, told=told, inside=Markup().join(parts)
    )


def _grid(top: float, *, left: int, right: int, base: float, scale: float, language: str) -> Markup:
    lines = [(share * top, base - share * top * scale) for share in (0, 0.5, 1)]
    return Markup().join(
        Markup(
            '<path class="{css}" d="M{left} {y}H{right}"/>'
            '<text x="{x}" y="{text}" text-anchor="end">{value}</text>'
        ).format(
            css="grid" if value else "base",
            left=left,
            right=right,
            x=left - 8,
            y=_short(y),
            text=_short(y + 4),
            value=_number(value, language),
        )
        for value, y in lines
    )


def _column(
    bar: Bar, *, x: float, step: float, base: float, scale: float, language: str, named: bool
) -> Markup:
    wide, middle = min(46.0, step * 0.7), x + step / 2
    drawn, y = [], base
    if bar.now:
        drawn.append(_rect("now", x, 24, step, base - 24))
    for fill in reversed(_FILLS):
        if value := bar.parts.get(fill, 0):
            y -= value * scale
            drawn.append(_rect(fill, middle - wide / 2, y, wide, value * scale - 1.5))
    total = HIDDEN if bar.hidden else _number(bar.total, language)
    if (named or step > 26) and (bar.hidden or bar.total):
        drawn.append(_text(total, middle, y - 7, strong=True))
    if named:
        drawn.append(_text(bar.label, middle, base + 18, strong=bar.now))
    return Markup().join(drawn)


def _row(bar: Bar, *, y: float, left: int, scale: float, language: str) -> Markup:
    total = HIDDEN if bar.hidden else _number(bar.total, language)
    drawn, x = [_text(_cut(bar.label), left - 8, y + 18, anchor="end")], float(left)
    for fill in _FILLS:
        if value := bar.parts.get(fill, 0):
            drawn.append(_rect(fill, x + 1, y + 5, value * scale - 1.5, 18))
            x += value * scale
    drawn.append(_text(total, x + 8, y + 18, anchor="start", strong=True))
    return Markup().join(drawn)


def _rect(fill: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="p-{fill}" x="{x}" y="{y}" width="{w}" height="{h}"/>').format(
        fill=fill, x=_short(x), y=_short(y), w=_short(max(0.5, width)), h=_short(max(0.5, height))
    )


def _text(
    words: str, x: float, y: float, *, anchor: str = "middle", strong: bool = False
) -> Markup:
    return Markup('<text{css} x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>').format(
        css=Markup(' class="strong"') if strong else "",
        x=_short(x),
        y=_short(y),
        anchor=anchor,
        words=words,
    )


def _line(css: str, points: Sequence[Point], place: _Places) -> Markup:
    """The line through the points; where a value is missing it is broken."""
    path, pen = [], "M"
    for index, point in enumerate(points):
        if point.value is None:
            pen = "M"
            continue
        path.append(f"{pen}{_short(place.x(index))} {_short(place.y(point.value))}")
        pen = "L"
    return Markup('<path class="{}" d="{}"/>').format(css, " ".join(path)) if path else Markup()


def _lone(points: Sequence[Point], place: _Places) -> Markup:
    """A dot for every value without a neighbour, which a line would not show."""
    padded = [None, *(point.value for point in points), None]
    alone = [
        (index, now)
        for index, (before, now, after) in enumerate(
            zip(padded, padded[1:], padded[2:], strict=False)
        )
        if now is not None and before is None and after is None
    ]
    return Markup().join(_dot(place.x(index), place.y(value), 3) for index, value in alone)


def _end(points: Sequence[Point], place: _Places, language: str) -> Markup:
    known = [(i, point.value) for i, point in enumerate(points) if point.value is not None]
    if not known:
        return _text(HIDDEN, 302, 94, anchor="start", strong=True)
    index, value = known[-1]
    x, y = place.x(index), place.y(value)
    said = _text(_number(value, language), 302, y + 4, anchor="start", strong=True)
    return _dot(x, y, 4.5) + said


def _ends(points: Sequence[Point], place: _Places) -> Markup:
    if not points:
        return Markup()
    first = _text(points[0].label, 4, 111, anchor="start")
    if len(points) == 1:
        return first
    return first + _text(points[-1].label, 296, 111, anchor="end")


def _dot(x: float, y: float, radius: float) -> Markup:
    return Markup('<circle class="p-lake" cx="{}" cy="{}" r="{}"/>').format(
        _short(x), _short(y), radius
    )


def _cut(words: str) -> str:
    return words if len(words) <= 30 else f"{words[:29]}…"


def _number(value: float, language: str) -> str:
    return str(format_decimal(value, "#,##0.#", locale=language))


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
