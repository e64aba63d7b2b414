"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "notice": {
        "handover_unconfirmed": N_("Nobody has confirmed the hand-over for half an hour"),
    },
    "left_over": {
        "urgent": N_("Urgent contact"),
        "form": N_("Form to finish"),
        "promise": N_("Promise to a child"),
        "follow_up": N_("Follow-up"),
        "notice": N_("Not settled"),
        "offer": N_("Offered"),
    },
    "rung": {
        "all_on_duty": N_("All on duty are called"),
        "supervisor": N_("The supervisor is called"),
        "outside": N_("The alert goes outside. The child is told the truth."),
    },
    "weekday": {
        "1": N_("Monday"),
        "2": N_("Tuesday"),
        "3": N_("Wednesday"),
        "4": N_("Thursday"),
        "5": N_("Friday"),
        "6": N_("Saturday"),
        "7": N_("Sunday"),
    },
    "problem": {
        "hands-full": N_("A child in your hands waits. Hand over or put back first."),
        "handover-unknown": N_("This hand-over is not there."),
        "handover-confirmed": N_("Somebody has confirmed this hand-over already."),
        "own-handover": N_("The next shift confirms what you wrote."),
        "bad-handover": N_("A hand-over needs words, and not too many."),
        "bad-rota": N_("Choose a person, a day and one span, like 08:00–16:00."),
        "bad-hours": N_("Write hours like 08:00–16:00, 20:00–02:00. They may not overlap."),
        "bad-holiday": N_("A holiday needs a date and a name."),
        "bad-closed-message": N_(
            "The message needs both languages or none, with 300 characters at most in each."
        ),
    },
}
