"""A small encoder that reads a text as a whole: who did what to whom, in which words ever.

The cues add up words; this one sees them beside each other, and knows from its first
training on many languages which words mean the same. It is asked only where the cues are
unsure. Its weights are the lower layers of multilingual-e5-small (Wang et al. 2024, MIT
licence), its vocabulary cut to what Albanian and English need, trained further on our own
messages by ``bot.triage.training.encoder`` and kept in four bits each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.engine.words import Token, unstretched
from bot.triage.spelling import letters_of

TOKENS = 64  # of one text; what is longer is cut into windows before it comes here
BLOCK = 32  # weights that share one scale
_SPACE = "\u2581"
_MARKS = 8  # signs and emoji between two words that are read
_UNKNOWN_COSTS = 10.0  # below the rarest piece
_GELU = math.sqrt(2 / math.pi)

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


class Judged(NamedTuple):
    """What the encoder makes of a text, in log-odds; ``kinds`` one for each kind of harm."""

    grave: float
    worry: float
    urgent: float
    kinds: tuple[float, ...]


class Layer(NamedTuple):
    """One layer: attention, then a step for each word alone."""

    qkv: Floats
    qkv_bias: Floats
    out: Floats
    out_bias: Floats
    norm: Floats
    norm_bias: Floats
    up: Floats
    up_bias: Floats
    down: Floats
    down_bias: Floats
    last: Floats
    last_bias: Floats


def spelled(part: Sequence[Token], line: str) -> str:
    """Return a part of ``line`` as the encoder was taught to see it.

    Words as the triage folds them (letters typed apart are joined, digits for letters read),
    between them marks and emoji as they were.
    """
    pieces: list[str] = []
    place = part[0].start if part else 0
    for token in part:
        pieces += [_marks(line[place : token.start]), letters_of(token.word)]
        place = token.end
    return " ".join("".join(pieces).split())


def _marks(between: str) -> str:
    """What stands between two words, at most a few signs; a space where nothing does."""
    return " " + unstretched(between)[:_MARKS] + " " if between.strip(" '") else " "


class Pieces:
    """Cuts a text into the pieces of words that the encoder knows."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._numbers = {piece: (number, scores[number]) for number, piece in enumerate(pieces)}
        self._longest = max(map(len, pieces))
        self._unknown = min(scores) - _UNKNOWN_COSTS
        self._begin, self._end = self._numbers["<s>"][0], self._numbers["</s>"][0]
        self._none = self._numbers["<unk>"][0]

    def of(self, text: str) -> list[int]:
        """Return the numbers of the likeliest pieces, at most ``TOKENS`` with both ends."""
        line = _SPACE + text.replace(" ", _SPACE)
        return [self._begin, *self._cut(line)[: TOKENS - 2], self._end]

    def _cut(self, line: str) -> list[int]:
        length = len(line)
        best = [0.0, *([-math.inf] * length)]
        came = [(0, self._none)] * (length + 1)
        for start in range(length):
            here = best[start]
            if here + self._unknown > best[start + 1]:
                best[start + 1], came[start + 1] = here + self._unknown, (start, self._none)
            for end in range(start + 1, min(length, start + self._longest) + 1):
                known = self._numbers.get(line[start:end])
                if known is not None and here + known[1] > best[end]:
                    best[end], came[end] = here + known[1], (start, known[0])
        found, place = [], length
        while place:
            place, number = came[place]
            found.append(number)
        return found[::-1]


class Encoder:
    """The encoder of a file, ready to read."""

    def __init__(self, data: Mapping[str, NDArray[np.generic]]) -> None:
        self.pieces = Pieces(
            bytes(np.asarray(data["pieces"])).decode("utf-8").split("\n"),
            [float(score) for score in data["scores"]],
        )
        self._words = np.asarray(data["word"])
        self._scales = np.asarray(data["word.scale"])
        self._places = _floats(data["places"])
        self._first = _floats(data["first"]), _floats(data["first.bias"])
        self._heads = int(data["heads"])
        self._layers = [_layer(data, number) for number in range(int(data["layers"]))]
        self._answer = _floats(data["answer"]), _floats(data["answer.bias"])

    def judge(self, part: Sequence[Token], line: str) -> Judged:
        """Return what some words of ``line``, a text without accents, tell."""
        numbers = self.pieces.of(spelled(part, line))
        rows = unpacked(self._words[numbers], self._scales[numbers])
        seen = _normed(rows + self._places[: len(numbers)], *self._first)
        for layer in self._layers:
            seen = self._through(layer, seen)
        summed = np.concatenate([seen.mean(0), seen.max(0)])
        values = [float(value) for value in summed @ self._answer[0] + self._answer[1]]
        return Judged(values[0], values[1], values[2], tuple(values[3:]))

    def _through(self, layer: Layer, seen: Floats) -> Floats:
        count, width = seen.shape
        split = (seen @ layer.qkv + layer.qkv_bias).reshape(count, 3, self._heads, -1)
        asks, keys, tells = split.transpose(1, 2, 0, 3)
        near = asks @ keys.transpose(0, 2, 1) / math.sqrt(width / self._heads)
        near = np.exp(near - near.max(-1, keepdims=True))
        near /= near.sum(-1, keepdims=True)
        mixed = (near @ tells).transpose(1, 0, 2).reshape(count, width)
        seen = _normed(seen + mixed @ layer.out + layer.out_bias, layer.norm, layer.norm_bias)
        inner = _gelu(seen @ layer.up + layer.up_bias) @ layer.down + layer.down_bias
        return _normed(seen + inner, layer.last, layer.last_bias)


def _normed(rows: Floats, weight: Floats, bias: Floats) -> Floats:
    centred = rows - rows.mean(-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-12)
    normed: Floats = centred / spread * weight + bias
    return normed


def _gelu(value: Floats) -> Floats:
    """The tanh form; with x·x·x, since numpy's power is slow."""
    bent: Floats = 0.5 * value * (1 + np.tanh(_GELU * (value + 0.044715 * value * value * value)))
    return bent


def packed(rows: Floats) -> tuple[Bytes, NDArray[np.float16]]:
    """Return rows in four bits a weight, with a scale for every ``BLOCK`` of them.

    The length of a row is a multiple of ``BLOCK``.
    """
    blocks = rows.reshape(*rows.shape[:-1], -1, BLOCK)
    scales = (np.abs(blocks).max(-1) / 7).astype(np.float16)
    safe = np.where(scales == 0, 1, scales).astype(np.float32)[..., None]
    whole = (np.clip(np.rint(blocks / safe), -7, 7) + 8).astype(np.uint8)
    return (whole[..., ::2] | (whole[..., 1::2] << 4)).reshape(*rows.shape[:-1], -1), scales


def unpacked(halves: NDArray[np.generic], scales: NDArray[np.generic]) -> Floats:
    """Return the rows of which ``packed`` made this."""
    whole = np.stack([halves & 15, halves >> 4], -1).astype(np.float32) - 8  # type: ignore[operator]
    blocks = whole.reshape(*scales.shape, BLOCK) * scales.astype(np.float32)[..., None]
    rows: Floats = blocks.reshape(*halves.shape[:-1], -1)
    return rows


def _layer(data: Mapping[str, NDArray[np.generic]], number: int) -> Layer:
    values = []
    for name in Layer._fields:
        key = f"{number}.{name}"
        whole = f"{key}.scale" in data
        values.append(unpacked(data[key], data[f"{key}.scale"]) if whole else _floats(data[key]))
    return Layer(*values)


def _floats(values: NDArray[np.generic]) -> Floats:
    return np.asarray(values).astype(np.float32)
