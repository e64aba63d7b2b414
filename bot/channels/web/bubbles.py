"""Bubbles as the page stores and shows them: plain data between ``Say`` and template."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from hashlib import blake2b

from bot.engine.effects import Say
from bot.store.weblog import Entry, Payload, Turn

BOT, PERSON, CHILD = "bot", "person", "me"
GONE = "gone"  # a mark in the log: the bubble of that number was taken back
_ART = re.compile(r"[a-z0-9-]{1,60}")
# How many labels stand side by side on a narrow phone, and their longest in characters.
_SHORT = {2: ("two", 18), 3: ("three", 12), 4: ("two", 18)}


def entries_of(says: Sequence[Say], *, key: str) -> list[Entry]:
    """Return what is stored of one answer; the same ``key`` gives the same entries."""
    names = [message_id(key, place) for place in range(len(says))]
    return [Entry(name, payload_of(say, name)) for name, say in zip(names, says, strict=True)]


def message_id(key: str, place: int) -> str:
    """Return the name of one bubble of an answer: at most 64 characters, always the same."""
    name = f"{key}:{place}"
    return name if len(name) <= 64 else blake2b(name.encode(), digest_size=24).hexdigest()


def payload_of(say: Say, name: str = "") -> Payload:
    """Return one bubble of the bot or of a person; ``lamp`` is what the help button says."""
    return {
        "id": name,
        "who": PERSON if say.name else BOT,
        "event": "",
        "text": say.text,
        "buttons": [[button.id, button.label] for button in say.buttons],
        "calls": [[call.number, call.label] for call in say.calls],
        "name": say.name,
        "picture": "" if say.grave else say.picture,
        "picture_text": say.picture_text,
        "mood": "" if say.grave else say.mood,
        "grave": say.grave,
        "language": say.language,
        "band": say.band,
        "lamp": say.help.label if say.help else "",
    }


def lamp_of(turns: Sequence[Turn]) -> str:
    """What the help button says now; empty: what it says at first."""
    return next((said["lamp"] for said in reversed(says_of(turns)) if said["lamp"]), "")


def own(text: str, *, event: str, language: str, cut: bool = False, media: bool = False) -> Payload:
    """Return what the child itself wrote, pressed or offered, as its own bubble."""
    return {
        "id": "",
        "who": CHILD,
        "event": event,
        "text": text,
        "cut": cut,
        "media": media,
        "name": "",
        "grave": False,
        "language": language,
        "lamp": "",
    }


def gone(turn: Turn) -> Entry:
    """Return the mark by which open pages learn that a bubble was taken back.

    A page may know the child's own bubble by the event alone, if its number never came.
    """
    was = turn.payload
    mark = {"id": "", "who": GONE, "event": "", "seq": turn.seq, "was": was["event"]}
    return Entry(gone_key(was["id"]), mark)


def gone_key(message: str) -> str:
    """Return the key of the mark of a bubble."""
    return f"gone:{message}"


def standing(turns: Sequence[Turn]) -> list[Turn]:
    """Return the bubbles, without the marks of those that were taken back."""
    return [turn for turn in turns if turn.payload["who"] != GONE]


def says_of(turns: Sequence[Turn]) -> list[Payload]:
    """Return the bubbles that were said to the child, oldest first."""
    return [turn.payload for turn in standing(turns) if turn.payload["who"] != CHILD]


def calls_of(turns: Sequence[Turn]) -> list[list[str]]:
    """Return the numbers that were shown last, for the country that the child is in."""
    return next((said["calls"] for said in reversed(says_of(turns)) if said["calls"]), [])


def language_of(said: Sequence[Payload], known: Container[str]) -> str:
    """Return the language of the talk; Albanian until one was chosen."""
    language = str(said[-1]["language"]) if said else "sq"
    return language if language in known else "sq"


def live_seq(turns: Sequence[Turn]) -> int:
    """Return the number of the bubble whose buttons may still be pressed, or -1.

    A question stays open until it is answered, until another takes its place, or until
    a person speaks; news in between does not take the choice away.
    """
    for turn in reversed(standing(turns)):
        if turn.payload["who"] != BOT:
            return -1
        if turn.payload["buttons"]:
            return turn.seq
    return -1


def label_of(turns: Sequence[Turn], button: str) -> str:
    """Return the words on the newest button with that id, or nothing if it never was."""
    for payload in reversed(says_of(turns)):
        for known, label in payload["buttons"]:
            if known == button:
                return str(label)
    return ""


def columns(buttons: Sequence[Sequence[str]]) -> str:
    """Return the class that puts a few short labels side by side."""
    name, longest = _SHORT.get(len(buttons), ("", 0))
    return name if all(len(label) <= longest for _, label in buttons) else ""


def dialled(number: str) -> str:
    """Return a number as a telephone link takes it: digits, and a plus in front."""
    return re.sub(r"(?!^\+)\D", "", number)


def is_helpline(number: str) -> bool:
    """Whether the number is one of Europe's 116 numbers, which stand in help's yellow."""
    return dialled(number).startswith("116")


def unbroken(text: str) -> str:
    """Return text whose telephone numbers do not break at the end of a line."""
    return re.sub(r"(?<=\d) (?=\d)", "\u00a0", text)


def art_name(name: str) -> str:
    """Return the file of a drawing, or nothing when that is no name of one."""
    return f"{name}.svg" if _ART.fullmatch(name) else ""
