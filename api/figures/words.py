"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "figure_split": {
        "day": N_("Day"),
        "week": N_("Week"),
        "month": N_("Month"),
        "shift": N_("Shift"),
        "severity": N_("Severity"),
        "call_type": N_("Type of contact"),
        "category": N_("Category"),
        "detail": N_("Category in detail"),
        "technology": N_("Technology played a part"),
        "channel": N_("Channel"),
        "language": N_("Language"),
        "band": N_("Age, as the child chose it"),
        "age": N_("Age, as the form says"),
        "gender": N_("Gender"),
        "district": N_("County"),
        "outcome": N_("Outcome"),
        "helped": N_("Felt helped"),
        "abandoned_after": N_("Left without an answer, after"),
        "report_kind": N_("Kind of report"),
        "report_platform": N_("Platform"),
        "report_state": N_("Where reports stand"),
        "address_state": N_("Where addresses stand"),
    },
    "figure_measure": {
        "contacts": N_("Contacts"),
        "answered": N_("Answered"),
        "within": N_("Within the aim"),
        "later": N_("Later, or never"),
        "share": N_("Share within the aim"),
        "abandoned": N_("Left without an answer"),
        "reopened": N_("Opened again"),
        "climbed": N_("Climbed outside"),
        "claim_median": N_("Wait until taken, median"),
        "claim_longest": N_("Wait until taken, longest"),
        "reply_median": N_("Wait for the first answer, median"),
        "reply_longest": N_("Wait for the first answer, longest"),
        "talk_median": N_("Length of the talk, median"),
        "blocked": N_("Blocked"),
        "tests": N_("Tests"),
    },
    "figure_step": {
        "assessed": N_("Report to assessment"),
        "filed": N_("Report to filing"),
        "removed": N_("Report to removal"),
        "removed_after_request": N_("Request to removal"),
    },
    "figure_within": {
        "within_24h": N_("Within 24 hours"),
        "within_72h": N_("Within 72 hours"),
        "within_7d": N_("Within 7 days"),
    },
    "figure_platform": {
        "tiktok": "TikTok",
        "instagram": "Instagram",
        "snapchat": "Snapchat",
        "whatsapp": "WhatsApp",
        "viber": "Viber",
        "youtube": "YouTube",
        "roblox": "Roblox",
        "facebook": "Facebook",
        "telegram": "Telegram",
        "discord": "Discord",
        "": N_("another place, or not known"),
    },
    "figure_wait": {
        "under_1": N_("less than 1 minute"),
        "under_5": N_("1 to 5 minutes"),
        "under_30": N_("5 to 30 minutes"),
        "over_30": N_("30 minutes and more"),
    },
    "figure_group": {
        "": N_("not said"),
        "outside": N_("outside the hours"),
    },
    "problem": {
        "bad-period": N_("Choose days that follow each other, a year at most."),
    },
}
