from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.bundling import Bundling, unpacked
from fakes.helpline import Helpline

from api.evidence import bundles
from api.evidence.verify import verify


@pytest.fixture
async def bundling(helpline: Helpline, tmp_path: Path) -> Bundling:
    return await Bundling(helpline, tmp_path).begin()


def views(bundling: Bundling):
    with bundling.helpline.database.read() as session:
        return bundles.bundles_of(session, bundling.helpline.vault, bundling.case_id)


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
