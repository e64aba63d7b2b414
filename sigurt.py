"""The command line: the only module that knows both applications.

``sigurt serve`` runs them in one process by default; they still talk only through the
helpline's HTTP API, so that either can be moved to a machine of its own.
"""

from __future__ import annotations

import argparse
import difflib
import ipaddress
import json
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from alembic.util import CommandError
from pydantic_settings import DotEnvSettingsSource
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.supervisors import Multiprocess

if TYPE_CHECKING:  # either application may be absent from a process
    from fastapi import FastAPI

    from api.db import Database
    from api.settings import Settings as HelplineSettings
    from bot.engine.content import Content
    from bot.settings import Settings as BotSettings

PLAN = "SIGURT_PLAN"  # how worker processes learn what to run; set by ``serve`` alone
NOT_SETTINGS = (  # also of our name: for the workers, tests and compose.yaml
    PLAN,
    "SIGURT_REWRITE",
    "SIGURT_DB_PASSWORD",
    "SIGURT_HELPLINE_DB_PASSWORD",
)
HELPLINE_PATHS = ("/v1", "/helpline", "/openapi.json")
PASSED_ON = ("forwarded", "via", "x-real-ip")  # and whatever begins with x-forwarded-
CLOSE = 0.7  # of 1: the prefix that all settings share makes even strangers alike
LOOPBACK = "127.0.0.1"
GRACE = 5  # seconds for open streams to end when the service stops


class CannotServe(Exception):
    """The command cannot do its work here; the message says why in a sentence."""


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
            when_stopped(self.end_streams)
            yield

    def end_streams(self) -> None:
        """End the answers that have no end of their own, so that the service can stop."""
        if self._api is not None:
            self._api.state.bell.close()
        if self._bot is not None:
            self._bot.state.bot.web.close()

    @property
    def messengers(self) -> list[str]:
        """The names of the messengers that the settings join."""
        if self._bot is None:
            return []
        return [platform.name for platform in self._bot.state.bot.platforms]

    def prepare(self) -> None:
        """Bring the bot's tables to the newest form; the helpline has done so with its own."""
        if self._bot is not None:
            from bot.store.database import migrate

            migrate(self._bot.state.bot.engine)
            self._bot.state.bot.engine.dispose()


def below(path: str, prefixes: Sequence[str]) -> bool:
    """Whether a path is one of these or lies below one."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)


def at_home(scope: Scope) -> bool:
    """Whether a request was made on this machine, to this machine, through nobody."""
    request = HTTPConnection(scope)
    passed_on = any(
        name in PASSED_ON or name.startswith("x-forwarded-") for name in request.headers
    )
    return not passed_on and is_loopback(request.url.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def when_stopped(do: Callable[[], None]) -> None:
    """Also do this when the process is told to stop; the server's own handlers go on."""
    if threading.current_thread() is not threading.main_thread():
        return  # a test: nobody signals it
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def told(number: int, frame: FrameType | None, before: signal._HANDLER = before) -> None:
            do()
            if callable(before):
                before(number, frame)

        if callable(before):
            signal.signal(number, told)


def application() -> ASGIApp:
    """What a server process runs, by the plan that ``serve`` made."""
    _quiet_logs()
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


def check_settings() -> None:
    """Raise ``CannotServe`` for what neither application can see by itself."""
    if wrong := [*_unknown_settings(), *_one_database()]:
        raise CannotServe("\n".join(wrong))


def _unknown_settings() -> Iterator[str]:
    """A mistyped name would otherwise be a setting that silently does nothing."""
    import api.settings
    import bot.settings

    fields = {*api.settings.Settings.model_fields, *bot.settings.Settings.model_fields}
    names = sorted(f"SIGURT_{field.upper()}" for field in fields)
    known = {*NOT_SETTINGS, *names}
    file = DotEnvSettingsSource(bot.settings.Settings).env_vars
    found = {name.upper() for name in (*os.environ, *file)}
    for name in sorted(name for name in found - known if name.startswith("SIGURT_")):
        near = difflib.get_close_matches(name, names, n=1, cutoff=CLOSE)
        yield f"{name} is not a setting.{f' Did you mean {near[0]}?' if near else ''}"


def _one_database() -> Iterator[str]:
    ours, theirs = bot_settings().database, helpline_settings("").database_url
    if _place_of(ours) == _place_of(theirs):
        yield (
            "SIGURT_DATABASE_URL and SIGURT_HELPLINE_DATABASE_URL name the same database; "
            "they must be two."
        )


