from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from fakes.helpline import ELIRA, GENTI, Helpline
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from api.contacts import service
from api.contacts.deadlines import due_steps
from api.contacts.queries import open_contacts, steps_of
from api.errors import Refusal
from api.intake.events import events_after
from api.times import to_ms

STAFF = st.sampled_from([ELIRA, GENTI])
OPENINGS = st.sampled_from(
    [("emergency", "emergency"), ("disclosure", "disclosure"), ("none", "asked")]
)


class LifeOfContacts(RuleBasedStateMachine):
    """Contacts, two counsellors who do whatever they like, and a clock that never fails."""

    contacts = Bundle("contacts")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.helpline = Helpline(Path(self.folder.name))

    def teardown(self) -> None:
        self.loop.run_until_complete(self.helpline.close())
        self.loop.close()
        self.folder.cleanup()

    def attempt(self, deed, *args, **kwargs):
        helpline = self.helpline
        with helpline.database.write() as session:
            try:
                deed(session, helpline.vault, *args, now=helpline.now, **kwargs)
            except Refusal:
                session.rollback()

    @rule(target=contacts, opening=OPENINGS)
    def opens(self, opening):
        severity, reason = opening
        return self.loop.run_until_complete(self.helpline.opens(severity=severity, reason=reason))

    @rule(contact=contacts, left=st.sampled_from([None, "exit_word"]))
    def says(self, contact, left):
        self.loop.run_until_complete(self.helpline.says(contact, "po", left=left))

    @rule(contact=contacts, staff=STAFF)
    def claims(self, contact, staff):
        self.attempt(service.claim, contact, staff=staff)

    @rule(staff=STAFF)
    def takes_next(self, staff):
        self.attempt(service.next_contact, staff=staff)

    @rule(contact=contacts, staff=STAFF)
    def shows_a_sign(self, contact, staff):
        self.attempt(
            lambda session, _vault, *, now: service.renew(
                session, contact, staff_id=staff.id, now=now
            )
        )

    @rule(contact=contacts, staff=STAFF)
    def puts_back(self, contact, staff):
        self.attempt(service.put_back, contact, staff=staff)

    @rule(contact=contacts, staff=STAFF, key=st.sampled_from(["r-1", "r-2"]))
    def replies(self, contact, staff, key):
        self.attempt(service.reply, contact, staff=staff, text="Po.", key=key)

    @rule(contact=contacts, staff=STAFF)
    def closes(self, contact, staff):
        self.attempt(service.close, contact, staff=staff, outcome="advice", note="")

    @rule(staff=STAFF)
    def goes_home(self, staff):
        self.attempt(
            lambda session, vault, *, now: service.release(
                session, vault, staff_id=staff.id, now=now
            )
        )

    @rule(seconds=st.sampled_from([1, 59, 61, 119, 120, 301, 601]))
    def time_passes(self, seconds):
        self.helpline.tick(seconds=seconds)

    @invariant()
    def every_urgent_contact_has_a_holder_or_an_alarm(self):
        """R9."""
        now = self.helpline.now
        with self.helpline.database.read() as session:
            contacts = open_contacts(session)
            steps = steps_of(session, contacts)
        for contact in contacts:
            if contact.state == "claimed":
                assert contact.holder_id is not None
                assert contact.lease_until > to_ms(now)
                continue
            assert set(due_steps(contact, now=now)) <= set(steps.get(contact.id, ()))
            assert contact.holder_id is None

    @invariant()
    def events_are_numbered_without_a_gap_and_make_sense(self):
        with self.helpline.database.read() as session:
            events, _ = events_after(session, self.helpline.vault, 0)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        held = {}
        for event in events:
            contact, kind = event["contact_id"], event["type"]
            if kind == "contact.claimed":
                assert held.get(contact) is None
                held[contact] = event["name"]
            elif kind == "message.sent":
                assert held[contact] == event["name"]
            elif kind in {"contact.returned", "contact.closed"}:
                assert held.pop(contact) == event["name"]
            else:
                assert held.get(contact) is None


TestLifeOfContacts = LifeOfContacts.TestCase
TestLifeOfContacts.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
