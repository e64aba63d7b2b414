"""A bundle from its files: one zip, the same bytes for the same files. No database.

Nothing in it is compressed: the list of hashes can be checked by eye, and no small file can
become a large one.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import pyrage

from api.errors import Refusal
from api.evidence import signing as keys
from api.evidence.manifest import ABOVE, MINISIG, RAW, STAMP, SUMS, sums
from api.evidence.signing import Signing, StampFault
from api.settings import SettingsFault
from api.times import rfc3339

FIRST = ("LEXOJE.txt", "README.txt", "report.sq.pdf", "report.en.pdf", "case.json", "log.json")
PUBLIC, PEM, CERTIFICATE = (
    *("keys/minisign.pub", "keys/ed25519.pem"),
    "keys/signing-certificate.pem",
)
BEGINNING = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
UNIX = 3


class RecipientUnknown(Refusal):
    status, type, title = 422, "recipient-unknown", "Bundles cannot be encrypted to this name"


def keys_of(signing: Signing) -> dict[str, bytes]:
    """The files by which signatures are checked."""
    return {
        PUBLIC: keys.minisign_public(signing.public).encode(),
        PEM: keys.public_pem(signing),
        CERTIFICATE: keys.certificate_pem(signing),
    }


def sealed(
    files: Mapping[str, bytes], signing: Signing, *, about: str, at: datetime
) -> tuple[bytes, bool]:
    """The zip of these files with their list, which is signed; and whether it is stamped too."""
    manifest = sums(files)
    top = {SUMS: manifest, RAW: signing.key.sign(manifest)}
    stamp = _stamp(manifest, signing)
    if stamp:
        top[STAMP] = stamp
    comment = trusted(about, rfc3339(at), stamp)
    top[MINISIG] = keys.minisign(manifest, comment, signing).encode()
    return zipped({**files, **top}), stamp is not None


def trusted(about: str, at: str, stamp: bytes | None) -> str:
    """What is signed beside the list: of what, when, and the hash of the stamp over it."""
    told = sha256(stamp).hexdigest() if stamp else "none"
    return f"{about} {at} stamp sha256 {told}"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """One zip in our order; each file is stored as it is."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name in in_order(files):
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.create_system, entry.external_attr = UNIX, PLAIN_FILE
            archive.writestr(entry, files[name])
    return whole.getvalue()


def in_order(names: Mapping[str, bytes]) -> Sequence[str]:
    """What to read first, then the others by their names, then the list and its signatures."""
    first = [name for name in FIRST if name in names]
    last = [name for name in ABOVE if name in names]
    return [*first, *sorted(names.keys() - {*first, *last}), *last]


def recipients(setting: str) -> dict[str, str]:
    """The keys of ``SIGURT_BUNDLE_RECIPIENTS`` by their names; raises ``SettingsFault``."""
    found: dict[str, str] = {}
    for place, one in enumerate(setting.replace(",", " ").split(), 1):
        name, _, key = one.partition("=")
        try:
            pyrage.x25519.Recipient.from_str(key)
        except pyrage.RecipientError:
            raise SettingsFault(
                f"SIGURT_BUNDLE_RECIPIENTS: entry {place} is not name=age1…"
            ) from None
        found[name] = key
    return found


def encrypted(bundle: bytes, name: str, known: Mapping[str, str]) -> bytes:
    """The bundle for this recipient alone (age). Raises ``RecipientUnknown``."""
    if name not in known:
        raise RecipientUnknown()
    recipient = pyrage.x25519.Recipient.from_str(known[name])
    return bytes(pyrage.encrypt(bundle, [recipient]))


def _stamp(manifest: bytes, signing: Signing) -> bytes | None:
    """A service that is down must not keep a case from the police: then there is no stamp."""
    try:
        return keys.stamped(manifest, signing)
    except StampFault:
        return None
