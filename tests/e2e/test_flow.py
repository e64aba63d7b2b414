"""The flow of messages under every fault: the whole bot between strict platforms.

The platforms' limits of speed are on: what Telegram takes is 30 messages a second, and
one a second in a chat, and what comes faster is refused and counted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import telegram as telegram_stand_in
from fakes import viber as viber_stand_in
from fakes.flow import Flow, flowing
from fakes.lifeline import TOLD, bubbles
from fakes.telegram import Child
from fakes.telegram_chats import Allowance
from fakes.viber import Child as ViberChild

from bot import delivery
from bot.channels.telegram import channel
from bot.channels.viber.faults import UNANSWERED_REST

HELLO = bubbles(({"start": True},))
ANSWER = bubbles(({"child": TOLD},))
DESPAIR = "s'muj ma. sonte e kryj, mos m'kerkoni"
FIRST_WORDS = bubbles(({"child": DESPAIR},))[:1]
LIMIT = 30  # a second
BACK_OFF = 0.5  # seconds at least before what failed is tried again


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The stand-ins wait a minute on a busy machine; a bot that ends waits for nobody.
    """
    monkeypatch.setattr(telegram_stand_in, "PATIENCE", 60.0)
    monkeypatch.setattr(viber_stand_in, "PATIENCE", 60.0)
    monkeypatch.setattr(delivery, "GRACE", 0.0)


async def reads(child: Child | ViberChild, said: Sequence[str]) -> None:
    """Wait until all of it is in the chat, as often as it stands here."""
    platform = child.telegram if isinstance(child, Child) else child.viber
    await platform.until(
        lambda: not Counter(said) - Counter(child.texts),
        lambda: f"{Counter(said) - Counter(child.texts)} missing after {child.texts}",
    )


def in_order(texts: Sequence[str], said: Sequence[str]) -> bool:
    """Whether this was said, in order, with at most one repeat, right after the first."""
    once = [text for place, text in enumerate(texts) if texts[place - 1 : place] != [text]]
    return once == list(said) and len(texts) <= len(said) + 1


async def test_calls_that_hang_cause_no_redelivery(tmp_path: Path) -> None:
    """
    Row 3: while every call to the platform hangs, thirty messages and a press are each
    acknowledged at once and never come again; when the line is free, all are answered.
    """
    async with flowing(tmp_path) as flow:
        methods = ("sendMessage", "answerCallbackQuery", "sendChatAction")
        gates = [flow.telegram.holds(method) for method in methods]
        children = [flow.telegram.child() for _ in range(30)]
        for child in children:
            child.starts()
        children[0].taps("go.help")
        await flow.taken()

        assert flow.doors.calls == len(flow.telegram.confirmed) == 31
        assert [child.texts for child in children] == [[]] * 30
        for gate in gates:
            gate.set()
        for child in children:
            await reads(child, HELLO)
        await flow.telegram.until(lambda: not flow.telegram.unanswered)
        assert flow.too_fast == []


async def test_a_slow_chat_and_a_limited_one_delay_nobody(tmp_path: Path) -> None:
    """
    Row 4, S7: while the calls for one chat hang and another must rest for half a minute, twenty
    children are answered; the limited chat is left alone until then, and both are answered.
    """
    async with flowing(tmp_path) as flow:
        slow, limited = flow.telegram.child(), flow.telegram.child()
        gate = flow.telegram.holds("sendMessage", slow.id)
        flow.telegram.fails("sendMessage", 429, "Too Many", retry_after=30, chat=limited.id)
        before = time.time()
        for child in (slow, limited):
            child.says(TOLD)
            await flow.called(child.id)
        others = [flow.telegram.child() for _ in range(20)]
        for child in others:
            child.says(TOLD)
        for child in others:
            await reads(child, ANSWER[:2])

        assert slow.texts == limited.texts == []
        assert len(flow.calls_to(limited.id)) == 1
        assert await flow.due_at("telegram", limited.id) >= before + 30
        gate.set()
        await flow.later()
        await reads(slow, ANSWER)
        await reads(limited, ANSWER)
        assert flow.too_fast == []


