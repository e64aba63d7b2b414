"""Types of what is taught and said. Reads nothing: ``bot.authoring`` builds these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.engine.reports import ReportForm

LANGUAGES = ("sq", "en")
BANDS = ("8-10", "11-13", "14-17")
ADULT = "adult"
COUNTRIES = ("al", "xk", "mk", "me", "other")
CHECK_HOLDS = timedelta(days=90)

TOPICS = (
    *("t14", "t01", "t03", "t12", "t13"),  # where help is comes before any danger
    *("t02", "t04", "t05", "t06", "t07", "t08", "t09", "t10"),
    *("t11", "t15", "t16", "t17", "t18"),
)
"""The eighteen topics of the curriculum (section 3) in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice in a lesson: ``reply`` is said when it is taken."""

    id: str
    label: str
    reply: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with choices."""

    say: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Quiz:
    """The question of a lesson; ``right`` and ``other`` are the two feedbacks.

    ``why`` is the reason in one breath, true after any answer: with it a channel may show
    the question as its own quiz. Empty: buttons only.
    """

    say: str
    options: tuple[Option, ...]
    right: str
    other: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson for one band in one language; its twin has the same ids.

    ``tender`` lessons open with a choice and give no praise. ``before`` is the match of the
    quiz: asked before anything was taught, answered by nothing, so that the two measure what
    was learned. ``reviews`` ask the same in other words, after about 2, 7 and 21 days.
    """

    id: str
    topic: str
    band: str
    language: str
    title: str
    tender: bool
    before: Ask
    hook: Ask
    ideas: tuple[str, ...]
    tries: tuple[Ask, ...]
    quiz: Quiz
    reviews: tuple[Quiz, ...]
    action: str
    closing: str  # what was learned: praise that names what was done
    picture: str = ""
    picture_text: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """What a parent or carer reads about one topic; ``talk`` and ``do`` by the child's band.

    ``why`` says what it is about, ``talk`` gives words to begin with, ``do`` what to agree or
    set together, ``signs`` what one may notice (never proof), ``told`` the first steps when
    something has happened.
    """

    topic: str
    language: str
    title: str
    why: str
    talk: Mapping[str, str]
    do: Mapping[str, str]
    signs: str
    told: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What a teacher does with a class about one topic, on paper: phones stay away.

    ``minutes`` is how long it takes, ``need`` what lies on the table, ``product`` what the
    class has made at the end.
    """

    topic: str
    language: str
    title: str
    bands: tuple[str, ...]
    minutes: int
    goal: str
    need: str
    steps: tuple[str, ...]
    product: str


@dataclass(frozen=True, slots=True)
class Platform:
    """An app: since what age, and how to report, block and set what others see.

    ``report``, ``block`` and ``seen`` are said to children; ``parents_set``,
    ``parents_beyond`` (what no setting does) and ``parents_report`` to adults.
    ``minimum_age`` 0: none was found.
    """

    id: str
    name: str
    minimum_age: int
    checked_on: date
    help_url: str
    report: str
    block: str
    seen: str
    parents_set: str
    parents_beyond: str
    parents_report: str

    def stale(self, today: date) -> bool:
        """Whether the last check is so old that it must be told with its day."""
        return today - self.checked_on > CHECK_HOLDS


