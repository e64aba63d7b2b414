from __future__ import annotations

import pytest
from fakes.helpline import Helpline, message
from fakes.marking import LOUD, TOLD, Case


@pytest.fixture
async def case(helpline: Helpline) -> Case:
    """
    A contact of a child of 11 to 13, raised by a joke; what matters was not heard.
    """
    quiet = message(TOLD)
    contact_id = await helpline.opens(category="self_harm", messages=[LOUD, quiet])
    return Case(helpline, contact_id, LOUD["message_id"], quiet["message_id"])
