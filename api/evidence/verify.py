"""Check a bundle: a zip or its folder. Needs no settings, no database and no network.

Each check has a name and says ok or what is wrong and where. The key inside a bundle proves
nothing by itself: whoever changes the bundle can change the key. So the fingerprint is told,
to be compared with the one that the helpline publishes, or the key is given from outside.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import pem as asn1_pem
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import Certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError, ValueErrorWithMessage
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from api.audit.chain import Anchor, digest, head_text
from api.evidence.extract import verify_extract
from api.evidence.manifest import MINISIG, RAW, STAMP, SUMS, ManifestWrong, is_name, listed
from api.evidence.packing import CERTIFICATE, PEM, PUBLIC, zipped
from api.evidence.signing import apart, fingerprint, key_id, key_name, minisign_public
from api.evidence.tokens import certificates, in_order

MOST_FILES, MOST_BYTES = 20_000, 1 << 30
AGE = b"age-encryption.org/v1"
CASE, LOG = "case.json", "log.json"
REPORTS = ("report.sq.pdf", "report.en.pdf")
WANTED = ("LEXOJE.txt", "README.txt", CASE, LOG, PUBLIC, PEM, CERTIFICATE, SUMS, MINISIG, RAW)

Files = Mapping[str, bytes]


class Unopened(Exception):
    """The bundle cannot even be read; the message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check by its name; ``fault`` says what is wrong and where, empty when nothing is."""

    name: str
    fault: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks, and the fingerprint of the key by which the bundle is signed."""

    checks: tuple[Check, ...]
    fingerprint: str
    trusted: bool

    @property
    def ok(self) -> bool:
        """Whether no check found a fault."""
        return not any(check.fault for check in self.checks)


def verify(
    bundle: Path, *, public_key: bytes | None = None, roots: Sequence[Certificate] = ()
) -> Verdict:
    """Check a bundle by the key inside it, or better by one from outside.

    Raises ``Unopened`` for what is encrypted, no bundle, or dangerous to unpack.
    """
    files, container = opened(bundle)
    public = public_key or _public_inside(files)
    checks = [container, *_checks(files, public, roots)]
    return Verdict(tuple(checks), fingerprint(public), public_key is not None)


def opened(bundle: Path) -> tuple[Files, Check]:
    """The files of a zip or a folder, and whether the container is as we make it."""
    if bundle.is_dir():
        return _folder(bundle), Check("container", note="a folder")
    raw = _read(bundle)
    if raw.startswith(AGE):
        raise Unopened("The bundle is encrypted: age -d -i KEY -o bundle.zip " + bundle.name)
    files = _zip(raw)
    same = zipped(files) == raw
    return files, Check("container", "" if same else "the zip is not as it was packed")


def public_key_of(given: str) -> bytes:
    """A key from outside: a file in minisign's form, or its second line. Raises ``Unopened``."""
    path = Path(given)
    try:
        line = path.read_text().splitlines()[1] if path.is_file() else given
        raw = base64.b64decode(line.strip(), validate=True)
    except (OSError, IndexError, ValueError):
        raise Unopened("The public key is not in minisign's form.") from None
    if len(raw) != 42 or raw[:2] != b"Ed" or raw[2:10] != key_id(raw[10:]):
        raise Unopened("The public key is none of Sigurt's.")
    return raw[10:]


def _checks(files: Files, public: bytes, roots: Sequence[Certificate]) -> Iterator[Check]:
    for name, made in (
        ("files", lambda: _complete(files)),
        ("hashes", lambda: _hashes(files)),
        ("keys", lambda: _keys(files, public)),
        ("minisign signature", lambda: _minisig(files, public)),
        ("openssl signature", lambda: _raw(files, public)),
        ("stamp", lambda: _stamp(files, roots)),
        ("log", lambda: _log(files, roots)),
        ("stamps of the log", lambda: _stamps(files)),
        ("exhibits", lambda: _exhibits(files)),
        ("signatures of the reports", lambda: _reports(files)),
    ):
        yield _checked(name, made)


def _checked(name: str, make: Callable[[], str]) -> Check:
    """A check that meets what nobody foresaw has found a fault."""
    try:
        found = make()
    except ManifestWrong as wrong:
        return Check(name, f"{SUMS}: {wrong}")
    except Exception as error:  # whoever made the bundle chose what the parsers meet
        return Check(name, f"unreadable ({type(error).__name__})")
    return Check(name, note=found[2:]) if found.startswith("ok") else Check(name, found)


def _complete(files: Files) -> str:
    if missing := [name for name in WANTED if name not in files]:
        return f"missing: {', '.join(missing)}"
    if not any(name in files for name in REPORTS):
        return "missing: a report"
    known = {*listed(files[SUMS]), SUMS, MINISIG, RAW, STAMP}
    if extra := sorted(files.keys() - known):
        return f"not in the list: {', '.join(extra)}"
    return "ok"


