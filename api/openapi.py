"""The contract as an OpenAPI document. ``python -m api.openapi`` writes api/openapi.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from api.intake import answers, schemas
from api.intake.routes import router
from api.systems.routes import ROUTERS

FILE = Path(__file__).with_name("openapi.json")

_ABOUT = (
    "What a bot may tell the helpline and ask of it, and below `/v1/desk` what another system "
    "may do with contacts and cases in place of the console: its key comes from an "
    "administrator, `x-action` names the right that a route needs. A body whose form is "
    "`Sealed` holds a NaCl sealed box (X25519) to the key of `GET /v1/key`; inside is UTF-8 "
    "JSON in the form that `x-sealed` names. Fields that are not known are ignored. Every write"
    " needs an `Idempotency-Key`: the same key and bytes again give the first answer again, "
    "with the header `Idempotency-Replayed: true`. Every error is `application/problem+json` "
    "(RFC 9457)."
)
DESK = "/v1/desk"
_INNER = {
    ("/v1/contacts", "post"): "Contact",
    ("/v1/contacts/{contact_id}/messages", "post"): "Messages",
    ("/v1/reports", "post"): "Report",
    ("/v1/reports/{receipt}/additions", "post"): "Addition",
}
_OPEN = {  # bodies that tell of nobody
    ("/v1/events/{seq}/receipt", "post"): "Receipt",
    ("/v1/figures", "post"): "Figures",
}
_PROBLEMS = {
    "400": "The request cannot be read: not JSON, too deep, no idempotency key.",
    "401": "The key is missing or wrong.",
    "403": "The rights of the system do not allow it, or somebody else holds the contact.",
    "404": "No such thing.",
    "409": "The box is sealed to another key, or the idempotency key was used otherwise.",
    "413": "The body is over 256 KiB.",
    "415": "The body is not application/json.",
    "422": "The body, or what was sealed in it, does not have the agreed form.",
    "429": "Too many tries.",
}


def document() -> dict[str, Any]:
    """The whole document; the same for the same code."""
    app = FastAPI(title="Sigurt helpline", version="1", description=_ABOUT)
    for part in (router, *ROUTERS):
        app.include_router(part)
    found = app.openapi()
    _add_schemas(found)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method)
    return found


def text() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _add_schemas(found: dict[str, Any]) -> None:
    inner = [schemas.Contact, schemas.Messages, schemas.Report, schemas.Addition]
    inner += [schemas.Receipt, schemas.Figures, schemas.Sealed]
    wanted = [(model, "validation") for model in (*inner, answers.ProblemDetails)]
    _, made = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    components = found.setdefault("components", {})
    kept = components.setdefault("schemas", {})
    kept.pop("HTTPValidationError", None)
    kept.pop("ValidationError", None)
    kept.update(made["$defs"])
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "The bot's key."},
        "system": {"type": "http", "scheme": "bearer", "description": "Another system's key."},
    }
    found["security"] = [{"key": []}]


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    codes = ["401", "422"]
    if path.startswith(DESK):
        operation["security"] = [{"system": []}]
        codes += ["403", "404", "409"]
    if method == "post":
        codes += ["400", "404", "409", "413", "415"]
        _add_body(operation, (path, method))
    if "{receipt}" in path:
        codes += ["404", "429"]
    for code in sorted(set(codes)):
        schema = {"$ref": "#/components/schemas/ProblemDetails"}
        content = {"application/problem+json": {"schema": schema}}
        operation["responses"][code] = {"description": _PROBLEMS[code], "content": content}


def _add_body(operation: dict[str, Any], where: tuple[str, str]) -> None:
    key = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"}
    header = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": key}
    operation.setdefault("parameters", []).append(header)
    if "requestBody" not in operation:
        operation["requestBody"] = _bot_body(where)


def _bot_body(where: tuple[str, str]) -> dict[str, Any]:
    inner = _INNER.get(where)
    schema = {"$ref": f"#/components/schemas/{'Sealed' if inner else _OPEN[where]}"}
    media: dict[str, Any] = {"schema": schema}
    if inner:
        media["x-sealed"] = f"#/components/schemas/{inner}"
    return {"required": True, "content": {"application/json": media}}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
