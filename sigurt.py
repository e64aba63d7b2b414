"""The command line: the only module that knows both applications.

``sigurt serve`` runs them in one process by default; they still talk only through the
helpline's HTTP API, so that either can be moved to a machine of its own.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

if TYPE_CHECKING:  # either application may be absent from a process
    from fastapi import FastAPI

    from api.settings import Settings as HelplineSettings
    from bot.settings import Settings as BotSettings

PLAN = "SIGURT_PLAN"  # how worker processes learn what to run; set by ``serve`` alone
HELPLINE_PATHS = ("/v1", "/helpline", "/openapi.json")
GRACE = 5  # seconds for open streams to end when the service stops


@dataclass(frozen=True, slots=True)
class Plan:
    """What one process runs. ``trial``: nobody but this machine can reach it."""

    bot: bool
    api: bool
    trial: bool


class Together:
    """Both applications behind one address; each keeps its own life."""

    def __init__(self, plan: Plan, bot: FastAPI | None, api: FastAPI | None) -> None:
        self._plan = plan
        self._bot = bot
        self._api = api
        self._life = Starlette(lifespan=self._lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._for(scope)(scope, receive, send)

    def _for(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "lifespan":
            return self._life
        if self._plan.trial and not at_home(scope):
            return PlainTextResponse("A trial answers this machine only.\n", status_code=403)
        helpline = below(scope["path"], HELPLINE_PATHS)
        app = self._api if helpline else self._bot
        return app or PlainTextResponse("Not found\n", status_code=404)

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in (self._api, self._bot):  # the helpline is there before its client
                if app is not None:
                    await stack.enter_async_context(app.router.lifespan_context(app))
            yield


def below(path: str, prefixes: Sequence[str]) -> bool:
    """Whether a path is one of these or lies below one."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


