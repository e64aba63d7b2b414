"""What the helpline is sent: the bodies, their sealing, and what a child may type into them."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey, SealedBox

from bot.engine.effects import (
    FileReport,
    LeaveContact,
    OpenContact,
    PassToCounsellor,
    TellHelped,
    Word,
)
from bot.engine.events import Evidence
from bot.helpline import (
    BoxKey,
    ForHelpline,
    body_of,
    contact_id_of,
    contact_number_of,
    report_of,
    rfc3339,
    sealed,
)

AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
PRIVATE = PrivateKey(bytes(range(32)))
BOX = BoxKey.of(bytes(PRIVATE.public_key))
LIMIT = 256 * 1024


def said(text: str) -> Word:
    """A word of the child's, with evidence that quotes it."""
    evidence = (Evidence("threat.photo", text),)
    return Word(at=AT, kind="text", text=text, severity="disclosure", evidence=evidence)


def opening(*words: Word) -> OpenContact:
    """An order to open a contact with these words."""
    return OpenContact(
        contact=1,
        severity="disclosure",
        category="sextortion",
        score=0.9,
        language="sq",
        band="11-13",
        role="child",
        country="al",
        wants_reply=True,
        reason="disclosure",
        limits_version="1",
        limits_at=AT - timedelta(minutes=3),
        words=words,
    )


def posted(effect: ForHelpline) -> tuple[str, str, dict[str, object], bytes]:
    """Kind, contact's id, the opened body and the bytes of an effect."""
    kind, contact_id, body = body_of(
        effect,
        conversation="c" * 32,
        channel="web",
        at=AT,
        message_ids=lambda n: f"00000000-0000-4000-8000-{n:012d}",
    )
    outer = sealed(body, BOX)
    box = json.loads(outer)
    plain = SealedBox(PRIVATE).decrypt(b64decode(box["sealed"]))
    return kind, contact_id, json.loads(plain), outer


def test_a_contact_says_what_the_contract_asks() -> None:
    """
    An opened contact tells who, since when, how grave, what was told of the limits and the words.
    """
    kind, contact_id, body, _ = posted(opening(said("po me kercenon")))

    assert (kind, body["contact_id"]) == ("contact", contact_id)
    assert body["conversation"] == "c" * 32
    assert body["opened_at"] == "2026-11-20T14:30:00.000Z"
    limits = {"version": "1", "language": "sq", "told_at": "2026-11-20T14:27:00.000Z"}
    assert body["limits"] == limits
    assert body["messages"] == [
        {
            "message_id": "00000000-0000-4000-8000-000000000000",
            "at": "2026-11-20T14:30:00.000Z",
            "kind": "text",
            "text": "po me kercenon",
            "severity": "disclosure",
            "evidence": [{"rule": "threat.photo", "words": "po me kercenon"}],
        }
    ]


def test_more_words_and_leaving_go_to_the_same_contact() -> None:
    """
    What follows names the contact that was opened; leaving says how and when.
    """
    later = PassToCounsellor(contact=1, words=(said("je aty?"),), severity="emergency")
    left = LeaveContact(contact=1, how="exit_word", at=AT)

    assert posted(later)[:2] == ("messages", contact_id_of("c" * 32, 1))
    assert posted(later)[2]["severity"] == "emergency"
    kind, contact_id, body, _ = posted(left)
    assert (kind, contact_id) == ("messages", contact_id_of("c" * 32, 1))
    assert (body["left"], body["left_at"]) == ("exit_word", "2026-11-20T14:30:00.000Z")


def test_only_what_was_asked_has_the_answer() -> None:
    """
    Whether it helped is told in a body of its own that opens nothing again; no other has the
    field, so that an older helpline refuses nothing else.
    """
    kind, contact_id, body, _ = posted(TellHelped(contact=2, helped="some"))

    assert (kind, contact_id) == ("messages", contact_id_of("c" * 32, 2))
    assert (body["helped"], body["messages"], body["wants_reply"]) == ("some", [], False)
    more = PassToCounsellor(contact=1, words=(said("je aty?"),))
    assert "helped" not in posted(more)[2]


