from __future__ import annotations

import uuid

from fakes.desk import hire
from fakes.helpline import Helpline
from fakes.system import OtherSystem


async def test_a_case_from_its_first_contact_to_its_end(either: Helpline) -> None:
    """
    Another system opens a case, writes in it, moves and closes it; what it read is what it
    wrote, with who wrote it, and the child's identity is locked.
    """
    system = OtherSystem(either)
    contact_id = await either.opens()
    opened = await system.post("/cases", contact_id=contact_id, name="Elira")
    path = f"/cases/{opened.json()['case_id']}"
    note = {"kind": "note", "version": 0, "fields": {"text": "=1+1 <b>tezja</b>"}}
    done = [
        await system.post(f"{path}/parts/{uuid.uuid4()}", **note, name="Elira"),
        await system.post(f"{path}/follow-up", on="2026-12-01", words="pyet tezen"),
        await system.post(f"{path}/identity", kind="phone", text="+355 69 000 0000"),
        await system.post(f"{path}/move", to="in_progress"),
        await system.post(f"{path}/move", to="closed", words="u mbyll"),
    ]
    assert [one.status_code for one in done] == [200] * 5, [one.text for one in done]
    seen = (await system.get(path)).json()

    assert seen["line"]["ref"]["status"] == "closed"
    assert seen["line"]["lead"] == {"id": -system.id, "name": "Elira"}
    assert [one["contact_id"] for one in seen["contacts"]] == [contact_id]
    [part] = seen["parts"]
    assert part["versions"][0]["fields"]["text"] == "=1+1 <b>tezja</b>"
    assert part["versions"][0]["staff"]["name"] == "Elira"
    assert seen["identities"] == 1
    assert "+355" not in str(seen)
    assert (await system.post(f"{path}/move", to="open")).status_code == 409


async def test_a_part_sent_twice_is_one(helpline: Helpline) -> None:
    """
    The same part under another idempotency key stays one; an older version is refused.
    """
    system = OtherSystem(helpline)
    opened = await system.post("/cases")
    path = f"/cases/{opened.json()['case_id']}/parts/{uuid.uuid4()}"
    for _ in range(2):
        again = await system.post(path, kind="note", version=0, fields={"text": "tezja e di"})
        assert again.status_code == 200
    older = await system.post(path, kind="note", version=0, fields={"text": "tjetër"})

    assert older.status_code == 409


async def test_a_counsellors_system_has_no_supervisors_rights(helpline: Helpline) -> None:
    """
    Team, named staff and re-opening are a supervisor's, whichever way they are asked for.
    """
    system, lead = OtherSystem(helpline), OtherSystem(helpline, "Drejtimi", "supervisor")
    genti = hire(helpline, "genti", "Genti")
    path = f"/cases/{(await system.post('/cases')).json()['case_id']}"
    asked = {
        f"{path}/team": {"lead": genti.id},
        f"{path}/named": {"staff_id": genti.id, "reason": "quhet në rast"},
        f"{path}/reopen": {"words": "sërish"},
    }
    refused = [(await system.post(where, **body)).status_code for where, body in asked.items()]
    allowed = [(await lead.post(where, **body)).status_code for where, body in asked.items()]

    assert refused == [403] * 3
    assert allowed == [200, 200, 409]  # an open case cannot be re-opened


async def test_a_hand_entered_contact_waits_for_its_form(helpline: Helpline) -> None:
    """
    A telephone call of another system is a contact like any other; its form closes it.
    """
    system, contact_id = OtherSystem(helpline), str(uuid.uuid4())
    call = {"day": "2026-11-20", "hour": "14:00", "channel": "phone", "language": "sq"}
    entered = await system.post("/contacts", contact_id=contact_id, **call)
    assert entered.status_code == 201, entered.text
    await system.post(f"/contacts/{contact_id}/form", version=0, answers={"call_type": ["silent"]})
    finished = await system.post(f"/contacts/{contact_id}/finish")
    future = await system.post(
        "/contacts", contact_id=str(uuid.uuid4()), **{**call, "day": "2026-12-24"}
    )

    assert finished.json() == {"closed": True, "missing": []}
    assert future.status_code == 422
    assert await helpline.types() == []
