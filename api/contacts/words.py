"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {"ended": N_("the form is open"), "blocked": N_("sender blocked")},
    "notice": {
        "lease_lost": N_("The holder's page fell silent; the contact waits again"),
        "urgent_left": N_("Somebody left with an urgent contact in hand"),
        "unanswered": N_("A child waits for an answer"),
        "called": N_("A colleague calls for you"),
        "undelivered": N_("An answer did not reach the child"),
        "blocked_urgent": N_("A blocked sender wrote something urgent"),
        "no_break": N_("A colleague has worked long without a break"),
    },
    "problem": {
        "contact-unknown": N_("There is no such contact."),
        "contact-ended": N_("The talk is over. Your words were not sent."),
        "contact-blocked": N_("The sender is blocked for a time."),
        "contact-open": N_("The contact is still open."),
        "offer-refused": N_("This colleague cannot take the contact now."),
        "not-offered": N_("The offer was taken back, or is too old."),
        "invalid-note": N_("A note needs words, and not too many."),
        "invalid-draft": N_("The text is too long to be kept."),
        "invalid-block": N_("A block needs a reason, and lasts from one hour to thirty days."),
        "notice-unknown": N_("This notice is not there any more."),
        "nothing-blocked": N_("This sender is not blocked."),
    },
}
