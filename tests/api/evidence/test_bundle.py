"""A bundle holds what its maker may see, is made whole or not at all, and leaves traces."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from fakes.bundling import HIDDEN_NAME, WISH, Bundling, unpacked
from fakes.desk import hire
from fakes.helpline import ELIRA, GENTI, Helpline
from sqlalchemy import text

from api.cases import identity
from api.cases import service as cases
from api.cases.refusals import IdentityLocked
from api.contacts.values import StaffRef
from api.evidence import bundles, exhibits
from api.evidence.bundles import InvalidBundle, Wish
from api.evidence.refusals import ReasonWanted
from api.evidence.signing import SigningFault, load_signing
from api.evidence.verify import verify


@pytest.fixture
async def bundling(helpline: Helpline, tmp_path: Path) -> Bundling:
    return await Bundling(helpline, tmp_path).begin()


def views(bundling: Bundling):
    with bundling.helpline.database.read() as session:
        return bundles.bundles_of(session, bundling.helpline.vault, bundling.case_id)


def kept(bundling: Bundling, kind: str):
    with bundling.helpline.database.read() as session:
        found = exhibits.exhibits_of(session, case_id=bundling.case_id)
    return [one for one in found if one.kind == kind]


def custody(bundling: Bundling, exhibit_id: str):
    return bundling.helpline.does(_custody, exhibit_id)


def _custody(session, vault, exhibit_id, *, now):
    return [
        (one.deed, one.why, one.name) for one in exhibits.custody_of(session, vault, exhibit_id)
    ]


def test_a_bundle_holds_the_case_and_verifies(bundling: Bundling, tmp_path: Path) -> None:
    """
    The bundle of a case holds its talks, reports, addresses and exhibits, and every check of
    it is well, the stamps by the service's roots included (S50).
    """
    body = bundling.makes()
    (tmp_path / "b.zip").write_bytes(body)
    files = unpacked(body)
    verdict = verify(tmp_path / "b.zip", roots=bundling.stamps.certificates)
    assert [check for check in verdict.checks if check.fault] == []
    case = json.loads(files["case.json"])
    assert case["contacts"][0]["messages"][0]["text"].startswith("Më shkroi prapë 😢")
    assert {one["domain"] for one in case["addresses"]} == {"example.com", "example.org"}
    assert case["parts"][0]["versions"][0]["fields"]["what"] == "Shantazh me foto"
    assert {one["kind"] for one in case["exhibits"]} == {"transcript", "report"}
    assert any(name.startswith("stamps/") and name.endswith(".tsr") for name in files)


def test_every_exhibit_notes_that_it_left(bundling: Bundling) -> None:
    """
    S51: each exhibit in a bundle has an entry of custody with name and reason, and the bundle
    is an exhibit itself, whose leaving is noted too; a second bundle keeps no talk twice.
    """
    bundling.makes()
    [talk] = kept(bundling, "transcript")
    assert custody(bundling, talk.exhibit_id)[-1] == ("exported", WISH.why, "Elira")
    [bundle] = kept(bundling, "bundle")
    assert [deed for deed, _, _ in custody(bundling, bundle.exhibit_id)] == ["kept", "exported"]
    again = unpacked(bundling.makes())
    assert len(kept(bundling, "transcript")) == 1
    assert not any(one["kind"] == "bundle" for one in json.loads(again["case.json"])["exhibits"])


def test_who_the_child_is_needs_the_open_lock(bundling: Bundling) -> None:
    """
    S30: the identity is in a bundle only while two people opened it for its maker and the
    maker asked for it; else it is absent, and the report says so.
    """
    wish = replace(WISH, identity=True)
    shut = bundling.makes(wish)
    assert HIDDEN_NAME.encode() not in shut
    assert json.loads(unpacked(shut)["case.json"])["identity"] is None
    helpline = bundling.helpline
    asked = helpline.does(identity.ask, bundling.case_id, reason="P", minutes=60, staff=ELIRA)
    helpline.does(identity.decide, bundling.case_id, asked, grant=True, staff=GENTI)
    opened = json.loads(unpacked(bundling.makes(wish))["case.json"])
    assert [one["text"] for one in opened["identity"]] == [HIDDEN_NAME]
    without = json.loads(unpacked(bundling.makes(WISH))["case.json"])
    assert without["identity"] is None


def test_a_bundle_opens_no_identity_to_others(bundling: Bundling) -> None:
    """
    S30: a bundle that tells who the child is opens to nobody for whom two people have not
    opened that, and not to its maker either when the time is over.
    """
    helpline, wish = bundling.helpline, replace(WISH, identity=True)
    asked = helpline.does(identity.ask, bundling.case_id, reason="P", minutes=60, staff=ELIRA)
    helpline.does(identity.decide, bundling.case_id, asked, grant=True, staff=GENTI)
    bundle_id = bundling.asks(wish)
    bundling.errand().turn()
    [kept_bundle] = kept(bundling, "bundle")
    assert HIDDEN_NAME.encode() in bundling.takes(bundle_id)
    with pytest.raises(IdentityLocked):
        bundling.takes(bundle_id, GENTI)
    helpline.later(minutes=61)
    with pytest.raises(IdentityLocked):
        bundling.takes(bundle_id)
    deeds = [deed for deed, _, _ in custody(bundling, kept_bundle.exhibit_id)]
    assert deeds == ["kept", "exported"]


def test_a_recipient_alone_can_open_it(bundling: Bundling) -> None:
    """
    A bundle for a named recipient is kept and handed out encrypted.
    """
    key = pyrage.x25519.Identity.generate()
    setting = f"police={key.to_public()}"
    helpline = bundling.helpline
    helpline.settings = helpline.settings.model_copy(update={"bundle_recipients": setting})
    body = bundling.makes(replace(WISH, recipient="police"), known="police")
    assert b"case.json" not in body
    assert "case.json" in unpacked(pyrage.decrypt(body, [key]))
    assert views(bundling)[0].file.endswith(".zip.age")


def test_what_cannot_be_asked_for_is_refused(bundling: Bundling) -> None:
    """
    A bundle needs a reason, a language and a recipient of the settings.
    """
    with pytest.raises(ReasonWanted):
        bundling.asks(replace(WISH, why="  "))
    for wish in (Wish("P", ()), Wish("P", ("de",)), replace(WISH, recipient="police")):
        with pytest.raises(InvalidBundle):
            bundling.asks(wish)
    assert views(bundling) == []


def test_a_stamp_service_that_is_down_holds_nothing_up(bundling: Bundling, tmp_path: Path) -> None:
    """
    Without the service the bundle is made without a time-stamp, which its list says.
    """
    signing = load_signing(
        bundling.helpline.settings, now=bundling.helpline.now, stamp=lambda _: b"garbage"
    )
    bundle_id = bundling.asks()
    bundling.errand(signing=signing).turn()
    body = bundling.takes(bundle_id)
    assert "SHA256SUMS.tsr" not in unpacked(body)
    (tmp_path / "b.zip").write_bytes(body)
    assert verify(tmp_path / "b.zip").ok
    assert not views(bundling)[0].stamped


def test_a_crash_leaves_nothing_half(bundling: Bundling, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What ends in the middle of the making leaves a bundle that waits, and is made by the next.
    """
    bundling.asks()
    with monkeypatch.context() as broken:
        broken.setattr(bundles, "sealed", _cut)
        with pytest.raises(KeyboardInterrupt):
            bundling.errand().turn()
    assert [one.state for one in views(bundling)] == ["waiting"]
    assert kept(bundling, "bundle") == []
    bundling.errand().turn()
    assert [one.state for one in views(bundling)] == ["ready"]


