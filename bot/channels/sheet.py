"""The sheet of a certificate: where everything stands, and how it is drawn.

A4 across at 150 dots an inch, so that it can be printed. Nothing on it comes from a clock
or from chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from fontpkg.pil import truetype
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1754, 1240
MARGIN = 80
BAND = 42  # of kilim, above and below
GRID_TOP, GRID_BOTTOM = 378, 1046
LINE_Y, LINE = 1122, 720
COLUMNS = 6
GAP = 26
WIDEST = 420  # of a drawing: a single topic must not fill the sheet
CAPTIONS = ((3, 40), (8, 32), (18, 26))  # up to so many topics: the size of their names
CAPTION_LINES, CAPTION_GAP = 2, 6
ROUND = 14
COLOURS = 128

INK, LAKE, OCHRE, WATER = "#10272e", "#0b5c66", "#cf7c45", "#6fb6bb"
PAPER, CREAM, NIGHT, CLAY = "#ffffff", "#fff4e2", "#0c2a33", "#e0925c"
FACE = "Nunito"  # OFL 1.1, rounded as the chat's face for children, with ë and ç


class Box(NamedTuple):
    """A rectangle on the sheet, in dots."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that is done: what it is called, and its print."""

    name: str
    drawing: Path


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a certificate; ``name`` says what the empty line is for."""

    title: str
    sentence: str
    name: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, as it is drawn: ``left`` and ``baseline`` are where it begins."""

    text: str
    size: int
    weight: int
    colour: str
    left: int
    baseline: int

    @property
    def box(self) -> Box:
        """The dots that it covers."""
        face = _face(self.size, self.weight)
        left, top, right, bottom = face.getbbox(self.text, anchor="ls")
        return Box(
            self.left + int(left), self.baseline + int(top), int(right - left), int(bottom - top)
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One topic on the sheet: its drawing, and its name below in one or two lines."""

    drawing: Path
    box: Box
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands; ``line`` is the empty one, for a name by hand."""

    mark: Box
    words: tuple[Line, ...]
    cells: tuple[Cell, ...]
    line: Box


def layout(sheet: Sheet) -> Layout:
    """Return where everything of a sheet stands. It has at least one topic."""
    brand = _centred("Sigurt", 44, 800, INK, WIDTH // 2 + 32, 128)
    words = (
        brand,
        _centred(sheet.title, 104, 800, LAKE, WIDTH // 2, 250),
        _centred(sheet.sentence, 42, 600, INK, WIDTH // 2, 332),
        _centred(sheet.name, 28, 600, INK, WIDTH // 2, LINE_Y + 38),
    )
    mark = Box(brand.left - 66, 84, 54, 54)
    line = Box((WIDTH - LINE) // 2, LINE_Y, LINE, 4)
    return Layout(mark, words, tuple(_cells(sheet.topics)), line)


def draw(sheet: Sheet) -> bytes:
    """Return the sheet as PNG: the same bytes for the same sheet."""
    placed = layout(sheet)
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    for top in (0, HEIGHT - BAND):
        image.paste(_kilim(), (0, top))
    image.paste(_mark(placed.mark.width), placed.mark[:2])
    for cell in placed.cells:
        _draw_cell(image, pen, cell)
    for line in placed.words:
        _write(pen, line)
    pen.rectangle((*placed.line[:2], placed.line.right, placed.line.bottom), fill=INK)
    return _png(image)


def _cells(topics: Sequence[Topic]) -> Iterator[Cell]:
    """The topics in rows as even as can be, with drawings as large as fit."""
    columns, width = _widest(len(topics))
    size, height, pitch = _size(len(topics)), width * 5 // 8, _pitch(columns)
    rows = [topics[begin : begin + columns] for begin in range(0, len(topics), columns)]
    step = height + _caption(size) + GAP
    top = GRID_TOP + (GRID_BOTTOM - GRID_TOP - step * len(rows) + GAP) // 2
    for number, row in enumerate(rows):
        for place, topic in enumerate(row):
            middle = WIDTH // 2 + round((place - (len(row) - 1) / 2) * pitch)
            box = Box(middle - width // 2, top + number * step, width, height)
            yield Cell(topic.drawing, box, tuple(_named(topic.name, size, box, pitch - 12)))


def _widest(count: int) -> tuple[int, int]:
    """Columns, and the width of a drawing in them; of equal ones the fewest rows."""
    fits = [(_width(count, columns), columns) for columns in range(1, min(count, COLUMNS) + 1)]
    width, columns = max(fits)
    return columns, width


def _width(count: int, columns: int) -> int:
    rows = -(-count // columns)
    across = _pitch(columns) - GAP
    high = (GRID_BOTTOM - GRID_TOP + GAP) // rows - GAP - _caption(_size(count))
    return min(WIDEST, across, high * 8 // 5)


def _pitch(columns: int) -> int:
    """From the middle of a drawing to that of the next."""
    return min(WIDEST + 2 * GAP, (WIDTH - 2 * MARGIN) // columns)


def _size(count: int) -> int:
    """How large the names of so many topics are."""
    return next(size for most, size in CAPTIONS if count <= most)


def _caption(size: int) -> int:
    return CAPTION_GAP + _line(size) * CAPTION_LINES


def _line(size: int) -> int:
    return size * 6 // 5


def _named(name: str, size: int, box: Box, width: int) -> Iterator[Line]:
    middle = box.left + box.width // 2
    for number, text in enumerate(_wrapped(name, size, width)):
        baseline = box.bottom + CAPTION_GAP + _line(size) * (number + 1) - size // 6
        yield _centred(text, size, 600, INK, middle, baseline)


def _wrapped(text: str, size: int, width: int) -> list[str]:
    """The words in as few lines of a caption as that width takes."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _face(size, 600).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _centred(text: str, size: int, weight: int, colour: str, middle: int, baseline: int) -> Line:
    half = round(_face(size, weight).getlength(text) / 2)
    return Line(text, size, weight, colour, middle - half, baseline)


@cache
def _face(size: int, weight: int) -> ImageFont.FreeTypeFont:
    face: ImageFont.FreeTypeFont = truetype(FACE, size, weight)
    return face


def _write(pen: ImageDraw.ImageDraw, line: Line) -> None:
    face = _face(line.size, line.weight)
    pen.text((line.left, line.baseline), line.text, fill=line.colour, font=face, anchor="ls")


def _draw_cell(image: Image.Image, pen: ImageDraw.ImageDraw, cell: Cell) -> None:
    size = (cell.box.width, cell.box.height)
    image.paste(_drawing(cell.drawing).resize(size), cell.box[:2], _corners(size))
    for line in cell.lines:
        _write(pen, line)


@cache
def _drawing(path: Path) -> Image.Image:
    """A drawing as small as the sheet needs it; kept, for reading it takes the longest."""
    with Image.open(path) as print_:
        return print_.convert("RGB").reduce(max(1, print_.width // WIDEST))


def _corners(size: tuple[int, int]) -> Image.Image:
    """A mask that rounds the corners of a drawing."""
    width, height = size

    def fill(pen: ImageDraw.ImageDraw, scale: int) -> None:
        pen.rounded_rectangle((0, 0, width * scale, height * scale), ROUND * scale, fill=255)

    return _smooth("L", size, fill)


@cache
def _kilim() -> Image.Image:
    """The band, of the page's own pattern."""
    tile = 28 * BAND / 12

    def fill(pen: ImageDraw.ImageDraw, scale: int) -> None:
        pen.rectangle((0, 0, WIDTH * scale, BAND * scale), fill=NIGHT)
        most = round(WIDTH / tile / 2) + 1
        for number in range(-most, most + 1):
            _rhombs(pen, (WIDTH / 2 + number * tile) * scale, BAND / 12 * scale)

    return _smooth("RGB", (WIDTH, BAND), fill)


def _rhombs(pen: ImageDraw.ImageDraw, middle: float, unit: float) -> None:
    """One tile around its middle: a large rhomb with a heart, half of a small one each side."""
    for wide, high, colour in ((9, 5, CLAY), (3.6, 2, NIGHT)):
        pen.polygon(_rhomb(middle, 6 * unit, wide * unit, high * unit), fill=colour)
    pen.polygon(_rhomb(middle + 14 * unit, 6 * unit, 4.5 * unit, 2.5 * unit), fill=WATER)


def _rhomb(x: float, y: float, wide: float, high: float) -> list[tuple[float, float]]:
    return [(x, y - high), (x + wide, y), (x, y + high), (x - wide, y)]


@cache
def _mark(side: int) -> Image.Image:
    """The mark of the page: two ears and a rhomb."""
    head = [(4, 3), (11, 9), (21, 9), (28, 3), (28, 16), (16, 31), (4, 16)]
    heart = [(16, 13), (21, 19), (16, 25), (11, 19)]

    def fill(pen: ImageDraw.ImageDraw, scale: int) -> None:
        pen.rectangle((0, 0, side * scale, side * scale), fill=PAPER)
        for points, colour in ((head, OCHRE), (heart, CREAM)):
            unit = side * scale / 32
            pen.polygon([(x * unit, y * unit) for x, y in points], fill=colour)

    return _smooth("RGB", (side, side), fill)


def _smooth(
    mode: str, size: tuple[int, int], fill: Callable[[ImageDraw.ImageDraw, int], None]
) -> Image.Image:
    """Draw four times as large and make it smaller: the library's edges are steps."""
    scale = 4
    image = Image.new(mode, (size[0] * scale, size[1] * scale))
    fill(ImageDraw.Draw(image), scale)
    return image.resize(size, Image.Resampling.BOX)


def _png(image: Image.Image) -> bytes:
    """Few colours, so that it costs a phone little."""
    few = image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
