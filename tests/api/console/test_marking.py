from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from api.console.marking import marked

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
MARKUP = st.text(alphabet="<>&\"'abë ", min_size=1, max_size=12)


@given(TEXT, st.lists(TEXT, max_size=4))
def test_marking_changes_no_character(text: str, evidence: list[str]) -> None:
    """
    S9: whatever a child writes, the page shows exactly that, and no tag but <mark>.
    """
    shown = str(marked(text, evidence))

    assert unescape(re.sub(r"</?mark>", "", shown)) == unescape(str(marked(text, [])))
    assert not re.search(r"<(?!/?mark>)", shown)


@given(MARKUP, MARKUP, MARKUP)
def test_words_around_evidence_stay_words(before: str, evidence: str, after: str) -> None:
    """
    S9: markup before, in and after the evidence is shown as it was written.
    """
    shown = str(marked(before + evidence + after, [evidence]))

    assert unescape(re.sub(r"</?mark>", "", shown)) == before + evidence + after
    assert not re.search(r"<(?!/?mark>)", shown)


@given(TEXT, st.data())
def test_what_stands_there_is_marked(text: str, data: st.DataObject) -> None:
    """
    Evidence taken from the text itself is found again.
    """
    words = re.findall(r"[a-zA-Z]{2,}", text)
    if not words:
        return
    word = data.draw(st.sampled_from(words))

    assert "<mark>" in marked(text, [word])


def test_accents_and_case_do_not_hide_evidence() -> None:
    """
    The triage folds spellings, so its evidence is found in the child's own spelling.
    """
    shown = marked("Më KËRCËNON me nje foto", ["me kercenon", "një foto"])

    assert shown == "<mark>Më KËRCËNON</mark> me <mark>nje foto</mark>"


def test_overlapping_evidence_is_one_mark() -> None:
    """
    Two rules on the same words give one mark, never a broken tag.
    """
    assert marked("kerkon para tani", ["kerkon para", "para tani"]) == (
        "<mark>kerkon para tani</mark>"
    )
