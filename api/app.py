"""The helpline as one ASGI application: the only place where its parts are joined."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import Response

from api import errors, openapi
from api.alerts.addresses import ByApprise, addresses
from api.alerts.errand import AlertErrand
from api.clock import Ticker
from api.console import pages as console
from api.crypto import load_box, load_vault
from api.db import Database
from api.errands import Errand, Errands
from api.evidence.bundles import BundleErrand
from api.evidence.packing import recipients
from api.evidence.stamps import StampErrand, stamping
from api.evidence.wholeness import TrailErrand
from api.filing.errand import FilingErrand
from api.filing.office import office, signer
from api.headers import SecurityHeaders
from api.intake.reading import require_key
from api.intake.routes import router as contract
from api.live import Bell
from api.replies import content as replies
from api.reports.guesses import Guesses
from api.settings import Settings, SettingsFault
from api.systems.errand import WebhookErrand
from api.systems.routes import ROUTERS
from api.times import Clock, utcnow


def create_app(settings: Settings, *, trial: bool = False, clock: Clock = utcnow) -> FastAPI:
    """The helpline, its tables brought to the newest form.

    Its clock ticks only while the application's lifespan runs; a server that mounts it
    must enter ``app.router.lifespan_context(app)``. ``trial`` is for a machine that nobody
    else can reach: it opens the description of the contract, and the console says so.
    Raises ``SettingsFault`` without a key, for then anybody could speak as the bot, and
    ``RepliesBroken`` when the content folder's ready-made replies cannot be offered.
    """
    if not settings.helpline_key.get_secret_value():
        raise SettingsFault("SIGURT_HELPLINE_KEY is missing.")
    app = FastAPI(
        title="Sigurt helpline", openapi_url=None, redirect_slashes=False, lifespan=_lifespan
    )
    app.state.settings = settings
    app.state.trial = trial
    app.state.clock = clock
    app.state.vault = load_vault(settings.data_dir)
    app.state.box = load_box(settings.data_dir)
    app.state.bell = Bell()
    app.state.database = Database(settings.database_url, app.state.bell)
    app.state.database.upgrade()
    app.state.ticker = Ticker(app.state.database, app.state.vault, clock)
    app.state.alerts = addresses(settings, app.state.vault)
    app.state.stamping = stamping(settings)
    app.state.stamps = StampErrand(app.state.database, app.state.vault, clock, app.state.stamping)
    app.state.office = office(settings, clock, signer(settings, clock))
    errands: list[Errand] = [_alerts(app, settings), _webhooks(app), _filings(app)]
    app.state.bundles = _bundles(app)
    errands += [app.state.stamps, _trail(app), app.state.bundles]
    app.state.errands = Errands(app.state.database, clock, errands)
    app.state.guesses = Guesses()
    app.state.replies = replies.load(settings.content_dir)
    errors.install(app)
    for part in (contract, *ROUTERS):
        app.include_router(part)
    console.install(app)
    app.add_api_route("/openapi.json", _describe, include_in_schema=False)
    app.add_middleware(errors.LastResort, owner=app)
    app.add_middleware(SecurityHeaders)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.ticker.start()
    app.state.errands.start()
    yield
    app.state.errands.stop()
    app.state.ticker.stop()
    app.state.bell.close()
    app.state.database.close()


def _alerts(app: FastAPI, settings: Settings) -> AlertErrand:
    state = app.state
    parts = (state.database, state.vault, state.clock, state.alerts, ByApprise())
    return AlertErrand(*parts, desk=settings.public_url)


def _trail(app: FastAPI) -> TrailErrand:
    state = app.state
    return TrailErrand(state.database, state.vault, state.clock, state.stamping)


def _bundles(app: FastAPI) -> BundleErrand:
    state = app.state
    recipients(state.settings.bundle_recipients)  # what is mistyped is said at the start
    parts = (state.database, state.vault, state.clock, state.settings)
    return BundleErrand(*parts, stamp_head=state.stamps.now)


def _filings(app: FastAPI) -> FilingErrand:
    state = app.state
    return FilingErrand(state.database, state.vault, state.clock, state.office)


def _webhooks(app: FastAPI) -> WebhookErrand:
    return WebhookErrand(app.state.database, app.state.vault, app.state.clock)


async def _describe(request: Request) -> Response:
    """The contract; outside a trial only for who shows the key."""
    if not request.app.state.trial:
        await require_key(request)
    return Response(openapi.text(), media_type="application/json")
