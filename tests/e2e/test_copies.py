"""S32: whoever copies what lies on the disks learns nothing of any child or counsellor."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes import telegram as stand_in
from fakes.copies import forms_of
from fakes.counsellor import PASSWORD
from fakes.house import House
from fakes.lifeline import ANSWER, MORE, PATIENCE, TOLD, TURNS, Lifeline, bubbles, until
from fakes.telegram import Child, TelegramStandIn

KEYS = {"bot.key", "helpline.key", "helpline.private"}
CHAT = 4815162342
NOTE = "Nëna e di tashmë"


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramStandIn]:
    """
    The platform, without limits of speed, and patient: a service takes seconds to start.
    """
    monkeypatch.setattr(stand_in, "PATIENCE", PATIENCE)
    async with TelegramStandIn(clock=None) as telegram:
        yield telegram


@pytest.fixture
async def line(telegram: TelegramStandIn, tmp_path: Path) -> AsyncIterator[Lifeline]:
    """
    A service over which a child has told, and was answered.
    """
    settings = {"TELEGRAM_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url}
    async with House(tmp_path, **settings) as house:
        line = Lifeline(telegram, house)
        line.child = telegram.children[CHAT] = Child(telegram, CHAT)
        await line.lives()
        await disclose(line)
        yield line


async def disclose(line: Lifeline) -> None:
    """From the first words to the note at the end."""
    child, desk, say = line.child, line.desk, line.say
    child.starts()
    await line.sees(say[0])
    child.taps("j:onboarding:language.sq")
    await line.sees(say[1])
    child.says(TOLD)
    await line.sees(*say[2:6])
    child.taps("danger.no")
    await line.sees(*say[6:8])
    child.taps("offer.yes")
    await line.sees(*say[8:10])
    contact = await line.contact()
    await desk.takes(contact)
    await desk.answers(contact, ANSWER)
    await line.sees(ANSWER)
    child.says(MORE)

    async def arrived() -> bool:
        return MORE in await desk.log_of(contact)

    await until(arrived)
    await desk.sends(f"/helpline/contacts/{contact}/note", text=NOTE)
    await desk.sends(f"/helpline/contacts/{contact}/end")
    await line.sees(*bubbles((*TURNS, {"leaves": line.desk.name}))[len(say) :])


def secrets_of(line: Lifeline) -> list[str]:
    """What must lie nowhere in the clear."""
    words = [TOLD, "me kercenon", MORE, ANSWER, "lexova të gjitha", NOTE, *line.say[5:9]]
    people = [line.desk.name, "drita", "A_<b>", str(CHAT)]
    ways_in = [line.telegram.token, PASSWORD, line.desk.secret]
    return [*words, *people, *ways_in, *(cookie.value or "" for cookie in line.desk.cookies)]


def found_in(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    """Which secrets lie in which files of a folder, except in its keys.

    The copy of the content is left out: it is what anybody can read, and holds names of its own.
    """
    places = (path for path in folder.rglob("*") if "content" not in path.parts)
    files = [path for path in places if path.is_file() and path.name not in KEYS]
    assert {"bot.db", "helpline.db", "printed"} <= {path.name for path in files}
    bodies = [(path.name, path.read_bytes()) for path in files]
    return [
        (name, secret)
        for name, body in bodies
        for secret in secrets
        if any(form in body for form in forms_of(secret))
    ]


async def test_copy_of_the_disks_tells_nothing(line: Lifeline) -> None:
    """
    S32: after a disclosure no word, name, note, chat id, token, password or session lies in
    the clear in a database, its WAL, another file of the data folder, or what was printed;
    neither while the service runs nor after it ended in good order.
    """
    folder, secrets = line.house.folder, secrets_of(line)
    assert found_in(folder, secrets) == []
    assert {path.name for path in folder.rglob("*-wal")} == {"bot.db-wal", "helpline.db-wal"}

    await line.house.stop()

    assert found_in(folder, secrets) == []


@pytest.mark.parametrize(
    "form", [TOLD.encode(), CHAT.to_bytes(8, "big"), b64encode(b"[" + TOLD.encode() + b"]")]
)
def test_search_would_find_a_leak(tmp_path: Path, form: bytes) -> None:
    """
    The search finds a sentence, a number or a base64 form that lies somewhere.
    """
    for name in ("bot.db", "helpline.db", "bot.key", "printed"):
        (tmp_path / name).write_bytes(b"...." + form * (name != "helpline.db"))

    found = {name for name, _ in found_in(tmp_path, [TOLD, str(CHAT)])}

    assert found == {"bot.db", "printed"}
