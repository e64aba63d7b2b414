from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime

import httpx
import pytest
from fakes.helpline import ELIRA, Helpline, message
from sqlalchemy import select

from api.contacts import service as contacts
from api.contacts.tables import Notice
from api.contacts.values import StaffRef
from api.systems import service, signing
from api.systems.errand import WebhookErrand
from api.systems.refusals import BadSystem, BadWebhook

URL = "https://cases.example.com/sigurt?key=secret"


class CaseSystem:
    """Another helpline system, which takes events or does not."""

    def __init__(self, helpline: Helpline) -> None:
        self.helpline = helpline
        self.taken: list[httpx.Request] = []
        self.answers = 204
        with helpline.database.write() as session:
            now = helpline.now
            self.id, self.key = service.add(
                session, helpline.vault, name="Dosjet", roles=["counsellor"], by=0, now=now
            )
            service.let_in(session, self.id, by=1)
            self.secret = service.set_webhook(session, helpline.vault, self.id, url=URL, now=now)
        self.errand = WebhookErrand(
            helpline.database,
            helpline.vault,
            lambda: helpline.now,
            transport=httpx.MockTransport(self._answer),
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.answers == 0:
            raise httpx.ConnectError("away")
        if self.answers < 300:
            self.taken.append(request)
        return httpx.Response(self.answers, headers={"location": "http://127.0.0.1/"})

    def hears(self) -> None:
        if self.errand.has_work():
            self.errand.turn()

    @property
    def types(self) -> list[str]:
        return [json.loads(request.content)["type"] for request in self.taken]


@pytest.fixture
def system(either: Helpline) -> CaseSystem:
    return CaseSystem(either)


async def happens(helpline: Helpline) -> str:
    contact_id = await helpline.opens(messages=[message("me kercenon")])
    with helpline.database.write() as session:
        contacts.claim(session, helpline.vault, contact_id, staff=ELIRA, now=helpline.now)
        contacts.read(session, helpline.vault, contact_id, staff_id=ELIRA.id, now=helpline.now)
    return contact_id


async def test_events_are_told_in_order_without_content(system: CaseSystem) -> None:
    """
    Each deed is told once, in order, by number, type, time and id; reads are not told, and
    nothing that a child or a colleague wrote leaves.
    """
    contact_id = await happens(system.helpline)
    system.hears()
    system.hears()
    told = [json.loads(request.content) for request in system.taken]

    assert system.types == ["contact.opened", "contact.claimed"]
    assert all(set(one) == {"number", "type", "at", "about", "by"} for one in told)
    assert {one["about"] for one in told} == {contact_id}
    assert sorted(one["number"] for one in told) == [one["number"] for one in told]


async def test_calls_are_signed(system: CaseSystem) -> None:
    """
    Each call carries the signature of the Standard Webhooks specification over its bytes.
    """
    await happens(system.helpline)
    system.hears()
    [first, *_] = system.taken
    wanted = signing.headers(
        system.secret,
        message_id=first.headers["webhook-id"],
        at=system.helpline.now,
        body=first.content,
    )

    assert {name: first.headers[name] for name in wanted} == wanted


def test_signature_is_that_of_the_specification() -> None:
    """
    The example of the Standard Webhooks specification gives its signature.
    """
    found = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
    )

    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("answer", [0, 302, 400, 500])
async def test_what_is_not_taken_is_told_again(system: CaseSystem, answer: int) -> None:
    """
    A system that is away, redirects or refuses is asked again later, from the same event on.
    """
    await happens(system.helpline)
    system.answers = answer
    system.hears()
    system.hears()
    assert system.taken == []

    system.answers = 200
    system.hears()
    assert system.taken == []  # not before its time
    system.helpline.later(seconds=6)
    system.hears()
    assert system.types == ["contact.opened", "contact.claimed"]


async def test_a_system_that_stays_away_is_told_of_once_and_stopped(system: CaseSystem) -> None:
    """
    The supervisor reads that a system takes no events, and that its webhook stopped after
    three days; an administrator lets it go on, and nothing was lost.
    """
    await happens(system.helpline)
    system.answers = 503
    for _ in range(100):
        system.helpline.later(hours=1)
        system.hears()
    with system.helpline.database.write() as session:
        kinds = [row.kind for row in session.scalars(select(Notice).order_by(Notice.at))]
        service.resume_webhook(session, system.id, now=system.helpline.now)
    system.answers = 200
    system.hears()

    assert [kind for kind in kinds if kind.startswith("webhook")] == [
        "webhook_failing",
        "webhook_stopped",
    ]
    assert system.types[:2] == ["contact.opened", "contact.claimed"]


@pytest.mark.parametrize(
    "url",
    [
        "http://cases.example.com/",
        "ftp://cases.example.com/",
        "https://",
        "https://a b/",
        "https://x\n.example.com",
        "file:///etc/passwd",
        "https://" + "a" * 1000,
    ],
)
async def test_events_leave_encrypted_only(system: CaseSystem, url: str) -> None:
    """
    An address without TLS, save on this machine, and one that is none are refused.
    """
    with pytest.raises(BadWebhook), system.helpline.database.write() as session:
        service.set_webhook(
            session, system.helpline.vault, system.id, url=url, now=system.helpline.now
        )


@pytest.mark.parametrize("roles", [[], ["administrator"], ["analyst", "counsellor"], ["chief"]])
async def test_a_system_is_no_administrator(helpline: Helpline, roles: list[str]) -> None:
    """
    A key works with contacts and cases and never with accounts.
    """
    with pytest.raises(BadSystem), helpline.database.write() as session:
        service.add(session, helpline.vault, name="Dosjet", roles=roles, by=0, now=helpline.now)


async def test_a_disabled_system_holds_nothing(system: CaseSystem) -> None:
    """
    What a system holds goes back into the queue the moment it is shut out, and its key dies.
    """
    helpline = system.helpline
    contact_id = await helpline.opens()
    with helpline.database.write() as session:
        person = service.person_of(session, helpline.vault, system.key, now=helpline.now)
        assert person is not None
        staff = StaffRef(person.id, person.name)
        contacts.claim(session, helpline.vault, contact_id, staff=staff, now=helpline.now)
        service.disable(session, helpline.vault, system.id, now=helpline.now)
    with helpline.database.read() as session:
        [item] = contacts.queue(session, helpline.vault, now=helpline.now)
        gone = service.person_of(session, helpline.vault, system.key, now=helpline.now)

    assert (item.state, gone) == ("waiting", None)


def test_keys_and_secrets_do_not_repeat() -> None:
    """
    Secrets are 256 bits of chance.
    """
    found = {signing.new_secret() for _ in range(100)}

    assert len(found) == 100
    assert all(len(secret) == len("whsec_" + b64encode(bytes(32)).decode()) for secret in found)
