"""Faults, each as its platform has it: forged calls, hanging ones, refusals, broken lines."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from fakes.phones import PUBLIC, Phone, TelegramPhone, ViberPhone, WebPhone
from fakes.viber import SIGNATURE
from sqlalchemy import text

from bot.channels.telegram.channel import HEADER
from bot.channels.viber.faults import UNANSWERED_REST
from bot.helpline_http import HttpHelpline

Messenger = TelegramPhone | ViberPhone
KEPT = ("conversations", "seen", "outbox", "timers", "shown", "web_log", "spoiled")


FAULTS: dict[str, dict[str, dict[str, Any]]] = {
    "telegram": {
        "429": {"method": "fails", "status": 429, "why": "Flood control", "retry_after": 7},
        "500": {"method": "fails", "status": 500},
        "cut before": {"method": "cuts"},
        "cut after": {"method": "cuts", "after": True},
    },
    "viber": {
        "12": {"method": "says", "status": 12},
        "502": {"method": "fails", "http": 502, "body": "<html>"},
        "cut before": {"method": "cuts"},
        "cut after": {"method": "cuts", "after": True},
    },
}
RESTS = {"429": 7, "12": UNANSWERED_REST}


async def asked(phone: Phone, query: str) -> Any:
    """What the bot's database says."""
    return await phone.bot.runner.ask(lambda c: c.execute(text(query)).scalar())


async def due_at(phone: Phone) -> float:
    """When the next message to this chat may leave (seconds since the epoch)."""
    of = f"lane = 'channel' AND conversation = '{phone.conversation}'"
    return float(await asked(phone, f"SELECT min(due_at) FROM outbox WHERE {of}")) / 1000


async def stored(phone: Phone) -> list[int]:
    """How many rows each table has."""
    return [await asked(phone, f"SELECT count(*) FROM {name}") for name in KEPT]


def refusals(phone: Phone) -> list[str]:
    """What the platform has refused."""
    return phone.platform.refusals if isinstance(phone, Messenger) else []


def limited(phone: Messenger) -> None:
    """The next message to this chat is too much."""
    if isinstance(phone, TelegramPhone):
        why, rest = "Too Many Requests", int(UNANSWERED_REST)
        phone.platform.fails("sendMessage", 429, why, retry_after=rest, chat=phone.child.id)
    else:
        phone.platform.says("send_message", 12, receiver=phone.child.id)


def calls_to(phone: Messenger) -> int:
    """How many messages the bot has tried to show in this chat."""
    if isinstance(phone, TelegramPhone):
        calls = phone.platform.named("sendMessage")
        return sum(call["chat_id"] == str(phone.child.id) for call in calls)
    calls = phone.platform.named("send_message")
    return sum(call["receiver"] == phone.child.id for call in calls)


async def forged(phone: Phone, words: str) -> list[int]:
    """Post these words as somebody else; what each try was answered."""
    match phone:
        case TelegramPhone():
            return await _forged_on_telegram(phone, words)
        case ViberPhone():
            return await _forged_on_viber(phone, words)
    assert isinstance(phone, WebPhone)
    form = {"event": "f" * 32, "text": words}
    foreign = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"})
    tries = [*foreign, {"Sec-Fetch-Site": "none", "Origin": "https://other.example.com"}]
    answers = [await phone.http.post("/chat", data=form, headers=each) for each in tries]
    return [answer.status_code for answer in answers]


async def _forged_on_telegram(phone: TelegramPhone, words: str) -> list[int]:
    chat = {"id": phone.child.id, "type": "private"}
    message = {"message_id": 1, "date": int(time.time()), "chat": chat, "text": words}
    body = json.dumps({"update_id": 10**9, "message": message}).encode()
    secret = phone.platform.secret
    wrong = ["", secret[:-1], secret + "x", secret.swapcase()]
    tries: list[dict[str, str]] = [{}, *({HEADER: each} for each in wrong)]
    return await _posted(phone, body, tries)


async def _forged_on_viber(phone: ViberPhone, words: str) -> list[int]:
    told = {"event": "message", "message_token": 1, "sender": phone.child.person()}
    told["message"] = {"type": "text", "text": words}
    body = json.dumps(told, indent=1, ensure_ascii=False).encode()
    signed = phone.platform.signed
    anew = signed(json.dumps(json.loads(body)).encode())
    honest = signed(body)[SIGNATURE]
    wrong = [anew[SIGNATURE], honest[:-1], "0" * 64]
    return await _posted(phone, body, [{}, *({SIGNATURE: each} for each in wrong)])


async def _posted(phone: Messenger, body: bytes, tries: Sequence[dict[str, str]]) -> list[int]:
    url = f"{PUBLIC}/webhooks/{phone.channel}"
    kind = {"content-type": "application/json"}
    async with httpx.AsyncClient(transport=phone.service) as stranger:
        answers = [await stranger.post(url, content=body, headers=kind | each) for each in tries]
    return [answer.status_code for answer in answers]


def hung(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let outgoing calls of this conversation wait until the event is set."""
    match phone:
        case TelegramPhone():
            return phone.platform.holds("sendMessage", phone.child.id)
        case ViberPhone():
            return phone.platform.holds("send_message", phone.child.id)
    gate, post = asyncio.Event(), HttpHelpline.post

    async def late(line: HttpHelpline, *args: Any, **more: Any) -> Any:
        await gate.wait()
        return await post(line, *args, **more)

    monkeypatch.setattr(HttpHelpline, "post", late)
    return gate


def broken(phone: Messenger, *, method: str, **fault: Any) -> None:
    """Let this happen to the next message."""
    send = "sendMessage" if isinstance(phone, TelegramPhone) else "send_message"
    getattr(phone.platform, method)(send, **fault)


def leaves_unheard(phone: Messenger) -> None:
    """The child blocks the bot, and the platform tells it only when something is sent."""
    if isinstance(phone, TelegramPhone):
        phone.child.blocked = True
    else:
        phone.child.subscribed = False
