"""How the bot speaks: phrases for an audience, numbers for a country, buttons for a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.engine.content import ADULT, BANDS, Content, Service
from bot.engine.effects import Button, Call, Effect, Say
from bot.engine.events import AnyEvent, Helpline, HelplineEvent, MessageReceived, TimerFired
from bot.engine.state import State

LABEL_LIMIT = 34  # characters; a longer label is printed as A, B, C in the bubble
LETTERS = "ABCDEFGH"
LATE = timedelta(days=1)  # a platform that says more was wrong
OR = {"sq": " ose ", "en": " or "}


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to one event: the next state, and what the world should do."""

    state: State
    effects: tuple[Effect, ...] = ()

    def then(self, other: Step) -> Step:
        """This step's effects followed by the other's; the other's state."""
        return Step(other.state, self.effects + other.effects)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a flow may look at besides the state: the content and the event."""

    content: Content
    event: AnyEvent

    @property
    def at(self) -> datetime:
        """When it happened; aware UTC."""
        return self.event.at

    @property
    def said_at(self) -> datetime:
        """When the words were written, by the platform's clock where it says so.

        Never later than they came, nor more than ``LATE`` before; aware UTC.
        """
        sent = self.event.sent_at if isinstance(self.event, MessageReceived) else None
        return min(self.at, max(sent, self.at - LATE)) if sent else self.at

    @property
    def helpline(self) -> Helpline:
        """What was known of the helpline when it happened."""
        return self.event.helpline

    @property
    def takes_back(self) -> bool:
        """Whether a bubble can be removed from this chat again."""
        return self.event.abilities.takes_back

    @property
    def unasked(self) -> bool:
        """Whether the child did nothing just now: a timer, or news from the helpline."""
        return isinstance(self.event, TimerFired | HelplineEvent)


def language_of(state: State) -> str:
    """The language to speak; Albanian until one is chosen."""
    return state.language or "sq"


def audience_of(state: State) -> str:
    """Who is spoken to. Until the age is known, everything is said for 8–10."""
    if state.adult:
        return ADULT
    return state.band if state.band in BANDS else BANDS[0]


def phrase(state: State, moment: Moment, key: str) -> str:
    """The words of ``key`` for this audience, numbers filled in. A missing key is a bug."""
    variants = moment.content.phrases[language_of(state)][key]
    return variants.get(audience_of(state)) or variants["all"]


def label(state: State, moment: Moment, question: str, option: str) -> str:
    """What stands on a button: the question's own label, or the common one."""
    phrases = moment.content.phrases[language_of(state)]
    own = f"button.{question}.{option}"
    return phrase(state, moment, own if own in phrases else f"button.{option}")


def fill(text: str, state: State, moment: Moment, extra: Mapping[str, str]) -> str:
    """Put numbers and names in place of ``{placeholders}``; unknown braces stay.

    A title that asks keeps its question mark and takes no full stop behind it.
    """
    if "{" not in text:
        return text
    for name, value in {**numbers(state, moment), **extra}.items():
        if value.endswith(("?", "!")):
            text = text.replace("{" + name + "}.", value)
        text = text.replace("{" + name + "}", value)
    return text


def services(state: State, moment: Moment, *kinds: str) -> tuple[Service, ...]:
    """The entries of the person's country that may be shown today, in file order."""
    country = state.country or "other"
    today = moment.at.date()
    return tuple(
        entry
        for entry in moment.content.services
        if entry.kind in kinds
        and entry.country in (country, "all")
        and (entry.vital or not entry.stale(today))
    )


def numbers(state: State, moment: Moment) -> dict[str, str]:
    """Numbers by placeholder for the person's country; two ways out of danger, never one."""
    choose = OR[language_of(state)]

    def ways(*kinds: str) -> str:
        found = (entry.number for kind in kinds for entry in services(state, moment, kind))
        return choose.join(dict.fromkeys(number for number in found if number))

    danger = ways("police", "emergency")
    return {
        "child_helpline": ways("child_helpline") or danger,
        "emergency": danger,
        "two_ways": danger,
        "police": ways("police") or ways("emergency"),
        "ambulance": ways("ambulance", "emergency"),
        "family": ways("family") or danger,
    }


