"""Settings: typed, documented, and a wrong one is named at the start."""

from __future__ import annotations

import pytest

from bot.settings import Settings, SettingsFault, read_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """
    A folder without a .env, and no settings from outside.
    """
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SIGURT_{name.upper()}", raising=False)


def test_nothing_needs_to_be_set():
    """
    Without a single setting the bot runs on SQLite, without Telegram.
    """
    settings = read_settings()

    assert settings.database == "sqlite:///var/bot.db"
    assert not settings.telegram_by_webhook


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("PUBLIC_URL", "example.com"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://example.com/sigurt"),
        ("TELEGRAM_TOKEN", "sigurt_bot"),
        ("TELEGRAM_TOKEN", "12:very secret"),
        ("TELEGRAM_SECRET", "fjalë e fshehtë"),
        ("TELEGRAM_MODE", "push"),
        ("WEB_LOG_HOURS", "0"),
        ("HELPLINE_PUBLIC_KEY", "c2hvcnQ="),
        ("HELPLINE_URL", "https://helpline.example.com"),
        ("VIBER_TOKEN", "453b-very-secret"),
        ("VIBER_NAME", "Sigurt, që të jesh i sigurt në internet"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch, name, value):
    """
    A wrong setting stops the start with a sentence that names it.
    """
    monkeypatch.setenv(f"SIGURT_{name}", value)

    with pytest.raises(SettingsFault, match=f"SIGURT_{name}"):
        read_settings()


@pytest.mark.parametrize(
    ("token", "copied"), [("TELEGRAM_TOKEN", "12:ab_C-d"), ("VIBER_TOKEN", "453b-e02c-11")]
)
def test_a_messenger_calls_only_where_it_is_encrypted(monkeypatch, token, copied):
    """
    A public address without https is refused with a messenger that has to call it, and a
    token that was copied with a space around it is the token.
    """
    monkeypatch.setenv(f"SIGURT_{token}", f" {copied}\n")
    monkeypatch.setenv("SIGURT_PUBLIC_URL", "http://example.com")
    with pytest.raises(SettingsFault, match="SIGURT_PUBLIC_URL must begin with https://"):
        read_settings()

    monkeypatch.setenv("SIGURT_PUBLIC_URL", "https://example.com")
    assert getattr(read_settings(), token.lower()).get_secret_value() == copied
    assert read_settings().by_messenger


def test_a_secret_is_never_repeated(monkeypatch):
    """
    Neither an error nor the printed settings show a secret.
    """
    monkeypatch.setenv("SIGURT_TELEGRAM_TOKEN", "12:very-secret")
    assert "very-secret" not in repr(read_settings())

    monkeypatch.setenv("SIGURT_HELPLINE_PUBLIC_KEY", "very-secret")
    with pytest.raises(SettingsFault) as fault:
        read_settings()
    assert "very-secret" not in str(fault.value)


def test_a_public_address_means_webhook(monkeypatch):
    """
    With a public address Telegram calls us, unless polling is asked for.
    """
    monkeypatch.setenv("SIGURT_PUBLIC_URL", "https://sigurt.example.com/")
    assert read_settings().telegram_by_webhook
    assert read_settings().public_url == "https://sigurt.example.com"

    monkeypatch.setenv("SIGURT_TELEGRAM_MODE", "polling")
    assert not read_settings().telegram_by_webhook


def test_every_setting_is_described():
    """
    Each setting says what it is for.
    """
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