def _place_of(database: str) -> tuple[str, ...]:
    """What tells one database from another, however its address is written."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        return ("sqlite", str(Path(url.database or "").resolve()))
    host = str(url.host or url.query.get("host", "localhost"))
    return ("postgresql", host, str(url.port or 5432), str(url.database or url.username))


# ---------- serve ----------


def serve(args: argparse.Namespace) -> int:
    """Run the service until it is stopped."""
    plan = _plan(args)
    if args.api_only and not helpline_settings("").helpline_key.get_secret_value():
        print("SIGURT_HELPLINE_KEY is needed: the bot elsewhere must show it.", file=sys.stderr)
        return 2
    _quiet_logs()
    asked_for_trial, plan = plan.trial, _in_earnest(plan)
    if plan.bot:
        _release_content()
    app = build(plan)
    app.prepare()  # what is wrong is met here, before anybody is told an address
    listening = _listen(args.host, args.port)
    _announce(app, plan, args, real_accounts=asked_for_trial and not plan.trial)
    os.environ[PLAN] = json.dumps(asdict(plan))
    config = uvicorn.Config(
        app if args.workers == 1 else "sigurt:application",
        factory=args.workers > 1,
        host=args.host,
        port=args.port,
        workers=args.workers,
        access_log=False,  # paths hold receipts and one-time links
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        log_level="warning",
    )
    return _run(config, listening)


def _release_content() -> None:
    """Speak from what lies in the content folder, or say why from an earlier version."""
    from bot.editions import at_start

    settings = bot_settings()
    if told := at_start(settings.data_dir, settings.content_dir):
        print(told, file=sys.stderr)


def _run(config: uvicorn.Config, listening: socket.socket) -> int:
    if config.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
        return 0
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    return 0 if server.started else 1


def _listen(host: str, port: int) -> socket.socket:
    """The socket of the service; raises ``CannotServe`` when another has the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # whoever comes while the parts begin waits for them
    except OSError as error:
        listening.close()
        raise CannotServe(f"Port {port} of {host} cannot be used: {error.strerror}.") from None
    listening.set_inheritable(True)
    return listening


def _plan(args: argparse.Namespace) -> Plan:
    settings = bot_settings()
    open_to_others = (
        not is_loopback(args.host)
        or settings.public_url
        or settings.by_messenger
        or args.api_only
        or args.bot_only
    )
    return Plan(bot=not args.api_only, api=not args.bot_only, trial=not open_to_others)


def _in_earnest(plan: Plan) -> Plan:
    """The same, but no trial where somebody real can sign in: real children wrote here."""
    from api.staff.service import has_real_accounts

    if not plan.trial:
        return plan
    with _helpline_database() as database, database.read() as session:
        return replace(plan, trial=not has_real_accounts(session))


@contextmanager
def _helpline_database() -> Iterator[Database]:
    """The helpline's database, its tables in the newest form."""
    from api.db import Database

    database = Database(helpline_settings("").database_url)
    try:
        database.upgrade()
        yield database
    finally:
        database.close()


def _first_token(plan: Plan) -> str | None:
    """The token of a one-time link while one is needed; outside a trial, trials are ended."""
    from api.crypto import load_vault
    from api.staff.service import end_trials, first_link

    now = datetime.now(UTC)
    with _helpline_database() as database, database.write() as session:
        if not plan.trial:
            end_trials(session, load_vault(helpline_settings("").data_dir), now=now)
        return first_link(session, now, trial=plan.trial)


def _announce(app: Together, plan: Plan, args: argparse.Namespace, *, real_accounts: bool) -> None:
    """Say where things are, with the one-time link while there is no administrator."""
    here = bot_settings().public_url or f"http://{args.host}:{args.port}"
    if plan.bot:
        print(f"Browser chat      {here}/")
    if app.messengers:
        print(f"Messengers        {', '.join(app.messengers)}")
    if plan.api:
        _announce_desk(plan, here, real_accounts=real_accounts)
    sys.stdout.flush()


def _announce_desk(plan: Plan, here: str, *, real_accounts: bool) -> None:
    token = _first_token(plan)
    print(f"Staff console     {here}/helpline")
    if real_accounts:
        print(f"This folder has real accounts, so this is no trial: sign in at {here}/helpline.")
    if token:
        kind = "Open as a trial " if plan.trial else "First administrator"
        print(f"{kind}  {here}/helpline/first/{token}   (works once)")


