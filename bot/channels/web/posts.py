"""What a form of the page says: which event it is, and by which id a repeat is known."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData

from bot.channels.web import bubbles
from bot.channels.web.door import Refused
from bot.channels.web.typed import read_typed
from bot.engine.events import AnyEvent, LanguageChosen, MediaOffered, MessageReceived
from bot.store.weblog import Payload

_EVENT = re.compile(r"[A-Za-z0-9-]{8,64}")
_BUTTON = re.compile(r"[\x21-\x7e]{1,64}")
_CAMPAIGN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MEDIA = {"image": "picture", "video": "video", "audio": "voice"}
KINDS = ("tap", "go", "lang", "media", "text")


@dataclass(frozen=True, slots=True)
class Post:
    """One thing sent from the page: ``kind`` is text, tap, go, lang or media."""

    event: str
    kind: str
    value: str
    live: bool  # the page hears the answer by its stream, so the post need not wait
    after: int
    frame: str  # the language of the page that it was sent from
    start: str = ""  # the campaign whose link led here, on a page that is new

    @property
    def button(self) -> str:
        """The id of the button that was pressed, or nothing when it was no press."""
        if self.kind == "go":
            return f"go.{self.value}"
        return self.value if self.kind == "tap" else ""


def post_of(form: FormData) -> Post:
    """Return what was sent; raises ``Refused`` for what no page of ours sends."""
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    kind = next((name for name in KINDS if name in fields), "")
    event, value = fields.get("event", ""), fields.get(kind, "")
    if not _EVENT.fullmatch(event) or not _allowed(kind, value):
        raise Refused(400, "unclear")
    frame = "en" if fields.get("frame") == "en" else "sq"
    start, after = campaign(fields.get("start")), number(fields.get("after"))
    return Post(event, kind, value, "live" in fields, after, frame, start)


def _allowed(kind: str, value: str) -> bool:
    match kind:
        case "tap" | "go":
            return bool(_BUTTON.fullmatch(value))
        case "lang":
            return value in ("sq", "en")
    return bool(kind)


def heard(post: Post, at: datetime) -> tuple[AnyEvent | None, Payload | None]:
    """Return what happened, if anything did, and how the page shows it. Presses are not here."""
    match post.kind:
        case "lang":
            return LanguageChosen(at=at, language=post.value), None
        case "media":
            kind = _MEDIA.get(post.value, "file")
            return MediaOffered(at=at, kind=kind), shown("", post, media=True)
    return _typed(post, at)


def shown(text: str, post: Post, *, cut: bool = False, media: bool = False) -> Payload:
    """Return the child's own bubble for something sent."""
    return bubbles.own(text, event=post.event, language=post.frame, cut=cut, media=media)


def _typed(post: Post, at: datetime) -> tuple[AnyEvent | None, Payload | None]:
    typed = read_typed(post.value)
    if typed.picture:
        own = shown(typed.shown, post, media=not typed.text, cut=typed.cut)
        return MediaOffered(at=at, kind="picture", caption=typed.text), own
    if not typed.text:
        return None, None
    own = shown(typed.shown, post, cut=typed.cut)
    return MessageReceived(at=at, text=typed.text), own


def update_id(address: str, post: Post) -> str:
    """The id by which a repeat is known: the same form with the same content, once."""
    return digest(address, post.event, post.kind, post.value)


def digest(*parts: str) -> str:
    """Return 32 hex characters for these parts, in this order."""
    return hashlib.blake2b("\x00".join(parts).encode(), digest_size=16).hexdigest()


def campaign(text: str | None) -> str:
    """Return the name of a campaign as a link may carry it; anything else is nothing."""
    return text if text and _CAMPAIGN.fullmatch(text) else ""


def number(text: str | None) -> int:
    """Return a number as the page sends it; anything else is 0."""
    return int(text) if text and re.fullmatch(r"\d{1,15}", text) else 0
