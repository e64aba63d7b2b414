"""What a request reaches of the service around it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from fastapi import Request
from starlette.routing import Match

from api.crypto import Vault
from api.db import Database
from api.times import Clock

HOME = "/helpline"
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are at home: the host's name, and the origin as browsers write it."""

    host: str
    origin: str


def site_of(request: Request) -> Site | None:
    """The site that passkeys are bound to; None where there can be none.

    It is the public address. Without one it is this machine under the name localhost: what
    a request says of its host is believed for no other name. Addresses of numbers have none.
    """
    public = urlsplit(request.app.state.settings.public_url)
    if public.hostname:
        return _site(public)
    here = urlsplit(str(request.base_url))
    return _site(here) if here.hostname == "localhost" else None


def _site(url: SplitResult) -> Site | None:
    host = url.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        port = "" if url.port in (None, _PORTS.get(url.scheme)) else f":{url.port}"
        return Site(host, f"{url.scheme}://{host}{port}")
    return None


def our_path(path: str) -> str:
    """The path if it is one of the console's own, else the desk; never another host."""
    inside = urlsplit(path).path
    return inside if inside.startswith(HOME) and "\\" not in path else HOME


def page_at(request: Request, path: str) -> str:
    """The page that can be opened at this path of ours, or else the nearest one above.

    A form's own path often is none: it answers only what is sent to it.
    """
    while path.startswith(f"{HOME}/"):
        scope = {**request.scope, "method": "GET", "path": path}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes):
            return path
        path = path.rpartition("/")[0]
    return HOME


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