def _quiet_logs() -> None:
    """Libraries log addresses that hold tokens: they speak only of faults."""
    import logging

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)


# ---------- for whoever gets a bundle ----------


def verify(args: argparse.Namespace) -> int:
    """Check a bundle of evidence; needs no settings and no database."""
    from api.evidence.verify import main

    return main(args.bundle, public_key=args.public_key, roots=args.roots)


# ---------- for authors and for trying out ----------


def chat(args: argparse.Namespace) -> int:
    """Talk to the bot in the terminal, or run a script and tell what differed."""
    from bot.authoring import load
    from bot.terminal import talk

    content = load(bot_settings().content_dir)
    if args.script:
        return _run_scripts(args, content)
    if args.coverage:
        raise CannotServe("--coverage is of transcripts: name them with --script.")
    return talk(
        args.lang,
        content,
        channel=args.channel or "web",
        json_lines=args.json,
        lines=sys.stdin,
        out=sys.stdout,
    )


def _run_scripts(args: argparse.Namespace, content: Content) -> int:
    """Run one transcript, or all in a folder in both languages unless one is named."""
    from bot.coverage import Reach
    from bot.engine.content import LANGUAGES
    from bot.terminal import print_coverage, run_folder, run_script

    path, reach = Path(args.script), Reach() if args.coverage else None
    streams = {"channel": args.channel, "reach": reach, "out": sys.stdout, "err": sys.stderr}
    if path.is_dir():
        languages = (args.lang,) if args.lang else LANGUAGES
        code = run_folder(path, languages, content, **streams)
    else:
        code = run_script(path, args.lang or LANGUAGES[0], content, **streams)
    if reach is not None:
        print_coverage(reach, content, out=sys.stdout)
    return code


def triage(args: argparse.Namespace) -> int:
    """Read JSON lines, write JSON lines; or explain one text to people."""
    from bot.triage.cli import main

    return main(
        sys.stdin.buffer,
        sys.stdout.buffer,
        sys.stderr,
        explain=args.explain,
        text=args.text,
        language=args.lang,
    )


def content_check(args: argparse.Namespace) -> int:
    """Check what authors wrote: for the bot, and for the helpline's desk."""
    from api.replies.check import check
    from bot.authoring.check import main

    folder = _content_folder(args)
    faults = check(folder)
    for fault in faults:
        print(fault)
    if faults:
        print(f"{folder}: {len(faults)} ready-made replies to mend")
    return main([str(folder)], whole=args.whole) or int(bool(faults))


def content_report(args: argparse.Namespace) -> int:
    """Say how far the content is, and who has still to read it."""
    from bot.authoring.report import as_json, as_text, report
    from bot.release_command import standing_lines

    folder = _content_folder(args)
    waiting = standing_lines(bot_settings(), folder)
    found = report(folder, more={"conversations on what goes": waiting} if waiting else None)
    print(as_json(found) if args.json else as_text(found))
    return 0


def content_release(args: argparse.Namespace) -> int:
    """Speak from the content folder as it is now."""
    from bot.release_command import release

    return release(bot_settings(), _content_folder(args), out=sys.stdout)


def content_back(_args: argparse.Namespace) -> int:
    """Speak from the version before again."""
    from bot.release_command import back

    return back(bot_settings(), out=sys.stdout)


def content_versions(_args: argparse.Namespace) -> int:
    """List the versions that were released here."""
    from bot.release_command import versions

    return versions(bot_settings(), out=sys.stdout)


def content_new(args: argparse.Namespace) -> int:
    """Begin the files of something new, in both languages."""
    from bot.authoring.skeletons import make

    folder = _content_folder(args)
    for path in make(folder, args.kind, args.name):
        print(path)
    print("Write what stands between « and »; sigurt content check names what is left.")
    return 0


def content_graph(args: argparse.Namespace) -> int:
    """Draw a journey or a lesson as a picture."""
    from bot.authoring import load
    from bot.authoring.shapes import graph

    picture = graph(load(_content_folder(args)), args.name, args.lang)
    return _written(picture, args.output)


def content_transcript(args: argparse.Namespace) -> int:
    """Write the main path through a lesson as a transcript to go on from."""
    from bot import triage
    from bot.authoring import load
    from bot.rehearsal import transcript_of

    transcript = transcript_of(args.name, load(_content_folder(args)), triage.read)
    return _written(f"{transcript}\n", args.output)


