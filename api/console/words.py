"""What the values of the contract are called on screen; msgids, translated when shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api.addresses.words import WORDS as ADDRESSES
from api.alerts.words import WORDS as ALERTS
from api.audit.words import WORDS as TRAIL
from api.cases.words import WORDS as CASES
from api.contacts.words import WORDS as CONTACTS
from api.evidence.words import WORDS as EVIDENCE
from api.figures.words import WORDS as FIGURES
from api.filing.words import WORDS as FILING
from api.forms.words import WORDS as FORMS
from api.locale.words import N_
from api.replies.words import WORDS as REPLIES
from api.reports.words import WORDS as REPORTS
from api.reviews.words import WORDS as REVIEWS
from api.shifts.words import WORDS as SHIFTS
from api.staff.words import WORDS as STAFF
from api.systems.words import WORDS as SYSTEMS

_PARTS = (
    *(ADDRESSES, ALERTS, CASES, CONTACTS, FIGURES, FILING, FORMS, REPLIES),
    *(REPORTS, REVIEWS, SHIFTS, STAFF, SYSTEMS),
    *(EVIDENCE, TRAIL),
)

_CONTRACT: Mapping[str, Mapping[str, str]] = {
    "severity": {
        "emergency": N_("Emergency"),
        "disclosure": N_("Disclosure"),
        "concern": N_("Concern"),
        "none": N_("None"),
    },
    "urgency": {
        "4": N_("Emergency"),
        "3": N_("Disclosure"),
        "2": N_("Asked for a person"),
        "1": N_("Concern"),
        "0": N_("None"),
    },
    "category": {
        "sexual_abuse": N_("sexual abuse"),
        "grooming": N_("grooming"),
        "sextortion": N_("sexual extortion"),
        "image_abuse": N_("image shared or faked"),
        "csam_seen": N_("saw abuse material"),
        "violence": N_("violence"),
        "bullying": N_("bullying"),
        "self_harm": N_("self-harm"),
        "exploitation": N_("exploitation"),
        "account_security": N_("account at risk"),
        "other_distress": N_("other distress"),
        "none": N_("no category"),
    },
    "role": {
        "child": N_("child"),
        "parent": N_("parent"),
        "teacher": N_("teacher"),
        "other": N_("other person"),
        "": N_("not said who"),
    },
    "band": {
        "8-10": N_("8–10"),
        "11-13": N_("11–13"),
        "14-17": N_("14–17"),
        "adult": N_("adult"),
        "": N_("not said"),
    },
    "rule": {  # those that need a word; the others are read by their id
        "cues": N_("words like those in what is often told"),
        "press": N_("a button that was pressed"),
        "safe_word": N_("the safe word"),
        "wants_harm": N_("asks about children as somebody who means harm may: not a telling"),
        "context.together": N_("messages that tell it only together"),
        "context.asked": N_("written after a question that asked to tell"),
        "context.unease": N_("earlier words that worried"),
        "context.answer": N_("an unsure answer to the soft question"),
        "context.lesson": N_("reads like an answer in a lesson, so it counted less"),
        "context.fine": N_("said “I'm fine” just before, so it was not asked again"),
        "": N_("no rule was met"),
    },
    "mark": {"false_alarm": N_("false alarm"), "missed": N_("missed")},
    "mark_state": {
        "kept": N_("not released"),
        "proposed": N_("proposed"),
        "released": N_("released"),
    },
    "channel": {"telegram": N_("Telegram"), "viber": N_("Viber"), "web": N_("Web")},
    "language": {"sq": N_("Albanian"), "en": N_("English")},
    "country": {
        "al": N_("Albania"),
        "xk": N_("Kosovo"),
        "mk": N_("North Macedonia"),
        "me": N_("Montenegro"),
        "other": N_("another country"),
        "": N_("not said"),
    },
    "reason": {
        "asked": N_("asked for a person"),
        "disclosure": N_("told of harm"),
        "emergency": N_("danger now"),
        "safe_word": N_("used the safe word"),
        "duty_of_care": N_("duty of care"),
        "protecting": N_("words that point to harm to other children"),
    },
    "note": {  # what the bot noted beside the child's words
        "in_danger=no": N_("Says: not in danger now"),
        "in_danger=yes": N_("Says: in danger now"),
        "in_danger=unsure": N_("Does not know whether in danger"),
        "in_danger=decline": N_("Would not say whether in danger"),
        "grown_up_near=yes": N_("A grown-up is near"),
        "grown_up_near=no": N_("No grown-up is near"),
        "child_with_adult=yes": N_("The child is with the adult who writes"),
        "child_with_adult=no": N_("The child is not with the adult who writes"),
        "child_with_adult=unsure": N_("The adult who writes does not know where the child is"),
        "back_today=yes": N_("The child goes back there today"),
        "back_today=no": N_("The child does not go back there today"),
        "back_today=unsure": N_("Not known whether the child goes back there today"),
        "may_write=yes": N_("The helpline may write first"),
        "may_write=not_yet": N_("Not ready: do not write first"),
        "safe_word": N_("Used the safe word: somebody may be looking"),
        "safe_word, cannot_write": N_("Used the safe word; cannot write unseen now"),
        "chat_hidden": N_("Hid the chat on the phone"),
        "hours=14-16": N_("Safe hours: 14:00–16:00; nothing is sent outside them"),
        "hours=16-18": N_("Safe hours: 16:00–18:00; nothing is sent outside them"),
        "hours=20-22": N_("Safe hours: 20:00–22:00; nothing is sent outside them"),
        "hours=14-18": N_("Safe hours: 14:00–18:00; nothing is sent outside them"),
        "own_word=set": N_("Chose a word of their own: the talk opens only with it"),
        "own_word=none": N_("Chose no word of their own"),
        "own_word=fits": N_("Came back with their own word"),
        "forwarded": N_("Passed on: the next words are somebody else's"),
        "not_confirmed": N_("Not confirmed: somebody else may be writing"),
        "doubt": N_(
            "Somebody asks what was written here: it may not be the child. Your words wait"
        ),
        "handed_over": N_("Somebody else took the phone: it may not be the child. Your words wait"),
        "asks_person": N_("Asks for a person now"),
        "asks_again": N_(
            "Asks for a person, not confirmed. If you write now, it is shown: judge first who it is"
        ),
        "knock=sent": N_("Asked with an ordinary question whether the child can write"),
        "knock=no": N_("Answered the ordinary question with no"),
        "knock=unanswered": N_("The ordinary question was not answered; it is not sent again"),
        "knock=nobody": N_(
            "Nobody was on duty in the safe hours of three days; no question was sent"
        ),
    },
    "topic": {  # as the certificate has them, so that staff and child say the same
        "t01": N_("Privacy"),
        "t02": N_("People online"),
        "t03": N_("Surprises and secrets"),
        "t04": N_("Words that hurt"),
        "t05": N_("Photos and asking first"),
        "t06": N_("Threats"),
        "t07": N_("Made-up photos"),
        "t08": N_("When something scares you"),
        "t09": N_("Games and chats"),
        "t10": N_("Tricks and scams"),
        "t11": N_("Screen time"),
        "t12": N_("Kindness"),
        "t13": N_("Block and report"),
        "t14": N_("Where to get help"),
        "t15": N_("My body and consent"),
        "t16": N_("False news"),
        "t17": N_("Online footprints"),
        "t18": N_("Friendship"),
    },
    "guidance": {  # where an adult was when it asked for a person: the matter chosen there
        "parents:told": N_("“My child told me something”"),
        "parents:threat": N_("“A threat with a photo”"),
        "parents:hurt": N_("“My child hurt someone”"),
        "parents:settings": N_("“Settings by age”"),
        "parents:where": N_("“Where we find help”"),
        "parents:home": N_("“There is violence at home”"),
        "teachers:told": N_("“A child told me something”"),
        "teachers:worry": N_("“Do I have to report it?”"),
        "teachers:class": N_("“Activities for a class”"),
    },
    "choice": {  # what was pressed instead of typed
        "media: threat": N_("“Someone is threatening me”"),
        "media: sent": N_("“Someone sent me something”"),
    },
    "step": {
        "all_on_duty": N_("all on duty called"),
        "supervisor": N_("supervisor called"),
        "outside": N_("10 minutes without an answer"),
    },
    "next_step": {  # before the time at which it is due
        "all_on_duty": N_("all are called at"),
        "supervisor": N_("supervisor is called at"),
        "outside": N_("outside alert at"),
    },
    "queue_group": {
        "offered": N_("Offered to you"),
        "mine": N_("With you"),
        "form": N_("Form to finish"),
        "others": N_("With others"),
    },
    "state": {"waiting": N_("waiting"), "claimed": N_("with a person"), "closed": N_("closed")},
    "left": {
        "exit_word": N_("Left with the exit word"),
        "chat_lost": N_("The chat was lost"),
        "withdrew": N_("Took back the wish to talk"),
    },
    "status": {
        "queued": N_("on its way"),
        "sent": N_("sent"),
        "delivered": N_("delivered"),
        "seen": N_("seen"),
        "failed": N_("not delivered"),
    },
    "outcome": {
        "advice": N_("Advice given"),
        "referred_police": N_("Referred to the police"),
        "referred_child_protection": N_("Referred to child protection"),
        "referred_other": N_("Referred elsewhere"),
        "no_reply": N_("No more reply"),
        "test": N_("Test"),
        "other": N_("Other"),
    },
    "staff_role": {
        "counsellor": N_("counsellor"),
        "supervisor": N_("supervisor"),
        "administrator": N_("administrator"),
        "analyst": N_("analyst"),
    },
    "password": {
        "short": N_("The password needs at least 8 characters."),
        "long": N_("The password may have at most 128 characters."),
        "easy": N_("The password is easy to guess. Several unrelated words are better."),
    },
    "problem": {
        "sign-in-needed": N_("Sign in first."),
        "contact-claimed": N_("Another person has this contact."),
        "contact-closed": N_("The contact is closed."),
        "not-your-contact": N_("Only the holder may do this."),
        "invalid-reply": N_("A reply needs words, and not too many."),
        "invalid-outcome": N_("Choose an outcome."),
        "login-taken": N_("Another person has this login."),
        "bad-account": N_("An account needs a login, a name and a role."),
        "last-administrator": N_("The last administrator stays."),
        "link-spent": N_("The link was used or is too old. Ask for a new one."),
        "too-many-tries": N_("Too many tries. Wait a quarter of an hour."),
        "mark-unknown": N_("This mark is not there any more."),
        "not-markable": N_("Only what the child wrote can be marked."),
        "invalid-mark": N_("Choose a severity and a category that differ from the triage's."),
        "invalid-words": N_("The text needs words, and not too many."),
        "nothing-proposed": N_("No text is proposed any more."),
        "already-released": N_("The text is released. Take it back first."),
        "own-proposal": N_("Another supervisor releases what you proposed."),
    },
}


def _together(*parts: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """The words of all parts; a kind may have words in several, a value in one alone."""
    found: dict[str, dict[str, str]] = {}
    for part in parts:
        for kind, words in part.items():
            known = found.setdefault(kind, {})
            if twice := known.keys() & words.keys():
                raise ValueError(f"{kind}: {sorted(twice)} named twice")
            known.update(words)
    return found


WORDS: Mapping[str, Mapping[str, str]] = _together(_CONTRACT, *_PARTS)

_GUIDANCE = "guidance="  # followed by the journey and the node
_CAME_FROM = N_("Came from the guidance: %(node)s")


def word(kind: str, value: object) -> str:
    """The msgid for a value; what has no word is shown as it is, without underscores."""
    text = str(value)
    return WORDS[kind].get(text) or text.replace("_", " ")


def said(kind: str, value: object, translate: Callable[[str], str]) -> str:
    """What a value is called in a language; a note of the guidance tells also where in it."""
    text = str(value)
    if kind == "note" and text.startswith(_GUIDANCE):
        place = _place(text.removeprefix(_GUIDANCE), translate)
        return translate(_CAME_FROM) % {"node": place}
    return translate(word(kind, text))


def _place(address: str, translate: Callable[[str], str]) -> str:
    """The matter in words, and the node where it is a later one; a node without words as it is."""
    journey, _, node = address.rpartition(":")
    matter = node.partition("_")[0]
    words, name = WORDS["guidance"].get(f"{journey}:{matter}"), node.replace("_", " ")
    if words is None:
        return name
    return translate(words) if node == matter else f"{translate(words)} ({name})"
