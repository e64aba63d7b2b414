"""Transcripts as authors write them: what is wrong with one, and what none of them reaches."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes.lifeline import CONTENT

from bot import triage
from bot.coverage import Reach, covered
from bot.rehearsal import transcript_of
from bot.script import ScriptFault, begin, load_script, play
from bot.terminal import run_folder

GOOD = 'about = "x"\nstart = { band = "11-13", asked = "menu" }\n[[turn]]\ntap = "menu.lesson"\n'


def written(folder: Path, text: str, name: str = "one.toml") -> Path:
    """A transcript with these words in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def reached(path: Path) -> Reach:
    """What a transcript reaches."""
    reach = Reach()
    reach.add(play(load_script(path), "sq", CONTENT, triage.read))
    return reach


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('about = "x"\nturn = 3', "turn cannot be 3"),
        ('about = "x"\nturn = [3]', "turn 1 cannot be 3"),
        ('about = 1\n[[turn]]\nchild = "po"', "about cannot be 1"),
        (GOOD + 'bto = ["lessons.ask"]', "turn 1: bto is not known; did you mean bot?"),
        (GOOD + 'bot = "lessons.ask"', "turn 1: bot cannot be 'lessons.ask'"),
        (GOOD + 'later = "noon"', "turn 1: later cannot be 'noon'"),
        (GOOD + "days = true", "turn 1: days cannot be True"),
        (GOOD + 'helpline = "closed"', "'closed' is not a valid Helpline"),
        ("about = ", "Invalid value"),
    ],
)
def test_a_slip_in_a_transcript_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    """
    An entry that is not known, or of the wrong kind, does not silently do nothing: the
    transcript is refused in one sentence.
    """
    with pytest.raises(ScriptFault, match=r"^one\.toml: ") as refused:
        load_script(written(tmp_path, text))

    assert sentence in str(refused.value)


@pytest.mark.parametrize("start", ['{ told = "yes" }', "{ words = 3 }", "{ learned = [7] }"])
def test_a_start_that_no_conversation_has_is_refused(tmp_path: Path, start: str) -> None:
    """
    Where a conversation cannot stand as the transcript says, that is said too.
    """
    path = written(tmp_path, f'about = "x"\nstart = {start}\n[[turn]]\nchild = "po"')

    with pytest.raises(ScriptFault, match=r"^start: "):
        begin(load_script(path), "sq", CONTENT, triage.read)


MENU = 'about = "x"\nstart = { band = "11-13", asked = "menu" }\n'


def tapping(*presses: str) -> str:
    """A transcript of these presses, from the menu on."""
    return MENU + "".join(f'[[turn]]\ntap = "{press}"\n' for press in presses)


@pytest.mark.parametrize(
    ("presses", "sentence"),
    [
        (("menu.lesson", "t03", "startt"), 'turn 3: no button "startt" has been shown; did you'),
        (("lessons.t0333",), 'turn 1: no button "lessons.t0333" has been shown'),
        (("j:parents:nowhere.yes",), 'turn 1: no button "j:parents:nowhere.yes" has been shown'),
        (("go.homee",), 'turn 1: no button "go.homee" has been shown'),
        (("Fillo",), 'turn 1: no button "Fillo" has been shown'),
    ],
)
def test_a_press_on_a_button_that_there_is_not_is_refused(
    tmp_path: Path, presses: Sequence[str], sentence: str
) -> None:
    """
    A slip in the name of a button is told, with the name that was meant where one is near.
    """
    script = load_script(written(tmp_path, tapping(*presses)))

    with pytest.raises(ScriptFault) as refused:
        list(play(script, "sq", CONTENT, triage.read))

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    "presses",
    [
        ("menu.lesson", "t03", "lessons.t14"),  # shown before
        ("go.hide",),  # at any time
        ("danger.yes",),  # asked another day, in a chat that is still there
        ("t03-secrets-11-13/quiz.silent",),
        ("animal:wolf.wolf_green",),
    ],
)
def test_an_old_press_is_a_press(tmp_path: Path, presses: Sequence[str]) -> None:
    """
    What was shown before, what can be pressed at any time and every option of a question that
    there is may be pressed whenever a transcript wants it.
    """
    script = load_script(written(tmp_path, tapping(*presses)))

    assert len(list(play(script, "sq", CONTENT, triage.read))) == len(presses)


