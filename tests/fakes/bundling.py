"""A case with all that a bundle can hold, and the bundle made of it."""

from __future__ import annotations

import asyncio
import io
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path

from fakes.filled import REPORT
from fakes.helpline import ELIRA, Helpline, message
from fakes.stamping import StampService

from api.cases import identity, parts
from api.cases import service as cases
from api.contacts.values import StaffRef
from api.evidence import bundles
from api.evidence.bundles import BundleErrand, Wish
from api.evidence.signing import Signing, load_signing
from api.evidence.stamps import StampErrand, Stamping
from api.reports import linking

WORDS = "Më shkroi prapë 😢 λόγος \u202e ëç"
WISH = Wish("Prokuroria e kërkoi.", ("sq", "en"))
HIDDEN_NAME = "Emri që tha vetë"


class Bundling:
    """One case; ``stamps`` is the service that stamps documents, lists and the trail."""

    def __init__(self, helpline: Helpline, folder: Path, *, stamped: bool = True) -> None:
        self.helpline, self.folder, self.case_id = helpline, folder, ""
        self.stamps = StampService(folder / "tsa")
        self.stamped = stamped
        if stamped:
            helpline.settings = helpline.settings.model_copy(
                update={"stamp_roots": self.stamps.roots}
            )

    async def begin(self, *, messages: int = 3) -> Bundling:
        """A contact with these messages, a report with two addresses, parts, an identity."""
        helpline = self.helpline
        said = [message(f"{WORDS} {number}") for number in range(messages)]
        contact_id = await helpline.opens(messages=said)
        self.case_id = helpline.does(cases.open_case, staff=ELIRA, contact_id=contact_id)
        report_id = str(uuid.uuid4())
        sealed = helpline.seal({**REPORT, "report_id": report_id})
        assert (await helpline.post("/v1/reports", sealed)).status_code == 201
        helpline.does(linking.link_case, report_id, self.case_id, staff=ELIRA)
        given = {"what": "Shantazh me foto", "technology": "yes", "from": "2026-11-18"}
        helpline.does(
            parts.save,
            self.case_id,
            str(uuid.uuid4()),
            kind="incident",
            version=parts.NEW,
            given=given,
            staff=ELIRA,
        )
        helpline.does(identity.write, self.case_id, kind="name", text=HIDDEN_NAME, staff=ELIRA)
        return self

    def signing(self) -> Signing:
        """The keys of this helpline."""
        stamp = self.stamps.reply if self.stamped else None
        return load_signing(self.helpline.settings, now=self.helpline.now, stamp=stamp)

    def errand(self, **change: Signing) -> BundleErrand:
        """What makes bundles."""
        helpline = self.helpline
        where = Stamping(self.folder / "anchors", "https://stamps.example.com/tsa")
        where = replace(where, roots=self.stamps.certificates)
        head = StampErrand(
            helpline.database,
            helpline.vault,
            lambda: helpline.now,
            where,
            transport=self.stamps.transport,
        )
        return BundleErrand(
            helpline.database,
            helpline.vault,
            lambda: helpline.now,
            helpline.settings,
            stamp_head=head.now if self.stamped else None,
            signing=change.get("signing") or self.signing(),
        )

    def asks(self, wish: Wish = WISH, staff: StaffRef = ELIRA, known: str = "") -> str:
        """Ask for a bundle; its id."""
        bundle_id: str = self.helpline.does(
            bundles.ask, self.case_id, wish, known=frozenset(known.split()), staff=staff
        )
        return bundle_id

    def takes(self, bundle_id: str, staff: StaffRef = ELIRA) -> bytes:
        """The bytes of a bundle that was made."""
        _, taken = self.helpline.does(
            bundles.take, self.case_id, bundle_id, why="Dorëzim", staff=staff
        )
        assert taken.whole
        body: bytes = taken.body
        return body

    def makes(self, wish: Wish = WISH, known: str = "") -> bytes:
        """Ask, make and take one."""
        bundle_id = self.asks(wish, known=known)
        self.errand().turn()
        return self.takes(bundle_id)


def unpacked(bundle: bytes) -> dict[str, bytes]:
    """The files of a bundle."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def made_once(folder: Path, *, stamped: bool = True) -> tuple[bytes, Bundling]:
    """A bundle for tests that only read it; its helpline is closed."""

    async def make() -> tuple[bytes, Bundling]:
        helpline = Helpline(folder)
        try:
            bundling = await Bundling(helpline, folder, stamped=stamped).begin()
            return bundling.makes(), bundling
        finally:
            await helpline.close()

    return asyncio.run(make())
