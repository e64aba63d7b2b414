"""With what the helpline signs: documents by a certificate, bundles by an Ed25519 key.

Both keys lie in the data folder and are made at the first need; a certificate that somebody
else vouches for comes by the settings.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import httpx
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PublicFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper

from api.crypto import KeyFileUnsafe, load_key
from api.errors import Refusal
from api.settings import Settings

OURS = "Sigurt"
KEY_FILE, CERTIFICATE_FILE = "evidence.key", "evidence.p12"
VALID = timedelta(days=3650)
DOCUMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336: signing of documents
STAMP_SECONDS = 20

_T = TypeVar("_T")

Stamp = Callable[[bytes], bytes]
"""Sends an RFC 3161 request (DER) and gives the answer (DER)."""


class SigningFault(Refusal):
    """The certificate of the settings cannot be used."""

    status, type = 500, "signing-fault"
    title = "The certificate for signatures cannot be opened: file or password"


class StampFault(Refusal):
    """The time-stamp service gave no stamp: nothing was made."""

    status, type, title = 502, "stamp-fault", "The time-stamp service gave no stamp: try again"


@dataclass(frozen=True, slots=True)
class Signing:
    """The keys, opened. ``self_made``: nobody else vouches for the certificate."""

    key: Ed25519PrivateKey
    certificate: x509.Certificate
    signer: signers.SimpleSigner
    self_made: bool
    stamp: Stamp | None = None

    @property
    def public(self) -> bytes:
        """The Ed25519 public key, 32 bytes."""
        return self.key.public_key().public_bytes_raw()


def load_signing(settings: Settings, *, now: datetime, stamp: Stamp | None = None) -> Signing:
    """The keys of this installation; raises ``SigningFault``, ``KeyFileUnsafe``."""
    key = Ed25519PrivateKey.from_private_bytes(load_key(settings.data_dir / KEY_FILE))
    given = settings.signing_certificate
    file = given or _own_certificate(settings, now)
    password = settings.signing_password.get_secret_value() if given else ""
    signer, certificate = _opened(file, password)
    stamp = stamp or (_service(settings.stamp_url) if settings.stamp_url else None)
    return Signing(key, certificate, signer, self_made=given is None, stamp=stamp)


def sign_pdf(pdf: bytes, signing: Signing, *, reason: str, name: str = "") -> bytes:
    """The document with a PAdES signature (B-B, or B-T when stamps are set) over all of it.

    Raises ``StampFault``.
    """
    field = SigFieldSpec("Signature")  # no rectangle: the words stay as they were written
    described = signers.PdfSignatureMetadata(
        field_name=field.sig_field_name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        name=name or None,
    )
    signed = apart(
        lambda: signers.sign_pdf(
            IncrementalPdfFileWriter(BytesIO(pdf)),
            described,
            signing.signer,
            timestamper=_Stamper(signing.stamp) if signing.stamp else None,
            new_field_spec=field,
        )
    )
    return bytes(signed.getvalue())


def apart(work: Callable[[], _T]) -> _T:
    """Do this in a thread of its own: pyHanko begins an event loop, and there may be one here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def minisign(data: bytes, comment: str, signing: Signing) -> str:
    """The text of a ``.minisig`` file over these bytes; the comment is signed with them."""
    if "\n" in comment or "\r" in comment:
        raise ValueError("a comment is one line")
    signature = signing.key.sign(blake2b(data).digest())
    whole = signing.key.sign(signature + comment.encode())
    return (
        f"untrusted comment: signature from {OURS}, key {key_name(signing.public)}\n"
        f"{_base64(b'ED' + key_id(signing.public) + signature)}\n"
        f"trusted comment: {comment}\n"
        f"{_base64(whole)}\n"
    )


def minisign_public(public: bytes) -> str:
    """The text of a ``.pub`` file for ``minisign -V``."""
    line = _base64(b"Ed" + key_id(public) + public)
    return f"untrusted comment: minisign public key {key_name(public)}\n{line}\n"


def key_id(public: bytes) -> bytes:
    """Eight bytes by which minisign finds the key; they follow from it."""
    return blake2b(public, digest_size=8).digest()


