"""Takes out of a text what tells who somebody is, as far as a pattern can: a person edits it.

Names and places have no pattern. Every pattern reads a text in bounded steps, whatever is in it.
"""

from __future__ import annotations

import re
import unicodedata

GAP = "…"
_ENDINGS = (
    "com|net|org|info|io|gg|tv|ly|co|app|dev|me|al|xk|mk|eu|it|de|ch|gr|tr|ru|uk|us|link|site"
    "|online|chat|live|example"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\w.+-])[\w.+-]{1,64}[@＠]\S+",  # e-mail
        r"[@＠]\w\S*",  # a handle
        r"(?:\b[a-z][a-z0-9+]{1,15}://|\bwww\.)\S+",  # a link
        rf"(?<![\w.-])(?:[\w-]{{1,63}}\.){{1,5}}(?:{_ENDINGS})\b(?:/\S*)?",  # a bare domain
        r"(?<!\w)\w{1,40}_\w[\w.]*",  # a name as accounts have them
        r"\+?\(?\d(?:[ \t().\-/]{0,2}\d){4,}",  # a telephone, a card, a date of birth
    )
)


def masked(text: str) -> str:
    """The text with … for numbers, handles, links and addresses of e-mail."""
    shown = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    for pattern in _PATTERNS:
        shown = pattern.sub(GAP, shown)
    return shown
