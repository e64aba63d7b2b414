"""The questions of a report from their files: what is asked once, the words in each language."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.authoring.buttons import check_button, fits_id, unfit_id
from bot.authoring.journey_words import AUDIENCES, missing_audiences
from bot.authoring.pages import Faults, Page, Table
from bot.authoring.reviews import KEY
from bot.engine.content import ADULT, BANDS, LANGUAGES
from bot.engine.reports import GATE, Question, QuestionWords, ReportForm

NAME = "report"  # of the files
KINDS = (
    *("csam_address", "sexual_extortion", "grooming", "unwanted_sexual_material"),
    *("live_streamed_abuse", "trafficking", "altered_picture", "shared_picture"),
    *("violence_or_hate", "other"),
)
ROLES = ("child", "parent", "teacher", "other")
_UNSURE = ("yes", "no", "unsure")
VALUES: Mapping[str, tuple[str, ...]] = {  # the answers that the helpline takes
    "who": ROLES,
    "kind": KINDS,
    "now": _UNSURE,
    "safe": _UNSURE,
    "where": (),
    "in_picture": ("yes", "no", "decline"),
    GATE: ("enough", "ask"),
    "place": ("web_page", "app", "game", "phone", "email", "offline", "unsure"),
    "app": (),
    "when": ("today", "week", "earlier", "unsure"),
    "still": _UNSURE,
    "demand": ("money", "pictures", "meeting", "silence", "other"),
    "given": _UNSURE,
    "deadline": ("today", "days", "none", "unsure"),
    "suspect": (),
    "words": (),
    "pass_on": _UNSURE,
    "wants_news": ("yes", "no"),
}
WHOLE = ("who", "kind", "now", "safe", "in_picture")  # help first: nothing may be taken out
TYPED = {"where": "address"} | dict.fromkeys(
    ("app", "when", "deadline", "suspect", "words"), "words"
)
SEVERAL = ("demand",)
_KEYS = ("id", "options", "first", "typed", "several", "skip", "rest")
_WHOM = ("kinds", "roles", "bands", "when", "unless")
_MOST_SHOWN = 7  # options in one list of a chat; the way to the others is one more


def read_report(
    page: Page | None, words: Mapping[str, Page], apps: Collection[str], faults: Faults
) -> ReportForm:
    """Return the questions of a report; a faulty form is empty, and said so."""
    if page is None:
        faults.add(f"journeys/{NAME}.toml", 1, "The bot asks these questions. Write the file.")
        return ReportForm()
    known = faults.broken
    page.root.only("id", "question")
    if page.root.text("id") != NAME:
        page.root.fault("id", f'The id is not the file\'s name. Write id = "{NAME}".')
    tables = page.root.tables("question", least=1, most=len(VALUES))
    questions = tuple(_question(table, apps) for table in tables)
    _check_order(page, questions)
    for language in sorted(set(LANGUAGES) - words.keys()):
        file = f"{language}/journeys/{NAME}.toml"
        faults.add(file, 1, "A report has no words in this language. Write the file.")
    spoken = {language: _words(its, questions) for language, its in words.items()}
    return ReportForm(questions, spoken) if faults.broken == known else ReportForm()


def _question(table: Table, apps: Collection[str]) -> Question:
    table.only(*_KEYS, *_WHOM)
    name = table.one_of("id", tuple(VALUES))
    options = table.texts("options", least=0)
    question = Question(
        id=name,
        options=options,
        first=_count(table, len(options)),
        typed=table.text("typed", ""),
        several=table.flag("several", False),
        skip=table.flag("skip", True),
        rest=table.flag("rest", False),
        kinds=_some(table, "kinds", KINDS),
        roles=_some(table, "roles", ROLES),
        bands=_some(table, "bands", BANDS),
        when=_when(table),
        unless=table.texts("unless", least=0),
    )
    _check_options(table, question, apps)
    _check_ways(table, question)
    return question


def _count(table: Table, options: int) -> int:
    value: object = table.data.get("first", 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_SHOWN:
        table.fault("first", f'"first" is a number. Write one from 0 to {_MOST_SHOWN}.')
        return 0
    if options > _MOST_SHOWN and not value:
        table.fault("first", f"{options} options are too many for one list. Write first = 6.")
    return value


def _some(table: Table, key: str, known: Collection[str]) -> tuple[str, ...]:
    values = table.texts(key, least=0)
    for n, value in enumerate(values):
        if value not in known:
            sentence = f'"{value}" is none of these. Use: {", ".join(known)}.'
            table.page.fault((*table.path, key, n), sentence)
    return values


def _when(table: Table) -> dict[str, tuple[str, ...]]:
    if "when" not in table.data:
        return {}
    rules = table.table("when")
    answers = {}
    for name in rules.data:
        values = rules.data[name]
        if isinstance(values, list) and values and all(isinstance(v, str) for v in values):
            answers[name] = tuple(values)
        else:
            rules.fault(name, f'"{name}" is no list of answers. Write {name} = ["…"].')
    return answers


def _check_options(table: Table, question: Question, apps: Collection[str]) -> None:
    known = tuple(apps) if question.id == "app" else VALUES.get(question.id, ())
    for option in question.options:
        if option not in known:
            table.fault("options", _unknown(question.id, option, known))
        elif not fits_id(f"{NAME}_{question.id}.{option}"):
            table.fault("options", unfit_id(option))
    if len(set(question.options)) < len(question.options):
        table.fault("options", "An option is named twice. Name each once.")
    if question.id in WHOLE and set(question.options) != set(known):
        table.fault("options", f"Help depends on this. Keep all of: {', '.join(known)}.")


def _unknown(question: str, option: str, known: Collection[str]) -> str:
    choice = ", ".join(sorted(known)) or "none"
    if question == "app":
        return f'No app of platforms.toml is called "{option}". Use: {choice}.'
    return f'The helpline knows no "{option}" here. Use: {choice}.'


def _check_ways(table: Table, question: Question) -> None:
    typed = TYPED.get(question.id, "")
    if question.typed not in ("", typed):
        mend = f'Write typed = "{typed}".' if typed else "Take it out."
        table.fault("typed", f"Words are no such answer here. {mend}")
    if question.several and question.id not in SEVERAL:
        table.fault("several", "The helpline takes one answer here. Take it out.")
    if not question.options and not question.typed:
        table.fault("options", 'Dead end: neither options nor typed. Write options = ["…"].')
    if question.id == "kind" and (question.skip or question.kinds or question.rest):
        table.fault("skip", "The kind is asked of everybody. Write skip = false and nothing more.")
    if question.id in WHOLE and question.rest:
        table.fault("rest", "Help depends on this. Take rest out.")


def _check_order(page: Page, questions: tuple[Question, ...]) -> None:
    """Every name once, what help depends on there, and answers known before they count."""
    names = [each.id for each in questions]
    for name in WHOLE:
        if name not in names:
            page.fault((), f'Help depends on "{name}". Write a [[question]] with that id.')
    for n, each in enumerate(questions):
        if each.id in names[:n]:
            page.fault(("question", n, "id"), f'"{each.id}" is asked twice. Keep one.')
        early = {*names[:n], *(("addresses",) if "where" in names else ())}
        for name in (*each.when, *each.unless):
            if name not in early:
                sentence = f'"{name}" is not asked before this. Move it up, or take it out.'
                page.fault(("question", n), sentence)
        if each.rest and GATE not in names[:n]:
            page.fault(("question", n, "rest"), f'Nobody is asked "{GATE}" before this.')


# ---------- words ----------


def _words(page: Page, questions: tuple[Question, ...]) -> dict[str, QuestionWords]:
    root = page.root
    names = {each.id for each in questions}
    for name in root.data:
        if name not in (*names, KEY):
            root.fault(name, f'No question is called "{name}". Take it out, or add it there.')
    for name in sorted(names - root.data.keys() - {""}):
        page.fault((), f'Question "{name}" has no words here. Write [{name}].')
    there = (each for each in questions if each.id in root.data)
    return {each.id: _question_words(root.table(each.id), each) for each in there}


def _question_words(table: Table, question: Question) -> QuestionWords:
    table.only("name", "say", "again", "labels")
    name = table.text("name")
    check_button(table.page, (*table.path, "name"), name, "name")
    labels, adults = _labels(table, question)
    return QuestionWords(
        name=name,
        say=_said(table, "say"),
        again=_said(table, "again") if question.several else {},
        labels=labels,
        adults=adults,
    )


def _said(table: Table, key: str) -> dict[str, str]:
    said = table.table(key)
    said.only(*AUDIENCES)
    for audience in missing_audiences(said.data, (*BANDS, ADULT)):
        said.page.fault(said.path, f'Nobody asks "{audience}". Write it, or all = "…".')
    return {audience: said.text(audience) for audience in AUDIENCES if audience in said.data}


def _labels(table: Table, question: Question) -> tuple[dict[str, str], dict[str, str]]:
    if not question.options:
        return {}, {}
    words = table.table("labels")
    words.only(*question.options, ADULT)
    labels = {option: words.text(option) for option in question.options}
    if len(set(labels.values())) < len(labels):
        words.page.fault(words.path, "Two buttons read the same. Give each its own words.")
    if ADULT not in words.data:
        return labels, {}
    own = words.table(ADULT)
    own.only(*question.options)
    return labels, {option: own.text(option) for option in own.data if option in question.options}
