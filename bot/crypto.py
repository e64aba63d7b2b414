"""The bot's keys and what is done with them. The key file lives outside the database."""

from __future__ import annotations

import os
import stat
from base64 import b64decode, b64encode
from functools import cache
from hashlib import blake2b
from pathlib import Path
from tempfile import mkstemp

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"  # of the key: the byte in front of every sealed cell


class KeyRefused(Exception):
    """The key file cannot be trusted or read: the service must not start with it."""


class SealBroken(Exception):
    """A sealed cell does not open here: moved, changed, or sealed with another key."""


class Keys:
    """All that is derived from the bot's one key."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise KeyRefused(f"the key must have {KEY_BYTES} bytes")
        self._master = master
        self._names = self.subkey("conversation")
        self.sealer = Sealer(self.subkey("sealer"))

    def subkey(self, purpose: str) -> bytes:
        """The key for one purpose; keys of two purposes tell nothing of each other."""
        return _derived(self._master, f"sigurt bot {purpose}")

    def secret(self, purpose: str) -> str:
        """A secret of 64 characters for a purpose, such as a webhook's."""
        return self.subkey(f"secret {purpose}").hex()

    def conversation_id(self, channel: str, address: str) -> str:
        """The pseudonym of an address: 32 hex digits that tell nothing without the key."""
        named = blake2b(f"{channel}:{address}".encode(), key=self._names, digest_size=16)
        return named.hexdigest()


class Sealer:
    """Seals cells of the database with AES-256-GCM, each bound to its table, column and row."""

    def __init__(self, master: bytes) -> None:
        self._cipher = cache(lambda table, column: AESGCM(_derived(master, f"{table}|{column}")))

    def seal(self, plain: bytes, *, table: str, column: str, row: str) -> bytes:
        """Return the bytes to store; sealing twice gives different bytes."""
        nonce = os.urandom(NONCE_BYTES)
        place = _place(table, column, row)
        return VERSION + nonce + self._cipher(table, column).encrypt(nonce, plain, place)

    def open(self, sealed: bytes, *, table: str, column: str, row: str) -> bytes:
        """Return what was sealed for this very place.

        Raises ``SealBroken`` for anything else.
        """
        nonce, closed = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != VERSION:
            raise SealBroken(f"{table}.{column} is sealed with an unknown version")
        try:
            return self._cipher(table, column).decrypt(nonce, closed, _place(table, column, row))
        except (InvalidTag, ValueError):
            raise SealBroken(f"{table}.{column} does not open in this row") from None


def load_keys(data_dir: Path, name: str = "bot.key") -> Keys:
    """Read the key file of the data folder; at the first start, make both.

    Raises ``KeyRefused`` when others could read the file (S53), or it holds no key.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / name
    if not path.exists():
        _make(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyRefused(f"{name} can be read by others: set its mode to 0600")
    try:
        return Keys(b64decode(path.read_bytes().strip(), validate=True))
    except ValueError:
        raise KeyRefused(f"{name} holds no key") from None


def _make(path: Path) -> None:
    """Make the file complete or not at all, also when several processes start at once."""
    handle, draft = mkstemp(dir=path.parent, prefix=path.name)  # its mode is 0600
    with os.fdopen(handle, "wb") as file:
        file.write(b64encode(os.urandom(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        os.unlink(draft)


def _derived(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(master)


def _place(table: str, column: str, row: str) -> bytes:
    return f"{table}|{column}|{row}".encode()
