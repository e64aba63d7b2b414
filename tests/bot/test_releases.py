"""The content has versions: kept, taken back, and never left for one that cannot be played."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes.talk import FakeHelpline

from bot.alarms import Alarms
from bot.app import create_app
from bot.authoring import ContentFault
from bot.editions import Editions, Watch, at_start, edition_of
from bot.releases import KEPT, NoRelease, Shelf, version_of
from bot.settings import Settings

GOOD = Path(__file__).resolve().parents[2] / "content"
PHRASE = "sq/phrases.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """
    A content folder in which an author writes.
    """
    return Path(shutil.copytree(GOOD, tmp_path / "content"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """
    The data folder of a service.
    """
    return tmp_path / "var"


def change(folder: Path) -> None:
    """
    Say one more phrase, in both languages.
    """
    for language, words in (("sq", "Po tani?"), ("en", "And now?")):
        with (folder / language / "phrases.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n["menu.other"]\nall = "{words}"\n')


def spoil(folder: Path) -> None:
    """
    Leave a file in the middle of a word.
    """
    path = folder / PHRASE
    path.write_bytes(path.read_bytes()[:-3])


def said(data: Path, folder: Path) -> set[str]:
    """
    The phrases that a process which starts now can say.
    """
    return set(edition_of(data, folder).content.phrases["sq"])


def test_a_changed_word_is_another_version(folder: Path) -> None:
    """
    The version names what is said: it changes with a word, and comes back with it.
    """
    before = version_of(folder)
    change(folder)
    changed = version_of(folder)
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)

    assert changed != before == version_of(folder)


def test_a_start_speaks_from_the_folder(data: Path, folder: Path) -> None:
    """
    What lies in the folder at the start is released, and a later edit changes nothing that runs.
    """
    assert at_start(data, folder) == ""
    change(folder)

    assert "menu.other" not in said(data, folder)
    assert at_start(data, folder) == ""
    assert "menu.other" in said(data, folder)


def test_a_broken_folder_leaves_the_last_good_version(data: Path, folder: Path) -> None:
    """
    A folder that cannot be played is told with file and line; what was good goes on.
    """
    at_start(data, folder)
    good = Shelf(data).current
    spoil(folder)

    told = at_start(data, folder)

    assert f"{PHRASE}:" in told
    assert good in told
    assert edition_of(data, folder).version == good


@pytest.mark.parametrize("name", ["page", "channels", "certificate"])
@pytest.mark.parametrize("words", ["x", ""], ids=["broken", "empty"])
def test_words_around_the_chat_belong_to_the_version(
    data: Path, folder: Path, name: str, words: str
) -> None:
    """
    What stands around the chat is part of a version: spoiled in the folder, the service starts
    with that of the last good version all the same.
    """
    at_start(data, folder)
    good = Shelf(data).current
    (folder / f"sq/{name}.toml").write_text(words, "utf-8")

    told = at_start(data, folder)

    assert good in told
    assert f"sq/{name}.toml" in told
    app = create_app(Settings(data_dir=data, content_dir=folder), helpline=FakeHelpline())
    assert app.state.bot.editions.now.version == good


def test_nothing_good_at_all_does_not_start(data: Path, folder: Path) -> None:
    """
    Without any version that can be played the service says what is wrong and does not start.
    """
    spoil(folder)

    with pytest.raises(ContentFault):
        at_start(data, folder)


def test_going_back_is_one_step_and_stays(data: Path, folder: Path) -> None:
    """
    After going back the version before speaks, also after a start with the same folder, and
    with that folder edited on, in which the withdrawn words may still be; a release ends it.
    """
    shelf = Shelf(data)
    at_start(data, folder)
    first = shelf.current
    change(folder)
    at_start(data, folder)

    assert shelf.back() == first
    assert "taken back" in at_start(data, folder)
    assert shelf.current == first
    with pytest.raises(NoRelease):
        shelf.back()
    (folder / "limits.toml").write_text('version = "2"\n', "utf-8")
    assert "taken back" in at_start(data, folder)
    assert shelf.current == first
    shelf.release(folder)
    assert at_start(data, folder) == ""
    assert shelf.current == version_of(folder) != first


def test_what_is_still_to_mend_is_not_released_by_a_start(data: Path, folder: Path) -> None:
    """
    A half-written text stops a start's release as it stops one by name, and is told; at the
    very first start, with nothing before it, it is told too.
    """
    path = folder / "sq/lessons/t14-help-8-10.toml"
    whole = path.read_text("utf-8")
    path.write_text(whole.replace('action = "', 'action = "«here» ', 1), "utf-8")
    first = at_start(data, folder)
    path.write_text(whole, "utf-8")
    assert at_start(data, folder) == ""
    good = Shelf(data).current
    path.write_text(whole.replace('action = "', 'action = "«here» ', 1), "utf-8")

    told = at_start(data, folder)

    assert "1 to mend" in first
    assert "sq/lessons/t14-help-8-10.toml:" in told
    assert Shelf(data).current == good


def test_going_back_twice_stays_too(data: Path, folder: Path) -> None:
    """
    Two versions were taken back one after the other: a start with the folder of the newer one
    brings neither again.
    """
    shelf = Shelf(data)
    at_start(data, folder)
    first = shelf.current
    for version in ("2", "3"):
        (folder / "limits.toml").write_text(f'version = "{version}"\n', "utf-8")
        at_start(data, folder)
    shelf.back()

    assert shelf.back() == first
    assert "taken back" in at_start(data, folder)
    assert shelf.current == first


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_copy_that_was_lost_is_made_again(data: Path, folder: Path, harm: str) -> None:
    """
    Whatever became of the copy: a start with the same good folder speaks from it again.
    """
    at_start(data, folder)
    copy = Shelf(data).folder_of(Shelf(data).current)
    if harm == "gone":
        shutil.rmtree(copy)
    else:
        spoil(copy)

    assert at_start(data, folder) == ""
    assert edition_of(data, folder).version == version_of(folder)


def test_what_is_copied_is_what_was_tried(data: Path, folder: Path) -> None:
    """
    A folder in which somebody writes during the release is not released: the copy has to be
    whole, and readable by itself.
    """
    shelf = Shelf(data)
    at_start(data, folder)
    good = shelf.current
    change(folder)

    def writes_on(_copy: Path) -> None:
        raise NoRelease("It changed meanwhile.")

    with pytest.raises(NoRelease):
        shelf.release(folder, tried=writes_on)
    assert shelf.current == good
    assert [path.name for path in (data / "content").iterdir() if path.is_dir()] == [good]


def test_a_linked_folder_is_not_half_released(data: Path, folder: Path, tmp_path: Path) -> None:
    """
    A language that lies elsewhere, behind a link, is in the copy as well, or nothing is released.
    """
    (folder / "en").rename(tmp_path / "elsewhere")
    (folder / "en").symlink_to(tmp_path / "elsewhere")

    at_start(data, folder)

    assert edition_of(data, folder).content.phrases["en"]


def test_a_list_of_another_form_is_named(data: Path, folder: Path) -> None:
    """
    A list that this program cannot read, such as a newer one's, is told in one sentence.
    """
    at_start(data, folder)
    for text in ("[]", '{"current": 3}', "{", '{"current": "a", "releases": [{"what": 1}]}'):
        (data / "content" / "shelf.json").write_text(text, "utf-8")
        with pytest.raises(NoRelease, match=r"shelf\.json"):
            Shelf(data).back()


def test_only_the_newest_are_kept(data: Path, folder: Path) -> None:
    """
    Old versions go with their files, never the one that is spoken from.
    """
    shelf = Shelf(data)
    for number in range(KEPT + 3):
        (folder / "limits.toml").write_text(f'version = "{number + 1}"\n', "utf-8")
        shelf.release(folder)

    kept = {each.version for each in shelf.releases}
    assert len(kept) == KEPT
    assert shelf.current in kept
    assert {path.name for path in (data / "content").iterdir() if path.is_dir()} == kept


async def test_a_running_service_takes_a_release(data: Path, folder: Path) -> None:
    """
    A release and a way back reach a service while it runs, whole, without a start.
    """
    at_start(data, folder)
    editions, alarms = Editions(edition_of(data, folder)), Alarms()
    watch, first = Watch(editions, data, alarms), editions.now.version
    change(folder)
    Shelf(data).release(folder)

    await watch.look()
    taken = "menu.other" in editions.now.content.phrases["sq"]
    Shelf(data).back()
    await watch.look()

    assert taken
    assert editions.now.version == first
    assert alarms.counts == {}


@pytest.mark.parametrize("wrong", ["file", "shelf"])
async def test_a_release_that_cannot_be_read_changes_nothing(
    data: Path, folder: Path, wrong: str
) -> None:
    """
    A copy that was damaged, or a list that was, leaves what is spoken and sounds one alarm.
    """
    at_start(data, folder)
    editions, alarms = Editions(edition_of(data, folder)), Alarms()
    watch, first = Watch(editions, data, alarms), editions.now.version
    change(folder)
    released = Shelf(data).release(folder)
    if wrong == "file":
        spoil(data / "content" / released)
    else:
        (data / "content" / "shelf.json").write_text("{", "utf-8")

    await watch.look()
    await watch.look()

    assert editions.now.version == first
    assert alarms.counts == {"content_refused": 1}


@pytest.mark.parametrize(
    "key", ["who.ask", "adult.steps", "climb.outside", "button.go_on", "own_word.ask"]
)
def test_a_phrase_that_the_program_needs_is_missed_before_it_is_released(
    data: Path, folder: Path, key: str
) -> None:
    """
    An author who takes away words that the code says is told which, and nothing is released.
    """
    at_start(data, folder)
    good = Shelf(data).current
    for language in ("sq", "en"):
        path = folder / language / "phrases.toml"
        lines = path.read_text("utf-8").split("\n")
        at = lines.index(f'["{key}"]')
        end = next(n for n in range(at + 1, len(lines)) if lines[n][:1] in ("[", "#"))
        path.write_text("\n".join(lines[:at] + lines[end:]), "utf-8")

    assert key in at_start(data, folder)
    assert Shelf(data).current == good
