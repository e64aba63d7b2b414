"""Turns stored bubbles into HTML. Everything is escaped; one template serves page and stream."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web import bubbles
from bot.channels.web.words import PageWords
from bot.engine.effects import Say
from bot.store.weblog import Turn

HERE = Path(__file__).resolve().parents[1]
TONGUES = {"sq": "shqip", "en": "English"}  # as a screen reader says them
DOOR = "M6 21V10a6 6 0 0 1 12 0v11M3 21h18M14 15h.01"
TABLE = "Tabela e shumëzimit"  # what stands behind the exit
LIT = ("help", "person")  # buttons whose id ends so lead to a person: in help's yellow
KINDS = {".webmanifest": "application/manifest+json", ".svg": "image/svg+xml"}
MOODS = ("calm", "listening", "glad")


Numbers = Sequence[Sequence[str]]  # each: the number, and what answers there


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page: as it is, and packed."""

    kind: str
    plain: bytes
    packed: bytes


def load_assets(root: Path = HERE / "static") -> dict[str, Asset]:
    """Return every static file by its path; they are few and small, so they stay in memory."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): _asset(path) for path in files}


def _asset(path: Path) -> Asset:
    kind = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    if kind and kind.startswith("text/"):
        kind += "; charset=utf-8"
    plain = path.read_bytes()
    return Asset(kind or "application/octet-stream", plain, gzip.compress(plain, mtime=0))


class View:
    """Renders the page, its later bubbles, and what is said when something is not taken.

    ``numbers`` gives the telephone numbers by language for a country that is not known, as
    they are now; ``made`` the address of a picture that is made on request, or nothing.
    """

    def __init__(
        self,
        words: Mapping[str, PageWords],
        assets: Mapping[str, Asset],
        numbers: Callable[[], Mapping[str, Numbers]] = dict,
        made: Callable[[str], str] = lambda _name: "",
    ) -> None:
        self.words = words
        self._numbers, self._made = numbers, made
        self._version = hashlib.sha256(b"".join(a.plain for a in assets.values())).hexdigest()[:10]
        self._art = {name.removeprefix("art/") for name in assets if name.startswith("art/")}
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
        )
        self._templates.globals.update(
            version=self._version,
            tongues=TONGUES,
            lit=LIT,
            moods=MOODS,
            door=DOOR,
            table=TABLE,
            exit_words=", ".join(frame.exit_words for frame in words.values()),
        )
        self._templates.filters.update(
            art=self._art_path,
            made=self._made_path,
            unbroken=bubbles.unbroken,
            dialled=bubbles.dialled,
            helpline=bubbles.is_helpline,
            columns=bubbles.columns,
            tongue=_tongue,
        )

    def page(self, log: Sequence[Turn], *, door: str = "", start: str = "") -> str:
        """Return the whole page.

        ``door`` is the secret of a page without a cookie, ``start`` the campaign whose
        link led to it.
        """
        turns = bubbles.standing(log)
        said = bubbles.says_of(turns)
        last = said[-1] if said else {"language": "sq", "band": "", "name": ""}
        language = bubbles.language_of(said, self.words)
        return self._templates.get_template("chat.html").render(
            lang=language,
            other=next(other for other in TONGUES if other != language),
            words=self.words[language],
            band=last["band"],
            name=last["name"],
            turns=[(turn.seq, turn.payload) for turn in turns],
            live=bubbles.live_seq(turns),
            drawn=_drawn(turns),
            after=max((turn.seq for turn in log), default=0),
            hidden=_hidden(language, door=door, start=start),
            fresh=bool(door),
            lamp=bubbles.lamp_of(turns),
            calls=bubbles.calls_of(turns) or self._numbers().get(language, ()),
        )

    def bubbles(self, turns: Sequence[Turn]) -> list[dict[str, Any]]:
        """Return turns as the script takes them: number and finished HTML, or what is gone."""
        live = bubbles.live_seq(turns)
        return [self._item(turn, turn.seq == live) for turn in turns]

    def doors(self, says: Sequence[Say]) -> list[str]:
        """Return the ways to help as HTML, for the moments when nothing can be stored."""
        return [self._turn(Turn(0, bubbles.payload_of(say)), False) for say in says]

    def stop(self, sentence: str, language: str, doors: Sequence[Say]) -> str:
        """Return the page that says why something was not taken."""
        return self._templates.get_template("stop.html").render(
            lang=language,
            words=self.words[language],
            sentence=getattr(self.words[language], sentence),
            doors=[bubbles.payload_of(say) for say in doors],
        )

    def lost(self) -> str:
        """Return what stands at an address where there is nothing, in both languages."""
        return self._templates.get_template("lost.html").render(
            lang="sq", frames=self.words, numbers=self._numbers()
        )

    def little_words(self) -> str:
        """Return the page of the two little words, in both languages."""
        return self._templates.get_template("words.html").render(
            lang="sq", frames=self.words, numbers=self._numbers()
        )

    def classes(self, classes: Mapping[str, object], topic: str = "") -> str:
        """Return the page of one activity for a class, or of all, in both languages."""
        return self._templates.get_template("class.html" if topic else "classes.html").render(
            lang="sq", frames=self.words, classes=classes, topic=topic
        )

    def table(self) -> str:
        """Return the page behind the exit: nothing on it is ours."""
        return self._templates.get_template("table.html").render()

    def again(self, language: str) -> Turn:
        """Return what a page shows whose log has been dropped for its age."""
        words = self.words[language]
        buttons = [["go.menu", words.again_menu]]
        say = bubbles.payload_of(Say(key="", text=words.again, language=language))
        return Turn(0, {**say, "buttons": buttons})

    def _item(self, turn: Turn, live: bool) -> dict[str, Any]:
        if turn.payload["who"] == bubbles.GONE:
            return {"seq": turn.seq, "gone": turn.payload["seq"], "was": turn.payload["was"]}
        return {"seq": turn.seq, "html": self._turn(turn, live)}

    def _turn(self, turn: Turn, live: bool) -> str:
        words = self.words.get(turn.payload["language"], self.words["sq"])
        module = self._templates.get_template("turn.html").make_module()
        html: str = module.turn(  # type: ignore[attr-defined]
            turn.seq, turn.payload, words, _hidden(turn.payload["language"]), live, True
        )
        return str(html)

    def _art_path(self, name: str) -> str:
        file = bubbles.art_name(name)
        return f"/static/art/{file}" if file in self._art else ""

    def _made_path(self, name: str) -> str:
        """Where a picture is that is no drawing, but made when it is asked for."""
        return "" if self._art_path(name) else self._made(name)


def _hidden(language: str, **more: str) -> dict[str, str]:
    """Fields of every form: an id by which a doubled press is known, and who we are."""
    fields = {"event": secrets.token_hex(16), "frame": language}
    return fields | {name: value for name, value in more.items() if value}


def _tongue(label: str) -> str:
    """Return the language that a label names, in which it is to be read aloud."""
    return next((code for code, name in TONGUES.items() if name.lower() == label.lower()), "")


def _drawn(turns: Sequence[Turn]) -> int:
    """The one bubble that the lynx stands beside; none since something grave was said."""
    for turn in reversed(turns):
        if turn.payload["who"] == bubbles.PERSON or turn.payload.get("grave"):
            return -1
        if turn.payload.get("mood"):
            return turn.seq
    return -1
