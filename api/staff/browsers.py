"""In which browser somebody is, in two words: enough to know one's own again."""

from __future__ import annotations

from fastapi import Request

# The first that is named counts: nearly every browser also says that it is Chrome and Safari.
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(request: Request) -> str:
    """Program and system as the request names them, “Firefox · Windows”; empty if unknown."""
    said = request.headers.get("user-agent", "")
    found = (_first(_PROGRAMS, said), _first(_SYSTEMS, said))
    return " · ".join(filter(None, found))


def _first(names: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for mark, name in names if mark in said), "")
