"""What is refused around other systems."""

from __future__ import annotations

from api.errors import Refusal


class SystemUnknown(Refusal):
    status, type, title = 404, "system-unknown", "No such system"


class SystemWaits(Refusal):
    status, type, title = 409, "system-waits", "A supervisor has not let this system in yet"


class BadSystem(Refusal):
    status, type, title = 422, "bad-system", "A system needs a name and a role"


class BadWebhook(Refusal):
    status, type, title = 422, "bad-webhook", "A webhook needs an https address"
