"""A helpline after some days of work: something stands on every page of the console."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fakes.casework import INCIDENT, NOTE, PROMISE, Work
from fakes.desk import Browser, Colleague, hire, seated
from fakes.finished import Way
from fakes.helpline import Helpline, message
from fakes.marking import links_to_words

from api.addresses import service as addresses
from api.contacts import service
from api.contacts.values import StaffRef
from api.duty import service as duty
from api.evidence import bundles, exhibits
from api.evidence.bundles import Wish
from api.filing import facts
from api.filing import service as filings
from api.filing.tables import Filing
from api.staff import service as staff
from api.systems import service as systems

NEW = str(uuid.uuid4())
TODAY = "2026-11-20T13:20:00Z"
SEEN = [{"rule": "sq.threat", "words": "me kërcënon"}]
TALK = (
    "dikush me kërcënon me nje foto",
    "ai tha qe do t'ua dergoje te gjithe shokeve te klases nese nuk i dërgoj para deri neser",
    "www.example.com/konto",
)
ANSWER = "Të besoj, dhe mirë bëre që shkrove. Nuk ke faj ti. A je diku ku të sheh njeri tani?"
REPORT = {
    **{"received_at": TODAY, "language": "sq", "kind": "sexual_extortion", "reporter": "child"},
    **{"addresses": ["example.com/konto", "example.org/faqja/e/gjate/" + "a" * 60]},
    **{"where": "Instagram", "words": "Kërkon foto dhe para.", "conversation": None},
}
URGENT: dict[str, Any] = {
    **{"report_id": str(uuid.uuid4()), "received_at": TODAY, "language": "sq"},
    **{"kind": "live_streamed_abuse", "reporter": "public", "channel": "viber", "now": "yes"},
    **{"safe": "unsure", "place": "app", "app": "tiktok", "where": "Një transmetim drejtpërdrejt"},
    **{"wants_news": True, "conversation": uuid.uuid4().hex, "severity": "emergency"},
    **{"evidence": [{"rule": "sq.threat", "words": "po e bëjnë tani"}], "when": "today"},
}
OVER: dict[str, Any] = {
    **{"report_id": str(uuid.uuid4()), "received_at": TODAY, "language": "en"},
    **{"kind": "sexual_extortion", "reporter": "child_in_picture", "band": "14-17"},
    **{"demand": ["money", "silence"], "deadline": "until Friday", "given": "no"},
    **{"suspect": "konto.x.example", "words": "He says he will send it to my class."},
}
JUDGED = {"verdict": "in_remit", "kind": "sexual_extortion", "danger": "no", "rank": "2"}
REFERRAL = {
    **{"kind": "referral", "to": "police_cyber", "state": "sent", "sent": "2026-11-20T13:00"},
    **{"how": "email", "consent": "yes", "words": "Numri i çështjes pritet nesër."},
}
HOUSEHOLD = {
    **{"kind": "household", "lives_with": "Nëna dhe gjyshja", "safe_home": "yes"},
    **{"trusted_adults": "Tezja, që e di."},
}
PERPETRATOR = {"kind": "perpetrator", "person": "unknown", "screen_names": "konto.x.example"}


@dataclass
class Filled:
    """People by login, and the ids that stand in addresses of pages."""

    people: dict[str, Colleague] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


async def fill(helpline: Helpline) -> Filled:
    """
    Ana (counsellor and supervisor) and Besa are at work, Genti has just written the hand-over.
    """
    made = Filled()
    made.people = {
        "ana": hire(helpline, "ana", "Ana", "counsellor", "supervisor"),
        "besa": hire(helpline, "besa", "Besa", "counsellor"),
        "genti": hire(helpline, "genti", "Genti", "counsellor"),
        "dora": hire(helpline, "dora", "Dora", "administrator"),
        "luan": hire(helpline, "luan", "Luan", "analyst"),
    }
    ana, genti = await seated(helpline, made.people["ana"]), await _week(helpline, made)
    await _case(helpline, made, ana, genti)
    await _plan(made, ana)
    await genti.post("/shift/handover", {"words": "Natë e qetë. Një fëmijë pret lajm nesër."})
    await _now(helpline, made, ana)
    await _reports(helpline, made, ana)
    _addresses(helpline, made)
    _filings(helpline, made)
    _evidence(helpline, made)
    _others(helpline, made)
    return made


async def _reports(helpline: Helpline, made: Filled, ana: Browser) -> None:
    """Three reports: one judged, added to and of a case; one urgent that nobody has; one closed."""
    made.ids["report"] = NEW
    for report in ({**REPORT, "report_id": NEW}, URGENT, OVER):
        answer = await helpline.post("/v1/reports", helpline.seal(report))
        assert answer.status_code == 201, answer.text
        receipt = answer.json()["receipt"]
        if report["report_id"] == NEW:
            said = {"addition_id": str(uuid.uuid4()), "at": TODAY, "words": "Më shkroi prapë."}
            more = helpline.seal({**said, "still": "yes"})
            await helpline.post(f"/v1/reports/{receipt}/additions", more)
    for report_id in (NEW, OVER["report_id"]):
        await ana.post(f"/reports/{report_id}/take")
        await ana.post(f"/reports/{report_id}/assess", JUDGED)
    await ana.post(f"/reports/{NEW}/note", {"text": "Pyet IWF-në nesër."})
    linked = await ana.post(f"/cases/{made.ids['case']}/reports", {"number": "R-1001"})
    assert linked.status_code == 303, linked.text
    over = made.ids["over"] = str(OVER["report_id"])
    ended = await ana.post(f"/reports/{over}/close", {"outcome": "advised", "words": "U krye."})
    assert ended.status_code == 303, ended.text
    made.ids["urgent"] = str(URGENT["report_id"])


async def _week(helpline: Helpline, made: Filled) -> Browser:
    """A week of contacts that are over, and a person who was there."""
    person = made.people["genti"]
    way = Way(helpline, StaffRef(person.id, person.name))
    start = helpline.now
    for days in (7, 2, 1, 0):
        helpline.now = start - timedelta(days=days, hours=5)
        for wait in (1, 3, 7):
            made.ids["closed"] = await way.whole(wait=wait)
    helpline.now = start
    return await seated(helpline, person)


async def _case(helpline: Helpline, made: Filled, ana: Browser, genti: Browser) -> None:
    """A case with every kind of part; Genti may read who the child is, Besa asks to."""
    contact_id = made.ids["linked"] = await helpline.opens(
        conversation=uuid.uuid4().hex, messages=[message("faleminderit")], opened_at=TODAY
    )
    work = Work(helpline, contact_id, made.people)
    work.case_id = made.ids["case"] = await work.begins(ana, contact_id)
    promise = {**PROMISE, "due": "2026-11-20"}
    for part in (NOTE, INCIDENT, PERPETRATOR, HOUSEHOLD, REFERRAL, promise):
        made.ids["part"] = await work.adds(ana, **part)
    await ana.post(work.path("/identity"), {"kind": "name", "text": "E tha vetë."})
    opened = await work.decides(ana, await work.asks(genti))
    assert opened.status_code == 303, opened.text
    helpline.later(minutes=1)
    made.ids["unlock"] = await work.asks(await seated(helpline, made.people["besa"]))
    await ana.post(work.path("/follow-up"), {"on": "2026-11-20", "words": "Pyet shkollën."})
    await work.names(ana, "luan")


async def _plan(made: Filled, ana: Browser) -> None:
    """Opening hours, a holiday, the closed message, and who comes when."""
    await ana.post("/shift/plan", {f"day_{day}": "08:00-16:00, 18:00-24:00" for day in range(1, 8)})
    holiday = {"day": "2026-11-28", "name": "Dita e Flamurit", "hours": "10:00-14:00"}
    await ana.post("/shift/holidays", holiday)
    await ana.post("/shift/message", {"sq": "Jemi këtu nga ora 8.", "en": "We are here from 8."})
    for login, hours in (("ana", "08:00-16:00"), ("besa", "14:00-22:00")):
        who = str(made.people[login].id)
        await ana.post("/shift/rota", {"who": who, "day": "2026-11-20", "hours": hours})


async def _now(helpline: Helpline, made: Filled, browser: Browser) -> None:
    """What waits, is in hand, offered, ended, blocked and entered by hand at this moment."""
    one, other = (_ref(made.people[login]) for login in ("ana", "besa"))
    for person in (one, other):
        helpline.does(duty.set_on_duty, staff=person, on=True)
    ids = made.ids
    await _comes(helpline, severity="emergency", reason="emergency", minutes=4)
    await _comes(helpline, severity="concern", reason="duty_of_care", minutes=25)
    await _comes(helpline, severity="none", reason="asked", band="8-10", minutes=2)
    told = [message(text, evidence=SEEN if text is TALK[0] else []) for text in TALK]
    ids["contact"] = await _comes(helpline, messages=told, minutes=12)
    ids["ended"] = await _comes(helpline, messages=[message("faleminderit")], minutes=40)
    ids["offered"] = await _comes(helpline, severity="emergency", minutes=6, language="en")
    ids["foreign"] = await _comes(helpline, minutes=9)
    ids["blocked"] = await _comes(helpline, severity="none", reason="asked", minutes=50)
    for name, person in (("contact", one), ("ended", one), ("offered", other), ("foreign", other)):
        helpline.does(service.claim, ids[name], staff=person)
    for name, person in (("contact", one), ("ended", one), ("foreign", other)):
        helpline.does(service.reply, ids[name], staff=person, text=ANSWER, key=f"k-{name}")
    helpline.does(service.add_note, ids["contact"], staff=one, text="Flet me tezen.")
    helpline.does(service.save_draft, ids["contact"], staff=one, text="Si je tani?", key="d")
    helpline.does(service.end, ids["ended"], staff=one)
    helpline.does(service.offer, ids["offered"], staff=other, to_id=one.id)
    words, until = "S’di si t’i përgjigjem.", helpline.now + timedelta(hours=4)
    helpline.does(service.call_supervisor, ids["foreign"], staff=other, words=words)
    helpline.does(service.block, ids["blocked"], staff=one, until=until, reason="Fyen prej orësh.")
    mark = {"message": told[1]["message_id"], "severity": "disclosure", "category": "grooming"}
    answer = await browser.post(f"/contacts/{ids['contact']}/marks", mark)
    assert answer.status_code == 303, answer.text
    page = await browser.get(f"/contacts/{ids['contact']}?mark={mark['message']}")
    [ids["mark"]] = links_to_words(page.text)


async def _comes(helpline: Helpline, *, minutes: float, **change: Any) -> str:
    """A contact that came so long ago, by time that has passed since."""
    now = helpline.now
    helpline.now = now - timedelta(minutes=minutes)
    contact_id: str = await helpline.opens(conversation=uuid.uuid4().hex, **change)
    helpline.now = now
    return contact_id


def _addresses(helpline: Helpline, made: Filled) -> None:
    """Of the report's addresses one is held for the police, and one was removed in time."""
    ana = _ref(made.people["ana"])
    with helpline.database.read() as session:
        held, gone = addresses.addresses_of(session, helpline.vault, NEW)
    made.ids["address"] = gone.address_id
    helpline.does(addresses.set_state, held.address_id, "police_told", staff=ana)
    helpline.does(addresses.set_state, gone.address_id, "notice_sent", staff=ana)
    helpline.does(addresses.check, gone.address_id, "removed", how="hotline", staff=ana)
    helpline.does(addresses.set_hosted, gone.address_id, words="Strehues, Holandë", staff=ana)


