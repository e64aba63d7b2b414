"""The preview's routes: the page, what is pressed on it, and the line that tells of a change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from bot.channels.web.view import Asset, load_assets
from bot.edge import SecurityHeaders
from bot.preview.page import Page
from bot.preview.scene import NotThere, Scene, Side, played
from bot.preview.watch import LOOK_EVERY, Watch

OWN = ("page.css", "page.js")
NO_STORE = {"Cache-Control": "no-store"}
NOTHING = ("The content could not be read yet.",)


def create_app(folder: Path) -> FastAPI:
    """The preview of a content folder, without any database or helpline.

    It looks for saved files while the application's lifespan runs.
    """
    watch = Watch(folder)
    pages = Preview(watch)
    app = FastAPI(title="Preview", openapi_url=None, lifespan=partial(_watching, watch))
    app.add_api_route("/", pages.show, methods=["GET"])
    app.add_api_route("/chat", pages.take, methods=["POST"])
    app.add_api_route("/live", pages.live, methods=["GET"])
    app.add_api_route("/static/{name:path}", pages.asset, methods=["GET"])
    app.add_middleware(SecurityHeaders)
    return app


@asynccontextmanager
async def _watching(watch: Watch, _app: FastAPI) -> AsyncIterator[None]:
    await asyncio.to_thread(watch.look)
    looking = asyncio.create_task(watch.run())
    yield
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking


class Preview:
    """The handlers, with what they share."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        here = Path(__file__).parent
        self._assets = load_assets()
        own = load_assets(here)
        self._assets |= {f"preview/{name}": own[name] for name in OWN}

    def show(self, request: Request) -> Response:
        """The page; a fault stands in the place of the chat until it is mended or put aside."""
        scene = Scene.of(request.query_params, request.query_params.getlist("do"))
        watch = self._watch
        faults = () if request.query_params.get("aside") == str(watch.number) else watch.faults
        if watch.now is None:
            return self._page(Page({}, self._assets), scene, (), faults or watch.faults or NOTHING)
        page = Page(watch.now.words, self._assets)
        try:
            sides = [] if faults else played(scene, watch.now.content)
        except NotThere as fault:
            return self._page(page, scene, (), (str(fault),))
        return self._page(page, scene, sides, faults)

    def _page(
        self, page: Page, scene: Scene, sides: list[Side] | tuple[()], faults: tuple[str, ...]
    ) -> Response:
        now = self._watch.now
        content = now.content if now else None
        html = page.shown(scene, content, sides, faults, self._watch.number)
        return HTMLResponse(html, headers=NO_STORE)

    async def take(self, request: Request) -> Response:
        """Something was pressed or written: the scene goes on by it, on both sides."""
        async with request.form() as form:
            sent = {name: str(value) for name, value in form.items()}
        asked = parse_qs(sent.get("scene", ""))
        named = {name: values[0] for name, values in asked.items()}
        scene = Scene.of(named, asked.get("do", []))
        after = scene.and_then(act) if (act := _act(sent)) else scene
        return RedirectResponse(f"/?{after.query()}", status_code=303, headers=NO_STORE)

    async def live(self, request: Request) -> Response:
        """Tells an open page once that something was saved since it was made."""
        since = request.query_params.get("since", "")
        stream = self.changes(since)
        return StreamingResponse(stream, media_type="text/event-stream", headers=NO_STORE)

    async def changes(self, since: str) -> AsyncIterator[str]:
        """The lines of that stream."""
        yield "retry: 1000\n\n"
        while str(self._watch.number) == since:
            await asyncio.sleep(LOOK_EVERY)
            yield ": \n\n"
        yield "event: saved\ndata: {}\n\n"

    def asset(self, name: str) -> Response:
        """A file of the chat's page, or of this one."""
        asset: Asset | None = self._assets.get(name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.plain, media_type=asset.kind, headers=NO_STORE)


def _act(sent: dict[str, str]) -> str:
    """What was done, as a scene holds it; empty for nothing."""
    if sent.get("tap"):
        return f"tap:{sent['tap']}"
    if sent.get("due"):
        return f"due:{sent['due']}"
    words = sent.get("text", "").strip()
    return f"say:{sent.get('side', 'sq')}:{words}" if words else ""
