"""The contact form: saved as it is typed, never by two at once unseen, finished when whole."""

from __future__ import annotations

import asyncio

import pytest
from fakes.desk import deeds, hire, seated
from fakes.forms import WHOLE, Paper, stored
from fakes.helpline import Helpline, message

HOSTILE = (
    '<script>alert(1)</script> =HYPERLINK("https://evil.example") \u202eabc\u202c https://x.example'
)
REST = ("silent", "hung_up", "abusive", "thanks", "test")


async def claimed(helpline: Helpline, **change: object) -> tuple[Paper, str]:
    """A form of a contact that Elira has."""
    contact_id = await helpline.opens(**{"category": "sextortion", **change})
    elira = await seated(helpline, hire(helpline))
    await elira.post(f"/contacts/{contact_id}/claim")
    return Paper(elira, contact_id, "tab-one"), contact_id


def kept(helpline: Helpline, contact_id: str) -> dict[str, tuple[str, ...]]:
    return stored(helpline.database, helpline.vault, contact_id)


async def test_what_is_typed_is_kept_and_closes_the_contact_when_whole(either: Helpline) -> None:
    """
    Autosave answers with the version; the whole form closes the contact, on both databases.
    """
    paper, contact_id = await claimed(either)
    await paper.opens()

    answer = await paper.saves(call_type="child_self", summary="E tremb dikush.")
    assert (answer.status_code, answer.headers["X-Form-Version"]) == (204, "1")
    assert kept(either, contact_id)["summary"] == ("E tremb dikush.",)
    done = await paper.finishes(**WHOLE, summary="E tremb dikush.")

    assert done.status_code == 303
    assert kept(either, contact_id)["categories"] == ("violence.online_sexual", "mental.fear")
    types = await either.types()
    assert types.count("contact.closed") == 1  # the talk that still ran ended with it
    assert ("staff:1", "contact.form_written") in deeds(either)
    page = (await paper.browser.get(f"/contacts/{contact_id}")).text
    assert 'id="contactform"' not in page
    assert "E tremb dikush." in page


@pytest.mark.parametrize("gone", ["call_type", "categories", "technology", "outcome"])
async def test_what_is_missing_is_said_and_what_was_typed_stays(
    helpline: Helpline, gone: str
) -> None:
    """
    An unfinished form closes nothing, names the field, and keeps the rest.
    """
    paper, contact_id = await claimed(helpline)
    part = {name: value for name, value in WHOLE.items() if name != gone}

    answer = await paper.finishes(**part, note="mbetet")

    assert answer.status_code == 422
    assert f'href="#form-{gone}"' in answer.text
    assert kept(helpline, contact_id)["note"] == ("mbetet",)
    assert "contact.closed" not in await helpline.types()


@pytest.mark.parametrize("call", REST)
async def test_one_press_closes_a_contact_that_has_no_data(helpline: Helpline, call: str) -> None:
    """
    Silent, hung up, abusive, thank-you and test count, and nothing else is asked.
    """
    paper, contact_id = await claimed(helpline)

    answer = await paper.finishes(call=call)

    assert answer.status_code == 303
    assert kept(helpline, contact_id) == {"call_type": (call,)}
    assert (await paper.saves(call_type="child_self")).status_code in (403, 409)


async def test_an_older_page_never_overwrites_a_newer_one(helpline: Helpline) -> None:
    """
    Two tabs: the later save is refused, shows the newer form, and keeps one's own beside it.
    """
    paper, contact_id = await claimed(helpline)
    other = Paper(paper.browser, contact_id, "tab-two")
    await paper.saves(call_type="child_self", summary="e para")

    late = await other.saves(call_type="question", summary="e dyta")

    assert late.status_code == 409
    assert kept(helpline, contact_id)["summary"] == ("e para",)
    assert "e para" in late.text
    assert "e dyta" in late.text
    other.reads(late.text)
    both = {"summary": "e para", "mine.summary": "e dyta", "mine.take": ["summary"]}
    assert (await other.saves(call_type="child_self", **both)).status_code == 204
    assert kept(helpline, contact_id)["summary"] == ("e dyta",)


async def test_a_save_sent_twice_or_too_late_changes_nothing(helpline: Helpline) -> None:
    """
    A lost answer is sent again without a quarrel; one overtaken by its own page is dropped.
    """
    paper, contact_id = await claimed(helpline)
    await paper.saves(summary="një")
    paper.version = "0"  # its answer was lost
    again = await paper.saves(summary="një dy")
    paper.turn = 0

    late = await paper.saves(summary="një")

    assert (again.status_code, late.status_code) == (204, 204)
    assert kept(helpline, contact_id)["summary"] == ("një dy",)


async def test_two_saves_at_once_leave_one_and_refuse_the_other(either: Helpline) -> None:
    """
    Of two pages that save in the same instant one is stored whole, on both databases.
    """
    paper, contact_id = await claimed(either)
    other = Paper(paper.browser, contact_id, "tab-two")

    answers = await asyncio.gather(paper.saves(summary="a"), other.saves(summary="b"))

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert kept(either, contact_id)["summary"] in (("a",), ("b",))


