"""The report of a case in words, for people who read no JSON: police, prosecution, court. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.addresses.values import AddressView
from api.cases.sections import SECTIONS, Field, day, moment
from api.cases.values import PartView
from api.console.amounts import filters
from api.console.words import WORDS, said
from api.contacts.values import ContactView, MessageView
from api.evidence.gathering import Gathered
from api.evidence.paper import Block, Heading, Pairs, Paragraph, Rows, Said
from api.filing.values import FilingView
from api.locale.catalogue import translations
from api.reports.values import AdditionView, ReportView

_ANSWERS = (  # of a report: the field, and the kind of its words
    *(("kind", "report_kind"), ("reporter", "reporter"), ("language", "language")),
    *(("channel", "channel"), ("band", "band"), ("country", "country")),
    *(("place", "report_place"), ("app", ""), ("where", ""), ("suspect", "")),
    *(("when", "report_when"), ("now", "report_yes"), ("still", "report_yes")),
    *(("safe", "report_yes"), ("in_picture", "report_yes"), ("given", "report_yes")),
    *(("demand", "report_demand"), ("deadline", "report_deadline"), ("words", "")),
)


@dataclass(frozen=True, slots=True)
class Made:
    """By whom, when and why a bundle was made, and by which key it is signed."""

    bundle: str
    helpline: str
    by: str
    why: str
    at: datetime
    fingerprint: str
    self_made: bool


class Teller:
    """Writes in one language."""

    def __init__(self, language: str) -> None:
        words = translations(language)
        self._gettext = words.gettext
        made = filters(language, words)
        self._day, self._date, self._number = made["day"], made["date"], made["number"]

    def title(self, number: str) -> str:
        """What stands on top."""
        _ = self._gettext
        return _("Report of case %(number)s") % {"number": number}

    def blocks(self, found: Gathered, made: Made, custody: Mapping[str, int]) -> list[Block]:
        """Everything; ``custody`` is how often each exhibit was in hand."""
        _ = self._gettext
        return [
            *self._about(found, made),
            Heading(_("Reports")),
            *self._each(found.reports, self._report),
            Heading(_("Addresses")),
            *self._addresses(found.addresses, made.at),
            Heading(_("Filings")),
            *self._filings(found.filings),
            Heading(_("The case")),
            *self._each(found.case.parts, self._part),
            Heading(_("Talks")),
            *self._each(found.contacts, self._talk),
            Heading(_("Exhibits")),
            *self._exhibits(found, custody),
        ]

    def _each(self, many: Sequence[Any], tell: Any) -> Iterator[Block]:
        _ = self._gettext
        if not many:
            yield Paragraph(_("None."))
        for one in many:
            yield from tell(one)

    def _about(self, found: Gathered, made: Made) -> Iterator[Block]:
        _, line = self._gettext, found.case.line
        yield Pairs(
            [
                (_("Case"), line.ref.number),
                (_("State"), self._said("case_status", line.ref.status)),
                (_("Opened"), self._day(line.opened_at)),
                (_("Lead"), line.lead.name),
                (_("Made for"), made.why),
                (_("Made by"), f"{made.by}, {made.helpline}".rstrip(", ")),
                (_("Made on"), self._day(made.at)),
                (_("Bundle"), made.bundle),
                (_("Key of the helpline"), made.fingerprint),
            ]
        )
        yield Paragraph(
            _(
                "Times are those of Albania. Addresses are written so that they cannot be opened "
                "by mistake; the file case.json has them in full."
            )
        )
        yield Paragraph(self._who_vouches(made))
        yield Heading(_("Who the child is"))
        yield from self._known(found.known)

    def _who_vouches(self, made: Made) -> str:
        _ = self._gettext
        if made.self_made:
            return _(
                "The certificate of this document's signature was made by the helpline itself. "
                "Compare the key above with the one that the helpline publishes."
            )
        return _("The signature of this document rests on a certificate that others vouch for.")

    def _known(self, known: tuple[Mapping[str, str], ...] | None) -> Iterator[Block]:
        _ = self._gettext
        if known is None:
            yield Paragraph(
                _("Not in this bundle. The helpline opens it only to two people together.")
            )
        elif known:
            yield Pairs([(self._said("identity", one["kind"]), one["text"]) for one in known])
        else:
            yield Paragraph(_("The child told nothing of this."))

    def _report(self, report: ReportView) -> Iterator[Block]:
        _, line, told = self._gettext, report.line, report.told
        yield Heading(_("Report %(number)s") % {"number": line.number}, 2)
        pairs = [
            (_("Received"), self._day(line.received_at)),
            (_("State"), self._said("report_state", line.state)),
        ]
        pairs += [
            (self._field(name), self._answer(kind, getattr(told, name)))
            for name, kind in _ANSWERS
            if getattr(told, name)
        ]
        yield Pairs(pairs)
        for one in report.additions:
            yield self._addition(one)

    def _field(self, name: str) -> str:
        _ = self._gettext
        names = {
            "kind": _("Kind"),
            "reporter": _("Who reported"),
            "language": _("Language"),
            "channel": _("Channel"),
            "band": _("Age"),
            "country": _("Country"),
            "place": _("Where"),
            "app": _("App"),
            "where": _("Where, in words"),
            "suspect": _("Who did it, as reported"),
            "when": _("When, as told on the day of the report"),
            "now": _("Happening when it was reported"),
            "still": _("Still going on when it was reported"),
            "safe": _("The child was safe when it was reported"),
            "in_picture": _("The child is in the picture"),
            "given": _("Something was paid or sent"),
            "demand": _("What is demanded"),
            "deadline": _("Until when, as told on the day of the report"),
            "words": _("In the reporter's words"),
        }
        return names[name]

    def _answer(self, kind: str, value: str | tuple[str, ...]) -> str:
        if isinstance(value, str):
            return self._said(kind, value)
        return ", ".join(self._said(kind, one) for one in value)

    def _addition(self, one: AdditionView) -> Block:
        _ = self._gettext
        by = _("Added by the reporter, %(when)s") % {"when": self._day(one.at)}
        return Said(one.words or _("(only addresses)"), by)

    def _addresses(self, found: Sequence[AddressView], now: datetime) -> Iterator[Block]:
        _ = self._gettext
        if not found:
            yield Paragraph(_("None."))
            return
        head = (
            *(_("Number"), _("Address"), _("State")),
            *(_("Since the report"), _("Since the notice")),
        )
        yield Rows(head, [self._address(one, now) for one in found], (1, 4, 1.6, 1.5, 1.5))

    def _address(self, one: AddressView, now: datetime) -> tuple[str, ...]:
        end = one.ended_at or now
        notice = self._lasted(one.notice_at, end) if one.notice_at else ""
        state = self._said("address_state", one.state)
        return one.number, one.shown, state, self._lasted(one.received_at, end), notice

    def _lasted(self, since: datetime, until: datetime) -> str:
        _ = self._gettext
        whole = max(0, int((until - since).total_seconds() // 60))
        return _("%(hours)s h %(minutes)s min") % {
            "hours": self._number(whole // 60),
            "minutes": str(whole % 60),
        }

    def _filings(self, found: Sequence[FilingView]) -> Iterator[Block]:
        _ = self._gettext
        if not found:
            yield Paragraph(_("None."))
            return
        head = (
            *(_("Number"), _("Recipient"), _("State"), _("Sent")),
            *(_("Their reference"), _("What came of it")),
        )
        yield Rows(head, [self._filing(one) for one in found], (1.2, 1.4, 1.3, 1.6, 1.6, 2.2))

    def _filing(self, one: FilingView) -> tuple[str, ...]:
        sent = self._day(one.sent_at) if one.sent_at else ""
        to, state = self._said("told_to", one.recipient), self._said("filing_state", one.state)
        return one.number, to, state, sent, one.reference, one.outcome

    def _part(self, part: PartView) -> Iterator[Block]:
        _ = self._gettext
        yield Heading(self._said("case_part", part.kind), 2)
        for version in part.versions:
            yield Paragraph(
                _("Version %(number)s, %(name)s, %(when)s")
                % {
                    "number": version.version,
                    "name": version.staff.name,
                    "when": self._day(version.at),
                }
            )
            yield Pairs(
                [
                    (
                        self._said(f"case.{part.kind}", field.name),
                        self._value(part.kind, field, text),
                    )
                    for field in SECTIONS[part.kind].fields
                    if (text := version.fields.get(field.name, ""))
                ]
            )

    def _value(self, kind: str, field: Field, text: str) -> str:
        if field.input == "moment" and (at := moment(text)):
            return str(self._day(at))
        if field.input == "date" and (on := day(text)):
            return str(self._date(on))
        if field.input != "choice":
            return text
        own = f"case.{kind}.{field.name}"
        return self._said(own if own in WORDS else "yes_no_unsure", text)

    def _talk(self, talk: ContactView) -> Iterator[Block]:
        _, item = self._gettext, talk.item
        yield Heading(_("Talk %(number)s") % {"number": item.number}, 2)
        yield Pairs(
            [
                (_("Opened"), self._day(item.opened_at)),
                (_("Channel"), self._said("channel", item.channel)),
                (_("Who wrote"), self._said("role", item.role)),
                (_("Severity"), self._said("severity", item.severity)),
            ]
        )
        for message in talk.messages:
            yield Said(message.text, self._by(message))

    def _by(self, message: MessageView) -> str:
        _ = self._gettext
        who = {"in": _("Sender"), "out": message.name or _("Counsellor"), "note": _("The bot")}
        return f"{who.get(message.direction, message.direction)}, {self._day(message.at)}"

    def _exhibits(self, found: Gathered, custody: Mapping[str, int]) -> Iterator[Block]:
        _ = self._gettext
        head = (_("Number"), _("What"), _("Kept"), _("Entries of custody"), "SHA-256")
        rows = [
            (
                one.exhibit.view.number,
                self._said("exhibit_kind", one.exhibit.view.kind),
                str(self._day(one.exhibit.view.kept_at)),
                str(custody[one.exhibit.view.exhibit_id]),
                one.exhibit.view.sha256,
            )
            for one in found.held
        ]
        yield Rows(head, rows, (1, 1.6, 1.5, 1, 3.6))

    def _said(self, kind: str, value: str) -> str:
        return said(kind, value, self._gettext) if kind in WORDS else value
