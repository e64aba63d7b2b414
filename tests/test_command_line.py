"""The command line: who may meet a trial, and what an operator is told when it cannot start."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

import sigurt
from api.crypto import load_vault
from api.staff import codes, service

ROOT = Path(__file__).resolve().parents[1]
KEY = "A" * 43 + "="


def scope(host: str = "127.0.0.1:8000", **headers: str) -> dict[str, object]:
    """A request as a server hands it on; ``_`` in a name stands for ``-``."""
    named = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    return {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": raw}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """
    No settings but a data folder; a test adds its own.
    """
    for name in [name for name in os.environ if name.startswith("SIGURT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SIGURT_DATA_DIR", str(tmp_path / "var"))
    return monkeypatch


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_a_trial_answers_this_machine(host: str) -> None:
    """
    Whoever asks for this machine by its own name, through nobody, meets the trial.
    """
    assert sigurt.at_home(scope(host))


@pytest.mark.parametrize(
    "asked",
    [
        scope("evil.example"),
        scope("127.0.0.1.evil.example:8000"),
        scope("192.168.1.5:8000"),
        scope(x_forwarded_for="203.0.113.7"),
        scope(x_forwarded_host="chat.example.com"),
        scope(x_forwarded_proto="https"),
        scope(x_real_ip="203.0.113.7"),
        scope(forwarded="for=203.0.113.7"),
        scope(via="1.1 proxy"),
    ],
)
def test_a_trial_is_for_nobody_else(asked: dict[str, object]) -> None:
    """
    A page elsewhere that turns its name to this machine (DNS rebinding), another name, or a
    proxy that passes somebody's request on: none of them meets a trial.
    """
    assert not sigurt.at_home(asked)


async def test_a_trial_refuses_strangers_before_either_application_hears_them() -> None:
    """
    Nothing behind the door is asked when a request does not come from this machine.
    """
    together = sigurt.Together(sigurt.Plan(bot=True, api=True, trial=True), None, None)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(together), base_url="http://evil.example"
    ) as stranger:
        answers = [await stranger.get(path) for path in ("/", "/helpline", "/v1/duty")]

    assert [answer.status_code for answer in answers] == [403] * 3


@pytest.mark.parametrize(
    ("options", "extra", "trial"),
    [
        ([], {}, True),
        (["--host", "localhost"], {}, True),
        (["--host", "0.0.0.0"], {}, False),
        ([], {"SIGURT_PUBLIC_URL": "https://chat.example.com"}, False),
        ([], {"SIGURT_TELEGRAM_TOKEN": "1:abc"}, False),
        (
            [],
            {"SIGURT_VIBER_TOKEN": "4-a", "SIGURT_PUBLIC_URL": "https://chat.example.com"},
            False,
        ),
        (["--api-only"], {}, False),
        (["--bot-only"], {}, False),
    ],
)
def test_a_trial_is_loopback_without_token_or_public_address(
    settings: pytest.MonkeyPatch, options: list[str], extra: Mapping[str, str], trial: bool
) -> None:
    """
    The one-time link opens the console at once only where nobody else can come.
    """
    for name, value in extra.items():
        settings.setenv(name, value)

    assert sigurt._plan(sigurt.parser().parse_args(["serve", *options])).trial is trial


def enrolled(login: str = "drita") -> None:
    """Store an administrator who has password and second factor in the folder set."""
    settings = sigurt.helpline_settings("")
    vault, now = load_vault(settings.data_dir), datetime.now(UTC)
    with sigurt._helpline_database() as database, database.write() as session:
        account = service.create(
            session, vault, login=login, name="Drita", roles=service.ROLES, now=now
        )
        service.enrol(session, vault, account, password="a hash", secret=codes.new_secret())


def test_there_is_no_trial_where_real_accounts_are(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    S14: over the data of real people no link opens the desk, for the workers neither.
    """
    settings.setattr(sigurt, "_run", lambda *_: 0)
    settings.setenv(sigurt.PLAN, "")
    enrolled()

    assert sigurt.main(["serve", "--port", "0"]) == 0
    told = capsys.readouterr().out
    where = "http://127.0.0.1:0/helpline"
    assert f"This folder has real accounts, so this is no trial: sign in at {where}." in told
    assert "/first/" not in told
    assert json.loads(os.environ[sigurt.PLAN])["trial"] is False


