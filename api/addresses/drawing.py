"""The two clocks of an address as inline SVG: above the line from its reception, below it from
the request. Pure; link ``figures.css`` and ``reports.css`` on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_skeleton
from markupsafe import Markup

from api.addresses import life
from api.addresses.values import AddressView
from api.console.amounts import HERE, HOURS, hour
from api.locale.catalogue import translations
from api.locale.words import N_

LATE = timedelta(hours=48)
"""A request without an answer after so long is late."""

_LOCALES = {"sq": "sq", "en": "en_GB"}
_FIRST, _STEP, _LAST = 46.0, 85.45, 644.0
_RHOMB = "M{x} 36l10 10-10 10-10-10z"
_REQUEST, _END = 3, 4

_STOPS = (N_("Received"), N_("Assessed"), N_("Police told"), N_("Request"), N_("Removed"))
_CHECKS = (N_("24 hours"), N_("7 days"), N_("30 days"))
_ENDS = {
    "removed": N_("Removed"),
    "gone": N_("Gone"),
    "moved": N_("Moved"),
    "refused": N_("Refused"),
}
_AGAIN = N_("Seen again")
_DAYS = N_("%(days)s days %(hours)s h")
_UPPER = {
    "": N_("%(length)s since it was received"),
    "removed": N_("Removed %(length)s after it was received"),
    "gone": N_("Gone %(length)s after it was received"),
    "moved": N_("Moved %(length)s after it was received"),
}
_LOWER = {
    "": N_("%(length)s since the request, without an answer"),
    "refused": N_("%(length)s since the request, which was refused"),
    "ended": N_("%(length)s after the request"),
}
_HELD = N_("the request waits: removal may harm an inquiry")
_HOLD, _WAITS, _NO_ANSWER, _DUE, _DONE = (
    *(N_("held"), N_("waits"), N_("no answer"), N_("due")),
    N_("looked"),
)

_Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the line: what it is, what stands below, and how it is drawn."""

    name: str
    below: str
    css: str

    @property
    def reached(self) -> bool:
        """Whether the life of the address came so far."""
        return self.css != "p-ring"


def two_clocks(view: AddressView, now: datetime, language: str) -> Markup:
    """The line of an address with both clocks."""
    stops, told = _stops(view, now, language), clocks_in_words(view, now, language)
    reached = max(place for place, stop in enumerate(stops) if stop.reached)
    end = _END if view.ended_at or stops[_END].reached else max(1, min(reached, _END))
    parts = [_path("p-todo", f"M{_x(0)} 46H{_x(7)}"), _path("p-run", f"M{_x(0)} 46H{_x(reached)}")]
    parts += [_path("base", f"M{_x(0)} 30V22H{_x(end)}V30"), _text(told[0], 0, 14, "start")]
    if view.notice_at:
        parts.append(_path("clay-line", f"M{_x(_REQUEST)} 100V108H{_x(_END)}V100"))
        parts.append(_text(told[1], _REQUEST, 126, "start"))
    parts += [_drawn(stop, place) for place, stop in enumerate(stops)]
    return Markup(
        '<svg class="plot clock" viewBox="0 0 690 {high}" role="img" aria-label="{told}">'
        "{parts}</svg>"
    ).format(high=138 if view.notice_at else 104, told="; ".join(told), parts=Markup().join(parts))


def clocks_in_words(view: AddressView, now: datetime, language: str) -> tuple[str, ...]:
    """What both clocks say: since it was received, and since the request if there is one."""
    words, clocks = translations(language).gettext, view.clocks
    upper = words(_UPPER[view.state if view.ended_at else ""])
    told = [upper % {"length": lasted(clocks.since_received(now), language)}]
    since = clocks.since_notice(now)
    if since is not None:
        kind = "ended" if view.ended_at else view.state if view.state == life.REFUSED else ""
        told.append(words(_LOWER[kind]) % {"length": lasted(since, language)})
    elif view.held:
        told.append(words(_HELD))
    return tuple(told)


