"""Time-stamps by RFC 3161 over the head of the trail. Pure; nothing here goes out.

What is stamped is ``chain.head_text``: anybody can check an answer against that text with
``openssl ts -verify``, without our code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from asn1crypto.tsp import TimeStampResp
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
    """The answer with its certificates as DER orders a set.

    Services made with openssl send them in any order, which no signature covers, and our
    library reads only the right one.
    """
    answer = TimeStampResp.load(token, strict=True)
    if answer["time_stamp_token"].native is None:
        return token
    signed = answer["time_stamp_token"]["content"]
    if signed["certificates"].native:
        signed["certificates"] = sorted(signed["certificates"], key=lambda one: one.dump())
    ordered: bytes = answer.dump()
    return ordered


def certificates(pem: bytes) -> Sequence[Certificate]:
    """The certificates of a PEM file; raises ``ValueError`` when there is none."""
    return load_pem_x509_certificates(pem)
