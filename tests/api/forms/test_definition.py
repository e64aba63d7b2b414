"""The form as data: what is wrong in it stops the start, and its rules hold for every call."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.console.words import WORDS
from api.forms import definition
from api.forms.definition import FORM, FormBroken, load

TEXT = Path(definition.__file__).with_name("form.toml").read_text(encoding="utf-8")
DATA = ("child_self", "about_child", "question", "emergency")
REST = ("silent", "hung_up", "abusive", "thanks", "test")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "date"', 'kind = "guess"', "again_on: no such kind"),
        ('id = "gender"', 'id = "age"', "field named twice: age"),
        ('"girl", "boy"', '"girl", "girl"', "option of gender named twice"),
        ('"girl", "boy"', '"girl", "lad"', "no word for lad of form_gender"),
        ("\ntree = true", "\ntwig = true", "unknown key: twig"),
        ('is = "yes" }\nextra', 'is = "maybe" }\nextra', "waits for an answer"),
        ('"runaway", "lost"', '"other", "lost"', "option of categories named twice"),
        ('calls = ["about_child"]', 'calls = ["gossip"]', "no such call: gossip"),
        ('silent = "no_reply"', 'silent = "asleep"', "has one of the outcomes"),
        ("[tree]", "[bush]", "form.toml holds"),
    ],
)
def test_what_is_wrong_in_the_form_stops_the_start(old: str, new: str, said: str) -> None:
    """
    An unknown kind, a doubled id, an option without a word: named, and never offered.
    """
    assert old in TEXT

    with pytest.raises(FormBroken, match=said):
        load(TEXT.replace(old, new, 1))


def test_every_branch_of_the_tree_has_two_levels_and_ends_in_other() -> None:
    """
    The ten branches of Child Helpline International, each with unspecified/other.
    """
    assert list(FORM.tree) == [
        *("missing", "violence", "mental", "physical", "access", "discrimination"),
        *("family", "peers", "education", "sexuality"),
    ]
    assert set(FORM.field("categories").options) | set(FORM.tree) == set(WORDS["form_category"])
    assert all(leaves[-1] == "other" for leaves in FORM.tree.values())


@pytest.mark.parametrize("call", DATA)
def test_a_call_with_data_needs_category_technology_and_outcome(call: str) -> None:
    """
    Technology is asked apart from the categories: online abuse is mis-counted otherwise.
    """
    answers = {"call_type": (call,)}

    assert FORM.missing({}) == ("call_type", "categories", "technology", "outcome")
    assert FORM.missing(answers) == ("categories", "technology", "outcome")
    answers |= {"categories": ("peers.friends",), "technology": ("unsure",)}
    assert FORM.missing(answers) == ("outcome",)


@pytest.mark.parametrize("call", REST)
def test_a_call_without_data_needs_nothing_more(call: str) -> None:
    """
    Silent, hung up, abusive, thank-you and test are counted with one press.
    """
    answers = {"call_type": (call,)}

    assert FORM.missing(answers) == ()
    assert FORM.progress(answers) == (1, 1)
    assert FORM.outcome(answers) in WORDS["outcome"]


def test_progress_counts_what_the_call_asks_for() -> None:
    """
    How and at which hours count only when the child may be contacted again.
    """
    answers = {"call_type": ("child_self",), "again": ("no",)}
    done, total = FORM.progress(answers)

    assert (done, total) == (2, 16)
    assert FORM.progress({**answers, "again": ("yes",)}) == (2, 18)
    assert FORM.progress({**answers, "call_type": ("about_child",)}) == (2, 17)
