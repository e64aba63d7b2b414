from __future__ import annotations

import json
import struct
from hashlib import sha256

import pytest

from api.audit.chain import START, canonical, content, digest, link, unveiled, veiled

# RFC 8785, appendix B: the bits of an IEEE 754 double, and how it is written.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


@pytest.mark.parametrize(("bits", "written"), NUMBERS.items())
def test_numbers_are_written_as_the_rfc_has_them(bits, written):
    """
    RFC 8785, appendix B.
    """
    [number] = struct.unpack(">d", bytes.fromhex(bits))

    assert canonical(number) == written.encode()


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000"])
def test_what_json_has_no_number_for_is_refused(bits):
    """
    RFC 8785, appendix B: NaN and infinity.
    """
    [number] = struct.unpack(">d", bytes.fromhex(bits))

    with pytest.raises(ValueError, match="not representable"):
        canonical(number)


def test_sample_of_the_rfc():
    """
    RFC 8785, 3.2.2 to 3.2.4: literals, numbers, strings, order, and the bytes in the end.
    """
    given = r"""{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }"""
    wanted = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )

    assert canonical(json.loads(given)) == wanted.encode()


def test_names_are_sorted_by_utf_16():
    """
    RFC 8785, 3.2.3.
    """
    given = {
        **{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet"},
        **{"1": "One", "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control"},
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]

    assert list(json.loads(canonical(given))) == order


def test_link_can_be_recomputed_by_anybody():
    """
    The hash of a row follows from published rules alone: SHA-256 over canonical JSON.
    """
    said = content(seq=1, at=1, who="staff:1", what="case.read", about="x", detail_hash="00" * 32)
    text = (
        '{"about":"x","at":"1970-01-01T00:00:00.001Z","detail_hash":"' + "00" * 32 + '",'
        '"seq":1,"what":"case.read","who":"staff:1"}'
    )
    content_hash = sha256(text.encode()).hexdigest()
    whole = f'{{"content_hash":"{content_hash}","prev":"{START}"}}'

    assert digest(said) == content_hash
    assert link(START, content_hash) == sha256(whole.encode()).hexdigest()


def test_hash_of_details_cannot_be_guessed():
    """
    Equal details hash to something else each time, so that a hash tells nothing.
    """
    detail = {"why": "ç'ka"}

    assert veiled(detail) != veiled(detail)
    assert unveiled(veiled(detail)) == detail


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\u2028", "\x00", "\x1b[2J"])
def test_control_marks_forge_no_line(mark):
    """
    S46: newlines and control marks of a person's text stay inside one line of an extract.
    """
    said = canonical({"who": "staff:1", "detail": f"a{mark}{{}}"})

    assert b"\n" not in said
    assert b"\x00" not in said
    assert b"\x1b" not in said
    assert json.loads(said)["detail"] == f"a{mark}{{}}"
