from __future__ import annotations

import re
from pathlib import Path

from fakes.casework import INCIDENT, NOTE, PROMISE
from fakes.copies import forms_of
from fakes.desk import seated
from fakes.filled import ANSWER, HOUSEHOLD, OVER, PERPETRATOR, REFERRAL, REPORT, TALK, fill
from fakes.helpline import Helpline
from sqlalchemy import LargeBinary, String, select

from api.db import HelplineTable
from api.reviews.values import QUESTIONS
from api.systems import service as systems

CLEAR = re.compile(r"[A-Za-z0-9_.:,– -]{0,128}")  # ids, states, roles, digests, hours; no words
MEDIA = re.compile(r"(application|text|message)/[a-z0-9.+-]{1,32}")  # of an exhibit
HOOK = "https://cases.example.com/hook?key=bardhe"
REVIEW = "Fjalë për shoqen që e mori."
DRAFT = "Dorëzimi i sotëm, ende pa mbaruar."


async def test_no_word_of_the_desk_lies_in_the_clear(helpline: Helpline, tmp_path: Path) -> None:
    """
    S32: forms, cases, identities, drafts, notices, hand-overs, reviews, blocks, systems,
    reports, addresses, filings, exhibits, bundles: no sentence, name, account or address of
    them is readable in the database or its WAL.
    """
    made = await fill(helpline)
    ana = await seated(helpline, made.people["ana"])
    review = {**dict.fromkeys(QUESTIONS, "yes"), "words": REVIEW}
    assert (await ana.post(f"/closed/{made.ids['closed']}/review", review)).status_code == 303
    await ana.post("/shift/handover/draft", {"words": DRAFT})
    with helpline.database.write() as session:
        systems.let_in(session, 1, by=1)
    helpline.does(systems.set_webhook, 1, url=HOOK)
    written = [*NOTE.values(), *INCIDENT.values(), *PROMISE.values(), *PERPETRATOR.values()]
    written += [*HOUSEHOLD.values(), *REFERRAL.values(), *map(str, REPORT.values())]
    said = [*TALK, ANSWER, REVIEW, DRAFT, HOOK, "E tha vetë.", "Pyet shkollën."]
    said += ["Fyen prej orësh.", "S’di si t’i përgjigjem.", "Flet me tezen.", "Si je tani?"]
    said += ["Natë e qetë. Një fëmijë pret lajm nesër.", "Dosjet", "Referim te policia"]
    said += [*REPORT["addresses"], "example.com/konto", "example[.]com", "po e bëjnë tani"]
    said += ["Një transmetim drejtpërdrejt", OVER["words"], OVER["suspect"], OVER["deadline"]]
    said += ["Strehues, Holandë", "Llogaria kërkon para dhe foto.", "Prokuroria e kërkoi."]
    said += ["Gjykata e kërkoi.", "%PDF-1.7", "SHA256SUMS"]
    secrets = {text for text in [*said, *written] if " " in text or text in said}
    bodies = _files(tmp_path)

    assert bodies
    assert [s for s in secrets for body in bodies for f in forms_of(s) if f in body] == []


async def test_every_column_in_the_clear_holds_no_sentence(helpline: Helpline) -> None:
    """
    S32: whatever table comes next, its columns of text hold ids and states, and its columns
    of bytes nothing that reads as text.
    """
    await fill(helpline)
    readable = []
    with helpline.database.read() as session:
        for table in HelplineTable.metadata.sorted_tables:
            for column in table.columns:
                values = [one for one in session.execute(select(column)).scalars() if one]
                if isinstance(column.type, String):
                    readable += [(table.name, column.name) for v in values if not _is_clear(v)]
                elif isinstance(column.type, LargeBinary):
                    readable += [(table.name, column.name) for v in values if v.isascii()]

    assert sorted(set(readable)) == []


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("helpline.db*")]


def _is_clear(text: str) -> bool:
    known = any(form.fullmatch(text) for form in (CLEAR, MEDIA))
    return text.startswith("$argon2id$") or known