def _hashes(files: Files) -> str:
    wanted = listed(files[SUMS])
    for name, hash in wanted.items():
        if name not in files:
            return f"missing: {name}"
        if sha256(files[name]).hexdigest() != hash:
            return f"changed: {name}"
    return f"ok {len(wanted)} files"


def _keys(files: Files, public: bytes) -> str:
    if files[PUBLIC] != minisign_public(public).encode():
        return f"{PUBLIC} is another key"
    key = load_pem_public_key(files[PEM])
    if not isinstance(key, Ed25519PublicKey) or key.public_bytes_raw() != public:
        return f"{PEM} is another key"
    return "ok"


def _minisig(files: Files, public: bytes) -> str:
    """The text exactly as we write it: also its first line, which no signature covers."""
    lines = files[MINISIG].decode().split("\n")
    comment = lines[2].removeprefix("trusted comment: ")
    signature, whole = base64.b64decode(lines[1])[10:], base64.b64decode(lines[3])
    if files[MINISIG].decode() != _minisig_text(public, signature, comment, whole):
        return f"{MINISIG} is not as we write it, or of another key"
    key = Ed25519PublicKey.from_public_bytes(public)
    try:
        key.verify(signature, blake2b(files[SUMS]).digest())
        key.verify(whole, signature + comment.encode())
    except InvalidSignature:
        return f"{MINISIG} does not fit {SUMS}"
    told = sha256(files[STAMP]).hexdigest() if STAMP in files else "none"
    if not comment.endswith(f" stamp sha256 {told}"):
        return f"{STAMP} is not the one that was signed"
    return f"ok {comment.partition(' stamp ')[0]}"


def _minisig_text(public: bytes, signature: bytes, comment: str, whole: bytes) -> str:
    first = base64.b64encode(b"ED" + key_id(public) + signature).decode()
    second = base64.b64encode(whole).decode()
    return (
        f"untrusted comment: signature from Sigurt, key {key_name(public)}\n{first}\n"
        f"trusted comment: {comment}\n{second}\n"
    )


def _raw(files: Files, public: bytes) -> str:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(files[RAW], files[SUMS])
    except InvalidSignature:
        return f"{RAW} does not fit {SUMS}"
    return "ok"


def _stamp(files: Files, roots: Sequence[Certificate]) -> str:
    if STAMP not in files:
        return "ok none was made"
    if not roots:
        told = tsp.TimeStampResp.load(files[STAMP], strict=True)["time_stamp_token"]["content"]
        imprint = told["encap_content_info"]["content"].parsed["message_imprint"]
        same = imprint["hashed_message"].native == sha256(files[SUMS]).digest()
        return "ok not checked against roots: give --roots" if same else f"{STAMP}: another list"
    builder = VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        answer = decode_timestamp_response(in_order(files[STAMP]))
        builder.build().verify_message(answer, files[SUMS])
    except VerificationError:
        return f"{STAMP} does not fit {SUMS} or rests on another certificate"
    return f"ok {answer.tst_info.gen_time.isoformat()}"


def _log(files: Files, roots: Sequence[Certificate]) -> str:
    proof = verify_extract(json.loads(files[LOG]), roots=roots)
    if proof.faults:
        return "; ".join(f"row {fault.seq}: {fault.what}" for fault in proof.faults[:5])
    stamped = sum(one.kind == "tsa" for one in proof.stamped)
    told = f"ok {proof.rows} rows, {proof.shown} shown, {stamped} stamped heads"
    exported = len(proof.stamped) - stamped
    return f"{told}, {exported} only exported" if exported else told


def _stamps(files: Files) -> str:
    """The stamps beside the log are those within it."""
    wanted = stamp_files(json.loads(files[LOG]))
    found = {name: held for name, held in files.items() if _is_stamp(name)}
    if found != wanted:
        return (
            f"not those of the log: {', '.join(sorted(found.keys() ^ wanted.keys())) or 'changed'}"
        )
    return f"ok {len(wanted) // 2}"


def stamp_files(log: Mapping[str, Any]) -> dict[str, bytes]:
    """The stamps of an extract as files for ``openssl ts``: the answer, and what it stamps."""
    made: dict[str, bytes] = {}
    for one in log["stamps"]:
        if one["kind"] != "tsa":
            continue
        head = Anchor(one["head"]["seq"], one["head"]["hash"])
        made[f"stamps/{head.seq}.tsr"] = base64.b64decode(one["token"], validate=True)
        made[f"stamps/{head.seq}.txt"] = head_text(head)
    return made


def _is_stamp(name: str) -> bool:
    return name.startswith("stamps/") and name.endswith((".tsr", ".txt"))


