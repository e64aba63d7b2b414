"""``sigurt triage``: a line in, a line out; and how it was decided, for people."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.content import Lexicon
from bot.triage import cli, ears, kept
from bot.triage.cli import LINE_AT_MOST, CannotRead, main, ready
from bot.triage.told import _SAYS

ROOT = Path(__file__).parents[3]
GOOD = b'{"id": "a", "text": "ok"}'


def run(*lines: bytes, explain: bool = False) -> tuple[int, list[dict[str, object]], list[str]]:
    out, err = io.BytesIO(), io.StringIO()
    status = main(io.BytesIO(b"\n".join(lines)), out, err, explain=explain)
    answers = [json.loads(line) for line in out.getvalue().decode().splitlines()]
    return status, answers, err.getvalue().splitlines()


@cache
def made_ready() -> dict[str, Lexicon]:
    """What reading needs, once for all examples of a test."""
    return ready()


def message(text: str, name: object = 1) -> bytes:
    return json.dumps({"id": name, "text": text}).encode()


def test_each_message_is_answered_in_order() -> None:
    """
    Answers come in the order of the messages, with every field of the interface and no other.
    """
    texts = ["po vdes nga te qeshurat", "dua te vras veten sonte", "mire"]
    status, found, faults = run(*(message(text, n) for n, text in enumerate(texts)))

    assert (status, faults) == (0, [])
    assert [answer["id"] for answer in found] == [0, 1, 2]
    assert all(
        set(answer) == {"id", "lang", "severity", "category", "score", "evidence"}
        for answer in found
    )
    assert found[1]["severity"] == "emergency"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{no", "this is not JSON (expecting property name enclosed in double quotes, column 2)"),
        (b"[1]", "this is not an object"),
        (b'{"id": "b"}', '"text" is missing or no text'),
        (b'{"text": ["a"]}', '"text" is missing or no text'),
        (b'{"id": 1.5, "text": "a"}', '"id" must be a text or a whole number'),
        (b'{"id": true, "text": "a"}', '"id" must be a text or a whole number'),
        (b'{"id": ' + b"9" * 5_000 + b', "text": "a"}', "a number in this is too long"),
        (b'{"text": "\xff"}', "this is not UTF-8 (byte 11)"),
        (b'{"text": "\xed\xa0\x80"}', "this is not UTF-8 (byte 11)"),
        (b'{"text": "a\x07"}', "this is not JSON (invalid control character, column 12)"),
        (b'{"text": "\x00"}', "this is not JSON (invalid control character, column 11)"),
        (b"[" * 200_000, "this is nested too deeply"),
        (b'"' + b"a" * (3 * LINE_AT_MOST), f"this is longer than {LINE_AT_MOST} bytes"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else "",
)
def test_a_bad_line_costs_only_itself(line: bytes, why: str) -> None:
    """
    What is wrong is told on standard error with its number, never with its words; the others
    are answered in order, and the status says that one was bad.
    """
    status, found, faults = run(GOOD, line, GOOD)

    assert status == 1
    assert [answer["id"] for answer in found] == ["a", "a"]
    assert faults == [f"line 2: {why}"]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    """
    Blank lines are passed over and counted; a mark before the first line is none of it.
    """
    status, found, faults = run(b"\xef\xbb\xbf" + GOOD, b"", b" \r", b"{", GOOD + b"\r")

    assert status == 1
    assert len(found) == 2
    assert [fault.split(":")[0] for fault in faults] == ["line 4"]


@pytest.mark.parametrize(
    "text", ["", " ", "?!…", "😂😂🔥", "\u200b\u200d", "\x00\x07", "ndihme \udfff"], ids=ascii
)
def test_what_is_no_word_is_answered(text: str) -> None:
    """
    A text without a word, with control characters or with half a surrogate pair is read too.
    """
    status, found, faults = run(message(text, "\ud800"))

    assert (status, faults) == (0, [])
    assert [answer["id"] for answer in found] == ["\ud800"]
    assert text.startswith("nd") or found[0]["severity"] == "none"


class Counted(io.RawIOBase):
    """Messages without end, and how many were taken."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines, self.taken = lines, 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.taken += 1
        return next(self.lines, b"")


