"""Transcripts: a conversation as data that an author can write and anybody can run.

A script (TOML) says what the child does, turn by turn, and which phrases must answer.
It is run without a network; the state passes through its stored form between turns.

Time passes by itself, twenty seconds a turn. A turn may move it on first: ``days`` and
``later`` (minutes) from the turn before, then ``at`` (such as "16:05"), the next time that
the clock in Tirana shows so. ``due = "review"`` lets a timer fire that the engine has set,
at the moment for which it was set; ``timer = "…"`` fires one now, whether it was set or not.
``timers = { review = "2026-11-24 16:05" }`` says for when a timer stands after the turn (by
the clock in Tirana), empty: that it does not stand; ``counts`` what is counted of learning.

``tap`` presses a button that there is: an option, an id or a label that was shown, or the whole
id of any option. ``forged`` presses an id that there may not be, as only a forged press can.

``opens`` (a time by the clock in Tirana, as above) is when a helpline with nobody on duty
opens again, ``notice`` its own words; they hold from that turn on.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.engine import hearing
from bot.engine.answers import ANYTIME, options_of
from bot.engine.content import Content, Lexicon
from bot.engine.effects import Button, CancelTimer, Count, Effect, Say, SetTimer
from bot.engine.events import (
    NO_PLAN,
    Abilities,
    AdditionDelayed,
    AdditionStored,
    AnyEvent,
    ButtonTapped,
    ChatHidden,
    ChatLost,
    ContactArrived,
    ContactClimbed,
    ContactDelayed,
    CounsellorJoined,
    CounsellorLeft,
    CounsellorWrote,
    ExitPressed,
    Helpline,
    Hiding,
    LanguageChosen,
    MediaOffered,
    MessageReceived,
    Plan,
    Reading,
    ReportDelayed,
    ReportMoved,
    ReportNews,
    ReportStored,
    ReportUpdate,
    Started,
    TimerFired,
)
from bot.engine.flows.clock import CLOCK
from bot.engine.state import State
from bot.engine.step import step
from bot.engine.voice import Moment

Read = Callable[[str, Mapping[str, Lexicon], Sequence[str]], Reading]
BEGINS_AT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
BETWEEN = timedelta(seconds=20)
CONTACT = "the contact"
CODE = "4721093655182047"
ABILITIES: Mapping[str, Abilities] = {
    "telegram": Abilities(takes_back=True, hides=Hiding.RECENT),
    "viber": Abilities(takes_back=False, hides=Hiding.SELF, session=timedelta(hours=24)),
    "web": Abilities(takes_back=True, hides=Hiding.EXIT, stays=False),
}


class ScriptFault(Exception):
    """The script itself is wrong; the message names the turn and the mend."""


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation to be had: where it starts and what happens in each turn.

    ``channel`` is set where the conversation is another one elsewhere; without it, it
    goes as on Telegram.
    """

    about: str
    start: Mapping[str, Any]
    helpline: Helpline
    turns: Sequence[Mapping[str, Any]]
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """One turn as it was: what came, what was said and ordered, and what differed."""

    turn: int
    came: AnyEvent
    effects: tuple[Effect, ...]
    faults: tuple[str, ...] = ()
    asked: str = ""  # the question that is open after it
    taken: str = ""  # the option that it was an answer to, as the id of its button

    @property
    def says(self) -> tuple[Say, ...]:
        """The bubbles of this turn."""
        return tuple(effect for effect in self.effects if isinstance(effect, Say))

    def line(self) -> str:
        """The turn as one JSON line."""
        said = [
            {"key": say.key, "text": say.text, "name": say.name, "buttons": _buttons(say)}
            for say in self.says
        ]
        return json.dumps(
            {
                "turn": self.turn,
                "event": type(self.came).__name__,
                "bot": said,
                "effects": orders(self.effects),
                "faults": list(self.faults),
            },
            ensure_ascii=False,
        )


