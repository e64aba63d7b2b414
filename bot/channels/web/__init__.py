"""The browser chat: a page of our own, live by server-sent events, whole without script."""

from bot.channels.web.channel import WebChannel
from bot.channels.web.words import PageWords, load_words

__all__ = ["PageWords", "WebChannel", "load_words"]
