from __future__ import annotations

import stat
from pathlib import Path

import pytest
from fakes.helpline import ELIRA, Helpline, message
from hypothesis import given
from hypothesis import strategies as st

from api.contacts import service
from api.contacts.tables import Message
from api.crypto import Box, KeyFileUnsafe, SealBroken, Vault, load_box, load_key, load_vault
from api.duty.service import set_on_duty

VAULT = Vault(bytes(32))
PLACES = st.tuples(*[st.sampled_from(["contacts", "messages", "a|b", "a"])] * 2, st.integers(1, 3))


@given(st.text(), PLACES, PLACES)
def test_sealed_text_opens_in_its_place_alone(text, here, there):
    """
    S34: what was sealed for one table, column and row opens there and nowhere else.
    """
    table, column, row = here
    sealed = VAULT.seal(text, table=table, column=column, row=row)
    assert VAULT.open(sealed, table=table, column=column, row=row) == text
    if there != here:
        with pytest.raises(SealBroken):
            VAULT.open(sealed, table=there[0], column=there[1], row=there[2])


@given(st.binary(max_size=80))
def test_no_bytes_open_by_chance(sealed):
    """
    Bytes that nobody sealed are refused as one thing, whatever they are.
    """
    with pytest.raises(SealBroken):
        VAULT.open(sealed, table="t", column="c", row=1)
    with pytest.raises(SealBroken):
        Box(bytes(range(32))).open(sealed.decode("latin-1"))


def test_fingerprints_of_two_purposes_differ():
    """
    S35: equal values in different fields have different fingerprints, under another key each.
    """
    one = VAULT.fingerprint("x", purpose="a")

    assert one == VAULT.fingerprint("x", purpose="a")
    assert one != VAULT.fingerprint("x", purpose="b")
    assert one != Vault(b"\x01" * 32).fingerprint("x", purpose="a")


def database_files(folder: Path) -> bytes:
    """The database, its WAL and whatever else lies beside it."""
    return b"".join(
        file.read_bytes() for file in folder.iterdir() if file.name.startswith("helpline.db")
    )


async def test_words_moved_to_another_row_do_not_open(helpline):
    """
    S34: a message moved in the database to another child's contact is refused, not shown.
    """
    first = await helpline.opens(messages=[message("e para")])
    second = await helpline.opens(messages=[message("e dyta")])
    with helpline.database.write() as session:
        rows = {row.contact_id: row for row in session.query(Message)}
        rows[second].text = rows[first].text

    with helpline.database.write() as session, pytest.raises(SealBroken):
        service.read(session, helpline.vault, second, staff_id=1, now=helpline.now)


async def test_database_turned_upside_down_tells_nothing(helpline, tmp_path: Path):
    """
    S32: after a whole talk no word, name, address or pseudonym is in clear in any file.
    """
    words = ["Ana nga Vlora", "https://example.com/u/ana", "+355 69 000 0000"]
    contact_id = await helpline.opens(
        messages=[message(word, evidence=[{"rule": "K-9", "words": word}]) for word in words]
    )
    report = {
        "report_id": contact_id,
        "received_at": "2026-11-20T14:00:00Z",
        "language": "sq",
        "kind": "csam_address",
        "reporter": "public",
        "addresses": words,
        "where": words[0],
        "words": words[1],
    }
    answer = await helpline.post("/v1/reports", helpline.seal(report))
    with helpline.database.write() as session:
        at = {"staff": ELIRA, "now": helpline.now}
        vault = helpline.vault
        set_on_duty(session, vault, on=True, **at)
        service.claim(session, vault, contact_id, **at)
        service.reply(session, vault, contact_id, text=words[0], key="r", **at)
        service.close(session, vault, contact_id, outcome="advice", note=words[2], **at)
    secrets = [
        *words,
        "Elira",
        "0123456789abcdef0123",
        "11-13",
        "sexual_extortion",
        "disclosure",
        "telegram",
        "advice",
        answer.json()["receipt"],
    ]

    held = database_files(tmp_path)
    assert contact_id.encode() in held
    assert [secret for secret in secrets if secret.encode() in held] == []


def test_keys_are_made_once_and_for_the_service_alone(tmp_path):
    """
    S53: keys appear at the first start, readable by the service alone, and stay.
    """
    folder = tmp_path / "var"
    key_id = load_box(folder).key_id
    load_vault(folder)
    files = sorted(file.name for file in folder.iterdir())

    assert files == ["helpline.key", "helpline.private"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert load_box(folder).key_id == key_id


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_key_that_others_may_read_stops_the_start(tmp_path, mode):
    """
    S53: a key file that others may read is refused, and named.
    """
    Helpline(tmp_path)
    (tmp_path / "helpline.key").chmod(mode)

    with pytest.raises(KeyFileUnsafe, match=r"helpline\.key"):
        Helpline(tmp_path)


@pytest.mark.parametrize("content", [b"", b"short", b"!" * 44, b"QUJD"])
def test_file_without_a_key_stops_the_start(tmp_path, content):
    """
    A damaged key file is never replaced: what it sealed would be lost.
    """
    path = tmp_path / "helpline.key"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileUnsafe):
        load_key(path)
    assert path.read_bytes() == content
