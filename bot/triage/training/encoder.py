"""Trains the encoder: ``python -m bot.triage.training.encoder``; see ``make train``.

Starts from the lower layers of multilingual-e5-small, goes over all messages that may be
read a few times, in the last of them already with weights rounded to the four bits that
are kept. The same seed and machine give nearly the same file; a model is accepted by what
``bot.triage.measure`` says of it, not by its bytes.
"""

from __future__ import annotations

import argparse
import math
import pickle
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from bot.engine.words import unaccented
from bot.triage.encoder import BLOCK, TOKENS, Layer, Pieces, packed, spelled
from bot.triage.kept import ENCODER
from bot.triage.messages import Row
from bot.triage.rules import CATEGORIES
from bot.triage.spelling import tokens_of
from bot.triage.training.data import kept_words, read_by_training
from bot.triage.training.start import Start, start

WIDTH, HEADS = 384, 12
LAYERS = 6
ROUNDS, BATCH, RATE = 6, 32, 2.0e-4
ROUNDED = 2  # of the last rounds: weights are seen as they will be kept
DROPPED = 0.1
_CONCERN = 0.3  # what a message of concern counts when grave is learned from it

LEARNED = ("word", "places", "first", "first.bias", "layers", "answer", "answer.bias")

Weights = dict[str, Any]


class Plan(NamedTuple):
    """How often all messages are read, how fast weights move, and how many of the last rounds
    see weights as they will be kept."""

    rounds: int = ROUNDS
    rate: float = RATE
    rounded: int = ROUNDED


def vocabulary(found: Start, texts: Sequence[str]) -> list[int]:
    """Return the pieces that are kept: those in our texts and in common words of both languages."""
    whole = Pieces(found.pieces, [float(score) for score in found.scores])
    used = {number for text in (*texts, *kept_words()) for number in whole.of(text)}
    letters = "abcdefghijklmnopqrstuvwxyz0123456789'.,!?:;()-"
    used |= {number for letter in letters for number in whole.of(letter)}
    return sorted(used | {0, 1, 2, 3})


def beginning(found: Start, texts: Sequence[str], layers: int, seed: int) -> Weights:
    """Return the weights that training begins with, and the pieces they are for."""
    kept = vocabulary(found, texts)
    places = found.tensor("emb.pos", -1, WIDTH)[:TOKENS] + found.tensor("emb.type")[:WIDTH]
    chance = np.random.default_rng(seed)
    answers = 3 + len(CATEGORIES)
    return {
        "pieces": [found.pieces[number] for number in kept],
        "scores": np.array([found.scores[number] for number in kept], np.float32),
        "word": found.words(kept, WIDTH),
        "places": places,
        "first": found.tensor("emb.ln.w"),
        "first.bias": found.tensor("emb.ln.b"),
        "layers": [_layer(found, number)._asdict() for number in range(layers)],
        "answer": chance.normal(0, 0.02, (2 * WIDTH, answers)).astype(np.float32),
        "answer.bias": np.zeros(answers, np.float32),
    }


def _layer(found: Start, number: int) -> Layer:
    def named(name: str, *shape: int) -> Any:
        return found.tensor(f"l{number}.{name}", *shape)

    inner = 4 * WIDTH
    qkv = np.concatenate([named(f"{name}.w", WIDTH, WIDTH).T for name in "qkv"], 1)
    return Layer(
        *(qkv, np.concatenate([named(f"{name}.b") for name in "qkv"])),
        *(named("ao.w", WIDTH, WIDTH).T, named("ao.b"), named("aln.w"), named("aln.b")),
        *(named("fi.w", inner, WIDTH).T, named("fi.b")),
        *(named("fo.w", WIDTH, inner).T, named("fo.b"), named("oln.w"), named("oln.b")),
    )


def _normed(rows: Any, weight: Any, bias: Any) -> Any:
    centred = rows - rows.mean(-1, keepdims=True)
    spread = jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + 1e-12)
    return centred * spread * weight + bias


def _dropped(values: Any, key: Any) -> Any:
    if key is None:
        return values
    kept = jax.random.bernoulli(key, 1 - DROPPED, values.shape)
    return jnp.where(kept, values / (1 - DROPPED), 0)


