"""What a message tells in its conversation: words just before it, and where it was written.

The triage reads a text alone, and joined with those just before it. Here that becomes the one
reading which guards and flows see. All numbers are log-odds, as ``Reading.alarm`` is: 0 is
where a text is raised, and adding 0.7 means "twice as likely". Context makes words count
more or less; without words it says nothing, and it never silences what is clear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.content import Content
from bot.engine.effects import Word
from bot.engine.events import (
    SILENT,
    AnyEvent,
    Evidence,
    MediaOffered,
    MessageReceived,
    Reading,
    ReportAdded,
    ReportFilled,
    Severity,
)
from bot.engine.flows import cover, lesson
from bot.engine.state import Calmed, Fragment, State, Unease
from bot.engine.voice import language_of
from bot.engine.words import known, one_of, tokens

Read = Callable[[str, Sequence[str]], Reading]  # the triage: a text, and those just before it
LATELY = timedelta(minutes=30)  # harm told in pieces is told in one go
TEXT_KEPT = 300  # characters of one piece

ASKED = -2.0  # where context is a reason to ask softly
ADDS = 0.2  # so much graver than those before it a text makes the whole, or it adds nothing
WHOLE = 1.5  # pieces of a harmless talk sound a little graver together than each alone
FAINT, WHOLE_CLEAR = -3.5, 2.0  # a piece that says nothing itself must make the whole clear

AFTER_A_QUESTION = 0.3  # a third more likely: it was written where somebody was asked to tell
AS_AN_ANSWER = 1.0  # what reads like an answer of a lesson counts so much less
UNEASY_AT_MOST = 1.5
CONTEXT_AT_MOST = 1.5  # all reasons together; so what is raised was alarming by itself

HALF_LIFE = timedelta(days=1)  # of unease
FADED = 0.05  # less is none
CONCERN_LEAST, CONCERN_MOST = 0.3, 0.9  # what is left of one that was nearly none, or harm
SAID_A_BIT = 1.0
SAID_UNSURE = 0.5
CHOSE_HEAVILY = 0.5  # went through a choice that somebody in trouble would take
SAID_FINE = -1.0
CALM = timedelta(days=1)  # so long “I'm fine” spares the next such question

SOFT = ("soft", "soft_adult")
INVITING = (*SOFT, "listening", "telling", "secret", "media", "doors", "person")
"""Questions after which people tell; the end of a lesson asks so, too."""
HEAVY = ("media.threat", "media.sent", "safe.yes", "/end.help", "/open.alone")
"""How the ids of choices end that somebody in trouble would take."""
NEVER_SPARED = ("sexual_abuse", "self_harm", "exploitation")  # asked about again at once

# Answers to the soft question as people type them; the labels of its buttons count as well.
A_BIT = ("po", "pak", "pakez", "pak po", "ca", "disi", "yes", "yeah", "a bit", "a little", "kinda")
FINE = (
    *("jam mire", "mire jam", "jam ok", "jam okej", "s'ka gje", "ska gje", "asgje", "s'ka problem"),
    *("i'm fine", "im fine", "i'm ok", "im ok", "i'm okay", "it's fine", "its ok", "nah", "nope"),
)
UNSURE = (
    *("hmm", "hm", "mm", "s'di", "sdi", "nuk e di", "s'e di", "se di", "ndoshta", "mbase"),
    *("idk", "i don't know", "dunno", "maybe", "not sure", "kind of", "um"),
)

CONTEXT = "context"  # rules of this module are called context.…
TOGETHER = f"{CONTEXT}.together"
IN_PLACE = f"{CONTEXT}.asked"
UNEASY = f"{CONTEXT}.unease"
ANSWERED = f"{CONTEXT}.answer"
IN_LESSON = f"{CONTEXT}.lesson"
WAS_FINE = f"{CONTEXT}.fine"
WANTS_HARM = "wants_harm"


def read(state: State, event: AnyEvent, triage: Read) -> AnyEvent:
    """The event with its words read, also together with those just before."""
    if isinstance(event, MessageReceived):
        before = () if event.forwarded else words_before(state, event.at)
        return replace(event, reading=triage(event.text, before))
    if isinstance(event, ReportFilled | ReportAdded) and event.text:
        return replace(event, reading=triage(event.text, ()))
    if isinstance(event, MediaOffered) and event.caption:
        before = () if event.forwarded else words_before(state, event.at)
        return replace(event, reading=triage(event.caption, before))
    return event


def words_before(state: State, at: datetime) -> tuple[str, ...]:
    """What was written freely in the half hour before, the oldest first."""
    return tuple(each.text for each in young(state.lately, at))


def young(lately: tuple[Fragment, ...], at: datetime) -> tuple[Fragment, ...]:
    """Those of the last half hour."""
    return tuple(each for each in lately if at - each.at < LATELY)


def untold(state: State, at: datetime) -> tuple[Word, ...]:
    """The words before, for whoever is to read the whole; without those that are held already."""
    held = {(word.at, word.text[:TEXT_KEPT]) for word in state.words}
    return tuple(
        Word(at=each.at, kind="text", text=each.text)
        for each in young(state.lately, at)
        if (each.at, each.text) not in held
    )


def words_of(event: AnyEvent) -> str:
    """The child's own words in an event; empty where there are none, or they are another's."""
    if not isinstance(event, MessageReceived | MediaOffered) or event.forwarded:
        return ""
    return event.text if isinstance(event, MessageReceived) else event.caption


# ---------- what it tells here ----------


def weighed(state: State, event: AnyEvent, content: Content) -> AnyEvent:
    """The event with its reading as it counts in this conversation.

    Somebody else's words, and words of whoever may have taken the phone, count as they are.
    """
    text = words_of(event)
    if not text or not isinstance(event, MessageReceived | MediaOffered):
        return event
    if cover.closed(state, event.at):
        return replace(event, reading=replace(_protecting(_alone(event.reading)), together=None))
    reading = in_conversation(state, event.at, text, event.reading, content)
    return replace(event, reading=_protecting(reading))


def in_conversation(
    state: State, at: datetime, text: str, reading: Reading, content: Content
) -> Reading:
    """A reading in its place: raised, asked about or let be, with the reasons.

    With a contact open a person judges the words, so context adds nothing.
    """
    alone = _alone(_answering(state, text, reading))
    if state.contact is not None:
        return replace(alone, together=None)
    if _is_answer(state, text, content):
        return replace(_less(alone), together=None)
    told = _completed(state, at, _more(state, at, alone))
    return replace(_spared(state, at, told), together=None)


def _alone(reading: Reading) -> Reading:
    """What only repeats Sigurt, or asks for secrecy, is never more than a concern."""
    severity = min(reading.severity, Severity.CONCERN) if reading.repeats else reading.severity
    return replace(reading, severity=severity)


def _protecting(reading: Reading) -> Reading:
    """Staff see whatever seems to mean harm to other children, whichever way it goes."""
    if not reading.wants_harm:
        return reading
    evidence = (Evidence(WANTS_HARM, ""), *reading.evidence)
    severity = max(reading.severity, Severity.CONCERN)
    return replace(reading, severity=severity, evidence=evidence)


def raised(reading: Reading) -> bool:
    """Whether it tells of harm."""
    return reading.severity >= Severity.DISCLOSURE


def _told(reading: Reading, severity: Severity, *reasons: Evidence) -> Reading:
    """The reading as this grave, with a kind of harm and the reasons before its own."""
    category = "other_distress" if reading.category == "none" else reading.category
    evidence = (*reasons, *reading.evidence)
    return replace(reading, severity=severity, category=category, evidence=evidence)


def _concern(reading: Reading, *reasons: Evidence) -> Reading:
    return _told(reading, Severity.CONCERN, *reasons)


def _less(reading: Reading) -> Reading:
    """What reads like an answer of a lesson is asked about where it was only just raised."""
    lowered = raised(reading) and reading.severity is not Severity.EMERGENCY
    if not lowered or reading.alarm == SILENT or reading.alarm >= AS_AN_ANSWER:
        return reading
    return _concern(reading, Evidence(IN_LESSON, ""))


def _more(state: State, at: datetime, reading: Reading) -> Reading:
    """What was asked for, and what was told before, make the same words count more.

    No emergency comes of it: who is asked whether there is danger, numbers in view, can say so.
    """
    reasons = _reasons(state, at)
    if raised(reading) or reading.repeats or reading.alarm == SILENT or not reasons:
        return reading
    alarm = reading.alarm + min(sum(reasons.values()), CONTEXT_AT_MOST)
    evidence = tuple(Evidence(rule, "") for rule in reasons)
    if alarm >= 0:
        return _told(reading, Severity.DISCLOSURE, *evidence)
    asks = alarm >= ASKED and reading.severity is Severity.NONE
    return _concern(reading, *evidence) if asks else reading


def _reasons(state: State, at: datetime) -> dict[str, float]:
    """Why words count more here, and how much."""
    found = {IN_PLACE: AFTER_A_QUESTION if invites(state) else 0.0, UNEASY: unease(state, at)}
    return {rule: odds for rule, odds in found.items() if odds > 0}


def invites(state: State) -> bool:
    """Whether the question that is open asked to tell."""
    return state.asked in INVITING or lesson.place_of(state.asked) == "end"


def _is_answer(state: State, text: str, content: Content) -> bool:
    """Whether most of its words are those of the lesson's question that is open."""
    theirs = frozenset(_of_question(state, content))
    mine = [word for word in tokens(text) if len(word) > 3]
    return bool(mine) and 2 * sum(word in theirs for word in mine) > len(mine)


