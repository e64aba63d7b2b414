"""Ordinary life over what was told: what anybody who holds the phone may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.state import GRAVE, State
from bot.engine.voice import Moment, language_of

LIVE = timedelta(minutes=15)  # so long after its last act a child is taken to be there
PLAIN = (
    *("", "menu", "lessons", "doors", "after", "today", "safe", "unseen", "seen", "stranger"),
    *("who", "animal", "reader", "review", "more", "progress", "reminders", "remind_when"),
)
"""Questions of the code that show nothing of anybody; those of lessons and journeys too."""

AS_EVER = ("company", "hide", "hide_self", "hide_exit", "knock", "own_again")
"""Questions that are answered as ever: they show nothing, or were put in danger just now."""

SENT = ("report_receipt", "report_code")  # of a report that is on its way, by its code

TELLING = ("back", "company", "harm", "hours", "may_write", "own_word", "when")
"""Questions that tell whoever comes later that somebody is there, or that there was danger."""


OF_CODES = ("report_receipt", "receipt", "receipt_add", "receipt_still")
"""Questions that tell whoever comes later that there is the code of a report."""


def guarded(state: State) -> bool:
    """Whether there is anything that a stranger must not come to see."""
    kept = state.held or state.left or state.words or state.receipt_waits
    after = state.adding is not None or state.news or state.draft is not None
    return state.contact is not None or state.told_of_harm or bool(kept or after)


def doubt_over(state: State) -> State:
    """The state without a doubt that was about something which is no longer here."""
    return replace(state, doubt=state.doubt and guarded(state))


def lately(state: State, at: datetime) -> bool:
    """Whether the child did something in the last quarter of an hour."""
    return state.heard_at is not None and at - state.heard_at < LIVE


def closed(state: State, at: datetime) -> bool:
    """Whether what was told stays shut until the own word, or a person, opens it (C4).

    With an own word that is so after every absence; in doubt until the doubt is over. What
    was asked after the word has opened, and a grave question put just now, stay open.
    """
    if not guarded(state) or (state.contact is None and state.asked in GRAVE):
        return False
    opened = state.asked == "back" and lately(state, at)
    if opened and not state.doubt:
        return False
    away = state.quiet or state.held or state.left or not lately(state, at)
    return state.doubt or bool(state.own_word and away)


def shut(state: State) -> bool:
    """Whether a grave question is open to anybody while something waits for the child alone."""
    grave = state.contact is None and state.asked in GRAVE
    waits = bool(state.held or state.left or state.receipt_waits or state.news)
    return grave and waits and bool(state.own_word or state.doubt)


def unanswered(state: State, at: datetime) -> State:
    """The state as whoever comes after an absence meets it: what was asked before is shut too."""
    telling = state.asked in TELLING or of_report(state.asked)
    left_open = telling and not lately(state, at)
    return replace(state, asked="") if left_open and closed(state, at) else state


def put_away(state: State, moment: Moment) -> State:
    """The state with its question put away, for somebody who may not be the next to write.

    That of a tender lesson, or of a report, is dropped: whoever holds the phone must not be met
    with it. So is the code of a report that something was being added to.
    """
    away = replace(state.put_away(), adding=None, found=())
    taught = moment.content.lessons[language_of(state)].get(away.paused.partition("/")[0])
    if of_report(away.paused) or away.paused in OF_CODES:
        return replace(away, paused="")
    return replace(away, paused="", lesson="") if taught and taught.tender else away


def plain(state: State) -> State:
    """The conversation as it would be if nothing had been told."""
    return replace(
        state,
        contact=None,
        told=None,
        words=(),
        hold=False,
        quiet=False,
        held=(),
        left="",
        hours=None,
        own_word="",
        doubt=False,
        draft=state.other_draft,  # begun by whoever is here now
        other_draft=None,
        lapsed=False,
        receipt="",
        adding=None,
        news=(),
        found=(),
        rated=0,
        paused=state.paused if ordinary(state.paused) else "",
    )


def put_back(after: State, before: State) -> State:
    """``after`` was gone on from ``plain(before)``: what was told is there again, unseen."""
    return replace(
        after,
        contact=before.contact,
        contacts=before.contacts,
        told=before.told,
        words=before.words,
        hold=before.hold,
        quiet=before.quiet or after.quiet,
        held=before.held,
        left=before.left,
        hours=before.hours,
        own_word=before.own_word,
        doubt=before.doubt or after.doubt,
        draft=before.draft,
        other_draft=after.draft,
        lapsed=before.lapsed,
        receipt=before.receipt or after.receipt,
        adding=before.adding or after.adding,
        news=before.news or after.news,
        rated=before.rated,
        paused=after.paused if ordinary(before.paused) else before.paused,
    )


def of_report(question: str) -> bool:
    """Whether it is a question of a report that is being written, not of one that was sent."""
    return question == "report" or (question.startswith("report_") and question not in SENT)


def ordinary(question: str) -> bool:
    """Whether a question could stand in anybody's chat."""
    return question in PLAIN or "/" in question or ":" in question
