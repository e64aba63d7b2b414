"""The helpline over HTTP: the same client for another machine and for the same process."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.quiet import silence
from bot.helpline import (
    Body,
    BoxKey,
    Duty,
    HelplineRefused,
    HelplineUnavailable,
    News,
    ReportState,
    plan_of,
    update_of,
)

_PATHS = {
    "contact": "/v1/contacts",
    "messages": "/v1/contacts/{}/messages",
    "report": "/v1/reports",
    "addition": "/v1/reports/{}/additions",
    "wants_news": "/v1/reports/{}/additions",
}
_NEEDED = {
    "contact": ("contact_id", "number", "state"),
    "messages": ("contact_id", "state"),
    "report": ("number",),
    "addition": (),
    "wants_news": (),
}
_ORDINARY = httpx.Timeout(10.0, connect=3.0)
_FINAL = (400, 404, 409, 413, 415, 422)
_OF_RECEIPTS = (*_FINAL, 429)  # too many tries: for the reporter to know, not to repeat
_BY_RECEIPT = ("addition", "wants_news")
_CONTACT_EXISTS = re.compile(r"(?:.*/)?contact-exists")


class HttpHelpline:
    """Calls the contract's routes.

    Only an answer in the contract's own form counts: anything else, a proxy's page or a
    wrong key included, is ``HelplineUnavailable``, so that what was to be sent is kept.
    A refusal is final only when the helpline itself says it, as problem details.
    """

    def __init__(
        self, base_url: str, key: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        silence("httpx")  # it logs addresses, and one of ours holds a receipt (S36)
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=_ORDINARY,
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    @classmethod
    def in_process(cls, app: Any, key: str) -> HttpHelpline:
        """Call an ASGI application in this process, through the same contract."""
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return cls("http://helpline", key, transport)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def post(self, kind: str, body: bytes, *, key: str, contact_id: str = "") -> Body:
        """See ``Helpline.post``."""
        path = _PATHS[kind].format(contact_id)
        try:
            final = _OF_RECEIPTS if kind in _BY_RECEIPT else _FINAL
            answer = await self._write(path, body, key=key, final=final)
        except HelplineRefused as refused:
            if refused.status != 409 or not _CONTACT_EXISTS.fullmatch(refused.problem):
                raise
            return {"contact_id": contact_id}
        found = _object(answer)
        if not all(isinstance(found.get(name), str) for name in _NEEDED[kind]):
            raise HelplineUnavailable("an answer without the fields of the contract")
        if found.get("contact_id", contact_id) != contact_id:
            raise HelplineUnavailable("an answer about another contact")
        return found

    async def events(self, after: int, wait: float) -> News:
        """See ``Helpline.events``."""
        answer = await self._call(
            "GET",
            "/v1/events",
            params={"after": after, "wait": wait},
            timeout=httpx.Timeout(wait + 10.0, connect=3.0),
        )
        found = _object(answer)
        events, following = found.get("events"), found.get("next")
        if not isinstance(events, list) or not all(isinstance(item, dict) for item in events):
            raise HelplineUnavailable("events that are no list of objects")
        return News(tuple(events), _count(following), _typing(found.get("typing", [])))

    async def duty(self) -> Duty:
        """See ``Helpline.duty``."""
        return duty_of(_object(await self._call("GET", "/v1/duty")))

    async def key(self) -> BoxKey:
        """See ``Helpline.key``."""
        found = _object(await self._call("GET", "/v1/key"))
        try:
            public = b64decode(str(found.get("public_key")), validate=True)
        except ValueError:
            public = b""
        key = BoxKey.of(public)
        if len(public) != 32 or found.get("key_id") != key.key_id:
            raise HelplineUnavailable("a key that is none")
        return key

    async def report(self, receipt: str) -> ReportState:
        """See ``Helpline.report``."""
        answer = await self._call("GET", f"/v1/reports/{receipt}", final=_OF_RECEIPTS)
        return _report(_object(answer))

    async def receipt(self, seq: int, status: str, *, key: str) -> None:
        """See ``Helpline.receipt``."""
        body = json.dumps({"status": status}).encode()
        await self._write(f"/v1/events/{seq}/receipt", body, key=key)

    async def figures(self, body: Body, *, key: str) -> None:
        """See ``Helpline.figures``."""
        await self._write("/v1/figures", json.dumps(body).encode(), key=key)

    async def _write(
        self, path: str, body: bytes, *, key: str, final: tuple[int, ...] = _FINAL
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return await self._call("POST", path, final=final, content=body, headers=headers)

    async def _call(
        self, method: str, path: str, *, final: tuple[int, ...] = _FINAL, **more: Any
    ) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, **more)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise HelplineUnavailable(type(error).__name__) from error
        if answer.is_success:
            return answer
        if answer.status_code in final and _is_problem(answer):
            raise HelplineRefused(answer.status_code, str(_object(answer).get("type", "")))
        raise HelplineUnavailable(f"status {answer.status_code}")


def duty_of(found: Mapping[str, object]) -> Duty:
    """Read a ``Duty`` of the contract. Raises ``HelplineUnavailable`` when it is none."""
    usual = found.get("usual_minutes")
    try:
        plan = plan_of(found)
    except (TypeError, ValueError) as error:
        raise HelplineUnavailable("a plan that is none") from error
    return Duty(_count(found.get("on_duty")), None if usual is None else _count(usual), plan)


def _typing(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise HelplineUnavailable("typing that is no list of conversations")
    return tuple(found)


def _report(found: Mapping[str, object]) -> ReportState:
    """Read a ``ReportState`` of the contract. Raises ``HelplineUnavailable`` when it is none."""
    updates, signpost = found.get("updates"), found.get("signpost", [])
    if not isinstance(updates, list) or not isinstance(signpost, list):
        raise HelplineUnavailable("a report's state that is none")
    try:
        told = tuple(update_of(item) for item in updates)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise HelplineUnavailable("an update of a report that is none") from error
    return ReportState(
        told,
        others=found.get("others") is True,
        open=found.get("open") is True,
        wants_news=found.get("wants_news") is True,
        signpost=tuple(kind for kind in signpost if isinstance(kind, str)),
    )


def _is_problem(answer: httpx.Response) -> bool:
    kind: str = answer.headers.get("content-type", "")
    return kind.partition(";")[0] == "application/problem+json"


def _object(answer: httpx.Response) -> Body:
    try:
        found = answer.json()
    except ValueError as error:
        raise HelplineUnavailable("an answer that is not JSON") from error
    if not isinstance(found, dict):
        raise HelplineUnavailable("an answer that is no object")
    return found


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise HelplineUnavailable("an answer with something else where a number belongs")
