"""Accounts of staff and the one-time links that make them.

A link opens a page; only finishing there spends it. Nobody has an account by default, and
an account without a second factor lets nobody in (except in a trial on this machine).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from api.audit.service import record
from api.contacts.values import StaffRef
from api.crypto import Vault
from api.errors import Refusal
from api.shifts import leaving
from api.staff import sessions
from api.staff.tables import StaffAccount, StaffLink, StaffPasskey, StaffRecoveryCode
from api.times import from_ms, to_ms

ROLES = ("counsellor", "supervisor", "administrator", "analyst")
DESK = frozenset({"counsellor", "supervisor"})  # who talks with children
LINK_LASTS = timedelta(hours=24)
_LONGEST_NAME = 40


class LoginTaken(Refusal):
    status, type, title = 409, "login-taken", "Another person has this login"


class BadAccount(Refusal):
    status, type, title = 422, "bad-account", "An account needs a login, a name and a role"


class StaffUnknown(Refusal):
    status, type, title = 404, "staff-unknown", "No such person"


class LastAdministrator(Refusal):
    status, type, title = 409, "last-administrator", "The last administrator stays"


class OwnRoles(Refusal):
    status, type, title = 409, "own-roles", "Another administrator changes your roles"


class LinkSpent(Refusal):
    status, type, title = 404, "link-spent", "The link was used or is too old"


@dataclass(frozen=True, slots=True)
class Member:
    """One person on the list of staff."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    enrolled: bool
    disabled: bool
    trial: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link that still stands opens; without a person it makes the first one."""

    hash: str
    member: Member | None


def first_link(session: Session, now: datetime, *, trial: bool = False) -> str | None:
    """A token that makes the first administrator; older ones die.

    None when there is an administrator already; in a trial each start gives a fresh one.
    """
    session.execute(delete(StaffLink).where(col(StaffLink.staff_id).is_(None)))
    if _administrators(session) and not trial:
        return None
    return _link(session, staff_id=None, now=now)


def invitation(session: Session, vault: Vault, token: str, *, now: datetime) -> Invitation:
    """What this link opens; raises ``LinkSpent``. Looking does not spend it."""
    row = standing_link(session, sessions.hash_of(token), now=now)
    if row.staff_id is None:
        return Invitation(row.hash, None)
    account = _account(session, row.staff_id)
    if account.disabled:
        raise LinkSpent
    return Invitation(row.hash, _member(vault, account))


def standing_link(session: Session, hash: str, *, now: datetime) -> StaffLink:
    """The link of this hash; raises ``LinkSpent`` when it was used or is too old."""
    row = session.get(StaffLink, hash)
    if row is None or from_ms(row.expires_at) <= now:
        raise LinkSpent
    return row


def spend(session: Session, hash: str, *, now: datetime) -> int | None:
    """Use a link up and return whose it was; raises ``LinkSpent``."""
    row = standing_link(session, hash, now=now)
    session.delete(row)
    return row.staff_id


def add(
    session: Session, vault: Vault, *, login: str, name: str, roles: Iterable[str], now: datetime
) -> str:
    """Add a person and return the token with which that person sets password and factor.

    Raises ``LoginTaken`` or ``BadAccount``.
    """
    account = create(session, vault, login=login, name=name, roles=roles, now=now)
    return _link(session, staff_id=account.id, now=now)


def create(
    session: Session,
    vault: Vault,
    *,
    login: str,
    name: str,
    roles: Iterable[str],
    now: datetime,
    trial: bool = False,
) -> StaffAccount:
    """Store a person who cannot sign in yet. Raises ``LoginTaken`` or ``BadAccount``."""
    chosen, name, login = set(roles), name.strip(), login.strip()
    check_new(session, vault, login=login, name=name, roles=chosen)
    staff_id = (
        session.scalar(select(func.max(col(StaffAccount.id)))) or 0
    ) + 1  # writers stand in line
    seal = vault.row("staff", staff_id)
    account = StaffAccount(
        id=staff_id,
        login_key=login_key(vault, login),
        login=seal.seal("login", login),
        name=seal.seal("name", name),
        roles=" ".join(role for role in ROLES if role in chosen),
        trial=trial,
        created_at=to_ms(now),
    )
    session.add(account)
    session.flush()
    return account


def check_new(
    session: Session, vault: Vault, *, login: str, name: str, roles: Iterable[str]
) -> None:
    """Raise ``BadAccount`` or ``LoginTaken`` unless such a person can be added."""
    chosen, name, login = set(roles), name.strip(), login.strip()
    if not (login and name and chosen) or not chosen <= set(ROLES):
        raise BadAccount
    if max(len(login), len(name)) > _LONGEST_NAME or not (login + name).isprintable():
        raise BadAccount
    if by_login(session, vault, login) is not None:
        raise LoginTaken


def enrol(
    session: Session, vault: Vault, account: StaffAccount, *, password: str, secret: str | None
) -> None:
    """Give a person a password (hashed) and a second factor; every open session ends.

    Without a secret the caller stores a passkey with it: nobody has no second factor.
    """
    account.password = password
    account.secret = vault.row("staff", account.id).seal("secret", secret) if secret else None
    _drop_factors(session, account.id)
    sessions.end_all(session, account.id)


def set_roles(
    session: Session,
    vault: Vault,
    staff_id: int,
    roles: Iterable[str],
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Give a person these roles instead of the present ones; they count at once (S27).

    Whoever loses one signs in again; whoever loses the desk leaves it. ``by`` is who
    changes them, or None for the operator. Nobody gives roles to themselves: raises
    ``OwnRoles``, except for the only account there is. Raises also ``StaffUnknown``,
    ``BadAccount`` (no role, or an unknown one) and ``LastAdministrator``.
    """
    account, chosen = _account(session, staff_id), set(roles)
    if not chosen or not chosen <= set(ROLES):
        raise BadAccount
    if by == staff_id and _enrolled(session) > 1:
        raise OwnRoles
    if "administrator" not in chosen:
        _keep_one_administrator(session, account)
    lost = set(account.roles.split()) - chosen
    account.roles = " ".join(role for role in ROLES if role in chosen)
    if lost:
        sessions.end_all(session, staff_id)
    if chosen.isdisjoint(DESK):
        leave(session, vault, staff_id=staff_id, name="", now=now)


