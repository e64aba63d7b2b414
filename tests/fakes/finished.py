"""Contacts that went their whole way, for pages and figures of what is over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fakes.helpline import ELIRA, Helpline

from api.contacts import service
from api.contacts.values import StaffRef
from api.forms import service as forms


@dataclass
class Way:
    """Lets contacts go from the first word to the form; time passes as it is told."""

    helpline: Helpline
    staff: StaffRef = ELIRA

    async def opens(self, **change: Any) -> str:
        """Open a contact of a child that never was here before."""
        contact_id: str = await self.helpline.opens(conversation=uuid.uuid4().hex, **change)
        return contact_id

    def takes(self, contact_id: str, *, after: float = 0) -> None:
        """Claim it after so many minutes."""
        self.helpline.later(minutes=after)
        self._do(service.claim, contact_id)

    def replies(self, contact_id: str, *, after: float = 0) -> None:
        """Write to the child after so many minutes."""
        self.helpline.later(minutes=after)
        self._do(service.claim, contact_id)  # the page that is open renews it
        self._do(service.reply, contact_id, text="Jam këtu.", key=str(uuid.uuid4()))

    def ends(self, contact_id: str, *, after: float = 0) -> None:
        """End the talk after so many minutes."""
        self.helpline.later(minutes=after)
        self._do(service.claim, contact_id)
        self._do(service.end, contact_id)

    def files(self, contact_id: str, **answers: str | Sequence[str]) -> None:
        """Fill the form and close it."""
        given = {name: (one,) if isinstance(one, str) else one for name, one in answers.items()}
        filled = {
            **{"call_type": ("child_self",), "categories": ("violence.bullying",)},
            **{"technology": ("yes",), "outcome": ("advice",)},
            **given,
        }
        self._do(forms.save, contact_id, answers=filled, version=0)
        self._do(forms.finish, contact_id)

    async def whole(self, *, wait: float = 1, **answers: str) -> str:
        """A disclosure that was taken, answered after ``wait`` minutes, ended and written up."""
        contact_id = await self.opens()
        self.takes(contact_id)
        self.replies(contact_id, after=wait)
        self.ends(contact_id, after=10)
        self.files(contact_id, **answers)
        return contact_id

    def _do(self, deed: Any, contact_id: str, **more: Any) -> None:
        line = self.helpline
        with line.database.write() as session:
            deed(session, line.vault, contact_id, staff=self.staff, now=line.now, **more)
