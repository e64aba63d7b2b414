from __future__ import annotations

import pytest

from api.app import create_app
from api.settings import Settings, SettingsFault, read_settings

KEY = "k" * 32


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIGURT_HELPLINE_KEY", "guessable"),
        ("SIGURT_LEASE_SECONDS", "7"),
        ("SIGURT_HELPLINE_DATABASE_URL", "mysql://somewhere"),
    ],
)
def test_wrong_setting_is_named_and_not_repeated(monkeypatch, name, value):
    """
    S53: a setting that cannot be right stops the start; it is named, its value is not.
    """
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsFault, match=name) as caught:
        read_settings()

    assert value not in str(caught.value).replace("sqlite:///", "")


def test_key_that_was_chosen_is_kept(monkeypatch):
    """
    The key made at the start stands in only where none was chosen.
    """
    assert read_settings().with_key(KEY).helpline_key.get_secret_value() == KEY
    monkeypatch.setenv("SIGURT_HELPLINE_KEY", "c" * 40)
    assert read_settings().with_key(KEY).helpline_key.get_secret_value() == "c" * 40


def test_no_service_without_a_key(tmp_path):
    """
    S53: a helpline without a key does not start, rather than hear anybody.
    """
    with pytest.raises(SettingsFault):
        create_app(Settings(_env_file=None, data_dir=tmp_path))


def test_letters_for_nobody_stop_the_start(tmp_path):
    """
    S53: an address under a name that gets no letters, a slip of the pen for instance, is said
    at the start, and not found out when a letter does not leave.
    """
    typed = "isigrut=desk@example.com"
    settings = Settings(_env_file=None, data_dir=tmp_path, helpline_key=KEY, mail_to=typed)
    with pytest.raises(SettingsFault, match="SIGURT_MAIL_TO") as caught:
        create_app(settings)

    assert "desk@" not in str(caught.value)
    assert "isigurt" in str(caught.value)