def set_language(session: Session, staff_id: int, language: str) -> None:
    """Show the console to this person in this language, in every browser."""
    _account(session, staff_id).language = language


def disable(session: Session, vault: Vault, staff_id: int, *, now: datetime) -> None:
    """Shut a person out at once; raises ``StaffUnknown`` or ``LastAdministrator``."""
    account = _account(session, staff_id)
    _keep_one_administrator(session, account)
    account.disabled = True
    _forget(session, vault, account, now=now)


def reset(session: Session, vault: Vault, staff_id: int, *, now: datetime) -> str:
    """Take password and factor away and return a link to set them anew; also re-enables.

    Raises ``StaffUnknown`` or ``LastAdministrator``.
    """
    account = _account(session, staff_id)
    _keep_one_administrator(session, account)
    account.disabled = False
    _forget(session, vault, account, now=now)
    return _link(session, staff_id=staff_id, now=now)


def members(session: Session, vault: Vault) -> list[Member]:
    """Everybody who has or had an account, in the order of their coming."""
    rows = session.scalars(
        select(StaffAccount).order_by(col(StaffAccount.created_at), col(StaffAccount.id))
    )
    return [_member(vault, row) for row in rows]


def by_login(session: Session, vault: Vault, login: str) -> StaffAccount | None:
    """The account of this login, however it is capitalised."""
    key = login_key(vault, login)
    return session.scalar(select(StaffAccount).where(col(StaffAccount.login_key) == key))


def login_key(vault: Vault, login: str) -> str:
    """What a login is looked up by."""
    return vault.fingerprint(login.strip().casefold(), purpose="staff login")


