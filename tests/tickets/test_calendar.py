import icalendar

from carneau.core.db import transaction
from carneau.tickets import calendar, issuing, qr, queries
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type


def test_two_events_of_a_purchase_are_two_entries_without_a_code(database):
    house = make_organisation()
    concert, play = make_event(house, title="Concert; a, b"), make_event(house)
    purchase = make_paid_purchase((make_ticket_type(concert), 2), (make_ticket_type(play), 1))
    with transaction():
        issuing.issue(purchase)
    with transaction():
        tickets = queries.for_purchase(purchase)
        content = calendar.draw(tickets)
        codes = [qr.code(ticket) for ticket in tickets]

    entries = icalendar.Calendar.from_ical(content).walk("VEVENT")

    assert {str(entry["summary"]) for entry in entries} == {"Concert; a, b", play.title}
    first = next(entry for entry in entries if entry["summary"] == "Concert; a, b")
    assert first["dtstart"].dt == concert.starts_at.replace(microsecond=0)
    assert first["uid"] == f"{concert.slug}.{purchase.ref}@localhost"
    assert "2 × Standing" in first["description"]
    assert not any(code.encode() in content.replace(b"\r\n ", b"") for code in codes)
