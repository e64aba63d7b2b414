"""The only reader of the helpline's SIGURT_* variables; frozen, handed in."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
        min_length=32, description="What a bot must show to be heard; at least 32 characters."
    )
    public_url: str = Field("", description="Where the service is reached from outside, if it is.")
    lease_seconds: int = Field(
        120, ge=15, le=3600, description="How long a claim lasts without a sign of its holder."
    )

    @property
    def database_url(self) -> str:
        """The database as SQLAlchemy names it."""
        return self.helpline_database_url or f"sqlite:///{self.data_dir / 'helpline.db'}"
