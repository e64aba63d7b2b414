"""What cannot be chosen."""

from __future__ import annotations

from api.errors import Refusal


class ReplyUnknown(Refusal):
    status, type, title = 404, "reply-unknown", "No such ready-made reply for this contact"
