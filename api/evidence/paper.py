"""Documents on paper: PDF/A-2u with its own letters, the same bytes for the same content.

Nothing in one is alive: no link, script, form or attachment. What no letter of ours can
show (emoji, control characters, rare scripts) stands as its code: nothing is dropped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import fontpkg
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, WrapMode

MARGIN, FOOT = 18.0, 16.0
SMALL, BODY, HEAD, BIG = 8.0, 10.0, 12.0, 18.0
LINE = 0.5  # millimetres of a line for each point of its size
INK, LAKE, QUIET, RULE = (16, 39, 46), (11, 92, 102), (84, 104, 112), (199, 211, 214)
FIRST_COLUMN = 52.0
VARYING = ("fvar", "gvar", "avar", "HVAR", "MVAR", "STAT", "cvar")  # of a variable font
PAGES = "\ue000"  # stands for their number; no words hold it, for it is shown as its code
MAKER = "Sigurt"
CALM = frozenset("\n \N{NO-BREAK SPACE}")
TELLING = frozenset({"So", "Sk"})  # kinds of characters whose names help a reader
LANGUAGES = {"sq": "sq-AL", "en": "en-GB"}
_FRAME = {
    "sq": ("Konfidenciale", "Faqja {page} nga {pages}", "Përgatitur më {at} (UTC)"),
    "en": ("Confidential", "Page {page} of {pages}", "Made on {at} (UTC)"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What the next blocks are about; level 1 stands below the title, 2 below that."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences of our own."""

    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's words as they are, under a line that says who wrote them and when."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and what belongs to each; what is empty is shown as a dash."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with a head, which is repeated on each page; columns share the width."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()


Block = Heading | Paragraph | Said | Pairs | Rows


def paper(
    title: str,
    blocks: Sequence[Block],
    language: str,
    *,
    at: datetime,
    number: str = "",
    author: str = "",
) -> bytes:
    """A document of these blocks; ``number`` and “confidential” stand on each page."""
    sheet = _Sheet(title, language, at=at, number=number, author=author)
    sheet.add_page()
    sheet.big(title)
    for block in blocks:
        sheet.block(block)
    return bytes(sheet.output())


