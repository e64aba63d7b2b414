"""Addresses that nobody can open by mistake, and back. Pure (S10)."""

from __future__ import annotations

import re

_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_AT = re.compile(r"\[@\]|\(@\)|\[at\]|\(at\)", re.IGNORECASE)
_COLON = re.compile(r"\[:\]|\[://\]")
_SCHEME = re.compile(r"(?<![a-z0-9])hxxp(?=s?(?::|\[:))", re.IGNORECASE)


def defang(address: str) -> str:
    """The address so that no mail program and no spreadsheet makes a link of it."""
    lead, rest = "", address
    if web := re.match(r"http(s?)://", address):
        lead, rest = f"hxxp{web[1]}://", address[web.end() :]
    rest = rest.replace(":", "[:]") if not lead else rest.replace("://", "[:]//")
    return lead + rest.replace(".", "[.]").replace("@", "[@]")


def undefang(text: str) -> str:
    """The text with the common ways of making addresses harmless undone."""
    text = _COLON.sub(lambda found: found[0].strip("[]"), text)
    return _SCHEME.sub("http", _AT.sub("@", _DOT.sub(".", text)))
