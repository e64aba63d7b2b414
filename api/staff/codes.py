"""The second factor: codes that change each half minute, and recovery codes."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from hashlib import sha256

import pyotp
import segno

STEP = 30
RECOVERY_CODES = 8
_SECRET_LETTERS = 32  # base32: 160 bits
_RECOVERY_BYTES = 20


def new_secret() -> str:
    """A fresh secret of 160 bits, base32."""
    return pyotp.random_base32(_SECRET_LETTERS)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step that this code belongs to, if it is the code of this half minute."""
    expected = pyotp.TOTP(secret, interval=STEP).at(now)
    given = "".join(code.split())
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return None
    return int(now.timestamp()) // STEP


def new_recovery_codes() -> list[str]:
    """Codes of 160 bits to be written down: eight groups of four letters."""
    return [_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> str:
    """How a recovery code is stored; spaces, dashes and case do not matter.

    With 160 bits of chance a plain hash is enough (S15).
    """
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return sha256(plain.encode()).hexdigest()


def picture(secret: str, *, login: str) -> str:
    """The secret as a QR code: one ``<svg>`` without script or style."""
    uri = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name="Sigurt")
    code = segno.make(uri, error="m", micro=False)
    return str(code.svg_inline(scale=5, dark="#10272e", light="#ffffff", svgclass="qr"))


def _grouped(raw: bytes) -> str:
    letters = base64.b32encode(raw).decode()
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))
