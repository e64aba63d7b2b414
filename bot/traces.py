"""What is known of the messages in a chat: where an answer belongs, what can be removed."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from bot.channels.base import Capabilities, Place, Shown
from bot.crypto import SealBroken, Sealer
from bot.parcels import Parcel
from bot.store import shown
from bot.store.outbox import HIDE, SAYS, TAKE_BACK, is_reply
from bot.store.shown import Standing

log = logging.getLogger(__name__)

Able = Callable[[str], Capabilities]  # a channel, by name


@dataclass(frozen=True, slots=True)
class About:
    """What may have to be known of a bubble of ours after it has arrived."""

    key: str = ""
    poll: str = ""
    buttons: tuple[str, ...] = ()
    parcel: str = ""


def standing(shown_now: Shown, parcel: Parcel, sealer: Sealer, *, at: int) -> Standing:
    """The row of a bubble that the platform has accepted; a counsellor's is known as such."""
    about = About(
        shown_now.key,
        shown_now.poll,
        shown_now.buttons,
        parcel.key if is_reply(parcel.key) else "",
    )
    who, message = parcel.conversation, shown_now.message
    cell = None if about == About() else _sealed(about, sealer, who, message)
    return Standing(0, who, message, True, cell, at)


def about_of(row: Standing, sealer: Sealer) -> About:
    """What is known of a bubble; of one that does not open nothing is."""
    if row.about is None:
        return About()
    try:
        plain = sealer.open(row.about, **_cell(row.conversation, row.message))
    except SealBroken as broken:
        log.error("row %s of what is shown is lost: %s", row.id, broken)
        return About()
    key, poll, buttons, parcel = json.loads(plain)
    return About(key, poll, tuple(buttons), parcel)


def button_of(
    connection: Connection, sealer: Sealer, conversation: str, poll: str, option: int
) -> str:
    """The button that an option of a poll in this chat stands for; empty: there is none."""
    for row in reversed(shown.named(connection, [conversation])):
        about = about_of(row, sealer)
        if poll and about.poll == poll:
            return about.buttons[option] if 0 <= option < len(about.buttons) else ""
    return ""


def placed(
    connection: Connection, parcels: Sequence[Parcel], sealer: Sealer, able: Able, *, now: int
) -> list[Parcel]:
    """The parcels, each with its place in the chat as that is now, or what it shall remove.

    To be called in the transaction in which they are leased; it asks nothing for those
    that need nothing.
    """
    if not any(_needs(parcel) for parcel in parcels):
        return list(parcels)
    newest = shown.newest(connection, {p.conversation for p in parcels if _turns(p)})
    hidden = _by_chat(
        shown.everything(connection, {p.conversation for p in parcels if p.kind == HIDE})
    )
    named = _by_chat(_named(connection, parcels))
    whole = [_turned(parcel, newest) for parcel in parcels]
    found = [_found(parcel, named.get(parcel.conversation, ()), sealer) for parcel in whole]
    return [
        _removing(parcel, hidden.get(parcel.conversation, ()), able(parcel.channel).removable, now)
        if parcel.kind == HIDE
        else parcel
        for parcel in found
    ]


def _needs(parcel: Parcel) -> bool:
    return parcel.kind in (HIDE, TAKE_BACK) or _turns(parcel) or bool(_keys(parcel))


def _turns(parcel: Parcel) -> bool:
    return parcel.kind == SAYS and bool(parcel.errand.pressed)


def _keys(parcel: Parcel) -> set[str]:
    if parcel.kind == TAKE_BACK:
        return set(parcel.errand.keys)
    return {say.instead for say in parcel.errand.says if say.instead}


def _named(connection: Connection, parcels: Sequence[Parcel]) -> list[Standing]:
    asked = [p for p in parcels if p.kind == TAKE_BACK or _keys(p)]
    theirs = {p.errand.theirs for p in asked if p.errand.theirs}
    return shown.named(connection, {p.conversation for p in asked}, theirs)


def _by_chat(rows: Sequence[Standing]) -> dict[str, list[Standing]]:
    chats: dict[str, list[Standing]] = defaultdict(list)
    for row in rows:
        chats[row.conversation].append(row)
    return chats


def _turned(parcel: Parcel, newest: dict[str, str]) -> Parcel:
    """The next page may take the place of what was pressed only at the end of the chat."""
    pressed = parcel.errand.pressed
    if not pressed or newest.get(parcel.conversation) != pressed:
        return parcel
    return replace(parcel, place=replace(parcel.place, pressed=pressed))


def _found(parcel: Parcel, rows: Sequence[Standing], sealer: Sealer) -> Parcel:
    wanted = _keys(parcel)
    theirs = parcel.errand.theirs
    if not rows or not (wanted or theirs):
        return parcel
    newest = _newest(rows, wanted, sealer)
    if parcel.kind == SAYS:
        instead = {key: row.message for key, row in newest.items()}
        return replace(parcel, place=replace(parcel.place, instead=instead))
    own = [row for row in rows if not row.mine and row.message == theirs]
    return replace(parcel, traces=(*newest.values(), *own))


def _newest(
    rows: Sequence[Standing], wanted: Collection[str], sealer: Sealer
) -> dict[str, Standing]:
    """The newest bubble of each key; ``rows`` are in the order in which they came."""
    keyed = ((about_of(row, sealer).key, row) for row in rows if row.mine)
    return {key: row for key, row in keyed if key and key in wanted}


def _removing(parcel: Parcel, rows: Sequence[Standing], removable: timedelta, now: int) -> Parcel:
    since = now - int(removable.total_seconds() * 1000)
    young = tuple(row for row in rows if row.at > since)
    return replace(parcel, traces=young, left=len(rows) - len(young))


def place_of(parcel: Parcel) -> Place:
    """Where the bubbles of a parcel belong, and from when on the chat is free for them."""
    return replace(parcel.place, not_before=parcel.errand.not_before)


def _sealed(about: About, sealer: Sealer, conversation: str, message: str) -> bytes:
    plain = json.dumps([about.key, about.poll, about.buttons, about.parcel])
    return sealer.seal(plain.encode(), **_cell(conversation, message))


def _cell(conversation: str, message: str) -> dict[str, str]:
    return {"table": "shown", "column": "about", "row": f"{conversation}:{message}"}
