"""What calls people to the desk: the sounds and notifications of a page, and alerts outside."""

from __future__ import annotations

import json
from typing import Any

from fakes.helpline import Helpline
from playwright.async_api import Page, expect

from api.alerts.addresses import Addresses
from api.alerts.errand import AlertErrand
from api.errands import Errands

DESK = "https://desk.example.com"
BOOK = Addresses(
    {"team": {"t": "team@"}, "supervisor": {"s": "lead@"}, "outside": {"o": "outside@"}}
)
# A browser that plays and shows nothing, notes everything, and is not in front.
_EARS = """
const heard = { tones: [], shown: [] };
const note = (kind, one) => {
  document.documentElement.dataset[kind] = JSON.stringify(heard[kind] = [...heard[kind], one]);
};
const line = { connect: (next) => next };
window.AudioContext = class {
  state = "running";
  currentTime = 0;
  destination = line;
  createOscillator() {
    const voice = { ...line, frequency: {}, stop() {} };
    return Object.assign(voice, { start: () => note("tones", voice.frequency.value) });
  }
  createGain() {
    return { ...line, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} } };
  }
};
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() {
    return (Notification.permission = "granted");
  }
  constructor(words, more) {
    super();
    note("shown", [words, more.body ?? ""]);
  }
};
document.hasFocus = () => false;
"""


class Ears:
    """What a page played and showed since it was opened."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def listen(self) -> None:
        """Begin; a page opened after this is heard."""
        await self._page.add_init_script(_EARS)

    async def heard(self, *tones: int) -> None:
        """Wait until these pitches were played, and nothing else."""
        await self._noted("tones", list(tones))

    async def shown(self, *words: str) -> None:
        """Wait until these were notified, without any further text."""
        await self._noted("shown", [[one, ""] for one in words])

    async def _noted(self, kind: str, wanted: list[Any]) -> None:
        said = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
        await expect(self._page.locator("html")).to_have_attribute(f"data-{kind}", said)


class Postman:
    """Takes alerts to their addresses, when told to, and notes them."""

    def __init__(self, helpline: Helpline) -> None:
        self.brought: list[tuple[str, str]] = []
        parts = (helpline.database, helpline.vault, lambda: helpline.now, BOOK, self)
        self._errand = AlertErrand(*parts, desk=DESK)
        self._errands = Errands(helpline.database, lambda: helpline.now, [self._errand])

    def goes(self) -> None:
        """Bring what is due."""
        self._errands.turn(self._errand)

    def send(self, address: str, *, title: str, text: str) -> bool:
        """As Apprise does."""
        self.brought.append((address, f"{title}\n{text}"))
        return True
