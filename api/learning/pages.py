"""What was learned, as a page and as a file; never of whom."""

from __future__ import annotations

from fastapi import Request, Response

from api.audit.service import record
from api.console.render import language_of, render
from api.console.words import said
from api.learning import service
from api.locale.catalogue import translations
from api.rights.gate import Gate, Signed
from api.rights.parts import clock_of, database_of, vault_of

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
    """The same figures for a spreadsheet; taking them is recorded.

    A spreadsheet reads ë and ç only behind a byte order mark.
    """
    translate = translations(language_of(request)).gettext
    with database_of(request).read() as session:
        lines, _ = service.lines(session)
    vault, now, who = vault_of(request), clock_of(request)(), f"staff:{person.id}"
    with database_of(request).write() as session:
        record(session, vault, who=who, what="learning.exported", now=now)
    text = service.as_csv(lines, lambda topic: said("topic", topic, translate))
    headers = {"Content-Disposition": 'attachment; filename="sigurt-learning.csv"'}
    content = text.encode("utf-8-sig")
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
