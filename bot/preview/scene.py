"""A rehearsal: where it begins, with whom, and what was done since, in both languages.

All of it stands in the page's address: nothing is kept, and when the content changes the
same things are done again with the new words.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode

from bot import triage
from bot.channels.web import bubbles
from bot.engine import journey
from bot.engine.content import COUNTRIES, LANGUAGES, Content
from bot.engine.effects import Effect, Say, TakeBack
from bot.engine.events import AnyEvent, ButtonTapped, MessageReceived, Started
from bot.engine.state import GRAVE, Profile, State, Told
from bot.engine.voice import Moment
from bot.script import ABILITIES, BEGINS_AT, BETWEEN, ScriptFault, Talk, orders, stored, taken_by
from bot.store.weblog import Turn

log = logging.getLogger(__name__)

PEOPLE: Mapping[str, Mapping[str, str]] = {
    "8-10": {"role": "child", "band": "8-10"},
    "11-13": {"role": "child", "band": "11-13"},
    "14-17": {"role": "child", "band": "14-17"},
    "parent of 8-10": {"role": "parent", "child_band": "8-10"},
    "parent of 11-13": {"role": "parent", "child_band": "11-13"},
    "parent of 14-17": {"role": "parent", "child_band": "14-17"},
    "teacher": {"role": "teacher"},
    "other adult": {"role": "other"},
}
ABOUT_WHO = ("who", "reader")  # questions that only a phone with several people is asked
SHARED = {"profile": "fox_blue", "profiles": (Profile(name="turtle_green", role="child"),)}
TOLD = "told:"  # and a category: the place at which somebody has just told of it
FIRST = f"{journey.PREFIX}{journey.ONBOARDING}:language"
MOST = 200  # things done; an address is not endless


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a rehearsal stands. ``done`` holds what was done, such as ``tap:menu.lesson``."""

    place: str = FIRST
    who: str = "11-13"
    country: str = "al"
    channel: str = "web"
    done: tuple[str, ...] = ()

    @classmethod
    def of(cls, asked: Mapping[str, str], done: Sequence[str]) -> Scene:
        """The scene that an address names; what it names wrongly is as at first."""
        first = cls()
        return cls(
            place=asked.get("place") or first.place,
            who=_one_of(PEOPLE, asked.get("who"), first.who),
            country=_one_of(COUNTRIES, asked.get("country"), first.country),
            channel=_one_of(ABILITIES, asked.get("channel"), first.channel),
            done=tuple(done)[:MOST],
        )

    def query(self) -> str:
        """The same as it stands in an address."""
        named = [("place", self.place), ("who", self.who)]
        named += [("country", self.country), ("channel", self.channel)]
        return urlencode([*named, *(("do", each) for each in self.done)])

    def and_then(self, act: str) -> Scene:
        """The scene after one thing more."""
        return replace(self, done=(*self.done, act))

    def before(self) -> Scene:
        """The scene before the last thing that was done."""
        return replace(self, done=self.done[:-1])


def _one_of(known: Sequence[str] | Mapping[str, object], asked: str | None, first: str) -> str:
    return asked if asked and asked in known else first


@dataclass(slots=True)
class Side:
    """One language of a rehearsal: the talk, and what stands on its page."""

    talk: Talk
    turns: list[Turn] = field(default_factory=list)
    ordered: list[str] = field(default_factory=list)
    seq: int = 0

    @property
    def language(self) -> str:
        """The language that is spoken on this side."""
        return self.talk.language

    def shows(self, effects: Sequence[Effect]) -> None:
        """Put on the page what was said, and take off it what was taken back."""
        self.ordered = orders(effects)
        for effect in effects:
            if isinstance(effect, TakeBack):
                self._goes(*effect.keys)
            elif isinstance(effect, Say):
                self._goes(effect.instead)
                self._stands({**bubbles.payload_of(effect), "key": effect.key})

    def hears(self, event: AnyEvent, words: str) -> str:
        """Let something happen; return the option that it took, empty if none."""
        before = self.talk.state
        own = bubbles.own(words, event="", language=self.language)
        if words:
            self._stands({**own, "key": ""})
        self.shows(self.talk.happens(event))
        return taken_by(event, before, self.talk.state)

    def _stands(self, payload: dict[str, object]) -> None:
        self.seq += 1
        self.turns.append(Turn(self.seq, payload))

    def _goes(self, *keys: str) -> None:
        self.turns = [turn for turn in self.turns if turn.payload["key"] not in filter(None, keys)]


