"""A helpline on a Friday afternoon, for pictures: invented people and words, in one language.

All of it is made through the services, so a picture shows what the pages really do. Behind
the day lie four weeks of contacts that are over, drawn by chance that is always the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from fakes.desk import Colleague, hire
from fakes.helpline import START, Helpline, message
from fakes.lifeline import CONTENT
from pydantic import SecretStr

from api.alerts.addresses import WHOM, addresses
from api.cases import identity, parts
from api.cases import service as cases
from api.contacts import service
from api.contacts.values import StaffRef
from api.duty import plan
from api.duty import service as duty
from api.forms import service as forms
from api.shifts import handover, rota
from bot.engine.events import Reading, Severity
from bot.triage import read

NAMES = {"elira": "Elira", "genti": "Genti", "besnik": "Besniku", "mira": "Mira"}
LEAD = "lindita", "Lindita"
ROUTE = "/v1/events/{seq}/receipt"

# How grave, its category in the triage and in the form, the outcome, how often in a hundred.
KINDS = (
    ("emergency", "self_harm", "mental.suicide", "referred_other", 3),
    ("disclosure", "sextortion", "violence.online_sexual", "referred_police", 9),
    ("disclosure", "grooming", "violence.online_sexual", "referred_child_protection", 8),
    ("disclosure", "violence", "violence.physical", "referred_child_protection", 6),
    ("concern", "bullying", "violence.bullying", "advice", 28),
    ("concern", "account_security", "peers.classmates", "advice", 12),
    ("concern", "other_distress", "mental.fear", "advice", 10),
    ("none", "none", "education.exams", "advice", 14),
    ("none", "none", "family.parents", "advice", 10),
)
WAITS = {"emergency": (0.4, 1.2), "disclosure": (1.2, 5.6), "concern": (4, 33), "none": (1, 5.5)}
REASONS = {"concern": "duty_of_care", "none": "asked"}
CHANNELS = ("telegram", "telegram", "telegram", "viber", "viber", "web")
WHO = (("child", "8-10"), *(("child", "11-13"),) * 3, *(("child", "14-17"),) * 3, ("parent", ""))
WEEK = 7  # days: the page of the shift compares with this one
HOURS = (8, 10, 12, 13, 14, 15, 16, 17, 19, 20)  # of the day in which children write
MORNING = (6.1, 7.4, 8.2, 9.1, 9.6, 10.3, 10.8, 11.2, 11.7, 12.1, 12.4, 12.9, 13.2)  # in UTC

FORM = {
    **{"call_type": ("child_self",), "categories": ("violence.online_sexual",)},
    **{"technology": ("yes",), "outcome": ("referred_police",)},
}

TALK = {
    "sq": (
        ("child", "dikush me kercenon se do ta dergoje nje foto timen te klasa"),
        ("note", "in_danger=no"),
        ("staff", "Përshëndetje, jam Elira, njeri, jo program. Mirë bëre që fole. Të besoj."),
        ("child", "a do e marrin vesh prinderit"),
        (
            "staff",
            "E kuptoj pse pyet. Mamit e babit nuk u them gjë pa folur më parë me ty. "
            "Nëse je në rrezik, shohim bashkë kujt t'i tregojmë.",
        ),
        ("child", "ok. kerkon para . nuk i kam derguar"),
        ("staff", "Mirë bëre. Nuk është faji yt. A ke pranë ndonjë të rritur që i beson?"),
        ("child", "ndoshta tezja"),
    ),
    "en": (
        ("child", "someone says he will send a photo of me to my class"),
        ("note", "in_danger=no"),
        ("staff", "Hello, I'm Elira, a person, not a program. I'm glad you told. I believe you."),
        ("child", "will my parents find out"),
        (
            "staff",
            "I see why you ask. I tell your parents nothing before I talk with you. "
            "If you are in danger, we look together at whom we tell.",
        ),
        ("child", "ok. he wants money . i didnt send any"),
        ("staff", "Well done. It is not your fault. Is there an adult near you whom you trust?"),
        ("child", "maybe my aunt"),
    ),
}
WORDS = {
    "sq": {
        "draft": "Tezja është zgjedhje e mirë. Ta gjejmë bashkë fjalinë e parë?",
        "note": "I beson tezes. Mos i shkruaj pas orës 20.",
        "summary": "Kërkon para. Nuk ka paguar. I beson tezes.",
        "waits": "shoket s'me flasin me",
        "mocked": "me tallin ne grupin e klases",
        "pain": "sdua me te jetoj, e kam vendosur per sonte",
        "secret": "nje i njohur me tha ta mbaj sekret",
        "handover": "Ditë e ngjeshur. K-1001: sot në 18:00 e pyesim para se të flasim me shkollën.",
        "called": "A mund ta lexoni me mua? S'di si t'i përgjigjem për foton.",
        "what": "Shantazh me foto; kërkesë parash. Nuk është paguar.",
        "where": "bisedë private në një aplikacion, pastaj një grup",
        "told": "tha qe do ia dergoje te gjitheve nese nuk paguaj",
        "adult": "tezja, që më 18 nëntor",
        "who": "llogari pa emër, e njohur vetëm në internet",
        "home": "Nëna, tezja dhe një vëlla më i vogël",
        "unit": "Kontakti u dërgua me shkresë.",
        "taken": "E morën në dorë; kërkojnë pamjet e bisedës.",
        "ask_first": "Ta pyesim para se të flasim me shkollën",
        "tell_gone": "T'i themi kur hiqet fotoja e fundit",
        "aunt": "Të flasim bashkë me tezen",
        "risk": "Kërcënimi vazhdon, por një i rritur e di dhe fëmija nuk është vetëm.",
        "after": "Tezja telefonoi: fotoja në grup u hoq. Fëmija fjeti te tezja.",
        "how": "Telegram. Shkruaj: “Si shkoi provimi?”",
        "unsaid": "asgjë tjetër, derisa të thotë fjalën e vet",
        "name": "E tha vetë në bisedë.",
    },
    "en": {
        "draft": "Your aunt is a good choice. Shall we find the first sentence together?",
        "note": "Trusts the aunt. Do not write after 8 in the evening.",
        "summary": "He wants money. Has not paid. Trusts the aunt.",
        "waits": "nobody in class talks to me",
        "mocked": "they laugh at me in the class group",
        "pain": "i want to die, i decided it is tonight",
        "secret": "someone i know said to keep it secret",
        "handover": "A full day. K-1001: today at 18:00 we ask before we talk with the school.",
        "called": "Would you read along with me? I do not know what to say about the photo.",
        "what": "Sexual extortion with a photo; money demanded. Nothing was paid.",
        "where": "private chat in an app, then a group",
        "told": "he said he sends it to everyone if i dont pay",
        "adult": "the aunt, since 18 November",
        "who": "an account without a name, known online only",
        "home": "Mother, aunt and a younger brother",
        "unit": "The contact was sent by letter.",
        "taken": "Taken up; they ask for pictures of the chat.",
        "ask_first": "Ask before we talk with the school",
        "tell_gone": "Say when the last photo is taken down",
        "aunt": "Talk with the aunt together",
        "risk": "The threat goes on, but an adult knows and the child is not alone.",
        "after": "The aunt called: the photo in the group is gone. The child slept at hers.",
        "how": "Telegram. Write: “How was the exam?”",
        "unsaid": "nothing else, until it says its own word",
        "name": "Told by itself in the talk.",
    },
}


@dataclass
class Afternoon:
    """Who is there, and the ids of what pictures are taken of."""

    helpline: Helpline
    language: str
    people: dict[str, Colleague] = field(default_factory=dict)
    contact: str = ""
    case: str = ""

    @property
    def words(self) -> dict[str, str]:
        """What is said on this afternoon, in its language."""
        return WORDS[self.language]

    def ref(self, login: str) -> StaffRef:
        """A person as the services know them."""
        return StaffRef(self.people[login].id, self.people[login].name)

    def at(self, moment: datetime, deed: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A deed at a moment of the day."""
        self.helpline.now = moment
        return self.helpline.does(deed, *args, **kwargs)

    async def comes(self, moment: datetime, *texts: str, **change: Any) -> str:
        """A child writes to the helpline; the real triage reads its words."""
        self.helpline.now = moment
        told = {"opened_at": rfc(moment), "language": self.language, "conversation": new()}
        limits = {"version": "3", "language": self.language, "told_at": rfc(moment)}
        messages = [heard(text, moment) for text in texts]
        heart = _grave(texts) | {"limits": limits, "messages": messages}
        return str(await self.helpline.opens(**{**told, **heart, **change}))


