"""The page of the preview: the chat's own bubbles, twice, and the list of all places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader

from bot.authoring.graph import CATEGORIES
from bot.channels.web import bubbles
from bot.channels.web.view import HERE, TONGUES, Asset, View
from bot.channels.web.words import PageWords
from bot.engine import journey
from bot.engine.content import COUNTRIES, LANGUAGES, Content
from bot.places import FLOWS, JOURNEYS, LESSONS, kind_of, places
from bot.preview.scene import PEOPLE, TOLD, Scene, Side
from bot.script import ABILITIES

CHOICES = {"who": tuple(PEOPLE), "country": COUNTRIES, "channel": tuple(ABILITIES)}
Group = tuple[str, list[tuple[str, str]]]  # a heading; each place with its name


class Page(View):
    """Renders the preview in the chat's own look."""

    def __init__(self, words: Mapping[str, PageWords], assets: Mapping[str, Asset]) -> None:
        super().__init__(words, assets)
        folders = [HERE / "templates", Path(__file__).parent]
        self._templates.loader = FileSystemLoader(folders)

    def shown(
        self,
        scene: Scene,
        content: Content | None,
        sides: Sequence[Side],
        faults: Sequence[str],
        number: int,
    ) -> str:
        """The whole page; with faults these stand in the place of the chat."""
        return self._templates.get_template("page.html").render(
            scene=scene,
            choices=CHOICES,
            groups=groups(content) if content else (),
            sides=[] if faults else [self._side(scene, side) for side in sides],
            faults=faults,
            number=number,
            goes_on=content is not None,
        )

    def _side(self, scene: Scene, side: Side) -> dict[str, Any]:
        language = side.talk.state.language or side.language
        said = bubbles.says_of(side.turns)
        return {
            "language": side.language,
            "tongue": TONGUES[side.language],
            "words": self.words[language],
            "turns": [(turn.seq, turn.payload) for turn in side.turns],
            "live": bubbles.live_seq(side.turns),
            "hidden": {"scene": scene.query(), "side": side.language},
            "band": said[-1]["band"] if said else "",
            "lamp": bubbles.lamp_of(side.turns),
            "timers": sorted(side.talk.timers),
            "ordered": side.ordered,
            "asked": side.talk.state.asked,
        }


def groups(content: Content) -> Iterator[Group]:
    """Every place to which one can go, by headings."""
    found = list(places(content))
    for name in content.journeys:
        start = f"{journey.PREFIX}{name}:"
        here = (place.question for place in found if place.group == JOURNEYS)
        nodes = [question for question in here if question.startswith(start)]
        yield f"{JOURNEYS}: {name}", [(node, node.removeprefix(start)) for node in nodes]
    yield "told of", [(f"{TOLD}{category}", category) for category in CATEGORIES]
    flows = [place.question for place in found if place.group == FLOWS]
    alone = [question for question in flows if kind_of(question) == question]
    yield FLOWS, [(question, question) for question in alone]
    yield from _shelves([question for question in flows if question not in alone])
    for taught in content.lessons[LANGUAGES[0]].values():
        here = (place.question for place in found if place.group == LESSONS)
        mine = [question for question in here if question.startswith(f"{taught.id}/")]
        yield taught.id, [(question, question.partition("/")[2]) for question in mine]


def _shelves(questions: Sequence[str]) -> Iterator[Group]:
    """Guides, activities and apps: each kind under its own heading."""
    for kind in dict.fromkeys(map(kind_of, questions)):
        mine = [question for question in questions if kind_of(question) == kind]
        yield kind, [(question, question.split(":", 2)[-1]) for question in mine]