FAULTS: dict[str, Callable[[Flow, Child], None]] = {
    "limited": lambda flow, child: flow.telegram.fails(
        "sendMessage", 429, "Flood control", retry_after=2, chat=child.id
    ),
    "error": lambda flow, child: flow.telegram.fails("sendMessage", 500, chat=child.id),
    "gateway": lambda flow, child: flow.telegram.fails("sendMessage", 502, chat=child.id),
    "dropped before": lambda flow, child: flow.telegram.cuts("sendMessage", chat=child.id),
    "dropped after": lambda flow, child: flow.telegram.cuts(
        "sendMessage", chat=child.id, after=True
    ),
    "dropped later": lambda flow, child: flow.telegram.cuts(
        "sendMessage", chat=child.id, after=True, skip=2
    ),
}


async def test_each_fault_on_the_answer_to_a_disclosure(tmp_path: Path) -> None:
    """
    Row 7: whatever happens to one call of the answer, the whole of it arrives, in order; only
    what was accepted without our knowing comes twice; and a retry keeps its distance.
    """
    async with flowing(tmp_path) as flow:
        children = {name: flow.telegram.child() for name in FAULTS}
        for name, child in children.items():
            FAULTS[name](flow, child)
            child.says(TOLD)
        for child in children.values():
            await reads(child, ANSWER)

        assert {name: in_order(child.texts, ANSWER) for name, child in children.items()} == {
            name: True for name in FAULTS
        }
        for name, child in children.items():
            assert len(child.texts) - len(ANSWER) == ("after" in name or "later" in name), name
            after = 2 if "later" in name else 0
            failed, again = flow.calls_to(child.id)[after : after + 2]
            assert again.at - failed.at >= (2 if name == "limited" else BACK_OFF), name
        assert flow.too_fast == []


async def test_who_blocked_the_bot_is_left_alone(tmp_path: Path) -> None:
    """
    Row 7: after a 403 there is no further call for that chat, whatever else is sent, until the
    child writes again: then it is answered, and nothing of before comes late.
    """
    async with flowing(tmp_path) as flow:
        gone, other = flow.telegram.child(), flow.telegram.child()
        flow.telegram.fails(
            "sendMessage", 403, "Forbidden: bot was blocked by the user", chat=gone.id
        )
        gone.says(TOLD)
        await flow.called(gone.id)
        other.says(TOLD)
        await reads(other, ANSWER)
        await flow.later()

        assert len(flow.calls_to(gone.id)) == 1
        gone.says("/help")
        await flow.telegram.until(lambda: bool(gone.texts))
        assert gone.texts[0] != ANSWER[0]
        assert flow.too_fast == []


