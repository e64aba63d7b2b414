"""What a button can hold on every channel, so that none is cut or refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.authoring.faults import Level
from bot.authoring.lines import Path
from bot.authoring.pages import Page
from bot.engine.voice import LABEL_LIMIT


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that one part of a button may have, and who says so."""

    most: int
    unit: str  # characters or bytes
    why: str


LIMITS = {
    "id": Limit(64, "bytes", "Telegram's callback_data: 1 to 64 bytes; the same on Viber"),
    "label": Limit(100, "characters", "an option of Telegram's own quiz; Viber takes 250"),
    "name": Limit(LABEL_LIMIT, "characters", "one row of a phone 320 points wide"),
    "heading": Limit(40, "characters", "a button as wide as the screen on Viber"),
}
"""``name`` is a label that must not become the letter A, B or C: the title of a lesson or of a
guide in a list, the way to help beneath every bubble. ``heading`` is one that may."""

_ID = re.compile(r"[!-~]+")  # what every channel brings back as it was sent


def fits_id(payload: str) -> bool:
    """Whether a press that is named so comes back from every channel."""
    return _ID.fullmatch(payload) is not None and len(payload.encode()) <= LIMITS["id"].most


def unfit_id(option: str) -> str:
    """What to tell the author of an id that is not."""
    return f'The id "{option}" does not fit a button. Use short ASCII ids.'


def check_button(page: Page, path: Path, label: str, kind: str = "label") -> None:
    """Check that a label is seen, whole and on one line, wherever it is a button."""
    limit = LIMITS[kind]
    long = len(label) if limit.unit == "characters" else len(label.encode())
    if long > limit.most:
        sentence = f"A button would be cut: {long} {limit.unit}, {limit.most} fit. Shorten it."
        page.fault(path, sentence, Level.WORDING)
    if "\n" in label:
        page.fault(path, "A button has one line. Join the lines.", Level.WORDING)
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in label):
        page.fault(path, "Nothing would be seen on this button. Give it words.", Level.WORDING)
