"""How a secret may look in a file that somebody copied."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator


def forms_of(secret: str) -> Iterator[bytes]:
    """How a secret may look in a file: as it is, escaped, in other codings, as a number."""
    plain = secret.encode()
    yield plain
    yield secret.encode("utf-16-le")
    yield secret.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")  # as in JSON
    yield plain.hex().encode()
    for before in range(3):  # the letters depend on where the secret begins
        inner = b64encode(bytes(before) + plain)[4:-4]
        if len(inner) > 5:
            yield inner
    if secret.isdecimal():
        yield int(secret).to_bytes(5, "big")  # as SQLite keeps it
