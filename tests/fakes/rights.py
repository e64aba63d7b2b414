"""The table of rights: which routes there are, for whom, and what each answers on which item.

Each line of ``tests/api/rights/routes/*.txt`` is a method, a path (of the console without
``/helpline``; of other systems whole), who may (roles, or anyone), what else must hold (or a
dash), and a status for each state of the item: ``own=303 colleague=403``; with a role's name in
the place of a state, that role gets another status.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes.casework import NOTE

from api.reviews.values import QUESTIONS

FOLDER = Path(__file__).parent.parent / "api/rights/routes"
SYSTEMS = "/v1/desk"
ROLES = ("counsellor", "supervisor", "administrator", "analyst")

# For each kind of item the states that every route with its id must answer for.
STATES: Mapping[str, tuple[str, ...]] = {
    "contact": (
        *("waiting", "own", "colleague", "offered", "ended"),
        *("closed", "filed", "blocked", "hidden", "unknown"),
    ),
    "case": ("own", "colleague", "closed", "hidden", "unknown"),
    "part": ("own", "colleague", "closed", "strange", "hidden", "unknown"),
    "conflict": ("own", "colleague", "closed", "strange", "hidden", "unknown"),
    "link": ("own", "colleague", "closed", "strange", "hidden", "unknown"),
    "unlock": ("own", "asked", "decided", "strange", "hidden", "unknown"),
    "identity": ("own", "colleague", "unlocked", "hidden", "unknown"),
    "mark": ("own", "colleague", "bare", "released", "hidden", "unknown"),
    "handover": ("own", "colleague", "confirmed", "unknown"),
    "notice": ("open", "settled", "hidden", "unknown"),
    "report": ("there", "own", "colleague", "closed", "hidden", "unknown"),
    "address": ("there", "held", "sent", "gone", "hidden", "unknown"),
    "filing": ("draft", "ready", "waiting", "unsure", "filed", "hidden", "unknown"),
    "exhibit": ("report", "case", "hidden", "unknown"),
    "bundle": ("own", "waiting", "strange", "hidden", "unknown"),
    "planned": ("there", "unknown"),
    "system": ("waits", "there", "hooked", "disabled", "unknown"),
    "staff": ("self", "colleague", "unknown"),
    "key": ("own", "colleague", "unknown"),
}


@dataclass(frozen=True)
class Line:
    """What one route asks for, written down apart from roles.toml."""

    method: str
    path: str
    roles: tuple[str, ...]
    needs: frozenset[str]
    cells: Mapping[str, int] = field(default_factory=dict)

    def status(self, state: str, role: str) -> int:
        """What somebody with this role gets on an item in this state."""
        if self.gated and role not in self.roles:
            return 403
        return self.cells.get(role, self.cells[state])

    @property
    def named(self) -> tuple[str, ...]:
        """The states that the line names."""
        return tuple(state for state in self.cells if state not in ROLES)

    @property
    def gated(self) -> bool:
        """Whether it is for staff alone."""
        return self.roles != ("anyone",)

    @property
    def states(self) -> tuple[str, ...]:
        """The states for which it must say what it answers."""
        if self.path.startswith(SYSTEMS):  # nobody can name a system in a case
            return tuple(state for state in STATES.get(self.kind, ("-",)) if state != "hidden")
        return STATES.get(self.kind, ("-",))

    @property
    def kind(self) -> str:
        """Of what kind the item in the path is; empty without one."""
        if "{case_id}" in self.path:
            return self._kind_of_case()
        named = (kind for kind in STATES if f"{{{kind}_id}}" in self.path)
        return next(named, "")

    def _kind_of_case(self) -> str:
        if "{contact_id}" in self.path or "{report_id}" in self.path:
            return "link"
        if (self.method, self.path.endswith("/identity")) == ("GET", True):
            return "identity"
        kinds = ("part", "conflict", "unlock", "bundle")
        return next((kind for kind in kinds if f"{{{kind}_id}}" in self.path), "case")


def lines() -> list[Line]:
    """Every line of the table."""
    return [_line(row) for file in sorted(FOLDER.glob("*.txt")) for row in _rows(file)]


def _rows(file: Path) -> Iterator[list[str]]:
    for row in file.read_text(encoding="utf-8").splitlines():
        yield row.split()


def _line(row: list[str]) -> Line:
    method, path, roles, needs, *cells = row
    pairs = (cell.partition("=") for cell in cells)
    return Line(
        method,
        "" if path == "/" else path,
        tuple(roles.split(",")),
        frozenset() if needs == "-" else frozenset(needs.split(",")),
        {state: int(status) for state, _, status in pairs},
    )


def fields(line: Line, mate_id: int, other_id: int, contact_id: str) -> dict[str, Any]:
    """What a page sends with this route, so that nothing but rights and states can refuse it."""
    key = str(uuid.uuid4())
    common = {
        **{"text": "Të besoj", "key": key, "to": str(mate_id), "words": "Arsyeja", "on": "yes"},
        **{"severity": "none", "category": "none", "version": "0", "call_type": "thanks"},
        **{"hard": "yes", "reason": "Fyen", "hours": "2", "language": "sq", "entry": key},
        **{"why": "Gjykata e kërkoi"},
        **{"day": "2026-11-25", "name": "Festë", "minutes": "60", "code": "1", "call": "thanks"},
    }
    ends: Mapping[str, dict[str, Any]] = {
        "/contacts/new": {"channel": "phone", "day": "2026-11-20", "hour": "10:00", "minutes": "9"}
        | {"role": "child", "band": "11-13", "country": "al"},
        "/parts/{part_id}": {**NOTE, "version": "1", "text": "Tjetër fjali."},
        "/cases": {"contact_id": contact_id},
        "/cases/{case_id}/contacts": {"contact_id": contact_id},
        "/cases/{case_id}/reports": {"number": "R-1001"},
        "/reports/{report_id}/cases": {"number": "R-2026-0001"},
        "/assess": {"verdict": "in_remit", "kind": "grooming", "danger": "no", "rank": "2"},
        "/reports/{report_id}/filings": {"to": "isigurt", "summary": "Faqe.", "again": "yes"},
        "/filings/{filing_id}/settle": {"reference": "I-7", "result": "other"},
        "/reports/{report_id}/close": {"outcome": "advised"},
        "/cases/{case_id}/bundles": {"languages": "sq"},
        "/follow-up": {"on": "2026-12-01"},
        "/move": {"to": "monitoring"},
        "/team": {"lead": str(mate_id)},
        "/named": {"who": str(mate_id)},
        "/identity": {"kind": "name"},
        "/decide": {"grant": "yes"},
        "/addresses/{address_id}/state": {"state": "dropped"},
        "/addresses/{address_id}/check": {"outcome": "gone", "how": "hotline"},
        "/reports/{report_id}/addresses": {"typed": "example.com/konto"},
        "/review": dict.fromkeys(QUESTIONS, "yes"),
        "/ready": {"ready": "no_such_reply"},
        "/shift/plan": {"day_1": "08:00-16:00"},
        "/holidays": {"hours": ""},
        "/holidays/remove": {},
        "/message": {"sq": "Kthehemi nesër.", "en": "Back tomorrow."},
        "/shift/rota": {"who": str(other_id), "hours": "08:00-16:00"},
        "/staff": {"login": f"i{key[:8]}", "name": "Iri", "roles": "counsellor"},
        "/roles": {"roles": "counsellor"},
        "/systems": {"name": "Dosjet", "roles": "counsellor"},
        "/webhook": {"url": "https://example.com/h"},
        "/duty": {"put_back": "yes"},
        "/break": {"put_back": "yes"},
        "/account/password": {"old": "x", "new": "kali blu fluturon mbi urë"},
    }
    found = max((end for end in ends if line.path.endswith(end)), key=len, default="")
    return common | ends.get(found, {})


def body(path: str, mate_id: int, contact_id: str) -> dict[str, Any]:
    """What another system sends with this route."""
    words: Mapping[str, Any] = {"words": "Arsyeja"}
    text: Mapping[str, Any] = {"text": "Të besoj"}
    new = {"contact_id": str(uuid.uuid4()), "day": "2026-11-20", "hour": "10:00"}
    child = {"channel": "phone", "language": "sq", "role": "child", "band": "11-13"}
    ends: Mapping[str, Mapping[str, Any]] = {
        **dict.fromkeys(("/reply", "/draft", "/note"), text),
        **dict.fromkeys(("/call", "/reopen", "/undo", "/lift", "/hosted"), words),
        "/contacts/{contact_id}/reopen": {},
        "/contacts/{contact_id}/undo": {},
        "/offer": {"to": mate_id},
        "/block": {"hours": 2, "reason": "Fyen"},
        "/form": {"version": 0, "answers": {"call_type": ["thanks"]}},
        "/desk/contacts": {**new, **child, "country": "al"},
        "/duty": {"on": True},
        "/desk/cases": {"contact_id": contact_id},
        "/cases/{case_id}/contacts": {"contact_id": contact_id},
        "/cases/{case_id}/reports": {"number": "R-1001"},
        "/reports/{report_id}/cases": {"number": "R-2026-0001"},
        "/cases/new": {},
        "/assess": {"verdict": "in_remit", "kind": "grooming", "danger": "no", "rank": 2},
        "/reports/{report_id}/filings": {"to": "isigurt", "summary": "Faqe.", "again": True},
        "/filings/{filing_id}/settle": {"reference": "I-7", "result": "other"},
        "/reports/{report_id}/close": {"outcome": "advised"},
        "/reports/{report_id}/reopen": words,
        "/reports/{report_id}/undo": {},
        "/parts/{part_id}": {"kind": "note", "version": 1, "fields": {"text": "Tjetër fjali."}},
        "/move": {"to": "monitoring"},
        "/follow-up": {"on": "2026-12-01"},
        "/team": {"lead": mate_id},
        "/named": {"staff_id": mate_id, "reason": "Fqinj"},
        "/identity": {"kind": "name", "text": "Një emër"},
        "/addresses/{address_id}/state": {"state": "dropped"},
        "/addresses/{address_id}/check": {"outcome": "gone", "how": "hotline"},
        "/reports/{report_id}/addresses": {"typed": "example.com/konto"},
    }
    found = max((end for end in ends if path.endswith(end)), key=len, default="")
    return dict(ends.get(found, {}))
