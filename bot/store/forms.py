"""The stored forms of bubbles and events: plain JSON, written and read by name, never pickled."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from typing import Any, get_args

from bot.engine.effects import Button, Call, Quiz, Say
from bot.engine.events import AnyEvent, ReportUpdate

_EVENTS: dict[str, type[AnyEvent]] = {kind.__name__: kind for kind in get_args(AnyEvent)}
_LEFT_OUT = ("reading", "helpline", "plan", "abilities")  # known afresh when it is replayed
_SECRET = ("code",)  # of a report: it is kept nowhere
_TIME = "time"  # a time is stored as an object with this one name


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a row of the channel lane holds: bubbles, or what shall be taken back.

    ``pressed`` is the message that the bubbles answer, where it was a known one of ours.
    The chat was kept free for them from ``not_before`` to ``free_at`` (milliseconds; 0:
    nobody counts). ``keys`` are of bubbles and ``theirs`` is the person's message to be
    taken back.
    """

    says: tuple[Say, ...] = ()
    pressed: str = ""
    not_before: int = 0
    free_at: int = 0
    keys: tuple[str, ...] = ()
    theirs: str = ""


def write_errand(errand: Errand) -> bytes:
    """An errand as bytes; what has its default is left out."""
    written = {
        name: value
        for name in _ERRAND
        if (value := getattr(errand, name)) and name not in ("says", "keys")
    }
    says = [_written_say(say) for say in errand.says]
    return _dump({**written, "says": says, "keys": errand.keys})


def read_errand(stored: bytes) -> Errand:
    """The errand that ``write_errand`` wrote; fields of a newer version are passed over.

    Before there were errands a row held its bubbles alone: those are still read.
    """
    written = json.loads(stored)
    if isinstance(written, list):
        written = {"says": written}
    values = {name: value for name, value in written.items() if name in _ERRAND}
    says = tuple(_read_say(item) for item in values.pop("says", ()))
    return Errand(**{**values, "says": says, "keys": tuple(values.get("keys", ()))})


def write_event(event: AnyEvent) -> bytes:
    """An event as bytes, without what the runner adds to it."""
    values = {
        item.name: _plain(getattr(event, item.name))
        for item in fields(event)
        if item.name not in (*_LEFT_OUT, *_SECRET)
    }
    return _dump({"event": type(event).__name__, **values})


def read_event(stored: bytes) -> AnyEvent:
    """The event that ``write_event`` wrote."""
    values = json.loads(stored)
    kind = _EVENTS[values.pop("event")]
    frozen = {name: _frozen(value) for name, value in values.items()}
    if "updates" in frozen:
        frozen["updates"] = tuple(ReportUpdate(*update) for update in frozen["updates"])
    return kind(**frozen)


def _written_say(say: Say) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, default in _SAY:
        value = getattr(say, name)
        if value != default:
            written[name] = _SAY_WRITERS[name](value) if name in _SAY_WRITERS else value
    return written


def _read_say(stored: dict[str, Any]) -> Say:
    values = {name: value for name, value in stored.items() if name in _SAY_NAMES}
    for name, read in _SAY_READERS.items():
        if name in values:
            values[name] = read(values[name])
    return Say(**values)


def _default(item: Field[Any]) -> Any:
    return None if item.default is MISSING else item.default


_ERRAND = {item.name for item in fields(Errand)}
_SAY = tuple((item.name, _default(item)) for item in fields(Say))
_SAY_NAMES = {name for name, _ in _SAY}
_SAY_WRITERS: dict[str, Callable[[Any], Any]] = {
    "buttons": lambda buttons: [[button.id, button.label] for button in buttons],
    "help": lambda button: [button.id, button.label],
    "calls": lambda calls: [[call.number, call.label] for call in calls],
    "standing": lambda buttons: [[button.id, button.label] for button in buttons],
    "quiz": lambda quiz: [quiz.right, quiz.why],
    "until": lambda at: at.isoformat(),
}
_SAY_READERS: dict[str, Callable[[Any], Any]] = {
    "buttons": lambda stored: tuple(Button(*item) for item in stored),
    "help": lambda stored: Button(*stored),
    "calls": lambda stored: tuple(Call(*item) for item in stored),
    "standing": lambda stored: tuple(Button(*item) for item in stored),
    "quiz": lambda stored: Quiz(*stored),
    "until": datetime.fromisoformat,
}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value[_TIME])
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        errors="surrogatepass"
    )
