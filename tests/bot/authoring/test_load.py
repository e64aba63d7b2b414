"""What the loader makes of files."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.authoring import check, load
from bot.authoring.levels import (
    check_lix,
    check_mean,
    check_messages,
    check_options,
    lix_of,
    longest_sentence,
    words_in,
)
from bot.authoring.lines import lines_of
from bot.authoring.pages import Faults, Page
from bot.authoring.wording import spelled_numbers

GOOD = Path(__file__).parent / "good"


def test_a_library_reads_as_it_is_written() -> None:
    """
    Lessons, branches, words, numbers and lexicons arrive as the files say.
    """
    content = load(GOOD)

    lesson = content.lessons["sq"]["t14-help-8-10"]
    assert (lesson.band, lesson.tries[0].options[1].right) == ("8-10", True)
    journey = content.journeys["onboarding"]
    assert journey.turns["who"].go["help"] == "@help"
    assert journey.turns["who"].set == {"child": {"role": "child"}, "*": {"country": "al"}}
    assert journey.words["en"]["who"].say == {"all": ("Who are you?",)}
    assert content.phrases["en"]["disclosure.thank"]["adult"] == "Thank you for writing."
    assert content.services[0].number == "116 111"
    assert content.lexicons["sq"].data["rule"][0]["id"] == "kept"
    assert content.limits_version == "1"


def test_every_place_of_a_file_has_its_line() -> None:
    """
    Tables, arrays of tables, dotted and quoted keys, inline tables: each knows its line.
    """
    text = '''# a comment with = and [
a = "x # no comment"
[t."8-10"]
b.c = ["one",
  "two, with [ and {",   # said
]
[[try]]
o = [ { id = "a" },
      { id = "b", l = """
many ] lines""" } ]
[[try]]
o = 1
'''
    lines = lines_of(text)

    expected = {
        ("a",): 2,
        ("t", "8-10"): 3,
        ("t", "8-10", "b", "c"): 4,
        ("t", "8-10", "b", "c", 1): 5,
        ("try", 0): 7,
        ("try", 0, "o", 0, "id"): 8,
        ("try", 0, "o", 1, "l"): 9,
        ("try", 1): 11,
        ("try", 1, "o"): 12,
    }
    assert {path: lines.get(path) for path in expected} == expected


KEYS = st.text(st.characters(codec="ascii", exclude_characters='"\\\x7f', min_codepoint=32))
VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\')),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def written(value: object) -> str:
    """A value as TOML, arrays over several lines."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[\n" + "".join(f"{written(item)},\n" for item in value) + "]"
    assert isinstance(value, dict)
    return "{" + ", ".join(f'"{key}" = {written(item)}' for key, item in value.items()) + "}"


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_lines_are_found_in_any_file(data: dict[str, object]) -> None:
    """
    Whatever an author writes, as long as it is TOML, every key is found where it stands.
    """
    text = "".join(f'"{key}" = {written(value)}\n' for key, value in data.items())
    assert tomllib.loads(text) == data

    lines = lines_of(text)

    for key in data:
        assert text.split("\n")[lines[(key,)] - 1].startswith(f'"{key}" =')


def test_numbers_are_told_from_other_figures() -> None:
    """
    Telephone numbers are found; ages, days, years and prices are left alone.
    """
    said = "Thirr 129, 116 111 ose +355 69 123 4567; je 8-10, 11–13 vjeç, 22.11.2026, 5000 lekë."

    assert list(spelled_numbers(said, {"129"})) == ["129", "116 111", "+355 69 123 4567"]


def test_words_are_counted_as_a_child_reads_them() -> None:
    """
    Numbers count as they will stand there; dashes do not; quotes do not hide a full stop.
    """
    assert words_in("Telefono {child_helpline} – tani.") == 4
    assert longest_sentence("“Mos i thuaj.” Iliri hesht tani. Pse?") == 3


def test_a_lesson_is_measured_as_a_whole() -> None:
    """
    LIX is words in a sentence and the share of long ones; too hard for its band is told.
    """
    easy = ["Ana has a cat. The cat is red."] * 13
    hard = ["Responsible grandparents continuously investigate suspicious applications."] * 17
    page = Page("sq/lessons/x.toml", {}, {}, Faults())

    assert lix_of(easy) == 4.0
    assert lix_of(hard) == 106.0
    assert lix_of(hard[:16]) == 0.0  # too short to be measured
    for bubbles in (easy, hard):
        check_lix(page, bubbles, language="en", band="8-10")

    assert [fault.sentence for fault in page.faults.found] == [
        "It is hard to read: LIX 106. Shorten words and sentences until it is 25 or less."
    ]


def test_a_lesson_is_over_before_a_child_tires() -> None:
    """
    Sentences are short on average, messages few and the ways of a question countable: each
    ceiling is that of the age.
    """
    page = Page("sq/lessons/x.toml", {}, {}, Faults())
    even = ["One two three four five six seven eight nine."] * 12

    check_mean(page, even, "8-10")
    check_mean(page, even, "11-13")
    check_messages(page, 9, "8-10")
    check_messages(page, 9, "11-13")
    check_options(page, ("hook",), 4, "11-13")
    check_options(page, ("hook",), 4, "14-17")

    assert [fault.sentence for fault in page.faults.found] == [
        "Its sentences have 9.0 words on average. Cut the longest in two until it is 8 or less.",
        "The lesson takes 9 messages. Take out an idea or a try: 8 at most.",
        "The question has 4 options. Keep it to 3.",
    ]


def test_the_wanted_answer_is_not_given_away(tmp_path: Path) -> None:
    """
    A wanted answer that always stands at the same place is told in both languages.
    """
    root = shutil.copytree(GOOD, tmp_path / "content")
    for language in ("sq", "en"):
        path = root / language / "lessons/t14-help-8-10.toml"
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"(  \{ id = \"tell\".*\n)(  .*\n)", r"\2\1", text), "utf-8")

    assert [(fault.file, fault.line, fault.sentence) for fault in check(root)] == [
        (
            f"{language}/lessons/t14-help-8-10.toml",
            31,
            "The wanted answer always stands at place 2. Move it in one of before, quiz and "
            "reviews.",
        )
        for language in ("en", "sq")
    ]