def _of_question(state: State, content: Content) -> Sequence[str]:
    name, _, place = state.asked.partition("/")
    taught = content.lessons[language_of(state)].get(name)
    if taught is None or place in lesson.FRAMES or not lesson.has(taught, place):
        return ()
    asked = lesson.question_at(taught, place)
    texts = (asked.say, *(option.label for option in asked.options))
    return [word for text in texts for word in known(text)]


def _completed(state: State, at: datetime, reading: Reading) -> Reading:
    """A telling of which this is one part: graver than all before it, and raised as a whole."""
    whole = reading.together
    if whole is None or raised(reading) or reading.repeats or whole.repeats:
        return reading
    needed = max(WHOLE if reading.alarm >= FAINT else WHOLE_CLEAR, _before(state, at) + ADDS)
    if whole.alarm < needed:
        return reading
    severity = Severity.EMERGENCY if whole.urgency >= 0 else Severity.DISCLOSURE
    count = Evidence(TOGETHER, str(len(words_before(state, at)) + 1))
    harm = reading.wants_harm or whole.wants_harm
    return replace(_told(whole, severity, count), wants_harm=harm)


def _before(state: State, at: datetime) -> float:
    """How grave the fragments were without this one."""
    return max((each.alarm for each in young(state.lately, at)), default=SILENT)