def _evidence(helpline: Helpline, made: Filled) -> None:
    """An exhibit of the case, which Ana has looked at."""
    body = {"text": "Kërkon foto dhe para.", "where": "www.example.com/konto"}
    made.ids["exhibit"] = helpline.does(
        exhibits.keep, kind="transcript", body=body, who="bot", case_id=made.ids["case"]
    )
    ana = _ref(made.people["ana"])
    for languages, recipient in ((("sq", "en"), ""), (("sq",), "police")):
        wish, known = Wish("Prokuroria e kërkoi.", languages, recipient), frozenset({"police"})
        helpline.does(bundles.ask, made.ids["case"], wish, known=known, staff=ana)
    helpline.app.state.bundles.turn()  # the first: the other waits
    helpline.does(exhibits.look, made.ids["exhibit"], staff=ana, why="Gjykata e kërkoi.")


def _filings(helpline: Helpline, made: Filled) -> None:
    """One to look at, one sent by hand and answered, one of which nobody knows."""
    report_id, office = made.ids["report"], helpline.app.state.office
    ana = _ref(made.people["ana"])
    for place, to in enumerate(("police", "isigurt", "platform:instagram")):
        wish = facts.Wish("Llogaria kërkon para dhe foto.", (), hold=False)
        [filing_id] = helpline.does(
            filings.make, office, report_id, to, wish, key=f"k{place}", staff=ana
        )
        if place:
            helpline.does(filings.send, office, filing_id, staff=ana)
        made.ids["unsure" if place == 2 else "filing"] = filing_id
    helpline.does(filings.sent_by_hand, office, made.ids["filing"], reference="I-7", staff=ana)
    with helpline.database.write() as session:
        session.get_one(Filing, made.ids["unsure"]).state = "unsure"


def _others(helpline: Helpline, made: Filled) -> None:
    """A system that works through the API, and a link of somebody who is invited."""
    vault, now = helpline.vault, helpline.now
    with helpline.database.write() as session:
        systems.add(session, vault, name="Dosjet", roles=("counsellor",), by=0, now=now)
        made.ids["invited"] = staff.add(
            session, vault, login="eva", name="Eva", roles=("counsellor",), now=now
        )


def _ref(person: Colleague) -> StaffRef:
    return StaffRef(person.id, person.name)