async def afternoon(helpline: Helpline, language: str) -> Afternoon:
    """Four weeks, a morning, and what stands open at half past three in Albania."""
    made = Afternoon(helpline, language)
    made.people = {login: hire(helpline, login, name) for login, name in NAMES.items()}
    login, name = LEAD
    made.people[login] = hire(helpline, login, name, "counsellor", "supervisor")
    _reachable(helpline)
    _plan(made)
    for moment in _days():
        await _over(made, moment)
    await _case(made)
    for hour in MORNING:
        await _over(made, START.replace(hour=0, minute=0) + timedelta(hours=hour))
    await _now(made)
    helpline.now = START
    return made


def new() -> str:
    """A conversation that never was here before."""
    return uuid.uuid4().hex


def rfc(moment: datetime) -> str:
    """A time as the contract writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _read(text: str) -> Reading:
    return read(text, CONTENT.lexicons)


def heard(text: str, moment: datetime) -> dict[str, Any]:
    """A child's words with what the triage sees in them."""
    reading = _read(text)
    evidence = [{"rule": one.rule, "words": one.words} for one in reading.evidence]
    severity = Severity(reading.severity).name.lower()
    return message(text, at=rfc(moment), severity=severity, evidence=evidence)


def _grave(texts: Sequence[str]) -> dict[str, Any]:
    if not texts:
        return {}
    worst = max(map(_read, texts), key=lambda one: one.severity)
    name = Severity(worst.severity).name.lower()
    reason = {"emergency": "emergency", "disclosure": "disclosure"}.get(name, "asked")
    found = {"severity": name, "category": worst.category, "score": worst.score}
    return {**found, "reason": reason}


