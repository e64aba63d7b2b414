"""What a supervisor must know of: written once, seen until somebody has settled it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from api.contacts.tables import Notice
from api.counters import touch
from api.crypto import Vault
from api.times import to_ms


def notify(
    session: Session,
    vault: Vault,
    *,
    kind: str,
    now: datetime,
    contact_id: str | None = None,
    staff_id: int | None = None,
    detail: str = "",
) -> str:
    """Tell the supervisors of something, and return the notice's id."""
    notice_id = str(uuid.uuid4())
    values = {
        "id": notice_id,
        "at": to_ms(now),
        "kind": kind,
        "contact_id": contact_id,
        "staff_id": staff_id,
        "detail": vault.row("notices", notice_id).seal("detail", detail),
    }
    session.execute(insert(Notice), [values])
    touch(session)
    return notice_id
