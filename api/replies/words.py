"""What the topics of ready-made replies are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "reply_topic": {
        "opening": N_("Opening"),
        "believe": N_("Believing"),
        "limits": N_("Limits of secrecy"),
        "safety": N_("Safe now"),
        "next": N_("Next steps"),
        "waiting": N_("While waiting"),
        "evidence": N_("Keeping messages"),
        "removal": N_("Taking a picture down"),
        "trusted": N_("Who else can help"),
        "ending": N_("Ending"),
        "sexual_abuse": N_("Sexual abuse"),
        "grooming": N_("Grooming"),
        "sextortion": N_("Sexual extortion"),
        "image_abuse": N_("Image shared or faked"),
        "csam_seen": N_("Saw abuse material"),
        "violence": N_("Violence"),
        "bullying": N_("Bullying"),
        "self_harm": N_("Self-harm"),
        "exploitation": N_("Exploitation"),
        "account_security": N_("Account at risk"),
        "other_distress": N_("Other distress"),
        "parent": N_("For parents"),
        "teacher": N_("For teachers"),
    },
    "problem": {"reply-unknown": N_("This reply is not offered for this contact.")},
}
