"""Documents for police and AKSK: a signed paper in Albanian, under a short letter.

It holds facts, addresses and a request to preserve data; who the child is, never.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from api.evidence.paper import Block, Heading, Pairs, Paragraph, Rows, paper
from api.filing.letters import TEXT
from api.filing.recipients import Recipient
from api.filing.texts import Texts, exact, texts
from api.filing.values import Facts, File, Parcel

Sign = Callable[[bytes], bytes]
PDF = "application/pdf"


def write(facts: Facts, recipient: Recipient, *, hold: bool, sign: Sign) -> Parcel:
    """The letter, the signed paper, and the exact addresses."""
    said = texts(recipient.language)
    made = paper(
        said.lines[f"document_{recipient.id}"],
        list(blocks(facts, recipient, said, hold=hold)),
        recipient.language,
        at=facts.made_at,
        number=facts.reference,
        author=facts.sender.name,
    )
    letter = "\n\n".join(_letter(facts, said)) + "\n"
    files = [
        File("letter.txt", TEXT, letter.encode()),
        File(f"{facts.reference.replace('/', '-')}.pdf", PDF, sign(made)),
    ]
    if facts.targets:
        files.append(File(said.lines["file"], TEXT, exact(facts.targets)))
    return Parcel(said.subject(facts), tuple(files))


def blocks(facts: Facts, recipient: Recipient, said: Texts, *, hold: bool) -> Iterator[Block]:
    """What stands on the paper, in its order."""
    yield Pairs(_head(facts, recipient, said))
    yield Heading(said.lines["known"])
    yield Pairs(said.pairs(facts))
    yield Heading(said.lines["child_title"])
    yield Paragraph(said.lines["child_danger" if _in_danger(facts) else "child_calm"])
    yield Heading(said.lines["summary"])
    yield Paragraph(facts.summary or said.lines["no_summary"])
    yield Heading(said.lines["addresses"])
    yield from _addresses(facts, said)
    yield from _asked(facts, recipient, said, hold=hold)
    yield Paragraph(said.lines["identity"])
    yield Paragraph(said.lines["signed"])


def _in_danger(facts: Facts) -> bool:
    return facts.happening_now or facts.safe == "no"


def _head(facts: Facts, recipient: Recipient, said: Texts) -> list[tuple[str, str]]:
    sender = facts.sender
    return [
        (said.lines["to"], said.lines[f"to_{recipient.id}"]),
        (said.lines["from"], sender.name or said.lines["helpline"]),
        (said.lines["contact"], sender.email),
        (said.lines["number"], facts.reference),
    ]


def _addresses(facts: Facts, said: Texts) -> Iterator[Block]:
    if not facts.targets:
        yield Paragraph(said.lines["no_addresses"])
        return
    numbered = [(str(place), one.shown) for place, one in enumerate(facts.targets, 1)]
    yield Rows(("", said.lines["addresses"]), numbered, (1, 12))
    yield Paragraph(said.say("defanged", facts))


def _asked(facts: Facts, recipient: Recipient, said: Texts, *, hold: bool) -> Iterator[Block]:
    if recipient.asks == "inquiry":
        yield Heading(said.lines["preserve_title"])
        yield Paragraph(said.lines["preserve"])
        if hold and facts.targets:
            yield Paragraph(said.lines["held"])
    yield Heading(said.lines["asked"])
    if recipient.asks == "removal":
        yield Paragraph(said.lines["removal"])
    yield Paragraph(said.ask_back(facts))


def _letter(facts: Facts, said: Texts) -> Iterator[str]:
    if facts.happening_now:
        yield said.lines["urgent"]
    yield said.lines["greeting"]
    yield said.say("opening", facts)
    yield said.lines["enclosed"]
    yield said.ask_back(facts)
    yield f"{said.lines['closing']}\n{facts.sender.name or said.lines['helpline']}"
