"""Content from files: ``load`` for those who play it, ``check`` for those who write it.

On the command line: ``python -m bot.authoring content``.
"""

from bot.authoring.check import check, main
from bot.authoring.faults import ContentFault, Fault, Level
from bot.authoring.load import load

__all__ = ["ContentFault", "Fault", "Level", "check", "load", "main"]
