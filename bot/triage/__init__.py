"""Reads one text for signs of harm. Pure: no clock, no network; only its own cues are read, once.

``read`` is the only door. How it decides, and how well, is told in the README here.
"""

from bot.triage.reading import read

__all__ = ["read"]