def shown(text: str) -> str:
    """The text in letters that a document can show, with codes for the others."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    return "".join(_run(drawable, list(run)) for drawable, run in groupby(plain, _drawable))


def _run(drawable: bool, run: list[str]) -> str:
    return "".join(run) if drawable else f"[{', '.join(map(_code, run))}]"


def _code(letter: str) -> str:
    code = f"U+{ord(letter):04X}"
    if unicodedata.category(letter) not in TELLING:
        return code
    return f"{code} {unicodedata.name(letter, '').lower()}".rstrip()


def _drawable(letter: str) -> bool:
    if letter in CALM:
        return True
    unseen = unicodedata.category(letter)[0] in "CZ"  # they would hide, or turn a line around
    return not unseen and ord(letter) in _letters()


class _Sheet(FPDF):
    """The pages, from above to below."""

    def __init__(
        self, title: str, language: str, *, at: datetime, number: str, author: str
    ) -> None:
        super().__init__(format="A4", enforce_compliance="PDF/A-2U")
        self._words = _FRAME[language]
        self._number, self._at = shown(number), at.astimezone(UTC).replace(microsecond=0)
        self._describe(shown(title), LANGUAGES[language], shown(author))
        for name, face in _faces().items():
            self.add_font(name, fname=face)
        self.set_fallback_fonts(["body"], exact_match=False)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, FOOT)
        self.alias_nb_pages(PAGES)

    def _describe(self, title: str, language: str, author: str) -> None:
        self.set_title(title)
        self.set_author(author)
        self.set_creator(MAKER)
        self.set_producer(MAKER)
        self.set_lang(language)
        self.set_creation_date(self._at)
        self.set_xmp_metadata(_xmp(title, author, self._at))

    def header(self) -> None:
        """On each page: confidential, and which case."""
        self._letters("body", SMALL, QUIET)
        self.cell(self.epw / 2, 5, self._words[0])
        self.cell(self.epw / 2, 5, self._number, align="R", new_x="LMARGIN", new_y="NEXT")
        self._rule()
        self.ln(4)

    def footer(self) -> None:
        """On each page: which of how many, and when it was made."""
        self.set_y(-FOOT + 4)
        self._letters("body", SMALL, QUIET)
        at = f"{self._at:%Y-%m-%d %H:%M}"
        self.cell(self.epw / 2, 5, self._words[2].format(at=at))
        page = self._words[1].format(page=self.page_no(), pages=PAGES)
        self.cell(self.epw / 2, 5, page, align="R")

    def big(self, title: str) -> None:
        """The title above the first page."""
        self._write(title, "head", BIG, LAKE)
        self.ln(3)

    def block(self, block: Block) -> None:
        """One block, as its kind is drawn."""
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._write(block.text, "body", BODY, INK)
                self.ln(2)
            case Said():
                self._said(block)
            case Pairs():
                self._pairs(block)
            case Rows():
                self._rows(block)

    def _heading(self, block: Heading) -> None:
        size = HEAD if block.level > 1 else HEAD + 2
        if self.will_page_break(size * LINE + 14):  # a heading stands above something
            self.add_page()
        self.ln(3)
        self._write(block.text, "head", size, LAKE)
        self.ln(1)

    def _said(self, block: Said) -> None:
        if block.by:
            if self.will_page_break(SMALL * LINE + BODY * LINE + 2):
                self.add_page()
            self._write(block.by, "body", SMALL, QUIET)
        self._write(block.text, "body", BODY, INK, indent=4)
        self.ln(1.5)

    def _pairs(self, block: Pairs) -> None:
        widths = (FIRST_COLUMN, self.epw - FIRST_COLUMN)
        for name, value in block.rows:
            self._row((name, value or "–"), widths, colours=(QUIET, INK))
        self.ln(2)

    def _rows(self, block: Rows) -> None:
        shares = block.widths or [1.0] * len(block.head)
        widths = [self.epw * share / sum(shares) for share in shares]
        again = self._head(block.head, widths)
        again()
        for row in block.rows:
            self._row([cell or "–" for cell in row], widths, size=SMALL + 1, again=again)
        self.ln(2)

    def _head(self, head: Sequence[str], widths: Sequence[float]) -> Callable[[], None]:
        def draw() -> None:
            self._row(head, widths, size=SMALL + 1, face="head", colours=[LAKE] * len(head))

        return draw

    def _row(
        self,
        cells: Sequence[str],
        widths: Sequence[float],
        *,
        size: float = BODY,
        face: str = "body",
        colours: Sequence[tuple[int, int, int]] = (),
        again: Callable[[], None] | None = None,
    ) -> None:
        """Cells beside each other; a row that is too long goes on upon the next page."""
        self._letters(face, size, INK)
        columns = [self._lines(cell, width - 2) for cell, width in zip(cells, widths, strict=True)]
        height, deep = size * LINE, max(map(len, columns))
        for number in range(deep):
            if self.will_page_break(height + 1):
                self.add_page()
                if again:
                    again()
            line = [column[number] if number < len(column) else "" for column in columns]
            self._letters(face, size, INK)
            self._across(line, widths, height, colours)
        self._rule()
        self.ln(1)

    def _across(
        self,
        line: Sequence[str],
        widths: Sequence[float],
        height: float,
        colours: Sequence[tuple[int, int, int]],
    ) -> None:
        for place, (text, width) in enumerate(zip(line, widths, strict=True)):
            self.set_text_color(*(colours[place] if colours else INK))
            self.cell(width, height, text)
        self.ln(height)

    def _lines(self, text: str, width: float) -> list[str]:
        lines = self.multi_cell(
            width,
            text=shown(text),
            dry_run=True,
            output=MethodReturnValue.LINES,
            wrapmode=WrapMode.WORD,
            align="L",
        )
        return [str(line) for line in cast("list[str]", lines)] or [""]

    def _write(
        self, text: str, face: str, size: float, colour: tuple[int, int, int], indent: float = 0
    ) -> None:
        self._letters(face, size, colour)
        self.set_x(self.l_margin + indent)
        self.multi_cell(
            self.epw - indent, size * LINE, shown(text), align="L", new_x="LMARGIN", new_y="NEXT"
        )

    def _letters(self, face: str, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font(face, size=size)
        self.set_text_color(*colour)

    def _rule(self) -> None:
        self.set_draw_color(*RULE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())


def ready() -> None:
    """Work out the faces, which takes seconds, once in a process: outside of any session."""
    _letters()


@cache
def _faces() -> dict[str, Path]:
    """The files of the two faces; they stay as long as the process."""
    folder = Path(_folder().name)
    body, head = folder / "body.ttf", folder / "head.ttf"
    _still("Noto Sans").save(body)
    _bold("Nunito").save(head)
    return {"body": body, "head": head}


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="sigurt-faces-")


def _still(name: str) -> TTFont:
    """A variable font as it is drawn by default: much faster than to work it out."""
    font = TTFont(fontpkg.path(name), recalcTimestamp=False)
    for table in VARYING:
        if table in font:
            del font[table]
    return font


def _bold(name: str) -> TTFont:
    font = TTFont(fontpkg.path(name), recalcTimestamp=False)
    return instancer.instantiateVariableFont(font, {"wght": 700}, inplace=True)


@cache
def _letters() -> frozenset[int]:
    """What the face for words can show."""
    return frozenset(TTFont(_faces()["body"], lazy=True).getBestCmap())


def _xmp(title: str, author: str, at: datetime) -> str:
    """What the document says of itself; fpdf2's own would tell the time of day."""
    return "\n".join(_xmp_lines(escape(title), escape(author), at.isoformat()))


def _xmp_lines(title: str, author: str, at: str) -> Iterator[str]:
    yield '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    yield '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    yield '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    yield ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
    yield ' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    yield "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
    yield f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    if author:
        yield f"<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
    yield f"<xmp:CreateDate>{at}</xmp:CreateDate><xmp:CreatorTool>{MAKER}</xmp:CreatorTool>"
    yield f"<pdf:Producer>{MAKER}</pdf:Producer>"
    yield "</rdf:Description></rdf:RDF></x:xmpmeta>"
