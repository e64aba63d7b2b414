"""Lines to other services: one call each, and what its answer means for us."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx

from api.filing.values import Parcel

TAKEN = "taken"
"""The other side has it."""
OPENED = "opened"
"""It was opened there and must be finished; not filed yet."""
LATER = "later"
"""It was surely not taken: try again."""
REFUSED = "refused"
"""It was surely not taken, and the same would be refused again."""
UNSURE = "unsure"
"""It may have been taken. Where a call cannot be repeated, a person finds out."""
GONE = "gone"
"""What was opened there is no more: begin anew."""
BACK = "back"
"""What was opened there was taken back."""

PATIENCE = httpx.Timeout(20.0, connect=10.0)
_MOST = 64 * 1024
_DETAIL = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Job:
    """One try of a filing, as its line needs it; ``number`` is ours, ``remote`` theirs."""

    filing_id: str
    number: str
    recipient: str
    parcel: Parcel
    step: str
    remote: str
    tries: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call: the other side's number or words, and its bytes as they came."""

    verdict: str
    reference: str = ""
    detail: str = ""
    body: bytes = b""


class Line(Protocol):
    """The way to one service.

    ``first`` is the step with which a filing begins. ``repeatable``: the same step may be
    called again after an answer was lost, and there is one filing all the same.
    """

    @property
    def first(self) -> str: ...

    @property
    def repeatable(self) -> bool: ...

    def call(self, job: Job) -> Answer:
        """Do the job's step; raises nothing that a network or another's server causes."""
        ...


@dataclass(frozen=True, slots=True)
class Got:
    """An answer over HTTP, or why there is none: ``unsent`` or ``cut``."""

    status: int = 0
    body: bytes = b""
    fault: str = ""


def post(
    url: str,
    account: tuple[str, str],
    *,
    content: bytes | None = None,
    data: Mapping[str, str] | None = None,
    kind: str = "",
    transport: httpx.BaseTransport | None = None,
) -> Got:
    """Send this once, follow nowhere, and read at most 64 KiB of the answer."""
    headers = {"content-type": kind} if kind else {}
    try:
        with (
            httpx.Client(timeout=PATIENCE, trust_env=False, transport=transport) as client,
            client.stream(
                "POST", url, content=content, data=data, headers=headers, auth=account
            ) as answer,
        ):
            return Got(answer.status_code, _read(answer))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return Got(fault="unsent", body=type(error).__name__.encode())
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return Got(fault="cut", body=type(error).__name__.encode())


def _read(answer: httpx.Response) -> bytes:
    read = b""
    for part in answer.iter_bytes():
        read += part
        if len(read) > _MOST:
            return read[:_MOST]
    return read


def told(*parts: object) -> str:
    """A short line of what the other side said, for staff; never for a log."""
    text = " · ".join(str(part) for part in parts if part not in ("", None))
    return _CONTROL.sub(" ", text)[:_DETAIL]