@dataclass(frozen=True, slots=True)
class Care:
    """What is said about one category of harm, by audience (a band or ``adult``).

    ``believe`` follows the thanks and names nothing that was not named, ``now`` is only
    what cannot wait, ``soft`` the one safe sentence when a sign was unsure.
    """

    category: str
    believe: Mapping[str, str]
    now: Mapping[str, str]
    soft: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A node of a journey: what it does once, without words.

    ``go`` maps an option's id to where it leads; a node without options goes to
    ``next``. Targets are node ids or exits such as ``@menu``. ``set`` maps an option's
    id to the fields that its press sets, and ``*`` to those that the node itself sets.

    A node that is ``fleeting`` must not stay in the chat: where the channel takes bubbles
    back, the node it leads to says its own ``instead`` of it; where it cannot, the node
    ``elsewhere`` has its place from the start, and the words are never written.
    """

    id: str
    options: tuple[str, ...] = ()
    go: Mapping[str, str] = field(default_factory=dict)
    next: str = ""
    set: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fleeting: bool = False
    elsewhere: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class TurnWords:
    """The words of a node in one language: bubbles by audience, labels by option.

    ``say`` maps an audience (``all``, a band, ``adult``) to its bubbles.
    """

    say: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Journey:
    """A conversation that authors own: branches once, words per language."""

    id: str
    start: str
    turns: Mapping[str, Turn]
    words: Mapping[str, Mapping[str, TurnWords]]  # language, node id


@dataclass(frozen=True, slots=True)
class Service:
    """A helpline, number or place to report.

    ``kind``: child_helpline, police, emergency, ambulance, fire, family, missing,
    hotline, authority, removal, helpline. ``vital`` entries stay when their check date
    has passed (and raise an alarm); others are hidden.
    """

    id: str
    kind: str
    country: str
    number: str
    url: str
    checked_on: date
    vital: bool
    free: bool
    name: Mapping[str, str]
    hours: Mapping[str, str]
    around_the_clock: bool
    owner: str
    called_by: str = ""  # who dialled it, in person; empty until somebody has

    def stale(self, today: date) -> bool:
        """Whether the last check is too old for the entry to be shown."""
        return today - self.checked_on > CHECK_HOLDS


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The reviewed words of one language that the triage weighs; see ``bot.triage``."""

    language: str
    safe_words: tuple[str, ...]
    exit_words: tuple[str, ...]
    help_words: tuple[str, ...]
    person_words: tuple[str, ...]
    robot_words: tuple[str, ...]
    language_words: tuple[str, ...]  # words that ask for this language
    menu_words: tuple[str, ...]
    secret_words: tuple[str, ...]  # “don't tell anyone”, in whatever words
    hide_words: tuple[str, ...]  # “hide this chat”
    parent_words: tuple[str, ...]  # within “what has my son been writing here”
    stranger_words: tuple[str, ...]  # “who is this?”, by somebody who finds the chat
    greeting_words: tuple[str, ...]  # “hi”, “how are you”
    thanks_words: tuple[str, ...]  # “thanks”, “ok”
    report_words: tuple[str, ...]  # “I want to report something”
    code_words: tuple[str, ...]  # “I have a code”
    data: Mapping[str, object]  # the rest of lexicon.toml, for the triage alone
    cues: Mapping[str, object] = field(default_factory=dict)  # cues.json, for the triage alone
    skip_words: tuple[str, ...] = ()  # “leave it out”, within a report
    back_words: tuple[str, ...] = ()  # “back”, within a report
    said: tuple[tuple[str, ...], ...] = ()  # what Sigurt says, the texts of a place together


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that can be said, checked and complete, in every language."""

    phrases: Mapping[str, Mapping[str, Mapping[str, str]]]  # language, key, audience
    lessons: Mapping[str, Mapping[str, Lesson]]  # language, lesson id
    journeys: Mapping[str, Journey]
    services: tuple[Service, ...]
    lexicons: Mapping[str, Lexicon]
    limits_version: str
    campaigns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # id, language
    guides: Mapping[str, Mapping[str, Guide]] = field(default_factory=dict)  # language, topic
    activities: Mapping[str, Mapping[str, Activity]] = field(default_factory=dict)  # the same
    platforms: Mapping[str, Mapping[str, Platform]] = field(default_factory=dict)  # language, id
    care: Mapping[str, Mapping[str, Care]] = field(default_factory=dict)  # language, category
    report: ReportForm = field(default_factory=ReportForm)

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that have lessons, in the order in which they are offered.

        Those of the curriculum come first, then any that authors have added.
        """
        taught = {each.topic for there in self.lessons.values() for each in there.values()}
        return (*(each for each in TOPICS if each in taught), *sorted(taught - {*TOPICS}))
