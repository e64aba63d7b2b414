"""Passwords: what is refused, how they are kept, how they are compared.

No composition rules and no forced change: length, and words that can be guessed.
"""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

SHORTEST = 8
ADVISED = 15
LONGEST = 128

_CONTEXT = ("sigurt", "helpline", "linja", "ndihma", "femije", "fëmijë", "shqiperi", "albania")
_READ_BY_ZXCVBN = 72  # its own limit; what follows only makes the password stronger
_HARD_TO_GUESS = 3  # more than 10^8 tries

HASHER = PasswordHasher()
# Compared with when there is no such person, so that the work is the same (S16).
_NOBODY = HASHER.hash("no person has this password")


def fault(password: str, *, about: tuple[str, ...] = ()) -> str | None:
    """Why this password is refused: ``short``, ``long``, ``easy``; None when it is good.

    ``about`` are words of the person (login, name) that the password must not rest on.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    words = [part.casefold() for text in about for part in (text, *text.split())]
    found = zxcvbn(password[:_READ_BY_ZXCVBN], user_inputs=[*_CONTEXT, *words])
    return "easy" if found["score"] < _HARD_TO_GUESS else None


def hashed(password: str) -> str:
    """The password as it is stored (Argon2id, own salt)."""
    return HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; with none stored it takes as long and is False."""
    try:
        HASHER.verify(stored or _NOBODY, password[: LONGEST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None
