"""The helpline's settings: the only reader of its ``SIGURT_*`` variables; frozen, handed in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).parent
SHORTEST_KEY = 32
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class SettingsFault(Exception):
    """The service cannot start with these settings; the message names each in a sentence."""


class Settings(BaseSettings):
    """What an installation of the helpline may choose."""

    model_config = SettingsConfigDict(
        env_prefix="SIGURT_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        default=Path("var"), description="Folder of the keys and, by default, of the databases."
    )
    helpline_database_url: str = Field(
        default="",
        description="The helpline's database: sqlite:///… or postgresql+psycopg://…; "
        "empty: helpline.db in the data folder.",
    )
    helpline_key: SecretStr = Field(
        default=SecretStr(""),
        description="What a bot must show to be heard, at least 32 characters; made at start "
        "when both run in one process.",
    )
    content_dir: Path = Field(
        default=HERE.parent / "content", description="Folder of the lessons, phrases and services."
    )
    public_url: str = Field(
        default="", description="Address under which people and platforms reach this service."
    )
    lease_seconds: int = Field(
        default=120,
        ge=15,
        le=3600,
        description="How long a claim lasts without a sign of its holder.",
    )
    alert_team: SecretStr = Field(
        default=SecretStr(""),
        description="Where all on duty are called outside the console: Apprise addresses "
        "(mailto://…, tgram://…, ntfys://…), separated by blanks.",
    )
    alert_supervisor: SecretStr = Field(
        default=SecretStr(""), description="The same for the supervisor, who is called next."
    )
    alert_outside: SecretStr = Field(
        default=SecretStr(""),
        description="The same for somebody outside the helpline, when nobody in it answered.",
    )

    helpline_name: str = Field(
        default="", description="The helpline's name in letters, filings and bundles."
    )
    helpline_email: str = Field(
        default="", description="Where hotlines, platforms and police answer to."
    )
    iwf_url: str = Field(default="", description="Address of IWF's reporting service (https).")
    iwf_user: str = Field(default="", description="The helpline's name there.")
    iwf_password: SecretStr = Field(default=SecretStr(""), description="The password for it.")
    iwf_live: bool = Field(
        default=True, description="False marks what is filed with IWF as a test."
    )
    iwf_channel: int = Field(default=51, ge=1, description="IWF's number of our channel.")
    iwf_country: int | None = Field(default=None, description="IWF's number of our country.")
    ncmec_url: str = Field(
        default="", description="Address of NCMEC's CyberTipline reporting service (https)."
    )
    ncmec_user: str = Field(default="", description="The helpline's name there.")
    ncmec_password: SecretStr = Field(default=SecretStr(""), description="The password for it.")
    mail_url: SecretStr = Field(
        default=SecretStr(""),
        description="The mail server for letters: smtps://name:password@host or "
        "smtp://… with STARTTLS; empty: letters are sent by hand.",
    )
    mail_to: str = Field(
        default="",
        description="Who gets letters by mail, by recipient: isigurt=…, police=…, aksk=…, "
        "instagram=…, separated by blanks; who is not named gets them by hand.",
    )
    stamp_url: str = Field(
        default="", description="Address of an RFC 3161 time-stamp service (https)."
    )
    stamp_roots: Path | None = Field(
        default=None, description="PEM file of the certificates on which its stamps rest."
    )
    anchor: SecretStr = Field(
        default=SecretStr(""),
        description="Where the head of the trail is sent daily (Apprise addresses).",
    )
    signing_certificate: Path | None = Field(
        default=None,
        description="PKCS#12 file with which documents are signed; empty: one of our own making.",
    )
    signing_password: SecretStr = Field(
        default=SecretStr(""), description="The password of that file."
    )
    bundle_recipients: str = Field(
        default="",
        description="To whom bundles of evidence can be encrypted: name=age1…, separated by "
        "blanks.",
    )

    @field_validator("helpline_database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return url

    @field_validator("helpline_key")
    @classmethod
    def _not_to_be_guessed(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have at least {SHORTEST_KEY} characters")
        return key

    @field_validator("iwf_url", "ncmec_url", "stamp_url")
    @classmethod
    def _over_tls(cls, url: str) -> str:
        found = urlsplit(url)
        if url and found.scheme != "https" and found.hostname not in _THIS_MACHINE:
            raise ValueError("must begin with https://")
        return url

    @field_validator("mail_url")
    @classmethod
    def _mail_server(cls, url: SecretStr) -> SecretStr:
        found = urlsplit(url.get_secret_value())
        if found.geturl() and not (found.scheme in ("smtp", "smtps") and found.hostname):
            raise ValueError("must begin with smtps:// or smtp:// and name a host")
        return url

    @field_validator("mail_to")
    @classmethod
    def _named(cls, given: str) -> str:
        if any("@" not in pair.partition("=")[2] for pair in given.split()):
            raise ValueError("must hold name=address, separated by blanks")
        return given

    @property
    def mail_addresses(self) -> Mapping[str, str]:
        """Who gets letters by mail: address by recipient."""
        return {name: to for name, _, to in (one.partition("=") for one in self.mail_to.split())}

    @property
    def database_url(self) -> str:
        """The database to open."""
        return self.helpline_database_url or f"sqlite:///{self.data_dir / 'helpline.db'}"

    def with_key(self, key: str) -> Settings:
        """The same, with this key where none was chosen."""
        if self.helpline_key.get_secret_value():
            return self
        return self.model_copy(update={"helpline_key": SecretStr(key)})


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
        f"SIGURT_{str(item['loc'][0]).upper()} {_why(item['msg'])}"
        for item in error.errors(include_input=False)
    ]


def _why(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Input ") + "."