def _cut(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_what_fails_is_tried_again_and_then_says_so(
    bundling: Bundling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A fault is tried again after a pause; after the last one the page says why there is none.
    """
    bundling.asks()
    monkeypatch.setattr(bundles, "sealed", _fails)
    for pause in bundles.PAUSES:
        bundling.errand().turn()
        assert [one.state for one in views(bundling)] == ["waiting"]
        assert not bundling.errand().has_work()
        bundling.helpline.later(seconds=pause.total_seconds())
    bundling.errand().turn()
    assert [(one.state, one.fault) for one in views(bundling)] == [("failed", "signing-fault")]


def _fails(*_: object, **__: object) -> None:
    raise SigningFault()


def test_whoever_is_named_gets_no_bundle(bundling: Bundling) -> None:
    """
    S31: whoever is named in the case between asking and making gets nothing.
    """
    ana = hire(bundling.helpline, "ana", "Ana", "supervisor")
    bundling.asks(staff=StaffRef(ana.id, "Ana"))
    bundling.helpline.does(
        cases.set_named, bundling.case_id, staff_id=ana.id, reason="Kushëri", staff=GENTI
    )
    bundling.errand().turn()
    assert [(one.state, one.fault) for one in views(bundling)] == [("failed", "case-unknown")]


def test_a_changed_exhibit_stops_the_bundle(bundling: Bundling) -> None:
    """
    S51: of an exhibit that is no longer what was kept no bundle is made, and it is said.
    """
    bundling.makes()
    with bundling.helpline.database.write() as session:
        for name in ("no_update", "no_delete", "next"):  # whoever owns the database can
            session.execute(text(f"DROP TRIGGER exhibits_{name}"))
        session.execute(text("UPDATE exhibits SET body = x'00' WHERE kind = 'transcript'"))
    bundling.asks()
    bundling.errand().turn()
    assert [one.fault for one in views(bundling)] == ["exhibit-broken", ""]
