"""The sections of a case as data: which fields each has, and what a form must say.

Words follow the field's terms (Terminology Guidelines, 2nd edition): blame-free, adults who
offend apart from children with harmful behaviour, screen names as text and never as links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from api.cases.refusals import InvalidPart

HERE = ZoneInfo("Europe/Tirane")
LONGEST = {"line": 200, "text": 6000}

_UNSURE = ("yes", "no", "unsure")
_SEX = ("female", "male", "other", "unknown")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EARLIEST, _LATEST = 1990, 2100


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a ``line``, a ``text``, a ``date``, a ``moment``, a ``sha256`` or a ``choice``.

    ``role`` names a field that also stands in clear: the ``state`` or the ``due`` date.
    """

    name: str
    input: str = "line"
    options: tuple[str, ...] = ()
    required: bool = False
    role: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """When ``field`` has one of these values, ``needed`` must be there as well.

    With ``unlike`` it must be there and must not have that value.
    """

    field: str
    values: tuple[str, ...]
    needed: str
    unlike: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of part; of a ``single`` one a case has at most one, whose versions tell all."""

    fields: tuple[Field, ...]
    needs: tuple[Need, ...] = ()
    single: bool = False

    def field(self, role: str) -> Field | None:
        """The field with this role."""
        return next((field for field in self.fields if field.role == role), None)


def _choice(name: str, *options: str, required: bool = False, role: str = "") -> Field:
    return Field(name, "choice", options, required, role)


def _text(name: str, *, required: bool = False) -> Field:
    return Field(name, "text", required=required)


SECTIONS: Mapping[str, Section] = {
    "incident": Section(
        (
            _text("what", required=True),
            Field("from", "date"),
            Field("to", "date"),
            _choice("sure", "exact", "about", "unknown"),
            _choice("going", "once", "repeated", "ongoing", "unknown"),
            _choice(
                "place",
                *("web", "email", "chat", "game", "phone", "peer_to_peer", "newsgroup"),
                *("offline", "both", "unknown"),
            ),
            Field("place_words"),
            _choice("technology", *_UNSURE),
            _choice("caregiver", *_UNSURE),
            Field("caregiver_words"),
            _choice("witnessed", *_UNSURE),
            Field("elsewhere"),
            _text("child_words"),
        )
    ),
    "perpetrator": Section(
        (
            _choice("person", "adult", "child", "several", "unknown", required=True),
            _choice(
                "relation",
                *("parent", "family", "partner", "peer", "professional", "acquaintance"),
                *("online_only", "stranger", "unknown"),
            ),
            _choice("sex", *_SEX),
            Field("age"),
            _choice("trust", *_UNSURE),
            _choice("others_at_risk", *_UNSURE),
            _text("screen_names"),
            _text("words"),
        )
    ),
    "household": Section(
        (
            _text("lives_with", required=True),
            _choice("safe_home", *_UNSURE),
            _text("other_children"),
            _text("trusted_adults"),
            _text("support"),
        )
    ),
    "referral": Section(
        (
            _choice(
                "to",
                *("police_cyber", "police", "child_protection", "isigurt", "iwf", "school"),
                *("health", "alo116", "legal_aid", "other"),
                required=True,
            ),
            Field("to_words"),
            _choice(
                "state",
                *("prepared", "sent", "acknowledged", "failed", "answered"),
                required=True,
                role="state",
            ),
            Field("sent", "moment"),
            _choice("how", "phone", "email", "form", "letter", "in_person", "other"),
            _choice("consent", "yes", "no", "overridden", required=True),
            _text("override_reason"),
            _text("words"),
            Field("reference"),
            _text("outcome"),
            Field("outcome_on", "date"),
        ),
        (
            Need("to", ("other",), "to_words"),
            Need("state", ("sent", "acknowledged", "answered"), "sent"),
            Need("state", ("sent", "acknowledged", "answered"), "consent", unlike="no"),
            Need("state", ("answered",), "outcome"),
            Need("consent", ("overridden",), "override_reason"),
        ),
    ),
    "promise": Section(
        (
            _text("words", required=True),
            Field("due", "moment", role="due"),
            _choice("state", "open", "kept", "not_kept", required=True, role="state"),
            _text("reason"),
        ),
        (Need("state", ("not_kept",), "reason"),),
    ),
    "note": Section((_text("text", required=True),)),
    "document": Section(
        (
            Field("title", required=True),
            _text("what"),
            Field("kept", required=True),
            Field("sha256", "sha256"),
        )
    ),
    "risk": Section(
        (
            _choice("level", "low", "medium", "high", "unknown", required=True),
            _choice("safe", *_UNSURE),
            Field("safe_words"),
            _choice("others", *_UNSURE),
            _text("reasons", required=True),
        ),
        single=True,
    ),
    "next": Section(
        (
            Field("when", "moment", role="due"),
            Field("hours"),
            Field("how"),
            _text("words"),
            Field("not_said"),
        ),
        single=True,
    ),
}


def checked(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """Every field of the section, in one form. Raises ``InvalidPart`` with all faults."""
    section = SECTIONS[kind]
    values = {field.name: _plain(given.get(field.name, "")) for field in section.fields}
    faults = dict(_faults(section, values))
    for need in section.needs:
        if values[need.field] in need.values and values[need.needed] in ("", need.unlike):
            faults.setdefault(need.needed, "needed")
    if values.get("from") and values.get("to") and values["to"] < values["from"]:
        faults.setdefault("to", "before")
    if not any(values.values()):
        faults.setdefault(section.fields[0].name, "missing")
    if faults:
        raise InvalidPart(faults)
    return values


def moment(text: str) -> datetime | None:
    """The time that a form gives in Albania's time; None for none. Raises ``ValueError``."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    if found.tzinfo is not None or not _EARLIEST <= found.year < _LATEST:
        raise ValueError(text)
    return found.replace(tzinfo=HERE)


def day(text: str) -> date | None:
    """The day that a form gives; None for none. Raises ``ValueError``."""
    if not text:
        return None
    found = date.fromisoformat(text)
    if not _EARLIEST <= found.year < _LATEST:
        raise ValueError(text)
    return found


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def _faults(section: Section, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field in section.fields:
        value = values[field.name]
        if field.required and not value:
            yield field.name, "missing"
        elif value and (fault := _fault(field, value)):
            yield field.name, fault


def _fault(field: Field, value: str) -> str:
    if field.input == "choice":
        return "" if value in field.options else "unreadable"
    if field.input == "sha256":
        return "" if _SHA256.fullmatch(value) else "not_sha256"
    if field.input in LONGEST:
        return "long" if len(value) > LONGEST[field.input] else ""
    try:
        (day if field.input == "date" else moment)(value)
    except ValueError:
        return "unreadable"
    return ""
