"""The triage's part of a lexicon, checked for whoever edits it: each slip with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.authoring.faults import Level
from bot.authoring.lines import Path
from bot.authoring.pages import Page, Table
from bot.engine.content import Lexicon
from bot.engine.words import Token, fold
from bot.triage.ears import rules_of
from bot.triage.patterns import BrokenPattern, Slots
from bot.triage.rules import ANY, CATEGORIES, Rule, Rules
from bot.triage.spelling import Spelling, key_of, tokens_of

LISTS = ("same", "glued", "groups", "concepts")
WORDS = ("common_words", "hollow_words", "negators")
_RULE = ("id", "category", "weight", "urgency", "any", "unless", "negatable", "wants_harm", "asks")
_DISCOUNT = ("id", "factor", "any", "unless")
_TRIED = 24  # ways to meet a pattern that are tried before it counts as never met

_RULES = ("rule", "discount")

Lists = Mapping[str, tuple[str, ...]]


def check_rules(page: Page) -> bool:
    """Note what the triage cannot use; True when it can use all of it."""
    before, root = page.faults.broken, page.root
    for key in WORDS:
        root.texts(key, least=0)
    lists = {key: _lists(root, key) for key in LISTS}
    tables = [*_tables(root, "rule", _RULE), *_tables(root, "discount", _DISCOUNT)]
    _check_ids(tables)
    if page.faults.broken > before:
        return False
    language = root.text("language", "sq")
    slots = Slots(Spelling(language, lists["same"], lists["glued"]), lists["groups"])
    for table in (root, *tables):
        _check_patterns(table, slots)
    return page.faults.broken == before


def _lists(root: Table, key: str) -> Lists:
    if key not in root.data:
        return {}
    table = root.table(key)
    return {name: table.texts(name) for name in table.data}


def _tables(root: Table, key: str, known: tuple[str, ...]) -> tuple[Table, ...]:
    found = root.tables(key, least=0, most=10_000) if key in root.data else ()
    for table in found:
        table.only(*known)
        _check_table(table)
    return found


def _check_table(table: Table) -> None:
    table.text("id")
    table.texts("any")
    table.texts("unless", least=0)
    if "category" in table.data:
        table.one_of("category", (*CATEGORIES, ANY))
    for key in ("negatable", "wants_harm", "asks"):
        table.flag(key, False)
    for key in ("weight", "urgency", "factor"):
        _check_share(table, key)


def _check_share(table: Table, key: str) -> None:
    value = table.data.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        shown = f'"{value}"' if isinstance(value, str) else value
        table.fault(key, f'"{table.named(key)}" is {shown}. Write a number from 0 to 1.')


def _check_ids(tables: Iterable[Table]) -> None:
    """Of two rules with one id only the first would ever be met."""
    lines: dict[object, int] = {}
    for table in tables:
        name, line = table.data.get("id"), table.page.line((*table.path, "id"))
        if isinstance(name, str) and lines.setdefault(name, line) != line:
            where = f"line {lines[name]}"
            table.fault("id", f'"{name}" is the id of another rule, on {where}. Give it a new one.')


def _check_patterns(table: Table, slots: Slots) -> None:
    for key in ("any", "unless", "negators"):
        for n, pattern in enumerate(table.data.get(key, ())):
            try:
                slots.parse(pattern)
            except BrokenPattern as broken:
                table.page.fault((*table.path, key, n), f"{broken}. Mend the pattern or [groups].")


def check_concepts(pages: Mapping[str, Page]) -> None:
    """What was learned in one language helps in the other only under the same name."""
    tables = {language: page.data.get("concepts", {}) for language, page in pages.items()}
    if not all(isinstance(table, dict) for table in tables.values()):
        return  # said where it stands
    names = {language: set(table) for language, table in tables.items()}
    for language, page in pages.items():
        for name in sorted(set().union(*names.values()) - names[language]):
            others = ", ".join(other for other in sorted(names) if name in names[other])
            page.fault(
                ("concepts",),
                f'The concept "{name}" of {others} is missing. Add it, or take it out there.',
            )


def check_met(page: Page, lexicon: Lexicon) -> None:
    """Note what no message can ever meet, however it is written; of a lexicon that is whole."""
    if any(f.file == page.file and f.level is Level.BROKEN for f in page.faults.found):
        return
    rules = rules_of(lexicon)
    for key in LISTS:
        for name, forms in page.data.get(key, {}).items():
            for n, form in enumerate(forms):
                _check_form(page, (key, name, n), form)
    _check_same(page, lexicon.language)
    _check_glued(page, rules.spelling)
    rest = iter(rules.rules)
    for key in _RULES:
        for n, (table, rule) in enumerate(zip(page.data.get(key, ()), rest, strict=False)):
            _check_rule(page, (key, n), table, rule, rules)


def _note(page: Page, path: Path, sentence: str) -> None:
    page.fault(path, sentence, Level.WORDING)


def _check_form(page: Page, path: Path, form: str) -> bool:
    """Note a form that no word can be; in these lists nothing is folded any more."""
    stem = form.removesuffix("*")
    typed = [token.word for token in tokens_of(stem)]
    if typed == [stem] and not (form != stem and len(stem) < 2):
        return True
    mend = "Give it two letters or more before the *"
    if len(typed) != 1:
        mend = f'Only single words stand here: use a pattern for "{form}"'
    elif typed != [stem]:
        mend = f'Write it as it is compared: "{typed[0]}"'
    _note(page, path, f'"{form}" is never met. {mend}.')
    return False


def _check_same(page: Page, language: str) -> None:
    """A form leads to one word, and no further."""
    owners: dict[str, str] = {}
    for word, forms in page.data.get("same", {}).items():
        for n, form in enumerate(forms):
            other = owners.setdefault(key_of(form, language), word)
            if other != word:
                path = ("same", word, n)
                _note(page, path, f'"{form}" stands under "{other}" too. Keep it under one.')


def _check_glued(page: Page, spelling: Spelling) -> None:
    """Letters that fold away would make a plain word a glued one."""
    for first, rests in page.data.get("glued", {}).items():
        for n, rest in enumerate(rests):
            if key_of(first + rest, spelling.language) == key_of(rest, spelling.language):
                _note(
                    page,
                    ("glued", first, n),
                    f'Every "{rest}" would be read as "{first} {rest}". Take it out.',
                )


def _check_rule(
    page: Page, path: Path, table: Mapping[str, list[str]], rule: Rule, rules: Rules
) -> None:
    for n, text in enumerate(table.get("unless", ())):
        _check_written(page, (*path, "unless", n), text)
    for n, (text, pattern) in enumerate(zip(table["any"], rule.patterns, strict=True)):
        here = (*path, "any", n)
        if not _check_written(page, here, text):
            continue
        ways = map(rules.slots.places, map(rules.spelling.words, _ways(text, page)))
        if not any(rules.meets(rule, pattern, places) for places in ways):
            _note(page, here, f'"{text}" is never met: unless, or a spelling, undoes it. Mend it.')


def _check_written(page: Page, path: Path, pattern: str) -> bool:
    return all([_check_form(page, path, form) for form in _written(pattern)])


def _written(pattern: str) -> Iterator[str]:
    """The forms that stand in a pattern itself."""
    for piece in pattern.split():
        if piece not in ("..", "+"):
            yield from (form for form in fold(piece).split("|") if not form.startswith("@"))


def _ways(pattern: str, page: Page) -> Iterator[list[Token]]:
    """Some shortest texts that should meet a pattern."""
    groups = page.data.get("groups", {})
    pieces = [fold(piece) for piece in pattern.split() if piece not in ("..", "+")]
    slots = [list(_forms(piece, groups)) for piece in pieces]
    for way in range(min(_TRIED, max(map(len, slots)))):
        yield [_typed(forms[way % len(forms)]) for forms in slots]


def _forms(piece: str, groups: Lists) -> Iterator[str]:
    for form in piece.split("|"):
        yield from groups[form[1:]] if form.startswith("@") else (form,)


def _typed(form: str) -> Token:
    word = form.removesuffix("*") + "0" * form.endswith("*")
    return Token(word, 0, len(word))
