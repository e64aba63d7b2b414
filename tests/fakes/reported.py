"""The reports of that afternoon, for pictures: from the first word to a bundle for the police."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fakes.afternoon import LEAD, START, Afternoon, new, rfc

from api.addresses import service as addresses
from api.evidence import bundles
from api.filing import facts
from api.filing import service as filings
from api.reports import linking
from api.reports import service as reports
from api.reports.values import Assessment

ADDRESSES = ("https://photos.example.com/g/1182", "https://share.example.org/a/77-41")
WORDS = {
    "sq": {
        "told": "ka hapur nje faqe me foton time dhe kerkon para",
        "who": "llogari pa emër, e njohur vetëm në internet",
        "where": "grup i klasës",
        "parent": "Një i panjohur i kërkon vajzës foto në një lojë.",
        "live": "po e transmetojnë tani",
        "summary": "Faqja mban një foto të një fëmije; kërkohen para. Kërkojmë heqjen.",
        "kept": "Faqja është ende aty; thanë se e kanë në dorë.",
        "gone": "E hoqën të njëjtën natë.",
        "why": "Prokuroria e kërkoi.",
    },
    "en": {
        "told": "he made a page with my photo and wants money",
        "who": "an account without a name, known online only",
        "where": "a class group",
        "parent": "A stranger in a game asks my daughter for photos.",
        "live": "they are streaming it now",
        "summary": "The page holds a photo of a child; money is demanded. We ask for removal.",
        "kept": "It is still there; they say that they have it in hand.",
        "gone": "They removed it the same night.",
        "why": "The prosecution asked for it.",
    },
}


@dataclass(frozen=True, slots=True)
class Reported:
    """The ids of what pictures are taken of."""

    report: str
    address: str


async def reported(made: Afternoon) -> Reported:
    """Five reports: one two days old, filed and half removed, four of this day."""
    first = await _first(made)
    await _others(made)
    wish = bundles.Wish(WORDS[made.language]["why"], ("sq", "en"))
    made.at(_ago(0.5), bundles.ask, made.case, wish, known=frozenset(), staff=made.ref(LEAD[0]))
    made.helpline.app.state.bundles.turn()
    made.helpline.now = START
    return first


def _ago(hours: float) -> datetime:
    return START - timedelta(hours=hours)


async def _comes(made: Afternoon, hours: float, **told: Any) -> str:
    """A report comes in, so many hours ago."""
    made.helpline.now = _ago(hours)
    report_id = str(uuid.uuid4())
    known = {"report_id": report_id, "received_at": rfc(_ago(hours)), "language": made.language}
    answer = await made.helpline.post("/v1/reports", made.helpline.seal({**known, **told}))
    assert answer.is_success, answer.text
    return report_id


async def _first(made: Afternoon) -> Reported:
    """A page with a child's picture, and money demanded: of the case that is open."""
    said, elira = WORDS[made.language], made.ref("elira")
    report_id = await _comes(
        made,
        47,
        **{"kind": "sexual_extortion", "reporter": "child_in_picture", "band": "11-13"},
        **{"channel": "telegram", "addresses": list(ADDRESSES), "place": "web_page"},
        **{"where": said["where"], "suspect": said["who"], "words": said["told"]},
        **{"demand": ["money"], "deadline": "days", "given": "no", "still": "yes"},
        **{"safe": "yes", "now": "no", "pass_on": "yes", "wants_news": True, "when": "week"},
        **{"conversation": new(), "in_picture": "yes"},
        limits={"version": "3", "language": made.language, "told_at": rfc(_ago(47.1))},
    )
    made.at(_ago(46.8), reports.take, report_id, staff=elira)
    judged = Assessment("in_remit", "sexual_extortion", "no", 3)
    made.at(_ago(46.5), reports.assess, report_id, judged, staff=elira)
    made.at(_ago(46.4), linking.link_case, report_id, made.case, staff=elira)
    page, other = _addresses(made, report_id)
    _files(made, report_id, "police", 46, (page, other), reference="PSH-7741")
    _files(made, report_id, "isigurt", 45, (page, other), reference="IS-2026-118")
    found = {"how": "hotline", "staff": elira}
    made.at(_ago(31), addresses.check, other, "removed", words=said["gone"], **found)
    made.at(_ago(20), addresses.check, page, "there", words=said["kept"], **found)
    return Reported(report_id, page)


def _addresses(made: Afternoon, report_id: str) -> list[str]:
    helpline = made.helpline
    with helpline.database.read() as session:
        found = addresses.addresses_of(session, helpline.vault, report_id)
    return [one.address_id for one in found]


def _files(
    made: Afternoon, report_id: str, to: str, hours: float, about: Sequence[str], *, reference: str
) -> None:
    """A filing that was sent by hand, and its number there."""
    office, elira = made.helpline.app.state.office, made.ref("elira")
    wish = facts.Wish(WORDS[made.language]["summary"], tuple(about), (), hold=False)
    sent = {"key": f"{report_id[:8]}-{to.replace(':', '-')}", "staff": elira}
    [filing] = made.at(_ago(hours), filings.make, office, report_id, to, wish, **sent)
    made.at(_ago(hours), filings.send, office, filing, staff=elira)
    told = {"reference": reference, "staff": elira}
    made.at(_ago(hours), filings.sent_by_hand, office, filing, **told)


async def _others(made: Afternoon) -> None:
    """One with a colleague, one that repeats the first, one for elsewhere, one urgent."""
    said, genti = WORDS[made.language], made.ref("genti")
    parent = {"kind": "grooming", "reporter": "parent", "channel": "viber", "words": said["parent"]}
    held = await _comes(made, 5, **parent, place="game", app="roblox", safe="yes")
    made.at(_ago(4.6), reports.take, held, staff=genti)
    made.at(
        _ago(4.5), reports.assess, held, Assessment("in_remit", "grooming", "no", 2), staff=genti
    )
    await _comes(made, 2, kind="csam_address", reporter="public", addresses=[ADDRESSES[0]])
    await _comes(made, 1, kind="violence_or_hate", reporter="child", band="14-17", channel="web")
    live = {"kind": "live_streamed_abuse", "reporter": "public", "channel": "telegram"}
    seen = {"severity": "emergency", "place": "app", "app": "tiktok", "words": said["live"]}
    await _comes(made, 0.04, **live, **seen, now="yes", safe="unsure", wants_news=True)
