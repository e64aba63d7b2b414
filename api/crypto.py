"""Sealed columns and the sealed box: what the helpline keeps, and what it is sent.

The keys lie outside the database, in the data folder, readable by the service alone. A
sealed value is bound to its table, column and row: moved elsewhere it does not open.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

_VERSION = b"\x01"
_NONCE = 12
_KEY = 32


class SealBroken(Exception):
    """Something sealed does not open: another key, another place, or changed bytes."""


class KeyFileUnsafe(Exception):
    """A key file that others may read, or that holds no key: the service does not start."""


class Vault:
    """Seals and opens texts with keys derived from one master key of 32 bytes."""

    def __init__(self, master: bytes) -> None:
        if len(master) != _KEY:
            raise ValueError("a master key has 32 bytes")
        self._master = master
        self._fields = AESGCM(self.subkey("fields"))
        self._fingerprint_key = lru_cache(maxsize=64)(self._derive_fingerprint_key)

    def subkey(self, purpose: str) -> bytes:
        """32 bytes for one purpose; no purpose's key tells anything of another's."""
        info = b"sigurt helpline " + purpose.encode()
        return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=info).derive(self._master)

    def seal(self, text: str, *, table: str, column: str, row: str | int) -> bytes:
        """Encrypt a text for exactly one place; every call gives other bytes."""
        nonce = secrets.token_bytes(_NONCE)
        place = _place(table, column, row)
        return _VERSION + nonce + self._fields.encrypt(nonce, text.encode(), place)

    def open(self, sealed: bytes, *, table: str, column: str, row: str | int) -> str:
        """Decrypt what was sealed for this place; raises ``SealBroken`` otherwise."""
        if sealed[:1] != _VERSION:
            raise SealBroken("unknown key version")
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._fields.decrypt(nonce, body, _place(table, column, row)).decode()
        except (InvalidTag, ValueError):
            raise SealBroken(f"{table}.{column} does not open") from None

    def row(self, table: str, row: str | int) -> RowSeal:
        """The seal of one row: only the column remains to be named."""
        return RowSeal(self, table, row)

    def fingerprint(self, text: str, *, purpose: str) -> str:
        """32 hex characters by which an equal text is found again, within one purpose."""
        key = self._fingerprint_key(purpose)
        return blake2b(text.encode(), key=key, digest_size=16).hexdigest()

    def _derive_fingerprint_key(self, purpose: str) -> bytes:
        return self.subkey(f"fingerprint {purpose}")


@dataclass(frozen=True, slots=True)
class RowSeal:
    """Seals and opens the columns of one row."""

    vault: Vault
    table: str
    row: str | int

    def seal(self, column: str, text: str) -> bytes:
        """As ``Vault.seal``."""
        return self.vault.seal(text, table=self.table, column=column, row=self.row)

    def open(self, column: str, sealed: bytes) -> str:
        """As ``Vault.open``."""
        return self.vault.open(sealed, table=self.table, column=column, row=self.row)


class Box:
    """The helpline's letter box: anyone may seal to it, only the helpline opens."""

    def __init__(self, private: bytes) -> None:
        key = PrivateKey(private)
        self._box = SealedBox(key)
        self._public = bytes(key.public_key)

    @property
    def public_key(self) -> str:
        """The X25519 public key, base64."""
        return base64.b64encode(self._public).decode()

    @property
    def key_id(self) -> str:
        """Eight hex characters that name the public key."""
        return blake2b(self._public).hexdigest()[:8]

    def open(self, sealed: str) -> bytes:
        """What was put into the box; raises ``SealBroken``."""
        try:
            return self._box.decrypt(base64.b64decode(sealed, validate=True))
        except (binascii.Error, CryptoError, ValueError, TypeError):
            raise SealBroken("the box does not open") from None


def load_vault(data_dir: Path) -> Vault:
    """The vault of this installation; its key is made at the first start."""
    return Vault(load_key(data_dir / "helpline.key"))


def load_box(data_dir: Path) -> Box:
    """The letter box of this installation; its key is made at the first start."""
    return Box(load_key(data_dir / "helpline.private"))


def load_key(path: Path) -> bytes:
    """32 bytes from a file that only the service may read; made if absent.

    Raises ``KeyFileUnsafe`` when others may read the file or it holds no key.
    """
    if not path.exists():
        _make_key(path)
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileUnsafe(f"{path.name} may be read by others: chmod 600")
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY:
        raise KeyFileUnsafe(f"{path.name} does not hold a key")
    return key


def _make_key(path: Path) -> None:
    """Write a new key in one move, so that two processes starting at once agree on it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(_KEY)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # the other process was first: its key counts
    finally:
        draft.unlink()


def _place(table: str, column: str, row: str | int) -> bytes:
    return f"{table}|{column}|{row}".encode()
