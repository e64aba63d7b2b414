from __future__ import annotations

import pytest

from api.staff import passwords


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "short"),
        ("1234567", "short"),
        ("password1", "easy"),
        ("Qwerty123!", "easy"),
        ("sigurt2026", "easy"),
        ("elira2026", "easy"),
        ("kali blu fluturon mbi urë", None),
        ("x7#kQ!p2vR", None),
        ("correct horse battery staple" * 4, None),
        ("a long phrase without end " * 5, "long"),
    ],
)
def test_length_and_guessing_decide(password: str, fault: str | None) -> None:
    """
    S13: short, common and context words are refused; 64 characters and no digits are fine.
    """
    assert passwords.fault(password, about=("elira", "Elira")) == fault


def test_stored_password_is_argon2id_and_compared_whole() -> None:
    """
    S13: a password is kept as Argon2id and compared to its last character.
    """
    password = "një fjali e gjatë me shumë fjalë, më e gjatë se shtatëdhjetë e dy shenja " + "a"
    stored = passwords.hashed(password)

    assert stored.startswith("$argon2id$")
    assert passwords.matches(stored, password)
    assert not passwords.matches(stored, password[:-1] + "b")
    assert not passwords.matches(None, password)


def test_unknown_people_cost_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    S16: one slow hash is computed whether or not there is such a person.
    """
    calls: list[str] = []
    real = passwords.HASHER.verify

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            calls.append(stored.split("$")[3])
            return real(stored, password)

    stored = passwords.hashed("kali blu fluturon")
    monkeypatch.setattr(passwords, "HASHER", Counting())
    passwords.matches(stored, "wrong")
    passwords.matches(None, "wrong")

    assert len(calls) == 2
    assert calls[0] == calls[1]  # the same parameters, so the same work