def trial_person(session: Session, vault: Vault, *, name: str, now: datetime) -> StaffAccount:
    """The person of a trial by this name, with every role; made when new."""
    login = f"trial {name.strip()}"
    if found := by_login(session, vault, login):
        found.disabled = False  # an earlier trial was ended
        return found
    return create(session, vault, login=login, name=name, roles=ROLES, now=now, trial=True)


def end_trials(session: Session, vault: Vault, *, now: datetime) -> int:
    """Shut the people of a trial out, for real ones are served now; returns how many.

    Their duty and sessions end, and what they hold goes back into the queue.
    """
    rows = session.scalars(
        select(StaffAccount).where(
            col(StaffAccount.trial).is_(True), col(StaffAccount.disabled).is_(False)
        )
    ).all()
    for account in rows:
        account.disabled = True
        _forget(session, vault, account, now=now)
        who, what, about = "operator", "staff.disabled", str(account.id)
        record(session, vault, who=who, what=what, about=about, now=now)
    return len(rows)


def has_real_accounts(session: Session) -> bool:
    """Whether anybody of no trial can sign in here: children may be waiting for them."""
    found = session.scalar(
        select(col(StaffAccount.id))
        .where(
            col(StaffAccount.password).is_not(None),
            col(StaffAccount.trial).is_(False),
            col(StaffAccount.disabled).is_(False),
        )
        .limit(1)
    )
    return found is not None


def _enrolled(session: Session) -> int:
    """How many can sign in."""
    standing = select(func.count()).where(
        col(StaffAccount.password).is_not(None), col(StaffAccount.disabled).is_(False)
    )
    return session.scalar(standing) or 0


def _administrators(session: Session) -> int:
    rows = session.scalars(
        select(col(StaffAccount.roles)).where(
            col(StaffAccount.password).is_not(None), col(StaffAccount.disabled).is_(False)
        )
    )
    return sum("administrator" in roles.split() for roles in rows)


def _keep_one_administrator(session: Session, account: StaffAccount) -> None:
    counts = "administrator" in account.roles and account.secret is not None
    if counts and not account.disabled and _administrators(session) == 1:
        raise LastAdministrator


def leave(session: Session, vault: Vault, *, staff_id: int, name: str, now: datetime) -> None:
    """End a person's duty and put what the person holds back into the queue, not unnoticed."""
    leaving.leave(session, vault, staff=StaffRef(staff_id, name), now=now)


def _forget(session: Session, vault: Vault, account: StaffAccount, *, now: datetime) -> None:
    account.password = account.secret = None
    _drop_factors(session, account.id)
    session.execute(delete(StaffLink).where(col(StaffLink.staff_id) == account.id))
    sessions.end_all(session, account.id)
    leave(session, vault, staff_id=account.id, name="", now=now)


def _drop_factors(session: Session, staff_id: int) -> None:
    """Every recovery code and passkey of before."""
    session.execute(delete(StaffRecoveryCode).where(col(StaffRecoveryCode.staff_id) == staff_id))
    session.execute(delete(StaffPasskey).where(col(StaffPasskey.staff_id) == staff_id))


def _link(session: Session, *, staff_id: int | None, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    expires_at = to_ms(now + LINK_LASTS)
    session.add(StaffLink(hash=sessions.hash_of(token), staff_id=staff_id, expires_at=expires_at))
    return token


def _account(session: Session, staff_id: int) -> StaffAccount:
    account = session.get(StaffAccount, staff_id)
    if account is None:
        raise StaffUnknown
    return account


def _member(vault: Vault, account: StaffAccount) -> Member:
    seal = vault.row("staff", account.id)
    return Member(
        id=account.id,
        login=seal.open("login", account.login),
        name=seal.open("name", account.name),
        roles=tuple(account.roles.split()),
        enrolled=account.password is not None or account.trial,
        disabled=account.disabled,
        trial=account.trial,
    )
