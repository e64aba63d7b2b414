"""``sigurt triage``: a line in, a line out."""

import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.triage.cli import main


def answers(lines: list[str]) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    status = main(io.StringIO("".join(line + "\n" for line in lines)), out)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_message_is_answered_in_order() -> None:
    """
    Answers come in the order of the messages, with every field of the interface.
    """
    texts = ["po vdes nga te qeshurat", "dua te vras veten sonte", ""]
    status, found = answers([json.dumps({"id": n, "text": t}) for n, t in enumerate(texts)])

    assert status == 0
    assert [answer["id"] for answer in found] == [0, 1, 2]
    assert all(
        set(answer) == {"id", "lang", "severity", "category", "score", "evidence"}
        for answer in found
    )
    assert found[1]["severity"] == "emergency"


def test_a_bad_line_costs_only_itself() -> None:
    """
    A line that is no message is answered with its number; the others still are read.
    """
    good = json.dumps({"id": "a", "text": "ok"})
    status, found = answers([good, "{no", "[1]", '{"id": "b"}', good])

    assert status != 0
    assert [answer["id"] for answer in found] == ["a", None, None, None, "a"]
    assert "line 2" in str(found[1]["error"])


def test_broken_characters_can_be_written() -> None:
    """
    Half a surrogate pair in a message neither stops the run nor breaks the output.
    """
    status, found = answers(['{"id": "\\ud800", "text": "ndihme \\udfff"}'])

    assert status == 0
    assert len(found) == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\n\r"), min_size=1), max_size=5))
def test_no_input_crashes_it(lines: list[str]) -> None:
    """
    Whatever is piped in, every line that is not blank gets one answer.
    """
    _, found = answers(lines)

    assert len(found) == sum(bool(line.strip()) for line in lines)
