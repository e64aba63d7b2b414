"""Turns a template and values into a page in the language of whoever looks at it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.console.amounts import filters
from api.console.marking import marked
from api.console.words import said
from api.locale.catalogue import LANGUAGES, translations
from api.rights import forms
from api.rights.gate import RULES
from api.rights.parts import clock_of
from api.staff.sessions import Person

LANGUAGE_COOKIE = "sigurt-language"

_API = Path(__file__).parent.parent
_PARTS = (
    *("console", "staff", "contacts", "reports", "learning", "marks"),
    *("forms", "replies", "cases", "shifts", "figures", "reviews", "systems"),
    *("addresses", "filing", "evidence", "audit"),
)
_FOLDERS = [_API / name / "templates" for name in _PARTS]
_SHAPES = {"emergency": "em", "disclosure": "dis", "concern": "con", "none": "none"}


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page; ``person`` comes from the gate, the language from its cookie."""
    person: Person | None = getattr(request.state, "person", None)
    text = (
        environment(language_of(request))
        .get_template(template)
        .render(
            person=person,
            trial=request.app.state.trial,
            language=language_of(request),
            path=request.url.path,
            form_token=forms.token(request, person),
            now=clock_of(request)(),
            may=lambda action: person is not None and RULES[action].allows(person.roles),
            **values,
        )
    )
    return HTMLResponse(text, status)


def language_of(request: Request) -> str:
    """The language of the account, else the one chosen on this browser; Albanian until then."""
    person: Person | None = getattr(request.state, "person", None)
    of_browser = request.cookies.get(LANGUAGE_COOKIE, "")
    chosen = (person.language if person else "") or of_browser
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


@cache
def environment(language: str) -> Environment:
    """The templates in one language; everything is escaped."""
    found = Environment(
        loader=FileSystemLoader(_FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = translations(language)
    found.policies["ext.i18n.trimmed"] = True
    found.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    found.globals |= {
        "icon": icon,
        "marked": marked,
        "shape": lambda severity: _SHAPES[severity],
        "word": lambda kind, value: said(kind, value, words.gettext),
    }
    found.filters |= {**filters(language, words), "initials": initials}
    return found


def initials(name: str) -> str:
    """Up to two first letters of a name."""
    return "".join(part[0] for part in name.split()[:2]).upper()


def icon(name: str, css: str = "i") -> Markup:
    """A drawing, put into the page."""
    drawing = _drawings()[name]
    return Markup('<svg class="{}" viewBox="{}" aria-hidden="true">{}</svg>').format(css, *drawing)


@cache
def _drawings() -> dict[str, tuple[str, Markup]]:
    sheet = (Path(__file__).parent / "icons.svg").read_text(encoding="utf-8")
    found = re.findall(r'<symbol id="([\w-]+)" viewBox="([\d ]+)">(.*?)</symbol>', sheet)
    return {name: (box, Markup(inside)) for name, box, inside in found}  # noqa: S704
