"""Telegram, through python-telegram-bot's ``Bot``: the adapter and what it is made of."""

from bot.channels.telegram.channel import HEADER, TelegramChannel, from_settings

__all__ = ["HEADER", "TelegramChannel", "from_settings"]
