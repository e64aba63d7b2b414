"""Keys: made once, refused when others can read them, and bound to their place."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crypto import KeyRefused, Keys, SealBroken, load_keys

SEALER = Keys(b"k" * 32).sealer
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="|"), max_size=12)


def test_the_key_is_made_at_the_first_start_and_kept(tmp_path):
    """
    The key file is made once, for its owner alone, and gives the same pseudonyms again.
    """
    folder = tmp_path / "var"
    first = load_keys(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "bot.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["bot.key"]
    again = load_keys(folder)
    assert first.conversation_id("web", "a") == again.conversation_id("web", "a")


def test_processes_that_start_together_share_one_key(tmp_path):
    """
    However many start at once, one key results.
    """
    with ThreadPoolExecutor(8) as threads:
        every = list(threads.map(load_keys, [tmp_path / "var"] * 8))
    assert len({keys.secret("x") for keys in every}) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path, mode):
    """
    S53: a world- or group-readable key file stops the start.
    """
    load_keys(tmp_path)
    (tmp_path / "bot.key").chmod(mode)

    with pytest.raises(KeyRefused, match="0600"):
        load_keys(tmp_path)


@pytest.mark.parametrize("content", [b"", b"short", b"!" * 44, b"QUJD\n"])
def test_a_file_that_holds_no_key_is_refused(tmp_path, content):
    """
    A damaged key file stops the start; it is never replaced in silence.
    """
    load_keys(tmp_path)
    (tmp_path / "bot.key").write_bytes(content)

    with pytest.raises(KeyRefused):
        load_keys(tmp_path)


@given(st.binary(max_size=200), NAMES, NAMES, NAMES)
def test_what_is_sealed_opens_in_its_place(plain, table, column, row):
    """
    Every byte comes back, and two seals of the same bytes differ.
    """
    place = {"table": table, "column": column, "row": row}
    sealed = SEALER.seal(plain, **place)

    assert SEALER.open(sealed, **place) == plain
    assert SEALER.seal(plain, **place) != sealed


@given(st.data())
def test_a_changed_byte_does_not_open(data):
    """
    A cell of which any bit was changed, or that was cut short, is refused.
    """
    place = {"table": "t", "column": "c", "row": "1"}
    sealed = bytearray(SEALER.seal(b"words", **place))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(SealBroken):
        SEALER.open(bytes(sealed), **place)
    with pytest.raises(SealBroken):
        SEALER.open(bytes(sealed[:at]), **place)


def test_pseudonyms_tell_nothing_without_the_key():
    """
    One address has another pseudonym under another key, and on another channel.
    """
    ours, theirs = Keys(b"a" * 32), Keys(b"b" * 32)
    names = {
        ours.conversation_id("web", "1"),
        ours.conversation_id("viber", "1"),
        theirs.conversation_id("web", "1"),
    }
    assert len(names) == 3
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in names)
