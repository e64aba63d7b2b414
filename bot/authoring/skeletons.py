"""New files for authors: both twins, with comments that say what goes where.

What is still to be written stands between « and »: ``check`` names each place, so that
nothing half-made goes out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.authoring.faults import Level
from bot.authoring.levels import OPTIONS
from bot.authoring.pages import Page
from bot.authoring.reviews import words_of
from bot.engine.content import BANDS, LANGUAGES

KINDS = ("lesson", "guide", "activity", "journey")
_TOPIC = re.compile(r"t\d\d")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_JOURNEY = re.compile(r"[a-z][a-z0-9_]*")
_OPEN = re.compile("«[^»]*»?")


class CannotMake(Exception):
    """The files cannot be made; the message says why and what to write instead."""


def make(root: Path, kind: str, names: list[str]) -> list[Path]:
    """Write the files of a new lesson, guide, activity or journey, and say which.

    ``names``: topic, band and name of a lesson; topic of a guide or an activity; name of a
    journey. Raises ``CannotMake`` for names that will not do and for files that are there
    already; then nothing is written.
    """
    files = _MAKERS[kind](names)
    for file in files:
        if (root / file).exists():
            raise CannotMake(f"{file} is there already. Choose another name, or change that file.")
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return [root / file for file in files]


def check_written(page: Page) -> None:
    """Name every place that is still to be written."""
    for path, text in words_of(page):
        if place := _OPEN.search(text):
            sentence = f"Still to be written: {place.group()}. Put the words in its place."
            page.fault(path, sentence, Level.WORDING)


def _lesson(names: list[str]) -> dict[str, str]:
    topic, band, name = _exactly(names, 3, "a lesson: t19 11-13 name")
    _fits(_TOPIC, topic, "A topic is t and two digits, such as t19.")
    _fits(_NAME, name, "A name is small letters and hyphens, such as help.")
    if band not in BANDS:
        raise CannotMake(f'"{band}" is no band. Use one of: {", ".join(BANDS)}.')
    blanks = {"id": f"{topic}-{name}-{band}", "topic": topic, "band": band}
    return {
        f"{language}/lessons/{blanks['id']}.toml": _filled(_LESSON, language, band, blanks)
        for language in LANGUAGES
    }


def _guide(names: list[str]) -> dict[str, str]:
    return _of_topic(names, "guides", "a guide: t19", _GUIDE)


def _activity(names: list[str]) -> dict[str, str]:
    return _of_topic(names, "activities", "an activity: t19", _ACTIVITY)


def _of_topic(names: list[str], folder: str, wanted: str, text: str) -> dict[str, str]:
    (topic,) = _exactly(names, 1, wanted)
    _fits(_TOPIC, topic, "A topic is t and two digits, such as t19.")
    return {
        f"{language}/{folder}/{topic}.toml": _filled(text, language, "", {"topic": topic})
        for language in LANGUAGES
    }


def _journey(names: list[str]) -> dict[str, str]:
    (name,) = _exactly(names, 1, "a journey: name")
    _fits(_JOURNEY, name, "A journey's name is small letters, digits and _, such as parents.")
    branches = {f"journeys/{name}.toml": _BRANCHES.replace("{id}", name)}
    words = {
        f"{language}/journeys/{name}.toml": _filled(_WORDS, language, "", {})
        for language in LANGUAGES
    }
    return branches | words


def _exactly(names: list[str], number: int, wanted: str) -> list[str]:
    if len(names) != number:
        raise CannotMake(f"Name {wanted}.")
    return names


def _fits(pattern: re.Pattern[str], name: str, sentence: str) -> None:
    if not pattern.fullmatch(name):
        raise CannotMake(f'"{name}" will not do. {sentence}')


def _filled(text: str, language: str, band: str, blanks: Mapping[str, str]) -> str:
    """A skeleton in one language: each line ``sq| …`` or ``en| …`` is for that one alone."""
    lines = []
    for line in text.strip("\n").split("\n"):
        mark, bar, rest = line.partition("| ")
        if bar and mark in LANGUAGES:
            lines += [rest] if mark == language else []
        else:
            lines.append(line)
    filled = "\n".join(lines) + "\n"
    for name, value in {**blanks, "most": str(OPTIONS.get(band, ""))}.items():
        filled = filled.replace("{" + name + "}", value)
    return filled


_MAKERS = {"lesson": _lesson, "guide": _guide, "activity": _activity, "journey": _journey}

_LESSON = """
sq| # Çdo vend midis « dhe » pret fjalët. `sigurt content check` tregon ç'mbetet.
sq| # Shkruhet së pari shqip; skedari anglisht ka të njëjtat id, me të njëjtën renditje.
en| # Each place between « and » waits for words. `sigurt content check` says what is left.
en| # Albanian is written first; its twin has the same ids in the same order.
id = "{id}"
topic = "{topic}"
band = "{band}"
sq| title = "«titulli»"  # një buton: deri në 30 shenja
en| title = "«title»"  # a button: up to 30 characters
sq| tender = false  # true: temë e rëndë, pyetet para se të hapet dhe nuk lavdërohet
en| tender = false  # true: a hard topic, which asks before it opens and does not praise
picture = ""
picture_text = ""
sq| reviewed = []  # kush e ka lexuar dhe kur; bosh derisa ta lexojë dikush
en| reviewed = []  # who has read it and when; empty until somebody has
sq| # Një rregull dhe pse; një ose dy flluska.
en| # One rule and its why; one or two bubbles.
sq| idea = ["«rregulli dhe pse»"]
en| idea = ["«the rule and its why»"]
sq| # Një gjë për ta bërë në jetë; në moshën 8–10 me një të rritur.
en| # One thing to do in real life; at 8–10 with a grown-up.
sq| action = "«çfarë bëjmë»"
en| action = "«what to do»"
sq| # Lavdëron atë që u bë, jo fëmijën.
en| # Praises what was done, not the child.
sq| closing = "«çfarë u mësua»"
en| closing = "«what was learned»"

