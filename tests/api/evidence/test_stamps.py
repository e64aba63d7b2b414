from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from fakes.helpline import Helpline
from fakes.stamping import URL, StampService
from pydantic import SecretStr

from api.audit.chain import Anchor, canonical, head_text
from api.audit.service import head, record
from api.contacts.noticing import notices
from api.evidence.stamps import StampErrand, Stamping, read_anchors, stamping, stamps
from api.evidence.tokens import TokenWrong, certificates, request, verified
from api.settings import SettingsFault


class Outside:
    """Keeps what is sent, or takes nothing."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes, self.sent = takes, []

    def send(self, address: str, *, title: str, text: str) -> bool:
        if self.takes:
            self.sent.append((address, text))
        return self.takes


@pytest.fixture
def service(tmp_path: Path) -> StampService:
    return StampService(tmp_path / "tsa")


@pytest.fixture
def errand(helpline: Helpline, service: StampService, tmp_path: Path) -> StampErrand:
    helpline.does(record, who="bot", what="contact.opened", about="c-1")
    set_up = Stamping(tmp_path / "anchors", URL, service.certificates)
    return _errand(helpline, set_up, service)


def _errand(helpline: Helpline, set_up: Stamping, service=None, outside=None) -> StampErrand:
    return StampErrand(
        helpline.database,
        helpline.vault,
        lambda: helpline.now,
        set_up,
        transport=service.transport if service else None,
        outside=outside or Outside(),
    )


def made(helpline: Helpline):
    with helpline.database.read() as session:
        return stamps(session)


def told(helpline: Helpline) -> list[str]:
    with helpline.database.read() as session:
        return [one.kind for one in notices(session, helpline.vault)]


def test_head_is_stamped_every_day(helpline, service, errand):
    """
    S49: the head is stamped once a day, and openssl alone accepts the token for that head.
    """
    with helpline.database.read() as session:
        first = head(session)
    assert errand.has_work()
    errand.turn()
    helpline.later(hours=23)
    assert not errand.has_work()
    helpline.later(hours=2)
    assert errand.has_work()

    [stamp] = made(helpline)
    anchor = Anchor(stamp.head_seq, stamp.head_hash)
    assert anchor == first
    assert service.accepts(head_text(anchor), stamp.token)
    assert not service.accepts(head_text(Anchor(first.seq, "0" * 64)), stamp.token)


@pytest.mark.parametrize("fault", ["down", "broken", "garbage", "old", "long"])
def test_service_that_fails_is_asked_again(helpline, service, errand, fault):
    """
    S49: with the service down, or answering nonsense or an old stamp, everything goes on; the
    supervisors read of it once after 36 hours, and the first good answer is taken.
    """
    errand.turn()
    helpline.does(record, who="bot", what="contact.opened", about="c-2")
    service.fault = fault
    for _ in range(60):
        helpline.later(hours=1)
        if errand.has_work():
            errand.turn()
    assert len(made(helpline)) == 1
    assert told(helpline) == ["stamp_late"]

    service.fault = ""
    helpline.later(hours=1)
    errand.turn()
    assert len(made(helpline)) == 2
    assert not errand.has_work()


def test_failed_service_is_not_pressed(helpline, service, errand):
    """
    A service that is down is asked ever more rarely, at the most once an hour.
    """
    service.fault = "down"
    for _ in range(24 * 60):
        if errand.has_work():
            errand.turn()
        helpline.later(minutes=1)

    assert 20 < service.asked < 30


def test_head_is_exported_without_a_service(helpline, tmp_path):
    """
    S49: without a stamp service the head lies every day in a file for the service alone, and
    goes to whoever is named.
    """
    helpline.does(record, who="bot", what="contact.opened", about="c-1")
    outside = Outside()
    set_up = Stamping(tmp_path / "anchors", addresses=("json://example.com",))
    errand = _errand(helpline, set_up, outside=outside)
    errand.turn()

    [file] = (tmp_path / "anchors").iterdir()
    [stamp] = made(helpline)
    assert list(read_anchors(tmp_path / "anchors")) == [Anchor(stamp.head_seq, stamp.head_hash)]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [json.loads(text)["hash"] for _, text in outside.sent] == [stamp.head_hash]
    assert canonical(json.loads(file.read_bytes())) == file.read_bytes()


def test_head_that_nobody_took_is_sent_again(helpline, tmp_path):
    """
    S49: an export counts only when everybody who is named took it.
    """
    helpline.does(record, who="bot", what="contact.opened", about="c-1")
    outside = Outside(takes=False)
    set_up = Stamping(tmp_path / "anchors", addresses=("json://example.com",))
    errand = _errand(helpline, set_up, outside=outside)
    errand.turn()
    assert made(helpline) == []

    outside.takes = True
    helpline.later(minutes=2)
    errand.turn()
    assert len(made(helpline)) == 1


def test_nothing_is_stamped_before_there_is_a_row(helpline, service, tmp_path):
    """
    An empty trail has no head to show.
    """
    set_up = Stamping(tmp_path / "anchors", URL, service.certificates)

    assert not _errand(helpline, set_up, service).has_work()


def test_stamp_of_a_stranger_is_none(service, tmp_path):
    """
    S49: a stamp by another service, for another head or with another nonce is refused.
    """
    anchor = Anchor(7, "a" * 64)
    asked = request(anchor)
    token = service.reply(asked.as_bytes())
    stranger = StampService(tmp_path / "stranger")

    assert verified(token, anchor, service.certificates, asked=asked)
    for head_, roots, again in (
        (Anchor(8, "a" * 64), service.certificates, asked),
        (anchor, stranger.certificates, asked),
        (anchor, service.certificates, request(anchor)),
    ):
        with pytest.raises(TokenWrong):
            verified(token, head_, roots, asked=again)


def test_settings_of_stamps_are_checked_at_start(helpline, service, tmp_path):
    """
    A stamp service without the certificates to check it by, or an address that is none, stops
    the start with one sentence, which repeats no value.
    """
    plain = helpline.settings
    whole = plain.model_copy(update={"stamp_url": URL, "stamp_roots": service.roots})
    assert stamping(whole).roots == certificates(service.roots.read_bytes())
    assert stamping(plain).kinds == ("exported",)
    for change, named in (
        ({"stamp_url": URL}, "SIGURT_STAMP_ROOTS"),
        ({"stamp_url": URL, "stamp_roots": tmp_path}, "SIGURT_STAMP_ROOTS"),
        ({"anchor": SecretStr("no such address")}, "SIGURT_ANCHOR"),
    ):
        with pytest.raises(SettingsFault, match=named) as caught:
            stamping(plain.model_copy(update=change))
        assert "no such" not in str(caught.value)