def content_preview(args: argparse.Namespace) -> int:
    """Show the content as a child meets it, anew whenever a file is saved."""
    from bot.preview import create_app

    folder = _content_folder(args)
    listening = _listen(LOOPBACK, args.port)
    print(f"Preview  http://{LOOPBACK}:{listening.getsockname()[1]}/   (Ctrl+C ends)", flush=True)
    config = uvicorn.Config(
        AtHome(create_app(folder)),
        server_header=False,
        timeout_graceful_shutdown=1,  # open pages wait for changes without end
        log_level="warning",
    )
    return _run(config, listening)


class AtHome:
    """An application that answers this machine only, under its own name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stranger = scope["type"] == "http" and not at_home(scope)
        app = PlainTextResponse("Not here\n", status_code=403) if stranger else self._app
        await app(scope, receive, send)


def _written(text: str, path: str) -> int:
    if path:
        Path(path).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _content_folder(args: argparse.Namespace) -> Path:
    folder = Path(args.folder) if args.folder else bot_settings().content_dir
    if not folder.is_dir():
        raise CannotServe(f"There is no folder {folder}.")
    return folder


def staff(args: argparse.Namespace) -> int:
    """Add, disable or reset a member of staff, or change the roles."""
    from api.staff.command import run

    return run(
        helpline_settings(secrets.token_urlsafe(32)),
        args.do,
        args.login,
        out=sys.stdout,
        name=args.name,
        roles=args.role or (["counsellor"] if args.do == "add" else []),
    )


def parser() -> argparse.ArgumentParser:
    """The command line, as people script against it."""
    top = argparse.ArgumentParser(prog="sigurt", description="Sigurt: the bot and its helpline.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("serve", help="run the service")
    which = one.add_mutually_exclusive_group()
    which.add_argument("--bot-only", action="store_true", help="only what children meet")
    which.add_argument("--api-only", action="store_true", help="only what the helpline meets")
    one.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)"
    )
    one.add_argument("--port", type=_number(0, 65_535), default=8000, help="port (8000)")
    one.add_argument(
        "--workers",
        type=_number(1, 64),
        default=1,
        metavar="N",
        help="processes that share the work (1)",
    )
    one.set_defaults(run=serve)

    one = commands.add_parser(
        "chat",
        help="talk to the bot in the terminal",
        description="Write words, or a button's number or [label]; Ctrl+D ends. "
        "Nothing is sent and nothing is kept.",
    )
    one.add_argument(
        "--channel",
        choices=["telegram", "viber", "web"],
        help="talk as there: web unless told; a script's own",
    )
    one.add_argument(
        "--lang", choices=["sq", "en"], help="begin in it; a script's is sq unless told"
    )
    one.add_argument("--json", action="store_true", help="answer in JSON lines")
    one.add_argument("--script", metavar="FILE", help="run a transcript (TOML), or all in a folder")
    one.add_argument(
        "--coverage", action="store_true", help="with --script: name what nothing reached"
    )
    one.set_defaults(run=chat)

    one = commands.add_parser(
        "triage",
        help="JSON lines in, JSON lines out",
        description="What is wrong with a line is told with its number on standard error; "
        "the others are answered, and the status is 1.",
    )
    one.add_argument("--explain", action="store_true", help="say also how it was decided")
    one.add_argument("--text", metavar="WORDS", help="read these words instead of lines")
    one.add_argument(
        "--lang", choices=["sq", "en"], default="sq", help="language of what --explain says (sq)"
    )
    one.set_defaults(run=triage)

    _content_parser(commands.add_parser("content", help="for authors"))

    one = commands.add_parser(
        "verify",
        help="check a bundle of evidence",
        description="Check a bundle of evidence: a zip, or the folder it was unpacked into.",
    )
    one.add_argument("bundle", help="the zip or its folder")
    one.add_argument("--public-key", default="", help="minisign key that the helpline publishes")
    one.add_argument("--roots", default="", help="PEM file of the time-stamp service's roots")
    one.set_defaults(run=verify)

    one = commands.add_parser("staff", help="accounts of the helpline's staff")
    one.add_argument("do", choices=["add", "disable", "reset", "roles"])
    one.add_argument("login")
    one.add_argument("--name", default="", help="what children see; add only")
    one.add_argument(
        "--role",
        action="append",
        choices=["counsellor", "supervisor", "administrator", "analyst"],
        help="may be given several times; add (default: counsellor) and roles only",
    )
    one.set_defaults(run=staff)
    return top


def _content_parser(top: argparse.ArgumentParser) -> None:
    from bot.authoring.skeletons import KINDS

    does = top.add_subparsers(required=True, metavar="DO")

    one = does.add_parser("check", help="every fault by file and line, with its mend")
    one.add_argument("folder", nargs="?")
    one.add_argument(
        "--whole", action="store_true", help="what cannot be checked here is a fault too"
    )
    one.set_defaults(run=content_check)

    one = does.add_parser("report", help="what there is, who has still to read it, what is old")
    one.add_argument("folder", nargs="?")
    one.add_argument("--json", action="store_true", help="with the fingerprint of every file")
    one.set_defaults(run=content_report)

    one = does.add_parser("release", help="speak from the folder as it is now")
    one.add_argument("folder", nargs="?")
    one.set_defaults(run=content_release)

    one = does.add_parser("back", help="speak from the version before again")
    one.set_defaults(run=content_back)

    one = does.add_parser("versions", help="what was released here")
    one.set_defaults(run=content_versions)

    one = does.add_parser(
        "new",
        help="begin a file in both languages",
        description="new lesson t19 11-13 name; new guide t19; new activity t19; new journey name",
    )
    one.add_argument("kind", choices=KINDS)
    one.add_argument("name", nargs="+")
    one.add_argument("--folder", help="the content folder, if it is another")
    one.set_defaults(run=content_new)

    _content_pictures(does)


def _content_pictures(does: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What shows an author the whole: a drawing, a transcript, the chat itself."""
    one = does.add_parser("graph", help="a journey or a lesson as a picture (SVG)")
    one.add_argument("name", help="its name, such as parents or t14-help-8-10")
    one.add_argument("--lang", choices=["sq", "en"], default="sq", help="its words (sq)")
    one.add_argument(
        "-o", "--output", metavar="FILE", default="", help="write there, not to the terminal"
    )
    one.add_argument("--folder", help="the content folder, if it is another")
    one.set_defaults(run=content_graph)

    one = does.add_parser("transcript", help="the main path through a lesson as a transcript")
    one.add_argument("name", help="the lesson's id, such as t14-help-8-10")
    one.add_argument(
        "-o", "--output", metavar="FILE", default="", help="write there, not to the terminal"
    )
    one.add_argument("--folder", help="the content folder, if it is another")
    one.set_defaults(run=content_transcript)

    one = does.add_parser(
        "preview", help="the browser chat at any place, in both languages side by side"
    )
    one.add_argument("folder", nargs="?")
    one.add_argument("--port", type=_number(0, 65_535), default=8010, help="port (8010)")
    one.set_defaults(run=content_preview)


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"a number from {least} to {most} is wanted")

    return number


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what is wrong with the set-up is named in a sentence, and 2 returned."""
    args = parser().parse_args(argv)
    try:
        if args.run is not verify:  # whoever gets a bundle has set up nothing
            check_settings()
        code: int = args.run(args)
    except _faults() as fault:
        print(_sentence(fault), file=sys.stderr)
        return 2
    return code


def _faults() -> tuple[type[Exception], ...]:
    """What an operator or an author can mend; anything else is a bug and shows its trace."""
    import api.crypto
    import api.replies.content
    import api.settings
    import bot.crypto
    import bot.settings
    from bot.authoring.faults import ContentFault
    from bot.authoring.shapes import NothingToDraw
    from bot.authoring.skeletons import CannotMake
    from bot.channels.web.words import PageWordsFault
    from bot.channels.words import ChannelWordsFault
    from bot.releases import NoRelease
    from bot.script import ScriptFault
    from bot.store.database import StoreUnavailable

    return (
        CannotServe,
        CannotMake,
        ContentFault,
        PageWordsFault,
        ChannelWordsFault,
        NoRelease,
        NothingToDraw,
        ScriptFault,
        StoreUnavailable,
        DBAPIError,
        CommandError,
        OSError,
        api.crypto.KeyFileUnsafe,
        api.replies.content.RepliesBroken,
        api.settings.SettingsFault,
        bot.crypto.KeyRefused,
        bot.settings.SettingsFault,
    )


def _sentence(fault: Exception) -> str:
    """What to tell the operator; of a database only what its driver says, never a value."""
    error = fault if isinstance(fault, DBAPIError) else fault.__cause__
    if isinstance(error, DBAPIError):
        return f"A database cannot be used: {str(error.orig).splitlines()[0]}"
    if isinstance(fault, CommandError):
        return f"A database is not of this release: {fault}"
    return str(fault)


if __name__ == "__main__":
    sys.exit(main())
