"""The bot in a terminal: for authors, and for scripts that check a conversation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from bot import triage
from bot.engine.content import Content
from bot.engine.effects import Effect, Say
from bot.engine.events import AnyEvent, ButtonTapped, MessageReceived, Started
from bot.engine.state import State
from bot.script import Played, Talk, load_script, orders, play

OPENED = "— the helpline has a contact now; nobody reads it here —"


def run_script(path: Path, language: str, content: Content, *, out: TextIO) -> int:
    """Run a transcript; print it as JSON lines. 1 when an expectation failed.

    Raises ``ScriptFault`` when the script itself is wrong.
    """
    failed = 0
    for played in play(load_script(path), language, content, triage.read):
        print(played.line(), file=out)
        failed |= bool(played.faults)
    return failed


def talk(
    language: str, content: Content, *, json_lines: bool, lines: Iterable[str], out: TextIO
) -> int:
    """Talk line by line: words are words, ``[label]`` or a button's number is a press."""
    going = Talk(content, triage.read, language, State.new())
    first = Started(at=going.at)
    _show(going, first, going.happens(first), turn=0, json_lines=json_lines, out=out)
    for turn, line in enumerate(lines, start=1):
        event = _event(line.rstrip("\n"), going)
        _show(going, event, going.happens(event), turn=turn, json_lines=json_lines, out=out)
    return 0


def _event(line: str, going: Talk) -> AnyEvent:
    last = next((say for say in reversed(going.shown) if say.buttons), None)
    buttons = last.buttons if last else ()
    if line.isdigit() and 0 < int(line) <= len(buttons):
        return ButtonTapped(at=going.at, button=buttons[int(line) - 1].id)
    if line.startswith("[") and line.endswith("]"):
        return ButtonTapped(at=going.at, button=going.button(line[1:-1]))
    return MessageReceived(at=going.at, text=line)


def _show(
    going: Talk,
    event: AnyEvent,
    effects: tuple[Effect, ...],
    *,
    turn: int,
    json_lines: bool,
    out: TextIO,
) -> None:
    if json_lines:
        print(Played(turn, event, effects).line(), file=out, flush=True)
        return
    says = [effect for effect in effects if isinstance(effect, Say)]
    for say in says:
        print(f"{say.name or 'Sigurt'}: {say.text}", file=out)
    for number, button in enumerate((b for say in says for b in say.buttons), start=1):
        print(f"   {number} [{button.label}]", file=out)
    if "open_contact" in orders(effects):
        print(OPENED, file=out)
    out.flush()
