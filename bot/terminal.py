"""The bot in a terminal: for authors, and for scripts that check a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO

from bot import triage
from bot.coverage import Reach, covered
from bot.engine.content import LANGUAGES, Content
from bot.engine.effects import Button, Effect, Say
from bot.engine.events import AnyEvent, ButtonTapped, LanguageChosen, MessageReceived, Started
from bot.engine.state import State
from bot.script import ABILITIES, Played, ScriptFault, Talk, load_script, orders, play

TAKEN_BACK = "— what stood there before is taken back —"
OPENED = "— the helpline has a contact now; nobody reads it here —"


def run_script(
    path: Path,
    language: str,
    content: Content,
    *,
    channel: str | None = None,
    reach: Reach | None = None,
    out: TextIO,
    err: TextIO,
) -> int:
    """Run a transcript; print it as JSON lines, then a count to ``err``.

    ``channel`` has it on another channel than the script's own; ``reach`` counts what it
    reached. Returns 1 when an expectation failed; raises ``ScriptFault`` when the script
    itself is wrong.
    """
    turns, faults = 0, 0
    for played in _played(path, language, content, channel):
        print(played.line(), file=out, flush=True)
        turns, faults = turns + 1, faults + len(played.faults)
        if reach is not None:
            reach.add([played])
    print(f"{_counted(turns, 'turn')}, {_counted(faults, 'fault')}", file=err)
    return 1 if faults else 0


def run_folder(
    folder: Path,
    languages: Sequence[str],
    content: Content,
    *,
    channel: str | None = None,
    reach: Reach | None = None,
    out: TextIO,
    err: TextIO,
) -> int:
    """Run every transcript in a folder and below it; print only what failed, then a count.

    Returns 1 when an expectation failed or a script is wrong. Raises ``ScriptFault`` where
    there is none.
    """
    paths = sorted(folder.rglob("*.toml"))
    if not paths:
        raise ScriptFault(f"There is no transcript in {folder}.")
    failed = 0
    for path in paths:
        for language in languages:
            wrong = list(_wrong(path, language, content, channel, reach))
            failed += bool(wrong)
            for sentence in wrong:
                print(f"{path.relative_to(folder)} ({language}): {sentence}", file=out)
    run = _counted(len(paths), "transcript")
    print(f"{run} in {' and '.join(languages)}, {failed} failed", file=err)
    return 1 if failed else 0


def _wrong(
    path: Path, language: str, content: Content, channel: str | None, reach: Reach | None
) -> Iterator[str]:
    try:
        for played in _played(path, language, content, channel):
            if reach is not None:
                reach.add([played])
            yield from (f"turn {played.turn}: {fault}" for fault in played.faults)
    except ScriptFault as fault:
        yield str(fault).removeprefix(f"{path.name}: ")


def _played(path: Path, language: str, content: Content, channel: str | None) -> Iterator[Played]:
    script = load_script(path)
    script = replace(script, channel=channel or script.channel)
    try:
        yield from play(script, language, content, triage.read)
    except ScriptFault as fault:
        raise ScriptFault(f"{path.name}: {fault}") from fault


def print_coverage(reach: Reach, content: Content, *, out: TextIO) -> None:
    """What no transcript reached, by name, under the counts of each group."""
    for group in covered(content, reach):
        for line in group.lines():
            print(line, file=out)


def talk(
    language: str | None,
    content: Content,
    *,
    channel: str,
    json_lines: bool,
    lines: Iterable[str],
    out: TextIO,
) -> int:
    """Talk line by line: words are words, ``[label]`` or a button's number is a press.

    On ``web`` the way to help stands in the page's own frame; elsewhere it is a button
    under the bubble, and shown so. On ``viber`` the buttons of a question that is still
    open stand under whatever came last. With a ``language`` the question for it is left out.
    """
    going = Talk(content, triage.read, language or LANGUAGES[0], State.new())
    going.abilities = ABILITIES[channel]
    show = partial(_show, json_lines=json_lines, channel=channel, out=out)
    buttons: list[Button] = []
    first = LanguageChosen(at=going.at, language=language) if language else Started(at=going.at)
    buttons = show(0, first, going.happens(first)) or buttons
    for turn, line in enumerate(lines, start=1):
        event = _event(line.rstrip("\n"), going, buttons)
        buttons = show(turn, event, going.happens(event)) or buttons
    return 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _event(line: str, going: Talk, buttons: Sequence[Button]) -> AnyEvent:
    if line.isdecimal() and 0 < int(line) <= len(buttons):
        return ButtonTapped(at=going.at, button=buttons[int(line) - 1].id)
    if line.startswith("[") and line.endswith("]"):
        return ButtonTapped(at=going.at, button=going.button(line[1:-1]))
    return MessageReceived(at=going.at, text=line)


def _show(
    turn: int,
    event: AnyEvent,
    effects: tuple[Effect, ...],
    *,
    json_lines: bool,
    channel: str,
    out: TextIO,
) -> list[Button]:
    """Print an answer and return its buttons as they are numbered."""
    says = [effect for effect in effects if isinstance(effect, Say)]
    buttons = [button for say in says for button in _buttons(say, channel)]
    if json_lines:
        print(Played(turn, event, effects).line(), file=out, flush=True)
        return buttons
    if "take_back" in orders(effects) or any(say.instead for say in says):
        print(TAKEN_BACK, file=out)
    for say in says:
        print(f"{say.name or 'Sigurt'}: {say.text}", file=out)
    for number, button in enumerate(buttons, start=1):
        print(f"   {number} [{button.label}]", file=out)
    if "open_contact" in orders(effects):
        print(OPENED, file=out)
    out.flush()
    return buttons


def _buttons(say: Say, channel: str) -> tuple[Button, ...]:
    shown = (*say.buttons, *(say.standing if channel == "viber" else ()))
    return shown if channel == "web" or say.help is None else (*shown, say.help)
