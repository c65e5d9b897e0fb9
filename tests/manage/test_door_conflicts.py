from datetime import timedelta

import pytest

from carneau.admissions.devices import Phone
from carneau.core import clock
from carneau.core.db import db
from carneau.organisations.models import Role
from tests.making import make_event
from tests.scanning import make_conflict, make_device, make_gate, make_link, make_tickets, scan

CONFLICTS = "/manage/events/gala/door/conflicts"


@pytest.fixture
def manager(enter):
    return enter(Role.MANAGER)


@pytest.fixture
def conflict(event, kind):
    """One ticket let in by two phones that were offline."""
    ticket = make_tickets((kind, 1), buyer_name="Ada Verhoeven")[0]
    north, south = make_gate(event, name="North"), make_gate(event, name="South")
    link = make_link(event)
    first, second = make_device(link, name="Ana's"), make_device(link, name="Ben's")
    at = clock.now()
    for gate, (_device, token) in ((north, first), (south, second)):
        scan(Phone.of(token), event, ticket, gate=gate.public_id, is_offline=True, scanned_at=at)
    nonce = db.session.connection().exec_driver_sql("SELECT nonce FROM scans WHERE is_conflict").scalar_one()
    db.session.rollback()
    return f"{CONFLICTS}/{second[0].public_id}/{nonce}"


def test_board_shows_who_where_and_when(manager, conflict):
    page = manager.get(CONFLICTS)

    for text in ("Ada Verhoeven", "North, Ana&#39;s", "South, Ben&#39;s", "This one counts", "Let in again"):
        assert text in page.text, text


def test_without_a_conflict_it_says_what_one_would_be(manager, event):
    assert "There is none" in manager.get(CONFLICTS).text


def test_conflict_is_marked_with_a_note_and_opened_again(manager, conflict):
    assert manager.submit(CONFLICTS, conflict, note="Twins.\nBoth had a ticket.").status_code == 303

    looked = manager.get(CONFLICTS)
    assert "Both had a ticket." in looked.text
    assert "The manager" in looked.text
    assert "should not have" not in manager.get("/manage/events/gala/door").text
    assert manager.submit(CONFLICTS, f"{conflict}/removal").status_code == 303
    assert "Both had a ticket." not in manager.get(CONFLICTS).text


def test_note_that_is_too_long_is_refused_at_its_conflict_and_kept(manager, conflict):
    page = manager.submit(CONFLICTS, conflict, note="x" * 501)

    assert page.status_code == 422
    assert page.text.count("shorten the note") == 1
    assert "x" * 501 in page.text


def test_dead_ticket_that_was_let_in_offline_is_a_conflict_too(manager, event, kind):
    ticket = make_tickets((kind, 1))[0]
    device, _token = make_device(make_link(event))
    make_conflict(device, event, ticket, verdict="not_valid", reason="refunded")

    page = manager.get(CONFLICTS)

    assert "Let in wrongly" in page.text
    assert "Refunded." in page.text


def test_scan_that_is_no_conflict_or_of_another_event_is_missing(manager, event, kind):
    own, other = make_link(event), make_event(organisation_id=event.organisation_id)
    device, token = make_device(own)
    scan(Phone.of(token), event, make_tickets((kind, 1))[0])
    nonce = db.session.connection().exec_driver_sql("SELECT nonce FROM scans").scalar_one()
    foreign_device, _token = make_device(make_link(other))
    foreign = make_conflict(foreign_device, other, scanned_at=clock.now() - timedelta(days=1))
    db.session.rollback()

    for path in (f"{device.public_id}/{nonce}", f"{foreign_device.public_id}/{foreign.nonce}"):
        assert manager.submit("/account/name", f"{CONFLICTS}/{path}", note="").status_code == 404
