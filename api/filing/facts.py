"""What of a report may leave: the only place where a filing looks into one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.addresses.service import addresses_of
from api.addresses.values import AddressView
from api.crypto import Vault
from api.filing.values import Facts, Sender, Target, shown_as
from api.reports.service import view

_SCHEME = re.compile(r"\bhttp(s?)://", re.IGNORECASE)
_INSIDE = re.compile(r"(?<=\w)([.@])(?=\w)")
LET_GO = ("where", "suspect")
"""Answers in the reporter's own words that staff may let go with a filing."""
KINDS = ("url", "account", "chat", "phone", "email")


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff want to leave: their summary, which addresses, which answers as typed.

    ``why`` it is passed on although the reporter said no.
    """

    summary: str
    addresses: tuple[str, ...]
    let_go: Collection[str] = LET_GO
    hold: bool = True
    why: str = ""


def gather(
    session: Session,
    vault: Vault,
    report_id: str,
    wish: Wish,
    *,
    place: int,
    sender: Sender,
    now: datetime,
) -> Facts:
    """The facts of a filing; nothing of them tells who the reporter is.

    The kind is that of the newest assessment, for staff saw more than whoever reported.
    Raises ``ReportUnknown``.
    """
    found = view(session, vault, report_id)
    told, judged = found.told, found.assessment
    typed = {name: harmless(getattr(told, name)) for name in LET_GO if name in wish.let_go}
    return Facts(
        number=found.line.number,
        reference=shown_as(found.line.number, place),
        kind=judged.fields.kind if judged else told.kind,
        reporter=told.reporter,
        language=told.language,
        band=told.band,
        received_at=found.line.received_at,
        made_at=now,
        summary=harmless(wish.summary),
        targets=targets(session, vault, report_id, wish.addresses),
        sender=sender,
        place=told.place,
        app=harmless(told.app),
        when=harmless(told.when),
        now=told.now,
        still=told.still,
        safe=told.safe,
        in_picture=told.in_picture,
        demand=tuple(told.demand),
        given=told.given,
        deadline=harmless(told.deadline),
        country=told.country,
        **typed,
    )


def against(session: Session, vault: Vault, report_id: str) -> bool:
    """Whether the reporter said that it shall not be passed on."""
    return view(session, vault, report_id).told.pass_on == "no"  # noqa: S105 (an answer)


def targets(
    session: Session, vault: Vault, report_id: str, wanted: Collection[str]
) -> tuple[Target, ...]:
    """The addresses of this report that are wanted, in their order."""
    return tuple(one for one in targets_of(session, vault, report_id) if one.address_id in wanted)


def targets_of(session: Session, vault: Vault, report_id: str) -> tuple[Target, ...]:
    """All addresses of this report that a filing may name."""
    found = addresses_of(session, vault, report_id)
    return tuple(target(one) for one in found if one.kind in KINDS)


def target(one: AddressView) -> Target:
    """An address as a filing names it."""
    return Target(one.address_id, one.canonical, one.shown, one.kind, one.domain, one.platform)


def harmless(text: str) -> str:
    """Typed words in which no mail program finds a link, and no sign that turns a line."""
    plain = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign)[0] != "C")
    return _INSIDE.sub(r"[\1]", _SCHEME.sub(r"hxxp\1[:]//", plain)).strip()
