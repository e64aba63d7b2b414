"""A helpline that files, and people who report to it through any channel, through time.

    async with street("viber", folder, "sq", kinds) as street:
        await street.reports()       # each reports its kind, and has its code
        street.works()               # staff judge, file, hear of the outcome, close
        await street.hears()         # each is told, in the same chat or by its code

The helpline is a real one and lives by the clock on the wall of the test; IWF, NCMEC and the
mail server are stand-ins, and whatever has no line is sent by hand.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from fakes.filing import Desk
from fakes.formdoor import Reporter as Form
from fakes.helpline import ELIRA
from fakes.hotlines import Iwf, Ncmec, posted
from fakes.lifeline import CONTENT
from fakes.phones import (
    CHANNELS,
    PAUSE,
    TRIES,
    Service,
    TelegramPhone,
    ViberPhone,
    WebPhone,
    browser_at,
    knows_of,
)
from fakes.travel import AnyPhone, Office, Trip, Wall, time_of
from sqlalchemy import select
from sqlmodel import col

from api.filing import service as filing
from api.intake.tables import EventRow
from api.reports import service as reports
from api.reports.tables import Report
from api.reports.values import Assessment, ReportView
from bot import triage
from bot.engine.events import Helpline
from bot.engine.state import State
from bot.feed import CURSOR
from bot.script import Script, begin
from bot.store.marks import get_mark

ORDER = ("telegram", "viber", "web", "door")
TOLD_AT, WORKED_AT, HEARD_BY = "2026-11-22 16:00", "2026-11-22 21:30", "2026-11-23 12:00"
HOURS = range(8, 20)  # in which something may be said unasked, where nobody chose others
CODE = re.compile(r"\d{4}(?:[ \u00a0]\d{4}){3}")


@dataclass(frozen=True)
class Kind:
    """What is reported, what staff do with it, and what the reporter is told in the end.

    ``answers`` by question; a list answers one of several answers. ``files``: to whom, with
    the other side's result. ``told``: the states of the contract, oldest first.
    """

    answers: Mapping[str, str | list[str]]
    files: Sequence[tuple[str, str]]
    told: Sequence[str]
    outcome: str = "passed_on"
    role: str = "child"
    verdict: str = "in_remit"
    holds: bool = True  # the removal, for the police


POST = "https://www.instagram.com/p/Cx{n}abcDE/"
KINDS: Mapping[str, Kind] = {
    "csam_address": Kind(
        {"now": "no", "where": "https://kanali{n}.example.com/dhoma", "in_picture": "no"},
        [("iwf", "removed")],
        ["assessing", "notice", "filed", "removed", "closed"],
        "removed",
    ),
    "sexual_extortion": Kind(
        {
            "safe": "yes",
            "where": POST,
            "deadline": "days",
            "more": "ask",
            "demand": ["money", "silence"],
            "given": "no",
            "when": "week",
            "still": "yes",
            "suspect": "lojtari_{n}",
            "words": "Kërkon para.",
        },
        [("ncmec", "passed_on"), ("platform:instagram", "removed")],
        ["assessing", "filed", "notice", "removed", "closed"],
        "removed",
    ),
    "grooming": Kind(
        {"safe": "yes", "where": "https://t.me/miku_{n}"},
        [("police", "investigating")],
        ["assessing", "police", "closed"],
        "police",
        holds=False,
    ),
    "unwanted_sexual_material": Kind(
        {"safe": "yes", "where": "https://shkruaj{n}.example.org/x"},
        [("isigurt", "removed")],
        ["assessing", "notice", "filed", "removed", "closed"],
        "removed",
    ),
    "live_streamed_abuse": Kind(
        {"now": "no", "where": "https://kamera{n}.example.net/live", "in_picture": "no"},
        [("police", "investigating")],
        ["assessing", "police", "closed"],
        "police",
    ),
    "trafficking": Kind(
        {"now": "unsure", "safe": "yes"},
        [("police", "investigating")],
        ["assessing", "police", "closed"],
        "police",
        role="parent",
    ),
    "altered_picture": Kind(
        {"safe": "yes", "where": "https://fytyra{n}.example.al/foto"},
        [("aksk", "removed")],
        ["assessing", "notice", "filed", "removed", "closed"],
        "removed",
        role="teacher",
    ),
    "shared_picture": Kind(
        {"safe": "yes", "where": "https://vm.tiktok.com/ZMh{n}kLq/", "in_picture": "no"},
        [("platform:tiktok", "no_action")],
        ["assessing", "notice", "refused", "closed"],
        "not_removed",
    ),
    "violence_or_hate": Kind(
        {"now": "no", "where": "https://www.facebook.com/faqe{n}/posts/1{n}"},
        [("platform:facebook", "removed")],
        ["assessing", "notice", "removed", "closed"],
        "removed",
        role="other",
    ),
    "other": Kind(
        {"now": "no", "safe": "yes"},
        [],
        ["assessing", "signposted", "closed"],
        "out_of_remit",
        verdict="out_of_remit",
    ),
}
HELPED_FIRST = {"danger": "no", "offer": "not_now", "after": "go_on"}  # whoever tells of harm
LAST = {"pass_on": "yes", "wants_news": "yes"}


def kinds_of(channel: str, language: str) -> list[str]:
    """Half of the kinds: with four channels each kind is reported in both languages."""
    odd = (ORDER.index(channel) + ("sq", "en").index(language)) % 2
    return list(KINDS)[odd::2]


def answers_of(kind: str, number: int) -> dict[str, str | list[str]]:
    """What this reporter answers; no two report the same address."""
    return {
        name: answer if isinstance(answer, list) else answer.replace("{n}", str(number))
        for name, answer in {**KINDS[kind].answers, **LAST}.items()
    }


# The helpline


class Bureau:
    """The staff of a helpline and their stand-ins at the other side."""

    def __init__(self, office: Office, wall: Wall, post: Any) -> None:
        self.office, self.wall, self.post = office, wall, post
        self.helpline = office.helpline
        self.iwf, self.ncmec = Iwf(), Ncmec()
        self.desk = Desk.open(self.helpline, self.iwf, self.ncmec, post)

    def ids(self) -> list[str]:
        """The reports, in the order in which they came in."""
        with self.helpline.database.read() as session:
            return list(session.scalars(select(Report.id).order_by(col(Report.number))))

    def view(self, report_id: str) -> ReportView:
        """A report as it stands."""
        with self.helpline.database.read() as session:
            return reports.view(session, self.helpline.vault, report_id)

    def does(self, deed: Any, *args: Any, **given: Any) -> Any:
        """A deed of staff, a minute after the one before."""
        self.passes(minutes=1)
        return self.helpline.does(deed, *args, staff=ELIRA, **given)

    def passes(self, **by: float) -> None:
        """Time on the wall and at the helpline."""
        self.wall.on(self.wall() + timedelta(**by))
        self.helpline.now = self.wall()

    def judges(self, report_id: str, kind: str) -> None:
        """Somebody takes it, and says what it is."""
        plan = KINDS[kind]
        services = ("helpline",) if plan.verdict == "out_of_remit" else ()
        made = Assessment(plan.verdict, kind, "no", 2, services)
        self.does(reports.take, report_id)
        self.does(reports.assess, report_id, made)

    def files(self, report_id: str, to: str, *, holds: bool = True) -> str:
        """Send it to them, over a line or by hand; they have it then."""
        self.passes(minutes=1)
        made = self.desk.files(report_id, to, hold=holds)
        self.desk.errand.turn()
        if self.desk.view(made).state == "ready":
            self.does(filing.sent_by_hand, self.desk.office, made, reference=f"{to}-1")
        assert self.desk.view(made).state in ("filed", "acknowledged")
        return made

    def settles(self, filed: str, result: str) -> None:
        """They answer what came of it."""
        self.does(filing.settle, self.desk.office, filed, result=result)

    def works(self, report_id: str, kind: str) -> None:
        """From the first look to the end."""
        plan = KINDS[kind]
        self.judges(report_id, kind)
        for to, result in plan.files:
            self.settles(self.files(report_id, to, holds=plan.holds), result)
        self.does(reports.close, report_id, outcome=plan.outcome)

    def last_event(self) -> int:
        """The number of the newest event of the feed."""
        with self.helpline.database.read() as session:
            found = session.scalars(select(EventRow.seq).order_by(col(EventRow.seq).desc())).first()
            return found or 0


# Who reports


class Chatting(Trip):
    """Somebody who reports in a chat; whatever happens, the neighbours' phones are looked at."""

    kind, number, code = "", 0, ""
    neighbours: Sequence[Chatting] = ()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.answered: list[str] = []

    async def looks(self, *, unasked: bool = True) -> None:
        await super().looks(unasked=unasked)
        if unasked:
            for each in self.neighbours:
                await Trip.looks(each)

    async def opens_report(self) -> None:
        """From the menu to the first question."""
        await self.presses("go.report")
        await self.taps("go_on")

    async def reports(self) -> None:
        """Every question up to the code, and the press that it was written down."""
        await self.fills_all()
        await self.taps("send")
        await self.reads_code()

    async def fills_all(self) -> None:
        """Everything that this reporter has to say, up to the press that sends it."""
        await self.opens_report()
        await self.fills({"kind": self.kind, **answers_of(self.kind, self.number)})

    async def fills(self, answers: Mapping[str, str | list[str]]) -> None:
        """Answer what is asked, as it is asked; what there is no answer to is left out."""
        for _ in range(TRIES):
            asked = self.question.removeprefix("report_")
            if asked == "send":
                return
            await self.gives(asked, answers)
        raise AssertionError("the questions have no end")

    async def gives(self, asked: str, answers: Mapping[str, str | list[str]]) -> None:
        """One answer, or several of one question."""
        answer = {**answers, **HELPED_FIRST}.get(asked, "")
        if isinstance(answer, list):
            open_ = [each for each in answer if each in self.options]
            given = sum(asked == each for each in self.answered)
            self.answered.append(asked)
            await self.taps(open_[0] if given < len(answer) else "done")
        elif answer in self.options:
            await self.taps(answer)
        elif "else" in self.options:
            await self.taps("else")
        elif answer:
            await self.says(answer)
        else:
            await self.taps("enough" if asked == "more" else "skip")

    async def reads_code(self) -> None:
        """Wait for the code, keep it, and take it off the screen."""
        for _ in range(TRIES):
            await self.looks(unasked=False)
            if self.question == "report_code":
                break
            await asyncio.sleep(PAUSE)
        found = [CODE.search(text) for text in self.read]
        self.code = next(each[0] for each in reversed(found) if each)
        await self.taps("written")

    async def asks_with_code(self) -> str:
        """Come back with the code; everything that is read then."""
        before = len(self.read)
        await self.presses("go.report")
        await self.taps("code")
        await self.says(self.code)
        for _ in range(TRIES):
            await self.looks(unasked=False)
            if self.question == "receipt" or len(self.read) > before + 3:
                return "\n".join(self.read[before:])
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"the code brings nothing: {self.read[before:]}")


