"""The inner form of what the bot seals. Unknown fields are ignored, so either side may grow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(3000, 1, 1, tzinfo=UTC)


def _countable(moment: datetime) -> datetime:
    if not _FIRST <= moment < _LAST:
        raise ValueError("not a time of ours")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_countable)]
Severity = Literal["none", "concern", "disclosure", "emergency"]
Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Conversation = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Short = Annotated[str, StringConstraints(max_length=64)]
Words = Annotated[str, StringConstraints(max_length=20_000)]
# Not a list of those we know: a helpline that refused a new messenger would lose its children.
Messenger = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Kind = Literal[
    "csam_address",
    "sexual_extortion",
    "grooming",
    "unwanted_sexual_material",
    "live_streamed_abuse",
    "trafficking",
    "altered_picture",
    "shared_picture",
    "violence_or_hate",
    "other",
]
Unsure = Literal["yes", "no", "unsure", ""]
Addresses = Annotated[
    list[Annotated[str, StringConstraints(max_length=1000)]], Field(max_length=50)
]


class Inner(BaseModel):
    """Base of the sealed forms."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Evidence(Inner):
    """What the triage saw: the words, and the rule they met."""

    rule: Short
    words: Words


class Message(Inner):
    """One message of the child, or a note of the bot."""

    message_id: Uuid
    at: Moment
    kind: Literal["text", "choice", "media_offered", "note"]
    text: Words
    severity: Severity = "none"
    evidence: list[Evidence] = Field(default=[], max_length=100)


class Limits(Inner):
    """Which words on the limits of confidentiality the child was told, and when."""

    version: Short
    language: Short
    told_at: Moment


class Contact(Inner):
    """What the bot knows when it opens a contact."""

    contact_id: Uuid
    conversation: Conversation
    channel: Messenger
    opened_at: Moment
    language: Literal["sq", "en"]
    band: Literal["8-10", "11-13", "14-17", "adult", ""] = ""
    role: Literal["child", "parent", "teacher", "other", ""] = ""
    country: Literal["al", "xk", "mk", "me", "other", ""] = ""
    severity: Severity
    category: Short = "none"
    score: float = Field(default=0.0, ge=0, le=1)
    wants_reply: bool = True
    reason: Literal["asked", "disclosure", "emergency", "safe_word", "duty_of_care", "protecting"]
    limits: Limits | None = None
    messages: list[Message] = Field(default=[], max_length=500)


class Messages(Inner):
    """More of a contact: messages, a graver reading, how the child left, or whether it helped."""

    messages: list[Message] = Field(default=[], max_length=500)
    severity: Severity = "none"
    category: Short = "none"
    wants_reply: bool = True
    left: Literal["exit_word", "chat_lost", "withdrew"] | None = None
    left_at: Moment | None = None
    helped: Literal["yes", "some", "no"] | None = None


class Report(Inner):
    """A report of online exploitation or of an address with abuse material.

    Only the kind is always known: what was left out is empty. ``when``, ``app`` and
    ``deadline`` are one of the bot's choices or words as they were typed; addresses are as
    they were typed. ``now``: abuse is happening now. ``given``: something was paid or sent.
    ``severity`` is what the triage read in the words. ``conversation`` is left out where
    nobody can be written to.
    """

    report_id: Uuid
    received_at: Moment
    language: Literal["sq", "en"]
    kind: Kind
    reporter: Literal["child_in_picture", "child", "parent", "professional", "public"]
    channel: Messenger | Literal[""] = ""
    band: Literal["8-10", "11-13", "14-17", "adult", ""] = ""
    country: Literal["al", "xk", "mk", "me", "other", ""] = ""
    addresses: Addresses = []
    place: Literal["web_page", "app", "game", "phone", "email", "offline", "unsure", ""] = ""
    app: Short = ""
    where: Words = ""
    suspect: Words = ""
    when: Short = ""
    now: Unsure = ""
    still: Unsure = ""
    safe: Unsure = ""
    in_picture: Literal["yes", "no", "decline", ""] = ""
    demand: list[Literal["money", "pictures", "meeting", "silence", "other"]] = Field(
        default=[], max_length=5
    )
    given: Unsure = ""
    deadline: Short = ""
    words: Words = ""
    pass_on: Unsure = ""
    wants_news: bool = False
    limits: Limits | None = None
    severity: Severity = "none"
    evidence: list[Evidence] = Field(default=[], max_length=100)
    conversation: Conversation | None = None


class Addition(Inner):
    """What the holder of a receipt adds to a report; None leaves ``wants_news`` as it was."""

    addition_id: Uuid
    at: Moment
    words: Words = ""
    addresses: Addresses = []
    still: Unsure = ""
    wants_news: bool | None = None
    severity: Severity = "none"
    evidence: list[Evidence] = Field(default=[], max_length=100)


class Figure(Inner):
    """How often something happened, for a band and language.

    ``topic`` is that of lessons; where ``what`` begins with ``soft_`` it is the category of
    the words which the soft question was asked about.
    """

    what: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,24}$")]
    topic: Annotated[str, StringConstraints(pattern=r"^(t[0-9]{2}|[a-z_]{4,24})$")]
    band: Literal["8-10", "11-13", "14-17"]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
    count: Annotated[int, Field(ge=1, lt=2**53)]


class Figures(Inner):
    """Everything that was counted, as it stood at ``counted_at``; no group under ten."""

    counted_at: Moment
    figures: Annotated[tuple[Figure, ...], Field(max_length=5_000)]


class Receipt(Inner):
    """What became of a counsellor's message at the channel."""

    status: Literal["sent", "delivered", "seen", "failed"]


class Sealed(Inner):
    """The outer form: which key the box was sealed to, and the box (base64)."""

    key_id: Annotated[str, StringConstraints(max_length=64)]
    sealed: str
