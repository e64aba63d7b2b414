"""Whoever changes a bundle is found out, by ``sigurt verify`` and by the common tools."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from fakes.bundling import Bundling, made_once, unpacked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.evidence.manifest import MINISIG, STAMP, SUMS, sums
from api.evidence.packing import encrypted, zipped
from api.evidence.signing import minisign, minisign_public
from api.evidence.verify import Unopened, main, opened, verify

TOOLS = ("bash", "sha256sum", "minisign", "openssl", "unzip", "age")
README = Path("api/evidence/instructions")
LINES = re.compile(r"^   \$ (.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Bundling]:
    return made_once(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def bundle(made: tuple[bytes, Bundling]) -> bytes:
    return made[0]


def faults(folder: Path, files: dict[str, bytes]) -> list[str]:
    path = folder / "b.zip"
    path.write_bytes(zipped(files))
    return [check.name for check in verify(path).checks if check.fault]


def refused(folder: Path, body: bytes) -> str:
    path = folder / "b.zip"
    path.write_bytes(body)
    with pytest.raises(Unopened) as told:
        verify(path)
    return str(told.value)


def zip_of(*entries: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", how) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return whole.getvalue()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_every_changed_byte_of_every_file_is_found(
    bundle: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    """
    Whichever byte of whichever file is changed, a check has a fault (S50).
    """
    files = unpacked(bundle)
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    other = data.draw(st.integers(1, 255))
    body = bytearray(files[name])
    body[at] ^= other
    try:
        found = faults(tmp_path, {**files, name: bytes(body)})
    except Unopened:
        return  # the key inside is no key any more
    assert found


@pytest.mark.parametrize("sign", [b"\xc3\xab", b"\xff", b"*"])
def test_a_key_that_is_no_key_is_refused_in_a_sentence(
    bundle: bytes, tmp_path: Path, sign: bytes
) -> None:
    """
    Signs that stand in no key, of no alphabet even, are named and are no crash (S4).
    """
    files = unpacked(bundle)
    key = files["keys/minisign.pub"]

    told = refused(tmp_path, zipped({**files, "keys/minisign.pub": key[:-9] + sign + key[-9:]}))

    assert told == "The public key is not in minisign's form."


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_every_changed_byte_of_the_zip_is_found(
    bundle: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    """
    The container itself is held as well: no byte of it can be another (S50).
    """
    body = bytearray(bundle)
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "b.zip"
    path.write_bytes(body)
    try:
        verdict = verify(path)
    except Unopened:
        return
    assert not verdict.ok


def test_a_file_more_or_less_is_found(bundle: bytes, tmp_path: Path) -> None:
    """
    A file that is not in the list and one that is missing are faults.
    """
    files = unpacked(bundle)
    assert faults(tmp_path, files) == []
    assert "files" in faults(tmp_path, {**files, "exhibits/E-9.json": b"{}"})
    for name in files:
        if name == "keys/minisign.pub":
            continue
        less = {key: value for key, value in files.items() if key != name}
        assert faults(tmp_path, less), name


def test_a_list_written_anew_is_not_signed(bundle: bytes, tmp_path: Path) -> None:
    """
    Whoever changes a file and its line in the list fails at both signatures.
    """
    files = {**unpacked(bundle), "case.json": b"{}"}
    listed = {name: body for name, body in files.items() if not name.startswith(SUMS)}
    found = faults(tmp_path, {**files, SUMS: sums(listed)})
    assert {"minisign signature", "openssl signature", "stamp"} <= set(found)


def test_the_key_from_outside_counts(
    made: tuple[bytes, Bundling], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Without a key from outside it is said that the one inside proves nothing; with another
    helpline's key the bundle does not verify.
    """
    body, bundling = made
    path, key = tmp_path / "b.zip", tmp_path / "key.pub"
    path.write_bytes(body)
    key.write_text(minisign_public(bundling.signing().public))
    assert main(str(path)) == 0
    assert "proves nothing by itself" in capsys.readouterr().out
    assert main(str(path), public_key=str(key), roots=str(bundling.stamps.roots)) == 0
    assert "proves nothing" not in capsys.readouterr().out
    key.write_text(minisign_public(bytes(32)))
    assert main(str(path), public_key=str(key)) == 1
    assert "FAULT" in capsys.readouterr().out


