"""A report in a chat: one short question at a time, and what leaves is shown before it leaves.

The questions and their words are data (``bot.engine.reports``). What no author may edit away
stands here: what happens with a report is told before anything is asked; danger brings the
numbers and a person at once, and the report goes as far as it is known; who is in the pictures
is helped first; every question can be left out, changed, and taken up again for a day. Nothing
that is reported is opened, looked up or asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.addresses import find
from bot.engine.effects import CancelTimer, Effect, FileReport, SetTimer, Word
from bot.engine.events import MessageReceived, Reading, Severity
from bot.engine.flows import cover, disclosure, handover, receipt
from bot.engine.flows import help as doors
from bot.engine.flows import report_summary as summary
from bot.engine.reports import (
    GRAVE_ANSWERS,
    Draft,
    Question,
    clean,
    cleared,
    fill,
    has_file,
    read_in,
    with_addresses,
    with_words,
)
from bot.engine.state import State
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    audience_of,
    closing,
    label,
    language_of,
    line,
    offered,
    spoken,
)
from bot.engine.words import one_of

KEPT = timedelta(hours=24)  # a report that was begun and not sent
FORGET = "forget_report"
PREFIX = "report_"
SEND, CHANGE, RESUME = "report_send", "report_change", "report_resume"
SKIP, ELSE, FIRST, DONE = "skip", "else", "first", "done"  # options of any question

FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "report": ("report.open", ("go_on", "code", "talk")),
    SEND: ("report.ready", ("send", "change", "drop")),
    RESUME: ("report.resume", ("go_on", "again", "drop")),
}
NEEDS_WORDS = {  # labels that the code puts together
    **{name: options for name, (_, options) in FIXED.items()},
    "report_kind": (SKIP, ELSE, FIRST, DONE),
    CHANGE: ("more", "menu"),
}
CATEGORIES = {  # of harm, by the kind of a report
    "sexual_extortion": "sextortion",
    "grooming": "grooming",
    "csam_address": "csam_seen",
    "shared_picture": "image_abuse",
    "altered_picture": "image_abuse",
    "unwanted_sexual_material": "grooming",
    "live_streamed_abuse": "sexual_abuse",
    "trafficking": "exploitation",
    "violence_or_hate": "violence",
}
ADVICE = {"sexual_extortion": "report.extortion_now"}  # what cannot wait, by kind
_REPORTERS = {"child": "child", "parent": "parent", "teacher": "professional"}


# ---------- where it stands ----------


def holds(moment: Moment, question: str) -> bool:
    """Whether a question is one of a report that is being written."""
    return question in FIXED or question == CHANGE or named(moment, question) is not None


def named(moment: Moment, question: str) -> Question | None:
    """The question of the form that stands behind this name in the chat."""
    if not question.startswith(PREFIX):
        return None
    return moment.content.report.question(question.removeprefix(PREFIX))


def counts(moment: Moment, question: str) -> bool:
    """Whether “2” means the second answer: where words are no answer, a number is one."""
    asked = named(moment, question)
    return asked is not None and not asked.typed


def answers_again(state: State, moment: Moment, question: str) -> bool:
    """Whether an old press gives an answer of the report that is open anew."""
    asked, draft = named(moment, question), state.draft
    if asked is None or draft is None or asked.id not in draft.done:
        return False
    return live(state, moment.at) and cover.of_report(state.asked)


def open_here(state: State) -> bool:
    """Whether one of a report's questions is open, or waits."""
    return state.draft is not None and cover.of_report(state.waiting_question)


def live(state: State, at: datetime) -> bool:
    """Whether a report was begun within the last day and not sent."""
    draft = state.draft
    return draft is not None and (draft.begun_at is None or at - draft.begun_at < KEPT)


def options_of(state: State, moment: Moment, question: str) -> tuple[str, ...]:
    """The ids that one of a report's questions has."""
    if question in FIXED:
        return FIXED[question][1]
    if question == CHANGE:
        return summary.change_options(state, moment)
    asked = named(moment, question)
    if asked is None:
        return ()
    turning = (ELSE, FIRST) if asked.first else ()
    return (*asked.options, *turning, *((DONE,) if asked.several else ()), *_left_out(asked))