async def test_an_emergency_overtakes_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    S8: with two hundred answers waiting for their turn, that to an emergency is the next to
    leave, but for what is on its way.

    The platform takes few messages, so that the crowd still waits on a busy machine.
    """
    monkeypatch.setattr(channel, "PER_SECOND", LIMIT / 5)
    async with flowing(tmp_path) as flow:
        crowd = [flow.telegram.child() for _ in range(200)]
        for child in crowd:
            child.starts()
        await flow.taken()
        child = flow.telegram.child()
        child.says(DESPAIR)
        await flow.taken()
        before = len(flow.telegram.named("sendMessage"))
        await reads(child, FIRST_WORDS)
        place = [call["chat_id"] for call in flow.telegram.named("sendMessage")].index(
            str(child.id)
        )

        assert before < 150, "the crowd was answered too soon to say anything"
        assert place - before <= 5
        assert flow.too_fast == []


async def test_two_processes_keep_the_limits_together(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Rows 2 and 4, R2: two processes over one database share a hundred children, and updates of
    ten are posted to both at once: everybody is answered once, and the platform never finds
    it too fast.

    The platform takes half as much as the real one, so that a busy machine is not what slows.
    """
    monkeypatch.setattr(channel, "PER_SECOND", LIMIT / 2)
    async with flowing(tmp_path, database_url, processes=2) as flow:
        flow.telegram._in_all = Allowance(LIMIT // 2, LIMIT / 2)
        crowd = [flow.telegram.child() for _ in range(100)]
        for child in crowd:
            child.starts()
        await flow.taken()
        flow.telegram.repeats = 2
        for child in crowd[:10]:
            child.says("/help")
        for child in crowd:
            await reads(child, HELLO)
        await flow.still()

        assert flow.telegram.refusals == []
        assert [child.texts for child in crowd[10:]] == [HELLO] * 90
        [answers] = {tuple(child.texts) for child in crowd[:10]}
        assert len(answers) == len(set(answers)) > 1


async def test_a_chat_rests_whichever_process_answers(tmp_path: Path, database_url: str) -> None:
    """
    Row 4: a child that writes again as soon as it is answered meets another process each time:
    still no more than a message a second goes to its chat.
    """
    async with flowing(tmp_path, database_url, processes=2) as flow:
        flow.telegram._in_chat = Allowance(2, 1)  # stricter than the platform
        child = flow.telegram.child()
        for times in range(1, 6):
            child.starts()
            await reads(child, HELLO * times)
            await flow.still()  # else who sends already would send this as well

        assert flow.telegram.refusals == []


# Viber, and one channel beside the other


def tells(flow: Flow) -> ViberChild:
    """Somebody on Viber who tells."""
    child = flow.viber.child()
    child.types(TOLD)
    return child


VIBER_FAULTS: dict[str, dict[str, Any]] = {
    "error": {"method": "fails", "http": 500},
    "gateway": {"method": "fails", "http": 502, "body": "<html>"},
    "unknown status": {"method": "says", "status": 99},
    "dropped before": {"method": "cuts"},
    "dropped after": {"method": "cuts", "after": True},
    "dropped later": {"method": "cuts", "after": True, "skip": 2},
}


async def test_each_fault_on_viber(tmp_path: Path) -> None:
    """
    Row 7 on Viber: whatever happens to one call of the answer, the whole of it arrives, in
    order, and only what was accepted without our knowing comes twice.
    """
    async with flowing(tmp_path) as flow:
        children: dict[str, ViberChild] = {}
        for name, fault in VIBER_FAULTS.items():
            child = children[name] = flow.viber.child()
            more = {key: value for key, value in fault.items() if key != "method"}
            getattr(flow.viber, fault["method"])("send_message", receiver=child.id, **more)
            child.types(TOLD)
        for child in children.values():
            await reads(child, ANSWER)

        for name, child in children.items():
            assert in_order(child.texts, ANSWER), name
            assert len(child.texts) - len(ANSWER) == ("after" in name or "later" in name), name
        assert flow.viber.refusals == []


async def test_too_many_for_somebody_silent_on_viber(tmp_path: Path) -> None:
    """
    Row 9: status 12 is no refusal for good: that chat rests, others do not, and then the
    answer arrives.
    """
    async with flowing(tmp_path) as flow:
        before, child = time.time(), flow.viber.child()
        flow.viber.says("send_message", 12, receiver=child.id)
        child.types(TOLD)
        await flow.viber.until(lambda: bool(flow.viber.named("send_message")))
        other = tells(flow)
        await reads(other, ANSWER)

        assert child.texts == []
        assert await flow.due_at("viber", child.id) >= before + UNANSWERED_REST
        await flow.later()
        await reads(child, ANSWER)
        assert flow.viber.refusals == []


@pytest.mark.parametrize("down", ["telegram", "viber"])
async def test_a_platform_that_is_down_harms_not_the_other(tmp_path: Path, down: str) -> None:
    """
    Row 4, U8: while one platform hangs for everybody, ten children are answered on the other
    and every update of both is acknowledged; afterwards everybody has its answer.
    """
    async with flowing(tmp_path) as flow:
        gate = (
            flow.telegram.holds("sendMessage")
            if down == "telegram"
            else flow.viber.holds("send_message")
        )
        on_telegram = [flow.telegram.child() for _ in range(10)]
        for child in on_telegram:
            child.says(TOLD)
        on_viber = [tells(flow) for _ in range(10)]
        await flow.taken()
        await flow.viber.quiet()
        here: Sequence[Child | ViberChild] = on_viber if down == "telegram" else on_telegram
        there: Sequence[Child | ViberChild] = on_telegram if down == "telegram" else on_viber
        for somebody in here:
            await reads(somebody, ANSWER)

        assert all(somebody.texts == [] for somebody in there)
        gate.set()
        for somebody in there:
            await reads(somebody, ANSWER[:1])
        assert flow.too_fast == flow.viber.refusals == []
