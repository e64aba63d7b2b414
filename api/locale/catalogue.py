"""Reads the catalogues straight from their .po files, and brings them up to date.

``python -m api.locale.catalogue`` adds new words, drops stale ones and keeps the rest.
No language falls back to another: a word that is missing fails the tests.
"""

from __future__ import annotations

import sys
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LANGUAGES = ("sq", "en")

_HERE = Path(__file__).parent
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_JINJA = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
_HEADER = """\
# The console's words. Kept in step by: python -m api.locale.catalogue
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural}\\n"

"""
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}


@cache
def translations(language: str) -> GNUTranslations:
    """The words of a language, ready for ``gettext`` and ``ngettext``."""
    file = BytesIO()
    write_mo(file, read(language))
    file.seek(0)
    return GNUTranslations(file)


def read(language: str) -> Catalog:
    """The catalogue as it is written."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def path_of(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return _HERE / language / "LC_MESSAGES" / "messages.po"


def wanted() -> Catalog:
    """Every word that templates and code ask for."""
    found = Catalog(project="Sigurt", charset="utf-8")
    extracted = extract_from_dir(
        _HERE.parent, method_map=_METHODS, options_map=_JINJA, keywords=_KEYWORDS
    )
    for _, _, message, _, context in extracted:
        found.add(message, context=context)
    return found


def update(language: str) -> None:
    """Bring a catalogue up to date; English words stand for themselves."""
    path = path_of(language)
    before = read(language) if path.exists() else Catalog()
    after = Catalog(locale=language)
    for message in sorted((m for m in wanted() if m.id), key=lambda m: str(m.id)):
        known = before.get(message.id)
        text = known.string if known else None
        if not text and language == "en":
            text = message.id
        after.add(message.id, text, flags=message.flags & {"python-format"})
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(_HEADER.format(language=language, plural=after.plural_forms).encode())
        write_po(file, after, width=100, omit_header=True, no_location=True)


def main() -> int:
    """Update every catalogue."""
    for language in LANGUAGES:
        update(language)
    return 0


if __name__ == "__main__":
    sys.exit(main())
