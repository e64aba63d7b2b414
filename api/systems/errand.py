"""Tells other systems of events: signed, in order, each until it was taken."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts.noticing import notify
from api.counters import last_number, touch
from api.crypto import Vault
from api.db import Database
from api.systems import signing
from api.systems.answers import Event
from api.systems.events import Deed, deeds_after
from api.systems.tables import Webhook
from api.times import Clock, from_ms, rfc3339, to_ms

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
GIVE_UP = timedelta(days=3)
"""After so long without a single success a webhook stops, and the supervisor reads of it."""
TOLD_AFTER = 8
"""So many failures, about ten minutes, and the supervisor reads of it."""
AT_ONCE = 50
_FAR_BEHIND = 500  # deeds that nobody is told of: move on past them, so that looks stay short
_PATIENCE = httpx.Timeout(5.0)


@dataclass(frozen=True, slots=True)
class _Call:
    system_id: int
    url: str
    secret: str
    deeds: Sequence[Deed]


class WebhookErrand:
    """Brings each webhook what it was not told yet.

    The next event leaves only after the one before was taken (any 2xx). A system that
    does not answer is asked again, ever more rarely; it holds up no other.
    """

    name = "webhooks"

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._database, self._vault, self._clock = database, vault, clock
        self._transport = transport

    def has_work(self) -> bool:
        """Whether a webhook is due and has not been told everything."""
        with self._database.read() as session:
            return any(_behind(session, hook) for hook in _due(session, now=self._clock()))

    def turn(self) -> None:
        """Tell each what it was not told."""
        with self._database.write() as session:
            calls = [self._call(session, hook) for hook in _due(session, now=self._clock())]
        for call in calls:
            self._tell(call)

    def _call(self, session: Session, hook: Webhook) -> _Call:
        row, deeds = self._vault.row("webhooks", hook.system_id), deeds_after(session, hook.told)
        if not deeds:
            hook.told = last_number(session, "audit")
        url, secret = row.open("url", hook.url), row.open("secret", hook.secret)
        return _Call(hook.system_id, url, secret, deeds[:AT_ONCE])

    def _tell(self, call: _Call) -> None:
        with httpx.Client(
            timeout=_PATIENCE, trust_env=False, transport=self._transport
        ) as client:  # httpx follows no redirect unless told to
            for deed in call.deeds:
                taken = self._post(client, call, deed)
                self._store(call, deed, taken)
                if not taken:
                    return

    def _post(self, client: httpx.Client, call: _Call, deed: Deed) -> bool:
        body = json.dumps(asdict(told(deed)), sort_keys=True).encode()
        signed = signing.headers(
            call.secret, message_id=f"event-{deed.number}", at=self._clock(), body=body
        )
        headers = {"content-type": "application/json", **signed}
        try:  # of the answer only the status counts: a body without end would hold up the others
            with client.stream("POST", call.url, content=body, headers=headers) as answer:
                return answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            logger.warning("webhook of system %d: %s", call.system_id, type(error).__name__)
            return False

    def _store(self, call: _Call, deed: Deed, taken: bool) -> None:
        now = self._clock()
        with self._database.write() as session:
            hook = session.get(Webhook, call.system_id)
            if hook is None:
                return  # taken away meanwhile
            if taken:
                hook.told, hook.tries, hook.failing_since = deed.number, 0, None
                return
            _put_off(session, self._vault, hook, now=now)


def told(deed: Deed) -> Event:
    """An event as it is told, over the webhook and by ``GET /v1/desk/events``: no content."""
    return Event(
        number=deed.number,
        type=deed.type,
        at=rfc3339(deed.at),
        about=deed.about,
        by=deed.who,
    )


def _due(session: Session, *, now: datetime) -> Sequence[Webhook]:
    return session.scalars(
        select(Webhook)
        .where(col(Webhook.stopped_at).is_(None), col(Webhook.next_at) <= to_ms(now))
        .order_by(col(Webhook.system_id))
    ).all()


def _behind(session: Session, hook: Webhook) -> bool:
    if deeds_after(session, hook.told, most=1):
        return True
    return last_number(session, "audit") - hook.told > _FAR_BEHIND


def _put_off(session: Session, vault: Vault, hook: Webhook, *, now: datetime) -> None:
    hook.failing_since = hook.failing_since or to_ms(now)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(hook.tries, 12))
    hook.tries += 1
    hook.next_at = to_ms(now + pause)
    kind = "webhook_failing" if hook.tries == TOLD_AFTER else ""
    if now - from_ms(hook.failing_since) >= GIVE_UP:
        hook.stopped_at, kind = to_ms(now), "webhook_stopped"
    if kind:
        notify(session, vault, kind=kind, staff_id=-hook.system_id, now=now)
    touch(session)
