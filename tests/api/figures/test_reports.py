"""Figures of reports count right, and tell of nobody."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from statistics import median

from fakes.addresses import Reports
from fakes.desk import hire, seated
from fakes.helpline import GENTI, Helpline
from hypothesis import given
from hypothesis import strategies as st

from api.figures import report_counting
from api.figures.report_values import OF_ADDRESSES, WITHIN, AddressRow, ReportRow
from api.reports import service
from api.reports.values import Assessment

LENGTHS = st.none() | st.integers(0, 15 * 24).map(lambda hours: timedelta(hours=hours))
REPORTS = st.builds(
    ReportRow,
    kind=st.sampled_from(["grooming", "csam_address", "other"]),
    state=st.sampled_from(["submitted", "in_remit", "filed", "closed"]),
    platforms=st.sampled_from([("",), ("tiktok",), ("tiktok", "telegram"), ("instagram",)]),
    domains=st.sampled_from([(), ("example.com",), ("emri-i-tij.example",)]),
    assessed=LENGTHS,
    filed=LENGTHS,
)
ADDRESSES = st.builds(
    AddressRow,
    state=st.sampled_from(["reported", "notice_sent", "removed"]),
    removed=LENGTHS,
    removed_after_request=LENGTHS,
)
JUDGED = Assessment(verdict="in_remit", kind="grooming", danger="no", rank=2)


@given(st.lists(REPORTS, max_size=40), st.lists(ADDRESSES, max_size=40))
def test_every_number_is_the_count_of_its_rows(
    reports: list[ReportRow], addresses: list[AddressRow]
) -> None:
    """
    Counts, medians and shares within a time are those of counting by hand.
    """
    found = report_counting.count(reports, addresses)

    for kind, number in found.splits["report_kind"].items():
        assert number == len([one for one in reports if one.kind == kind])
    for platform, number in found.splits["report_platform"].items():
        assert number == len([one for one in reports if platform in one.platforms])
    for step in found.steps:
        rows = addresses if step.name in OF_ADDRESSES else reports
        known = [took for row in rows if (took := getattr(row, step.name)) is not None]
        assert step.known == len(known)
        seconds = [took.total_seconds() for took in known]
        assert (step.median is None) == (not known)
        assert step.median is None or step.median.total_seconds() == median(seconds)
        for limit, longest in WITHIN.items():
            assert step.within[limit] == len([took for took in known if took <= longest])


@given(st.lists(REPORTS, max_size=60), st.lists(ADDRESSES, max_size=60))
def test_what_leaves_has_no_small_group(
    reports: list[ReportRow], addresses: list[AddressRow]
) -> None:
    """
    Outside every number is five or more in full fives, no median is of fewer, and no domain leaves.
    """
    shown = report_counting.shielded(report_counting.count(reports, addresses))

    assert (shown is None) == (len(reports) < 5)
    if shown is not None:
        numbers = [number for groups in shown.splits.values() for number in groups.values()]
        numbers += [
            number for step in shown.steps for number in (step.known, *step.within.values())
        ]
        assert all(number is None or (number >= 5 and number % 5 == 0) for number in numbers)
        assert all(step.median is None for step in shown.steps if step.known is None)
        assert shown.domains == {}


def test_one_hidden_kind_hides_another() -> None:
    """
    A kind of four reports cannot be found by taking the others from the whole.
    """
    kinds = ["grooming"] * 4 + ["csam_address"] * 11
    rows = [ReportRow(kind, "closed", ("",), (), None, None) for kind in kinds]

    shown = report_counting.shielded(report_counting.count(rows, []))

    assert shown is not None
    assert shown.splits["report_kind"] == {}


async def test_the_page_counts_what_was_done(helpline: Helpline, reports: Reports) -> None:
    """
    Hours to assessment and removal stand on the page of who may read reports, with the domain.
    """
    _some(helpline, reports, 2)
    ana = await seated(helpline, hire(helpline, "ana", "Ana", "supervisor"))

    page = (await ana.get("/figures")).text

    section = page[page.index('id="reports"') :]
    cells = re.findall(r'<td class="n">([^<]*)</td>', section)
    assert cells[:5] == ["2", "3", "2", "2", "2"]
    assert "example[.]com" in section


async def test_the_file_tells_of_nobody(helpline: Helpline, reports: Reports) -> None:
    """
    The file of another month holds neither address, name, domain, number of a report nor words.
    """
    helpline.now = datetime(2026, 10, 5, 10, tzinfo=UTC)
    _some(helpline, reports, 7)
    helpline.now = datetime(2026, 11, 20, 14, tzinfo=UTC)
    for roles in (("supervisor",), ("analyst",)):
        one = await seated(helpline, hire(helpline, roles[0], "Ana", *roles))
        answer = await one.get("/figures.csv?first=2026-10-01&last=2026-10-31")
        lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        told = {(line["split"], line["group"], line["measure"]): line["value"] for line in lines}
        assert told["total", "", "reports"] == "5"
        assert told["report_step", "assessed", "median"] == "180"
        assert told["report_step", "removed", "within_24h"] == "5"
        page = (await one.get("/figures?first=2026-10-01&last=2026-10-31")).text
        for secret in ("konto", "R-1", "A-1", "Kërkon", "https://example"):
            assert secret not in answer.text
            assert secret not in page
        assert "example" not in answer.text


def _some(helpline: Helpline, reports: Reports, count: int) -> None:
    """So many reports, assessed after three hours; each address removed after nine."""
    ids = [reports.made(f"example.com/konto-{number}") for number in range(count)]
    helpline.later(hours=3)
    for report_id in ids:
        helpline.does(service.take, report_id, staff=GENTI)
        helpline.does(service.assess, report_id, JUDGED, staff=GENTI)
    for report_id in ids:
        reports.goes(reports.only(report_id), "notice_sent")
    helpline.later(hours=6)
    for report_id in ids:
        reports.goes(reports.only(report_id), "removed")
