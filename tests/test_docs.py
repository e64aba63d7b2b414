"""The documents against the code: what they name exists, and what exists they name."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import sigurt
from api.settings import Settings as HelplineSettings
from bot.settings import Settings as BotSettings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("bot/README.md", "bot/channels/README.md", "api/README.md", "content/README.md"),
    *("docs/other-systems.md", "docs/staff-guide.sq.md", "docs/staff-guide.en.md"),
    *("docs/bundle.md", "docs/evidence.md", "docs/filing.md"),
)
PAGES = (
    *("queue", "chat", "case", "reports", "report", "address", "bundles"),
    *("shift", "figures"),
)
GUIDES = {
    language: (ROOT / "docs" / f"staff-guide.{language}.md").read_text(encoding="utf-8")
    for language in ("sq", "en")
}


def test_every_setting_is_documented() -> None:
    """
    README names every setting, and no setting that is not there.
    """
    fields = {*BotSettings.model_fields, *HelplineSettings.model_fields}
    there = {f"SIGURT_{name.upper()}" for name in fields}

    assert set(re.findall(r"SIGURT_[A-Z_]+", README)) == there


def test_every_setting_says_what_it_means() -> None:
    """
    Every setting carries a description for who runs the service.
    """
    for settings in (BotSettings, HelplineSettings):
        assert all(field.description for field in settings.model_fields.values())


def test_every_target_is_documented() -> None:
    """
    README names every make target, each with a help line, and none that is not there.
    """
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony
    targets = set(phony[1].split()) - {"targets", "serve"}

    assert set(re.findall(r"make ([a-z]+)", README)) >= targets
    assert set(re.findall(r"(?m)^([a-z]+):.*## ", makefile)) >= targets


def test_every_command_is_documented() -> None:
    """
    README names every command of the command line and every one of its options.
    """
    actions = sigurt.parser()._subparsers
    assert actions
    commands = actions._group_actions[0]
    assert isinstance(commands.choices, dict)
    for name, command in commands.choices.items():
        assert f"sigurt.py {name}" in README
        assert isinstance(command, argparse.ArgumentParser)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_named_exists(document: str) -> None:
    """
    A path that a document names is there.
    """
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:bot|api|content|tests|docs|bench)/[\w./-]*)`|\]\((docs/[\w./-]+)\)", text
    )
    paths = [first or second for first, second in named]

    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_guides_say_the_same_in_both_languages() -> None:
    """
    Heads, points, tables and keys of the staff guide are the same in number and order.
    """
    shapes = [re.findall(r"(?m)^(?:#+|-|\||!\[|>)|`[^`]+`", GUIDES[one]) for one in ("sq", "en")]

    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("language", ["sq", "en"])
def test_guides_show_small_pictures_of_their_own_language(language: str) -> None:
    """
    A guide shows every one of these pages of the desk, each picture under 150 KB and described.
    """
    shown = re.findall(r"!\[([^\]]+)\]\((pictures/[\w.]+)\)", GUIDES[language])
    names = [f"pictures/{page}.{language}.png" for page in PAGES]

    assert sorted(path for _, path in shown) == sorted(names)
    assert all((ROOT / "docs" / path).stat().st_size < 150_000 for path in names)


@pytest.mark.parametrize("language", ["sq", "en"])
def test_guides_name_every_key(language: str) -> None:
    """
    Every key that the desk or a case lists stands in the guide, and no other.
    """
    listed = {"?"}
    for page in ("contacts/templates/desk.html", "cases/templates/case.html"):
        source = (ROOT / "api" / page).read_text(encoding="utf-8")
        block = re.search(r"{% block keys %}(.*?){% endblock %}", source, re.S)
        assert block
        listed |= set(re.findall(r'<span class="key">(.*?)</span>', block[1]))

    table = GUIDES[language].rpartition("\n## ")[2]
    assert set(re.findall(r"`([^`]+)`", table)) == listed


@pytest.mark.parametrize("language", ["sq", "en"])
def test_guides_quote_the_words_on_the_screen(language: str) -> None:
    """
    What a guide sets in italics is a button, a link or a name of the console, letter by letter.
    """
    with (ROOT / "api/locale" / language / "LC_MESSAGES/messages.po").open("rb") as file:
        known = {text for message in read_po(file) for text in _texts(message.string)}
    said = re.findall(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])", GUIDES[language])

    assert [words for words in said if words not in known] == []


def _texts(string: str | Sequence[str]) -> Sequence[str]:
    return (string,) if isinstance(string, str) else string


def test_lock_names_every_dependency_and_no_address() -> None:
    """
    The locked requirements hold every dependency with hashes, and no registry's address.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for lock, wanted in (
        ("requirements.lock", project["project"]["dependencies"]),
        ("requirements-dev.lock", project["dependency-groups"]["dev"]),
        ("requirements-train.lock", project["dependency-groups"]["train"]),
    ):
        text = (ROOT / lock).read_text(encoding="utf-8")
        names = {re.split(r"[\[<>=; ]", line)[0] for line in wanted}
        assert {name for name in names if f"\n{name}==" not in f"\n{text}"} == set()
        assert "://" not in text
        assert all("--hash" in part for part in re.split(r"(?m)^(?=[a-z])", text) if "==" in part)


def test_what_is_served_is_what_was_tested() -> None:
    """
    The locked requirements for running name the same versions as those for the tests.
    """
    pins = [
        dict(re.findall(r"(?m)^([\w.-]+)==([^ ]+)", (ROOT / lock).read_text(encoding="utf-8")))
        for lock in ("requirements.lock", "requirements-dev.lock")
    ]
    served, tested = pins

    assert {name: (version, tested.get(name)) for name, version in served.items()} == {
        name: (version, version) for name, version in served.items()
    }