def lasted(length: timedelta, language: str) -> str:
    """A length in hours and minutes, from two days on in days and hours."""
    minutes = max(0, int(length.total_seconds() // 60))
    words = translations(language).gettext
    if minutes >= 48 * 60:
        return words(_DAYS) % {"days": minutes // 1440, "hours": minutes // 60 % 24}
    return words(HOURS) % {"hours": minutes // 60, "minutes": minutes % 60}


def is_late(view: AddressView, now: datetime) -> bool:
    """Whether a request stands too long without an answer."""
    since = view.clocks.since_notice(now)
    return since is not None and view.state == life.NOTICE and since >= LATE


def shown_state(view: AddressView) -> tuple[str, str]:
    """The word of a state, and the class of its tag."""
    state = "held" if view.held else view.state
    if state in life.ENDED:
        return state, "ok"
    return state, {"held": "wait", "refused": "late", "again": "late"}.get(state, "")


def _stops(view: AddressView, now: datetime, language: str) -> Sequence[Stop]:
    words = translations(language).gettext
    begun = words(_AGAIN if view.began_at != view.received_at else _STOPS[0])
    return (
        Stop(begun, _when(view.began_at, language), "p-ok"),
        _simple(words(_STOPS[1]), view.assessed_at, language),
        _police(view, language, words),
        _request(view, language, words),
        _end(view, now, language, words),
        *_checks(view, now, language, words),
    )


def _simple(name: str, at: datetime | None, language: str) -> Stop:
    return Stop(name, _when(at, language), "p-ok" if at else "p-ring")


def _police(view: AddressView, language: str, words: _Translate) -> Stop:
    if view.held:
        return Stop(words(_STOPS[2]), words(_HOLD), "p-con")
    return _simple(words(_STOPS[2]), view.police_at, language)


def _request(view: AddressView, language: str, words: _Translate) -> Stop:
    if view.held:
        return Stop(words(_STOPS[3]), words(_WAITS), "p-ring")
    return _simple(words(_STOPS[3]), view.notice_at, language)


def _end(view: AddressView, now: datetime, language: str, words: _Translate) -> Stop:
    name = words(_ENDS.get(view.state, _STOPS[4]))
    if view.ended_at:
        return Stop(name, _when(view.ended_at, language), "p-ok")
    if view.state == life.REFUSED:
        return Stop(name, "", "p-em")
    if is_late(view, now):
        return Stop(name, words(_NO_ANSWER), "p-em")
    return Stop(name, "", "p-ring")


def _checks(view: AddressView, now: datetime, language: str, words: _Translate) -> Sequence[Stop]:
    times = life.check_times(view.clocks)
    if not times:
        return [Stop(words(name), "", "p-ring") for name in _CHECKS]
    return [
        _check(words(name), at, view, now, language, words)
        for name, at in zip(_CHECKS, times, strict=True)
    ]


def _check(
    name: str, at: datetime, view: AddressView, now: datetime, language: str, words: _Translate
) -> Stop:
    if view.checked_at and view.checked_at >= at:
        return Stop(name, words(_DONE), "p-ok")
    if view.next_check_at and view.next_check_at <= now and at <= now:
        return Stop(name, words(_DUE), "p-con")
    return Stop(name, _day(at, language), "p-ring")


def _when(at: datetime | None, language: str) -> str:
    if at is None:
        return ""
    return f"{_day(at, language)} {hour(at, locale=_LOCALES[language])}"


def _day(at: datetime, language: str) -> str:
    return str(format_skeleton("dM", at.astimezone(HERE), locale=_LOCALES[language]))


def _x(place: int) -> int:
    return round(min(_FIRST + place * _STEP, _LAST))


def _drawn(stop: Stop, place: int) -> Markup:
    parts = [_path(stop.css, _RHOMB.format(x=_x(place))), _text(stop.name, place, 74, "middle")]
    if stop.below:
        parts.append(_text(stop.below, place, 91, "middle", strong=False))
    return Markup().join(parts)


def _path(css: str, path: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(css, path)


def _text(words: str, place: int, y: int, anchor: str, *, strong: bool = True) -> Markup:
    css = Markup(' class="strong"') if strong else ""
    return Markup('<text{} x="{}" y="{}" text-anchor="{}">{}</text>').format(
        css, _x(place), y, anchor, words
    )
