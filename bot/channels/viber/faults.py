"""What the platform's refusals mean, cut by what delivery does next."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from enum import Enum, auto

import httpx

from bot.channels.base import ChannelBusy, ChannelDown, ChannelError, ChannelRefused, ChatGone
from bot.channels.quiet import silence

_log = logging.getLogger(__name__)

UNANSWERED_REST = 30.0  # seconds; to somebody silent a hundred an hour, but who answers is free
LONGEST_REST = 3_600.0  # seconds; whatever a Retry-After says
RARELY = 300.0  # seconds between two tries while the whole channel is shut

_TALKATIVE = ("viber.bot.api", "httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2")


class Meaning(Enum):
    """What a status says about the call."""

    TAKEN = auto()
    GONE = auto()  # this person cannot be reached
    SHUT = auto()  # the bot's account, for everybody
    UNHOOKED = auto()  # our address has to be told again
    FAST = auto()
    TOO_NEW = auto()  # for this person's app
    TOO_OLD = auto()  # our min_api_version, for the fields we used
    WRONG = auto()  # this message
    UNCLEAR = auto()


# developers.viber.com/docs/api/rest-bot-api, "Error codes"; the answer itself is HTTP 200.
STATUSES: Mapping[int, Meaning] = {
    0: Meaning.TAKEN,  # ok
    1: Meaning.UNCLEAR,  # invalidUrl; answers set_webhook only
    2: Meaning.SHUT,  # invalidAuthToken
    3: Meaning.WRONG,  # badData
    4: Meaning.WRONG,  # missingData
    5: Meaning.GONE,  # receiverNotRegistered
    6: Meaning.GONE,  # receiverNotSubscribed
    7: Meaning.SHUT,  # publicAccountBlocked
    8: Meaning.SHUT,  # publicAccountNotFound
    9: Meaning.SHUT,  # publicAccountSuspended
    10: Meaning.UNHOOKED,  # webhookNotSet
    11: Meaning.WRONG,  # receiverNoSuitableDevice
    12: Meaning.FAST,  # tooManyRequests
    13: Meaning.TOO_NEW,  # apiVersionNotSupported
    14: Meaning.TOO_OLD,  # incompatibleWithVersion
    15: Meaning.SHUT,  # publicAccountNotAuthorized
    16: Meaning.WRONG,  # inchatReplyMessageNotAllowed
    17: Meaning.WRONG,  # publicAccountIsNotInline
    18: Meaning.WRONG,  # noPublicChat
    19: Meaning.WRONG,  # cannotSendBroadcast
    20: Meaning.WRONG,  # broadcastNotAllowed
}

# What whoever runs the service can mend.
MENDS: Mapping[int, str] = {
    1: "Viber cannot call SIGURT_PUBLIC_URL: is it reached from outside, by a known certificate?",
    2: "the token is refused: look at SIGURT_VIBER_TOKEN",
    7: "the account is blocked: ask Viber",
    8: "the account is not there: ask Viber",
    9: "the account is suspended: ask Viber",
    15: "the account has no permission yet: ask Viber",
}


def meaning_of(status: int) -> Meaning:
    """Return what a status means; one that is not in the table blames nobody."""
    return STATUSES.get(status, Meaning.UNCLEAR)


def explained(status: int) -> str:
    """Return a status with its mend, where there is one for whoever runs the service."""
    mend = MENDS.get(status)
    return f"status {status}: {mend}" if mend else f"status {status}"


def channel_error(status: int) -> ChannelError:
    """Return the error that delivery understands, for a status that is not 0."""
    why = explained(status)
    match meaning_of(status):
        case Meaning.GONE:
            return ChatGone(why)
        case Meaning.FAST:
            return ChannelBusy(UNANSWERED_REST)
        case Meaning.WRONG | Meaning.TOO_NEW | Meaning.TOO_OLD:
            return ChannelRefused(why)
        case _:
            return ChannelDown(why)


def http_error(answer: httpx.Response) -> ChannelError:
    """Return the error for an answer that is not 200: not the API's own, but of what is before it.

    A body or request that nothing would take is our bug; all else passes.
    """
    why = f"HTTP {answer.status_code}"
    if answer.status_code in (400, 413, 414, 422):
        return ChannelRefused(why)
    rest = _seconds(answer.headers.get("retry-after", ""))
    if rest is not None:
        return ChannelBusy(rest)
    return ChannelBusy(UNANSWERED_REST) if answer.status_code == 429 else ChannelDown(why)


def _seconds(retry_after: str) -> float | None:
    if retry_after.isdecimal() and len(retry_after) < 9:
        return min(max(float(retry_after), 1.0), LONGEST_REST)
    try:
        due = parsedate_to_datetime(retry_after).timestamp()
    except ValueError:
        return None
    return min(max(due - time.time(), 1.0), LONGEST_REST)


class Shutter:
    """Whether the whole channel is shut: then it is tried rarely, and told of once."""

    def __init__(
        self, alarm: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._alarm, self._clock = alarm, clock
        self._until: float | None = None

    def check(self) -> None:
        """Raise ``ChannelDown`` while there is nothing to try."""
        if self._until is not None and self._clock() < self._until:
            raise ChannelDown("the account is shut")

    def note(self, status: int) -> None:
        """Learn from the status of a call."""
        if meaning_of(status) is not Meaning.SHUT:
            return self._open()
        if self._until is None:
            _log.error("viber: nothing can be sent (%s)", explained(status))
            self._alarm("viber_shut")
        self._until = self._clock() + RARELY

    def _open(self) -> None:
        if self._until is not None:
            _log.info("viber: messages can be sent again")
        self._until = None


def silence_libraries() -> None:
    """Stop the libraries' own logs: headers with the token in them, whole messages."""
    silence(*_TALKATIVE)
