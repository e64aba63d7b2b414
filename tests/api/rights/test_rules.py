from __future__ import annotations

from types import ModuleType

import pytest
from fakes.desk import console_routes
from fastapi.routing import APIRoute

from api.console.pages import router
from api.rights import gate, rules
from api.systems import cases, desk

CONDITIONS = tuple(gate.CONDITIONS)


def test_shipped_rules_are_sound() -> None:
    """
    The rules that come with the service can be read, and none is left unused by the routes of
    the console and of other systems.
    """
    used = {(route.openapi_extra or {})["action"] for route in console_routes(router)}
    used |= {
        (route.openapi_extra or {})["x-action"] for part in (desk, cases) for route in _of(part)
    }

    assert set(rules.shipped(conditions=CONDITIONS)) == used


def _of(part: ModuleType) -> list[APIRoute]:
    return [route for route in part.gate.routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[actions]\n"a" = { roles = ["chief"] }', "chief"),
        ('[actions]\n"a" = { roles = ["counsellor"], when = ["friday"] }', "friday"),
        ('[actions]\n"a" = { roles = [] }', "a"),
        ('[actions]\n"a" = { roles = ["counsellor"], unless = ["x"] }', "a"),
        ('[actions]\n"a" = "counsellor"', "a"),
        ('[actions]\n"a" = { roles = ["counsellor"], fresh = "yes" }', "a"),
        ("[deeds]", "actions"),
        ("[actions", "roles.toml"),
    ],
)
def test_unknown_words_stop_the_start(text: str, named: str) -> None:
    """
    S25: an unknown role, condition or key in the rights file is named and nothing starts.
    """
    with pytest.raises(rules.RightsBroken, match=named):
        rules.load(text, conditions=CONDITIONS)


def test_route_without_rule_cannot_be_registered() -> None:
    """
    S24, S25: a route whose action has no rule, or that names none, is refused at once.
    """
    door = gate.Gate(prefix="/helpline")

    with pytest.raises(gate.UngatedRoute):
        door.allow("GET", "/x", action="no.such_action")
    with pytest.raises(gate.UngatedRoute):
        door.get("/x")(lambda: None)
    with pytest.raises(gate.UngatedRoute):
        door.post("/x")(lambda: None)
    with pytest.raises(gate.UngatedRoute):
        door.add_route("/x", lambda request: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(gate.UngatedRoute):
        door.mount("/x", None)
