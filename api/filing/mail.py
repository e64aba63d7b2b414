"""Letters by mail, over TLS. A message keeps its Message-ID, so a copy shows that it is one."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from api.filing.lines import LATER, REFUSED, TAKEN, UNSURE, Answer, Job, told
from api.filing.values import Parcel, Sender

_PATIENCE = 30.0
_PORTS = {"smtps": 465, "smtp": 587}
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail leaves; ``smtps`` speaks TLS from the start, ``smtp`` after STARTTLS."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, where TLS is not asked for."""
        return self.host in _HERE


def server_of(url: str) -> MailServer:
    """The server that an address names; raises ``ValueError`` for what is none."""
    found = urlsplit(url)
    if found.scheme not in _PORTS or not found.hostname:
        raise ValueError("must begin with smtps:// or smtp:// and name a host")
    return MailServer(
        found.scheme,
        found.hostname,
        found.port or _PORTS[found.scheme],
        unquote(found.username or ""),
        unquote(found.password or ""),
    )


def message(
    parcel: Parcel, *, sender: Sender, to: str, filing_id: str, made_at: datetime
) -> EmailMessage:
    """A parcel as mail: its first file is the text, the others are attached.

    A document that is no text is attached as well, under a text that says so.
    """
    made = EmailMessage(policy=SMTP)
    made["Subject"] = parcel.subject
    made["From"] = sender.email or "helpline@localhost.invalid"
    if to:
        made["To"] = to
    made["Date"] = format_datetime(made_at)
    made["Message-ID"] = f"<{filing_id}@{_domain(sender)}>"
    text, *others = parcel.files
    made.set_content(text.body.decode(), cte="base64")
    for one in others:
        main, _, sub = one.type.partition(";")[0].partition("/")
        made.add_attachment(one.body, maintype=main, subtype=sub, filename=one.name)
    return made


def _domain(sender: Sender) -> str:
    return sender.email.rpartition("@")[2] or "helpline.invalid"


Connect = Callable[[MailServer], smtplib.SMTP]


def connect(server: MailServer) -> smtplib.SMTP:
    """An open, encrypted and signed-in line; raises ``OSError`` or ``SMTPException``."""
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_PATIENCE, context=context
        )
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)
        line.ehlo()
        if not server.is_here or line.has_extn("starttls"):
            line.starttls(context=context)
    if server.user:
        line.login(server.user, server.password)
    line.ehlo_or_helo_if_needed()
    return line


@dataclass(frozen=True, slots=True)
class MailLine:
    """Mail to whoever ``to`` names by recipient. Until the text was sent, a try may be repeated.

    A line that broke while the text went over is not: the letter may be there.
    """

    server: MailServer
    sender: Sender
    to: Mapping[str, str]
    made_at: Callable[[], datetime]
    open: Connect = field(default=connect)
    first: str = "mail"
    repeatable: bool = False

    def call(self, job: Job) -> Answer:
        """Send the letter once."""
        text = message(
            job.parcel,
            sender=self.sender,
            to=self.to[job.recipient],
            filing_id=job.filing_id,
            made_at=self.made_at(),
        )
        try:
            line = self.open(self.server)
        except (OSError, smtplib.SMTPException) as error:
            return Answer(LATER, detail=_why(error))
        try:
            return self._hand_over(line, text)
        finally:
            _hang_up(line)

    def _hand_over(self, line: smtplib.SMTP, text: EmailMessage) -> Answer:
        try:
            for code, words in (line.mail(self.sender.email), line.rcpt(text["To"])):
                if code not in (250, 251):
                    return _not_taken(code, words)
        except (OSError, smtplib.SMTPException) as error:
            return Answer(LATER, detail=_why(error))
        return self._send(line, text)

    def _send(self, line: smtplib.SMTP, text: EmailMessage) -> Answer:
        try:
            code, words = line.data(text.as_bytes())
        except smtplib.SMTPDataError as error:  # refused before the text went over
            return _not_taken(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Answer(UNSURE, detail=_why(error))
        if code != 250:
            return _not_taken(code, words)
        return Answer(TAKEN, detail=told(code, _text(words)))


def _not_taken(code: int, words: bytes | str) -> Answer:
    return Answer(LATER if 400 <= code < 500 else REFUSED, detail=told(code, _text(words)))


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _why(error: Exception) -> str:
    """The kind of fault alone: its text may hold a name or a password."""
    code = getattr(error, "smtp_code", "")
    return told(type(error).__name__, code)


def _hang_up(line: smtplib.SMTP) -> None:
    try:
        line.quit()
    except (OSError, smtplib.SMTPException):
        line.close()
