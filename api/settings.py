"""The only reader of the helpline's SIGURT_* variables; frozen, handed in."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_LENGTH = 32


class SettingsFault(Exception):
    """The service cannot start with these settings; the message names each in a sentence."""


class Settings(BaseSettings):
    """What an installation may choose; a wrong value is named when the service starts."""

    model_config = SettingsConfigDict(
        env_prefix="SIGURT_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(Path("var"), description="Folder of keys and embedded databases.")
    helpline_database_url: str = Field(
        "", description="The helpline's database; empty: SQLite in the data folder."
    )
    helpline_key: SecretStr = Field(
        SecretStr(""),
        description="What a bot must show to be heard, at least 32 characters; made at start "
        "when both run in one process.",
    )
    public_url: str = Field("", description="Where the service is reached from outside, if it is.")
    lease_seconds: int = Field(
        120, ge=15, le=3600, description="How long a claim lasts without a sign of its holder."
    )

    @field_validator("helpline_key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < KEY_LENGTH:
            raise ValueError(f"must have at least {KEY_LENGTH} characters")
        return key

    def with_key(self, key: str) -> Settings:
        """These settings, with this key where none was chosen."""
        if self.helpline_key.get_secret_value():
            return self
        return self.model_copy(update={"helpline_key": SecretStr(key)})

    @property
    def database_url(self) -> str:
        """The database as SQLAlchemy names it."""
        return self.helpline_database_url or f"sqlite:///{self.data_dir / 'helpline.db'}"


def read_settings() -> Settings:
    """Read the environment and ``.env``. Raises ``SettingsFault``; never repeats a value."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsFault("\n".join(map(_sentence, error.errors()))) from None


def _sentence(fault: ErrorDetails) -> str:
    name = "SIGURT_" + "_".join(map(str, fault["loc"])).upper()
    return f"{name} {fault['msg'].removeprefix('Value error, ')}."