def test_a_forged_press_names_no_button(tmp_path: Path) -> None:
    """
    Whoever wants to know what a press on nothing brings says that it is one.
    """
    forged = MENU + '[[turn]]\nforged = "no/such.button"\nbot = ["stale.we_were_here", "menu.ask"]'
    written(tmp_path, forged)

    assert run(tmp_path)[0] == 0


def run(folder: Path, languages: Sequence[str] = ("sq", "en")) -> tuple[int, str, str]:
    """What running a folder returns, and what it prints."""
    out, err = io.StringIO(), io.StringIO()
    code = run_folder(folder, languages, CONTENT, out=out, err=err)
    return code, out.getvalue(), err.getvalue()


def test_a_folder_prints_only_what_failed(tmp_path: Path) -> None:
    """
    A folder of transcripts is run in both languages; what went as written prints nothing,
    and one that is wrong does not stop the others.
    """
    written(tmp_path, GOOD + 'bot = ["lessons.ask"]')
    assert run(tmp_path) == (0, "", "1 transcript in sq and en, 0 failed\n")

    (tmp_path / "below").mkdir()
    written(tmp_path / "below", GOOD + 'bot = ["menu.ask"]', "two.toml")
    written(tmp_path, "[[turn]]", "worse.toml")
    code, out, err = run(tmp_path, ["en"])

    assert code == 1
    assert out.splitlines() == [
        "below/two.toml (en): turn 1: expected ['menu.ask'], got ['lessons.ask']",
        "worse.toml (en): 'about' is missing; this is no transcript (see tests/transcripts)",
    ]
    assert err == "3 transcripts in en, 2 failed\n"


def test_a_folder_without_transcripts_is_no_success(tmp_path: Path) -> None:
    """
    Nothing that was run is nothing that went well.
    """
    with pytest.raises(ScriptFault, match="There is no transcript"):
        run(tmp_path)


def test_what_no_transcript_reaches_is_named(tmp_path: Path) -> None:
    """
    A node, a place and a question count as reached where they were asked or said, an option
    where it was taken, and everything else is named.
    """
    talk = """
        about = "x"
        [[turn]]
        start = true
        [[turn]]
        tap = "en"
        [[turn]]
        tap = "understood"
        """
    journeys, lessons, flows = covered(CONTENT, reached(written(tmp_path, talk)))

    assert {"j:onboarding:limits_more", "j:onboarding:age"} <= set(journeys.unasked)
    assert "j:onboarding:country" not in journeys.unasked
    assert "j:onboarding:language.sq" in journeys.untaken
    assert "j:onboarding:limits.understood" not in journeys.untaken
    assert len(lessons.unasked) == len(lessons.questions)
    assert "menu" in flows.unasked
    assert "  onboarding:language: sq" in list(journeys.lines())


def test_a_press_that_was_not_taken_reaches_nothing(tmp_path: Path) -> None:
    """
    An old button is no answer: its option still counts as one that nobody chose.
    """
    stale = GOOD.replace('"menu.lesson"', '"j:onboarding:country.al"')
    journeys = covered(CONTENT, reached(written(tmp_path, stale)))[0]

    assert "j:onboarding:country.al" in journeys.untaken


@pytest.mark.parametrize("name", ["t04-cyberbullying-8-10", "t06-threats-11-13"])
def test_a_transcript_of_a_lesson_reaches_every_place_of_it(tmp_path: Path, name: str) -> None:
    """
    What is written for an author goes as it says, in both languages, through the whole
    lesson and all that comes back of it.
    """
    path = written(tmp_path, transcript_of(name, CONTENT, triage.read))
    lessons = covered(CONTENT, reached(path))[1]

    assert run(tmp_path)[0] == 0
    assert [place for place in lessons.unasked if place.startswith(name)] == []


def test_a_transcript_of_no_lesson_is_refused() -> None:
    """
    A name that no lesson has is said to have none.
    """
    with pytest.raises(ScriptFault, match='There is no lesson "t99"'):
        transcript_of("t99", CONTENT, triage.read)
