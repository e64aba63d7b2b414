"""IWF's form for members of the public, one address at a time.

Field names, fixed values and limits are those with which helplines file there (seen
2026-11-22 in the public source of one; IWF gives the full text to its members). The names of
the reporter are never sent: what the helpline knows of them is sealed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx

from api.filing.lines import LATER, REFUSED, TAKEN, UNSURE, Answer, Got, Job, post, told
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


@dataclass(frozen=True, slots=True)
class IwfLine:
    """IWF's service. It knows no key for repeats, so a lost answer is never followed by a call.

    Only where the call surely was not taken (no connection, 408, 429, 503) it is tried again.
    """

    url: str
    user: str
    password: str
    transport: httpx.BaseTransport | None = None
    first: str = "post"
    repeatable: bool = False

    def call(self, job: Job) -> Answer:
        """Post the form once."""
        got = post(
            self.url,
            (self.user, self.password),
            content=job.parcel.files[0].body,
            kind="application/json",
            transport=self.transport,
        )
        return read(got)


def read(got: Got) -> Answer:
    """What IWF's answer means; one that cannot be read may have been a yes."""
    if got.fault:
        return Answer(LATER if got.fault == "unsent" else UNSURE, detail=got.body.decode())
    number, words = _answered(got.body)
    detail = told(f"HTTP {got.status}", words)
    if got.status in (408, 429, 503):
        return Answer(LATER, detail=detail, body=got.body)
    if 400 <= got.status < 500:
        return Answer(REFUSED, detail=detail, body=got.body)
    taken = 200 <= got.status <= 204 and number
    return Answer(TAKEN if taken else UNSURE, number, detail, got.body)


def _answered(body: bytes) -> tuple[str, str]:
    """The number that IWF gave, and its words; empty where there are none."""
    try:
        found = json.loads(body)["IWFReportService1.0"]
        number, words = found.get("responseData"), found.get("responseDescription", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", ""
    return (str(number)[:100] if isinstance(number, str | int) else ""), str(words)
