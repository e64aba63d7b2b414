"""Every messenger there is. To add one: its package, and its line here."""

from __future__ import annotations

from bot.channels import telegram, viber
from bot.channels.base import Platform
from bot.channels.joined import Joined

ADAPTERS = (telegram.from_settings, viber.from_settings)


def platforms(joined: Joined) -> list[Platform]:
    """The platforms that the settings name."""
    made = (from_settings(joined) for from_settings in ADAPTERS)
    return [platform for platform in made if platform is not None]
