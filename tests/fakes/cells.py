"""One item of every kind in every state, as one person finds it: the cells of the table of rights.

    cells = Cells(helpline, me, mate, other, fourth)
    path = await cells.at("/contacts/{contact_id}/reply", "colleague")

The states of a kind stand in the table; ``hidden`` means that ``me`` is named in a case of it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from fakes.casework import NOTE
from fakes.helpline import Helpline, message
from sqlalchemy import update

from api.addresses import service as addresses
from api.cases import identity, queries
from api.cases import parts as case_parts
from api.cases import service as cases
from api.contacts import service as contacts
from api.contacts.tables import Contact
from api.contacts.values import StaffRef
from api.duty import service as duty
from api.evidence import bundles, exhibits
from api.evidence.bundle_tables import Bundle
from api.filing import service as filings
from api.filing.facts import Wish
from api.filing.tables import Filing
from api.intake import schemas
from api.marks import release
from api.marks import service as marks
from api.marks.tables import Mark
from api.marks.values import Label
from api.reports import intake, linking
from api.reports import service as reports
from api.reports.tables import Report
from api.reports.values import Assessment
from api.shifts import handover, rota
from api.shifts.tables import Planned
from api.staff.tables import StaffPasskey
from api.systems import service as systems
from api.times import to_ms

Ids = Mapping[str, str]

NOWHERE = "00000000-0000-4000-8000-000000000000"
REPORT = {
    **{"received_at": "2026-11-20T13:20:00Z", "language": "sq", "kind": "sexual_extortion"},
    **{"reporter": "child", "addresses": ["example.com/konto"], "where": "Instagram"},
    **{"words": "Kërkon para.", "conversation": None},
}
JUDGED = Assessment(verdict="in_remit", kind="sexual_extortion", danger="no", rank=2)


class Cells:
    """Makes a fresh item for each cell, so that no deed spoils another's."""

    def __init__(
        self, helpline: Helpline, me: StaffRef, mate: StaffRef, other: StaffRef, fourth: StaffRef
    ) -> None:
        self.helpline = helpline
        self.me, self.mate, self.other, self.fourth = me, mate, other, fourth
        self._count = 0
        self._first()

    async def at(self, path: str, state: str) -> str:
        """The path with the ids of an item in this state."""
        for name, value in (await self._ids(path, state)).items():
            path = path.replace(f"{{{name}}}", value)
        return path

    async def _ids(self, path: str, state: str) -> Ids:
        if "{case_id}" in path:
            return await self._case(path, state)
        for name in (
            *("contact", "mark", "handover", "notice", "report", "planned", "system"),
            *("exhibit", "address", "filing"),
        ):
            if f"{{{name}_id}}" in path:
                return {f"{name}_id": str(await getattr(self, f"_{name}")(state))}
        if "{key_id}" in path:
            return {"key_id": self._key(state)}
        if "{staff_id}" in path:
            people = {"self": self.me.id, "colleague": self.other.id, "unknown": 999_999}
            return {"staff_id": str(people[state])}
        return {"token": "none", "language": "sq", "name:path": "sigurt.css"}

    def over(self) -> None:
        """Take everything off the desk, which would grow from cell to cell."""
        with self.helpline.database.write() as session:
            session.execute(update(Contact).values(state="closed", holder_id=None))

    def does(self, deed: Any, *args: Any, **kwargs: Any) -> Any:
        """A deed of staff, now."""
        return self.helpline.does(deed, *args, **kwargs)

    async def opens(self, **change: Any) -> str:
        """A contact of a child of its own."""
        return await self.helpline.opens(conversation=uuid.uuid4().hex, **change)

    async def _contact(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        calm = {"severity": "none", "reason": "asked"}
        contact_id = await self.opens(**(calm if state == "blocked" else {}))
        if state != "waiting":
            getattr(self, f"_now_{state}")(contact_id)
        return contact_id

    def _now_own(self, contact_id: str) -> None:
        self.does(contacts.claim, contact_id, staff=self.me)

    def _now_colleague(self, contact_id: str) -> None:
        self.does(contacts.claim, contact_id, staff=self.mate)

    def _now_offered(self, contact_id: str) -> None:
        self._now_colleague(contact_id)
        self.does(duty.set_on_duty, staff=self.me, on=True)
        self.does(contacts.offer, contact_id, staff=self.mate, to_id=self.me.id)

    def _now_ended(self, contact_id: str) -> None:
        self._now_own(contact_id)
        self.does(contacts.end, contact_id, staff=self.me)

    def _now_closed(self, contact_id: str) -> None:
        self._now_own(contact_id)
        self.does(contacts.close, contact_id, staff=self.me, outcome="advice")

    def _now_filed(self, contact_id: str) -> None:
        """Closed by a colleague."""
        self._now_colleague(contact_id)
        self.does(contacts.close, contact_id, staff=self.mate, outcome="advice")

    def _now_blocked(self, contact_id: str) -> None:
        until = self.helpline.now.replace(hour=23)
        self.does(contacts.block, contact_id, staff=self.mate, until=until, reason="Fyen")

    def _now_hidden(self, contact_id: str) -> None:
        self._now_colleague(contact_id)
        case_id = self.does(cases.open_case, staff=self.mate, contact_id=contact_id)
        self._name_me(case_id)

    def _name_me(self, case_id: str) -> None:
        self.does(cases.set_named, case_id, staff_id=self.me.id, reason="Kushëri", staff=self.mate)

    async def _case(self, path: str, state: str) -> Ids:
        if state == "unknown":
            names = ("case", "part", "conflict", "unlock", "contact", "report", "bundle")
            return {f"{name}_id": NOWHERE for name in names}
        ids = dict(await self._made(state))
        if "{report_id}" in path:
            ids["report_id"] = self.reported()
            self.does(linking.link_case, ids["report_id"], ids["case_id"], staff=self.mate)
        if "{bundle_id}" in path:
            ids["bundle_id"] = self._bundle(ids["case_id"], state)
        if state == "strange":  # the parts of another case
            ids["case_id"] = (await self._made("own"))["case_id"]
        if state == "closed":
            self.does(cases.move, ids["case_id"], to="closed", words="U krye", staff=self.mate)
        if state == "hidden":
            self._name_me(ids["case_id"])
        return ids

    def _bundle(self, case_id: str, state: str) -> str:
        """A bundle as the errand leaves it, or before it came."""
        wish = bundles.Wish("Prokuroria", ("sq",))
        asked = {"known": frozenset(), "staff": self.mate}
        bundle_id: str = self.does(bundles.ask, case_id, wish, **asked)
        if state != "waiting":
            kept = {"kind": "bundle", "body": b"PK", "who": "clock", "case_id": case_id}
            made = {"state": "ready", "exhibit_id": self.does(exhibits.keep, **kept)}
            with self.helpline.database.write() as session:
                session.execute(update(Bundle).where(Bundle.id == bundle_id).values(**made))
        return bundle_id

    async def _made(self, state: str) -> Ids:
        """A case with a part, a contact, somebody named and a wish to read the identity."""
        lead = self.me if state in ("own", "asked", "unlocked") else self.mate
        contact_id, part_id = await self.opens(), str(uuid.uuid4())
        case_id = self.does(cases.open_case, staff=lead, contact_id=contact_id)
        self.does(case_parts.save, case_id, part_id, kind="note", version=0, given=NOTE, staff=lead)
        named = {"staff_id": self.fourth.id, "reason": "Fqinj"}
        self.does(cases.set_named, case_id, **named, staff=lead)
        with self.helpline.database.read() as session:
            [conflict] = queries.conflicts_of(session, case_id)
        return {
            **{"case_id": case_id, "part_id": part_id, "contact_id": contact_id},
            **{"conflict_id": conflict.id, "unlock_id": self._unlock(case_id, state)},
        }

    def _unlock(self, case_id: str, state: str) -> str:
        asker = self.me if state in ("asked", "unlocked") else self.mate
        decider = self.mate if asker == self.me else self.other
        wish = {"reason": "Referim", "minutes": 60}
        unlock_id: str = self.does(identity.ask, case_id, **wish, staff=asker)
        if state in ("decided", "unlocked"):
            self.does(identity.decide, case_id, unlock_id, grant=True, staff=decider)
        return unlock_id

    async def _mark(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        said = message("do vdes nga te qeshurat")
        contact_id = await self.opens(messages=[said])
        label = Label.of("disclosure", "grooming")
        what = (contact_id, said["message_id"])
        self.does(marks.mark, *what, label=label, staff=self.mate)
        with self.helpline.database.read() as session:
            mark_id = session.query(Mark).filter_by(contact_id=contact_id).one().id
        proposer = {"own": self.me, "bare": None}.get(state, self.mate)
        if proposer:
            self.does(release.propose, mark_id, text="do vdes", staff=proposer)
        if state == "released":
            self.does(release.release, mark_id, text="do vdes", staff=self.other)
        if state == "hidden":
            self._now_hidden(contact_id)
        return mark_id

    async def _handover(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        writer = self.me if state == "own" else self.mate
        handover_id: str = self.does(handover.give, staff=writer, words="Natë e qetë", left=[])
        if state == "confirmed":
            self.does(handover.confirm, handover_id, staff=self.other)
        return handover_id

    async def _notice(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        contact_id = await self._contact("hidden" if state == "hidden" else "waiting")
        notice_id: str = self.does(contacts.notify, kind="called", contact_id=contact_id)
        if state == "settled":
            self.does(contacts.settle_notice, notice_id, staff=self.mate)
        return notice_id

    async def _report(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        report_id = self.reported()
        if state in ("own", "colleague", "closed"):
            holder = self.me if state == "own" else self.mate
            self.does(reports.take, report_id, staff=holder)
            self.does(reports.assess, report_id, JUDGED, staff=holder)
        if state == "closed":
            self.does(reports.close, report_id, outcome="advised", staff=self.mate)
        if state == "hidden":
            self._name_me(self.does(linking.open_case, report_id, staff=self.mate))
        return report_id

    def reported(self, **change: Any) -> str:
        """A report of a child of its own that just came in; its receipt is nobody's."""
        report_id = str(uuid.uuid4())
        told = {**REPORT, "report_id": report_id, "conversation": uuid.uuid4().hex, **change}
        wanted = schemas.Report.model_validate_json(json.dumps(told))
        self.does(intake.store, wanted, uuid.uuid4().hex)
        return report_id

    def _first(self) -> None:
        """R-1001 and the year's first case, which forms name by their number, are nobody's."""
        with self.helpline.database.read() as session:
            there = session.query(Report).first() is not None
        if not there:
            self.reported()
            self.does(cases.open_case, staff=self.mate)

    async def _address(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        report_id = self.reported(addresses=[f"example.com/{uuid.uuid4().hex}"])
        with self.helpline.database.read() as session:
            [view] = addresses.addresses_of(session, self.helpline.vault, report_id)
        steps = {"held": ["police_told"], "sent": ["notice_sent"], "gone": ["notice_sent", "gone"]}
        for step in steps.get(state, ()):
            self.does(addresses.set_state, view.address_id, step, staff=self.mate)
        if state == "hidden":
            self._name_me(self.does(linking.open_case, report_id, staff=self.mate))
        return view.address_id

    async def _filing(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        report_id, office = self.reported(addresses=[]), self.helpline.app.state.office
        [filing_id] = self.does(
            filings.make, office, report_id, "isigurt", Wish("Faqe.", ()), key="k", staff=self.mate
        )
        if state not in ("draft", "hidden"):
            self.does(filings.send, office, filing_id, staff=self.mate)
        if state == "filed":
            self.does(filings.sent_by_hand, office, filing_id, staff=self.mate)
        if state in ("waiting", "unsure"):  # only a line leads there, and here is none
            with self.helpline.database.write() as session:
                session.get_one(Filing, filing_id).state = state
        if state == "hidden":
            self._name_me(self.does(linking.open_case, report_id, staff=self.mate))
        return str(filing_id)

    async def _exhibit(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        kept = {"kind": "report", "body": {"words": "Kërkon para."}, "who": "bot"}
        if state == "report":
            made: str = self.does(exhibits.keep, **kept, report_id=await self._report("own"))
            return made
        case_id = self.does(cases.open_case, staff=self.mate, contact_id=await self.opens())
        if state == "hidden":
            self._name_me(case_id)
        of_case: str = self.does(exhibits.keep, **kept, case_id=case_id)
        return of_case

    async def _planned(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        self._count += 1
        day = f"2026-12-{self._count % 28 + 1:02}"
        who, known = self.mate.id, {self.mate.id: self.mate.name}
        plan = {"who": who, "known": known, "day": day, "hours": "08:00-16:00"}
        self.does(rota.add, **plan, staff_id=self.mate.id)
        with self.helpline.database.read() as session:
            return session.query(Planned).filter_by(day=day).one().id

    async def _system(self, state: str) -> int:
        if state == "unknown":
            return 999_999
        self._count += 1
        name = f"Sistemi {self._count}"
        system_id, _ = self.does(systems.add, name=name, roles=["counsellor"], by=self.mate.id)
        if state != "waits":
            with self.helpline.database.write() as session:
                systems.let_in(session, system_id, by=self.me.id)
        if state in ("hooked", "disabled"):
            self.does(systems.set_webhook, system_id, url="https://example.com/h")
        if state == "disabled":
            self.does(systems.disable, system_id)
        return int(system_id)

    def _key(self, state: str) -> str:
        if state == "unknown":
            return NOWHERE
        key_id, whose = str(uuid.uuid4()), self.me if state == "own" else self.mate
        row = self.helpline.vault.row("staff_passkeys", key_id)
        seals = {name: row.seal(name, "x") for name in ("credential", "public_key", "name")}
        at = {"created_at": to_ms(self.helpline.now), "sign_count": 0}
        key = {"id": key_id, "staff_id": whose.id, "credential_hash": key_id}
        with self.helpline.database.write() as session:
            session.add(StaffPasskey(**key, **at, **seals))
        return key_id
