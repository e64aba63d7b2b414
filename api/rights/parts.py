"""What a request reaches of the service around it."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from api.crypto import Vault
from api.db import Database
from api.times import Clock

HOME = "/helpline"


def our_path(path: str) -> str:
    """The path if it is one of the console's own, else the desk; never another host."""
    inside = urlsplit(path).path
    return inside if inside.startswith(HOME) and "\\" not in path else HOME


def database_of(request: Request) -> Database:
    """The helpline's database."""
    found: Database = request.app.state.database
    return found


def vault_of(request: Request) -> Vault:
    """What seals and opens."""
    found: Vault = request.app.state.vault
    return found


def clock_of(request: Request) -> Clock:
    """What tells the time."""
    found: Clock = request.app.state.clock
    return found


def is_secure(request: Request) -> bool:
    """Whether the browser came over TLS."""
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """The session's cookie: bound to this host over TLS, plain on loopback."""
    return "__Host-sigurt-staff" if is_secure(request) else "sigurt-staff"


def address_of(request: Request) -> str:
    """Where the request comes from, for counting tries; never logged."""
    return request.client.host if request.client else ""
