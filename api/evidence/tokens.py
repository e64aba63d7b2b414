"""Time-stamps by RFC 3161 over the head of the trail. Pure; nothing here goes out.

What is stamped is ``chain.head_text``: anybody can check an answer against that text with
``openssl ts -verify``, without our code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from api.audit.chain import Anchor, head_text

LONGEST = 64 * 1024
_CERTIFICATES = 0xA0  # their tag within signed data


class TokenWrong(Exception):
    """The answer is none, is not of this head, or does not rest on a known certificate."""


def request(head: Anchor) -> TimeStampRequest:
    """What to ask a stamp service: with a nonce, so that no old answer passes for a new one."""
    builder = TimestampRequestBuilder().data(head_text(head))
    return builder.hash_algorithm(HashAlgorithm.SHA256).build()


def verified(
    token: bytes,
    head: Anchor,
    roots: Iterable[Certificate],
    *,
    asked: TimeStampRequest | None = None,
) -> datetime:
    """When the service stamped this head; raises ``TokenWrong``.

    ``asked`` is the request that this is the answer to: its nonce must come back.
    """
    builder = VerifierBuilder.from_request(asked) if asked else VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        answer = decode_timestamp_response(in_order(token))
        builder.build().verify_message(answer, head_text(head))
        return answer.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError, TypeError) as error:
        raise TokenWrong(type(error).__name__) from None


def in_order(token: bytes) -> bytes:
    """The answer with its certificates as DER orders a set; what is no answer stays as it is.

    Services made with openssl send them in any order, which no signature covers, and our
    library reads only the right one. Sorting changes no length, so all else stays in place.
    """
    try:
        answer = _parts(token, 0)
        signed = _parts(token, _parts(token, _parts(token, answer[1][0])[1][0])[0][0])
        [start, end] = next(part for part in signed if token[part[0]] == _CERTIFICATES)
        inside = sorted(token[slice(*part)] for part in _parts(token, start))
    except (IndexError, StopIteration, ValueError):
        return token
    whole = b"".join(inside)
    return token[: end - len(whole)] + whole + token[end:]


def _parts(data: bytes, at: int) -> list[tuple[int, int]]:
    """Where the parts of the DER value at this place begin and end."""
    place, end = _inside(data, at)
    found = []
    while place < end:
        _, stop = _inside(data, place)
        found.append((place, stop))
        place = stop
    if place != end:
        raise ValueError("a part reaches beyond the whole")
    return found


def _inside(data: bytes, at: int) -> tuple[int, int]:
    """Where the contents of the DER value at this place begin and end."""
    length, start = data[at + 1], at + 2
    if length & 0x80:
        many = length & 0x7F
        length, start = int.from_bytes(data[start : start + many]), start + many
    if start + length > len(data):
        raise ValueError("cut off")
    return start, start + length


def certificates(pem: bytes) -> Sequence[Certificate]:
    """The certificates of a PEM file; raises ``ValueError`` when there is none."""
    return load_pem_x509_certificates(pem)
