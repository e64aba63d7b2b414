"""The helpline as a sender: its name, its forms, and the lines that its settings open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import httpx

from api.evidence import paper
from api.evidence.signing import Signing, load_signing, sign_pdf
from api.filing import documents, iwf, letters, mail, ncmec
from api.filing.documents import Sign
from api.filing.iwf import IwfLine
from api.filing.lines import Line
from api.filing.mail import MailLine
from api.filing.ncmec import NcmecLine
from api.filing.recipients import Catalogue, Recipient, shipped
from api.filing.values import HAND, MAIL, WEB, Facts, Parcel, Sender
from api.settings import Settings, SettingsFault
from api.times import Clock

_REASON = "Njoftim i linjës së ndihmës"


@dataclass(frozen=True, slots=True)
class Office:
    """Writes what leaves, and knows by which way. Without a line it leaves by hand."""

    sender: Sender
    sign: Sign
    catalogue: Catalogue
    lines: Mapping[str, Line] = field(default_factory=dict)
    iwf_live: bool = True
    iwf_channel: int = 51
    iwf_country: int | None = None

    def write(self, facts: Facts, recipient: Recipient, *, hold: bool = False) -> Parcel:
        """What leaves for this recipient; raises ``NotForRecipient``, ``InvalidFiling``."""
        if recipient.way == "iwf":
            return iwf.write(
                facts, live=self.iwf_live, channel=self.iwf_channel, country=self.iwf_country
            )
        if recipient.way == "ncmec":
            return ncmec.write(facts)
        if recipient.way == "document":
            return documents.write(facts, recipient, hold=hold, sign=self.sign)
        return letters.write(facts, recipient)

    def ready(self, recipient_id: str) -> None:
        """Do what takes seconds the first time, before writers stand in line."""
        recipient = self.catalogue.recipients.get(recipient_id)
        if recipient is not None and recipient.way == "document":
            paper.ready()

    def line(self, recipient_id: str) -> Line | None:
        """The line to this recipient, if the settings open one."""
        return self.lines.get(recipient_id)

    def way(self, recipient_id: str) -> str:
        """Whether it leaves over the web, by mail, or by hand."""
        line = self.line(recipient_id)
        if line is None:
            return HAND
        return MAIL if isinstance(line, MailLine) else WEB


def signer(settings: Settings, clock: Clock) -> Sign:
    """Signs documents with this installation's certificate; its keys are opened at the first.

    Without a stamp of time: no other service is asked while the database waits. The trail,
    which is stamped, holds every document as an exhibit.
    """

    @cache
    def opened() -> Signing:
        return replace(load_signing(settings, now=clock()), stamp=None)

    def sign(pdf: bytes) -> bytes:
        return sign_pdf(pdf, opened(), reason=_REASON, name=settings.helpline_name)

    return sign


def office(
    settings: Settings, clock: Clock, sign: Sign, *, transport: httpx.BaseTransport | None = None
) -> Office:
    """The office of an installation.

    Raises ``SettingsFault`` where an address is given for somebody who gets no letters.
    """
    _check_names(settings)
    sender = Sender(settings.helpline_name, settings.helpline_email)
    lines: dict[str, Line] = dict(_by_mail(settings, sender, clock))
    password = settings.iwf_password.get_secret_value()
    if settings.iwf_url and settings.iwf_user and password:
        lines["iwf"] = IwfLine(settings.iwf_url, settings.iwf_user, password, transport)
    password = settings.ncmec_password.get_secret_value()
    if settings.ncmec_url and settings.ncmec_user and password:
        lines["ncmec"] = NcmecLine(settings.ncmec_url, settings.ncmec_user, password, transport)
    return Office(
        sender,
        sign,
        shipped(),
        lines,
        settings.iwf_live,
        settings.iwf_channel,
        settings.iwf_country,
    )


def _by_mail(settings: Settings, sender: Sender, clock: Clock) -> Mapping[str, Line]:
    url = settings.mail_url.get_secret_value()
    if not url or not sender.email:
        return {}
    named = settings.mail_addresses
    to = {one.id: named[one.mail_name] for one in _readers() if one.mail_name in named}
    line = MailLine(mail.server_of(url), sender, to, clock)
    return dict.fromkeys(to, line)


def _readers() -> list[Recipient]:
    """Who gets letters and documents."""
    known = shipped().recipients.values()
    return [one for one in known if one.way in ("letter", "document")]


def _check_names(settings: Settings) -> None:
    known = {one.mail_name for one in _readers()}
    if not known.issuperset(settings.mail_addresses):
        raise SettingsFault(
            "SIGURT_MAIL_TO names somebody who gets no letters. "
            f"Those who do: {', '.join(sorted(known))}."
        )
