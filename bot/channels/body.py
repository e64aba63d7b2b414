"""The body of a platform's call: JSON that is no trap."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from bot.channels.base import Malformed

DEPTH = 64

Json = Mapping[str, object]


def read_object(body: bytes) -> Json:
    """Return the JSON object of a body; raises ``Malformed`` when there is none (S4)."""
    if body.count(b"[") + body.count(b"{") > DEPTH and _depth(body) > DEPTH:
        raise Malformed("nested too deeply")
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(raw, dict):
        raise Malformed("not an object")
    return raw


def _depth(body: bytes) -> int:
    """Return how deep the brackets nest; those inside strings do not count."""
    depth = deepest = 0
    for bracket in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", body, flags=re.DOTALL):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in b"]}":
            depth -= 1
    return deepest
