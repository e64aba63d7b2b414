"""Reads what somebody typed as addresses: web, account, chat, phone, e-mail. Pure.

Every reading has one canonical form, by which the same address is found again however it was
typed; reading a canonical form gives it back. What is no address is a reading too, of kind
``none``, with the reason. Nothing is ever fetched, and no name or password is kept (S6, S10).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

import idna

from api.addresses import places
from api.addresses.defanging import defang, undefang
from api.addresses.places import Platform

LONGEST = 1000
"""Characters of a canonical form, and of what is kept as typed: what hotlines take."""

KINDS = ("url", "account", "chat", "phone", "email", "none")
WHYS = ("nothing", "data", "file", "script", "unreadable")

_READ = 20_000
_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}
_ROUNDS = 8

_SIGN = r'[^\s"<>“”„«»‘’|]'
_SCHEMES = "https?|ftps?|ipfs|ipns|gopher|gemini|ed2k"
_FOLDERS = "storage|sdcard|home|Users|mnt|media|var|tmp|data|private"
_TOKENS = re.compile(
    rf"""
      (?P<data>(?<!\w)data:(?:{_SIGN})*)
    | (?P<file>(?<!\w)(?:file:|content://){_SIGN}*|(?<!\w)[A-Za-z]:\\{_SIGN}*|\\\\\w{_SIGN}*
        |(?<![\w/.:\\])/(?:{_FOLDERS})/{_SIGN}*)
    | (?P<script>(?<!\w)(?:javascript|vbscript|about|blob|view-source):{_SIGN}*)
    | (?P<url>(?<!\w)(?:{_SCHEMES}):[/\\]+(?:(?:(?<=[=/])|(?!https?://)){_SIGN})+
        |(?<!\w)magnet:\?{_SIGN}+)
    | (?P<app>(?<!\w)(?:tg|viber|whatsapp|tel|mailto|sms):{_SIGN}+)
    | (?P<named>(?<!\w)[a-z]{{2,20}}:@[\w.-]+)
    | (?P<email>(?<![\w.+-])[\w.+-]{{1,64}}@(?:[\w-]{{1,63}}\.)+[\w-]{{2,63}})
    | (?P<handle>(?<![\w@/.])@[\w.-]{{2,64}})
    | (?P<bare>(?<![\w@./\\-])(?:[\w-]{{1,63}}\.)+[\w-]{{2,63}}\.?(?::\d{{1,5}})?(?:[/?\#]{_SIGN}*)?
        |(?<![\w@./\\-])(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?::\d{{1,5}})?(?:[/?\#]{_SIGN}*)?)
    | (?P<phone>(?<![\w+])(?:\+|00)\d[\d ().-]{{5,20}}\d|(?<![\w+])0?6[6-9](?:[ ]?\d){{7}}(?!\w))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TRAILING = re.compile(r"""[.,;:!?'"*_~…)\]}}>]+$""")
_DATA = re.compile(rf"(?<!\w)data:[\w/+.-]*(?:[;,]{_SIGN}*)?", re.IGNORECASE)
_BLOB = re.compile(r"(?<![\w/.+=%&?-])[A-Za-z0-9+/]{200,}={0,2}(?![\w/.+=%&?-])")
_DROPPED = "[data]"


@dataclass(frozen=True, slots=True)
class Reading:
    """One address, or why something is none.

    ``typed`` is that part of the text, without name and password; ``flags`` say what staff
    must know: credentials, mixed_scripts, punycode, ip, onion, short, cut, hidden_signs.
    """

    kind: str
    typed: str = ""
    canonical: str = ""
    domain: str = ""
    platform: str = ""
    flags: tuple[str, ...] = ()
    why: str = ""

    @property
    def shown(self) -> str:
        """The address as people see it: whole, and nothing that could be opened."""
        return defang(self.canonical)

    @property
    def key(self) -> str:
        """What is the same for the same address: neither scheme nor www. nor a last slash."""
        return re.sub(r"^https?://(?:www\.)?", "", self.canonical).rstrip("/")


class _NotReadable(Exception):
    """This is no address."""


def read(text: str, app: str = "") -> tuple[Reading, ...]:
    """Every address in a text, each once, in order; one reading of kind ``none`` if there is none.

    ``app`` is what else was said of where it is: a name without an address belongs there.
    """
    plain, hidden = _plain(text[:_READ])
    there = places.platform_called(app)
    found = [*_tokens(undefang(kept(plain)), there)] or [*_name_alone(plain.strip(), there)]
    if hidden:
        found = [replace(one, flags=(*one.flags, "hidden_signs")) for one in found]
    addresses: dict[str, Reading] = {}
    for one in found:
        if one.kind != "none":
            addresses.setdefault(one.key, one)
    if addresses:
        return tuple(addresses.values())
    return (found[0] if found else Reading("none", plain.strip()[:LONGEST], why=_why(plain)),)


def kept(text: str) -> str:
    """The text without what could be a file: the content of ``data:`` and long base64 (S6)."""
    return _BLOB.sub(_DROPPED, _DATA.sub(_DROPPED, text))


def host_in_letters(canonical: str) -> str:
    """The host as it is read by people, where it is written in another script; else nothing."""
    host = (urlsplit(canonical).hostname or "") if canonical.startswith("http") else ""
    if "xn--" not in host:
        return ""
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return ""


def _plain(text: str) -> tuple[str, bool]:
    """Without signs that are not seen; whether there were any (S9)."""
    shown = "".join(
        " " if unicodedata.category(sign) == "Cc" else sign
        for sign in text
        if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")
    )
    return shown, any(unicodedata.category(sign) == "Cf" for sign in text)


def _why(text: str) -> str:
    return "data" if kept(text) != text else "nothing"


def _tokens(text: str, there: Platform | None) -> Iterator[Reading]:
    for found in _TOKENS.finditer(text):
        reader = _READERS[found.lastgroup or ""]
        typed = _TRAILING.sub("", found[0])
        try:
            if reading := reader(typed, there):
                yield replace(reading, typed=_without_name(typed)[:LONGEST])
        except _NotReadable:
            yield Reading("none", _without_name(typed)[:LONGEST], why="unreadable")


def _name_alone(text: str, there: Platform | None) -> Iterator[Reading]:
    """A name without anything else, where the app is known."""
    is_name = re.fullmatch(r"[\w.-]{3,40}", text) and not text.isdigit()
    if there is not None and is_name and (reading := _account(text, there)):
        yield replace(reading, typed=text)


def _of_url(typed: str, there: Platform | None) -> Reading:
    if typed[:7].lower() == "magnet:":
        return _of_magnet(typed)
    flags: tuple[str, ...] = ()
    for _ in range(_ROUNDS):  # until nothing changes: what is left may end in signs again
        before = typed
        typed, more = _once(_TRAILING.sub("", undefang(typed)))
        flags += more
        if typed == before:
            break
    return _recognised(typed, tuple(dict.fromkeys(flags)))


def _once(url: str) -> tuple[str, tuple[str, ...]]:
    """One round of bringing an address into its canonical form, and what was seen."""
    scheme, rest = re.split(r":[/\\]+", url, maxsplit=1)
    scheme, rest = scheme.lower(), rest.replace("\\", "/")
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "", _port(parts.netloc)
    except ValueError:
        raise _NotReadable from None
    host, flags = _host(host)
    if "@" in parts.netloc:
        flags += ("credentials",)
    beyond = f":{port}" if port and port != _DEFAULT_PORTS.get(scheme) else ""
    query = "&".join(one for one in parts.query.split("&") if one and not _is_tracker(one))
    fragment = parts.fragment if places.keeps_fragment(host, parts.fragment) else ""
    path = _encoded(_without_dots(parts.path)) or "/"
    ends = (f"?{_encoded(query)}" if query else "") + (f"#{_encoded(fragment)}" if fragment else "")
    made, cut = _fitted(f"{scheme}://{host}{beyond}", path, ends)
    return made, (*flags, "cut") if cut else flags


def _port(netloc: str) -> int | None:
    digits = re.search(r":(\d{1,5})$", netloc.rpartition("@")[2])
    return int(digits[1]) if digits and 0 < int(digits[1]) < 65536 else None


def _host(host: str) -> tuple[str, tuple[str, ...]]:
    """A host in the form that goes over the wire, and what is strange about it."""
    host = host.lower().strip(".")
    if address := _ip(host):
        return address, ("ip",)
    if not host.isascii():
        mixed = ("mixed_scripts",) if any(map(_is_mixed, host.split("."))) else ()
        try:
            return idna.encode(host, uts46=True).decode(), ("punycode", *mixed)
        except (idna.IDNAError, UnicodeError):
            raise _NotReadable from None
    if not re.fullmatch(r"(?=.*\w)[\w-]+(?:\.[\w-]+)*", host):
        raise _NotReadable
    if host.endswith(".onion"):
        return host, ("onion",)
    return host, _strange(host) if "xn--" in host else ()


def _strange(host: str) -> tuple[str, ...]:
    letters = host_in_letters(f"https://{host}/")
    mixed = any(map(_is_mixed, letters.split(".")))
    return ("punycode", "mixed_scripts") if mixed else ("punycode",)


def _ip(host: str) -> str:
    """An address of a machine, also as one number or as hexadecimal; else nothing."""
    try:
        number = int(host, 0) if re.fullmatch(r"0x[0-9a-f]+|[1-9]\d{6,9}", host) else host
        address = ip_address(number)
    except ValueError:
        return ""
    return f"[{address.compressed}]" if address.version == 6 else address.compressed


def _is_mixed(label: str) -> bool:
    """Whether letters of several scripts stand in one label, as in a forged name."""
    names = (unicodedata.name(sign, "").partition(" ")[0] for sign in label if sign.isalpha())
    return len(set(names)) > 1


def _is_tracker(part: str) -> bool:
    return places.is_tracker(part.partition("=")[0].lower())


def _without_dots(path: str) -> str:
    """The path without ``.`` and ``..``; an empty part stays, for some servers count it."""
    found: list[str] = []
    for part in re.sub(r"%2e", ".", path, flags=re.IGNORECASE).split("/"):
        if part == "..":
            found = found[:-1] if len(found) > 1 else found
        elif part != ".":
            found.append(part)
    dangling = path.endswith(("/.", "/..")) and found[-1:] != [""]
    return "/".join([*found, ""] if dangling else found)


def _encoded(part: str) -> str:
    """Percent signs in one way: capitals, only where they are needed, and none left alone."""
    part = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    part = re.sub(r"%[0-9A-Fa-f]{2}", lambda found: _plainest(found[0]), part)
    return quote(part, safe="%/:?#@!$&'()*+,;=~").replace("://", "%3A//")


def _plainest(sign: str) -> str:
    letter = chr(int(sign[1:], 16))
    plain = letter.isascii() and (letter.isalnum() or letter in "-._~")
    return letter if plain else sign.upper()


def _fitted(origin: str, path: str, ends: str) -> tuple[str, bool]:
    """At most so many characters, cut where a part ends: a hotline takes no more."""
    whole = origin + path + ends
    if len(whole) <= LONGEST:
        return whole, False
    short = (origin + path)[:LONGEST].rpartition("/")[0] if len(origin + path) > LONGEST else ""
    return (short if len(short) > len(origin) else f"{origin}{path}"[:LONGEST]), True


def _of_magnet(typed: str) -> Reading:
    found = re.search(r"xt=urn:(\w+):(\w{16,128})", typed, re.IGNORECASE)
    if found is None:
        raise _NotReadable
    return Reading("url", canonical=f"magnet:?xt=urn:{found[1].lower()}:{found[2].lower()}")


def _recognised(url: str, flags: tuple[str, ...]) -> Reading:
    """What an address is: a page, or an account or a chat of a platform."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0] or parts.netloc
    if "ip" in flags:
        return Reading("url", canonical=url, domain=host, flags=flags)
    if places.is_short(host):
        flags += ("short",)
    there, domain = places.platform_at(host), places.domain_of(host)
    if there is None or "short" in flags:
        platform = there.id if there else ""
        return Reading("url", "", url, domain, platform, flags)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if (name := _first(there.account, parts.path, path)) and (reading := _account(name, there)):
        return replace(reading, flags=flags)
    kind = "chat" if _first(there.chat, parts.path, path) else "url"
    return Reading(kind, "", url, domain, there.id, flags)


def _first(patterns: Sequence[re.Pattern[str]], *paths: str) -> str:
    matches = (pattern.fullmatch(path) for pattern in patterns for path in paths)
    return next((found[1] for found in matches if found), "")


def _account(name: str, there: Platform | None) -> Reading | None:
    """An account by its name; written as its profile's address where there is one."""
    name = name.lower().strip(".-")
    if len(name) < 2:
        return None
    if there is None:
        return Reading("account", canonical=f"@{name}")
    if there.id == "whatsapp":
        return _number(name, there)
    if not there.profile or not (there.handles or name.isdigit()):
        return Reading("account", canonical=f"{there.id}:@{name}", platform=there.id)
    url = there.profile.format(quote(name, safe=""))
    domain = places.domain_of(urlsplit(url).hostname or "")
    return Reading("account", "", url, domain, there.id)


def _of_named(typed: str, there: Platform | None) -> Reading | None:
    app, _, name = typed.partition(":@")
    return _account(name, places.platform_called(app) or there)


def _of_handle(typed: str, there: Platform | None) -> Reading | None:
    return _account(typed[1:], there)


def _of_email(typed: str, there: Platform | None) -> Reading:
    name, _, host = typed.lower().partition("@")
    host, flags = _host(host)
    return Reading("email", "", f"{name}@{host}", places.domain_of(host), "", flags)


def _of_app(typed: str, there: Platform | None) -> Reading | None:
    """Addresses that open an app, in the form in which the web knows them."""
    scheme, _, rest = typed.partition(":")
    scheme = scheme.lower()
    if scheme == "mailto":
        found = re.match(r"[\w.+-]+@(?:[\w-]+\.)+[\w-]+", rest)
        return _of_email(found[0], there) if found else None
    if scheme == "tg" and (name := re.search(r"domain=(\w+)", rest)):
        return _account(name[1], places.PLATFORMS["telegram"])
    number = re.search(r"(?:%2B|\+)?\d[\d-]{5,}", rest)
    if number is None:
        raise _NotReadable
    return _number(number[0], places.PLATFORMS.get(scheme) or there)


def _of_phone(typed: str, there: Platform | None) -> Reading | None:
    return _number(typed, there)


def _number(typed: str, there: Platform | None) -> Reading | None:
    """A phone number with its country; Albanian mobile numbers may come without."""
    digits = re.sub(r"\D", "", typed.replace("%2B", "+"))
    if re.fullmatch(r"0?6[6-9]\d{7}", digits):
        digits = f"355{digits.lstrip('0')}"
    digits = digits.removeprefix("00")
    if not re.fullmatch(r"[1-9]\d{6,14}", digits):
        return None
    return Reading("phone", canonical=f"+{digits}", platform=there.id if there else "")


def _of_bare(typed: str, there: Platform | None) -> Reading | None:
    """A host without a scheme: only with an ending that is in use, or with something behind."""
    host, *behind = re.split(r"(?=[:/?#])", typed, maxsplit=1)
    host = host.strip(".").lower()
    if not _ip(host):
        last = host.rpartition(".")[2]
        known = places.is_public(host) and (bool(behind) or last not in places.FILES)
        if last.isdigit() or not (known or (behind and behind[0].startswith("/"))):
            return None
    return _of_url(f"https://{typed}", there)


def _none(why: str) -> Callable[[str, Platform | None], Reading]:
    return lambda typed, there: Reading("none", why=why)


_READERS: Mapping[str, Callable[[str, Platform | None], Reading | None]] = {
    "data": _none("data"),
    "file": _none("file"),
    "script": _none("script"),
    "url": _of_url,
    "app": _of_app,
    "named": _of_named,
    "email": _of_email,
    "handle": _of_handle,
    "bare": _of_bare,
    "phone": _of_phone,
}


def _without_name(typed: str) -> str:
    """What was typed, without the name and password before the host."""
    return re.sub(r"^([a-z0-9+.-]+:[/\\]+)[^/\\?#]*@", r"\1", typed, flags=re.IGNORECASE)
