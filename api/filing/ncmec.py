"""A report as NCMEC's CyberTipline takes it: XML in one order, checked before it leaves.

The old words of its incident types are used here and nowhere else. A child's age is known as
a band, never as a number, so it is told in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
from lxml import etree

from api.filing.lines import (
    BACK,
    GONE,
    LATER,
    OPENED,
    REFUSED,
    TAKEN,
    Answer,
    Got,
    Job,
    post,
    told,
)
from api.filing.recipients import platform_name
from api.filing.refusals import InvalidFiling, NotForRecipient
from api.filing.values import Facts, File, Parcel, Target
from api.times import rfc3339

_ABUSE_MATERIAL = "Child Pornography (possession, manufacture, and distribution)"
_ENTICEMENT = "Online Enticement of Children for Sexual Acts"
INCIDENTS: Mapping[str, str] = {
    "csam_address": _ABUSE_MATERIAL,
    "altered_picture": _ABUSE_MATERIAL,
    "shared_picture": _ABUSE_MATERIAL,
    "sexual_extortion": _ENTICEMENT,
    "grooming": _ENTICEMENT,
    "unwanted_sexual_material": "Unsolicited Obscene Material Sent to a Child",
    "live_streamed_abuse": "Child Sexual Molestation",
    "trafficking": "Child Sex Trafficking",
}
LONGEST_URGENCY = 3000

_URGENT = "The reporter says that abuse of a child is happening now."
_NO_TIME = "Time at which the helpline received the report; the time of the incident is not known."
_WHEN: Mapping[str, str] = {
    "today": "The reporter says: today. The time given is that of the report.",
    "week": "The reporter says: within the last week. The time given is that of the report.",
    "earlier": "The reporter says: more than a week ago. The time given is that of the report.",
}
_BANDS: Mapping[str, str] = {
    "8-10": "The child says that it is 8 to 10 years old.",
    "11-13": "The child says that it is 11 to 13 years old.",
    "14-17": "The child says that it is 14 to 17 years old.",
}
_IN_PICTURE = "The reporter is the child in the picture."
_SAFE: Mapping[str, str] = {
    "yes": "The reporter says that the child is safe now.",
    "no": "The reporter says that the child is not safe now.",
    "unsure": "The reporter does not know whether the child is safe now.",
}
_DEMANDS: Mapping[str, str] = {
    **{"money": "money", "pictures": "pictures", "meeting": "a meeting"},
    **{"silence": "silence", "other": "something else"},
}


def write(facts: Facts) -> Parcel:
    """The XML as it is sent.

    Raises ``NotForRecipient`` for a matter without an incident type there, ``InvalidFiling``
    where a field is longer than it may be.
    """
    if facts.kind not in INCIDENTS:
        raise NotForRecipient()
    root = etree.Element("report")
    _summary(root, facts)
    _internet(root, facts)
    _reporter(root, facts)
    _reported(root, facts)
    _victim(root, facts)
    _add(root, "additionalInfo", _told(facts))
    check(root)
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Parcel(f"CyberTipline {facts.reference}", (File("ncmec.xml", "text/xml", body),))


def check(root: etree._Element) -> None:
    """Raise ``InvalidFiling`` for what NCMEC would not take: names of fields, never values."""
    schema = _schema()
    if not schema.validate(root):
        raise InvalidFiling("; ".join(sorted({one.path or "" for one in schema.error_log})))


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(__file__).with_name("ncmec.xsd")))


def _add(parent: etree._Element, name: str, text: str = "", *, empty: bool = False) -> None:
    clean = _clean(text)
    if clean or empty:
        etree.SubElement(parent, name).text = clean or None


def _clean(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or _is_xml(ord(sign)))


def _is_xml(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def _summary(root: etree._Element, facts: Facts) -> None:
    part = etree.SubElement(root, "incidentSummary")
    _add(part, "incidentType", INCIDENTS[facts.kind])
    _add(part, "platform", platform_name(facts.app))
    if facts.happening_now:
        _add(part, "escalateToHighPriority", f"{_URGENT} {facts.summary}"[:LONGEST_URGENCY].strip())
    if facts.kind == "sexual_extortion":
        _add(etree.SubElement(part, "reportAnnotations"), "sextortion", empty=True)
    _add(part, "incidentDateTime", rfc3339(facts.received_at))
    said = f"The reporter says: {facts.when}" if facts.when not in ("", "unsure") else _NO_TIME
    _add(part, "incidentDateTimeDescription", _WHEN.get(facts.when, said))


def _internet(root: etree._Element, facts: Facts) -> None:
    urls = [one.exact for one in facts.targets if one.kind in ("url", "account", "chat")]
    if web := [url for url in urls if "://" in url]:
        part = _detail(root, "webPageIncident")
        for url in web:
            _add(part, "url", url)
    for kind, parent, name in _ELSEWHERE:
        _others(root, [one for one in facts.targets if one.kind == kind], parent, name)
    if not len(root.findall("internetDetails")):
        _place(root, facts)


_ELSEWHERE = (
    ("email", "emailIncident", "emailAddress"),
    ("phone", "cellPhoneIncident", "phoneNumber"),
)


def _others(root: etree._Element, found: list[Target], parent: str, name: str) -> None:
    for one in found:
        _add(_detail(root, parent), name, one.exact)


def _place(root: etree._Element, facts: Facts) -> None:
    """Where it happened, when no address is known."""
    if facts.place == "game":
        _add(
            _detail(root, "onlineGamingIncident"),
            "gameName",
            platform_name(facts.app) or facts.where[:255],
        )
    elif facts.place == "offline":
        _detail(root, "nonInternetIncident")
    elif facts.app or facts.place == "app":
        part = _detail(root, "chatImIncident")
        _add(part, "chatClient", platform_name(facts.app))
        _add(part, "chatRoomName", facts.where[:255])


def _detail(root: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(etree.SubElement(root, "internetDetails"), name)


def _reporter(root: etree._Element, facts: Facts) -> None:
    part = etree.SubElement(root, "reporter")
    person = etree.SubElement(part, "reportingPerson")
    _add(person, "email", facts.sender.email)
    name = facts.sender.name or "A helpline for children in Albania"
    _add(part, "companyTemplate", f"{name}. Our number of this report: {facts.reference}.")


def _reported(root: etree._Element, facts: Facts) -> None:
    handles = [one for one in facts.targets if one.kind == "account" and "://" not in one.exact]
    profiles = [one for one in facts.targets if one.kind == "account" and "://" in one.exact]
    if not (handles or profiles or facts.suspect):
        return
    part = etree.SubElement(root, "personOrUserReported")
    _add(
        part,
        "espService",
        platform_name((handles or profiles)[0].platform) if handles or profiles else "",
    )
    _add(part, "screenName", handles[0].exact if handles else "")
    for one in handles[1:]:
        _add(part, "displayName", one.exact)
    for one in profiles:
        _add(part, "profileUrl", one.exact)
    _add(part, "additionalInfo", facts.suspect)


def _victim(root: etree._Element, facts: Facts) -> None:
    told = " ".join(_of_the_child(facts))
    if told:
        part = etree.SubElement(root, "victim")
        _add(part, "victimPerson", empty=True)
        _add(part, "additionalInfo", told)


def _of_the_child(facts: Facts) -> Iterator[str]:
    if facts.reporter == "child_in_picture" or facts.in_picture == "yes":
        yield _IN_PICTURE
    if facts.reporter in ("child", "child_in_picture") and facts.band in _BANDS:
        yield _BANDS[facts.band]
    if facts.safe in _SAFE:
        yield _SAFE[facts.safe]


def _told(facts: Facts) -> str:
    lines = [facts.summary]
    if facts.demand:
        lines.append("Demanded: " + ", ".join(_DEMANDS.get(one, one) for one in facts.demand))
    if facts.deadline not in ("", "none", "unsure"):
        lines.append(f"Deadline, as told: {facts.deadline}")
    if facts.given == "yes":
        lines.append("The child paid or sent something.")
    return "\n".join(line for line in lines if line)


SUBMIT, FINISH, RETRACT = "submit", "finish", "retract"
_DONE, _NONE, _RETRACTED, _FINISHED = 0, 5001, 5101, 5102
_SERVER = range(1000, 2000)


@dataclass(frozen=True, slots=True)
class NcmecLine:
    """NCMEC's service in two steps: a report is opened, and finished under its number.

    What is opened and not finished, they delete within a day, so opening may be repeated;
    finishing what is finished only says so. There is one filing whatever answer is lost.
    """

    url: str
    user: str
    password: str
    transport: httpx.BaseTransport | None = None
    first: str = SUBMIT
    repeatable: bool = True

    def call(self, job: Job) -> Answer:
        """Open, finish or take back."""
        return read(self._post(job), job)

    def _post(self, job: Job) -> Got:
        url = f"{self.url.rstrip('/')}/{job.step}"
        account = (self.user, self.password)
        if job.step != SUBMIT:
            return post(url, account, data={"id": job.remote}, transport=self.transport)
        body, kind = job.parcel.files[0].body, "text/xml; charset=utf-8"
        return post(url, account, content=body, kind=kind, transport=self.transport)


def read(got: Got, job: Job) -> Answer:
    """What NCMEC's answer to this step means."""
    if got.fault:
        return Answer(LATER, detail=got.body.decode())
    code, words, number = _answered(got.body)
    detail = told(f"HTTP {got.status}", "" if code is None else code, words)
    if got.status >= 500 or got.status == 429 or (code is None and got.status < 400):
        return Answer(LATER, detail=detail, body=got.body)
    if code is None or code in _SERVER:
        return Answer(REFUSED if code is None else LATER, detail=detail, body=got.body)
    return Answer(_verdict(code, job.step, number), job.remote or number, detail, got.body)


def _verdict(code: int, step: str, number: str) -> str:
    if step == SUBMIT:
        return (OPENED if number else LATER) if code == _DONE else REFUSED
    if code == _FINISHED or (step == FINISH and code == _DONE):
        return TAKEN
    if step == RETRACT:
        return BACK if code in (_DONE, _NONE, _RETRACTED) else REFUSED
    return GONE if code in (_NONE, _RETRACTED) else REFUSED


def _answered(body: bytes) -> tuple[int | None, str, str]:
    """Code, words and number of an answer; no code where it is none of theirs."""
    try:
        root = etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return None, "", ""
    code, words = root.findtext("responseCode", ""), root.findtext("responseDescription", "")
    if root.tag not in ("reportResponse", "reportDoneResponse") or not _is_number(code):
        return None, "", ""
    number = root.findtext("reportId", "").strip()
    return int(code), words, number if _is_number(number) else ""


def _is_number(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdecimal() and len(text) < 30


def _parser() -> etree.XMLParser:
    """One that follows nothing that an answer may name."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