class AtDoor:
    """Somebody who fills the form of the public door, and comes back with the code."""

    WHO: ClassVar = {"child": "14", "parent": "parent", "teacher": "teacher", "other": "other"}

    def __init__(self, service: Service, language: str, kind: str, number: int) -> None:
        self.service, self.language, self.kind, self.number = service, language, kind, number
        self.form = Form(browser_at(service))
        self.code = ""

    async def reports(self) -> None:
        """Every step up to the code."""
        await self.form.opens(f"/report?lang={self.language}")
        await self.form.posts(q_kind=self.kind, who=self.WHO[KINDS[self.kind].role])
        while self.form.path != "/report/send":
            await self.form.posts(**self._answers())
        await self.form.posts("send")
        await self.reads_code()

    async def reads_code(self) -> None:
        """Wait for it, keep it, and say that it was written down."""
        for _ in range(TRIES):
            await self.form.opens("/report/sent")
            if found := CODE.search(self.form.words):
                break
            await asyncio.sleep(PAUSE)
        assert found, self.form.words
        self.code = found[0]
        await self.form.posts("written")

    async def asks_with_code(self) -> str:
        """Come back on another day with an empty browser; the words of the page."""
        self.form.client.cookies.clear()
        await self.form.opens(f"/report/code?lang={self.language}")
        await self.form.presses("/report/code", "look", code=self.code)
        return self.form.words

    def _answers(self) -> dict[str, Any]:
        """Of the answers those that the open page asks for."""
        asked = self.form.asks
        answers = answers_of(self.kind, self.number)
        ways = {f"{way}.{name}": (way, name) for name in answers for way in "qw"}
        return {
            f"{way}_{name}": answers[name]
            for field_, (way, name) in ways.items()
            if field_ in asked and not (way == "q" and f"w.{name}" in asked and name == "where")
        }


