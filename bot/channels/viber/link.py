"""The calls that we make of the platform: JSON over HTTPS, bounded in time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from bot.channels.base import ChannelDown
from bot.channels.viber.faults import http_error
from bot.channels.viber.writing import body_of

LONGEST_CALL = 20.0  # seconds
CONNECTIONS = 64
EVENTS = ("delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started")

_TIMES = httpx.Timeout(10.0, connect=5.0, pool=15.0)
_LIMITS = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform answered: its status, and the id of the message it took."""

    status: int
    token: str = ""


class Link:
    """One bot's line to the platform, or to a server that stands in for it.

    Every call raises ``ChannelDown``, ``ChannelBusy`` or ``ChannelRefused`` when there is
    no answer of the API; after ``ChannelDown`` the message may have been taken.
    """

    def __init__(self, token: str, api_url: str, name: str) -> None:
        self._sender = {"name": name}
        self._client = httpx.AsyncClient(
            base_url=api_url,
            headers={"X-Viber-Auth-Token": token, "Content-Type": "application/json"},
            timeout=_TIMES,
            limits=_LIMITS,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def send(self, receiver: str, fields: Mapping[str, object]) -> Answer:
        """Give one message to one person."""
        to = {"receiver": receiver, "sender": self._sender}
        return await self._call("send_message", {**to, **fields})

    def welcome(self, fields: Mapping[str, object]) -> bytes:
        """Return the body that says a message in the answer to ``conversation_started``."""
        return body_of({"sender": self._sender, **fields})

    async def set_webhook(self, url: str, events: Sequence[str] = EVENTS) -> Answer:
        """Have callbacks posted to ``url``, without names or photos of people.

        The platform calls it at once and wants a 200 before it answers.
        """
        told = {"url": url, "event_types": events, "send_name": False, "send_photo": False}
        return await self._call("set_webhook", told)

    async def _call(self, method: str, fields: Mapping[str, object]) -> Answer:
        try:
            async with asyncio.timeout(LONGEST_CALL):
                answer = await self._client.post(method, content=body_of(fields))
        except (httpx.HTTPError, TimeoutError) as error:
            raise ChannelDown(type(error).__name__) from None  # its text may hold an address
        if answer.status_code != httpx.codes.OK:
            raise http_error(answer)
        return _answer(answer.content)


def _answer(body: bytes) -> Answer:
    """Read an answer; raises ``ChannelDown`` for what no API would say."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ChannelDown("no JSON") from None
    status = told.get("status") if isinstance(told, dict) else None
    if not isinstance(status, int) or isinstance(status, bool):
        raise ChannelDown("no status")
    token = told.get("message_token")
    return Answer(status, str(token) if isinstance(token, int | str) and token else "")
