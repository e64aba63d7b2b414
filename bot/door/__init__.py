"""The public door: a report made in the browser, without the chat and without script."""

from bot.door.codes import Codes
from bot.door.kept import Forms
from bot.door.routes import Door
from bot.door.view import View
from bot.door.words import DoorWords, load_words

__all__ = ["Codes", "Door", "DoorWords", "Forms", "View", "load_words"]