# ---------- what lies behind ----------


def _days() -> Iterator[datetime]:
    """When children wrote in the four weeks before; more at the end of the week."""
    chance = Random(20)
    for days in range(25, 0, -1):
        day = START.replace(hour=0, minute=0) - timedelta(days=days)
        if days == WEEK:
            yield from (day + timedelta(hours=hour + 0.3) for hour in MORNING)
        hours = sorted(chance.sample(HOURS, k=2 + (day.weekday() in (4, 6)) + (days < 9)))
        yield from (day + timedelta(hours=hour - 1, minutes=chance.randrange(50)) for hour in hours)


async def _over(made: Afternoon, moment: datetime) -> None:
    """A contact from its first word to the closed form."""
    chance = Random(moment.isoformat())
    kind = chance.choices(KINDS, weights=[one[-1] for one in KINDS])[0]
    severity, category, form, outcome, _ = kind
    role, band = chance.choice(WHO)
    reason = REASONS.get(severity, severity)
    told = {"severity": severity, "category": category, "role": role, "band": band}
    channel = chance.choice(CHANNELS)
    contact = await made.comes(moment, channel=channel, reason=reason, **told)
    moment += timedelta(minutes=chance.uniform(*WAITS[severity]))
    await _answered(made, contact, moment, chance)
    child = "about_child" if role == "parent" else "child_self"
    technology = "yes" if category in ("sextortion", "grooming", "account_security") else "no"
    answers = {"call_type": (child,), "categories": (form,), "technology": (technology,)}
    _filed(made, contact, moment, {**answers, "outcome": (outcome,)}, chance)


async def _answered(made: Afternoon, contact: str, moment: datetime, chance: Random) -> None:
    staff = made.ref(chance.choice(list(NAMES)))
    claimed = moment - timedelta(seconds=20)
    made.at(claimed, service.claim, contact, staff=staff)
    key, text = new(), made.words["draft"]
    seq = made.at(moment, service.reply, contact, staff=staff, text=text, key=key)
    await made.helpline.post(ROUTE.format(seq=seq), b'{"status": "delivered"}')


def _filed(
    made: Afternoon,
    contact: str,
    moment: datetime,
    answers: dict[str, tuple[str, ...]],
    chance: Random,
) -> None:
    end = moment + timedelta(minutes=chance.uniform(6, 25))
    view = made.helpline.does(service.read, contact, staff_id=made.people["elira"].id)
    staff = view.item.holder
    assert staff is not None
    made.at(end, service.claim, contact, staff=staff)
    made.at(end, service.end, contact, staff=staff)
    form = {"answers": answers, "version": 0, "staff": staff}
    made.at(end + timedelta(minutes=4), forms.save, contact, **form)
    made.at(end + timedelta(minutes=5), forms.finish, contact, staff=staff)


def _reachable(helpline: Helpline) -> None:
    """Somebody can be called outside; in a test nothing leaves."""
    address = SecretStr("json://alerts.example.com")
    known = {f"alert_{whom}": address for whom in WHOM}
    settings = helpline.settings.model_copy(update=known)
    helpline.app.state.alerts = addresses(settings, helpline.vault)


