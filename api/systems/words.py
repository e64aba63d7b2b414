"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "notice": {
        "system_added": N_("Another system was added and waits to be let in"),
        "webhook_failing": N_("Another system does not take its events"),
        "webhook_stopped": N_("Another system is told no more events: no answer for three days"),
    },
    "problem": {
        "bad-system": N_("A system needs a name and a role."),
        "bad-webhook": N_("The address must begin with https://."),
        "system-unknown": N_("No such system."),
        "system-waits": N_("A supervisor has not let this system in yet."),
    },
}
