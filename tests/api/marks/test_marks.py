"""Staff tell the triage where it was wrong; what they tell holds no words."""

from __future__ import annotations

import pytest
from fakes.desk import deeds, hire, seated
from fakes.helpline import Helpline, message
from fakes.marking import LOUD, TOLD, Case, exported

from api.audit.service import check
from api.rights.gate import RULES


async def test_a_missed_message_is_kept_without_its_words(case: Case) -> None:
    """
    U9: a mark holds what the triage had said and what staff say, and never the text.
    """
    lead = await case.seat("lindita", "supervisor")

    mark_id = await case.marks_quiet(lead)

    [line] = await exported(lead)
    assert line == {
        "id": mark_id,
        "lang": "sq",
        "author": "child_11_13",
        "severity": "disclosure",
        "category": "grooming",
        "marked": "missed",
        "was": {"severity": "none", "category": None, "score": None, "rules": []},
        "marked_at": "2026-11-20T14:30:00.000Z",
    }
    assert line["id"] not in (case.contact_id, case.quiet)


async def test_a_false_alarm_says_which_rules_cried(case: Case) -> None:
    """
    U9: of a contact that was not what it seemed, the rules, the category and the score count.
    """
    lead = await case.seat("lindita", "supervisor")

    await lead.post(case.path("/marks"), {"severity": "none", "category": "bullying"})

    [line] = await exported(lead)
    assert (line["marked"], line["severity"], line["category"]) == ("false_alarm", "none", "none")
    assert line["was"] == {
        "severity": "disclosure",
        "category": "self_harm",
        "score": 0.9,
        "rules": ["sq.keep-secret"],
    }


async def test_the_newest_mark_counts_and_can_be_undone(case: Case) -> None:
    """
    U9, S44: one mark a message; what was marked before, and what was undone, is in the trail.
    """
    elira, lead = await case.seat("elira"), await case.seat("lindita", "supervisor")
    await case.marks_quiet(elira)
    await case.marks_quiet(lead, severity="emergency")

    [line] = await exported(lead)
    assert line["severity"] == "emergency"
    await elira.post(case.path("/marks/undo"), {"message": case.quiet})
    assert await exported(lead) == []
    assert (await elira.post(case.path("/marks/undo"))).status_code == 404
    made = [what for _, what in deeds(case.helpline) if what.startswith("mark.")]
    assert made == ["mark.made", "mark.made", "mark.undone"]
    with case.helpline.database.read() as session:
        assert check(session, case.helpline.vault) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"severity": "none", "category": "none"},
        {"severity": "disclosure", "category": "none"},
        {"severity": "disclosure", "category": "=cmd()"},
        {"severity": "grave", "category": "grooming"},
    ],
    ids=str,
)
async def test_a_mark_that_says_nothing_is_refused(case: Case, fields: dict[str, str]) -> None:
    """
    A miss is graver than what was read, and names a kind of harm that the triage knows.
    """
    elira = await case.seat("elira")

    answer = await elira.post(case.path("/marks"), {"message": case.quiet, **fields})

    assert answer.status_code == 422
    assert "Zgjidhni një shkallë" in answer.text


async def test_an_alarm_that_is_right_is_no_false_alarm(case: Case) -> None:
    """
    The same as the triage said, or graver, is refused as a false alarm.
    """
    elira = await case.seat("elira")

    for severity in ("disclosure", "emergency"):
        fields = {"severity": severity, "category": "self_harm"}
        assert (await elira.post(case.path("/marks"), fields)).status_code == 422


async def test_only_what_the_child_wrote_is_marked(helpline: Helpline) -> None:
    """
    A counsellor's message, a note, a press, a picture and what is elsewhere cannot be marked.
    """
    kinds = [message("", kind=kind) for kind in ("note", "choice", "media_offered")]
    contact_id = await helpline.opens(messages=kinds)
    other = message("hej")
    await helpline.opens(messages=[other])
    elira = await seated(helpline, hire(helpline))
    path = f"/contacts/{contact_id}"
    await elira.post(f"{path}/claim")
    await elira.post(f"{path}/reply", {"text": "Të besoj.", "key": "k1"})
    page = (await elira.get(path)).text
    [said] = [part.split('"')[0] for part in page.split('<p class="msg out" id="m-')[1:]]

    for message_id in (said, other["message_id"], "none", *(kind["message_id"] for kind in kinds)):
        fields = {"message": message_id, "severity": "disclosure", "category": "grooming"}
        assert (await elira.post(f"{path}/marks", fields)).status_code == 422
        assert (
            'id="hm"'
            not in (await elira.get(f"{path}?mark={message_id}")).text.split('id="mark"')[1]
        )
    assert "mark.made" not in [what for _, what in deeds(helpline)]


def test_who_may_not_read_a_contact_may_not_mark_it() -> None:
    """
    S24: every right on a contact's marks and their words is within the right to read it.
    """
    readers = RULES["contact.read"].roles
    of_marks = ("contact.mark", "mark.read", "mark.propose", "mark.take_back", "mark.release")

    assert all(RULES[action].roles <= readers for action in of_marks)


async def test_marking_is_refused_to_others(case: Case) -> None:
    """
    S24, S44: an administrator cannot mark, undo or open the words; the refusal is recorded.
    """
    elira, ana = await case.seat("elira"), await case.seat("ana", "administrator")
    mark_id = await case.marks_quiet(elira)
    before = len(deeds(case.helpline))

    for path in ("/marks", "/marks/undo"):
        fields = {"message": case.quiet, "severity": "disclosure", "category": "grooming"}
        assert (await ana.post(case.path(path), fields)).status_code == 403
    assert (await ana.get(f"/marks/{mark_id}")).status_code == 403
    assert [what for _, what in deeds(case.helpline)[before:]] == ["refused"] * 3


async def test_the_desk_shows_quietly_what_was_seen(case: Case) -> None:
    """
    Each message tells on demand which words met which rule; a mark and its author stand there.
    """
    elira = await case.seat("elira")
    await case.marks_quiet(elira)

    page = (await elira.get(case.path())).text

    loud = page.split(f'id="s-{case.loud}"')[1].split("</details>")[0]
    quiet = page.split(f'id="s-{case.quiet}"')[1].split("</details>")[0]
    assert "mos i trego" in loud
    assert "sq.keep-secret" in loud
    assert "Nuk u gjet asnjë rregull." in quiet
    assert "I shpëtoi triazhit: Ka treguar" in quiet
    assert "Elira" in quiet
    assert " open" not in loud.split(">")[0]


async def test_marks_stay_on_a_contact_that_ended(case: Case) -> None:
    """
    What is seen only afterwards can still be marked, by whoever reads.
    """
    elira, genti = await case.seat("elira"), await case.seat("genti")
    await elira.post(case.path("/claim"))
    await elira.post(case.path("/end"))

    await case.marks_quiet(genti)

    assert LOUD["text"] in (await genti.get(case.path())).text
    assert TOLD in (await genti.get(case.path())).text