def _plan(made: Afternoon) -> None:
    """Hours of every day, and who is planned."""
    lead = made.ref(LEAD[0])
    week = {day: "08:00–22:00" for day in range(1, 8)}
    made.at(START, plan.set_week, week, staff_id=lead.id)
    known = [one.id for one in made.people.values()]
    for login, hours in (("elira", "08:00–16:00"), ("genti", "08:00–16:00"), ("mira", "14–22")):
        span = hours if ":" in hours else "14:00–22:00"
        who = {"who": made.people[login].id, "known": known, "hours": span}
        made.at(START, rota.add, day="2026-11-20", staff_id=lead.id, **who)


# ---------- a case of two days ago ----------


async def _case(made: Afternoon) -> None:
    """Sexual extortion with a photo: told, passed on, promised, and followed."""
    begun = START - timedelta(days=2, hours=1)
    first = TALK[made.language][0][1]
    contact = await made.comes(begun, first, band="11-13")
    elira, chance = made.ref("elira"), Random(1)
    await _answered(made, contact, begun + timedelta(minutes=2), chance)
    _filed(made, contact, begun + timedelta(minutes=3), FORM, chance)
    made.case = made.at(begun, cases.open_case, staff=elira, contact_id=contact)
    team = [made.people[login].id for login in ("elira", "genti")]
    made.at(begun, cases.set_team, made.case, lead_id=elira.id, team=team, staff=elira)
    made.at(begun, cases.move, made.case, to="in_progress", staff=elira)
    for hours, given in _parts(made.words):
        now = begun + timedelta(hours=hours)
        form = {"kind": given.pop("kind"), "version": 0, "given": given}
        made.at(now, parts.save, made.case, str(uuid.uuid4()), staff=elira, **form)
    told = {"kind": "name", "text": made.words["name"], "staff": elira}
    made.at(begun, identity.write, made.case, **told)
    monday = (START + timedelta(days=3)).date()
    made.at(begun, cases.set_follow_up, made.case, on=monday, staff=elira)


def _parts(words: dict[str, str]) -> tuple[tuple[float, dict[str, str]], ...]:
    """What was written into the case, and after how many hours."""
    incident = {"what": words["what"], "place": "chat", "place_words": words["where"]}
    incident |= {"from": "2026-11-14", "going": "ongoing", "sure": "about", "technology": "yes"}
    incident |= {"caregiver": "yes", "caregiver_words": words["adult"]}
    police = {"to": "police_cyber", "state": "acknowledged", "sent": "2026-11-18T16:20"}
    police |= {"how": "phone", "consent": "yes", "reference": "PSH-7741", "outcome": words["taken"]}
    unit = {"to": "child_protection", "state": "sent", "sent": "2026-11-20T09:40"}
    next_one = {"when": "2026-11-23T16:00", "hours": "16:00–18:00", "how": words["how"]}
    risk = {"level": "medium", "safe": "yes", "reasons": words["risk"], "others": "unsure"}
    return (
        (0.2, {"kind": "incident", **incident, "child_words": words["told"]}),
        (0.4, {"kind": "perpetrator", "person": "unknown", "words": words["who"]}),
        (0.5, {"kind": "household", "lives_with": words["home"], "safe_home": "yes"}),
        (1.9, {"kind": "referral", **police}),
        (43.2, {"kind": "referral", **unit, "consent": "yes", "words": words["unit"]}),
        (2.2, _promise(words["ask_first"], "2026-11-20T18:00")),
        (2.3, _promise(words["tell_gone"], "2026-11-24T12:00")),
        (26.8, _promise(words["aunt"], "2026-11-19T17:15", state="kept")),
        (44.0, {"kind": "risk", **risk}),
        (43.8, {"kind": "note", "text": words["after"]}),
        (44.1, {"kind": "next", **next_one, "not_said": words["unsaid"]}),
    )


def _promise(words: str, due: str, state: str = "open") -> dict[str, str]:
    return {"kind": "promise", "words": words, "due": due, "state": state}


# ---------- now ----------


async def _now(made: Afternoon) -> None:
    """Two talks in hand, a form to finish, five children who wait, and a call."""
    _there(made)
    words = made.words
    await made.comes(_before(18), words["waits"], channel="viber", band="14-17", **_CARE)
    await made.comes(_before(7), words["waits"], channel="web", band="8-10", **_CARE)
    await _ends(made)
    await _talk(made)
    await _calls(made)
    await made.comes(_before(3.2), words["mocked"], channel="viber", band="14-17")
    await made.comes(_before(2), role="parent", band="", channel="web", **_ASKED)
    _ticks(made, _before(1.9))
    await made.comes(_before(0.63), words["pain"], band="14-17")
    _ticks(made, START)


