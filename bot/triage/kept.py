"""The models of this version, read once from beside the code; the rest of the triage is pure."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from bot.triage.encoder import Encoder
from bot.triage.weighing import Weighing, loaded

FOLDER = Path(__file__).parent / "model"
ENCODER = FOLDER / "encoder.npz"
WEIGHING = FOLDER / "weighing.json"


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Return the encoder. Raises OSError when it is not there.

    From then on numpy works with one thread in this process: a message is too little work to
    share, and threads that wait for each other had cost ninety times as much.
    """
    threadpool_limits(limits=1, user_api="blas")
    with np.load(ENCODER, allow_pickle=False) as data:
        return Encoder(dict(data))


@lru_cache(maxsize=1)
def weighing() -> Weighing:
    """Return how much each witness counts. Raises OSError when it is not there."""
    return loaded(json.loads(WEIGHING.read_text("utf-8")))
