"""Letters to iSIGURT and to platforms: a text in the recipient's language, and the addresses.

In the text every address is written so that no mail program makes a link of it; the exact
ones are in a plain file beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from api.filing.recipients import Recipient
from api.filing.texts import Texts, exact, texts
from api.filing.values import Facts, File, Parcel

TEXT = "text/plain; charset=utf-8"


def write(facts: Facts, recipient: Recipient) -> Parcel:
    """The letter with its file of addresses."""
    said = texts(recipient.language)
    body = "\n\n".join(_paragraphs(facts, said)) + "\n"
    files = [File("letter.txt", TEXT, body.encode())]
    if facts.targets:
        files.append(File(said.lines["file"], TEXT, exact(facts.targets)))
    return Parcel(said.subject(facts), tuple(files))


def listed(facts: Facts, said: Texts) -> str:
    """The addresses as people may read them, numbered; or that there are none."""
    if not facts.targets:
        return said.lines["no_addresses"]
    return "\n".join(f"{place}. {one.shown}" for place, one in enumerate(facts.targets, 1))


def _paragraphs(facts: Facts, said: Texts) -> Iterator[str]:
    if facts.happening_now:
        yield said.lines["urgent"]
    yield said.lines["greeting"]
    yield said.say("opening", facts)
    yield _part(said, "known", "\n".join(f"- {name}: {text}" for name, text in said.pairs(facts)))
    yield _part(said, "summary", facts.summary or said.lines["no_summary"])
    yield _part(said, "addresses", listed(facts, said))
    if facts.targets:
        yield said.say("defanged", facts)
    yield _part(said, "asked", said.lines["removal"])
    yield said.ask_back(facts)
    yield said.lines["privacy"]
    yield f"{said.lines['closing']}\n{facts.sender.name or said.lines['helpline']}"


def _part(said: Texts, title: str, text: str) -> str:
    return f"{said.lines[title].upper()}\n{text}"