_CARE = {"reason": "duty_of_care"}
_ASKED = {"severity": "none", "category": "none", "reason": "asked"}


def _before(minutes: float) -> datetime:
    return START - timedelta(minutes=minutes)


def _ticks(made: Afternoon, moment: datetime) -> None:
    """What the clock does at this moment, with every page open."""
    for login in made.people:
        _renews(made, login, moment)
    made.helpline.now = moment
    made.helpline.app.state.ticker.tick()


async def _ends(made: Afternoon) -> None:
    """A talk that is over; its form is left."""
    contact = await made.comes(_before(30), made.words["waits"], **_CARE)
    besnik = made.ref("besnik")
    made.at(_before(28), service.claim, contact, staff=besnik)
    sent = {"staff": besnik, "text": made.words["draft"], "key": new()}
    made.at(_before(27.5), service.reply, contact, **sent)
    made.at(_before(14), service.claim, contact, staff=besnik)
    made.at(_before(14), service.end, contact, staff=besnik)


async def _calls(made: Afternoon) -> None:
    """A colleague who does not know what to say, and asks."""
    genti = made.ref("genti")
    contact = await made.comes(_before(9), made.words["secret"], channel="web", band="8-10")
    made.at(_before(8), service.claim, contact, staff=genti)
    made.at(_before(7), service.call_supervisor, contact, staff=genti, words=made.words["called"])


def _there(made: Afternoon) -> None:
    """Who came when, who rests, and the hand-over of the night."""
    for login, hours in (("elira", 2.5), ("genti", 5.2), ("besnik", 2), (LEAD[0], 2.2)):
        since = START - timedelta(hours=hours)
        made.at(since, duty.set_on_duty, staff=made.ref(login), on=True)
    for person in made.people.values():
        made.helpline.now = START
        with made.helpline.database.write() as session:
            duty.heard(session, staff_id=person.id, now=START)
    written = START - timedelta(hours=8)
    gave = made.at(
        written, handover.give, staff=made.ref("mira"), words=made.words["handover"], left=[]
    )
    made.at(START - timedelta(hours=7.6), handover.confirm, gave, staff=made.ref("elira"))


async def _talk(made: Afternoon) -> None:
    """The talk that the pictures show, with a form begun, a note and a draft."""
    script = TALK[made.language]
    begun = START - timedelta(minutes=16)
    made.contact = contact = await made.comes(begun, script[0][1], band="11-13")
    elira = made.ref("elira")
    made.at(begun + timedelta(minutes=2), service.claim, contact, staff=elira)
    for minute, (who, text) in enumerate(script[1:], start=1):
        await _says(made, who, text, begun + timedelta(minutes=1.8 * minute))
    answers = {"call_type": ("child_self",), "age": ("under_13",), "technology": ("yes",)}
    answers |= {"categories": ("violence.online_sexual",), "summary": (made.words["summary"],)}
    form = {"answers": answers, "version": 0, "staff": elira}
    made.at(START - timedelta(minutes=1), forms.save, contact, **form)
    made.at(START, service.add_note, contact, staff=elira, text=made.words["note"])
    made.at(START, service.save_draft, contact, staff=elira, text=made.words["draft"], key="d")


def _renews(made: Afternoon, login: str, moment: datetime) -> None:
    """The open page of somebody keeps what they hold, and their duty."""
    person = made.people[login].id
    with made.helpline.database.write() as session:
        service.renew_all(session, staff_id=person, now=moment)
        duty.heard(session, staff_id=person, now=moment)


async def _says(made: Afternoon, who: str, text: str, moment: datetime) -> None:
    made.helpline.now = moment
    if who == "staff":
        _renews(made, "elira", moment)
        sent = {"staff": made.ref("elira"), "text": text, "key": new()}
        seq = made.at(moment, service.reply, made.contact, **sent)
        await made.helpline.post(ROUTE.format(seq=seq), b'{"status": "seen"}')
        return
    said = message(text, kind="note", at=rfc(moment)) if who == "note" else heard(text, moment)
    inner = {"messages": [said], **_grave([text] if who == "child" else [])}
    path = f"/v1/contacts/{made.contact}/messages"
    answer = await made.helpline.post(path, made.helpline.seal(inner))
    assert answer.is_success, answer.text