@dataclass(slots=True)
class Talk:
    """A conversation in progress: the engine, a clock that moves by itself, what was said."""

    content: Content
    read: Read
    language: str
    state: State
    helpline: Helpline = Helpline.STAFFED
    abilities: Abilities = ABILITIES["telegram"]
    at: datetime = BEGINS_AT
    shown: tuple[Say, ...] = field(default=())
    timers: dict[str, datetime] = field(default_factory=dict)
    plan: Plan = NO_PLAN

    def happens(self, event: AnyEvent) -> tuple[Effect, ...]:
        """Let one event happen, twenty seconds after the one before."""
        self.at += BETWEEN
        event = replace(event, at=self.at, helpline=self.helpline, abilities=self.abilities)
        event = replace(event, plan=self.plan)
        event = hearing.read(self.state, event, self._read)
        answer = step(self.state, event, content=self.content)
        self.state = stored(answer.state)
        says = tuple(effect for effect in answer.effects if isinstance(effect, Say))
        self.shown += says
        self._set(answer.effects)
        return answer.effects

    def _read(self, text: str, before: Sequence[str]) -> Reading:
        return self.read(text, self.content.lexicons, before)

    def _set(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.name] = effect.at
            elif isinstance(effect, CancelTimer):
                self.timers.pop(effect.name, None)

    def due(self, name: str) -> TimerFired:
        """Go on to the moment for which a timer was set; it fires then, and only once."""
        if name not in self.timers:
            raise ScriptFault(f'no timer "{name}" has been set')
        self.at = max(self.at, self.timers.pop(name)) - BETWEEN
        return TimerFired(at=self.at, name=name)

    def button(self, wanted: str) -> str:
        """The id of the button last shown with this option, id or label; else as it is."""
        for say in reversed(self.shown):
            for button in _under(say):
                if wanted in (button.id, button.id.rpartition(".")[2], button.label):
                    return button.id
        return wanted

    def pressed(self, wanted: str) -> str:
        """The id of a button that was shown, or that a chat of another day can still show.

        Raises ``ScriptFault`` where there is none: a slip in a name would pass for a press
        on an old button.
        """
        found = self.button(wanted)
        if found in ANYTIME or found in self._offered() or self._known(found):
            return found
        raise ScriptFault(f'no button "{wanted}" has been shown{self._meant(wanted)}')

    def _offered(self) -> set[str]:
        return {button.id for say in self.shown for button in _under(say)}

    def _known(self, button: str) -> bool:
        question, _, option = button.rpartition(".")
        moment = Moment(self.content, Started(at=self.at, abilities=self.abilities))
        return option in options_of(moment, self.state, question)

    def _meant(self, wanted: str) -> str:
        names = self._offered() | {each.rpartition(".")[2] for each in self._offered()}
        near = difflib.get_close_matches(wanted, sorted(names), n=1)
        return f"; did you mean {near[0]}?" if near else ""

    def quiz(self, place: int) -> str:
        """The id of the answer at this place, from 1, of the quiz that was shown last."""
        asked = next((say for say in reversed(self.shown) if say.quiz), None)
        if asked is None or not 0 < place <= len(asked.buttons):
            raise ScriptFault(f"no quiz with an answer {place} has been shown")
        return asked.buttons[place - 1].id


def _under(say: Say) -> tuple[Button, ...]:
    return (*say.buttons, *((say.help,) if say.help else ()))


def stored(state: State) -> State:
    """The state after a journey through its stored form."""
    return State.from_dict(json.loads(json.dumps(state.to_dict())))


