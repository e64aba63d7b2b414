"""Text as the platform counts it: lengths, places to cut, what can be seen at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SENTENCE = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+")
_SPACE = re.compile(r"\s+")
_JOINER = "\u200d"
_INVISIBLE = {"Cc", "Cf", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"}
_LOOK_BACK = 64  # code points; no honest grapheme is longer


def whole(text: str) -> str:
    """Return the text without half surrogates, which nothing after us could encode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def units(text: str) -> int:
    """Count UTF-16 units: never fewer than the code points that the server counts."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def visible(text: str) -> bool:
    """Tell whether there is anything to see; the platform refuses a text without."""
    return any(unicodedata.category(char) not in _INVISIBLE for char in text)


def split(text: str, limit: int) -> tuple[str, ...]:
    """Cut a text into parts of at most ``limit`` units, in order, losing only white space.

    A cut falls between paragraphs, else sentences, else words, else graphemes.
    """
    return tuple(_parts(text.strip(), limit))


def _parts(rest: str, limit: int) -> Iterator[str]:
    while len(head := _head(rest, limit)) < len(rest):
        cut = _cut(head, rest)
        if part := rest[:cut].strip():
            yield part
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most ``limit`` units."""
    head = text[:limit]
    while (over := units(head) - limit) > 0:
        head = head[: -((over + 1) // 2)]
    return head


def _cut(head: str, text: str) -> int:
    """Where to cut: the last good place in the second half, then any place between words."""
    half = len(head) // 2
    for place in (head.rfind("\n\n"), head.rfind("\n"), _last(_SENTENCE, head)):
        if place > half:
            return place
    space = _last(_SPACE, head)
    return space if space > 0 else _between_graphemes(text, len(head))


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=-1)


def _between_graphemes(text: str, end: int) -> int:
    """The nearest place at or before ``end`` that tears no letter and no emoji apart."""
    for place in range(end, max(end - _LOOK_BACK, 0), -1):
        if not _joined(text, place):
            return place
    return end


def _joined(text: str, place: int) -> bool:
    """Tell whether the characters on both sides of ``place`` are drawn as one."""
    if place >= len(text):
        return False
    before, after = text[place - 1], text[place]
    if before == _JOINER or after == _JOINER or unicodedata.combining(after):
        return True
    if unicodedata.category(after) in {"Mn", "Me", "Mc"} or _is_modifier(after):
        return True
    return _is_flag_half(after) and _flag_halves_before(text, place) % 2 == 1


def _is_modifier(char: str) -> bool:
    """Skin tones and the tags of regional flags."""
    return "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, place: int) -> int:
    count = 0
    while count < place and _is_flag_half(text[place - 1 - count]):
        count += 1
    return count