def at_home(scope: Scope) -> bool:
    """Whether a request was made on this machine, to this machine, through nobody."""
    request = Request(scope)
    passed_on = "forwarded" in request.headers or "x-forwarded-for" in request.headers
    return not passed_on and is_loopback(request.url.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def application() -> ASGIApp:
    """What a server process runs, by the plan that ``serve`` made."""
    return build(Plan(**json.loads(os.environ[PLAN])))


def build(plan: Plan) -> Together:
    """Join what the plan names."""
    shared = secrets.token_urlsafe(32)  # between the two parts of one process
    api = _helpline(plan, shared) if plan.api else None
    bot = _bot(plan, shared, api) if plan.bot else None
    return Together(plan, bot, api)


def helpline_settings(shared: str) -> HelplineSettings:
    """The helpline's settings, with the key of this process where none was chosen."""
    from api.settings import read_settings

    return read_settings().with_key(shared)


def _helpline(plan: Plan, shared: str) -> FastAPI:
    from api.app import create_app

    return create_app(helpline_settings(shared), trial=plan.trial)


def _bot(plan: Plan, shared: str, api: FastAPI | None) -> FastAPI:
    from bot.app import create_app
    from bot.helpline_http import HttpHelpline

    settings = bot_settings()
    if settings.helpline_url or api is None:
        return create_app(settings)
    key = helpline_settings(shared).helpline_key.get_secret_value()
    return create_app(settings, helpline=HttpHelpline.in_process(api, key))


def bot_settings() -> BotSettings:
    """The bot's settings."""
    from bot.settings import read_settings

    return read_settings()


# ---------- serve ----------


def serve(args: argparse.Namespace) -> int:
    """Run the service until it is stopped."""
    plan = _plan(args)
    if args.api_only and not helpline_settings("").helpline_key.get_secret_value():
        print("SIGURT_HELPLINE_KEY is needed: the bot elsewhere must show it.", file=sys.stderr)
        return 2
    _quiet_logs()
    if plan.api:
        _announce(plan, args)
    os.environ[PLAN] = json.dumps(asdict(plan))
    uvicorn.run(
        "sigurt:application",
        factory=True,
        host=args.host,
        port=args.port,
        workers=args.workers,
        access_log=False,  # paths hold receipts and one-time links
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        log_level="warning",
    )
    return 0


def _plan(args: argparse.Namespace) -> Plan:
    settings = bot_settings()
    open_to_others = (
        not is_loopback(args.host)
        or settings.public_url
        or settings.telegram_token.get_secret_value()
        or os.environ.get("SIGURT_VIBER_TOKEN")
        or args.api_only
        or args.bot_only
    )
    return Plan(bot=not args.api_only, api=not args.bot_only, trial=not open_to_others)


def _announce(plan: Plan, args: argparse.Namespace) -> None:
    """Say where things are, with the one-time link while there is no administrator."""
    from api.db import Database
    from api.staff.service import first_link

    database = Database(helpline_settings(secrets.token_urlsafe(32)).database_url)
    database.upgrade()
    with database.write() as session:
        token = first_link(session, datetime.now(UTC), trial=plan.trial)
    database.close()
    here = bot_settings().public_url or f"http://{args.host}:{args.port}"
    if plan.bot:
        print(f"Browser chat      {here}/")
    print(f"Staff console     {here}/helpline")
    if token:
        kind = "Open as a trial " if plan.trial else "First administrator"
        print(f"{kind}  {here}/helpline/first/{token}   (works once)")
    sys.stdout.flush()


def _quiet_logs() -> None:
    """Libraries log addresses that hold tokens: they speak only of faults."""
    import logging

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


# ---------- for authors and for trying out ----------


def chat(args: argparse.Namespace) -> int:
    """Talk to the bot in the terminal, or run a script and tell what differed."""
    from bot.authoring import load
    from bot.terminal import run_script, talk

    content = load(bot_settings().content_dir)
    if args.script:
        return run_script(Path(args.script), args.lang, content, out=sys.stdout)
    return talk(args.lang, content, json_lines=args.json, lines=sys.stdin, out=sys.stdout)


def triage(_args: argparse.Namespace) -> int:
    """Read JSON lines, write JSON lines."""
    from bot.triage.cli import main

    return main(sys.stdin, sys.stdout)


def content(args: argparse.Namespace) -> int:
    """Check what authors wrote."""
    from bot.authoring.check import main

    return main([args.folder or str(bot_settings().content_dir)])


def staff(args: argparse.Namespace) -> int:
    """Add, disable or reset a member of staff."""
    from api.staff.command import run

    return run(helpline_settings(secrets.token_urlsafe(32)), args.do, args.login, out=sys.stdout)


def parser() -> argparse.ArgumentParser:
    """The command line, as people script against it."""
    top = argparse.ArgumentParser(prog="sigurt", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("serve", help="run the service")
    which = one.add_mutually_exclusive_group()
    which.add_argument("--bot-only", action="store_true", help="only what children meet")
    which.add_argument("--api-only", action="store_true", help="only what the helpline meets")
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8000)
    one.add_argument("--workers", type=int, default=1, help="processes that share the work")
    one.set_defaults(run=serve)

    one = commands.add_parser("chat", help="talk to the bot in the terminal")
    one.add_argument("--channel", choices=["telegram", "viber", "web"], default="web")
    one.add_argument("--lang", choices=["sq", "en"], default="sq")
    one.add_argument("--json", action="store_true", help="answer in JSON lines")
    one.add_argument("--script", metavar="FILE", help="run a transcript (TOML)")
    one.set_defaults(run=chat)

    one = commands.add_parser("triage", help="JSON lines in, JSON lines out")
    one.set_defaults(run=triage)

    one = commands.add_parser("content", help="for authors")
    one.add_argument("do", choices=["check"])
    one.add_argument("folder", nargs="?")
    one.set_defaults(run=content)

    one = commands.add_parser("staff", help="accounts of the helpline's staff")
    one.add_argument("do", choices=["add", "disable", "reset"])
    one.add_argument("login")
    one.set_defaults(run=staff)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a wrong setting or a content fault is named in a sentence."""
    import api.settings
    import bot.settings
    from bot.authoring.faults import ContentFault

    args = parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except (api.settings.SettingsFault, bot.settings.SettingsFault, ContentFault) as fault:
        print(fault, file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