async def test_a_half_filled_form_goes_with_the_contact(helpline: Helpline) -> None:
    """
    At shift end the contact goes back; who takes it finds the form, who had it writes no more.
    """
    paper, contact_id = await claimed(helpline)
    await paper.saves(call_type="child_self", summary="gjysma")
    await paper.browser.post(f"/contacts/{contact_id}/return")
    genti = await seated(helpline, hire(helpline, "genti", "Genti"))
    await genti.post(f"/contacts/{contact_id}/claim")
    successor = Paper(genti, contact_id, "tab-g")

    assert "gjysma" in await successor.opens()
    assert (await successor.saves(summary="e plotë")).status_code == 204
    late = await paper.saves(summary="vonë")

    assert late.status_code in (403, 409)
    assert kept(helpline, contact_id)["summary"] == ("e plotë",)


async def test_nothing_suggested_counts_before_it_is_taken(helpline: Helpline) -> None:
    """
    What triage and bot knew is shown, not stored; one press takes it, and 14–17 suggests no age.
    """
    paper, contact_id = await claimed(helpline, band="14-17", messages=[message("hej")])
    page = await paper.opens()
    assert 'value="all"' in page

    await paper.saves(summary="vetëm kjo")
    assert kept(helpline, contact_id) == {"summary": ("vetëm kjo",)}
    await paper.saves(summary="vetëm kjo", accept="all")

    assert kept(helpline, contact_id) == {
        "call_type": ("child_self",),
        "categories": ("violence.online_sexual",),
        "technology": ("yes",),
        "summary": ("vetëm kjo",),
    }


@pytest.mark.parametrize("text", [HOSTILE, "a" + "\u0301" * 9_999, "  \n  x\n\n", "\u202e\u2066"])
async def test_texts_are_kept_as_they_were_typed_and_shown_inert(
    helpline: Helpline, text: str
) -> None:
    """
    Markup, formulas, bidirectional marks and a thousand accents come back unchanged, as words.
    """
    paper, contact_id = await claimed(helpline)

    assert (await paper.saves(summary=text)).status_code == 204
    page = await paper.opens()

    assert kept(helpline, contact_id)["summary"] == (text,)
    assert "<script>alert" not in page
    assert '<a href="https://' not in page


async def test_a_text_too_long_is_said_and_nothing_is_cut(helpline: Helpline) -> None:
    """
    More than 10,000 characters are refused whole: half a sentence would be a lie.
    """
    paper, contact_id = await claimed(helpline)
    await paper.saves(summary="më parë")

    answer = await paper.saves(summary="a" * 10_001)

    assert answer.status_code == 422
    assert kept(helpline, contact_id)["summary"] == ("më parë",)


@pytest.mark.parametrize(
    "fields",
    [
        {"call_type": "gossip"},
        {"categories": ["violence"]},
        {"again_on": "31 nëntor"},
        {"again_hours.from": "25:00", "again_hours.to": "26:00"},
        {"call_type": ["child_self", "question"]},
        {"version": "-1"},
        {"mine.take": ["password"]},
    ],
)
async def test_an_answer_that_the_form_does_not_know_is_refused(
    helpline: Helpline, fields: dict[str, object]
) -> None:
    """
    A form made by hand stores nothing.
    """
    paper, contact_id = await claimed(helpline)

    assert (await paper.saves(**fields)).status_code == 422
    assert kept(helpline, contact_id) == {}


async def test_only_the_writer_saves_and_readers_read(helpline: Helpline) -> None:
    """
    A supervisor reads the form of another's contact and cannot write it; nothing is lost.
    """
    paper, contact_id = await claimed(helpline)
    await paper.saves(summary="për ty")
    lead = await seated(helpline, hire(helpline, "lindita", "Lindita", "supervisor"))

    page = (await lead.get(f"/contacts/{contact_id}")).text
    stranger = Paper(lead, contact_id, "tab-l")

    assert "për ty" in page
    assert 'id="contactform"' not in page
    assert (await stranger.saves(summary="tjetër")).status_code == 403
    assert (await lead.get(f"/contacts/{contact_id}/form")).status_code == 403
    assert kept(helpline, contact_id)["summary"] == ("për ty",)


async def test_a_form_outlives_closing_and_reopening(helpline: Helpline) -> None:
    """
    When the contact is opened again, what was written is there, and is written on.
    """
    paper, contact_id = await claimed(helpline)
    await paper.finishes(**WHOLE)
    await helpline.says(contact_id, "prapë unë")

    await paper.browser.post(f"/contacts/{contact_id}/claim")
    page = await paper.opens()

    assert "checked> " in page
    assert kept(helpline, contact_id)["outcome"] == ("advice",)
    assert (await paper.saves(**{**WHOLE, "outcome": "referred_other"})).status_code == 204