def _as_kept(rows: Any) -> Any:
    """Return rows as they will be read again; gradients pass as if nothing had been done."""
    blocks = rows.reshape(*rows.shape[:-1], -1, BLOCK)
    scales = jnp.abs(blocks).max(-1, keepdims=True) / 7
    safe = jnp.where(scales == 0, 1, scales)
    rounded = (jnp.clip(jnp.rint(blocks / safe), -7, 7) * safe).reshape(rows.shape)
    return rows + jax.lax.stop_gradient(rounded - rows)


def _in_four_bits(weights: Weights) -> Weights:
    layers = [
        {name: _as_kept(value) if value.ndim == 2 else value for name, value in layer.items()}
        for layer in weights["layers"]
    ]
    return {**weights, "word": _as_kept(weights["word"]), "layers": layers}


def answered(weights: Weights, numbers: Any, there: Any, key: Any = None) -> Any:
    """Return what the encoder says of a batch; ``there`` is where a text has pieces."""
    count, length = numbers.shape
    parts = 2 * len(weights["layers"]) + 2
    keys = jax.random.split(key, parts) if key is not None else [None] * parts
    seen = weights["word"][numbers] + weights["places"][:length]
    seen = _dropped(_normed(seen, weights["first"], weights["first.bias"]), keys[0])
    hidden = jnp.where(there[:, None, None, :], 0.0, -1e9)
    for number, layer in enumerate(weights["layers"]):
        split = (seen @ layer["qkv"] + layer["qkv_bias"]).reshape(count, length, 3, HEADS, -1)
        asks, keyed, tells = split.transpose(2, 0, 3, 1, 4)
        near = asks @ keyed.transpose(0, 1, 3, 2) / math.sqrt(WIDTH / HEADS) + hidden
        mixed = (jax.nn.softmax(near, -1) @ tells).transpose(0, 2, 1, 3)
        mixed = mixed.reshape(count, length, WIDTH) @ layer["out"] + layer["out_bias"]
        mixed = _dropped(mixed, keys[2 * number + 1])
        seen = _normed(seen + mixed, layer["norm"], layer["norm_bias"])
        inner = jax.nn.gelu(seen @ layer["up"] + layer["up_bias"], approximate=True)
        inner = _dropped(inner @ layer["down"] + layer["down_bias"], keys[2 * number + 2])
        seen = _normed(seen + inner, layer["last"], layer["last_bias"])
    shown = there[:, :, None]
    mean = (seen * shown).sum(1) / shown.sum(1)
    summed = jnp.concatenate([mean, jnp.where(shown, seen, -1e9).max(1)], -1)
    return _dropped(summed, keys[-1]) @ weights["answer"] + weights["answer.bias"]


def wrong(weights: Weights, numbers: Any, there: Any, severity: Any, kind: Any, key: Any) -> Any:
    """Return how wrong the encoder is about a batch."""
    said = answered(weights, numbers, there, key)
    halves = optax.sigmoid_binary_cross_entropy
    grave = halves(said[:, 0], (severity >= 2) * 1.0) * jnp.where(severity == 1, _CONCERN, 1.0)
    worry = halves(said[:, 1], (severity >= 1) * 1.0)
    urgent = halves(said[:, 2], (severity == 3) * 1.0) * (severity >= 2)
    kinds = optax.softmax_cross_entropy_with_integer_labels(said[:, 3:], jnp.maximum(kind, 0))
    return (grave + 0.5 * worry + 0.5 * urgent + kinds * (kind >= 0)).mean()


def seen(text: str) -> str:
    """Return a text as the encoder sees it."""
    return spelled(tokens_of(text), unaccented(text))


def mistyped(text: str, chance: random.Random) -> str:
    """Return a text now and then with slips of the thumb, or without one of its words."""
    if chance.random() < 0.5:
        return text
    letters: list[str] = []
    for letter in text:
        turn = chance.random()
        if turn < 0.012:
            continue
        letters += [letter] if turn > 0.02 else [chance.choice("qwertyuiopasdfghjklzxcvbnm")]
    words = "".join(letters).split()
    if len(words) > 5 and chance.random() < 0.3:
        del words[chance.randrange(len(words))]
    return " ".join(words) or text