def _left_out(question: Question) -> tuple[str, ...]:
    return (SKIP,) if question.skip else ()


def label_of(state: State, moment: Moment, question: str, option: str) -> str:
    """What stands on a button of one of a report's questions."""
    asked = named(moment, question)
    if question == CHANGE and option not in summary.TURNS:
        other = moment.content.report.question(option)
        return summary.words_of(state, moment, other).name if other else option
    if asked is not None and option in asked.options:
        return summary.words_of(state, moment, asked).label(option, audience_of(state))
    return label(state, moment, question, option)


# ---------- beginning, and coming back ----------


def start(state: State, moment: Moment) -> Step:
    """Before anything is asked: do not open it again, the address is enough."""
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    if live(state, moment.at):
        return _ask_fixed(_aside(state), moment, RESUME)
    gone = state.lapsed or state.draft is not None
    here = replace(_aside(state), draft=None, lapsed=False)
    return _ask_fixed(here, moment, "report", *(["report.forgotten"] if gone else []))


def begin_with(state: State, moment: Moment, addresses: Iterable[str]) -> Step:
    """A report of addresses that are known already; one that was begun goes on with them."""
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    here = _aside(state)
    if live(state, moment.at) and state.draft is not None:
        return _next(replace(here, draft=with_addresses(state.draft, addresses)), moment)
    return _begun(here, moment, with_addresses(Draft(), addresses))


def _aside(state: State) -> State:
    """The state with what was open put away, unless it was of a report: that has its own way."""
    away = state.put_away()
    return replace(away, paused="") if cover.of_report(away.paused) else away


def _begun(state: State, moment: Moment, draft: Draft) -> Step:
    """What happens with a report, and who sees what, is told before anything more is asked."""
    begun = replace(state, draft=replace(draft, begun_at=moment.at), lapsed=False)
    told = handover.limits_told(begun, moment)
    forget = SetTimer(name=FORGET, at=moment.at + KEPT)
    says = spoken(told, moment, ["report.how", "report.limits"])
    return Step(told, (forget, *says)).then(_next(told, moment))


def ask_at(state: State, moment: Moment, question: str) -> Step:
    """Ask one of the questions again; after an absence only whether to go on."""
    if question == "report":
        return _ask_fixed(state, moment, question)
    if not live(state, moment.at):
        return _gone(state, moment)
    if question == RESUME or not cover.lately(state, moment.at):
        return _ask_fixed(state, moment, RESUME)
    asked = named(moment, question)
    if question == CHANGE:
        return summary.change(state, moment)
    return _put(state, moment, asked) if asked is not None else _ready(state, moment)


def _ask_fixed(state: State, moment: Moment, question: str, *before: str) -> Step:
    key, options = FIXED[question]
    return ask(state, moment, [*before, key], question, *options)


def _gone(state: State, moment: Moment) -> Step:
    """A day has passed since it was begun, or it was sent or dropped meanwhile."""
    here = replace(state, draft=None, lapsed=False)
    return closing(here, moment, "report.forgotten")


# ---------- asking ----------


def _next(state: State, moment: Moment, *before: Effect) -> Step:
    """The next question without an answer; what leaves, when there is none."""
    draft = state.draft
    assert draft is not None
    if not moment.event.abilities.stays:  # nobody could be written to in this chat
        draft = replace(draft, done=tuple(dict.fromkeys((*draft.done, "wants_news"))))
        state = replace(state, draft=draft)
    following = moment.content.report.following(draft, state.role, state.band)
    if following is None:
        return Step(state, before).then(_ready(state, moment))
    return Step(state, before).then(_put(state, moment, following))


def _put(state: State, moment: Moment, question: Question, *, others: bool = False) -> Step:
    """Ask one question; ``others``: with the options that its first list left out."""
    words = summary.words_of(state, moment, question)
    audience = audience_of(state)
    chosen = getattr(state.draft, question.id) if question.several else ()
    said = words.asks(audience, again=bool(chosen))
    says = (line(state, moment, f"report.{question.id}", said),)
    name = PREFIX + question.id
    shown = _shown(question, chosen, others=others)
    labels = {each: label_of(state, moment, name, each) for each in shown}
    asking, bubbles = offered(replace(state, paused=""), says, name, labels)
    return Step(asking, bubbles)


