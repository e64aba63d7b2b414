"""How far a content folder is."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.authoring.pages import Faults, read_page
from bot.authoring.report import Report, as_json, as_text, report
from bot.authoring.reviews import fingerprint

GOOD = Path(__file__).parent / "good"
TODAY = date(2026, 11, 23)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the good library."""
    return Path(shutil.copytree(GOOD, tmp_path / "content"))


def change(root: Path, file: str, find: str, put: str) -> None:
    """Put something else into a file, once."""
    text = (root / file).read_text("utf-8")
    assert find in text
    (root / file).write_text(text.replace(find, put, 1), "utf-8")


def needs(found: Report, file: str) -> tuple[str, ...]:
    """Who has still to read a file."""
    return next((each.needs for each in found.unsigned if each.file == file), ())


def test_the_report_counts_what_there_is(root: Path) -> None:
    """
    Topics, lessons by band, guides, activities, journeys and phrases are counted by language.
    """
    (root / "en/guides/t14.toml").unlink()

    found = report(root, today=TODAY)

    assert found.counts["topics"] == {"sq": 1, "en": 1}
    assert found.counts["lessons 8-10"] == {"sq": 1, "en": 1}
    assert found.counts["guides"] == {"sq": 1, "en": 0}
    assert found.counts["journeys"] == {"sq": 4, "en": 4}
    assert found.counts["phrases"]["sq"] == found.counts["phrases"]["en"] > 0
    assert "lessons in all         6  of 108" in as_text(found)


def test_a_topic_that_was_added_counts_among_all(root: Path) -> None:
    """
    A topic beside the eighteen makes the whole larger: never are there more than all.
    """
    for language in ("sq", "en"):
        for path in sorted((root / language / "lessons").glob("t14-*")):
            shutil.copy(path, path.with_name(path.name.replace("t14", "t19")))

    assert "lessons in all        12  of 114" in as_text(report(root, today=TODAY))


def test_the_report_says_whose_eyes_a_text_needs(root: Path) -> None:
    """
    Every text needs an editor, an activity a teacher, what names a law a lawyer, what is said
    after a telling the helpline and a psychologist; what was signed needs them no more.
    """
    change(root, "en/guides/t14.toml", "Ask gently.", "Ask gently. The law helps.")
    lesson = "en/lessons/t14-help-8-10.toml"
    page = read_page(root, lesson, Faults())
    assert page is not None
    by = f'[{{ by = "A. B.", as = "editor", on = 2026-11-01, text = "{fingerprint(page)}" }}]'
    change(root, lesson, "reviewed = []", f"reviewed = {by}")

    found = report(root, today=TODAY)

    assert needs(found, lesson) == ()
    assert needs(found, "sq/lessons/t14-help-8-10.toml") == ("editor",)
    assert needs(found, "en/guides/t14.toml") == ("editor", "lawyer")
    assert needs(found, "en/activities/t14.toml") == ("editor", "teacher")
    assert set(needs(found, "en/phrases.toml")) == {"psychologist", "editor", "lawyer", "helpline"}
    assert "5 lessons" in as_text(found)


def test_the_hard_topics_are_signed_word_by_word(root: Path) -> None:
    """
    A psychologist signs every word of the topics on secrets, grooming, threats and the like.
    """
    for language in ("sq", "en"):
        for old in sorted((root / language).rglob("t14*.toml")):
            text = old.read_text("utf-8").replace("t14", "t06")
            old.with_name(old.name.replace("t14", "t06")).write_text(text, "utf-8")

    found = report(root, today=TODAY)

    assert needs(found, "sq/lessons/t06-help-8-10.toml") == ("psychologist", "editor")
    assert needs(found, "sq/guides/t06.toml") == ("psychologist", "editor")
    assert needs(found, "sq/lessons/t14-help-8-10.toml") == ("editor",)


def test_the_report_names_what_has_grown_old(root: Path) -> None:
    """
    A text that changed after its review, a number that nobody checked for 90 days, a picture
    that nobody has drawn: each is named; sections from elsewhere stand beside them.
    """
    by = 'reviewed = [{ by = "A. B.", as = "editor", on = 2026-11-01, text = "000000" }]'
    change(root, "sq/activities/t14.toml", "reviewed = []", by)
    change(root, "services.toml", "checked_on = 2026-11-22", "checked_on = 2026-01-22")
    for language in ("sq", "en"):
        lesson = f"{language}/lessons/t14-help-8-10.toml"
        change(root, lesson, 'picture = ""', 'picture = "t14-nowhere"')
        change(root, lesson, 'picture_text = ""', 'picture_text = "x"')

    found = report(root, today=TODAY, more={"Conversations": ["2 stand on t14-help-8-10"]})

    assert found.changed == ("sq/activities/t14.toml: since the editor read it on 2026-11-01",)
    assert found.undrawn == ("t14-nowhere",)
    assert [line.partition(": ")[0] for line in found.stale] == ["services.toml:7"]
    assert "Conversations\n  2 stand on t14-help-8-10" in as_text(found)
    assert json.loads(as_json(found))["undrawn"] == ["t14-nowhere"]
