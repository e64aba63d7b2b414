"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "exhibit_kind": {
        "report": N_("report as received"),
        "addition": N_("addition as received"),
        "transcript": N_("talk"),
        "message": N_("message"),
        "filing": N_("filing as sent"),
        "answer": N_("answer as received"),
        "document": N_("document"),
        "bundle": N_("bundle"),
    },
    "custody_deed": {
        "kept": N_("taken into keeping"),
        "looked": N_("looked at"),
        "exported": N_("taken out"),
        "handed": N_("handed over"),
        "checked": N_("checked"),
        "broken": N_("found changed"),
    },
    "exhibit_why": {
        "inquiry": N_("An inquiry of the police"),
        "filing": N_("A filing is prepared"),
        "assessment": N_("The report is assessed"),
        "quality": N_("Quality of our work"),
        "court": N_("A court asked for it"),
    },
    "notice": {"exhibit_broken": N_("An exhibit is not what was kept")},
    "bundle_state": {
        "waiting": N_("being made"),
        "ready": N_("ready"),
        "failed": N_("not made"),
    },
    "problem": {
        "bundle-unknown": N_("There is no such bundle."),
        "bundle-not-ready": N_("The bundle is not made yet. Wait a moment."),
        "invalid-bundle": N_("Choose a language, and somebody from the list."),
        "recipient-unknown": N_("Bundles cannot be encrypted for this name any more."),
        "signing-fault": N_("The certificate for signatures cannot be opened."),
        "stamp-fault": N_("The time-stamp service gave no stamp."),
        "not-made": N_("It could not be made. The log of the service says why."),
        "exhibit-unknown": N_("There is no such exhibit."),
        "reason-wanted": N_("Say why you look at this exhibit."),
        "exhibit-broken": N_(
            "This exhibit is not what was kept. It is not shown, and the supervisors were told."
        ),
    },
}
