"""Finds addresses in what was typed, pasted or passed on. Opens none and judges none.

It reads one word after another, in time that grows with the text and no faster. In doubt a
word of a sentence is no address: “p.sh.” and “nuk e di.si” are not, “t.me/x” is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

KEPT = 1_000  # characters of one address
AT_MOST = 50  # addresses of one message
LONGEST = 6_000  # characters of a word; what stands behind them in it is not looked at

_WORD = re.compile(r"\S+")
_SCHEME = re.compile(r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{1,15}):(?=[^\s:])", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[^a-z0-9+.-])(?=(?:https?|hxxps?)://)", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;|](?=[a-z0-9@])", re.IGNORECASE)
_LOCAL = ("data", "file", "blob", "content", "about", "chrome", "javascript", "vbscript", "intent")
_PATH = re.compile(r"[a-z]:[\\/]|\\\\|~[\\/]|\.{0,2}/", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){1,9}([a-z]{2,24}|xn--[a-z0-9-]{1,58})\.?"
    r"(:[0-9]{1,5})?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(:[0-9]{1,5})?")
_MAIL = re.compile(r"[^\s@,;:/<>()\"]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}", re.IGNORECASE)
_HANDLE = re.compile(r"@[a-z0-9_](?:[a-z0-9_.]{1,62}[a-z0-9_])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.+/-])(?:\+|00|0)[1-9][0-9](?:[ ./()-]{0,2}[0-9]){5,11}(?![\w/])")
_DOTS = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)", re.IGNORECASE)
_OPENING, _CLOSING = "\"'“”„«»‘’<([{*_`", "\"'“”„«»‘’>)]}*_`.,;:!?…"
_PAIRS = {")": "(", "]": "[", "}": "{"}

# Names at the end of a host that also stand alone; others need “www.” or a path.
_ALONE = {
    *("com", "net", "org", "info", "biz", "edu", "gov", "onion", "app", "dev", "xyz", "site"),
    *("website", "online", "club", "live", "chat", "top", "shop", "store", "space", "fun"),
    *("icu", "vip", "pro", "tube", "video", "cam", "porn", "sex", "xxx", "adult", "link"),
    *("click", "wiki", "cloud", "tech", "al", "xk", "mk", "rs", "gr", "hr", "bg", "ro", "ru"),
    *("su", "ua", "eu", "uk", "fr", "ch", "nl", "pl", "tv", "gg", "ws", "cc", "tk", "cf", "gq"),
    *("ml", "ga", "lol", "art", "blog", "news", "world", "zone", "life", "email"),
}  # fmt: skip
# Short names that begin links; elsewhere so short a host is a slip of the full stop.
_SHORT = {
    *(("t", "me"), ("x", "com"), ("t", "co"), ("g", "co"), ("m", "me"), ("a", "co")),
    *(("b", "gy"), ("v", "gd"), ("fb", "com"), ("fb", "me"), ("t", "ly"), ("is", "gd")),
}


def find(text: str, *, everything: bool = False) -> tuple[str, ...]:
    """The addresses of pages, channels and groups in a text, as typed and each once.

    ``everything``, where an address was asked for: also accounts, e-mail addresses and
    telephone numbers. What only names something on a phone (files, ``data:``) is none.
    """
    found: dict[str, None] = {}
    for address in _all(text, _any if everything else _page):
        found.setdefault(address[:KEPT])
        if len(found) == AT_MOST:
            return tuple(found)
    if everything:
        for match in _PHONE.finditer(text):
            found.setdefault(match.group())
    return tuple(found)[:AT_MOST]


def is_one_of(address: str, pages: Collection[str]) -> bool:
    """Whether it leads to one of these pages of ours, or of a service, or below one."""
    host, path = _apart(address)
    for page in pages:
        known, below = _apart(page)
        same = bool(known) and host.removeprefix("www.") == known.removeprefix("www.")
        if same and (path == below or path.startswith(below.rstrip("/") + "/")):
            return True
    return False


def defanged(address: str) -> str:
    """The address as it can be shown: nothing in it can be pressed."""
    scheme, between, rest = address.partition("://")
    if not between:
        scheme, rest = "", address
    safe = scheme.replace("tt", "xx").replace("TT", "XX") if scheme else ""
    return f"{safe}{between}{rest.replace('.', '[.]').replace('@', '[@]')}"


def _all(text: str, named: Callable[[str], bool]) -> Iterator[str]:
    for match in _WORD.finditer(text):
        word = match.group()[:LONGEST]
        if "." not in word and ":" not in word and "@" not in word:
            continue
        if _is_local(word.lstrip(_OPENING)):
            continue
        for piece in _pieces(word):
            if named(piece) and not _is_local(piece):
                yield piece


def _pieces(word: str) -> Iterator[str]:
    """The addresses that were glued together by commas, or by nothing, without what is around."""
    for glued in _GLUED.split(word):
        parts = (glued,) if "://" in glued else _BETWEEN.split(glued)
        yield from (bare for part in parts if (bare := _bare(part)))


def _bare(part: str) -> str:
    """Without the punctuation of the sentence; a bracket that the address opens is its own."""
    bare = part.lstrip(_OPENING)
    begun = _SCHEME.search(bare[:200])  # “shiko:https://…”
    if begun and begun.start() == 0 and "://" in bare[begun.end() : begun.end() + 20]:
        bare = bare[begun.end() :]
    end = len(bare)
    while end and bare[end - 1] in _CLOSING:
        opens = _PAIRS.get(bare[end - 1])
        if (
            opens
            and opens in bare[:end]
            and bare.count(opens, 0, end) >= bare.count(bare[end - 1], 0, end)
        ):
            break
        end -= 1
    return bare[:end]


def _is_local(piece: str) -> bool:
    """Whether it names something that only this phone has: a file, or the thing itself."""
    scheme = piece.partition(":")[0].casefold()
    return scheme in _LOCAL or _PATH.match(piece) is not None


def _page(piece: str) -> bool:
    scheme, between, rest = piece.partition("://")
    if between:
        return _is_scheme(scheme) and bool(rest.strip("/?#.:"))
    return piece.casefold().startswith("magnet:?") or _is_host(piece)


def _is_scheme(scheme: str) -> bool:
    return len(scheme) <= 16 and scheme.isascii() and scheme[:1].isalpha()


def _is_host(piece: str) -> bool:
    """A host with nothing before it: sure by its end, or by what stands around it."""
    plain = _DOTS.sub(".", piece[:300])
    end = min((at for sign in "/?#" if (at := plain.find(sign)) >= 0), default=len(plain))
    host, path = plain[:end], plain[end:]
    if _NUMBERS.fullmatch(host):
        return len(path) > 1 or ":" in host
    ascii_host = "".join(each if each.isascii() else "x" for each in host)
    found = _HOST.fullmatch(ascii_host)
    if found is None:
        return False
    name = host.partition(":")[0].casefold().rstrip(".")
    first, *rest = name.split(".")
    if first == "www" and len(rest) >= 2:
        return True
    short = (first, *rest) in _SHORT
    if len(first) < 2 and not short:
        return False
    return bool(path[1:]) or (not short and rest[-1] in _ALONE and len(name) > 4)


def _any(piece: str) -> bool:
    if _page(piece):
        return True
    bare = piece.removeprefix("mailto:").removeprefix("tel:")
    return bool(_MAIL.fullmatch(bare[:300]) or _HANDLE.fullmatch(bare[:80]))


def _apart(address: str) -> tuple[str, str]:
    """The host and the path, in small letters, without who is said to be asking."""
    rest = address.partition("://")[2] or address
    end = min((at for sign in "/?#" if (at := rest.find(sign)) >= 0), default=len(rest))
    host = rest[:end].rpartition("@")[2].partition(":")[0].casefold().rstrip(".")
    path = re.split(r"[?#]", rest[end:], maxsplit=1)[0].casefold()
    return host, path.rstrip("/") or "/"
