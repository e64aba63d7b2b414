"""Long lists in pages: six entries, the way to the next ones, and the way out of the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.engine.state import State
from bot.engine.voice import Moment, Step, label, offered, spoken

SIZE = 6
MORE = "more"  # the option that leads to the next page, after the last one to the first
MENU = "menu"  # the option that leaves the list


def asked(
    state: State, moment: Moment, key: str, question: str, titles: Mapping[str, str], page: str = ""
) -> Step:
    """Say ``key`` and ask ``question`` with the page of ``titles`` on which ``page`` stands.

    ``titles`` are the labels by option, in order; ``page`` is an option, empty: the first.
    """
    says = spoken(state, moment, [key])
    shown = {option: titles[option] for option in _page(tuple(titles), page)}
    if len(shown) < len(titles):
        shown[MORE] = label(state, moment, question, MORE)
    shown[MENU] = label(state, moment, question, MENU)
    asking, bubbles = offered(state, says, question, shown)
    return Step(asking, bubbles)


def options_of(titles: Iterable[str]) -> tuple[str, ...]:
    """The ids that may be pressed on any page of a list; none where there is no list."""
    known = tuple(titles)
    turning = (MORE,) if len(known) > SIZE else ()
    return (*known, *turning, MENU) if known else ()


def following(options: Sequence[str], shown: Sequence[str]) -> str:
    """The option with which the page after ``shown`` begins; after the last page the first."""
    last = max((options.index(each) for each in shown if each in options), default=SIZE - 1)
    return options[(last + 1) % len(options)] if options else ""


def _page(options: tuple[str, ...], page: str) -> tuple[str, ...]:
    first = options.index(page) // SIZE * SIZE if page in options else 0
    return options[first : first + SIZE]