@dataclass
class Street:
    """Neighbours with the same channel, each with something to report."""

    channel: str
    language: str
    bureau: Bureau
    service: Service
    people: list[Any] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Their reports, in their order."""
        return self.bureau.ids()

    async def reports(self) -> None:
        """One after the other; each report came in once."""
        for number, each in enumerate(self.people, start=1):
            with self.known(each):
                await each.reports()
            assert len(self.ids) == number

    @contextmanager
    def known(self, each: Any) -> Iterator[None]:
        """Whoever writes for the first time has been through the beginning, and sees the menu."""
        state = newcomer(self.language, KINDS[each.kind].role)
        with patch.object(State, "new", classmethod(lambda cls: state)):
            yield

    def on(self, local: str) -> None:
        """It is this time, on the wall and at the helpline."""
        self.bureau.wall.on(time_of(local))
        self.bureau.helpline.now = self.bureau.wall()

    def works(self) -> None:
        """Staff deal with all of them."""
        self.on(WORKED_AT)
        for report_id, each in zip(self.ids, self.people, strict=True):
            self.bureau.works(report_id, each.kind)

    async def heard(self) -> None:
        """Wait until the bot knows all that the helpline told."""
        bot, last = self.service.bots[0], self.bureau.last_event()
        for _ in range(TRIES):
            mark = await bot.runner.ask(lambda c: get_mark(c, CURSOR))
            if mark and int(mark[0]) >= last:
                return
            await asyncio.sleep(PAUSE)
        raise AssertionError("the bot does not hear the helpline")


@asynccontextmanager
async def street(
    channel: str, folder: Path, language: str, kinds: Sequence[str], local: str = TOLD_AT
) -> AsyncIterator[Street]:
    """People with this channel before a bot and a helpline of their own."""
    wall = Wall(local)
    (folder / "helpline").mkdir(parents=True)
    office = Office(folder / "helpline")
    making = CHANNELS["web" if channel == "door" else channel]
    with posted() as post:
        try:
            await office.opens(wall)
            async with making(folder, office.lines, now=wall) as phone:
                await knows_of(phone.bot)
                made = Street(channel, language, Bureau(office, wall, post), phone.service)
                made.people = _people(made, phone, kinds)
                yield made
                for each in made.people:
                    await _leaves(each)
        finally:
            await office.close()


def _people(made: Street, first: AnyPhone, kinds: Sequence[str]) -> list[Any]:
    if made.channel == "door":
        return [AtDoor(made.service, made.language, kind, n) for n, kind in enumerate(kinds)]
    people = []
    for number, kind in enumerate(kinds):
        phone = _another(first) if number else first
        each = Chatting(phone, made.bureau.wall, made.language, made.bureau.office)
        each.kind, each.number = kind, number
        people.append(each)
    for each in people:
        each.neighbours = [other for other in people if other is not each]
    return people


def _another(phone: AnyPhone) -> AnyPhone:
    match phone:
        case TelegramPhone():
            return TelegramPhone(phone.platform, phone.service)
        case ViberPhone():
            return ViberPhone(phone.platform, phone.service)
        case WebPhone():
            return WebPhone(browser_at(phone.service), phone.service)


async def _leaves(each: Any) -> None:
    http = each.form.client if isinstance(each, AtDoor) else getattr(each.phone, "http", None)
    if http is not None:
        await http.aclose()


def newcomer(language: str, role: str) -> State:
    """Somebody who was told everything that is told at the beginning, and nothing else."""
    start = {"role": role, "band": "14-17" if role == "child" else "", "asked": "menu"}
    return begin(Script("", start, Helpline.STAFFED, ()), language, CONTENT, triage.read).state


def says_of(told: str, language: str) -> list[str]:
    """The words for a state of the contract, without those that hang on the day or the name."""
    phrase = CONTENT.phrases[language][f"receipt.state.{told}"]["all"]
    parts = [part.strip() for part in re.split(r"\{\w+\}", phrase)]
    return [part for part in parts if any(sign.isalpha() for sign in part)]
