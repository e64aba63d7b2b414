"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "trail_who": {
        "bot": N_("the bot"),
        "clock": N_("the clock"),
        "anonymous": N_("nobody signed in"),
    },
    "trail_fault": {
        "missing": N_("a row is missing"),
        "changed": N_("a row was changed"),
        "missing at the end": N_("rows are missing at the end"),
        "not counted": N_("a row was put in"),
        "not what was anchored": N_("it is not what was shown outside"),
        "stamp changed": N_("a stamp was changed"),
        "stamps changed": N_("a stamp was changed"),
        "stamps added or gone": N_("a stamp was put in or taken out"),
        "exhibits changed": N_("an exhibit was changed"),
        "exhibits added or gone": N_("an exhibit was put in or taken out"),
        "custody changed": N_("an entry of custody was changed"),
        "custody added or gone": N_("an entry of custody was put in or taken out"),
        "guard gone": N_("the database no longer refuses changes"),
    },
    "stamp_kind": {"tsa": N_("stamped"), "exported": N_("exported")},
    "notice": {
        "trail_broken": N_("The trail does not hold: something was changed"),
        "stamp_late": N_("The trail was not stamped for more than 36 hours"),
    },
}