def test_each_line_is_answered_before_the_next_is_read() -> None:
    """
    However long the input, no more than one line of it is held, and whoever waits is answered.
    """
    written: list[tuple[int, bytes]] = []

    class Out(io.BytesIO):
        def flush(self) -> None:
            if self.getvalue():
                written.append((stdin.taken, self.getvalue()))
                self.seek(self.truncate(0))

    stdin = Counted(iter([GOOD + b"\n"] * 3))
    main(stdin, Out(), io.StringIO())  # type: ignore[arg-type]

    assert [taken for taken, _ in written] == [1, 2, 3]


def test_a_closed_pipe_ends_it_quietly() -> None:
    """
    Who reads only the first answer is given no complaint.
    """
    found = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" sigurt.py triage | head -n 1'],
        input=(GOOD + b"\n") * 20_000,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )

    assert found.stderr == b""
    assert found.stdout.count(b"\n") == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(min_size=1).filter(lambda line: b"\n" not in line), max_size=5))
def test_no_input_crashes_it(lines: list[bytes]) -> None:
    """
    Whatever is piped in, every line that is not blank gets one answer or one fault.
    """
    with patch.object(cli, "ready", made_ready):
        _, found, faults = run(*lines)
    first = [line.removeprefix(b"\xef\xbb\xbf") for line in lines[:1]]

    assert len(found) + len(faults) == sum(bool(line.strip()) for line in first + lines[1:])


def test_it_explains_itself_to_programs() -> None:
    """
    ``--explain`` adds an explanation and changes nothing else: rules with their words and
    weights, what made doubtful, what a negation undid, each sign's share, and sentences.
    """
    line = message("nuk me rreh babi por dikush po me kercenon me nje foto haha")
    (plain,), (explained,) = run(line)[1], run(line, explain=True)[1]
    found = explained.pop("explanation")

    assert explained == plain
    assert isinstance(found, dict)
    met = {rule["rule"]: rule for rule in found["rules"]}
    assert met["sq.threat-with-image"]["words"] == "me kercenon"
    assert met["sq.threat-with-image"]["weight"] > 0.5
    assert {"sq.laughing"} <= {rule["rule"] for rule in found["lighter"]}
    assert {"rule": "sq.beaten", "words": "me rreh", "by": "negation"} in found["undone"]
    assert set(found["said"]) == {"start", "rules", "cues", "lighter", "few_words", "encoder"}
    assert any("me kercenon" in sentence for sentence in found["says"])


@pytest.mark.parametrize("language", ["sq", "en"])
@pytest.mark.parametrize(
    ("text", "decided"),
    [("", "nothing"), ("menu", "call"), ("dua te vras veten sonte", "together")],
)
def test_it_explains_itself_to_people(language: str, text: str, decided: str) -> None:
    """
    One text is explained in the language asked for, whatever it holds.
    """
    out = io.BytesIO()
    main(io.BytesIO(), out, io.StringIO(), explain=True, text=text, language=language)
    told = out.getvalue().decode()

    assert _SAYS[language][decided] in told
    assert "{" not in told


@pytest.mark.parametrize("missing", ["ENCODER", "cues.json", "lexicon.toml"])
def test_what_is_missing_is_named(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Without a model, the cues or a lexicon nothing is read, and it is said which and the mend.
    """
    if missing == "ENCODER":
        monkeypatch.setattr(kept, "ENCODER", kept.FOLDER / "nowhere.npz")
        kept.encoder.cache_clear()
        monkeypatch.setattr(ears, "_ready", {})
        expected = "nowhere.npz"
    else:
        expected = missing
    folder = cli.CONTENT if missing == "ENCODER" else tmp_path
    if missing == "lexicon.toml":
        (tmp_path / "cues.json").write_text("{}")
    with pytest.raises(CannotRead, match=expected) as told:
        ready(folder)

    assert "make train" in str(told.value)