sq| # Para mësimit: si kuizi, por në një skenë tjetër. Deri në {most} përgjigje, një e drejtë.
en| # Before the lesson: like the quiz, in another scene. Up to {most} answers, one right.
[before]
sq| say = "«pyetja para mësimit»"
en| say = "«the question before»"
options = [
sq|   { id = "yes", label = "«përgjigjja e parë»", right = true },
en|   { id = "yes", label = "«first answer»", right = true },
sq|   { id = "no", label = "«përgjigjja e dytë»" },
en|   { id = "no", label = "«second answer»" },
]

sq| # Një skenë e vogël: një emër, një vend, një ndjenjë në trup.
en| # A small scene: a name, a place, a feeling in the body.
[hook]
sq| say = "«skena dhe pyetja»"
en| say = "«the scene and the question»"
options = [
sq|   { id = "one", label = "«zgjedhja e parë»", reply = "«ç'i themi»" },
en|   { id = "one", label = "«first choice»", reply = "«what we say to it»" },
sq|   { id = "two", label = "«zgjedhja e dytë»", reply = "«ç'i themi»" },
en|   { id = "two", label = "«second choice»", reply = "«what we say to it»" },
]

sq| # Një ose dy prova: zgjedh, ndan, stërvit një fjali.
en| # One or two tries: choose, sort, practise a sentence.
[[try]]
sq| say = "«prova»"
en| say = "«the try»"
options = [
sq|   { id = "one", label = "«zgjedhja e parë»", reply = "«ç'i themi»" },
en|   { id = "one", label = "«first choice»", reply = "«what we say to it»" },
sq|   { id = "two", label = "«zgjedhja e dytë»", reply = "«ç'i themi»" },
en|   { id = "two", label = "«second choice»", reply = "«what we say to it»" },
]

[quiz]
sq| say = "«pyetja e mësimit»"
en| say = "«the question of the lesson»"
sq| right = "Saktë, sepse «arsyeja»"
en| right = "Right, because «the reason»"
sq| other = "Shumë fëmijë mendojnë kështu. Ja çfarë ndihmon: «këshilla»"
en| other = "Many children think so. Here's what helps: «the advice»"
options = [
sq|   { id = "one", label = "«përgjigjja e parë»" },
en|   { id = "one", label = "«first answer»" },
sq|   { id = "two", label = "«përgjigjja e dytë»", right = true },
en|   { id = "two", label = "«second answer»", right = true },
]

