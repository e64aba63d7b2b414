"""Addresses are read however they were typed, and shown so that nobody opens them."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.addresses.defanging import defang, undefang
from api.addresses.reading import LONGEST, kept, read

KONTO = "https://www.instagram.com/konto.x"
READ = {
    "https://Example.COM:443/a/./b/../c/?utm_source=x&q=1&fbclid=y#top": (
        "url",
        "https://example.com/a/c/?q=1",
    ),
    "https://emri:fjala@example.com/x": ("url", "https://example.com/x"),
    "hxxps://foto-grup[.]example/a/77": ("url", "https://foto-grup.example/a/77"),
    "example.com/konto": ("url", "https://example.com/konto"),
    "http:\\\\example.com\\a": ("url", "http://example.com/a"),
    "http://3232235777/x": ("url", "http://192.168.1.1/x"),
    "https://[2001:DB8::1]:8443/a": ("url", "https://[2001:db8::1]:8443/a"),
    "abc2345.onion/x": ("url", "https://abc2345.onion/x"),
    "https://example.com./a": ("url", "https://example.com/a"),
    "https://mega.nz/folder/x#celes": ("url", "https://mega.nz/folder/x#celes"),
    "magnet:?xt=urn:btih:ABCDEF0123456789ABCD&dn=x": (
        "url",
        "magnet:?xt=urn:btih:abcdef0123456789abcd",
    ),
    "www.instagram.com/Konto.X/?igsh=abc&hl=en": ("account", KONTO),
    "tg://resolve?domain=kanali_x": ("account", "https://t.me/kanali_x"),
    "https://t.me/kanali_x/123": ("url", "https://t.me/kanali_x/123"),
    "t.me/+AbCdEf": ("chat", "https://t.me/+AbCdEf"),
    "chat.whatsapp.com/AbCdEfGhIjKlMnOpQrSt": (
        "chat",
        "https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrSt",
    ),
    "facebook.com/profile.php?id=1000123&mibextid=z": (
        "account",
        "https://www.facebook.com/1000123",
    ),
    "wa.me/355691234567": ("phone", "+355691234567"),
    "069 123 4567": ("phone", "+355691234567"),
    "+355 (0) 69 123-4567".replace("(0) ", ""): ("phone", "+355691234567"),
    "Emri.X@Example.com": ("email", "emri.x@example.com"),
    "roblox:@konto_x": ("account", "roblox:@konto_x"),
    "@konto.x": ("account", "@konto.x"),
}
NONE = {
    "": "nothing",
    "një grup me emër të çuditshëm": "nothing",
    "mos.shko": "nothing",
    "foto.zip": "nothing",
    "3.5 orë": "nothing",
    "data:image/png;base64,iVBORw0KGgo=": "data",
    "QUJD" * 100: "data",
    "C:\\Users\\x\\foto.jpg": "file",
    "file:///home/x/foto.jpg": "file",
    "/storage/emulated/0/DCIM/foto.jpg": "file",
    "javascript:alert(1)": "script",
    "https://": "unreadable",
    "https://a!b.example/": "unreadable",
}


@pytest.mark.parametrize("typed", READ)
def test_one_address_is_read_in_one_form(typed: str) -> None:
    """
    Trackers, ports, passwords, capitals and dots do not make another address of the same one.
    """
    [found] = read(typed)

    assert (found.kind, found.canonical) == READ[typed]


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_address_says_why(typed: str) -> None:
    """
    Files, places on a device, programs and plain words are no addresses, and say so (S6).
    """
    [found] = read(typed)

    assert (found.kind, found.why, found.canonical) == ("none", NONE[typed], "")


@pytest.mark.parametrize(
    ("typed", "app"),
    [("@Konto.X", "instagram"), ("konto.x", "Instagram"), (KONTO, ""), (f"{KONTO}/?hl=sq", "")],
)
def test_a_name_and_a_profile_are_one_account(typed: str, app: str) -> None:
    """
    An account is the same whether its name or the address of its profile was typed.
    """
    [found] = read(typed, app)

    assert (found.canonical, found.platform) == (KONTO, "instagram")


def test_several_addresses_in_one_text_are_each_read_once() -> None:
    """
    A message with several addresses gives them in order, without the signs around them.
    """
    text = (
        "Shiko (https://a.example.com/x), pastaj http://b.example.org; www.a.example.com/x/ dhe @ai"
    )

    assert [one.canonical for one in read(text)] == [
        "https://a.example.com/x",
        "http://b.example.org/",
        "@ai",
    ]


def test_a_password_in_an_address_is_kept_nowhere() -> None:
    """
    Name and password before the host are left out of all that is kept, and staff are told.
    """
    [found] = read("https://emri:fjala-e-fshehte@example.com/x")

    assert "credentials" in found.flags
    assert "fshehte" not in repr(found)


def test_forged_letters_are_pointed_out() -> None:
    """
    A name that mixes scripts is marked, and shown in the form that goes over the wire.
    """
    [found] = read("http://аррle.com/")

    assert found.canonical.startswith("http://xn--")
    assert {"punycode", "mixed_scripts"} <= set(found.flags)


def test_hidden_signs_change_no_address() -> None:
    """
    Marks of direction and signs without width are left out, and staff are told (S9).
    """
    [found] = read("https://exa\u200bmple.com/\u202ex")

    assert found.canonical == "https://example.com/x"
    assert found.flags == ("hidden_signs",)


def test_five_thousand_characters_are_cut_where_hotlines_stop() -> None:
    """
    No canonical form is longer than a hotline takes, and what was cut is said.
    """
    for typed in ("https://example.com/" + "a" * 5000, "https://example.com/p?q=" + "a/" * 2500):
        [found] = read(typed)
        assert found.canonical.startswith("https://example.com/")
        assert len(found.canonical) <= LONGEST
        assert "cut" in found.flags


def test_domains_are_those_that_somebody_registered() -> None:
    """
    Under ``gov.al`` and ``co.uk`` the name before counts; of a machine its number.
    """
    domains = [
        read(f"https://{host}/")[0].domain
        for host in ("a.b.example.co.uk", "x.example.gov.al", "m.example.com", "192.0.2.7")
    ]

    assert domains == ["example.co.uk", "example.gov.al", "example.com", "192.0.2.7"]


def test_reading_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No list of endings and no page is fetched, whatever is read.
    """

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert read("https://bit.ly/abc, example.quitenew/x")[0].flags == ("short",)


