"""Signatures of webhook calls, as the Standard Webhooks specification 1.0 has them."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A fresh secret, as it is given to the other system: ``whsec_`` and base64."""
    return _PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(secret: str, *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers by which the other system knows that the body is ours, and when it left."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    key = b64decode(secret.removeprefix(_PREFIX))
    signature = b64encode(hmac.digest(key, signed, sha256)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{signature}",
    }
