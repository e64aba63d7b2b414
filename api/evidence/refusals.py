"""What evidence refuses. Details name ids and counts, never content."""

from __future__ import annotations

from api.errors import Refusal


class ExhibitUnknown(Refusal):
    status, type, title = 404, "exhibit-unknown", "No such exhibit"


class ReasonWanted(Refusal):
    status, type, title = 422, "reason-wanted", "Say why the exhibit is looked at"


class ExhibitBroken(Refusal):
    status, type, title = 409, "exhibit-broken", "The exhibit is not what was kept"