def key_name(public: bytes) -> str:
    """The same as minisign writes it."""
    return key_id(public)[::-1].hex().upper()


def fingerprint(public: bytes) -> str:
    """What the helpline publishes, to be compared by eye: groups of four letters."""
    letters = sha256(public).hexdigest()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def public_pem(signing: Signing) -> bytes:
    """The Ed25519 public key as ``openssl`` reads it."""
    public = signing.key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def certificate_pem(signing: Signing) -> bytes:
    """The certificate of the documents' signatures."""
    return signing.certificate.public_bytes(Encoding.PEM)


def stamped(data: bytes, signing: Signing) -> bytes | None:
    """An RFC 3161 answer over these bytes (DER), where a service is set.

    Raises ``StampFault``.
    """
    if signing.stamp is None:
        return None
    digest = {"algorithm": "sha256"}
    imprint = {"hash_algorithm": digest, "hashed_message": sha256(data).digest()}
    asked = tsp.TimeStampReq(
        {"version": 1, "message_imprint": imprint, "nonce": _nonce(), "cert_req": True}
    )
    answer = signing.stamp(asked.dump())
    granted = _granted(answer, asked["message_imprint"].dump(), asked["nonce"].native)
    return bytes(granted.dump())


class _Stamper(TimeStamper):
    """Lets pyHanko ask our stamp service."""

    def __init__(self, stamp: Stamp) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stamp = stamp

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = self._stamp(req.dump())
        return _granted(answer, req["message_imprint"].dump(), req["nonce"].native)


def _granted(answer: bytes, imprint: bytes, nonce: int) -> tsp.TimeStampResp:
    """The answer, if it is a stamp over what was asked."""
    try:
        found = tsp.TimeStampResp.load(answer, strict=True)
        given = found["status"]["status"].native in ("granted", "granted_with_mods")
        told = found["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
        same = told["message_imprint"].dump() == imprint and told["nonce"].native == nonce
    except (ValueError, TypeError, KeyError, AttributeError):
        raise StampFault() from None
    if not (given and same):
        raise StampFault()
    return found


def _service(url: str) -> Stamp:
    def ask(request: bytes) -> bytes:
        kind = {"Content-Type": "application/timestamp-query"}
        try:
            answer = httpx.post(url, content=request, headers=kind, timeout=STAMP_SECONDS)
            return answer.raise_for_status().content
        except httpx.HTTPError:
            raise StampFault() from None

    return ask


def _nonce() -> int:
    return secrets.randbits(63)


def _opened(file: Path, password: str) -> tuple[signers.SimpleSigner, x509.Certificate]:
    try:
        held, word = file.read_bytes(), password.encode() or None
        _, certificate, _ = pkcs12.load_key_and_certificates(held, word)
    except (OSError, ValueError):
        raise SigningFault() from None
    signer = signers.SimpleSigner.load_pkcs12_data(held, other_certs=[], passphrase=word)
    if signer is None or certificate is None:
        raise SigningFault()
    return signer, certificate


def _own_certificate(settings: Settings, now: datetime) -> Path:
    path = settings.data_dir / CERTIFICATE_FILE
    if not path.exists():
        _keep(path, _made(settings.helpline_name or OURS, now))
    if path.stat().st_mode & 0o077:
        raise KeyFileUnsafe(f"{path.name} may be read by others: chmod 600")
    return path


def _made(name: str, now: datetime) -> bytes:
    """A key and a certificate that it signed itself, as PKCS#12."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    begun = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
    dated = begun.not_valid_before(now - timedelta(days=1)).not_valid_after(now + VALID)
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_for_documents(), True),
        (x509.ExtendedKeyUsage([DOCUMENTS]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ):
        dated = dated.add_extension(extension, critical=critical)
    certificate = dated.sign(key, hashes.SHA256())
    return pkcs12.serialize_key_and_certificates(
        b"evidence", key, certificate, None, NoEncryption()
    )


def _for_documents() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(path: Path, content: bytes) -> None:
    """In one move, so that two processes starting at once agree on it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return  # the other process was first: its key counts
    finally:
        draft.unlink()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
