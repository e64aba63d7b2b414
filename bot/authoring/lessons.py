"""Lessons from their files, and whether the two languages teach the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.authoring.buttons import fits_id, unfit_id
from bot.authoring.lines import Path
from bot.authoring.pages import Page, Table
from bot.engine.content import BANDS, LANGUAGES, Ask, Lesson, Option, Quiz

_KEYS = (
    *("id", "topic", "band", "title", "tender", "picture", "picture_text", "reviewed"),
    *("idea", "action", "closing", "before", "hook", "try", "quiz", "review"),
)
REVIEWS = 3  # after about 2, 7 and 21 days
_LONGEST_PLACE = "review3"  # of a question, as the engine calls it
Lessons = dict[str, dict[str, Lesson]]


def read_lessons(pages: Mapping[str, Mapping[str, Page]]) -> Lessons:
    """Return the lessons that can be played, by language and id.

    ``pages`` are the lesson files by language and name. A lesson that is faulty in one
    language is left out there.
    """
    lessons: Lessons = {language: {} for language in LANGUAGES}
    for language, files in pages.items():
        for page in files.values():
            known = page.faults.broken
            lesson = _lesson(page, language)
            if page.faults.broken == known:
                lessons[language][lesson.id] = lesson
    _check_twins(pages, lessons)
    _check_bands(pages, lessons)
    return lessons


def bubbles_of(lesson: Lesson) -> Iterator[tuple[Path, str]]:
    """What a lesson says, bubble by bubble, with the path of each in its file."""
    yield ("before", "say"), lesson.before.say
    yield from _said(("hook",), lesson.hook)
    for n, idea in enumerate(lesson.ideas):
        yield ("idea", n), idea
    for n, ask in enumerate(lesson.tries):
        yield from _said(("try", n), ask)
    yield from _asked(("quiz",), lesson.quiz)
    for n, review in enumerate(lesson.reviews):
        yield from _asked(("review", n), review)
    yield ("action",), lesson.action
    yield ("closing",), lesson.closing


def questions_of(lesson: Lesson) -> Iterator[tuple[Path, tuple[Option, ...]]]:
    """The choices of a lesson in order, with the path of each question in its file."""
    yield ("before",), lesson.before.options
    yield ("hook",), lesson.hook.options
    for n, ask in enumerate(lesson.tries):
        yield ("try", n), ask.options
    yield ("quiz",), lesson.quiz.options
    for n, review in enumerate(lesson.reviews):
        yield ("review", n), review.options


def messages_of(lesson: Lesson) -> int:
    """How many messages a lesson takes: scene, ideas, tries, quiz, feedback, task, last line."""
    return 5 + len(lesson.ideas) + len(lesson.tries)


def answers_of(lesson: Lesson) -> tuple[tuple[Option, ...], ...]:
    """The options of the questions that have one wanted answer, from before to the last review."""
    reviews = (review.options for review in lesson.reviews)
    return (lesson.before.options, lesson.quiz.options, *reviews)


def _asked(path: Path, quiz: Quiz) -> Iterator[tuple[Path, str]]:
    yield (*path, "say"), quiz.say
    yield (*path, "right"), quiz.right
    yield (*path, "other"), quiz.other
    if quiz.why:
        yield (*path, "why"), quiz.why


def _said(path: Path, ask: Ask) -> Iterator[tuple[Path, str]]:
    yield (*path, "say"), ask.say
    for n, option in enumerate(ask.options):
        yield (*path, "options", n, "reply"), option.reply


def _lesson(page: Page, language: str) -> Lesson:
    root = page.root
    root.only(*_KEYS)
    quiz = _quiz(root.table("quiz"))
    lesson = Lesson(
        id=root.text("id"),
        topic=root.text("topic"),
        band=root.one_of("band", BANDS),
        language=language,
        title=root.text("title"),
        tender=root.flag("tender"),
        before=_before(root, quiz),
        hook=_ask(root.table("hook")),
        ideas=root.texts("idea"),
        tries=tuple(_ask(item) for item in root.tables("try", least=1, most=2)),
        quiz=quiz,
        reviews=tuple(_quiz(each) for each in root.tables("review", least=REVIEWS, most=REVIEWS)),
        action=root.text("action"),
        closing=root.text("closing"),
        picture=root.text("picture", ""),
        picture_text=root.text("picture_text", ""),
    )
    _check_names(page, lesson)
    _check_ids(page, lesson)
    return lesson


def _ask(table: Table) -> Ask:
    table.only("say", "options")
    options = table.tables("options", least=2, most=4)
    return Ask(table.text("say"), _unlike(table, tuple(_option(o, True) for o in options)))


def _before(root: Table, quiz: Quiz) -> Ask:
    """The match of the quiz."""
    if "before" not in root.data:
        sentence = "There is no question before the lesson. Write [before], the match of the quiz."
        root.fault("before", sentence)
        return Ask("", ())
    table = root.table("before")
    table.only("say", "options")
    options = _choices(table)
    if options and len(options) != len(quiz.options):
        table.fault("options", f"The quiz has {len(quiz.options)} options. Give it as many.")
    return Ask(table.text("say"), options)


def _choices(table: Table) -> tuple[Option, ...]:
    """The options of a question of which just one is right."""
    options = tuple(_option(o, False) for o in table.tables("options", least=2, most=3))
    rights = sum(option.right for option in options)
    if rights != 1:
        mend = "Leave right = true on one." if rights else "Write right = true on one."
        table.fault("options", f"The question has {rights} right answers. {mend}")
    return _unlike(table, options)


def _quiz(table: Table) -> Quiz:
    table.only("say", "right", "other", "why", "options")
    return Quiz(
        say=table.text("say"),
        options=_choices(table),
        right=table.text("right"),
        other=table.text("other"),
        why=table.text("why", ""),
    )


def _option(table: Table, answered: bool) -> Option:
    table.only(*("id", "label", "right"), *(("reply",) if answered else ()))
    reply = table.text("reply") if answered else ""
    return Option(table.text("id"), table.text("label"), reply, table.flag("right", False))


def _unlike(table: Table, options: tuple[Option, ...]) -> tuple[Option, ...]:
    for kind, names in (("id", [o.id for o in options]), ("label", [o.label for o in options])):
        if len(set(names)) < len(names):
            table.fault("options", f"Two options have the same {kind}. Give each its own.")
    return options


def _check_names(page: Page, lesson: Lesson) -> None:
    if lesson.id != page.stem:
        page.fault(("id",), f'The id is "{lesson.id}", the file "{page.stem}". Make them equal.')
    if not lesson.id.startswith(f"{lesson.topic}-") or not lesson.id.endswith(f"-{lesson.band}"):
        page.fault(("id",), "The id must be topic, name and band, such as t14-help-8-10. Mend it.")
    if bool(lesson.picture) != bool(lesson.picture_text):
        page.fault(("picture",), "A picture needs picture_text, and the other way. Give both.")
    if len(lesson.ideas) > 2:
        page.fault(("idea",), f'"idea" has {len(lesson.ideas)} bubbles. Keep one or two.')


def _check_ids(page: Page, lesson: Lesson) -> None:
    """A press comes back as the ids of lesson, question and option, put together."""
    for path, options in questions_of(lesson):
        for n, option in enumerate(options):
            if not fits_id(f"{lesson.id}/{_LONGEST_PLACE}.{option.id}"):
                page.fault((*path, "options", n, "id"), unfit_id(option.id))


def _check_twins(pages: Mapping[str, Mapping[str, Page]], lessons: Lessons) -> None:
    first, *others = LANGUAGES
    for other in others:
        for here, there in ((first, other), (other, first)):
            for name in sorted(pages[here].keys() - pages[there].keys()):
                page = pages[here][name]
                page.fault(
                    (), f"The lesson is missing in {there}. Write {there}/lessons/{name}.toml."
                )
        for name in sorted(lessons[first].keys() & lessons[other].keys()):
            _check_same(pages[other][name], lessons[first][name], lessons[other][name], first)


def _check_same(page: Page, model: Lesson, lesson: Lesson, language: str) -> None:
    for key in ("topic", "band", "tender", "picture"):
        if getattr(model, key) != getattr(lesson, key):
            page.fault((key,), f'"{key}" is not as in {language}. Make the two files agree.')
    for key, mine, its in (
        ("idea", len(lesson.ideas), len(model.ideas)),
        ("try", len(lesson.tries), len(model.tries)),
    ):
        if mine != its:
            page.fault((key,), f'"{key}" has {mine} entries, {language} has {its}. Write as many.')
            return
    if bool(model.quiz.why) != bool(lesson.quiz.why):
        page.fault(("quiz",), f"Only one of this and {language} has a why. Give it to both.")
    for (path, mine_), (_, its_) in zip(questions_of(lesson), questions_of(model), strict=True):
        _check_options(page, path, mine_, its_, language)


def _check_options(
    page: Page, path: Path, mine: tuple[Option, ...], its: tuple[Option, ...], language: str
) -> None:
    where = (*path, "options")
    if [o.id for o in mine] != [o.id for o in its]:
        ids = ", ".join(option.id for option in its)
        page.fault(where, f"The options are not those of {language}, in order: {ids}. Use these.")
    elif [o.right for o in mine] != [o.right for o in its]:
        page.fault(where, f"The right answer is not the one of {language}. Mark the same option.")


def _check_bands(pages: Mapping[str, Mapping[str, Page]], lessons: Lessons) -> None:
    for language, there in lessons.items():
        for topic in sorted({lesson.topic for lesson in there.values()}):
            mine = {lesson.band: lesson for lesson in there.values() if lesson.topic == topic}
            missing = [band for band in BANDS if band not in mine]
            if missing and not _unread(pages[language], lessons[language], topic):
                page = pages[language][next(iter(mine.values())).id]
                if any(f"{language}/lessons/{topic}-" in file for file in page.faults.unread):
                    continue
                mend = _begin(pages, next(iter(mine.values())), missing)
                bands = ", ".join(missing)
                page.fault(("topic",), f'Topic "{topic}" has no lesson for {bands}. {mend}')


def _begin(pages: Mapping[str, Mapping[str, Page]], known: Lesson, bands: list[str]) -> str:
    """How to begin what is missing, beside a lesson of the topic; a twin begun is to be written."""
    name = known.id.removeprefix(f"{known.topic}-").removesuffix(f"-{known.band}")
    if any(f"{known.topic}-{name}-{band}" in files for band in bands for files in pages.values()):
        return "Write it."
    commands = (f"sigurt content new lesson {known.topic} {band} {name}" for band in bands)
    return f"Begin {'it' if len(bands) == 1 else 'each'}: {', '.join(commands)}."


def _unread(pages: Mapping[str, Page], lessons: Mapping[str, Lesson], topic: str) -> bool:
    """Whether a file of the topic exists that was refused: it has its own fault already."""
    return any(name.startswith(f"{topic}-") for name in pages.keys() - lessons.keys())