sq| # Tri pyetje që kthehen pas 2, 7 dhe 21 ditësh: e njëjta ide me fjalë të tjera.
en| # Three questions that come back after 2, 7 and 21 days: the same idea in other words.
"""

_REVIEW = """
[[review]]
sq| say = "«pyetja {n}, që kuptohet edhe pa mësimin»"
en| say = "«question {n}, clear without the lesson»"
sq| right = "Po, sepse «arsyeja»"
en| right = "Yes, because «the reason»"
sq| other = "Shumë fëmijë mendojnë kështu. Ja çfarë ndihmon: «këshilla»"
en| other = "Many children think so. Here's what helps: «the advice»"
options = [
sq|   { id = "one", label = "«përgjigjja e parë»", right = true },
en|   { id = "one", label = "«first answer»", right = true },
sq|   { id = "two", label = "«përgjigjja e dytë»" },
en|   { id = "two", label = "«second answer»" },
]
"""
_LESSON += "\n".join(_REVIEW.strip("\n").replace("{n}", str(n)) + "\n" for n in (1, 2, 3))

_GUIDE = """
sq| # Për prindër dhe kujdestarë, me “ju”, pa fajësuar dhe pa frikësuar. 25–80 fjalë secila.
en| # For parents and carers, plain, without blame or fear. 25–80 words each.
topic = "{topic}"
sq| title = "«titulli»"  # një buton: deri në 30 shenja
en| title = "«title»"  # a button: up to 30 characters
reviewed = []
sq| why = "«për çfarë bëhet fjalë dhe pse ka rëndësi»"
en| why = "«what it is about and why it matters»"
sq| signs = "«çfarë mund të vihet re; asnjë shenjë nuk vërteton gjë vetëm»"
en| signs = "«what one may notice; no sign proves anything alone»"
sq| told = "«hapat e parë kur ka ndodhur diçka»"
en| told = "«the first steps when something has happened»"

[talk]
"""
_GUIDE += "".join(
    f'sq| "{band}" = "«si niset biseda, {band} vjeç»"\n'
    f'en| "{band}" = "«how to begin a talk at {band}»"\n'
    for band in BANDS
)
_GUIDE += "\n[do]\n"
_GUIDE += "".join(
    f'sq| "{band}" = "«çfarë bëni bashkë, {band} vjeç»"\n'
    f'en| "{band}" = "«what to do together at {band}»"\n'
    for band in BANDS
)

_ACTIVITY = """
sq| # Për një klasë, në letër dhe në dërrasë: telefonat nuk lejohen. Mësuesve me “ju”.
en| # For a class, on paper and board: phones are not allowed.
topic = "{topic}"
sq| title = "«titulli»"  # deri në 40 shenja
en| title = "«title»"  # up to 40 characters
bands = ["11-13"]
minutes = 25
reviewed = []
sq| goal = "«çfarë dinë të bëjnë nxënësit pas saj»"
en| goal = "«what the pupils can do afterwards»"
sq| need = "«letra, karta: sa dhe ç'shkruhet në to»"
en| need = "«paper, cards: how many and what is on them»"
sq| # Tre deri në gjashtë hapa, me kartat dhe historitë e gatshme.
en| # Three to six steps, with the cards and stories ready to use.
steps = [
sq|   "«hapi i parë»",
en|   "«first step»",
sq|   "«hapi i dytë»",
en|   "«second step»",
sq|   "«hapi i tretë»",
en|   "«third step»",
]
sq| product = "«çfarë mbetet në klasë»"
en| product = "«what stays in class»"
"""

_BRANCHES = """id = "{id}"
start = "begin"

# A node has options, each with where it leads under go, or one next.
# Exits: @menu, @help, @numbers, @person, @guidance, @lessons, @done, @lesson:t14, …
[turn.begin]
options = ["steps", "help"]
go = { steps = "steps", help = "@help" }

[turn.steps]
next = "@menu"
"""

_WORDS = """
sq| # Fjalët e çdo nyje. say për të gjithë, ose say."8-10", …, say.adult.
en| # The words of every node. say for all, or say."8-10", …, say.adult.
reviewed = []

[begin]
sq| say = ["«fillimi dhe pyetja»"]
en| say = ["«the beginning and the question»"]
sq| labels = { steps = "«te hapat»", help = "Dua ndihmë" }
en| labels = { steps = "«to the steps»", help = "I need help" }

[steps]
sq| say = ["«hapat»"]
en| say = ["«the steps»"]
"""
