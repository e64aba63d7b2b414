"""The pages of the form, as HTML. Everything is escaped; nothing in them needs script."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web import bubbles
from bot.channels.web.view import DOOR, TONGUES, Asset, Numbers
from bot.channels.web.words import PageWords
from bot.door import steps
from bot.door.words import STEPS, DoorWords
from bot.engine.content import Content
from bot.engine.events import Started
from bot.engine.flows import report
from bot.engine.flows.filled import alarm
from bot.engine.forms import DELAYED, REFUSED, SENDING, STORED
from bot.engine.reports import Draft
from bot.engine.state import State
from bot.engine.voice import Moment, audience_of, phrase
from bot.known import utcnow

HERE = Path(__file__).resolve().parent
CLOCK = ZoneInfo("Europe/Tirane")
WHO = ("8", "11", "14", "parent", "teacher", "other")
NOTES = ("need_kind", "no_picture", "was_cut", "moved", "gone", "dropped", "add_empty", "added")


@dataclass(frozen=True, slots=True)
class Seen:
    """What every page knows: its language and reader, where it stands, the secret it carries.

    ``door`` is the secret of a page whose browser carries no cookie (yet). ``switch``: the
    other language is behind a link, for no answers would be lost. ``found``: search engines
    may list it.
    """

    state: State
    language: str
    page: str
    door: str = ""
    notes: tuple[str, ...] = ()
    switch: bool = False
    found: bool = False


class View:
    """Renders each page of the form."""

    def __init__(
        self,
        words: Mapping[str, DoorWords],
        frames: Mapping[str, PageWords],
        assets: Mapping[str, Asset],
        content: Callable[[], Content],
        numbers: Callable[[], Mapping[str, Numbers]],
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self._now = now
        self._words, self._frames = words, frames
        self._content, self._numbers = content, numbers
        folders = [HERE / "templates", HERE.parent / "channels" / "templates"]
        self._templates = Environment(
            loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined
        )
        plain = b"".join(asset.plain for asset in assets.values())
        self._templates.globals.update(
            version=hashlib.sha256(plain).hexdigest()[:10], tongues=TONGUES, door_icon=DOOR
        )
        self._templates.filters.update(
            unbroken=bubbles.unbroken, dialled=bubbles.dialled, helpline=bubbles.is_helpline
        )

    def step(self, seen: Seen, step: str) -> str:
        """A page with questions."""
        form, state = self._content().report, seen.state
        return self._render(
            "door_step.html",
            seen,
            step=step,
            number=STEPS.index(step) + 1,
            following=STEPS.index(steps.following(form, state, step)) + 1,
            fields=steps.fields(form, state, seen.language, step),
            who=steps.who_of(state),
            choices=WHO,
            first=step == STEPS[0],
            advice=self._advice(seen) if step == steps.WHERE else "",
        )

    def send(self, seen: Seen) -> str:
        """What would be sent, and the button that sends it."""
        return self._render("door_send.html", seen, told=self._told(seen), number=len(STEPS))

    def urgent(self, seen: Seen, step: str) -> str:
        """The numbers, before anything else; the report can be sent as it stands."""
        grave = alarm(seen.state.draft) == "emergency"
        told = [each for each in self._told(seen) if each.answers]
        return self._render("door_urgent.html", seen, step=step, grave=grave, told=told)

    def sent(self, seen: Seen) -> str:
        """How the sending stands, and the code once it is there."""
        stage = seen.state.form.stage if seen.state.form else ""
        kinds = {SENDING: "sending", DELAYED: "delayed", REFUSED: "refused"}
        return self._render(
            "door_sent.html",
            seen,
            stage=kinds.get(stage, "code" if self._receipt(seen) else "no_code"),
            groups=grouped(self._receipt(seen)) if stage == STORED else (),
        )

    def resume(self, seen: Seen) -> str:
        """That something was begun here; nothing of it is shown yet."""
        until = seen.state.form.until if seen.state.form else None
        kept = self._until(seen, until.astimezone(CLOCK)) if until else ""
        return self._render("door_resume.html", seen, kept=kept)

    def done(self, seen: Seen) -> str:
        """The end: what to keep, and who listens."""
        return self._render("door_done.html", seen)

    def code(self, seen: Seen, problem: str = "", typed: str = "") -> str:
        """Where a code is typed; ``problem`` are the words why the last one led nowhere."""
        return self._render("door_code.html", seen, problem=problem, typed=typed)

    def news(self, seen: Seen, lines: Sequence[str], code: str, *, more: bool) -> str:
        """What became of a report; ``more``: something can be added to it."""
        return self._render("door_news.html", seen, lines=lines, code=code, more=more)

    def added(self, seen: Seen) -> str:
        """That it is on its way, and who listens."""
        return self._render("door_added.html", seen)

    def stop(self, seen: Seen, sentence: str) -> str:
        """Why something was not taken, with the numbers beside it."""
        return self._render("door_stop.html", seen, sentence=self._said(seen)[sentence])

    def _render(self, template: str, seen: Seen, **more: object) -> str:
        words = self._said(seen)
        other = next(each for each in TONGUES if each != seen.language)
        return self._templates.get_template(template).render(
            **{"number": 0, **more},
            words=words,
            exit=self._frames[seen.language].exit,
            help=self._frames[seen.language].help,
            lang=seen.language,
            other=other,
            seen=seen,
            calls=self._numbers()[seen.language],
            hidden=self._hidden(seen),
            notes=[self._note(seen, words, each) for each in seen.notes if each in NOTES],
            steps=STEPS,
        )

    def _said(self, seen: Seen) -> Mapping[str, str]:
        return self._words[seen.language].to(adult=seen.state.adult)

    def _note(self, seen: Seen, words: Mapping[str, str], name: str) -> str:
        if name == "no_picture":
            return self._phrase(seen, "report.no_picture")
        kind = self._content().report.words[seen.language]["kind"]
        return words[name].replace("{other}", kind.label("other", audience_of(seen.state)))

    def _advice(self, seen: Seen) -> str:
        """What cannot wait, as the chat says it too."""
        key = report.ADVICE.get(seen.state.draft.kind) if seen.state.draft else None
        return self._phrase(seen, key) if key else ""

    def _phrase(self, seen: Seen, key: str) -> str:
        moment = Moment(self._content(), Started(at=self._now()))
        return phrase(replace(seen.state, language=seen.language), moment, key)

    def _told(self, seen: Seen) -> list[steps.Told]:
        who, words = steps.who_of(seen.state), self._said(seen)
        label = words[f"who_{who}"] if who else ""
        form = self._content().report
        return steps.summary(form, seen.state, seen.language, who=label, label=words["who"])

    def _receipt(self, seen: Seen) -> str:
        return seen.state.form.receipt if seen.state.form else ""

    def _until(self, seen: Seen, until: datetime) -> str:
        today = until.date() == self._now().astimezone(CLOCK).date()
        words = self._said(seen)["resume_today" if today else "resume_tomorrow"]
        return words.replace("{time}", f"{until:%H:%M}")

    def _hidden(self, seen: Seen) -> dict[str, str]:
        """Fields of every form: an id by which a doubled press is known, and what it shows."""
        turn = seen.state.form.turn if seen.state.form else 0
        hidden = {"event": secrets.token_hex(16), "turn": str(turn), "page": seen.page}
        return hidden | ({"door": seen.door} if seen.door else {})


def grouped(receipt: str) -> tuple[str, ...]:
    """A code as it is read over a phone: in groups of four."""
    return tuple(receipt[at : at + 4] for at in range(0, len(receipt), 4))


def empty(state: State) -> bool:
    """Whether nothing of a report is kept."""
    return state.draft is None or state.draft == Draft(begun_at=state.draft.begun_at)
