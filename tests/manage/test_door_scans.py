import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.admissions import history
from carneau.admissions.devices import Phone
from carneau.admissions.models import Scan
from carneau.core import clock
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.manage import reading
from tests.making import make_event
from tests.manage.test_door import rows
from tests.scanning import make_conflict, make_device, make_gate, make_link, make_phone, make_tickets, scan, state_of

SCANS = "/manage/events/gala/door/scans"


@pytest.fixture
def phone(event):
    return make_device(make_link(event), name="North phone")


def answers(page):
    return [re.sub(r"\s+", " ", row[1]) for row in rows(page)[1:]]


def undoing_of(scan):
    device = db.session.execute(
        sa.text(
            "SELECT d.public_id, s.nonce FROM scans s JOIN door_devices d ON d.id = s.device_id WHERE s.verdict = :v"
        ),
        {"v": scan},
    ).first()
    db.session.rollback()
    return f"{SCANS}/{device.public_id}/{device.nonce}/undoing"


def test_every_answer_is_on_record_the_newest_first(owner, event, kind, phone):
    gate, ticket = make_gate(event, name="North"), make_tickets((kind, 1), buyer_name="Ada Verhoeven")[0]
    for code in (ticket, ticket, "nonsense"):
        scan(Phone.of(phone[1]), event, code, gate=gate.public_id)

    page = owner.get(SCANS)

    assert answers(page) == ["Not valid Not a ticket", "Already in", "Let in"]
    assert "Ada Verhoeven" in page.text
    assert "North phone" in page.text
    assert f"/attendees/{ticket.ref}" in page.text


def test_scans_are_narrowed_by_answer_gate_phone_and_time(owner, event, kind, phone):
    gate, tickets = make_gate(event, name="North"), make_tickets((kind, 2))
    scan(Phone.of(phone[1]), event, tickets[0], gate=gate.public_id)
    scan(make_phone(event), event, "nonsense")
    soon = reading.written_moment(clock.now() + timedelta(minutes=5), event.zone)
    before = reading.written_moment(clock.now() - timedelta(minutes=5), event.zone)

    for query, expected in (
        ("verdict=come_in", ["Let in"]),
        ("verdict=undone", []),
        (f"gate={gate.public_id}", ["Let in"]),
        (f"device={phone[0].public_id}&verdict=not_valid", []),
        (f"since={soon}", []),
        (f"since={before}&until={soon}&verdict=not_valid", ["Not valid Not a ticket"]),
    ):
        assert answers(owner.get(f"{SCANS}?{query}")) == expected, query


@pytest.mark.parametrize(
    "query", ["verdict=maybe", "gate=NOSUCHGATE", "device=x", "since=soon", "until=0001-01-01T00:00"]
)
def test_question_that_cannot_be_read_says_so_and_shows_all(owner, event, phone, query):
    scan(Phone.of(phone[1]), event, "nonsense")

    page = owner.get(f"{SCANS}?{query}")

    assert page.status_code == 422
    assert "Please check what you entered" in page.text
    assert answers(page) == ["Not valid Not a ticket"]


def test_older_scans_are_on_further_pages(owner, event, phone):
    made = [make_conflict(phone[0], event).id for _ in range(history.SIZE + 2)]

    first = owner.get(SCANS)
    second = owner.get(f"{SCANS}?before={made[2]}")

    assert len(answers(first)) == history.SIZE
    assert f"before={made[2]}" in first.text
    assert len(answers(second)) == 2
    assert owner.get(f"{SCANS}?before=x").status_code == 422


def test_admission_is_undone_however_long_ago_and_only_once(owner, event, kind, phone, invariants_hold):
    ticket = make_tickets((kind, 1))[0]
    scan(Phone.of(phone[1]), event, ticket)
    with transaction():
        db.session.execute(sa.update(Scan).values(recorded_at=sa.func.now() - timedelta(hours=3)))
    path = undoing_of("come_in")

    for _click in range(2):
        assert owner.submit("/account/name", path).status_code == 303

    assert state_of(ticket).status == "valid"
    page = owner.get(f"{SCANS}?verdict=undone")
    assert "Undone" in page.text
    assert "/undoing" not in page.text
    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject == "tickets")).all()
    assert actions.count("admission_undone") == 1
    assert scan(Phone.of(phone[1]), event, ticket).word == "come_in"
    invariants_hold()


def test_undoing_what_was_scanned_again_since_is_refused(owner, event, kind, phone):
    with transaction():
        db.session.execute(sa.text("UPDATE events SET allows_reentry = true"))
    ticket = make_tickets((kind, 1))[0]
    for direction in ("entry", "exit"):
        scan(Phone.of(phone[1]), event, ticket, direction=direction)

    page = owner.submit(SCANS, undoing_of("come_in"))

    assert page.status_code == 409
    assert "Take that back first" in page.text
    assert owner.submit(SCANS, undoing_of("exit")).status_code == 303
    assert owner.submit(SCANS, undoing_of("come_in")).status_code == 303
    assert state_of(ticket).status == "valid"


def test_refusals_and_scans_of_other_events_cannot_be_undone(owner, event, phone):
    scan(Phone.of(phone[1]), event, "nonsense")
    other = make_event(organisation_id=event.organisation_id)
    device, _token = make_device(make_link(other))
    foreign = make_conflict(device, other)

    for path in (undoing_of("not_valid"), f"{SCANS}/{device.public_id}/{foreign.nonce}/undoing"):
        assert owner.submit("/account/name", path).status_code == 404


def test_log_asks_a_fixed_number_of_questions(owner, event, phone, count_statements):
    counts = []
    for _more in range(2):
        make_conflict(phone[0], event)
        with count_statements() as statements:
            assert owner.get(SCANS).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 9
