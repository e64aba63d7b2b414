"""IWF's form for members of the public, one address at a time.

Field names, fixed values and limits are those with which helplines file there (seen
2026-11-22 in the public source of one; IWF gives the full text to its members). The names of
the reporter are never sent: what the helpline knows of them is sealed.
"""

from __future__ import annotations

import json

from api.filing.refusals import InvalidFiling, NotForRecipient
from api.filing.values import Facts, File, Parcel

LONGEST_URL, LONGEST_EMAIL, LONGEST_DESCRIPTION = 1000, 100, 500
KINDS = frozenset({"csam_address", "live_streamed_abuse", "altered_picture", "shared_picture"})


def write(facts: Facts, *, live: bool, channel: int, country: int | None) -> Parcel:
    """The form as it is sent.

    Raises ``NotForRecipient`` for what IWF does not take: no web address, or another matter;
    ``InvalidFiling`` where something is longer than its field.
    """
    url = _url(facts)
    fields = {
        "Reporting_Type": "R",
        "Live_Report": "L" if live else "T",
        "Media_Type_ID": 1,
        "Report_Channel_ID": channel,
        "Origin_ID": 5,
        "Submission_Type_ID": 1,
        "Reported_Category_ID": 2,
        "Reported_URL": url,
        **_reporter(facts, country),
        "Reporter_Description": _description(facts),
    }
    body = json.dumps(fields, ensure_ascii=False, indent=1).encode()
    return Parcel(f"IWF {facts.reference}", (File("iwf.json", "application/json", body),))


def _url(facts: Facts) -> str:
    urls = [one.exact for one in facts.targets if one.kind in ("url", "account", "chat")]
    web = [url for url in urls if url.startswith(("http://", "https://"))]
    if facts.kind not in KINDS or len(web) != 1:
        raise NotForRecipient()
    if len(web[0]) > LONGEST_URL:
        raise InvalidFiling()
    return web[0]


def _reporter(facts: Facts, country: int | None) -> dict[str, str | int | None]:
    """The helpline's own address for answers; without one the report is anonymous."""
    email = facts.sender.email[:LONGEST_EMAIL] == facts.sender.email and facts.sender.email
    return {
        "Reporter_Anonymous": "N" if email else "Y",
        "Reporter_First_Name": None,
        "Reporter_Last_Name": None,
        "Reporter_Email_ID": email or None,
        "Reporter_Country_ID": country,
    }


def _description(facts: Facts) -> str:
    text = f"{facts.reference}. {facts.summary}".strip()
    if len(text) > LONGEST_DESCRIPTION:
        raise InvalidFiling()
    return text
