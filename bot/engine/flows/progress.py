"""What a child has behind it: badges and a certificate, without any comparison or pressure.

Here, too, are the questions of the menu's second page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.engine.content import TOPICS, Lesson
from bot.engine.effects import Say
from bot.engine.flows import hours, schedule
from bot.engine.state import State
from bot.engine.voice import Moment, Step, ask, closing, label, language_of, offered, say

MORE = ("progress", "apps", "reminders", "who", "menu")  # the second page of the menu
FOR_ADULTS = ("apps", "who", "menu")
WHEN = tuple(schedule.REMIND_AT)
LINES = 6  # titles in one bubble
TENDER_LINES = 9


def more(state: State, moment: Moment) -> Step:
    """The second page of the menu."""
    return ask(state, moment, ["more.ask"], "more", *(FOR_ADULTS if state.adult else MORE))


def shown(state: State, moment: Moment) -> Step:
    """The topics that are done, as badges; tender ones without praise. Nothing is ever lost."""
    done = _done(state, moment)
    found = (_taught(state, moment, topic) for topic in done)
    titles = [lesson for lesson in found if lesson is not None]
    if not titles:
        return ask(state, moment, ["progress.none"], "progress", "lesson", "menu")
    options = (*(("certificate",) if _drawn(done) else ()), "lesson", "menu")
    labels = {option: label(state, moment, "progress", option) for option in options}
    asking, says = offered(state, tuple(_badges(state, moment, titles)), "progress", labels)
    return Step(asking, says)


def _badges(state: State, moment: Moment, done: list[Lesson]) -> Iterator[Say]:
    """One list for all topics, in bubbles that stay short."""
    everyday = [lesson.title for lesson in done if not lesson.tender]
    tender = [lesson.title for lesson in done if lesson.tender]
    count = _count(done, moment.content.topics)
    for number, titles in enumerate(_parts(everyday, LINES)):
        key = "progress.badges" if number == 0 else "progress.badges_more"
        yield say(state, moment, key, **count, titles=_list(titles))
    for titles in _parts(tender, TENDER_LINES):
        yield say(state, moment, "progress.tender", titles=_list(titles))


def _count(done: Sequence[object], topics: Sequence[str]) -> dict[str, str]:
    return {"count": str(len(done)), "all": str(len(topics))}


def _parts(titles: list[str], size: int) -> Iterator[list[str]]:
    for begin in range(0, len(titles), size):
        yield titles[begin : begin + size]


def _list(titles: Iterable[str]) -> str:
    return "\n".join(f"• {title}" for title in titles)


def _done(state: State, moment: Moment) -> list[str]:
    finished = {each.topic for each in state.learned if each.done_at}
    return [topic for topic in moment.content.topics if topic in finished]


def _drawn(done: Iterable[str]) -> list[str]:
    """Those of the curriculum: the certificate has a place for each of them, and no other."""
    return [topic for topic in done if topic in TOPICS]


def _taught(state: State, moment: Moment, topic: str) -> Lesson | None:
    return schedule.of_topic(state, moment, topic)


def certificate(state: State, moment: Moment) -> Step:
    """A picture of what is done, made on request; no name is asked for or kept."""
    done = _drawn(_done(state, moment))
    if not done or state.hold:
        return shown(state, moment)
    count = _count(done, _drawn(moment.content.topics))
    shows = replace(
        say(state, moment, "progress.certificate"),
        picture=picture_of(language_of(state), done),
        picture_text=say(state, moment, "progress.certificate_text", **count).text,
    )
    return Step(state, (shows,)).then(closing(state, moment, "progress.name"))


def picture_of(language: str, done: Iterable[str]) -> str:
    """The name under which the certificate with these topics is drawn: bit 0 is ``t01``."""
    bits = {topic: 1 << number for number, topic in enumerate(sorted(TOPICS))}
    return f"certificate-{language}-{sum(bits[topic] for topic in done):05x}"


# ---------- reminders ----------


def reminders(state: State, moment: Moment) -> Step:
    """Whether questions come back, and between which hours."""
    if not schedule.wanted(state):
        return ask(state, moment, ["reminders.are_off"], "reminders", "on", "menu")
    begin, end = state.remind_at or hours.BY_DAY
    named = {"begin": str(begin), "end": str(end)}
    options = ("hours", "off", "menu")
    return ask(state, moment, ["reminders.are_on"], "reminders", *options, **named)


def ask_when(state: State, moment: Moment) -> Step:
    """At what time of the day questions may come."""
    return ask(state, moment, ["remind.when"], "remind_when", *WHEN)
