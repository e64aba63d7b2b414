"""An address lives from its first report until it is gone, and is looked at again after that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fakes.addresses import Reports
from fakes.helpline import DRITA, GENTI, Helpline

from api.addresses import life, service
from api.addresses.reading import KINDS, WHYS
from api.addresses.refusals import AddressHeld, AddressMove, AddressNotHeld, NoAddress
from api.addresses.words import WORDS
from api.contacts.tables import Notice

PAGE = "https://example.com/a/77"


def test_the_same_address_is_one_however_it_was_typed(reports: Reports) -> None:
    """
    Two reporters name one address, and it is one address that was reported twice.
    """
    first = reports.made("https://www.Example.com/a/77/?utm_source=x")
    second = reports.made("shiko hxxps://example[.]com/a/77")

    view = reports.only(first)
    assert reports.only(second).address_id == view.address_id
    assert (view.reports, view.number) == (2, "A-1")


def test_what_one_reporter_typed_is_not_shown_with_another(
    helpline: Helpline, reports: Reports
) -> None:
    """
    Joined addresses keep the words of each report apart, and hide those of a hidden report.
    """
    first, second = reports.made(f"{PAGE}?q=1 @emri.im"), reports.made(f"{PAGE}?q=1")
    [page] = [one for one in reports.of(first) if one.kind == "url"]

    found = helpline.does(service.look, page.address_id, staff_id=GENTI.id, hidden={first})

    assert [one.report_id for one in found.typed] == [second]
    assert "emri" not in repr(found)


def test_what_is_no_address_stays_for_a_person_to_read(reports: Reports) -> None:
    """
    A report whose address cannot be read keeps what was typed, without a pasted file (S6).
    """
    report_id = reports.made("grupi i klasës", "data:image/png;base64,QUJDRA==")

    assert reports.of(report_id) == []


def test_the_reporter_hears_each_step_once(helpline: Helpline, reports: Reports) -> None:
    """
    Request sent, removed, seen again and removed again: every reporter of it hears each.
    """
    first, second = reports.made(PAGE), reports.made(PAGE)
    view = reports.goes(reports.only(first), "assessed", "notice_sent")
    reports.found(view, "removed", how="hotline")
    reports.found(view, "removed", how="hotline")
    reports.found(view, "again", how="reporter")
    reports.goes(view, "notice_sent", "gone")

    heard = ["notice", "removed", "again", "notice", "gone"]
    assert reports.told(first) == heard
    assert reports.told(second) == heard


def test_both_clocks_run_until_it_is_gone(helpline: Helpline, reports: Reports) -> None:
    """
    One clock runs from the report, one from the request; both stand still when it is removed.
    """
    view = reports.only(reports.made(PAGE))
    helpline.later(hours=18)
    reports.goes(view, "notice_sent")
    helpline.later(hours=4)
    view = reports.goes(view, "removed")
    helpline.later(days=3)

    assert view.clocks.since_received(helpline.now) == timedelta(hours=22)
    assert view.clocks.since_notice(helpline.now) == timedelta(hours=4)


def test_seen_again_starts_both_clocks_anew(helpline: Helpline, reports: Reports) -> None:
    """
    What comes back counts from then on, and what was before stays in its history.
    """
    view = reports.goes(reports.only(reports.made(PAGE)), "notice_sent", "removed")
    helpline.later(days=2)
    view = reports.found(view, "again", how="hotline")
    helpline.later(hours=5)

    assert view.clocks.since_received(helpline.now) == timedelta(hours=5)
    assert view.notice_at is None
    kinds = [one.kind for one in helpline.does(service.look, view.address_id, staff_id=1).events]
    assert kinds == ["notice_sent", "removed", "again"]


def test_somebody_looks_again_after_a_day_a_week_and_a_month(
    helpline: Helpline, reports: Reports
) -> None:
    """
    After a request there are checks at 24 hours, 7 and 30 days, and each tells a supervisor once.
    """
    view = reports.goes(reports.only(reports.made(PAGE)), "notice_sent")
    sent, waited = helpline.now, []
    for days in (1, 7, 30, 37):
        assert view.next_check_at is not None
        helpline.now = view.next_check_at
        helpline.tick()
        helpline.tick()
        waited.append(view.next_check_at - sent)
        view = reports.found(view, "there", how="platform")
        assert waited[-1] == timedelta(days=days)

    assert _notices(helpline) == 4


def test_what_is_removed_is_looked_at_a_day_later(helpline: Helpline, reports: Reports) -> None:
    """
    A removal is checked after 24 hours and at the later of the checks, and then no more.
    """
    view = reports.goes(reports.only(reports.made(PAGE)), "notice_sent")
    helpline.later(hours=20)
    view = reports.goes(view, "removed")
    removed, seen = helpline.now, []
    while view.next_check_at is not None:
        seen.append(view.next_check_at - removed)
        helpline.now = view.next_check_at
        view = reports.found(view, "removed", how="checker")

    hours = [timedelta(days=days) - timedelta(hours=20) for days in (7, 30)]
    assert seen == [timedelta(hours=24), *hours]


def test_a_page_held_for_the_police_waits(helpline: Helpline, reports: Reports) -> None:
    """
    While an inquiry may be harmed no request goes out, until a supervisor lifts it with a reason.
    """
    report_id = reports.made(PAGE)
    view = reports.only(report_id)
    helpline.does(service.set_state, view.address_id, "police_told", staff=GENTI)

    with pytest.raises(AddressHeld):
        reports.goes(view, "notice_sent")
    assert reports.now(view).next_check_at == helpline.now + timedelta(days=7)
    helpline.does(service.lift, view.address_id, staff=DRITA, words="Policia e ktheu.")
    with pytest.raises(AddressNotHeld):
        helpline.does(service.lift, view.address_id, staff=DRITA, words="Sërish.")
    assert reports.goes(view, "notice_sent").state == "notice_sent"


def test_nobody_learns_that_the_police_hold_an_address(
    helpline: Helpline, reports: Reports
) -> None:
    """
    Whoever put a page there may report it to hear what is known: a hold is told to nobody,
    nor that somebody else reported it too.
    """
    first = reports.made(PAGE)
    view = reports.only(first)
    helpline.does(service.set_state, view.address_id, "police_told", staff=GENTI)
    second = reports.made(PAGE)

    assert reports.told(first) == reports.told(second) == []
    with helpline.database.read() as session:
        assert not service.others(session, second)
    helpline.does(service.lift, view.address_id, staff=DRITA, words="hetimi mbaroi")
    with helpline.database.read() as session:
        assert service.others(session, second)


def test_police_told_later_moves_nothing(reports: Reports) -> None:
    """
    That the police were told after the request is marked, and the request still stands.
    """
    view = reports.goes(reports.only(reports.made(PAGE)), "notice_sent", "police_told")

    assert (view.state, view.held, view.police_at is not None) == ("notice_sent", False, True)


def test_what_moved_is_followed(helpline: Helpline, reports: Reports) -> None:
    """
    The new address joins every report of the old one, and the old one leads to it.
    """
    first, second = reports.made(PAGE), reports.made(PAGE)
    view = reports.goes(reports.only(first), "notice_sent")
    with pytest.raises(NoAddress):
        reports.found(view, "moved", moved_to="diku tjetër")
    view = reports.found(view, "moved", how="platform", moved_to="example.org/b")

    for report_id in (first, second):
        old, new = reports.of(report_id)
        assert (old.state, old.moved_to) == ("moved", new.address_id)
        assert (new.canonical, new.state) == ("https://example.org/b", "reported")


def test_reported_again_after_it_was_gone_is_looked_at_now(reports: Reports) -> None:
    """
    Somebody who reports what was removed says that it is there: it is to be checked at once.
    """
    view = reports.goes(reports.only(reports.made(PAGE)), "notice_sent", "removed")
    reports.made(PAGE)

    now = reports.now(view)
    assert now.next_check_at == reports.helpline.now
    assert now.state == "removed"


@pytest.mark.parametrize("state", life.STATES)
def test_every_state_but_the_dropped_leads_to_an_end(state: str) -> None:
    """
    From every state an address can reach its end, and nothing moves but along the table.
    """
    reached, ways = {state}, [state]
    while ways:
        new = set(life.MOVES[ways.pop()]) - reached
        reached, ways = reached | new, [*ways, *new]

    assert reached & set(life.ENDED)


def test_everything_has_its_word() -> None:
    """
    Each kind, state, outcome, way of knowing and reason has a word for staff.
    """
    for kind, values in (
        ("address_kind", KINDS),
        ("address_why", WHYS),
        ("address_state", life.STATES),
        ("address_outcome", life.OUTCOMES),
        ("address_how", life.HOWS),
    ):
        assert set(values) <= set(WORDS[kind])


def test_moves_beside_the_table_are_refused(reports: Reports) -> None:
    """
    An address cannot be refused before anybody asked, nor go to a state that there is none of.
    """
    view = reports.only(reports.made(PAGE))

    for state in ("refused", "again", "reported", "there", "nothing"):
        with pytest.raises(AddressMove):
            reports.goes(view, state)


def test_no_address_stands_in_the_database_in_clear(
    helpline: Helpline, reports: Reports, tmp_path: Path
) -> None:
    """
    S32, S35: neither address, name, domain nor platform is found in the database's files.
    """
    view = reports.only(reports.made("https://www.instagram.com/konto.shume.e.fshehte", app="x"))
    helpline.does(service.set_hosted, view.address_id, staff=GENTI, words="Strehues në Holandë")
    reports.goes(view, "assessed", words="Fjalë e fshehtë")

    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert len(held) > 10_000
    for secret in (b"konto.shume", b"instagram", b"Holand", b"fsheht"):
        assert secret not in held


def _notices(helpline: Helpline) -> int:
    with helpline.database.read() as session:
        return session.query(Notice).filter_by(kind="address_check").count()