def test_data_leaves_nothing_of_itself() -> None:
    """
    Of a pasted file only the word stands, and the words around it stay (S6).
    """
    text = f"shiko data:image/png;base64,{'QUJD' * 80} këtu {'QUJD' * 60} fund"

    assert kept(text) == "shiko [data] këtu [data] fund"


TYPED = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="ahtps:/\\.@?#&=%+-_[](){}<>,;!~ 0e1xnçëа\u200b\n", max_size=120),
    st.builds(
        lambda head, tail: head + tail,
        st.sampled_from(
            ["https://", "http:\\", "hxxp[:]//", "www.", "@", "+355", "t.me/", "tg://"]
        ),
        st.text(max_size=120),
    ),
    st.builds(
        lambda path, query, end: f"https://example.com/{path}?{query}#{end}",
        st.text(max_size=60),
        st.text(max_size=60),
        st.text(max_size=20),
    ),
)


@given(TYPED)
@example("https://e.com/a(%2E)b")
@example("https://e.com/-%68xxp://x")
@example("https://e.com/a.?utm_source=x")
@example("https://e.com/%")
def test_the_canonical_form_stays_itself(text: str) -> None:
    """
    Whatever is typed is read without a fault, and a canonical form read again is the same.
    """
    for found in read(text):
        if found.kind != "none":
            assert [one.canonical for one in read(found.canonical)] == [found.canonical]
            assert len(found.canonical) <= LONGEST


@given(TYPED)
def test_what_is_shown_cannot_be_opened_and_loses_nothing(text: str) -> None:
    """
    A defanged address holds nothing that a mail program links, and leads back to itself (S10).
    """
    for found in read(text):
        if found.kind != "none":
            shown = found.shown
            assert undefang(shown) == found.canonical
            assert not re.search(r"\b(?:https?|ftps?|tg|magnet|mailto):", shown)
            assert not re.search(r"\w\.\w|\w@\w", shown)
            assert urlsplit(shown.partition("[")[0]).scheme in ("", "hxxp", "hxxps")


@given(st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9/._~-]{0,40}", fullmatch=True))
def test_defanging_is_undone_without_a_loss(address: str) -> None:
    """
    Defanged and back is the same address.
    """
    assert undefang(defang(address)) == address