@pytest.mark.parametrize(("options", "ended"), [([], False), (["--host", "0.0.0.0"], True)])
def test_people_of_a_trial_are_shut_out_when_it_gets_serious(
    settings: pytest.MonkeyPatch, options: list[str], ended: bool
) -> None:
    """
    Whoever tried the service out is disabled by a start that others can reach, not by a trial's.
    """
    settings.setattr(sigurt, "_run", lambda *_: 0)
    settings.setenv(sigurt.PLAN, "")
    vault, now = load_vault(sigurt.helpline_settings("").data_dir), datetime.now(UTC)
    with sigurt._helpline_database() as database, database.write() as session:
        service.trial_person(session, vault, name="Drita", now=now)

    assert sigurt.main(["serve", "--port", "0", *options]) == 0

    with sigurt._helpline_database() as database, database.read() as session:
        assert [person.disabled for person in service.members(session, vault)] == [ended]


@pytest.mark.parametrize("options", [[], ["--bot-only"]])
def test_the_start_says_which_messengers_are_joined(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    """
    Whoever set a token reads that it was heard, also where there is no console to open.
    """
    settings.setattr(sigurt, "_run", lambda *_: 0)
    settings.setenv(sigurt.PLAN, "")
    here = "https://chat.example.com"
    helpline = {"URL": "https://desk.example.com", "KEY": "k" * 32, "PUBLIC_KEY": KEY}
    for name, value in helpline.items():
        settings.setenv(f"SIGURT_HELPLINE_{name}", value)
    settings.setenv("SIGURT_PUBLIC_URL", here)
    settings.setenv("SIGURT_TELEGRAM_TOKEN", "1:abc")
    settings.setenv("SIGURT_VIBER_TOKEN", "4-a")

    assert sigurt.main(["serve", "--port", "0", *options]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [f"Browser chat      {here}/", "Messengers        telegram, viber"]
    assert any("Staff console" in line for line in told) is (options == [])


def test_a_worker_logs_as_quietly_as_the_service(settings: pytest.MonkeyPatch) -> None:
    """
    S11: a process of several hushes the libraries, which would log addresses with tokens.
    """
    plan = {"bot": True, "api": True, "trial": True}
    settings.setenv(sigurt.PLAN, json.dumps(plan))
    library = logging.getLogger("apscheduler")
    settings.setattr(library, "level", logging.DEBUG)

    sigurt.application()

    assert library.getEffectiveLevel() == logging.WARNING


@pytest.mark.parametrize(
    ("options", "extra", "told"),
    [
        (["--bot-only"], {}, "SIGURT_HELPLINE_URL is needed"),
        (["--bot-only", "--workers", "2"], {}, "SIGURT_HELPLINE_URL is needed"),
        (["--api-only"], {}, "SIGURT_HELPLINE_KEY is needed"),
        ([], {"SIGURT_LEASE_SECONDS": "soon"}, "SIGURT_LEASE_SECONDS should be a valid integer"),
        ([], {"SIGURT_HELPLINE_KEY": "short"}, "SIGURT_HELPLINE_KEY must have at least 32"),
        ([], {"SIGURT_DATABASE_URL": "mysql://x"}, "SIGURT_DATABASE_URL must begin with"),
        (
            [],
            {"SIGURT_CONTENT_DIR": "/nowhere"},
            "SIGURT_CONTENT_DIR is wrong. There is no folder /nowhere.",
        ),
        ([], {"SIGURT_VIBER_TOKEN": "4-a"}, "SIGURT_VIBER_TOKEN also needs SIGURT_PUBLIC_URL."),
        (
            [],
            {"SIGURT_DATABASE_URL": "sqlite:////nowhere/bot.db"},
            "/nowhere/bot.db: No such file or directory",
        ),
        (
            [],
            {"SIGURT_HELPLINE_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/x"},
            "A database cannot be used: connection failed",
        ),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(
    settings: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    extra: Mapping[str, str],
    told: str,
) -> None:
    """
    What keeps the service from starting is said in words, and no address is given out.
    """
    for name, value in extra.items():
        settings.setenv(name, value)

    assert sigurt.main(["serve", "--port", "0", *options]) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.out == ""


def test_a_mistyped_setting_is_named(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A name that is no setting stops the start, whether it stands in the environment or in .env.
    """
    settings.chdir(tmp_path)
    settings.setenv("SIGURT_TELEGRAM_TOKN", "12:very-secret")
    settings.setenv("SIGURT_REWRITE", "1")
    (tmp_path / ".env").write_text("SIGURT_FOO=1\nSIGURT_DB_PASSWORD=2\nOTHER=3\n")

    assert sigurt.main(["serve", "--port", "0"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "SIGURT_FOO is not a setting.",
        "SIGURT_TELEGRAM_TOKN is not a setting. Did you mean SIGURT_TELEGRAM_TOKEN?",
    ]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("sqlite:///{here}/one.db", "sqlite:///{here}/./one.db"),
        ("", "sqlite:///{here}/var/bot.db"),
        ("postgresql+psycopg://a:b@db/x", "postgresql+psycopg://c:d@db:5432/x"),
    ],
)
def test_the_two_databases_are_two(
    settings: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    ours: str,
    theirs: str,
) -> None:
    """
    One database for both applications is refused before either has touched it.
    """
    settings.setenv("SIGURT_DATABASE_URL", ours.format(here=tmp_path))
    settings.setenv("SIGURT_HELPLINE_DATABASE_URL", theirs.format(here=tmp_path))

    assert sigurt.main(["serve", "--port", "0"]) == 2
    assert capsys.readouterr().err == (
        "SIGURT_DATABASE_URL and SIGURT_HELPLINE_DATABASE_URL name the same database; "
        "they must be two.\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["bot.key", "helpline.key", "helpline.private"])
def test_a_key_that_others_can_read_stops_the_start(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """
    S53: a world-readable key file is named, and nothing is served with it.
    """
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / name).write_text(KEY)
    (tmp_path / "var" / name).chmod(0o644)

    assert sigurt.main(["serve", "--port", "0"]) == 2
    assert name in capsys.readouterr().err


def test_a_data_folder_that_cannot_be_made_is_named(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A folder that cannot be written to ends the start with its name.
    """
    (tmp_path / "file").write_text("")
    settings.setenv("SIGURT_DATA_DIR", str(tmp_path / "file" / "var"))

    assert sigurt.main(["serve", "--port", "0"]) == 2
    assert "file" in capsys.readouterr().err


def test_a_port_in_use_is_named(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Another service on the port: the sentence names it, and no link is printed.
    """
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        assert sigurt.main(["serve", "--port", str(port)]) == 2
    shown = capsys.readouterr()
    assert f"Port {port} of 127.0.0.1 cannot be used" in shown.err
    assert shown.out == ""


def test_the_databases_are_for_the_service_alone(
    settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """
    Neither database file can be read by anybody else on the machine.
    """
    sigurt.build(sigurt.Plan(bot=True, api=True, trial=True)).prepare()

    files = list((tmp_path / "var").glob("*.db*"))
    assert {file.name for file in files} >= {"bot.db", "helpline.db"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_staff_are_added_with_name_and_roles(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    ``staff add`` takes the name that children see and the roles, and prints a one-time link.
    """
    add = ["staff", "add", "elira", "--name", "Elira", "--role", "supervisor", "--role"]

    assert sigurt.main([*add, "counsellor"]) == 0
    assert re.search(r"/helpline/first/\S{43}\n", capsys.readouterr().out)
    assert sigurt.main([*add, "counsellor"]) == 1  # the login is taken


def test_a_content_folder_that_is_missing_is_named(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    ``content check`` of a folder that is not there says so, not that each file is missing.
    """
    assert sigurt.main(["content", "check", "/nowhere"]) == 2
    assert capsys.readouterr().err == "There is no folder /nowhere.\n"


GOOD = ROOT / "tests" / "bot" / "authoring" / "good"


@pytest.mark.parametrize("data", [b"a = [", b"\xff\xfe", b"", b"a = " + b"{a = " * 2000])
def test_a_broken_file_ends_no_command_for_authors(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes
) -> None:
    """
    ``content check`` names the one file that cannot be read, ``report`` and ``new`` go on.
    """
    root = shutil.copytree(GOOD, tmp_path / "content")
    (root / "en" / "guides" / "t14.toml").write_bytes(data)

    assert sigurt.main(["content", "check", str(root)]) == 1
    fault, count = capsys.readouterr().out.splitlines()
    assert fault.startswith("en/guides/t14.toml:1: ")
    assert count == f"{root}: 1 to mend, 0 to note"
    assert sigurt.main(["content", "report", str(root)]) == 0
    assert "1 to mend" in capsys.readouterr().out
    assert sigurt.main(["content", "report", "--json", str(root)]) == 0
    assert json.loads(capsys.readouterr().out)["to_mend"] == 1
    assert sigurt.main(["content", "new", "journey", "visit", "--folder", str(root)]) == 0
    assert str(root / "en" / "journeys" / "visit.toml") in capsys.readouterr().out
    assert sigurt.main(["content", "new", "journey", "visit", "--folder", str(root)]) == 2
    assert capsys.readouterr().err.startswith("journeys/visit.toml is there already.")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("none.toml", None, "There is no file {path}."),
        ("", None, "There is no transcript in {path}."),
        (
            "x.toml",
            "turn = []",
            "x.toml: 'about' is missing; this is no transcript (see tests/transcripts)",
        ),
        (
            "x.toml",
            'about = "x"\nstart = { hat = 1 }\nturn = []',
            "x.toml: start: hat is not known",
        ),
        (
            "x.toml",
            'about = "x"\n[[turn]]\nzigzag = 1',
            "x.toml: turn 1: zigzag is not known; write one of",
        ),
        (
            "x.toml",
            'about = "x"\n[[turn]]\nchild = { en = "hi" }',
            "x.toml: turn 1: 'sq' is missing",
        ),
    ],
)
def test_what_is_wrong_with_a_script_is_named(
    settings: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    text: str | None,
    told: str,
) -> None:
    """
    ``chat --script`` with what is no transcript says in which file, and what is missing.
    """
    path = tmp_path / name
    if text is not None:
        path.write_text(text)

    assert sigurt.main(["chat", "--script", str(path)]) == 2
    assert told.format(path=path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expected", "code", "told"),
    [("onboarding.language", 0, "1 turn, 0 faults\n"), ("bye", 1, "1 turn, 1 fault\n")],
)
def test_a_script_ends_with_a_count(
    settings: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    expected: str,
    code: int,
    told: str,
) -> None:
    """
    The JSON lines stay alone on the standard output; the count stands beside them.
    """
    script = tmp_path / "x.toml"
    script.write_text(f'about = "x"\n[[turn]]\nstart = true\nbot = ["{expected}"]\n')

    assert sigurt.main(["chat", "--script", str(script)]) == code
    shown = capsys.readouterr()
    assert shown.err == told
    assert [json.loads(line)["turn"] for line in shown.out.splitlines()] == [1]


@pytest.mark.parametrize(("language", "told"), [("en", "I don't tell"), ("sq", "nuk ua tregoj")])
def test_chat_begins_in_the_language_named(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, told: str
) -> None:
    """
    Whoever names a language is not asked for it.
    """
    settings.setattr(sys, "stdin", [])

    assert sigurt.main(["chat", "--lang", language, "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["event"] == "LanguageChosen"
    assert told in first["bot"][0]["text"]


@pytest.mark.parametrize(
    ("channel", "shown"), [("web", False), ("telegram", True), ("viber", True)]
)
def test_chat_shows_bubbles_as_the_channel_does(
    settings: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    channel: str,
    shown: bool,
) -> None:
    """
    The way to help stands in the page's frame on the web, and under the bubble elsewhere.
    """
    settings.setattr(sys, "stdin", [])

    assert sigurt.main(["chat", "--channel", channel]) == 0
    assert ("3 [Dua ndihmë]" in capsys.readouterr().out) is shown


@pytest.mark.parametrize(
    ("own", "named", "said"),
    [
        ("", [], "onboarding.words"),
        ('channel = "viber"', [], "onboarding.one_word"),
        ('channel = "viber"', ["--channel", "web"], "onboarding.words"),
    ],
)
def test_a_script_is_played_on_its_channel(
    settings: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    own: str,
    named: list[str],
    said: str,
) -> None:
    """
    A script has the abilities of its own channel, or of the one that the command names.
    """
    script = tmp_path / "x.toml"
    script.write_text(
        f'about = "x"\n{own}\nstart = {{ band = "14-17", asked = "j:onboarding:numbers" }}\n'
        '[[turn]]\ntap = "j:onboarding:numbers.go_on"\n'
    )

    assert sigurt.main(["chat", "--script", str(script), *named]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert [say["key"] for say in first["bot"]] == [said]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_service_stops_well_while_a_page_is_open(tmp_path: Path, number: int) -> None:
    """
    Stopped with a child's page open, the stream ends as it should and no trace is printed.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("SIGURT_")}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "sigurt.py"), "serve", "--port", str(port)],
        cwd=tmp_path,
        env={**env, "SIGURT_DATA_DIR": str(tmp_path / "var")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    begun = [process.stdout.readline() for _ in range(3)]  # the addresses: it listens by then
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as page:
        door = re.search(r'name="door" value="([^"]+)"', page.get("/").text)
        assert door
        ours = {"origin": f"http://127.0.0.1:{port}", "accept": "application/json"}
        words = {"event": "a" * 16, "door": door[1], "text": "ckemi"}
        assert page.post("/chat", data=words, headers=ours).status_code == 200
        with page.stream("GET", "/chat/live?after=0") as live:
            lines = live.iter_lines()
            next(lines)
            process.send_signal(number)
            rest = list(lines)  # raises when the stream is cut rather than ended
    said = "".join(begun) + process.communicate(timeout=30)[0]

    assert rest
    assert "Traceback" not in said
    assert "Cancel" not in said


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["content", "graph", "parent"], 'no journey and no lesson "parent". Did you mean parents'),
        (["content", "transcript", "t99"], 'There is no lesson "t99".'),
        (["content", "preview", "nowhere"], "There is no folder nowhere."),
        (["chat", "--coverage"], "name them with --script"),
    ],
)
def test_what_an_author_gets_wrong_is_told_in_a_sentence(
    settings: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    sentence: str,
) -> None:
    """
    A name that nothing has is said to be so, and never met with a trace.
    """
    assert sigurt.main(command) == 2
    assert sentence in capsys.readouterr().err


def test_a_picture_and_a_transcript_are_written_where_the_author_wants_them(
    settings: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    ``content graph`` and ``content transcript`` write to the terminal or to a file, and the
    transcript can be run as it is.
    """
    drawing, script = tmp_path / "parents.svg", tmp_path / "t14.toml"

    assert sigurt.main(["content", "graph", "parents", "--lang", "en", "-o", str(drawing)]) == 0
    assert drawing.read_text(encoding="utf-8").startswith("<svg ")
    assert sigurt.main(["content", "transcript", "t14-help-8-10"]) == 0
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    assert sigurt.main(["chat", "--script", str(tmp_path), "--coverage"]) == 0
    assert "lessons: " in capsys.readouterr().out
