"""Addresses in what somebody types, pastes or passes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.addresses import AT_MOST, KEPT, defanged, find, is_one_of

PAGES = [
    ("https://kanali.example.com/dhoma?x=1", "https://kanali.example.com/dhoma?x=1"),
    ("shiko https://example.com/a?b=(1)), ok", "https://example.com/a?b=(1)"),
    ("(https://user:pass@xn--e1afmkfd.com:8080/x#y).", "https://user:pass@xn--e1afmkfd.com:8080/x#y"),
    ("https://example.com/?utm_source=x&fbclid=y", "https://example.com/?utm_source=x&fbclid=y"),
    ("me dërgoi t.me/dhoma_9!", "t.me/dhoma_9"),
    ("“www.example.com”", "www.example.com"),
    ("shqipëri.al", "shqipëri.al"),
    ("hxxps://example[.]com/x", "hxxps://example[.]com/x"),
    ("shiko:https://example.com", "https://example.com"),
    ("viber://chat?number=1", "viber://chat?number=1"),
    ("https://invite.viber.com/?g2=abc", "https://invite.viber.com/?g2=abc"),
    ("chat.whatsapp.com/AbC", "chat.whatsapp.com/AbC"),
    ("93.184.216.34/x", "93.184.216.34/x"),
    ("example.onion", "example.onion"),
]  # fmt: skip
NONE = [
    *("p.sh. kështu", "116 111. thirr", "nuk e di.si behet", "erdhi ora 12.30.", "dhe/ose"),
    *("etj.etj", "ok.Faleminderit", "foto.jpg", "dokument.pdf", "1.2.3.4", "http://", "https"),
    *("t.me", "a.b.c", "C:\\Users\\une\\foto.example.com", "/home/une/x.com"),
    *("file:///sdcard/x.com", "~/x.com", "data:image/png;base64,iVBORw0KGgo="),
    *("data:text/html,https://example.com", "javascript:alert(1)"),
    *("blob:https://example.com/9", "content://media/external/1", "unë@", "@unë_9", "", "…"),
    *("a@example.com"),
]  # fmt: skip
ACCOUNTS = ["@llogari_9", "dikush@example.com", "+355 69 000 0000", "069 000 0000", "0035569000000"]
WORDS = st.sampled_from(
    ["kur", "më", "shkroi", "një", "burrë", "p.sh.", "dhe", "s'di,", "pse?", "116", "111.", "Jo!"]
)


@pytest.mark.parametrize(("text", "address"), PAGES)
def test_a_page_is_found_as_it_was_typed(text: str, address: str) -> None:
    """A page, channel or invitation is found among words, without the sentence around it."""
    assert find(text) == (address,)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_page_is_not_found(text: str) -> None:
    """Full stops, hours, files of a phone and ``data:`` are no addresses."""
    assert find(text) == ()


@pytest.mark.parametrize("account", ACCOUNTS)
def test_accounts_are_found_where_an_address_was_asked_for(account: str) -> None:
    """An account, an e-mail address or a number counts in a report, and nowhere else."""
    text = f"është {account} dhe thirra 116 111, 129"

    assert find(text, everything=True) == (account,)
    assert find(text) == ()


def test_several_of_one_message_are_found_once_each() -> None:
    """In order, without repeats, also where they were glued together."""
    text = "https://example.com/a,https://example.com/b t.me/x https://example.com/a"

    assert find(text) == ("https://example.com/a", "https://example.com/b", "t.me/x")


def test_no_message_brings_more_than_a_report_can_hold() -> None:
    """Five thousand characters are cut, and of a hundred addresses fifty are taken."""
    many = " ".join(f"https://example.com/{number}" for number in range(100))

    assert len(find(many)) == AT_MOST
    assert len(find("https://example.com/" + "a" * 5_000)[0]) == KEPT


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=12), st.sampled_from(PAGES))
def test_what_was_planted_between_words_is_found(
    before: list[str], after: list[str], page: tuple[str, str]
) -> None:
    """Whatever stands around it, an address is found, and nothing else is."""
    text = " ".join([*before, page[1], *after])

    assert find(text) == (page[1],)
    assert find(text, everything=True) == (page[1],)


@given(st.text(alphabet=st.sampled_from("ab1.:/@,;|()[]<>?#+-_ %ë\\\n\u200b🙂"), max_size=400))
def test_nothing_makes_the_finder_stumble(text: str) -> None:
    """Any text is read, and what is found stands in it."""
    assert all(each in text for each in find(text, everything=True))


@pytest.mark.parametrize(
    "piece", ["a.", "http://", "@a.", "x)", "+35 ", "a,", "1 ", "[.]", "https:"]
)
def test_a_hundred_thousand_characters_are_read_at_once(piece: str) -> None:
    """A long paste holds nobody up: the work grows with the text and no faster (S50)."""
    find(piece * (100_000 // len(piece)), everything=True)


def test_pages_of_ours_and_of_services_are_known() -> None:
    """The pages that Sigurt names itself are not offered to be reported; look-alikes are."""
    pages = ["https://www.alo116.al", "https://help.example.com/kids/guide"]

    assert is_one_of("alo116.al/kontakt", pages)
    assert is_one_of("https://help.example.com/kids/guide?x=1", pages)
    assert not is_one_of("https://help.example.com/kids/guide2", pages)
    assert not is_one_of("https://alo116.al.example.com", pages)
    assert not is_one_of("https://alo116.al@example.com/", pages)


def test_an_address_that_is_shown_cannot_be_pressed() -> None:
    """No scheme, no dot and no @ that an app would make a link of."""
    assert defanged("https://me@example.com/a.b") == "hxxps://me[@]example[.]com/a[.]b"
    assert defanged("t.me/x") == "t[.]me/x"