def test_contacts_have_ids_of_their_own() -> None:
    """
    Another conversation, or the next contact of the same one, has another id.
    """
    ids = {contact_id_of(who * 32, n) for who in "ab" for n in (1, 2)}

    assert len(ids) == 4


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(), max_size=60), max_size=4), st.integers(1, 400))
def test_no_words_can_keep_a_contact_from_leaving(texts: list[str], times: int) -> None:
    """
    Whatever a child types (half characters, control marks, pages of it), the body can be
    sealed, is under the helpline's limit, and holds no character that a database refuses.
    """
    words = tuple(said(text * times) for text in texts) * 3

    *_, body, outer = posted(opening(*words))

    assert len(outer) < LIMIT
    messages = body["messages"]
    assert isinstance(messages, list)
    assert len(messages) == len(words)
    for message in messages:
        assert len(message["text"]) <= 20_000
        assert not any(ord(sign) < 32 and sign not in "\t\n\r" for sign in message["text"])


def test_twelve_long_messages_in_the_widest_letters_still_fit() -> None:
    """
    The most that a conversation keeps, in four-byte characters, is cut alike and not refused.
    """
    words = tuple(said("\N{GRINNING FACE}" * 10_000) for _ in range(12))

    *_, body, outer = posted(opening(*words))

    lengths = {len(message["text"]) for message in body["messages"]}  # type: ignore[attr-defined]
    assert len(outer) < LIMIT
    assert len(lengths) == 1


def test_nothing_of_the_words_can_be_read_from_the_body() -> None:
    """
    What lies in the outbox for the helpline holds no word, category or severity (S32).
    """
    *_, outer = posted(opening(said("dikush po me kercenon")))

    for word in (b"kercenon", b"sextortion", b"disclosure", b"11-13"):
        assert word not in outer


def test_times_are_told_in_utc() -> None:
    """
    A time from anywhere is written in UTC, whatever the calendar does there (R8).
    """
    tirana = timezone(timedelta(hours=2))

    assert rfc3339(datetime(2026, 6, 1, 1, 5, tzinfo=tirana)) == "2026-05-31T23:05:00.000Z"


def test_a_contact_is_known_by_its_number_again():
    """
    From an id in the feed the bot knows which of a conversation's contacts it is, and that
    another conversation's is none of them.
    """
    mine, other = "a" * 32, "b" * 32

    assert [contact_number_of(mine, contact_id_of(mine, n)) for n in (1, 2, 100)] == [1, 2, 100]
    assert contact_number_of(mine, contact_id_of(other, 1)) == 0


REPORT = FileReport(
    report=2,
    kind="sexual_extortion",
    reporter="child_in_picture",
    language="sq",
    band="11-13",
    country="al",
    addresses=("https://example.com/" + "a" * 2_000, *("@shembull",) * 80),
    place="app",
    app="i" * 100,
    where="ne grup",
    suspect="shembull",
    when="dje",
    still="yes",
    safe="no",
    in_picture="yes",
    demand=("money", "silence"),
    given="no",
    deadline="today",
    words="w" * 30_000,
    pass_on="unsure",
    wants_news=True,
    limits_version="1",
    limits_at=AT,
    severity="disclosure",
    evidence=(Evidence("threat.photo", "me kercenon"),) * 200,
)


def test_a_report_carries_every_answer_within_the_limits_of_the_contract() -> None:
    """All that was answered is in the body, cut to what the helpline takes (R1, R3)."""
    report_id, body = report_of(REPORT, conversation="c" * 32, channel="telegram", at=AT)

    same = ("kind", "reporter", "band", "country", "place", "where", "suspect", "when", "still")
    same += ("safe", "in_picture", "given", "deadline", "pass_on", "wants_news", "severity")
    assert {name: body[name] for name in same} == {name: getattr(REPORT, name) for name in same}
    assert body["report_id"] == report_id
    assert (body["channel"], body["conversation"]) == ("telegram", "c" * 32)
    assert body["demand"] == ["money", "silence"]
    assert body["limits"] == {"version": "1", "language": "sq", "told_at": rfc3339(AT)}
    addresses, evidence = body["addresses"], body["evidence"]
    assert isinstance(addresses, list)
    assert isinstance(evidence, list)
    assert (len(addresses), max(map(len, addresses)), len(evidence)) == (50, 1_000, 100)
    assert len(str(body["app"])) == 64
    assert len(sealed(body, BOX)) < LIMIT


def test_from_the_door_no_conversation_is_told() -> None:
    """Where nobody can be written to, the helpline gets no conversation; the id is the same."""
    told = report_of(REPORT, conversation="c" * 32, channel="telegram", at=AT)
    asked = report_of(REPORT, conversation="c" * 32, channel="door", at=AT)

    assert asked[1]["conversation"] is None
    assert asked[0] == told[0]
