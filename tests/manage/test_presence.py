"""Who is in the house, and what the door did with a ticket, on the pages of attendees and purchases."""

import pytest
import sqlalchemy as sa

from carneau.admissions.devices import Phone
from carneau.admissions.models import Scan
from carneau.core.db import db, transaction
from carneau.purchases.models import Purchase
from tests.making import make_event, make_ticket_type
from tests.scanning import make_device, make_gate, make_link, make_tickets, scan

ATTENDEES = "/manage/events/gala/attendees"


@pytest.fixture
def phone(event):
    with transaction():
        db.session.execute(sa.text("UPDATE events SET allows_reentry = true"))
    return Phone.of(make_device(make_link(event), name="Ana's phone")[1])


def names(page):
    return [name for name in ("Ada", "Bob", "Eve") if f">{name}</a>" in page.text]


def test_list_tells_who_is_inside_who_left_and_who_is_expected(owner, event, kind, phone):
    tickets = {name: make_tickets((kind, 1), buyer_name=name)[0] for name in ("Ada", "Bob", "Eve")}
    for name, directions in (("Ada", ("entry",)), ("Bob", ("entry", "exit"))):
        for direction in directions:
            scan(phone, event, tickets[name], direction=direction)

    assert names(owner.get(ATTENDEES)) == ["Ada", "Bob", "Eve"]
    assert names(owner.get(f"{ATTENDEES}?who=inside")) == ["Ada"]
    assert names(owner.get(f"{ATTENDEES}?who=expected")) == ["Eve"]
    assert names(owner.get(f"{ATTENDEES}?who=inside&q=bob")) == []
    assert names(owner.get(f"{ATTENDEES}?who=nonsense")) == ["Ada", "Bob", "Eve"]
    assert names(owner.get(f"{ATTENDEES}?who=void")) == []
    whole = owner.get(ATTENDEES).text
    assert "Everyone (3)" in whole
    assert "Who is inside (1)" in whole
    assert whole.count("Inside</span>") == 1
    assert whole.count("Went out</span>") == 1


def test_empty_lists_say_what_they_mean(owner, event, kind):
    assert "Nobody is inside." in owner.get(f"{ATTENDEES}?who=inside").text
    assert "No ticket of this event is void." in owner.get(f"{ATTENDEES}?who=void").text
    assert "Nobody is missing" in owner.get(f"{ATTENDEES}?who=expected").text


def test_pages_of_ticket_and_purchase_tell_each_scan_with_gate_and_phone(owner, event, kind, phone):
    ticket, gate = make_tickets((kind, 1))[0], make_gate(event, name="North")
    purchase = db.session.scalars(sa.select(Purchase.ref)).one()
    for _again in range(2):
        scan(phone, event, ticket, gate=gate.public_id)
    with transaction():
        db.session.execute(
            sa.update(Scan).where(Scan.verdict == "come_in").values(undone_at=sa.func.now(), undone_by="user:1")
        )

    of_ticket, of_purchase = (
        owner.get(f"{ATTENDEES}/{ticket.ref}"),
        owner.get(f"/manage/events/gala/purchases/{purchase}"),
    )

    for text in ("<strong>Let in</strong>, North", "<strong>Already in</strong>, North", "Ana&#39;s phone", "Undone"):
        assert text in of_ticket.text, text
    for text in (f"Ticket {ticket.ref} at the door: Let in, North (undone)", "Already in, North", "Ana&#39;s phone"):
        assert text in of_purchase.text, text


def test_ticket_that_nobody_scanned_has_no_history_at_the_door(owner, event, kind):
    ticket = make_tickets((kind, 1))[0]
    other = make_event(organisation_id=event.organisation_id)
    elsewhere = make_tickets((make_ticket_type(other), 1))[0]

    assert "At the door" not in owner.get(f"{ATTENDEES}/{ticket.ref}").text
    assert owner.get(f"{ATTENDEES}/{elsewhere.ref}").status_code == 404