def _exhibits(files: Files) -> str:
    """Each is there, is what the case says, and what the trail vouched for at its entry."""
    told = {one["file"]: one for one in json.loads(files[CASE])["exhibits"] if one["file"]}
    found = {name for name in files if name.startswith("exhibits/")}
    if found != told.keys():
        return f"not those of the case: {', '.join(sorted(found ^ told.keys()))}"
    vouched = _vouched(json.loads(files[LOG]))
    for name, one in told.items():
        if sha256(files[name]).hexdigest() != one["sha256"]:
            return f"changed: {name}"
        if digest(one["entry"]) != vouched.get(one["entry"]["id"]):
            return f"not as the log has it: {name}"
        if one["entry"]["sha256"] != one["sha256"]:
            return f"not as it was kept: {name}"
    return f"ok {len(told)}"


def _vouched(log: Mapping[str, Any]) -> dict[str, str]:
    """What the trail says of each exhibit's entry."""
    return {
        row["content"]["about"]: row["detail"]["detail"]["sha256"]
        for row in log["rows"]
        if "content" in row and row["content"]["what"] == "exhibit.entered"
    }


def _reports(files: Files) -> str:
    wanted = asn1_x509.Certificate.load(asn1_pem.unarmor(files[CERTIFICATE])[2])
    for name in REPORTS:
        if name in files and (fault := _pdf_fault(files[name], wanted)):
            return f"{name}: {fault}"
    return "ok"


def _pdf_fault(pdf: bytes, wanted: asn1_x509.Certificate) -> str:
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if len(signatures) != 1:
            return "not signed once"
        context = ValidationContext(trust_roots=[wanted], allow_fetching=False)
        told = apart(lambda: validate_pdf_signature(signatures[0], context))
    except (PdfError, SigningError, ValueErrorWithMessage) as error:
        return f"unreadable ({type(error).__name__})"
    if signatures[0].signer_cert.dump() != wanted.dump():
        return "signed by another certificate"
    whole = told.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return "" if told.intact and told.valid and whole else "changed after it was signed"


def _public_inside(files: Files) -> bytes:
    held = files.get(PUBLIC, b"").decode(errors="replace").splitlines()
    return public_key_of(held[1] if len(held) > 1 else "")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unopened(f"{path.name} cannot be read: {error.strerror}.") from None
    if len(raw) > MOST_BYTES:
        raise Unopened("The bundle is larger than any of ours.")
    return raw


def _zip(raw: bytes) -> Files:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            entries = archive.infolist()
            _refuse_danger(entries)
            return {entry.filename: archive.read(entry) for entry in entries}
    # Beside BadZipFile a hostile zip makes zipfile raise: NotImplementedError (a version or a
    # packing that it does not know), EOFError (cut), RuntimeError (a password), ValueError.
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise Unopened(f"The zip cannot be read ({type(error).__name__}).") from None


def _refuse_danger(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unopened("The zip unpacks to more than any bundle of ours.")
    if len(set(names)) != len(names):
        raise Unopened("The zip has a file twice.")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not is_name(entry.filename) or kind not in (0, stat.S_IFREG):
            raise Unopened("The zip has a file that no bundle of ours has: a path or a link.")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise Unopened("The zip is compressed, which no bundle of ours is.")


def _folder(root: Path) -> Files:
    found: dict[str, bytes] = {}
    total = 0
    for folder, below, names in os.walk(root):
        for name in (*below, *names):
            path = Path(folder, name)
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise Unopened("The folder has a link or something that is no file.")
        for name in names:
            path = Path(folder, name)
            total += path.stat().st_size
            if total > MOST_BYTES or len(found) >= MOST_FILES:
                raise Unopened("The folder is larger than any bundle of ours.")
            found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def main(bundle: str, *, public_key: str = "", roots: str = "") -> int:
    """Check and print, a line for each check; 0 when nothing is wrong."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # every fault is printed here
    try:
        given = public_key_of(public_key) if public_key else None
        verdict = verify(Path(bundle), public_key=given, roots=_roots(roots))
    except Unopened as fault:
        print(f"FAULT  {_plain(str(fault))}")
        return 1
    for check in verdict.checks:
        told = _plain(check.fault or check.note.strip())
        print(f"{'FAULT' if check.fault else 'ok   '}  {check.name}{f': {told}' if told else ''}")
    print(f"\nKey: {verdict.fingerprint}")
    if not verdict.trusted:
        print(
            "This key came with the bundle, so it proves nothing by itself: compare it with the\n"
            "one that the helpline publishes, or give that one with --public-key."
        )
    return 0 if verdict.ok else 1


def _plain(text: str) -> str:
    """Without what a terminal would obey: a bundle must not write its own verdict."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def _roots(file: str) -> Sequence[Certificate]:
    if not file:
        return ()
    try:
        return certificates(Path(file).read_bytes())
    except (OSError, ValueError):
        raise Unopened("The file of roots holds no certificates.") from None