def _shown(question: Question, chosen: tuple[str, ...], *, others: bool) -> tuple[str, ...]:
    options = tuple(each for each in question.options if each not in chosen)
    if question.first and others:
        options = (*options[question.first :], FIRST)
    elif question.first:
        options = (*options[: question.first], ELSE)
    return (*options, *((DONE,) if chosen else _left_out(question)))


# ---------- answers ----------


def answer_to(question: str, state: State, moment: Moment, option: str) -> Step:
    """Take a choice and go on."""
    match question, option:
        case "report", "go_on":
            return _begun(replace(state, draft=None), moment, Draft())
        case "report", "code":
            return receipt.ask_code(state, moment)
        case "report", _:
            return handover.ask_for_person(state, moment)
    if not live(state, moment.at):
        return _gone(state, moment)
    asked = named(moment, question)
    if asked is not None:
        return _answered(state, moment, asked, option)
    if question == CHANGE:
        return _changing(state, moment, option)
    return _decided(state, moment, option)


def _answered(state: State, moment: Moment, question: Question, option: str) -> Step:
    assert state.draft is not None
    if option in (ELSE, FIRST):
        return _put(state, moment, question, others=option == ELSE)
    if option == DONE:
        return _next(state, moment)
    filled = fill(state.draft, question, "" if option == SKIP else option)
    here = replace(state, draft=filled)
    left = question.several and set(question.options) - set(getattr(filled, question.id))
    if left and option != SKIP:
        return _put(here, moment, question)
    return _after(here, moment, question, option)


def _after(state: State, moment: Moment, question: Question, option: str) -> Step:
    """What an answer leads to: help before everything else, else the next question."""
    if question.id == "who" and option in _ROLES and not state.role:
        state = replace(state, role=option)
    if option in GRAVE_ANSWERS.get(question.id, ()):
        return _emergency(state, moment)
    if question.id == "in_picture" and option == "yes":
        return _helped_first(state, moment)
    return _next(state, moment, *spoken(state, moment, _at_once(moment, question, option)))


def _at_once(moment: Moment, question: Question, option: str) -> list[str]:
    """What is said to an answer before the next question."""
    if question.id == "kind" and option in ADVICE:
        return [ADVICE[option]]
    if question.id == "wants_news" and option == "yes" and moment.event.abilities.session:
        return ["report.news_for_a_day"]  # later a message costs, and none is sent
    return []


_ROLES = ("child", "parent", "teacher", "other")


def _emergency(state: State, moment: Moment) -> Step:
    """The numbers and a person at once; the report goes as far as it is known."""
    words = _told_words(state, moment)
    filed = _filed(state, moment)
    reading = replace(_pressed(state), severity=Severity.EMERGENCY)
    told = replace(filed.state, told=handover.told_of(reading, state.told)).kept(*words)
    opened = handover.open_contact(told, moment, severity="emergency", reason="emergency")
    sent = spoken(opened.state, moment, ["report.sent_now"])
    near = state.role != "other"  # a passer-by is asked about nobody beside them
    helped = disclosure.in_emergency(opened.state, moment, reading.category, *sent, near=near)
    return filed.then(opened).then(helped)


def _helped_first(state: State, moment: Moment) -> Step:
    """Somebody who is in the pictures is helped first; the report waits."""
    waiting = replace(state, paused=_waiting(state, moment))
    reading = replace(_pressed(state), category="image_abuse")
    return disclosure.begin(waiting, moment, reading, *_told_words(state, moment))


def _pressed(state: State) -> Reading:
    """A press is an act: it weighs as much as the same words typed."""
    kind = state.draft.kind if state.draft else ""
    return doors.press_reading(CATEGORIES.get(kind, "other_distress"))