def load_script(path: Path) -> Script:
    """Read a script. Raises ``ScriptFault`` when it is none."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Script(
            about=_of_kind(data["about"], (str,), "about"),
            start=_of_kind(data.get("start", {}), (dict,), "start"),
            helpline=Helpline(data.get("helpline", "staffed")),
            turns=_turns(data["turn"]),
            channel=_channel(data.get("channel", "")),
        )
    except FileNotFoundError:
        raise ScriptFault(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise ScriptFault(f"{path} is a folder: name one transcript in it.") from None
    except KeyError as missing:
        raise ScriptFault(
            f"{path.name}: {missing} is missing; this is no transcript (see tests/transcripts)"
        ) from None
    except (OSError, ValueError) as error:  # also what is no TOML, or no UTF-8
        raise ScriptFault(f"{path.name}: {error}") from error


def _turns(found: Any) -> list[Mapping[str, Any]]:
    """The turns, each of known entries of the right kind: a slip must not do nothing."""
    turns: list[Mapping[str, Any]] = _of_kind(found, (list,), "turn")
    for number, turn in enumerate(turns, start=1):
        entries = _of_kind(turn, (dict,), f"turn {number}").items()
        for name, value in entries:
            _check_entry(name, value, number)
    return turns


def _check_entry(name: str, value: Any, number: int) -> None:
    place = f"turn {number}: {name}"
    if name not in ENTRIES:
        near = difflib.get_close_matches(name, ENTRIES, n=1)
        mend = f"did you mean {near[0]}?" if near else f"write one of {', '.join(_KINDS)}"
        raise ValueError(f"{place} is not known; {mend}")
    _of_kind(value, ENTRIES[name], place)
    if name == "helpline":
        Helpline(value)


def _of_kind(value: Any, kind: tuple[type, ...], place: str) -> Any:
    strange = isinstance(value, bool) and bool not in kind  # which is an int, too
    if strange or not isinstance(value, kind):
        raise ValueError(f"{place} cannot be {value!r}; see the transcripts that there are")
    return value


def _channel(name: str) -> str:
    if name and name not in ABILITIES:
        raise ValueError(f'channel = "{name}" is none of {", ".join(ABILITIES)}')
    return name


def begin(script: Script, language: str, content: Content, read: Read) -> Talk:
    """A conversation that stands where the script starts."""
    state = State.new()
    if script.start:
        state = replace(
            state,
            language=language,
            onboarded=True,
            limits_version=content.limits_version,
            limits_at=BEGINS_AT,
            country="al",
            role="child",
        )
        if strange := script.start.keys() - {known.name for known in fields(State)}:
            raise ScriptFault(f"start: {', '.join(sorted(strange))} is not known")
        state = _with(state, script.start)
    abilities = ABILITIES[script.channel or "telegram"]
    return Talk(content, read, language, state, script.helpline, abilities)


def _with(state: State, start: Mapping[str, Any]) -> State:
    """The state with these values, which are written as they are stored."""
    try:
        return State.from_dict({**state.to_dict(), **start})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ScriptFault(f"start: {error}; write it as a conversation is stored") from error


def play(script: Script, language: str, content: Content, read: Read) -> Iterator[Played]:
    """Run a script in one language; each turn tells what differed from what it expects."""
    talk = begin(script, language, content, read)
    for number, turn in enumerate(script.turns, start=1):
        talk.helpline = Helpline(turn.get("helpline", talk.helpline))
        talk.plan = plan_of(turn, talk.plan, language)
        talk.at = moved_on(talk.at, turn, number)
        event = event_of(turn, talk, number)
        before = talk.state
        effects = talk.happens(event)
        faults = (*differences(turn, effects), *strange_timers(turn, talk))
        taken = taken_by(event, before, talk.state)
        yield Played(number, event, effects, faults, talk.state.asked, taken)


def plan_of(turn: Mapping[str, Any], before: Plan, language: str) -> Plan:
    """What the helpline says of itself from this turn on."""
    opens_at, message = before.opens_at, before.message
    if "opens" in turn:
        opens_at = datetime.fromisoformat(turn["opens"]).replace(tzinfo=CLOCK).astimezone(UTC)
    if "notice" in turn:
        message = ((language, words(turn["notice"], language)),)
    return Plan(opens_at, message)


def taken_by(event: AnyEvent, before: State, after: State) -> str:
    """The option that an event took, as the id of its button; empty where it took none."""
    if not isinstance(event, ButtonTapped):
        return after.answered if after.answered != before.answered else ""
    asked = event.button.rpartition(".")[0]
    took = asked == before.asked or after.answered == event.button or event.button in ANYTIME
    return event.button if took else ""


def moved_on(at: datetime, turn: Mapping[str, Any], number: int = 0) -> datetime:
    """When a turn happens: see the head of this module. Raises ``ScriptFault``."""
    at = (at.astimezone(CLOCK) + timedelta(days=turn.get("days", 0))).astimezone(UTC)
    at += timedelta(minutes=turn.get("later", 0))
    return _next_time(at, turn["at"], number) if "at" in turn else at


def _next_time(at: datetime, clock: str, number: int) -> datetime:
    try:
        hour, minute = map(int, str(clock).split(":"))
        here = at.astimezone(CLOCK).replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise ScriptFault(f'turn {number}: at = "{clock}" is no time such as "16:05"') from None
    return (here if here >= at else here + timedelta(days=1)).astimezone(UTC) - BETWEEN


def strange_timers(turn: Mapping[str, Any], talk: Talk) -> Iterator[str]:
    """What a turn expected of timers and did not find."""
    for name, expected in turn.get("timers", {}).items():
        at = talk.timers.get(name)
        stands = f"{at.astimezone(CLOCK):%Y-%m-%d %H:%M}" if at else ""
        if stands != expected:
            yield f'expected the timer {name} "{expected}", got "{stands}"'


def event_of(turn: Mapping[str, Any], talk: Talk, number: int = 0) -> AnyEvent:
    """What happens in a turn. Raises ``ScriptFault`` when it names nothing known."""
    for kind, build in _KINDS.items():
        if kind in turn:
            return _built(build, turn, talk, number)
    raise ScriptFault(f"turn {number}: write one of {', '.join(_KINDS)}")


def _built(
    build: Callable[[Mapping[str, Any], Talk], AnyEvent],
    turn: Mapping[str, Any],
    talk: Talk,
    number: int,
) -> AnyEvent:
    try:
        return build(turn, talk)
    except KeyError as missing:
        raise ScriptFault(f"turn {number}: {missing} is missing") from None
    except ScriptFault as fault:
        raise ScriptFault(f"turn {number}: {fault}") from None


def words(value: Any, language: str) -> str:
    """The words in this language, where a script gives them in two."""
    return str(value[language] if isinstance(value, Mapping) else value)


def updates_of(turn: Mapping[str, Any], at: datetime) -> tuple[ReportUpdate, ...]:
    """What became of a report: ``states`` such as "removed", "filed:iwf" or "there+3" (days)."""
    return tuple(_update(str(each), at) for each in turn.get("states", ()))


def _update(written: str, at: datetime) -> ReportUpdate:
    told, _, days = written.partition("+")
    state, _, to = told.partition(":")
    following = at + timedelta(days=int(days)) if days else None
    return ReportUpdate(at, state, to, following)


_KINDS: dict[str, Callable[[Mapping[str, Any], Talk], AnyEvent]] = {
    "start": lambda turn, talk: Started(at=talk.at, payload=turn.get("payload", "")),
    "child": lambda turn, talk: MessageReceived(
        at=talk.at, text=words(turn["child"], talk.language), edited=turn.get("edited", False)
    ),
    "forwards": lambda turn, talk: MessageReceived(
        at=talk.at, text=words(turn["forwards"], talk.language), forwarded=True
    ),
    "votes": lambda turn, talk: ButtonTapped(at=talk.at, button=talk.quiz(turn["votes"])),
    "tap": lambda turn, talk: ButtonTapped(
        at=talk.at, button=talk.pressed(words(turn["tap"], talk.language))
    ),
    "forged": lambda turn, talk: ButtonTapped(at=talk.at, button=turn["forged"]),
    "media": lambda turn, talk: MediaOffered(
        at=talk.at,
        kind=turn["media"],
        caption=words(turn.get("caption", ""), talk.language),
        forwarded=turn.get("forwarded", False),
    ),
    "filed": lambda turn, talk: ReportStored(at=talk.at, receipt=turn["filed"]),
    "not_filed": lambda turn, talk: ReportDelayed(at=talk.at, refused=turn.get("refused", False)),
    "news": lambda turn, talk: ReportNews(
        at=talk.at,
        found=turn["news"],
        updates=updates_of(turn, talk.at),
        others=turn.get("others", False),
        open=turn.get("open", False),
        wants_news=turn.get("wants_news", False),
        signpost=tuple(turn.get("signpost", ())),
        code=CODE if turn["news"] == "known" else "",
    ),
    "moved": lambda turn, talk: ReportMoved(at=talk.at, updates=updates_of(turn, talk.at)),
    "addition": lambda turn, talk: (
        AdditionStored(at=talk.at)
        if turn["addition"] == "stored"
        else AdditionDelayed(at=talk.at, refused=turn["addition"] == "refused")
    ),
    "hidden": lambda turn, talk: ChatHidden(at=talk.at, left=turn["hidden"]),
    "speak": lambda turn, talk: LanguageChosen(at=talk.at, language=turn["speak"]),
    "exit": lambda turn, talk: ExitPressed(at=talk.at),
    "blocked": lambda turn, talk: ChatLost(at=talk.at),
    "arrives": lambda turn, talk: ContactArrived(
        at=talk.at, contact_id=CONTACT, minutes=turn.get("minutes")
    ),
    "delayed": lambda turn, talk: ContactDelayed(
        at=talk.at, contact_id=CONTACT, refused=turn.get("refused", False)
    ),
    "climbs": lambda turn, talk: ContactClimbed(
        at=talk.at, contact_id=CONTACT, step=turn["climbs"], minutes=turn.get("minutes", 2)
    ),
    "joins": lambda turn, talk: CounsellorJoined(
        at=talk.at, contact_id=CONTACT, name=turn["joins"]
    ),
    "writes": lambda turn, talk: CounsellorWrote(
        at=talk.at,
        contact_id=CONTACT,
        name=turn.get("name", "Elira"),
        text=words(turn["writes"], talk.language),
    ),
    "leaves": lambda turn, talk: CounsellorLeft(
        at=talk.at,
        contact_id=CONTACT,
        name=turn["leaves"],
        closed=turn.get("closed", True),
        by_hand=turn.get("put_back", False),
    ),
    "timer": lambda turn, talk: TimerFired(at=talk.at, name=turn["timer"]),
    "due": lambda turn, talk: talk.due(turn["due"]),
}


ENTRIES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("child", "forwards", "tap", "caption", "writes", "notice"), (str, dict)),
    **dict.fromkeys(("media", "filed", "news", "speak", "joins", "leaves", "timer", "due"), (str,)),
    **dict.fromkeys(("payload", "name", "climbs", "at", "helpline", "forged", "opens"), (str,)),
    **dict.fromkeys(("votes", "minutes", "days", "later", "hidden"), (int,)),
    **dict.fromkeys(("start", "not_filed", "exit", "blocked", "arrives", "delayed"), (bool,)),
    **dict.fromkeys(("edited", "forwarded", "refused", "closed", "put_back"), (bool,)),
    **dict.fromkeys(("moved", "others", "open", "wants_news"), (bool,)),
    **dict.fromkeys(("bot", "effects", "counts", "states", "signpost"), (list,)),
    "addition": (str,),
    "timers": (dict,),
}
"""What a turn may hold: what happens, how, when, and what is expected to come of it."""


def orders(effects: Sequence[Effect]) -> list[str]:
    """What was ordered besides speech, in the words of a script: ``open_contact``, …"""
    ordered = (effect for effect in effects if not isinstance(effect, Say | Count))
    return [_snake(type(effect).__name__) for effect in ordered]


def counts(effects: Sequence[Effect]) -> list[str]:
    """What was counted of learning: ``begun``, ``after_right``, …"""
    return [effect.what for effect in effects if isinstance(effect, Count)]


def differences(turn: Mapping[str, Any], effects: tuple[Effect, ...]) -> Iterator[str]:
    """What a turn expected and did not get."""
    keys = [effect.key for effect in effects if isinstance(effect, Say)]
    if "bot" in turn and keys != turn["bot"]:
        yield f"expected {turn['bot']}, got {keys}"
    if "effects" in turn and orders(effects) != turn["effects"]:
        yield f"expected {turn['effects']}, got {orders(effects)}"
    if "counts" in turn and counts(effects) != turn["counts"]:
        yield f"expected the counts {turn['counts']}, got {counts(effects)}"


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _buttons(say: Say) -> list[str]:
    return [button.label for button in say.buttons]