def has_child_helpline(state: State, moment: Moment) -> bool:
    """Whether a child helpline may be named in this country."""
    return bool(services(state, moment, "child_helpline"))


def calls(state: State, moment: Moment, *kinds: str) -> tuple[Call, ...]:
    """Numbers that can be dialled, each with what answers there."""
    return tuple(
        Call(entry.number, entry.name[language_of(state)])
        for kind in kinds
        for entry in services(state, moment, kind)
        if entry.number
    )


def say(state: State, moment: Moment, key: str, **extra: str) -> Say:
    """One bubble of the bot."""
    return line(state, moment, key, phrase(state, moment, key), **extra)


def line(state: State, moment: Moment, key: str, text: str, **extra: str) -> Say:
    """One bubble of the bot in words of an author; a notice where nobody wrote just now.

    What the child asked to be sent is no notice: ``replace(said, notice=False)``.
    """
    filled = fill(text, state, moment, extra)
    return replace(bubble(state, key, filled), notice=moment.unasked)


def bubble(state: State, key: str, text: str) -> Say:
    """One bubble with words that are already final; a person's are never a notice."""
    return Say(
        key=key,
        text=text,
        grave=state.hold or state.contact is not None,
        language=language_of(state),
        band=state.band,
    )


def one(key: str, state: State, moment: Moment, **extra: str) -> Step:
    """A step that says one thing and changes nothing."""
    return Step(state, (say(state, moment, key, **extra),))


def spoken(state: State, moment: Moment, keys: Iterable[str], **extra: str) -> tuple[Say, ...]:
    """Several bubbles in a row."""
    return tuple(say(state, moment, key, **extra) for key in keys)


def offered(
    state: State, says: tuple[Say, ...], question: str, options: Mapping[str, str]
) -> tuple[State, tuple[Say, ...]]:
    """Put a question's buttons under the last bubble and keep the question open.

    Labels that a phone would cut become letters, their words standing in the bubble.
    """
    last = says[-1]
    if too_long(options):
        lines = (
            f"{letter}. {text}" for letter, text in zip(LETTERS, options.values(), strict=False)
        )
        last = replace(last, text="\n".join((last.text, *lines)))
    asking = replace(state, asked=question, options=tuple(options))
    return asking, (*says[:-1], replace(last, buttons=buttons(question, options)))


def too_long(labels: Mapping[str, str]) -> bool:
    """Whether a phone would cut one of these labels, so that all become letters."""
    return any(len(text) > LABEL_LIMIT for text in labels.values())


def buttons(question: str, labels: Mapping[str, str]) -> tuple[Button, ...]:
    """The buttons of a question: its labels, or letters where one is too long."""
    shown = zip(labels, LETTERS if too_long(labels) else labels.values(), strict=False)
    return tuple(Button(f"{question}.{option}", text) for option, text in shown)


def leads_to_help(button: Button) -> bool:
    """Whether a button is the way to help; a lesson's own answers may be called “help” too."""
    return button.id.endswith("/end.help" if "/" in button.id else ".help")


def closing(state: State, moment: Moment, *keys: str, **extra: str) -> Step:
    """The end of a flow: its words, and a way on, so that nothing is a dead end."""
    return ask(state, moment, keys, "after", "go_on", **extra)


def ask(
    state: State, moment: Moment, keys: Iterable[str], question: str, *options: str, **extra: str
) -> Step:
    """Say the phrases and ask ``question`` with the buttons of its options."""
    says = spoken(state, moment, keys, **extra)
    labels = {option: label(state, moment, question, option) for option in options}
    asking, says = offered(state, says, question, labels)
    return Step(asking, says)
