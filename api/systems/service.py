"""Keys of other systems and their webhooks. Writing needs a writing session.

A system is to the helpline what a member of staff is: it has roles, its deeds are
recorded, and what it holds returns to the queue when it falls silent. Its number as staff
is its own below zero, so that it can never be taken for a person.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.contacts import service as contacts
from api.contacts.noticing import notify
from api.contacts.values import StaffRef
from api.counters import last_number
from api.crypto import Vault
from api.duty import service as duty
from api.staff.sessions import Person
from api.systems import signing
from api.systems.events import deeds_after
from api.systems.refusals import BadSystem, BadWebhook, SystemUnknown, SystemWaits
from api.systems.tables import System, Webhook
from api.systems.values import HookView, SystemView
from api.times import from_ms, maybe_from_ms, to_ms

ROLES = ("counsellor", "supervisor")
_PREFIX = "sgk_"
_NEVER = from_ms(0)  # a system shows no second factor
_LONGEST_NAME = 40
_LONGEST_URL = 1000
_NOTED_EVERY = timedelta(minutes=1)


def add(
    session: Session, vault: Vault, *, name: str, roles: Iterable[str], by: int, now: datetime
) -> tuple[int, str]:
    """Add a system; return its number and its key, which is stored nowhere.

    The key opens nothing until a supervisor has let the system in: whoever may not read
    contacts must not get at them by way of a key. Raises ``BadSystem``: it works with
    contacts and cases, so it can be no administrator.
    """
    chosen, name = set(roles), name.strip()
    if not (name and chosen) or not chosen <= set(ROLES):
        raise BadSystem
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadSystem
    system_id = (session.scalar(select(func.max(col(System.id)))) or 0) + 1
    key = _PREFIX + secrets.token_urlsafe(32)
    row = System(
        id=system_id,
        name=vault.row("systems", system_id).seal("name", name),
        roles=" ".join(role for role in ROLES if role in chosen),
        key_hash=_hash(key),
        created_at=to_ms(now),
        added_by=by,
    )
    session.add(row)
    session.flush()
    notify(session, vault, kind="system_added", staff_id=by, detail=name, now=now)
    return system_id, key


def let_in(session: Session, system_id: int, *, by: int) -> None:
    """Let a system in, which somebody else added; the gate sees to that.

    Raises ``SystemUnknown``, also for one that is disabled.
    """
    system = get(session, system_id)
    if system.disabled:
        raise SystemUnknown
    system.let_in_by = system.let_in_by or by


def disable(session: Session, vault: Vault, system_id: int, *, now: datetime) -> None:
    """Shut a system out at once; what it holds goes back. Raises ``SystemUnknown``."""
    system = get(session, system_id)
    system.disabled = True
    hook = session.get(Webhook, system_id)
    if hook is not None:
        session.delete(hook)
    contacts.release(session, vault, staff_id=-system_id, now=now)
    there = StaffRef(-system_id, _name(vault, system))
    duty.set_on_duty(session, vault, staff=there, on=False, now=now)


def person_of(session: Session, vault: Vault, key: str, *, now: datetime) -> Person | None:
    """Whom a key belongs to, as the gate knows people; None for no key of ours."""
    found = select(System).where(col(System.key_hash) == _hash(key))
    system = session.scalars(found).one_or_none()
    if system is None or system.disabled or system.let_in_by is None:
        return None
    roles = frozenset(system.roles.split())
    return Person(
        id=-system.id,
        name=_name(vault, system),
        roles=roles,
        session=f"system {system.id}",
        seen_at=now,
        factor_at=_NEVER,
        root="",
    )


def note_use(session: Session, system_id: int, *, now: datetime) -> None:
    """Remember that a system was heard of."""
    get(session, system_id).used_at = to_ms(now)


def is_stale(session: Session, system_id: int, *, now: datetime) -> bool:
    """Whether it is time to note that the system was heard of; spares writes."""
    used_at = get(session, system_id).used_at
    return used_at is None or now - from_ms(used_at) > _NOTED_EVERY


def systems(session: Session, vault: Vault) -> list[SystemView]:
    """Every system that has or had a key, in the order of their coming."""
    rows = session.scalars(select(System).order_by(col(System.id)))
    return [_view(session, vault, row) for row in rows]


def set_webhook(session: Session, vault: Vault, system_id: int, *, url: str, now: datetime) -> str:
    """Tell a system of events at this address, from now on; returns the secret to check them.

    Set again, it begins with what was not told yet. Raises ``SystemUnknown``, ``BadWebhook``.
    """
    system = get(session, system_id)
    if system.disabled:
        raise SystemUnknown
    if system.let_in_by is None:
        raise SystemWaits
    if not _may_be_called(url):
        raise BadWebhook
    before = session.get(Webhook, system_id)
    told = before.told if before else last_number(session, "audit")
    secret, row = signing.new_secret(), vault.row("webhooks", system_id)
    hook = Webhook(
        system_id=system_id,
        url=row.seal("url", url),
        secret=row.seal("secret", secret),
        told=told,
        tries=0,
        next_at=to_ms(now),
    )
    session.merge(hook)
    return secret


def drop_webhook(session: Session, system_id: int) -> None:
    """Tell this system nothing any more. Raises ``SystemUnknown``."""
    hook = session.get(Webhook, system_id)
    if hook is None:
        raise SystemUnknown
    session.delete(hook)


def resume_webhook(session: Session, system_id: int, *, now: datetime) -> None:
    """Go on where a stopped webhook was left. Raises ``SystemUnknown``."""
    hook = session.get(Webhook, system_id)
    if hook is None:
        raise SystemUnknown
    hook.stopped_at, hook.failing_since, hook.tries, hook.next_at = None, None, 0, to_ms(now)


def get(session: Session, system_id: int) -> System:
    """The system; raises ``SystemUnknown``."""
    system = session.get(System, system_id)
    if system is None:
        raise SystemUnknown
    return system


def _view(session: Session, vault: Vault, system: System) -> SystemView:
    hook = session.get(Webhook, system.id)
    return SystemView(
        id=system.id,
        name=_name(vault, system),
        roles=tuple(system.roles.split()),
        created_at=from_ms(system.created_at),
        used_at=maybe_from_ms(system.used_at),
        disabled=system.disabled,
        waits=system.let_in_by is None,
        hook=_hook_view(session, vault, hook) if hook else None,
    )


def _hook_view(session: Session, vault: Vault, hook: Webhook) -> HookView:
    url = vault.row("webhooks", hook.system_id).open("url", hook.url)
    return HookView(
        host=urlsplit(url).hostname or "",
        behind=bool(deeds_after(session, hook.told, most=1)),
        failing_since=maybe_from_ms(hook.failing_since),
        stopped_at=maybe_from_ms(hook.stopped_at),
    )


def _may_be_called(url: str) -> bool:
    """https anywhere; without encryption only a system on this very machine."""
    try:
        parts = urlsplit(url)
        named = bool(httpx.URL(url).host.encode("idna")) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        return False
    safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    )
    return safe and named and len(url) <= _LONGEST_URL and url.isprintable() and " " not in url


def _name(vault: Vault, system: System) -> str:
    return vault.row("systems", system.id).open("name", system.name)


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