class NotThere(Exception):
    """The conversation cannot stand at this place; the message says so in a sentence."""


def played(scene: Scene, content: Content) -> list[Side]:
    """Do everything of a scene, in both languages. Raises ``NotThere``."""
    try:
        sides = [_begun(scene, language, content) for language in LANGUAGES]
        for act in scene.done:
            _done(sides, act)
    except Exception as error:  # any place with anybody: also what no conversation leads to
        log.debug("a place that cannot be shown", exc_info=error)
        name = type(error).__name__
        raise NotThere(f"“{scene.place}” cannot be shown to “{scene.who}” ({name}).") from error
    return sides


def _begun(scene: Scene, language: str, content: Content) -> Side:
    state = _state(scene, language, content)
    talk = Talk(content, triage.read, language, state, abilities=ABILITIES[scene.channel])
    side = Side(talk)
    if scene.place.startswith(TOLD):
        moment = Moment(content, Started(at=talk.at, abilities=talk.abilities))
        target = f"@disclosure:{scene.place.removeprefix(TOLD)}"
        answer = journey.leave(state, moment, target)
        talk.state, talk.shown = stored(answer.state), tuple(_says(answer.effects))
        side.shows(answer.effects)
    else:
        side.shows(talk.happens(Started(at=talk.at)))
    return side


def _says(effects: Sequence[Effect]) -> Iterator[Say]:
    return (effect for effect in effects if isinstance(effect, Say))


def _state(scene: Scene, language: str, content: Content) -> State:
    """Somebody who stands at this place: a lesson's is met by a child of its age."""
    if scene.place == FIRST:
        return State.new()
    taught = content.lessons[language].get(scene.place.partition("/")[0])
    person = {**PEOPLE[scene.who]}
    if taught is not None and person["role"] == "child":
        person["band"] = taught.band
    told = Told("disclosure", "other_distress", 1.0) if scene.place in GRAVE else None
    return replace(
        State(language=language, onboarded=True, country=scene.country, **person),  # type: ignore[arg-type]
        limits_version=content.limits_version,
        limits_at=BEGINS_AT - timedelta(hours=1),
        asked="" if scene.place.startswith(TOLD) else scene.place,
        lesson=taught.id if taught else "",
        told=told,
        **(SHARED if scene.place in ABOUT_WHO else {}),  # type: ignore[arg-type]
    )


def _done(sides: Sequence[Side], act: str) -> None:
    """The same on both sides: a press, typed words, or a timer whose time has come."""
    kind, _, value = act.partition(":")
    if kind == "say":
        _said(sides, *value.partition(":")[::2])
        return
    for side in sides:
        if kind == "tap":
            label = bubbles.label_of(side.turns, value)
            side.hears(ButtonTapped(at=side.talk.at, button=value), label)
        elif kind == "due":
            _due(side, value)


def _said(sides: Sequence[Side], language: str, text: str) -> None:
    """Words on one side; where they were the words of a button, that is pressed on the other."""
    first = next((side for side in sides if side.language == language), sides[0])
    took = first.hears(MessageReceived(at=first.talk.at, text=text), text)
    for side in sides:
        if side is first:
            continue
        label = bubbles.label_of(side.turns, took)
        press = ButtonTapped(at=side.talk.at, button=took)
        words = MessageReceived(at=side.talk.at, text=text)
        side.hears(press if took else words, label if took else text)


def _due(side: Side, name: str) -> None:
    try:
        side.hears(side.talk.due(name), "")
    except ScriptFault:
        side.talk.at += BETWEEN  # it does not stand on this side