def completes(reading: Reading) -> bool:
    """Whether it tells of harm only together with the words before it."""
    return any(each.rule == TOGETHER for each in reading.evidence)


# ---------- answers to the soft question ----------


def short_answer(question: str, text: str) -> str:
    """The option that a short answer to the soft question means; empty for other words."""
    if question not in SOFT:
        return ""
    if one_of(text, A_BIT):
        return "a_bit"
    return "fine" if one_of(text, FINE) else ""


def _answering(state: State, text: str, reading: Reading) -> Reading:
    """Not knowing whether it bothers is a sign too."""
    unsure = state.asked in SOFT and one_of(text, UNSURE)
    if not unsure or reading.severity is not Severity.NONE:
        return reading
    told = state.told.category if state.told else "other_distress"
    return _concern(replace(reading, category=told), Evidence(ANSWERED, text[:60]))


def _spared(state: State, at: datetime, reading: Reading) -> Reading:
    """Who has just said that it is fine is not asked at once about more of the same."""
    calmed = state.calmed
    if reading.severity is not Severity.CONCERN or calmed is None or at - calmed.at >= CALM:
        return reading
    if reading.category != calmed.category or calmed.category in NEVER_SPARED:
        return reading
    evidence = (Evidence(WAS_FINE, ""), *reading.evidence)
    return replace(reading, severity=Severity.NONE, evidence=evidence)


# ---------- what stays of it ----------


def unease(state: State, at: datetime) -> float:
    """The doubt that is left now, from 0 to ``UNEASY_AT_MOST``; by half less every day."""
    if state.unease is None:
        return 0.0
    passed = max(at - state.unease.at, timedelta(0)) / HALF_LIFE
    left = state.unease.odds * 0.5**passed
    return left if left >= FADED else 0.0


def moved(state: State, odds: float, at: datetime) -> State:
    """The state with so much more doubt, or less; never below none, nor above the most."""
    now = min(max(unease(state, at) + odds, 0.0), UNEASY_AT_MOST)
    return replace(state, unease=Unease(round(now, 4), at) if now >= FADED else None)


def fine(state: State, at: datetime) -> State:
    """The child says that it is fine: believed, and not asked the same at once again."""
    calmed = Calmed(state.told.category, at) if state.told else state.calmed
    return moved(replace(state, calmed=calmed, lately=()), SAID_FINE, at)


def felt(before: State, after: State, event: AnyEvent) -> State:
    """The state after an event, with what its words or its choice leave behind."""
    if after.profile != before.profile:  # somebody else's doubt is not theirs
        return replace(after, unease=None, calmed=None)
    if cover.closed(before, event.at):
        return after
    button = getattr(event, "button", "")
    if button.endswith(HEAVY):
        return moved(after, CHOSE_HEAVILY, event.at)
    return _felt_words(after, event)


def _felt_words(after: State, event: AnyEvent) -> State:
    if not words_of(event) or not isinstance(event, MessageReceived | MediaOffered):
        return after
    rules = {each.rule for each in event.reading.evidence}
    if ANSWERED in rules:
        return moved(after, SAID_UNSURE, event.at)
    spared = WAS_FINE in rules
    if not spared and event.reading.severity is not Severity.CONCERN:
        return after
    left = replace(after, calmed=None) if spared else after
    return moved(left, left_by(event.reading.alarm), event.at)


def left_by(alarm: float) -> float:
    """What a concern leaves behind, the more alarming the more."""
    share = min(max(1 - alarm / ASKED, 0.0), 1.0)
    return CONCERN_LEAST + (CONCERN_MOST - CONCERN_LEAST) * share