def _told_words(state: State, moment: Moment) -> tuple[Word, ...]:
    """What a person should know of the report: its kind, and the reporter's own words."""
    draft, form = state.draft, moment.content.report
    kind = form.question("kind")
    assert draft is not None
    told = []
    if kind is not None and draft.kind:
        words = summary.words_of(state, moment, kind)
        told.append(handover.choice(moment, words.label(draft.kind, audience_of(state))))
    if draft.words:
        told.append(Word(at=moment.at, kind="text", text=draft.words))
    return tuple(told)


def _waiting(state: State, moment: Moment) -> str:
    """The question with which a report goes on, as it is called in the chat."""
    assert state.draft is not None
    following = moment.content.report.following(state.draft, state.role, state.band)
    return PREFIX + following.id if following else SEND


# ---------- words ----------


def takes(state: State, text: str) -> bool:
    """Whether what is typed now belongs to the report: the opening takes an address only."""
    if state.asked == "report":
        return bool(find(text, everything=True))
    open_one = cover.of_report(state.asked) and state.asked not in (RESUME, CHANGE)
    return state.draft is not None and open_one


def typed(state: State, moment: Moment, event: MessageReceived) -> Step:
    """What was typed while a question was open: an answer, or more of the reporter's words."""
    if state.asked == "report":
        here = replace(state, asked="")
        return begin_with(here, moment, find(event.text, everything=True))
    if not live(state, moment.at):
        return _gone(state, moment)
    question = named(moment, state.asked)
    if question is not None and _means(moment, event, "back_words"):
        return _back(state, moment, question)
    if _means(moment, event, "skip_words"):
        return _skipped(state, moment, question)
    if _means(moment, event, "thanks_words") or _means(moment, event, "greeting_words"):
        return ask_at(state, moment, state.asked)
    return _taken(state, moment, event, question)


def _means(moment: Moment, event: MessageReceived, kind: str) -> bool:
    lists = (getattr(lexicon, kind) for lexicon in moment.content.lexicons.values())
    return not event.forwarded and any(one_of(event.text, words) for words in lists)


def _back(state: State, moment: Moment, question: Question) -> Step:
    """The question before this one, once more."""
    assert state.draft is not None
    form = moment.content.report
    before = form.before(state.draft, state.role, state.band, question.id)
    if before is None:
        return _put(state, moment, question)
    return _put(replace(state, draft=cleared(state.draft, before.id)), moment, before)


def _skipped(state: State, moment: Moment, question: Question | None) -> Step:
    if question is None or not question.skip:
        return ask_at(state, moment, state.asked)
    return _answered(state, moment, question, SKIP)


def _taken(state: State, moment: Moment, event: MessageReceived, question: Question | None) -> Step:
    file = spoken(state, moment, ["report.no_file"]) if has_file(event.text) else ()
    noted = _noted(state, moment, event)
    if question is not None and question.typed:
        return _next(noted, moment, *file) if noted != state else _again(state, moment, file)
    says = spoken(state, moment, ["report.noted"]) if noted != state else ()
    return _again(noted, moment, (*file, *says))


def _again(state: State, moment: Moment, before: tuple[Effect, ...]) -> Step:
    return Step(state, before).then(ask_at(state, moment, state.asked))


def _noted(state: State, moment: Moment, event: MessageReceived) -> State:
    """The state with typed words in the report: an answer, or the reporter's own words."""
    draft = state.draft
    text = clean(event.text, len(event.text))
    if draft is None or not text:
        return state
    question = named(moment, state.asked)
    if question is not None and question.typed:
        filled = fill(draft, question, text)
    else:
        filled = with_words(draft, text)
    return replace(state, draft=read_in(filled, event.reading))


def told(state: State, moment: Moment, event: MessageReceived) -> Step:
    """Words of harm within a report are kept in it before help comes first.

    In an emergency the report goes at once, as far as it is known.
    """
    if not takes(state, event.text) or state.asked == "report" or not live(state, moment.at):
        return Step(state)
    noted = _noted(state, moment, event)
    if event.reading.severity is Severity.EMERGENCY and noted.draft and noted.draft.kind:
        return _filed(replace(noted, asked=""), moment)
    return Step(replace(noted, asked="", paused=_waiting(noted, moment)))


