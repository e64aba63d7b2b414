"""After a report was sent: its receipt, coming back with it from any chat, and adding to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine import addresses
from bot.engine.content import Service
from bot.engine.effects import (
    AddToReport,
    AskReport,
    CancelTimer,
    Effect,
    Say,
    SetTimer,
    TakeBack,
)
from bot.engine.events import (
    AdditionDelayed,
    AdditionStored,
    MessageReceived,
    ReportDelayed,
    ReportNews,
    ReportStored,
    ReportUpdate,
)
from bot.engine.flows import cover, handover
from bot.engine.flows.clock import CLOCK
from bot.engine.state import Adding, State
from bot.engine.tries import Tries
from bot.engine.voice import (
    Moment,
    Step,
    ask,
    bubble,
    closing,
    fill,
    has_child_helpline,
    language_of,
    phrase,
    say,
    services,
    spoken,
)

DIGITS = 16  # of a receipt
CODE = "report.code"
FORGET = "forget_code"
KEPT = timedelta(hours=1)  # so long the receipt is here while something is added
WORDS_KEPT = 4_000  # characters that are added at once
SHOWN = 4  # of what became of a report: the newest
WEEK = 7  # days after which a weekday's name would be taken for the nearer one

ASKED: dict[str, tuple[str, tuple[str, ...]]] = {
    "report_receipt": ("report.type_code", ("stop",)),
    "receipt": ("receipt.add_ask", ("add", "done", "hush")),
    "receipt_add": ("receipt.add", ("stop",)),
    "receipt_still": ("receipt.still", ("yes", "no", "unsure", "skip")),
}
TYPED = ("report_receipt", "receipt_add")  # here words are the answer
STATES = (
    *("submitted", "assessing", "signposted", "police", "filed", "passed", "notice", "removed"),
    *("refused", "gone", "moved", "again", "there", "working", "closed"),
)
TOLD_TO = ("isigurt", "iwf", "ncmec", "police", "aksk", "platform")
UNSEEN = ("submitted", "assessing", "working", "signposted", "closed")  # nothing was done yet

_SLIPS = str.maketrans("oOlLiI|", "0011111")  # letters that are taken for digits
_APART = re.compile(r"[\s:;=#*\"“”„]+")
_BETWEEN = re.compile(r"[\-–—._·,/()\[\]\u200b]+")
_CLOSE = re.compile(r"[0-9oOlLiI|]*[0-9][0-9oOlLiI|]*|[oOlI|]{4}")


# ---------- the receipt, once ----------


def stored(state: State, moment: Moment, event: ReportStored) -> Step:
    """The helpline has it: the code, once. For somebody who is away it waits.

    So it does while a person is called or talks: nothing may stand over their questions.
    """
    waits = handover.away(state) or state.contact is not None
    if not event.receipt:  # stored under a key of before; the code was in the first answer
        return Step(state) if waits else closing(state, moment, "report.no_code")
    if waits:
        return Step(replace(state, receipt=event.receipt))
    return show_receipt(state, moment, event.receipt)


def show_receipt(state: State, moment: Moment, receipt: str) -> Step:
    """The code in groups of four, and the press that takes it off the screen."""
    shown = replace(state, receipt="")
    asked = ask(shown, moment, [CODE], "report_code", "written", code=grouped(receipt))
    return Step(asked.state, tuple(_fleeting(effect) for effect in asked.effects))


def grouped(receipt: str) -> str:
    """The code as it is written down and read over a telephone: four digits at a time."""
    return " ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))


def _fleeting(effect: Effect) -> Effect:
    if isinstance(effect, Say) and effect.key == CODE:
        return replace(effect, fleeting=True)
    return effect


def written(state: State, moment: Moment) -> Step:
    """The code goes where a bubble can be taken back; the reporter is looked after too."""
    if moment.event.abilities.takes_back:
        gone: Effect = replace(say(state, moment, "report.code_gone"), instead=CODE)
    else:
        gone = say(state, moment, "report.code_stays")
    thanks = "report.thanks" if has_child_helpline(state, moment) else "report.thanks_me"
    return Step(state, (gone,)).then(closing(state, moment, thanks))


def delayed(state: State, moment: Moment, event: ReportDelayed) -> Step:
    """It has not arrived: it is kept, and the code comes later."""
    if handover.away(state):
        return Step(state)
    key = "report.refused_us" if event.refused else "report.delayed"
    return Step(state, spoken(state, moment, [key]))


# ---------- coming back with it ----------


def ask_code(state: State, moment: Moment) -> Step:
    """Somebody comes back with a code, or for one that was not shown yet."""
    if state.receipt:
        return show_receipt(state, moment, state.receipt)
    if state.contact is not None:
        return handover.waiting_news(state, moment)
    return ask_at(state.put_away(), moment, "report_receipt")


def ask_at(state: State, moment: Moment, question: str, *before: str) -> Step:
    """Ask one of the questions (again); without the receipt nothing can be added."""
    if question != "report_receipt" and state.adding is None:
        return closing(state, moment, "receipt.expired")
    key, options = ASKED[question]
    hushed = question == "receipt" and state.adding is not None and not state.adding.news
    shown = tuple(each for each in options if not (hushed and each == "hush"))
    return ask(state, moment, [*before, key], question, *shown)


def asked_at(question: str, state: State, moment: Moment) -> Step:
    """The same question, taken up again."""
    return ask_at(state, moment, question)


def takes(state: State) -> bool:
    """Whether what is typed now is a code, or what is added."""
    return state.asked in TYPED


def typed(state: State, moment: Moment, event: MessageReceived) -> Step:
    """A code, which leaves the chat at once whatever it is, or what was forgotten."""
    if state.asked == "receipt_add":
        return _added_words(state, moment, event)
    gone = TakeBack(theirs=True)
    code = code_of(event.text)
    if not code:
        return Step(state, (gone,)).then(
            ask_at(state, moment, "report_receipt", "report.not_a_code")
        )
    if Tries(state.wrong_codes).resting(moment.at):
        rests = replace(state, asked="")
        return Step(rests, (gone,)).then(closing(rests, moment, "report.slowed"))
    looking = replace(state, asked="")
    says = spoken(looking, moment, ["report.looking"])
    return Step(looking, (gone, AskReport(receipt=code), *says))


def is_code(text: str) -> bool:
    """Whether a text is nothing but sixteen digits, however they were parted."""
    bare = _BETWEEN.sub("", "".join(_plain(text[:100]).split()))
    return len(bare) == DIGITS and bare.isdecimal()


def code_of(text: str) -> str:
    """The sixteen digits that were typed, or nothing.

    Spaces, dashes and letters that look like digits are no mistake; a digit more or less is.
    """
    words = (_BETWEEN.sub("", word) for word in _APART.split(_plain(text[:1_000])))
    digits = "".join(word for word in words if _CLOSE.fullmatch(word)).translate(_SLIPS)
    return digits if len(digits) == DIGITS else ""


def _plain(text: str) -> str:
    """Digits of every alphabet as ours."""
    return unicodedata.normalize("NFKC", text)


# ---------- what became of it ----------


def news(state: State, moment: Moment, event: ReportNews) -> Step:
    """What was done, in plain words; nothing of what was reported is repeated."""
    if event.found == "unknown":
        state = replace(state, wrong_codes=Tries(state.wrong_codes).missed(moment.at).wrong)
    if handover.away(state):
        return Step(state)
    if event.found != "known":
        return closing(state, moment, f"report.{event.found}")
    said = Step(state, _bubbles(state, moment, event))
    if not (event.open and event.code):
        return said.then(closing(state, moment, "report.look_after"))
    here = replace(state, adding=Adding(receipt=event.code, news=event.wants_news))
    forget = SetTimer(name=FORGET, at=moment.at + KEPT)
    return said.then(Step(here, (forget,))).then(ask_at(here, moment, "receipt"))


def _bubbles(state: State, moment: Moment, event: ReportNews) -> tuple[Say, ...]:
    """What became of it, known by the newest state, and what goes with that."""
    return tuple(bubble(state, key, text) for key, text in _told(state, moment, event))


def said_of(state: State, moment: Moment, updates: Sequence[ReportUpdate]) -> Say:
    """One bubble with what became of a report; a notice where nobody wrote just now."""
    text = _updates(state, moment, updates)
    said = bubble(state, f"receipt.state.{_newest(updates)}", text)
    return replace(said, notice=moment.unasked)


def told(state: State, moment: Moment, event: ReportNews) -> tuple[str, ...]:
    """What the holder of a receipt reads, a bubble or paragraph each.

    Who they are and which language they speak is taken from ``state``.
    """
    return tuple(text for _, text in _told(state, moment, event))


def _told(state: State, moment: Moment, event: ReportNews) -> Iterator[tuple[str, str]]:
    """Each text with the key of the phrase that it is, or is most of."""
    yield f"receipt.state.{_newest(event.updates)}", _updates(state, moment, event.updates)
    if places := _signposts(state, moment, event):
        yield "receipt.state.signposted", places
    if _worked(event.updates):
        key = "receipt.others" if event.others else "receipt.alone"
        yield key, phrase(state, moment, key)


def _updates(state: State, moment: Moment, updates: Sequence[ReportUpdate]) -> str:
    shown = _last(updates) or (ReportUpdate(moment.at, "submitted"),)
    lines = [_line(state, moment, update) for update in shown]
    following = shown[-1].next
    if following is not None and following > moment.at:
        day = day_of(state, moment, following)
        lines.append(fill(phrase(state, moment, "receipt.next"), state, moment, {"day": day}))
    return " ".join(dict.fromkeys(lines))


def _last(updates: Sequence[ReportUpdate]) -> tuple[ReportUpdate, ...]:
    """The newest few; that it arrived is told only as long as nothing else is known."""
    later = [update for update in updates if update.state != "submitted"]
    return tuple((later or list(updates))[-SHOWN:])


def _newest(updates: Sequence[ReportUpdate]) -> str:
    return _known(updates[-1]) if updates else "submitted"


def _known(update: ReportUpdate) -> str:
    """The state as there are words for it; one of a newer helpline is work that goes on."""
    if update.state == "filed" and update.to not in TOLD_TO:
        return "passed"
    return update.state if update.state in STATES else "working"


def _line(state: State, moment: Moment, update: ReportUpdate) -> str:
    known = _known(update)
    to = phrase(state, moment, f"receipt.to.{update.to}") if known == "filed" else ""
    extra = {"name": to, "day": day_of(state, moment, update.at)}
    line = fill(phrase(state, moment, f"receipt.state.{known}"), state, moment, extra)
    return line[:1].upper() + line[1:]


def day_of(state: State, moment: Moment, at: datetime) -> str:
    """A day by the clock of Tirana, as it is said: “dje”, “të mërkurën”, “më 12 nëntor”."""
    here, now = at.astimezone(CLOCK), moment.at.astimezone(CLOCK)
    days = (here.date() - now.date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    name = near or ("weekday" if abs(days) < WEEK else "date")
    extra = {
        "weekday": phrase(state, moment, "when.weekdays").split(", ")[here.weekday()],
        "day": str(here.day),
        "month": phrase(state, moment, "when.months").split(", ")[here.month - 1],
    }
    return fill(phrase(state, moment, f"receipt.day.{name}"), state, moment, extra)


def _worked(updates: Iterable[ReportUpdate]) -> bool:
    return any(_known(update) not in UNSEEN for update in updates)


def _signposts(state: State, moment: Moment, event: ReportNews) -> str:
    """Where it belongs instead: who, and how to reach them."""
    if not any(update.state == "signposted" for update in event.updates):
        return ""
    found = [_door(state, each) for each in services(state, moment, *event.signpost)]
    return "\n".join([phrase(state, moment, "receipt.signpost"), *found]) if found else ""


def _door(state: State, service: Service) -> str:
    ways = [each for each in (service.number, service.url.partition("://")[2]) if each]
    return ": ".join([service.name[language_of(state)], ", ".join(ways)])


# ---------- adding ----------


def answer_to(question: str, state: State, moment: Moment, option: str) -> Step:
    """Take a choice and go on."""
    if question == "report_receipt":
        return closing(state, moment, "offer.later")
    if state.adding is None:  # an hour has passed
        return closing(state, moment, "receipt.expired")
    if question == "receipt" and option == "add":
        return ask_at(state, moment, "receipt_add")
    if question == "receipt" and option == "hush":
        return _hushed(state, moment, state.adding)
    if question == "receipt_still":
        return _sent(state, moment, state.adding, "" if option == "skip" else option)
    return _over(state, moment)


def _over(state: State, moment: Moment) -> Step:
    gone = Step(replace(state, adding=None), (CancelTimer(name=FORGET),))
    return gone.then(closing(gone.state, moment, "report.look_after"))


def _hushed(state: State, moment: Moment, adding: Adding) -> Step:
    """No more of it in this chat; what waits to be said is dropped at once."""
    gone = replace(state, adding=None, news=())
    order = AddToReport(receipt=adding.receipt, wants_news=False)
    said = closing(gone, moment, "receipt.hushed")
    return Step(gone, (order, CancelTimer(name=FORGET))).then(said)


def _added_words(state: State, moment: Moment, event: MessageReceived) -> Step:
    """What was typed, and the addresses in it; triage has read it before."""
    if state.adding is None:
        return closing(state, moment, "receipt.expired")
    found = addresses.find(event.text, everything=True)
    adding = replace(
        state.adding,
        words=event.text.strip()[:WORDS_KEPT],
        addresses=found,
        severity=event.reading.severity.word,
        evidence=event.reading.evidence,
    )
    return ask_at(replace(state, adding=adding), moment, "receipt_still")


def _sent(state: State, moment: Moment, adding: Adding, still: str) -> Step:
    order = AddToReport(
        receipt=adding.receipt,
        words=adding.words,
        addresses=adding.addresses,
        still=still,
        severity=adding.severity,
        evidence=adding.evidence,
    )
    gone = replace(state, adding=None)
    says = spoken(gone, moment, ["receipt.adding"])
    return Step(gone, (order, CancelTimer(name=FORGET), *says))


def added(state: State, moment: Moment, event: AdditionStored) -> Step:
    """The helpline has it."""
    if handover.away(state):
        return Step(state)
    return closing(state, moment, "receipt.added")


def add_delayed(state: State, moment: Moment, event: AdditionDelayed) -> Step:
    """It has not arrived: it is kept and tried again, or it was refused."""
    if handover.away(state):
        return Step(state)
    key = "receipt.add_refused" if event.refused else "receipt.add_delayed"
    return Step(state, spoken(state, moment, [key]))


def forget(state: State) -> Step:
    """An hour has passed: the receipt is here no more, nor what was not sent."""
    return Step(cover.doubt_over(replace(state, adding=None)))
