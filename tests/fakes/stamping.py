"""A time-stamp service as RFC 3161 has it: its answers are made by openssl itself."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

URL = "https://stamps.example.com/tsa"
_CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/root.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
ess_cert_id_alg = sha256
"""
_KEY_USAGE = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")


@dataclass
class StampService:
    """Answers on ``URL``; ``fault``: ``down``, ``broken``, ``garbage``, ``long`` or ``old``."""

    folder: Path
    fault: str = ""
    asked: int = 0
    _answers: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        root, root_key = _root()
        leaf, leaf_key = _leaf(root, root_key)
        for name, cert in (("root.pem", root), ("tsa.pem", leaf)):
            self._write(name, cert.public_bytes(serialization.Encoding.PEM))
        self._write("tsa.key", _pem(leaf_key))
        self._write("serial", b"01\n")
        self._write("tsa.cnf", _CONFIG.format(folder=self.folder).encode())

    @property
    def roots(self) -> Path:
        """The PEM file on which its stamps rest."""
        return self.folder / "root.pem"

    @property
    def certificates(self) -> Sequence[x509.Certificate]:
        """The same, read."""
        return x509.load_pem_x509_certificates(self.roots.read_bytes())

    @property
    def transport(self) -> httpx.MockTransport:
        """What brings requests to it."""
        return httpx.MockTransport(self._answer)

    def reply(self, query: bytes) -> bytes:
        """Its answer to a request."""
        self._write("query.tsq", query)
        self._openssl("-reply", "-queryfile", "query.tsq", "-config", "tsa.cnf", "-out", "a.tsr")
        return (self.folder / "a.tsr").read_bytes()

    def accepts(self, data: bytes, token: bytes) -> bool:
        """Whether openssl alone finds that the token stamps this data."""
        self._write("data", data)
        self._write("token.tsr", token)
        done = self._openssl(
            "-verify", "-data", "data", "-in", "token.tsr", "-CAfile", "root.pem", check=False
        )
        return done.returncode == 0

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.fault == "down":
            raise httpx.ConnectError("refused", request=request)
        if self.fault == "broken":
            return httpx.Response(503)
        if self.fault in ("garbage", "long"):
            return httpx.Response(200, content=b"0" * (9 if self.fault == "garbage" else 99_999))
        if self.fault != "old" or not self._answers:
            self._answers.append(self.reply(request.content))
        headers = {"Content-Type": "application/timestamp-reply"}
        return httpx.Response(200, content=self._answers[-1], headers=headers)

    def _openssl(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        command = ["openssl", "ts", *args]
        return subprocess.run(command, cwd=self.folder, check=check, capture_output=True)

    def _write(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _builder(name: str, issuer: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
        **dict.fromkeys(_KEY_USAGE, False),
    )


def _root() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    made = _builder("Stamps root", "Stamps root", key.public_key())
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = made.add_extension(_usage(signs=True), critical=True)
    return made.sign(key, hashes.SHA256()), key


def _leaf(
    root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    made = _builder("Stamps", "Stamps root", key.public_key())
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(signs=False), critical=True)
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    made = made.add_extension(stamping, critical=True)
    return made.sign(root_key, hashes.SHA256()), key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
