"""What its values are called on screen."""

from __future__ import annotations

from collections.abc import Mapping

from api.locale.words import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "filing_state": {
        "draft": N_("to look at"),
        "ready": N_("to send by hand"),
        "waiting": N_("leaves now"),
        "retrying": N_("is tried again"),
        "unsure": N_("sent, answer unknown"),
        "filed": N_("filed"),
        "acknowledged": N_("acknowledged"),
        "answered": N_("outcome known"),
        "refused": N_("refused"),
        "failed": N_("given up"),
        "retracted": N_("called back"),
    },
    "filing_wants": {  # what somebody should do
        "draft": N_("Nothing has left yet. Look at it, then send it."),
        "ready": N_("Send the files by hand, then say so here."),
        "unsure": N_("It may have arrived. Find out there before you send it again."),
        "refused": N_("It was not taken. Read why, then write it anew or send it again."),
        "failed": N_("It did not get through in three days. Send it again, or by hand."),
    },
    "filing_way": {
        "web": N_("over their service"),
        "mail": N_("by mail"),
        "hand": N_("by hand"),
    },
    "filing_step": {
        "post": N_("sent"),
        "submit": N_("opened there"),
        "finish": N_("finished there"),
        "retract": N_("called back there"),
        "mail": N_("mailed"),
    },
    "filing_try": {
        "taken": N_("taken"),
        "opened": N_("open there"),
        "later": N_("did not get through"),
        "refused": N_("refused"),
        "unsure": N_("no answer"),
        "gone": N_("gone there"),
        "back": N_("called back"),
    },
    "filing_result": {
        "removed": N_("it was removed"),
        "notice_sent": N_("they asked for removal"),
        "passed_on": N_("they passed it on"),
        "investigating": N_("they look into it"),
        "not_illegal": N_("not illegal, they say"),
        "not_found": N_("they found nothing"),
        "no_action": N_("they do nothing"),
        "other": N_("something else"),
    },
    "filing_why": {  # why somebody is suggested
        "danger": N_("Abuse is happening now"),
        "not_safe": N_("The child is not safe"),
        "offender": N_("Somebody harms a child and can be found"),
        "page": N_("A web page with abuse material"),
        "national": N_("The hotline for Albania takes this kind"),
        "american": N_("It happened on a service in the United States"),
        "albanian_page": N_("A page under an Albanian domain"),
        "there": N_("It happened there"),
    },
    "filing_let_go": {
        "where": N_("The group or place, as typed"),
        "suspect": N_("Who does it, as typed"),
    },
    "language_in": {"sq": N_("in Albanian"), "en": N_("in English")},
    "notice": {
        "filing_failing": N_("A filing does not get through; it is tried again"),
        "filing_failed": N_("A filing was given up after three days"),
        "filing_refused": N_("A filing was refused"),
        "filing_unsure": N_("Nobody knows whether a filing arrived"),
    },
    "report_deed": {
        "filing.made": N_("A filing was written"),
        "filing.sent_off": N_("A filing was sent off"),
        "filing.discarded": N_("A filing was thrown away"),
        "filing.by_hand": N_("A filing was sent by hand"),
        "filing.settled": N_("An answer was written down"),
        "filing.retried": N_("A filing is sent again"),
        "filing.retracted": N_("A filing was called back"),
        "filing.taken": N_("A filing arrived"),
        "filing.opened": N_("A filing was opened there"),
        "filing.later": N_("A filing did not get through"),
        "filing.refused": N_("A filing was refused"),
        "filing.unsure": N_("Nobody knows whether a filing arrived"),
        "filing.gone": N_("A filing begins anew"),
        "filing.back": N_("A filing was called back there"),
    },
    "problem": {
        "filing-unknown": N_("There is no such filing."),
        "invalid-filing": N_("Something is missing, or longer than it may be."),
        "not-for-recipient": N_(
            "This recipient does not take such a report. IWF takes web pages with abuse material."
        ),
        "filed-already": N_("It was filed there before. Say that you want it again."),
        "against-reporter": N_("The reporter said no. Say why it is passed on all the same."),
        "filing-not-in-state": N_("The filing has moved on; this is not possible now."),
        "held-for-police": N_(
            "The police were told of an address. A supervisor lifts the hold before removal is "
            "asked for."
        ),
    },
}
