from __future__ import annotations

import pytest
from fakes.desk import Browser, deeds, hire, seated
from fakes.helpline import Helpline

from api.duty import plan


async def test_hours_holidays_and_message_are_kept(helpline: Helpline, lindita: Browser) -> None:
    """
    What was set stands on the page again, is recorded, and is told to the bot.
    """
    week = {f"day_{day}": "8:00-14:00, 20:00–02:00" for day in range(1, 7)}
    assert (await lindita.post("/shift/plan", week)).status_code == 303
    holiday = {"day": "2026-11-28", "name": "Dita e Pavarësisë", "hours": ""}
    assert (await lindita.post("/shift/holidays", holiday)).status_code == 303
    words = {"sq": "Kthehemi nesër.", "en": "We are back tomorrow."}
    assert (await lindita.post("/shift/message", words)).status_code == 303

    page = (await lindita.get("/shift/plan")).text
    told = (await helpline.http.get("/v1/duty")).json()

    assert page.count('value="08:00–14:00, 20:00–02:00"') == 6
    assert "Dita e Pavarësisë" in page
    assert told["message"] == words
    assert told["opens_at"] == "2026-11-20T19:00:00.000Z"
    await lindita.post("/shift/holidays/remove", {"day": "2026-11-28"})
    assert "Dita e Pavarësisë" not in (await lindita.get("/shift/plan")).text
    assert {"shift.hours_set", "shift.holiday_set", "shift.message_set"} <= {
        what for _, what in deeds(helpline)
    }


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/shift/plan", {"day_1": "nga mëngjesi"}),
        ("/shift/holidays", {"day": "28.11.2026", "name": "x"}),
        ("/shift/message", {"sq": "Vetëm shqip."}),
        ("/shift/rota", {"who": "999", "day": "2026-11-20", "hours": "08:00-16:00"}),
        ("/shift/rota", {"who": "1", "day": "2020-01-01", "hours": "08:00-16:00"}),
        ("/shift/rota", {"who": "1", "day": "2026-11-20", "hours": "08:00-10:00, 12:00-14:00"}),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    helpline: Helpline, lindita: Browser, path: str, fields: dict[str, str]
) -> None:
    """
    A bad span, date, message or person changes nothing and says why; what was typed stays.
    """
    refused = await lindita.post(path, fields)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert all(text in refused.text for text in fields.values() if text != "999")
    with helpline.database.read() as session:
        assert not plan.hours(session).set
        assert plan.closed_message(session, helpline.vault) is None


async def test_rota_shows_who_is_planned_and_here(helpline: Helpline, lindita: Browser) -> None:
    """
    Planned and there, planned and missing, there without a plan: each is seen; none is an error.
    """
    people = [hire(helpline, login, login.title()) for login in ("elira", "genti", "drita")]
    for person in people[:2]:
        fields = {"who": str(person.id), "day": "2026-11-20", "hours": "14:00-22:00"}
        assert (await lindita.post("/shift/rota", fields)).status_code == 303
    for person in (people[0], people[2]):
        await (await seated(helpline, person)).post("/duty", {"on": "yes"})

    page = (await lindita.get("/shift")).text
    rota = page.split('id="rota"')[1]
    team = page.split('id="team"')[1].split("</section>")[0]

    assert 'class="tag ok"' in rota.split("Elira")[1].split("</li>")[0]
    assert 'class="tag wait"' in rota.split("Genti")[1].split("</li>")[0]
    assert 'class="by"' in team.split("Drita")[1].split("</th>")[0]
    assert 'class="by"' not in team.split("Elira")[1].split("</th>")[0]


async def test_administrator_plans_without_seeing_the_shift(helpline: Helpline) -> None:
    """
    An administrator sets hours; contacts, people's load and hand-overs stay out of reach.
    """
    ana = await seated(helpline, hire(helpline, "ana", "Ana", "administrator"))

    assert (await ana.get("/shift/plan")).status_code == 200
    for path in ("/shift", "/shift/handover", "/leaving"):
        assert (await ana.get(path)).status_code == 403
