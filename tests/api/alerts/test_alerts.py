from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fakes.helpline import ELIRA, GENTI, Helpline, message
from sqlalchemy import select

from api.alerts import service
from api.alerts.addresses import Addresses, ByApprise, addresses
from api.alerts.errand import AlertErrand
from api.alerts.tables import Alert
from api.alerts.texts import WHY, text_of
from api.contacts.noticing import notify, settle_notice
from api.contacts.service import claim
from api.contacts.tables import Notice
from api.errands import Errands
from api.settings import Settings, SettingsFault

BOOK = Addresses(
    {"team": {"t": "team@"}, "supervisor": {"s": "lead@"}, "outside": {"o": "outside@"}}
)


class Postman:
    """Takes alerts, or takes none."""

    def __init__(self) -> None:
        self.brought: list[tuple[str, str]] = []
        self.away = False

    def send(self, address: str, *, title: str, text: str) -> bool:
        assert title == "Sigurt"
        if not self.away:
            self.brought.append((address, text))
        return not self.away

    @property
    def where(self) -> list[str]:
        return [address for address, _ in self.brought]


class House:
    """A helpline whose alerts go through a postman."""

    def __init__(self, helpline: Helpline) -> None:
        self.helpline, self.postman = helpline, Postman()
        parts = (helpline.database, helpline.vault, lambda: helpline.now, BOOK, self.postman)
        self.errand = AlertErrand(*parts, desk="https://desk.example.com")
        self.errands = Errands(helpline.database, lambda: helpline.now, [self.errand])

    def passes(self, **by: float) -> None:
        self.helpline.tick(**by)
        self.errands.turn(self.errand)

    def states(self) -> list[str]:
        with self.helpline.database.read() as session:
            return list(session.scalars(select(Alert.state).order_by(Alert.at, Alert.why)))


@pytest.fixture
def house(either: Helpline) -> House:
    return House(either)


async def test_urgent_contact_calls_at_once_and_climbs(house: House) -> None:
    """
    A new urgent contact calls the team at once; unanswered it climbs at 1, 3 and 10 minutes
    to all on duty, the supervisor and outside, each once.
    """
    await house.helpline.opens(severity="emergency", reason="emergency")
    for minutes in (0, 0, 1, 0, 2, 0, 7, 0, 30):
        house.passes(minutes=minutes)

    assert house.postman.where == ["team@", "team@", "lead@", "outside@"]


async def test_what_is_not_urgent_calls_nobody_at_once(house: House) -> None:
    """
    A question does not ring at night; only its own late deadline calls.
    """
    await house.helpline.opens(severity="none", category="none", reason="asked")
    house.passes()
    assert house.postman.where == []

    house.passes(minutes=3)
    assert house.postman.where == ["team@"]


async def test_who_came_first_makes_an_alert_moot(house: House) -> None:
    """
    An alert that could not leave before somebody took the contact is not sent any more.
    """
    contact_id = await house.helpline.opens()
    house.postman.away = True
    house.passes()
    with house.helpline.database.write() as session:
        claim(session, house.helpline.vault, contact_id, staff=ELIRA, now=house.helpline.now)
    house.postman.away = False
    house.passes(seconds=20)

    assert house.postman.where == []
    assert house.states() == ["moot"]


@pytest.mark.parametrize("kind", ["trail_broken", "exhibit_broken"])
async def test_evidence_that_changed_calls_the_supervisor(house: House, kind: str) -> None:
    """
    What is no longer as it was kept calls the supervisor outside the console, once, and
    nobody any more when it is settled first (S47, S51).
    """
    helpline = house.helpline
    first = helpline.does(notify, kind=kind, detail="E-1001")
    for _ in range(3):
        house.passes(minutes=1)
    assert house.postman.where == ["lead@"]

    house.postman.away = True
    second = helpline.does(notify, kind=kind, detail="E-1002")
    house.passes(minutes=1)
    for notice in (first, second):
        helpline.does(settle_notice, notice, staff=ELIRA)
    house.postman.away = False
    house.passes(minutes=20)

    assert house.postman.where == ["lead@"]
    assert house.states() == ["sent", "moot"]


