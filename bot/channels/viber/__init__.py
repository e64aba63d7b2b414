"""Viber: the adapter and what it is made of.

How much of viberbot is used: its message classes build what is sent, its names of events
and message types are those we know. Not its parsing: that fails for a whole callback when
one kind or field is new to it, and with it the child's words; and what is never looked at
(names, phone numbers, avatars, files) can never be kept. The tests hold our reading
against its own. Not its sending either: it blocks, waits for ever, gives a refusal as a
sentence, and writes the token into its log.
"""

from bot.channels.viber.channel import SIGNATURE, ViberChannel, from_settings

__all__ = ["SIGNATURE", "ViberChannel", "from_settings"]
