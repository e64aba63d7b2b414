"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "review_question": {
        "believed": N_("The child was believed and thanked"),
        "limits": N_("The limits of confidentiality were told"),
        "safety": N_("It was asked whether the child is safe now"),
        "wishes": N_("The child's own wishes were heard"),
        "not_leading": N_("No question led or pressed"),
        "referral": N_("The referral was right"),
        "form": N_("The form is complete"),
        "tone": N_("The tone was warm and clear"),
    },
    "review_answer": {
        "yes": N_("yes"),
        "partly": N_("partly"),
        "no": N_("no"),
        "not_applicable": N_("does not apply"),
    },
    "review_state": {
        "suggested": N_("suggested for review"),
        "open": N_("not reviewed"),
        "done": N_("reviewed"),
    },
    "problem": {
        "own-contact": N_("Somebody else reviews a contact that you had."),
        "not-closed": N_("Only a closed contact is reviewed."),
        "invalid-review": N_("Answer every question; the words may have 4000 characters."),
        "invalid-search": N_("This cannot be looked for. Choose a year of days at most."),
    },
}
