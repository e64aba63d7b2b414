"""How messages are named outside the adapter: the platform's id, and what kind it is of.

A picture's and a quiz's words cannot be edited as a text's can; the name says so, that no
call has to be refused first.
"""

from __future__ import annotations

TEXT, PICTURE, QUIZ = "", "p", "q"


def name_of(number: int, kind: str = TEXT) -> str:
    """The name of a message; nothing for none."""
    return f"{number}{kind}" if number else ""


def number_of(name: str) -> int:
    """The platform's id of a message; 0 for none."""
    return int(name.rstrip(PICTURE + QUIZ) or 0)


def kind_of(name: str) -> str:
    """Of which kind it is."""
    return name[-1:] if name.endswith((PICTURE, QUIZ)) else TEXT
