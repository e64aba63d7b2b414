"""What is carried to the helpline: contacts, more words, reports, and what is asked of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from functools import partial

from bot.carried import Books, Conclusion, Held
from bot.engine.events import (
    AdditionDelayed,
    AdditionStored,
    AnyEvent,
    ContactArrived,
    ContactDelayed,
    ReportDelayed,
    ReportNews,
    ReportStored,
)
from bot.helpline import Helpline, HelplineRefused, HelplineUnavailable, ReportState
from bot.jobs import Settle
from bot.parcels import Parcel
from bot.runner import Runner
from bot.store import outbox
from bot.store.database import millis
from bot.store.outbox import ADDITION, ASK_REPORT, CONTACT, HELPLINE, REPORT

log = logging.getLogger(__name__)

_SLOWED = 429  # somebody guesses receipts, so nobody's is looked up for a while
_PATIENT = 4  # tries of an addition meanwhile: a contact of the same chat may wait behind it
_REFUSALS = {404: "unknown", _SLOWED: "slowed"}  # of a question about a report


class Letters:
    """Posts each once, and knows whether the helpline is down.

    While it is, one letter at a time (a probe) finds out whether it is back; then ``bell``
    rings.
    """

    def __init__(
        self, helpline: Helpline, runner: Runner, books: Books, *, bell: asyncio.Event
    ) -> None:
        self.helpline = helpline
        self._runner, self._books, self._bell = runner, books, bell
        self._probes: set[str] = set()
        self.down = False

    def probe(self, keys: Iterable[str]) -> None:
        """These may be posted although the helpline is down."""
        self._probes.update(keys)

    def forget(self, key: str) -> None:
        """This one is no more on its way."""
        self._probes.discard(key)

    async def attempt(self, held: Held) -> Conclusion:
        """Post once; return what is left to store. Never raises for what a post may do."""
        parcel = held.parcel
        if parcel.kind == ASK_REPORT:
            return await self._asked(held)
        if self.down and parcel.key not in self._probes:
            return partial(self._delayed, held)
        try:
            answer = await self.helpline.post(
                parcel.kind, parcel.body, key=parcel.key, contact_id=parcel.contact_id
            )
        except HelplineRefused as refused:
            if refused.status == _SLOWED and parcel.attempts < _PATIENT:
                return partial(self._delayed, held)
            return partial(self._refused, held, refused.status)
        except HelplineUnavailable:
            self._went_down()
            return partial(self._delayed, held)
        except Exception as error:  # as long as we do not know, the contact is kept
            self._bug(parcel, error)
            return partial(self._delayed, held)
        return partial(self._arrived, held, answer)

    async def _asked(self, held: Held) -> Conclusion:
        """Somebody waits for this answer: without one it is said so at once."""
        found, state, code = "known", ReportState(), held.parcel.letter.decode()
        try:
            state = await self.helpline.report(code)
        except HelplineRefused as refused:
            found = _REFUSALS.get(refused.status, "unreachable")
        except HelplineUnavailable:
            found = "unreachable"
        except Exception as error:
            self._bug(held.parcel, error)
            found = "unreachable"
        event = ReportNews(
            at=self._books.now(),
            found=found,
            updates=state.updates,
            others=state.others,
            open=state.open,
            wants_news=state.wants_news,
            signpost=state.signpost,
            code=code if found == "known" else "",
        )
        return partial(self._books.news, held, event, "arrived")

    def _bug(self, parcel: Parcel, error: Exception) -> None:
        self._books.alarms.sound("helpline_bug", row=parcel.id, error=type(error).__name__)

    async def _refused(self, held: Held, status: int) -> None:
        """A person must mend something; a child whose contact it is has to know meanwhile."""
        await self._not_arrived(held, self._books.settled(held, "failed"), refused=True)
        self._books.alarms.sound("helpline_refused", row=held.parcel.id, status=status)

    async def _delayed(self, held: Held) -> None:
        await self._not_arrived(held, self._books.later(held))

    async def _not_arrived(self, held: Held, settle: Settle, *, refused: bool = False) -> None:
        """The person is told, once of each kind, that the helpline does not have it."""
        event: AnyEvent
        now, contact_id = self._books.now(), held.parcel.contact_id
        if held.parcel.kind == CONTACT:
            event = ContactDelayed(at=now, contact_id=contact_id, refused=refused)
        elif held.parcel.kind == REPORT:
            event = ReportDelayed(at=now, refused=refused)
        elif held.parcel.kind == ADDITION:
            event = AdditionDelayed(at=now, refused=refused)
        else:
            return await self._books.settle(settle)
        await self._books.news(held, event, "refused" if refused else "delayed", settle)

    async def _arrived(self, held: Held, answer: Mapping[str, object]) -> None:
        event = self._arrival(held.parcel, answer)
        if event is None:
            await self._books.accepted(held)
        else:
            await self._books.news(held, event, "arrived")
        await self._came_up()

    def _arrival(self, parcel: Parcel, answer: Mapping[str, object]) -> AnyEvent | None:
        now = self._books.now()
        if parcel.kind == CONTACT:
            minutes = _usual_minutes(answer)
            return ContactArrived(at=now, contact_id=parcel.contact_id, minutes=minutes)
        if parcel.kind == REPORT:
            receipt = answer.get("receipt")
            return ReportStored(at=now, receipt=str(receipt) if receipt else "")
        if parcel.kind == ADDITION:
            return AdditionStored(at=now)
        return None

    def _went_down(self) -> None:
        if not self.down:
            self.down = True
            self._books.alarms.sound("helpline_unavailable")

    async def _came_up(self) -> None:
        """After an outage, what was put off leaves at once, in its order of urgency."""
        if not self.down:
            return
        self.down = False
        now = millis(self._books.now())
        await self._runner.ask(lambda asked: outbox.lane_is_up(asked, HELPLINE, now=now))
        log.info("the helpline answers again")
        self._bell.set()


def _usual_minutes(answer: Mapping[str, object]) -> int | None:
    duty = answer.get("duty")
    minutes = duty.get("usual_minutes") if isinstance(duty, Mapping) else None
    return minutes if isinstance(minutes, int) else None
