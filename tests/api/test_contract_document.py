from __future__ import annotations

import json

from fakes.helpline import Helpline
from fastapi.routing import APIRoute

from api import openapi
from api.intake.routes import router
from api.systems.routes import ROUTERS


def test_committed_contract_is_the_code():
    """
    api/openapi.json says what the code does; ``python -m api.openapi`` writes it anew.
    """
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text()


def test_contract_names_every_route_and_every_sealed_form():
    """
    No route is left out, and each sealed body names the form of what is inside.
    """
    found = json.loads(openapi.text())
    routes = {
        (route.path, method.lower())
        for part in (router, *ROUTERS)
        for route in part.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    told = {(path, method) for path, verbs in found["paths"].items() for method in verbs}
    sealed = {
        media["x-sealed"].rsplit("/", 1)[1]
        for verbs in found["paths"].values()
        for verb in verbs.values()
        for media in verb.get("requestBody", {}).get("content", {}).values()
        if "x-sealed" in media
    }

    assert told == routes
    assert sealed == {"Contact", "Messages", "Report", "Addition"}
    assert sealed <= set(found["components"]["schemas"])


def test_every_route_for_other_systems_names_its_right_and_its_key():
    """
    The document says of each route below /v1/desk which right it needs, that a system's key
    opens it, and that a write carries a key of its own.
    """
    found = json.loads(openapi.text())["paths"]
    below = {path: verbs for path, verbs in found.items() if path.startswith(openapi.DESK)}

    assert len(below) > 30
    for verbs in below.values():
        for method, verb in verbs.items():
            assert verb["x-action"]
            assert verb["security"] == [{"system": []}]
            named = {parameter["name"] for parameter in verb.get("parameters", [])}
            assert ("Idempotency-Key" in named) == (method == "post")


async def test_answers_keep_to_the_contract(helpline):
    """
    Every reference in the document leads somewhere.
    """
    text = openapi.text()
    schemas = json.loads(text)["components"]["schemas"]
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert wanted <= set(schemas)


async def test_trial_shows_the_description(tmp_path):
    """
    On a machine of one's own the description is open.
    """
    trial = Helpline(tmp_path, trial=True)
    del trial.http.headers["Authorization"]

    assert (await trial.http.get("/openapi.json")).status_code == 200
    await trial.close()
