"""The route by which certificates are fetched: by the page, and by messengers for a chat."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.channels.art import Gallery
from bot.channels.certificate import FOLDER

_NO_STORE = {"Cache-Control": "no-store"}
_LATER = {**_NO_STORE, "Retry-After": "5"}
# A name always gives the same bytes; whoever holds the phone next shall not find them.
_FOR_NOW = {"Cache-Control": "private, max-age=600"}


def add_routes(routes: APIRouter, gallery: Gallery) -> None:
    """Add ``/certificate/<name>.png``; when too many ask at once, some are sent away (503)."""

    async def certificate(name: str) -> Response:
        if not gallery.makes(name):
            raise HTTPException(404, headers=_NO_STORE)
        if gallery.crowded:
            raise HTTPException(503, headers=_LATER)
        art = await gallery.find(name)
        return Response(art.data if art else b"", media_type="image/png", headers=_FOR_NOW)

    routes.add_api_route(FOLDER + "{name}.png", certificate, methods=["GET", "HEAD"])
