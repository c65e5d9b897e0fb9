import sqlalchemy as sa

from carneau.admissions.models import Scan
from carneau.core.db import db, transaction
from tests.door.phones import ask, visitor
from tests.making import make_event, make_ticket_type
from tests.scanning import code_of, make_device, make_link, make_tickets, state_of


def test_undo_restores_the_ticket_and_is_in_the_audit(phone, event, tickets, invariants_hold):
    scan_id = ask(phone, event, code=code_of(tickets[0])).json["scan"]
    path = f"/door/{event.slug}/admissions/{scan_id}/undo"
    for _twice in range(2):
        assert "Taken back" in phone.post(path).text

    assert tuple(state_of(tickets[0]))[:3] == ("valid", None, None)
    entries = db.session.execute(
        sa.text("SELECT action, actor FROM audit_entries WHERE subject = 'tickets' AND action = 'admission_undone'")
    ).all()
    assert [entry.actor.partition(":")[0] for entry in entries] == ["device"]
    invariants_hold()
    assert ask(phone, event, code=code_of(tickets[0])).json["verdict"] == "come_in"
    invariants_hold()


def test_undo_of_a_return_leaves_the_person_outside(app, database, invariants_hold):
    event = make_event(allows_reentry=True)
    ticket = make_tickets((make_ticket_type(event), 1))[0]
    phone = visitor(app, make_device(make_link(event))[1])
    scans = [ask(phone, event, code=code_of(ticket), direction=way).json["scan"] for way in ("entry", "exit", "entry")]
    left_at = db.session.scalars(sa.select(Scan.scanned_at).where(Scan.verdict == "exit")).one()

    def undo(number):
        return phone.post(f"/door/{event.slug}/admissions/{scans[number]}/undo").status_code

    assert undo(1) == 409
    assert undo(2) == 200
    assert (state_of(ticket).status, state_of(ticket).left_at) == ("redeemed", left_at)
    invariants_hold()
    assert (undo(1), undo(0)) == (200, 200)
    assert tuple(state_of(ticket))[:3] == ("valid", None, None)
    invariants_hold()


def test_undo_is_for_ten_minutes_and_for_ones_own_scans(app, phone, event, tickets):
    scan_id = ask(phone, event, code=code_of(tickets[0])).json["scan"]
    other = visitor(app, make_device(make_link(event))[1])
    path = f"/door/{event.slug}/admissions/{scan_id}/undo"
    assert other.post(path).status_code == 404
    with transaction():
        db.session.execute(sa.text("UPDATE scans SET recorded_at = now() - interval '11 minutes'"))

    assert phone.post(path).status_code == 409
    assert state_of(tickets[0]).status == "redeemed"


def test_ticket_that_was_paid_back_meanwhile_is_not_given_back_to_the_guest(phone, event, tickets):
    scan_id = ask(phone, event, code=code_of(tickets[0])).json["scan"]
    with transaction():
        db.session.execute(sa.text("UPDATE purchases SET payment_status = 'refunded'"))

    assert phone.post(f"/door/{event.slug}/admissions/{scan_id}/undo").status_code == 409
    assert state_of(tickets[0]).status == "redeemed"