def _padded(rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    length = min(TOKENS, -(-max(map(len, rows)) // 8) * 8)
    numbers = np.ones((len(rows), length), np.int32)
    there = np.zeros((len(rows), length), bool)
    for place, row in enumerate(rows):
        numbers[place, : len(row)], there[place, : len(row)] = row, True
    return numbers, there


def _batches(rows: Sequence[Sequence[int]], chance: random.Random) -> list[list[int]]:
    """Return the places of rows in batches of about equal length, in a chance order."""
    order = list(range(len(rows)))
    chance.shuffle(order)
    found = []
    for first in range(0, len(order), 20 * BATCH):
        near = sorted(order[first : first + 20 * BATCH], key=lambda place: len(rows[place]))
        found += [near[n : n + BATCH] for n in range(0, len(near), BATCH)]
    chance.shuffle(found)
    return [each for each in found if len(each) == BATCH]


def trained(
    rows: Sequence[Row], before: Weights | None, *, layers: int, plan: Plan, seed: int
) -> Weights:
    """Return weights that learned from messages, and what is needed to read with them.

    ``before`` is what an earlier training returned: it goes on from there.
    """
    chance = random.Random(seed)
    texts = [seen(row["text"]) for row in rows]
    if before is None:
        before = beginning(start(), texts, layers, seed)
    weights = jax.tree.map(jnp.asarray, {name: before[name] for name in LEARNED})
    pieces = Pieces(before["pieces"], [float(score) for score in before["scores"]])
    steps = plan.rounds * (len(rows) // BATCH)
    rate = optax.warmup_cosine_decay_schedule(0, plan.rate, steps // 10, steps, plan.rate / 50)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=0.01))
    state = optimizer.init(weights)
    grave = {"none": 0, "concern": 1, "disclosure": 2, "emergency": 3}
    severity = np.array([grave[row["severity"]] for row in rows])
    kinds = {name: number for number, name in enumerate(CATEGORIES)}
    kind = np.array([kinds.get(row["category"], -1) for row in rows])

    def stepped(rounded: bool) -> Any:
        def step(weights: Weights, state: Any, *batch: Any) -> Any:
            def loss(weights: Weights) -> Any:
                return wrong(_in_four_bits(weights) if rounded else weights, *batch)

            value, slope = jax.value_and_grad(loss)(weights)
            change, state = optimizer.update(slope, state, weights)
            return optax.apply_updates(weights, change), state, value

        return jax.jit(step, donate_argnums=(0, 1))

    key, begun = jax.random.PRNGKey(seed), time.monotonic()
    for turn in range(plan.rounds):
        step = stepped(turn >= plan.rounds - plan.rounded)
        cut = [pieces.of(mistyped(text, chance)) for text in texts]
        total, batches = 0.0, _batches(cut, chance)
        for places in batches:
            key, now = jax.random.split(key)
            numbers, there = _padded([cut[place] for place in places])
            weights, state, value = step(
                weights, state, numbers, there, severity[places], kind[places], now
            )
            total += float(value)
        spent = time.monotonic() - begun
        print(f"round {turn + 1}: {total / len(batches):.3f}, {spent:.0f} s", file=sys.stderr)
    return {**before, **jax.tree.map(np.asarray, weights)}


def kept_form(weights: Weights) -> dict[str, Any]:
    """Return what ``encoder.npz`` holds."""
    words, scales = packed(weights["word"])
    data = {
        "pieces": np.frombuffer("\n".join(weights["pieces"]).encode(), np.uint8),
        "scores": weights["scores"],
        "word": words,
        "word.scale": scales,
        "heads": np.int32(HEADS),
        "layers": np.int32(len(weights["layers"])),
    }
    for name in ("places", "first", "first.bias", "answer", "answer.bias"):
        data[name] = weights[name].astype(np.float16)
    for number, layer in enumerate(weights["layers"]):
        for name, value in layer.items():
            if value.ndim == 2:
                data[f"{number}.{name}"], data[f"{number}.{name}.scale"] = packed(value)
            else:
                data[f"{number}.{name}"] = value.astype(np.float16)
    return data


def main() -> int:
    """Train, and write the model; ``--state`` is where training goes on from, if it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--rounded", type=int, default=ROUNDED)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--out", type=Path, default=ENCODER)
    args = parser.parse_args()
    rows = read_by_training()
    print(f"{len(rows)} messages", file=sys.stderr)
    known = args.state is not None and args.state.exists()
    before = pickle.loads(args.state.read_bytes()) if known else None  # noqa: S301 - our own file
    plan = Plan(args.rounds, args.rate, args.rounded)
    weights = trained(rows, before, layers=args.layers, plan=plan, seed=args.seed)
    if args.state is not None:
        args.state.write_bytes(pickle.dumps(weights))
    np.savez_compressed(args.out, **kept_form(weights))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
