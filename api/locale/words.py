"""Marks words for the catalogues."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark a word for the catalogues; it is translated where it is shown."""
    return message
