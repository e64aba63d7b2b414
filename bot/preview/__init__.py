"""The content as a child meets it, for authors: any place, both languages, side by side."""

from bot.preview.app import create_app

__all__ = ["create_app"]
