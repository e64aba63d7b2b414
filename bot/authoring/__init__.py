"""Content from files: ``load`` for those who play it, ``check`` for those who write it."""

from bot.authoring.faults import ContentFault, Fault, Level
from bot.authoring.load import load

__all__ = ["ContentFault", "Fault", "Level", "load"]
