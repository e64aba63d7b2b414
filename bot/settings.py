"""The bot's settings: the only reader of its ``SIGURT_*`` variables; frozen, handed in."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).resolve().parent
TELEGRAM = "https://api.telegram.org"
VIBER = "https://chatapi.viber.com/pa"
VIBER_NAME_LENGTH = 28  # characters; the platform refuses a longer sender


class SettingsFault(Exception):
    """The service cannot start with these settings; the message names each in a sentence."""


class Settings(BaseSettings):
    """Everything about the bot that may differ between two installations."""

    model_config = SettingsConfigDict(
        env_prefix="SIGURT_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(
        default=Path("var"), description="Folder of the keys and, by default, of the databases."
    )
    database_url: str = Field(
        default="",
        description="The bot's database: sqlite:///… or postgresql+psycopg://…; "
        "empty: bot.db in the data folder.",
    )
    helpline_url: str = Field(
        default="", description="Address of the helpline's API; empty: the same process."
    )
    helpline_key: SecretStr = Field(
        default=SecretStr(""),
        description="The key with which the bot calls the helpline; made at start when both "
        "run in one process.",
    )
    helpline_public_key: str = Field(
        default="",
        description="The helpline's public key (base64 of 32 bytes); needed with HELPLINE_URL.",
    )
    public_url: str = Field(
        default="", description="Address under which people and platforms reach this service."
    )
    telegram_token: SecretStr = Field(
        default=SecretStr(""), description="Token of the Telegram bot; empty: no Telegram."
    )
    telegram_api_url: str = Field(
        default=TELEGRAM, description="Address of the Telegram Bot API, or of an own server."
    )
    telegram_mode: Literal["", "polling", "webhook"] = Field(
        default="",
        description="How updates come: polling or webhook; empty: webhook when PUBLIC_URL is set.",
    )
    telegram_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Secret that Telegram sends with each update; empty: derived from bot.key.",
    )
    viber_token: SecretStr = Field(
        default=SecretStr(""),
        description="Token of the Viber bot; empty: no Viber. Needs PUBLIC_URL.",
    )
    viber_api_url: str = Field(default=VIBER, description="Address of the Viber bot API.")
    viber_name: str = Field(
        default="Sigurt",
        description="Name under which the bot writes on Viber; at most 28 characters.",
    )
    content_dir: Path = Field(
        default=HERE.parent / "content", description="Folder of the lessons, phrases and services."
    )
    web_log_hours: int = Field(
        default=24, ge=1, le=24 * 7, description="How long the browser chat can be read again."
    )
    metrics_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for /metrics from elsewhere; empty: only this machine may read it.",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("content_dir")
    @classmethod
    def _is_there(cls, folder: Path) -> Path:
        if not folder.is_dir():
            raise ValueError(f"is wrong. There is no folder {folder}")
        return folder

    @field_validator("public_url", "helpline_url", "telegram_api_url", "viber_api_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        if url and not urlsplit(url).hostname:
            raise ValueError("names no host")
        return url.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _at_the_root(cls, url: str) -> str:
        if urlsplit(url).path:
            raise ValueError("must end with the host: the pages cannot be moved below a path")
        return url

    @field_validator("telegram_token", "viber_token")
    @classmethod
    def _copied_whole(cls, token: SecretStr) -> SecretStr:
        bare = token.get_secret_value().strip()
        if re.search(r"[^!-~]", bare):
            raise ValueError("holds a character that no token has: copy it again")
        return SecretStr(bare)

    @field_validator("telegram_token")
    @classmethod
    def _of_botfather(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(\d+:[\w-]+)?", token.get_secret_value(), re.ASCII):
            raise ValueError("must be as @BotFather gives it: digits, a colon, then letters")
        return token

    @field_validator("telegram_secret")
    @classmethod
    def _secret_that_fits(cls, secret: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\w-]{0,256}", secret.get_secret_value(), re.ASCII):
            raise ValueError("may have 256 characters, of A-Z a-z 0-9 _ -: Telegram takes no other")
        return secret

    @field_validator("helpline_public_key")
    @classmethod
    def _key_of_32_bytes(cls, key: str) -> str:
        try:
            fits = not key or len(b64decode(key, validate=True)) == 32
        except ValueError:
            fits = False
        if not fits:
            raise ValueError("must be the base64 of 32 bytes")
        return key

    @field_validator("viber_name")
    @classmethod
    def _name_that_fits(cls, name: str) -> str:
        if not 1 <= len(name.strip()) <= VIBER_NAME_LENGTH:
            raise ValueError(f"must have 1 to {VIBER_NAME_LENGTH} characters")
        return name.strip()

    @model_validator(mode="after")
    def _helpline_elsewhere(self) -> Self:
        if self.helpline_url and not self.helpline_public_key:
            raise ValueError("SIGURT_HELPLINE_URL also needs SIGURT_HELPLINE_PUBLIC_KEY")
        if self.helpline_url and not self.helpline_key.get_secret_value():
            raise ValueError("SIGURT_HELPLINE_URL also needs SIGURT_HELPLINE_KEY")
        return self

    @model_validator(mode="after")
    def _webhook_reachable(self) -> Self:
        if self.telegram_mode == "webhook" and not self.public_url:
            raise ValueError("SIGURT_TELEGRAM_MODE=webhook also needs SIGURT_PUBLIC_URL")
        if self.viber_token.get_secret_value() and not self.public_url:
            raise ValueError("SIGURT_VIBER_TOKEN also needs SIGURT_PUBLIC_URL")
        return self

    @model_validator(mode="after")
    def _webhook_encrypted(self) -> Self:
        telegram = self.telegram_token.get_secret_value() and self.telegram_by_webhook
        viber = self.viber_token.get_secret_value()
        called = (telegram and self.telegram_api_url == TELEGRAM) or (
            viber and self.viber_api_url == VIBER
        )
        if called and not self.public_url.startswith("https://"):
            raise ValueError(
                "SIGURT_PUBLIC_URL must begin with https://, for messengers call no other address"
            )
        return self

    @property
    def database(self) -> str:
        """The database to open."""
        return self.database_url or f"sqlite:///{self.data_dir / 'bot.db'}"

    @property
    def by_messenger(self) -> bool:
        """Whether any messenger is joined: then people write here from everywhere."""
        tokens = [value for name, value in self if name.endswith("_token")]
        return any(token.get_secret_value() for token in tokens)

    @property
    def telegram_by_webhook(self) -> bool:
        """Whether Telegram calls us (otherwise we ask it)."""
        return self.telegram_mode == "webhook" or (not self.telegram_mode and bool(self.public_url))


def read_settings() -> Settings:
    """Read the environment and ``.env``.

    Raises ``SettingsFault`` with one sentence for each setting that is wrong; a value is
    never repeated, for it may be a secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsFault("\n".join(_sentences(error))) from None


def _sentences(error: ValidationError) -> list[str]:
    return [
        " ".join(
            filter(
                None,
                ["SIGURT_" + str(item["loc"][0]).upper() if item["loc"] else "", _why(item["msg"])],
            )
        )
        for item in error.errors(include_input=False)
    ]


def _why(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Input ") + "."
