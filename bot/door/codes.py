"""Coming back with the code: what became of a report, and adding to it.

A code travels in the body of a post alone. Neither address nor log nor store has it; wrong
ones are slowed, for the browser and for where it comes from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.channels.base import Inbound
from bot.channels.web.posts import digest
from bot.channels.web.typed import read_typed
from bot.door.kept import CHANNEL, Forms
from bot.engine import addresses
from bot.engine.content import Content
from bot.engine.events import ReportAdded, ReportNews, Started
from bot.engine.flows import receipt
from bot.engine.state import State
from bot.engine.tries import Tries
from bot.engine.voice import Moment, phrase
from bot.helpline import HelplineRefused, HelplineUnavailable, ReportState

REFUSALS = {404: "unknown", 429: "slowed"}
BROWSERS = 10_000  # of whom wrong codes are remembered
TOGETHER = 6  # browsers of one place, such as a school, whose slips count together


class Answers(Protocol):
    """What is asked of the helpline."""

    async def report(self, receipt: str) -> ReportState: ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a code led to: lines to read, or why there are none.

    ``typed`` comes back to be put right where no report has that code; a code that may be
    right is not left standing on the page.
    """

    lines: tuple[str, ...] = ()
    code: str = ""
    open: bool = False
    problem: str = ""
    typed: str = ""


class Guesses:
    """Remembers wrong codes by who typed them, for as long as this process runs."""

    def __init__(self, most: int = BROWSERS) -> None:
        self._tries: OrderedDict[str, Tries] = OrderedDict()
        self._most = most

    def resting(self, who: str, at: datetime) -> bool:
        """Whether nothing is looked up for them now."""
        return self._tries.get(who, Tries()).resting(at)

    def missed(self, who: str, at: datetime) -> None:
        """Count one more."""
        self._tries[who] = self._tries.pop(who, Tries()).missed(at)
        while len(self._tries) > self._most:
            self._tries.popitem(last=False)


class Codes:
    """Looks up codes, and takes what is added."""

    def __init__(self, helpline: Answers, forms: Forms, content: Callable[[], Content]) -> None:
        self._helpline, self._forms, self._content = helpline, forms, content
        self._browsers, self._places = Guesses(), Guesses()
        self._misses: OrderedDict[str, int] = OrderedDict()

    async def look(
        self, typed: str, state: State, *, browser: str, place: str, at: datetime
    ) -> Found:
        """What became of the report with the code that was typed."""
        moment = Moment(self._content(), Started(at=at))
        code = receipt.code_of(typed)
        if not code:
            return Found(problem=phrase(state, moment, "report.not_a_code"), typed=typed[:64])
        if self._browsers.resting(browser, at) or self._places.resting(place, at):
            return Found(problem=phrase(state, moment, "report.slowed"))
        answer = await self._asked(code, at)
        if answer.found == "unknown":
            self._missed(browser, place, at)
        if answer.found != "known":
            slip = typed[:64] if answer.found == "unknown" else ""
            return Found(problem=phrase(state, moment, f"report.{answer.found}"), typed=slip)
        return Found(receipt.told(state, moment, answer), code, answer.open)

    async def add(self, once: str, code: str, words: str, places: str, *, at: datetime) -> bool:
        """Send what was added, once; False: there was nothing. Raises ``StoreUnavailable``."""
        text, named = read_typed(words).text, read_typed(places).text
        found = addresses.find("\n".join((named, text)), everything=True)
        left = "\n".join(filter(None, (text, "" if found else named)))
        if not receipt.is_code(code) or not (left or found):
            return False
        event = ReportAdded(at=at, code=code, text=left, addresses=found)
        sender = digest("add", once)  # of nobody: nothing leads from it to a browser
        await self._forms.take(Inbound(CHANNEL, digest(sender, "added"), sender, event))
        return True

    async def _asked(self, code: str, at: datetime) -> ReportNews:
        try:
            state = await self._helpline.report(code)
        except HelplineRefused as refused:
            return ReportNews(at=at, found=REFUSALS.get(refused.status, "unreachable"))
        except HelplineUnavailable:
            return ReportNews(at=at, found="unreachable")
        return ReportNews(
            at=at,
            found="known",
            updates=state.updates,
            others=state.others,
            open=state.open,
            signpost=state.signpost,
        )

    def _missed(self, browser: str, place: str, at: datetime) -> None:
        """Every slip counts for the browser, every sixth of a place for all in it."""
        self._browsers.missed(browser, at)
        self._misses[place] = self._misses.pop(place, 0) + 1
        if self._misses[place] % TOGETHER == 0:
            self._places.missed(place, at)
        while len(self._misses) > BROWSERS:
            self._misses.popitem(last=False)