def test_the_command_needs_nothing(bundle: bytes, tmp_path: Path) -> None:
    """
    ``sigurt.py verify`` checks a zip and its folder, without any setting or database.
    """
    (tmp_path / "b.zip").write_bytes(bundle)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extractall(tmp_path / "b")
    for place in ("b.zip", "b"):
        ran = subprocess.run(
            [sys.executable, str(Path("sigurt.py").absolute()), "verify", place],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "SIGURT_LEASE_SECONDS": "no number"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "FAULT" not in ran.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "b.zip"]


def test_dangerous_zips_are_refused(bundle: bytes, tmp_path: Path) -> None:
    """
    A zip with a way up, a link, a file twice or anything compressed is not opened.
    """
    link = zipfile.ZipInfo("README.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    assert "path or a link" in refused(tmp_path, zip_of(("../up.txt", b"")))
    assert "path or a link" in refused(tmp_path, zip_of(("/etc/passwd", b"")))
    assert "path or a link" in refused(tmp_path, zip_of((link, b"/etc/passwd")))
    assert "compressed" in refused(
        tmp_path, zip_of(("README.txt", b"0" * 10**6), how=zipfile.ZIP_DEFLATED)
    )
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zip_of(("README.txt", b"1"), ("README.txt", b"2"))
    assert "twice" in refused(tmp_path, twice)
    assert "cannot be read" in refused(tmp_path, b"no zip at all")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "README.txt").symlink_to("/etc/hostname")
    with pytest.raises(Unopened, match="link"):
        opened(folder)


def test_an_encrypted_bundle_says_how_to_open_it(bundle: bytes, tmp_path: Path) -> None:
    """
    What is encrypted cannot be checked, and is said to be so.
    """
    key = pyrage.x25519.Identity.generate()
    sealed = encrypted(bundle, "police", {"police": str(key.to_public())})
    assert "age -d" in refused(tmp_path, sealed)


