"""What was sent that is no text: which of it is a picture or a file, and must not stay."""

from __future__ import annotations

from bot.engine.events import Hiding, MediaOffered
from bot.engine.state import State
from bot.engine.voice import Moment, phrase

UNSPOKEN = ("voice", "audio", "video_note")
PLACES = ("contact", "location", "venue")
SMALL = ("sticker", "dice", "poll", "animation")
THANKED = (
    *("disclosure.thank", "disclosure.more", "waiting.added", "waiting.kept"),
    *("adult.thank", "adult.thank_other", "adult.thank_teacher"),
)


def is_picture(kind: str) -> bool:
    """Whether it shows or holds something of somebody; small talk, voices and places do not."""
    return kind not in (*UNSPOKEN, *PLACES, *SMALL)


def goes(moment: Moment) -> bool:
    """Whether what came just now is taken out of the chat again."""
    event = moment.event
    return isinstance(event, MediaOffered) and is_picture(event.kind) and moment.takes_back


def stays(state: State, moment: Moment) -> bool:
    """Whether a picture stands in a chat that only the child itself can empty."""
    offered = (word.text for word in state.words if word.kind == "media_offered")
    return moment.event.abilities.hides is Hiding.SELF and any(map(is_picture, offered))


def told(state: State, moment: Moment, key: str, text: str) -> str:
    """A bubble's words, with where the picture went where its own answer comes first."""
    return f"{text} {phrase(state, moment, 'media.gone')}" if key in THANKED else text
