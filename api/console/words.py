"""What the values of the contract are called on screen; msgids, translated when shown."""

from __future__ import annotations

from collections.abc import Mapping


def N_(message: str) -> str:
    """Mark a word for the catalogues; it is translated where it is shown."""
    return message


WORDS: Mapping[str, Mapping[str, str]] = {
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
    "choice": {  # what was pressed instead of typed
        "media: threat": N_("“Someone is threatening me”"),
        "media: sent": N_("“Someone sent me something”"),
    },
    "step": {
        "all_on_duty": N_("all on duty called"),
        "supervisor": N_("supervisor called"),
        "outside": N_("outside alert"),
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
    },
    "report_kind": {
        "csam_address": N_("address with abuse material"),
        "sexual_extortion": N_("sexual extortion"),
        "grooming": N_("grooming"),
        "unwanted_sexual_material": N_("unwanted sexual material"),
        "other": N_("other"),
    },
    "reporter": {
        "child_in_picture": N_("child in the picture"),
        "child": N_("child"),
        "parent": N_("parent"),
        "professional": N_("professional"),
        "public": N_("member of the public"),
    },
    "report_state": {"submitted": N_("received")},
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
    },
}


def word(kind: str, value: object) -> str:
    """The msgid for a value; what has no word is shown as it is, without underscores."""
    text = str(value)
    return WORDS[kind].get(text) or text.replace("_", " ")
