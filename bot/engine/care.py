"""What is said once harm was told: by category, for whoever told it, one age shorter."""

from __future__ import annotations

from bot.engine.effects import Say
from bot.engine.state import State
from bot.engine.voice import Moment, audience_of, language_of, line

UNNAMED = "other_distress"  # words that fit whatever was told
PARTS = ("believe", "now", "soft")


def care(state: State, moment: Moment, part: str, category: str = "") -> Say:
    """One bubble: that it is believed, what cannot wait, or the safe sentence for a sign.

    Without ``category`` the words are those of what was told last.
    """
    told = category or (state.told.category if state.told else UNNAMED)
    here = moment.content.care[language_of(state)]
    words = here.get(told) or here[UNNAMED]
    variants = {"believe": words.believe, "now": words.now, "soft": words.soft}[part]
    return line(state, moment, f"care.{part}", variants[audience_of(state)])
