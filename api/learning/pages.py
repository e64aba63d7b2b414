"""What was learned, as a page and as a file; never of whom."""

from __future__ import annotations

from fastapi import Request, Response

from api.console.render import language_of, render
from api.console.words import said
from api.learning import service
from api.locale.catalogue import translations
from api.rights.gate import Gate, Signed
from api.rights.parts import database_of

gate = Gate(prefix="/helpline")


@gate.allow("GET", "/learning", action="learning.read")
def learning(request: Request, person: Signed) -> Response:
    """The figures by lesson, and of the soft question by category."""
    with database_of(request).read() as session:
        lines, counted_at = service.lines(session)
        asked = service.asked(session)
    return render(
        request,
        "learning.html",
        place="learning",
        lines=lines,
        asked=asked,
        counted_at=counted_at,
    )


@gate.allow("GET", "/learning.csv", action="learning.read")
def as_csv(request: Request, person: Signed) -> Response:
    """The same figures for a spreadsheet, which reads ë and ç only behind a byte order mark."""
    translate = translations(language_of(request)).gettext
    with database_of(request).read() as session:
        lines, _ = service.lines(session)
    text = service.as_csv(lines, lambda topic: said("topic", topic, translate))
    headers = {"Content-Disposition": 'attachment; filename="sigurt-learning.csv"'}
    content = text.encode("utf-8-sig")
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
