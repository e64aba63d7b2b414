"""Why staff may not do something with a contact; each refusal has a page and a status."""

from __future__ import annotations

from api.errors import Refusal


class ContactEnded(Refusal):
    status, type, title = 409, "contact-ended", "The talk is over"


class ContactBlocked(Refusal):
    status, type, title = 409, "contact-blocked", "The sender is blocked for a time"


class ContactOpen(Refusal):
    status, type, title = 409, "contact-open", "The contact is still open"


class OfferRefused(Refusal):
    status, type, title = 409, "offer-refused", "This person cannot take the contact now"


class NotOffered(Refusal):
    status, type, title = 409, "not-offered", "The contact is not offered to this person any more"


class InvalidNote(Refusal):
    status, type, title = 422, "invalid-note", "A note needs words, and not too many"


class InvalidDraft(Refusal):
    status, type, title = 422, "invalid-draft", "The draft is too long"


class InvalidBlock(Refusal):
    status, type, title = 422, "invalid-block", "A block needs a reason and a time it may last"


class NoticeUnknown(Refusal):
    status, type, title = 404, "notice-unknown", "No such notice"


class NothingBlocked(Refusal):
    status, type, title = 409, "nothing-blocked", "This sender is not blocked"