async def test_a_failed_alert_is_tried_again_and_told(house: House) -> None:
    """
    A service that is away is tried again ever more rarely; the supervisor reads of it once,
    and an alert that never left is given up in the open.
    """
    await house.helpline.opens(severity="disclosure")
    house.postman.away = True
    for _ in range(200):
        house.passes(minutes=1)
    with house.helpline.database.read() as session:
        told = [
            row.kind for row in session.scalars(select(Notice).where(Notice.kind == "alert_failed"))
        ]

    assert set(house.states()) == {"failed"}
    assert len(told) == len(house.states())
    assert house.postman.where == []


async def test_a_failed_alert_leaves_when_the_service_is_back(house: House) -> None:
    """
    What could not leave leaves once, when it can.
    """
    await house.helpline.opens(severity="disclosure")
    house.postman.away = True
    house.passes()
    house.postman.away = False
    house.passes(seconds=6)
    house.passes(seconds=6)

    assert house.postman.where == ["team@"]


async def test_alerts_hold_no_content(house: House) -> None:
    """
    What leaves names no child, no words, no kind of harm, no number and no colleague.
    """
    contact_id = await house.helpline.opens(messages=[message("me kercenon me nje foto")])
    for minutes in (0, 1, 3, 10):
        house.passes(minutes=minutes)
    with house.helpline.database.write() as session:
        service.call_all(session, house.helpline.vault, BOOK, staff=GENTI, now=house.helpline.now)
    house.helpline.does(notify, kind="exhibit_broken", detail="E-1001 foto")
    house.passes()
    texts = {text for _, text in house.postman.brought}

    assert texts == {text_of(why, address="https://desk.example.com") for why in WHY}
    for text in texts:
        told = {"K-", contact_id, "kercenon", "Genti", "foto", "extortion", "E-1001"}
        assert not told & set(text.split())


async def test_two_processes_send_an_alert_once(house: House) -> None:
    """
    R7: of two processes one holds the errand, and the alert leaves once.
    """
    other = Errands(house.helpline.database, lambda: house.helpline.now, [house.errand])
    await house.helpline.opens(severity="emergency", reason="emergency")

    assert house.errands.turn(house.errand)
    assert not other.turn(house.errand)
    assert house.postman.where == ["team@"]


async def test_nothing_is_written_while_nobody_waits(house: House) -> None:
    """
    A quiet night costs looks, and no writes.
    """
    strokes = house.helpline.bell.strokes
    for _ in range(5):
        house.helpline.now += timedelta(minutes=1)
        assert not house.errands.turn(house.errand)

    assert house.helpline.bell.strokes == strokes


@pytest.fixture
def service_outside() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """
    A push service on this machine.
    """
    taken: list[dict[str, str]] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_apprise_brings_it(service_outside: tuple[str, list[dict[str, str]]]) -> None:
    """
    A real address is reached through Apprise, and one that nobody answers at is no success.
    """
    address, taken = service_outside

    assert ByApprise().send(address, title="Sigurt", text="Hapni tavolinën.")
    assert [(one["title"], one["message"]) for one in taken] == [("Sigurt", "Hapni tavolinën.")]
    assert not ByApprise().send("json://127.0.0.1:9/", title="Sigurt", text="…")


def test_wrong_address_is_named_at_start(helpline: Helpline, tmp_path: Path) -> None:
    """
    An address that Apprise does not know stops the start; the value, a secret, is not told.
    """
    wrong = "json://127.0.0.1/ nonsense://secret"
    settings = Settings(_env_file=None, data_dir=tmp_path, alert_supervisor=wrong)

    with pytest.raises(SettingsFault, match="SIGURT_ALERT_SUPERVISOR: address 2") as fault:
        addresses(settings, helpline.vault)
    assert "secret" not in str(fault.value)