def media_came(state: State, moment: Moment, first: str, words: MessageReceived | None) -> Step:
    """A picture or a file: why nobody here needs it, and what to do instead.

    Words beneath it are taken like any other.
    """
    said = Step(state, spoken(state, moment, [first, "report.no_picture"]))
    here = replace(state, asked=state.waiting_question, paused="")
    if words is not None and takes(here, words.text):
        return said.then(typed(here, moment, words))
    return said.then(ask_at(here, moment, here.asked))


# ---------- what leaves, and leaving ----------


def _ready(state: State, moment: Moment) -> Step:
    """What leaves is seen before it leaves."""
    here = replace(state, paused="")
    return Step(here, summary.bubbles(here, moment)).then(_ask_fixed(here, moment, SEND))


def _changing(state: State, moment: Moment, option: str) -> Step:
    """An answer to give anew, another page of them, or back to what leaves."""
    assert state.draft is not None
    question = moment.content.report.question(option)
    if question is None or option in summary.TURNS:
        return summary.turned(state, moment, option) or _ready(state, moment)
    draft = cleared(state.draft, option) if question.several else state.draft
    return _put(replace(state, draft=draft), moment, question)


def _decided(state: State, moment: Moment, option: str) -> Step:
    """Send, change, drop; go on, begin anew."""
    if option == "change":
        return summary.change(state, moment)
    if option == "go_on":
        return _next(state, moment)
    if option == "again":
        return _begun(state, moment, Draft())
    if option == "drop":
        dropped = cover.doubt_over(replace(state, draft=None))
        return Step(dropped, (CancelTimer(name=FORGET),)).then(
            closing(dropped, moment, "report.dropped")
        )
    sent = _filed(state, moment)
    return sent.then(Step(sent.state, spoken(sent.state, moment, ["report.sending"])))


def _filed(state: State, moment: Moment) -> Step:
    """The report on its way; the draft is gone, so that it cannot go twice."""
    assert state.draft is not None
    form = moment.content.report
    filed = order(state, form.leaves(state.draft, state.role, state.band))
    after = replace(state, draft=None, reports=filed.report, reporter=state.profile, paused="")
    return Step(cover.doubt_over(after), (filed, CancelTimer(name=FORGET)))


def order(state: State, draft: Draft) -> FileReport:
    """The report that a draft becomes; answers that make no sense are taken out before."""
    return FileReport(
        report=state.reports + 1,
        kind=draft.kind or "other",
        reporter=_reporter(state, draft),
        language=language_of(state),
        band="adult" if state.adult else state.band,
        country=state.country,
        addresses=draft.addresses,
        place=draft.place,
        app=draft.app,
        where=draft.where,
        suspect=draft.suspect,
        when=draft.when,
        now=draft.now,
        still=draft.still,
        safe=draft.safe,
        in_picture=draft.in_picture,
        demand=draft.demand,
        given=draft.given,
        deadline=draft.deadline,
        words=draft.words,
        pass_on=draft.pass_on,
        wants_news=draft.wants_news == "yes",
        limits_version=state.limits_version,
        limits_at=state.limits_at,
        severity=draft.severity,
        evidence=draft.evidence,
    )


def _reporter(state: State, draft: Draft) -> str:
    if draft.in_picture == "yes":
        return "child_in_picture"
    return _REPORTERS.get(state.role or draft.who, "public" if state.role or draft.who else "child")


def forget(state: State, moment: Moment) -> Step:
    """A report that was begun a day ago and never sent is gone; that is said when asked."""
    kept = state if live(state, moment.at) else replace(state, draft=None)
    lapsed = state.lapsed or (state.draft is not None and kept.draft is None)
    other = kept.other_draft
    if other is not None and other.begun_at is not None and moment.at - other.begun_at >= KEPT:
        kept = replace(kept, other_draft=None)
    left = kept.draft or kept.other_draft
    again = SetTimer(name=FORGET, at=left.begun_at + KEPT) if left and left.begun_at else None
    return Step(cover.doubt_over(replace(kept, lapsed=lapsed)), (again,) if again else ())
