"""Documents: every letter is there, nothing is alive, and a signature holds all of it."""

from __future__ import annotations

import re
import stat
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from fakes.stamping import StampService
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from api.crypto import KeyFileUnsafe
from api.evidence.paper import Heading, Pairs, Paragraph, Rows, Said, paper, shown
from api.evidence.signing import StampFault, load_signing, sign_pdf
from api.settings import Settings

AT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
BLOCKS = (
    Heading("Çështja"),
    Paragraph("Fjalë me ë dhe ç, λόγος, слово."),
    Pairs([("Adresa", "hxxps://example[.]com/" + "a" * 5000), ("Bosh", "")]),
    Rows(("Një", "Dy"), [("a", "fjalë " * 2000), *[("b", "c")] * 90]),
    Said("https://example.com (shtyp këtu) {nb} <a href='x'>", "Fëmija"),
)


def made(language: str = "sq") -> bytes:
    return paper("Raporti “C-1”", BLOCKS, language, at=AT, number="C-1", author="Linja")


def settings(folder: Path, **change: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **change)


def test_the_same_content_gives_the_same_bytes() -> None:
    """
    A document of the same content and time is the same file, byte for byte.
    """
    assert made() == made()
    assert made() != made("en")


def test_it_says_that_it_is_pdf_a_and_holds_its_letters() -> None:
    """
    PDF/A-2u: it says so, has an output intent, embeds every font, and has a file id.
    (No validator of PDF/A can be installed here: this reads what it asks for.)
    """
    body = made()
    reader = PdfFileReader(BytesIO(body))
    told = reader.root["/Metadata"].data.decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" in told
    assert reader.root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert reader.root["/Lang"] == "sq-AL"
    assert "/ID" in reader.trailer
    fonts = re.findall(rb"/FontFile2 \d+ 0 R", body)
    assert len(fonts) == len(re.findall(rb"/Type /FontDescriptor", body)) == 2


def test_nothing_in_it_is_alive() -> None:
    """
    No link, script, form or attachment, whatever the words look like.
    """
    body = made()
    for word in (b"/URI", b"/Annots", b"/JavaScript", b"/JS", b"/AcroForm", b"/EmbeddedFile"):
        assert word not in body


def test_what_cannot_be_shown_stands_as_its_code() -> None:
    """
    Emoji, control characters and what turns a line around are shown by their codes.
    """
    assert shown("ëç “”") == "ëç “”"
    assert shown("mirë 😢") == "mirë [U+1F622 crying face]"
    assert shown("a\u202eb\x00") == "a[U+202E]b[U+0000]"
    assert shown("e\u0308") == "ë"
    assert shown("一") == "[U+4E00]"


@pytest.mark.parametrize("stamped", [True, False])
def test_a_signature_holds_the_whole_document(tmp_path: Path, stamped: bool) -> None:
    """
    S50: the signature covers the whole file, with a time-stamp where a service is set.
    """
    service = StampService(tmp_path / "tsa")
    stamp = service.reply if stamped else None
    signing = load_signing(settings(tmp_path), now=AT, stamp=stamp)
    signed = sign_pdf(made(), signing, reason="C-1")
    [one] = PdfFileReader(BytesIO(signed)).embedded_signatures
    context = ValidationContext(trust_roots=[one.signer_cert], allow_fetching=False)
    told = validate_pdf_signature(one, context)
    assert told.intact
    assert told.valid
    assert told.coverage.name == "ENTIRE_FILE"
    assert (told.timestamp_validity is not None) == stamped
    assert signed.startswith(made())


def test_a_service_that_lies_is_no_stamp(tmp_path: Path) -> None:
    """
    An answer that is none, or over something else, is refused.
    """
    service = StampService(tmp_path / "tsa")
    first: list[bytes] = []

    def again(query: bytes) -> bytes:
        first.append(service.reply(query))
        return first[0]

    for stamp in (lambda _: b"garbage", again):
        signing = load_signing(settings(tmp_path), now=AT, stamp=stamp)
        with pytest.raises(StampFault):
            sign_pdf(made(), signing, reason="C-1")


def test_the_keys_are_made_once_and_for_the_service_alone(tmp_path: Path) -> None:
    """
    Both keys are made at the first need, with mode 0600, and stay; open ones are refused.
    """
    first, again = (load_signing(settings(tmp_path), now=AT) for _ in range(2))
    assert first.public == again.public
    assert first.certificate == again.certificate
    for name in ("evidence.key", "evidence.p12"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    (tmp_path / "evidence.p12").chmod(0o644)
    with pytest.raises(KeyFileUnsafe):
        load_signing(settings(tmp_path), now=AT)


def test_pages_are_counted_and_words_that_look_like_ours_stay() -> None:
    """
    Each page has its number and that of all; what somebody typed is never replaced.
    """
    body = made()
    pages = len(re.findall(rb"/Type /Page\b", body))
    assert pages > 2
    streams = [_open(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL)]
    assert sum(b"BT" in part for part in streams) >= pages


def _open(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error:
        return b""
