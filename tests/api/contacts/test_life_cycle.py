from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

from fakes.helpline import DRITA, ELIRA, GENTI, Helpline, message
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from api.contacts import service
from api.contacts.deadlines import due_steps
from api.contacts.noticing import noticed_at
from api.contacts.queries import (
    answered_at,
    in_states,
    messages_of,
    steps_of,
    unanswered_since,
)
from api.contacts.records import message_of, read
from api.contacts.unanswered import PATIENCE
from api.duty.service import heard, set_on_duty
from api.errors import Refusal
from api.intake.events import events_after
from api.times import to_ms

SECRET = "vetëm për ekipin"
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
        for staff in (ELIRA, GENTI):
            self.helpline.does(set_on_duty, staff=staff, on=True)

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

    @rule(
        contact=contacts,
        left=st.sampled_from([None, "exit_word"]),
        severity=st.sampled_from(["none", "emergency"]),
    )
    def says(self, contact, left, severity):
        self.tells(contact, message("po", at=self.helpline.now.isoformat()), left, severity)

    @rule(contact=contacts)
    def felt_helped(self, contact):
        self.loop.run_until_complete(self.helpline.says(contact, helped="yes"))

    def tells(self, contact, words, left, severity):
        inner = {"messages": [words], "left": left, "severity": severity}
        path = f"/v1/contacts/{contact}/messages"
        body = self.helpline.seal(inner)
        answer = self.loop.run_until_complete(self.helpline.post(path, body))
        assert answer.status_code == 201
        self.helpline.tick()  # as each second: words can make a long wait urgent

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
        self.attempt(service.close, contact, staff=staff, outcome="advice", note=SECRET)

    @rule(contact=contacts, staff=STAFF)
    def ends(self, contact, staff):
        self.attempt(service.end, contact, staff=staff)

    @rule(contact=contacts)
    def is_reopened(self, contact):
        self.attempt(service.reopen, contact, staff=DRITA)

    @rule(contact=contacts, staff=STAFF, to=STAFF)
    def offers(self, contact, staff, to):
        self.attempt(service.offer, contact, staff=staff, to_id=to.id, note=SECRET)

    @rule(contact=contacts, staff=STAFF)
    def takes_the_offer_back(self, contact, staff):
        self.attempt(service.withdraw, contact, staff=staff)

    @rule(contact=contacts, staff=STAFF)
    def accepts(self, contact, staff):
        self.attempt(service.accept, contact, staff=staff)

    @rule(contact=contacts)
    def is_taken_over(self, contact):
        self.attempt(service.take_over, contact, staff=DRITA)

    @rule(contact=contacts, staff=STAFF)
    def notes_and_drafts(self, contact, staff):
        self.attempt(service.add_note, contact, staff=staff, text=SECRET)
        self.attempt(service.save_draft, contact, staff=staff, text=SECRET)

    @rule(contact=contacts, hours=st.sampled_from([1, 24]))
    def is_blocked(self, contact, hours):
        until = self.helpline.now + timedelta(hours=hours)
        self.attempt(service.block, contact, staff=DRITA, until=until, reason="Fyen.")

    @rule(contact=contacts)
    def is_unblocked(self, contact):
        self.attempt(service.unblock, contact, staff=DRITA)

    @rule(staff=STAFF)
    def goes_home(self, staff):
        self.attempt(
            lambda session, vault, *, now: service.release(
                session, vault, staff_id=staff.id, now=now
            )
        )

    @rule(seconds=st.sampled_from([1, 59, 61, 119, 120, 301, 601, 3601]))
    def time_passes(self, seconds):
        self.helpline.tick(seconds=seconds)

    @rule(staff=STAFF, seconds=st.sampled_from([61, 121, 301]))
    def time_passes_at_an_open_page(self, staff, seconds):
        for _ in range(seconds // 60):
            with self.helpline.database.write() as session:
                service.renew_all(session, staff_id=staff.id, now=self.helpline.now)
                heard(session, staff_id=staff.id, now=self.helpline.now)
            self.helpline.tick(seconds=60)

    @invariant()
    def every_urgent_contact_has_a_holder_or_an_alarm(self):
        """
        R9: what waits has climbed as far as it should, what is held has a running lease and
        its silence is noticed, and what a block keeps back is not urgent.
        """
        now = self.helpline.now
        with self.helpline.database.read() as session:
            contacts = in_states(session, "waiting", "claimed", "ended", "blocked")
            steps = steps_of(session, contacts)
            since = unanswered_since(session, contacts)
            answered = answered_at(session, since)
            noticed = noticed_at(session, "unanswered", since)
        for contact in contacts:
            if contact.state == "blocked":
                assert contact.holder_id is None
            elif contact.state == "ended":
                assert contact.holder_id is not None
            elif contact.state == "waiting":
                assert contact.holder_id is None
                assert contact.offered_id is None
                assert set(due_steps(contact, now=now)) <= set(steps.get(contact.id, ()))
            else:
                self.is_held(contact, since.get(contact.id), answered, noticed)

    def is_held(self, contact, since, answered, noticed):
        now = self.helpline.now
        assert contact.holder_id is not None
        assert contact.holder_id != contact.offered_id
        assert contact.lease_until > to_ms(now)
        left = read(self.helpline.vault, contact, "left")
        begun = max(since or 0, contact.claimed_at)
        late = to_ms(now) - begun >= PATIENCE[contact.urgency] * 60_000
        if since is not None and late and not left:
            latest = max(answered.get(contact.id, 0), contact.claimed_at)
            assert noticed.get(contact.id, -1) >= latest

    @invariant()
    def urgent_words_are_never_kept_back(self):
        """
        The last words of what a block holds back were not urgent.
        """
        with self.helpline.database.read() as session:
            for contact in in_states(session, "blocked"):
                last = messages_of(session, contact.id)
                opened = [message_of(self.helpline.vault, one) for one in last]
                assert not opened or opened[-1].severity != "emergency"

    @invariant()
    def events_are_numbered_without_a_gap_and_make_sense(self):
        """
        The holder alone writes, and the bot is told of every change of hands in order.
        """
        with self.helpline.database.read() as session:
            events, following = [], 0
            while True:
                more, following = events_after(session, self.helpline.vault, following)
                if not more:
                    break
                events += more
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert SECRET not in str(events)
        held = {}
        for event in events:
            contact, kind = event.get("contact_id"), event["type"]
            if kind == "contact.claimed":
                assert held.get(contact) != event["name"]
                held[contact] = event["name"]
            elif kind == "message.sent":
                assert held[contact] == event["name"]
            elif kind in {"contact.returned", "contact.closed"}:
                assert held.pop(contact) == event["name"]
            elif kind == "contact.climbed":
                assert held.get(contact) is None


TestLifeOfContacts = LifeOfContacts.TestCase
TestLifeOfContacts.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
