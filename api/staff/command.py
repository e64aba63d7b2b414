"""``sigurt staff add|disable|reset|roles``: accounts from the terminal of whoever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from sqlalchemy.orm import Session

from api.audit.service import record
from api.crypto import Vault, load_vault
from api.db import Database
from api.errors import Refusal
from api.settings import Settings
from api.staff import service
from api.times import Clock, utcnow

_DEEDS = {
    "add": "staff.added",
    "disable": "staff.disabled",
    "reset": "staff.reset",
    "roles": "staff.roles",
}


def run(
    settings: Settings,
    do: str,
    login: str,
    *,
    out: TextIO,
    name: str = "",
    roles: Sequence[str] = ("counsellor",),
    clock: Clock = utcnow,
) -> int:
    """Do it and say so; 0, or 1 with the reason.

    ``add`` and ``reset`` print a one-time link for that person; ``roles`` gives these roles
    instead of the present ones. ``name`` is what children see; without one it is the login,
    capitalised.
    """
    vault, database = load_vault(settings.data_dir), Database(settings.database_url)
    database.upgrade()
    try:
        with database.write() as session:
            if do == "add":
                shown = name or login.strip().capitalize()
                token = service.add(
                    session, vault, login=login, name=shown, roles=roles, now=clock()
                )
            else:
                token = _change(session, vault, do, login, roles, clock)
            _note(session, vault, do, login, roles, clock)
    except Refusal as refused:
        print(refused.title, file=out)
        return 1
    finally:
        database.close()
    if do == "roles":
        print(f"{login}: {', '.join(sorted(roles))}", file=out)
    else:
        _tell(settings, login, token, out)
    return 0


def _change(
    session: Session, vault: Vault, do: str, login: str, roles: Sequence[str], clock: Clock
) -> str:
    account = service.by_login(session, vault, login)
    if account is None:
        raise service.StaffUnknown
    if do == "reset":
        return service.reset(session, vault, account.id, now=clock())
    if do == "roles":
        service.set_roles(session, vault, account.id, roles, by=None, now=clock())
        return ""
    service.disable(session, vault, account.id, now=clock())
    return ""


def _note(
    session: Session, vault: Vault, do: str, login: str, roles: Sequence[str], clock: Clock
) -> None:
    account = service.by_login(session, vault, login)
    about = str(account.id) if account else ""
    detail = {"roles": " ".join(roles)} if do in ("add", "roles") else {}
    what = _DEEDS[do]
    record(session, vault, who="operator", what=what, about=about, now=clock(), detail=detail)


def _tell(settings: Settings, login: str, token: str, out: TextIO) -> None:
    if not token:
        print(f"{login} is shut out.", file=out)
        return
    here = settings.public_url.rstrip("/")
    behind = "" if here else " (behind your console's address)"
    print(f"One-time link for {login}, good for 24 hours{behind}:", file=out)
    print(f"{here}/helpline/first/{token}", file=out)