def test_a_bundle_cannot_write_its_own_verdict(
    made: tuple[bytes, Bundling], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    S46: what somebody signed beside the list, or called a file, is printed as plain signs: a
    terminal obeys nothing of it.
    """
    body, bundling = made
    files = unpacked(body)
    comment = f"\x1b[2J\x1b[H\u202eok stamp sha256 {sha256(files[STAMP]).hexdigest()}"
    forged = minisign(files[SUMS], comment, bundling.signing()).encode()
    lay(tmp_path, {**files, MINISIG: forged, "\x1b[2Jnew.txt": b""})
    assert main(str(tmp_path / "bundle")) == 1
    shown = capsys.readouterr().out
    assert "\\u001b[2J\\u001b[H\\u202eok" in shown
    assert "\\u001b[2Jnew.txt" in shown
    assert [sign for sign in shown if not sign.isprintable() and sign != "\n"] == []


@pytest.mark.parametrize("name", ["log.json", "case.json", "report.sq.pdf", SUMS, MINISIG, STAMP])
@pytest.mark.parametrize("body", [b"[" * 100_000, b"%PDF-1.7\nxref\n0 1\ntrailer<</Prev 0>>", b""])
def test_what_no_parser_can_read_is_a_fault(
    bundle: bytes, tmp_path: Path, name: str, body: bytes
) -> None:
    """
    S4: nesting without end, a document that leads in circles and nothing at all are faults of
    their checks, and the other checks are made all the same.
    """
    found = faults(tmp_path, {**unpacked(bundle), name: body})
    assert found
    assert {"keys", "container"}.isdisjoint(found)


# ---------- the common tools ----------


def test_the_tools_are_here() -> None:
    """
    The tools by which others check a bundle are installed: ``make tools`` brings them.
    """
    assert [tool for tool in TOOLS if shutil.which(tool) is None] == []


@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize("text", ["README.txt", "LEXOJE.txt"])
def test_the_instructions_work_as_written(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, text: str, stamped: bool
) -> None:
    """
    Each line of the instructions inside a bundle works with the tools alone, in an empty
    environment, from the encrypted file on (S50).
    """
    body, _ = made_once(tmp_path_factory.mktemp("made"), stamped=stamped)
    _unpack_as_told(tmp_path, body)
    lines = LINES.findall((tmp_path / "bundle" / text).read_text())
    assert len(lines) == 9
    for line in lines:
        ran = run(tmp_path / "bundle", line)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
        if line.startswith("diff"):
            assert ran.stdout == ""


def test_the_tools_find_changes(bundle: bytes, tmp_path: Path) -> None:
    """
    A changed byte is found by sha256sum; a changed list by minisign and openssl both, and by
    the stamp; a file more by the list (S50).
    """
    files = unpacked(bundle)
    told = LINES.findall((README / "README.txt").read_text())
    check, compare, minisign, raw, _, stamp, *_ = told
    for name in ("case.json", "log.json", "report.sq.pdf", "keys/ed25519.pem"):
        body = files[name][:200] + bytes([files[name][200 % len(files[name])] ^ 1])
        lay(tmp_path, {**files, name: body + files[name][201:]})
        assert run(tmp_path / "bundle", check).returncode != 0, name
    anew = files[SUMS].replace(b"a", b"b", 1)
    lay(tmp_path, {**files, SUMS: anew})
    for line in (minisign, raw, stamp):
        assert run(tmp_path / "bundle", line).returncode != 0, line
    lay(tmp_path, {**files, "exhibits/E-9.json": b"{}"})
    assert run(tmp_path / "bundle", compare).returncode != 0


def test_the_fingerprint_is_what_openssl_prints(made: tuple[bytes, Bundling]) -> None:
    """
    The fingerprint that the helpline publishes is what step 4 prints, in groups of four.
    """
    body, bundling = made
    from api.evidence.signing import fingerprint

    lay(bundling.folder, unpacked(body))
    line = LINES.findall((README / "README.txt").read_text())[4]
    printed = run(bundling.folder / "bundle", line).stdout.split()[0]
    assert printed == fingerprint(bundling.signing().public).replace(" ", "")


def test_both_instructions_tell_the_same() -> None:
    """
    The Albanian and the English text have the same lines to type.
    """
    told = [LINES.findall((README / name).read_text()) for name in ("README.txt", "LEXOJE.txt")]
    assert told[0] == told[1]


def test_the_log_proves_itself_from_the_text_alone(bundle: bytes) -> None:
    """
    What the instructions say of a row's hash is so: SHA-256 over canonical JSON, link by link.
    """
    import hashlib

    log = json.loads(unpacked(bundle)["log.json"])
    prev = log["prev"]
    for row in log["rows"]:
        said = row.get("content_hash") or _hash(row["content"], hashlib)
        prev = _hash({"content_hash": said, "prev": prev}, hashlib)
    assert prev == log["head"]["hash"]


def _hash(value: object, hashlib) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _unpack_as_told(folder: Path, body: bytes) -> None:
    """Step 0, with a key of age's own making."""
    run(folder, "age-keygen -o key.txt")
    public = re.search(r"age1\w+", (folder / "key.txt").read_text())
    assert public
    sealed = encrypted(body, "police", {"police": public[0]})
    (folder / "bundle.zip.age").write_bytes(sealed)
    for line in (
        "age -d -i key.txt -o bundle.zip bundle.zip.age",
        "unzip bundle.zip -d bundle",
    ):
        ran = run(folder, line)
        assert ran.returncode == 0, ran.stderr


def lay(folder: Path, files: dict[str, bytes]) -> None:
    """The files in a fresh folder ``bundle``."""
    root = folder / "bundle"
    shutil.rmtree(root, ignore_errors=True)
    for name, body in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def run(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """A line as somebody types it, in an environment that knows nothing of us."""
    return subprocess.run(
        ["/bin/bash", "-c", line],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/usr/local/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
