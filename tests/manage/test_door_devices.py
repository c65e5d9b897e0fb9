from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.admissions.admission import NotLetIn
from carneau.admissions.devices import Phone
from carneau.admissions.models import DoorDevice
from carneau.core import clock
from carneau.core.db import db
from carneau.organisations.models import Organisation, Role
from tests.making import make_event, make_member, make_ticket_type
from tests.scanning import make_conflict, make_device, make_link, make_tickets, scan
from tests.visiting import make_user

PHONES = "/manage/events/gala/door/phones"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_phones_of_links_and_members_are_listed_with_how_they_do(owner, event):
    link = make_link(event, label="Friday")
    seen = {"last_seen_at": clock.now(), "last_sync_at": clock.now() - timedelta(days=2)}
    make_device(link, name="North phone", queue_length=7, scan_p95_ms=41, **seen)
    house = db.session.get_one(Organisation, event.organisation_id)
    dario = make_user("dario@house.example", name="Dario")
    make_member(house, dario, Role.DOOR)
    logged_in, _token = make_device(house, name="Dario's", user_id=dario.id)
    make_conflict(logged_in, event)
    make_device(house, name="Elsewhere", user_id=dario.id)
    make_device(make_link(make_event(house)), name="Other event")

    page, part = owner.get(PHONES), owner.get(PHONES, headers=PARTIAL)

    assert "North phone" in page.text
    assert ">7<" in page.text
    assert "41 ms" in page.text
    assert "Dario, logged in" in page.text
    assert "Elsewhere" not in page.text
    assert "Other event" not in page.text
    assert part.text.strip().startswith('<div id="devices"')


def test_nobody_scans_yet(owner, event):
    assert "No phone scans here yet" in owner.get(PHONES).text


def test_phone_gets_another_name_and_sees_no_names_any_more(owner, event, kind):
    device, token = make_device(make_link(event), name="Phone")
    ticket = make_tickets((kind, 1))[0]

    assert owner.submit(f"{PHONES}/{device.public_id}", name="North").status_code == 303

    db.session.rollback()
    changed = db.session.get_one(DoorDevice, device.id)
    assert (changed.name, changed.sees_names) == ("North", False)
    assert scan(Phone.of(token), event, ticket).name is None
    assert owner.submit(f"{PHONES}/{device.public_id}", name="").status_code == 422


def test_revoking_asks_first_and_the_next_scan_is_refused(owner, event, kind):
    device, token = make_device(make_link(event), queue_length=1)
    path = f"{PHONES}/{device.public_id}/revocation"

    assert "1 scan waits on it" in owner.get(path).text
    assert owner.submit(path).status_code == 303

    with pytest.raises(NotLetIn):
        scan(Phone.of(token), event, make_tickets((kind, 1))[0])
    assert "Revoked" in owner.get(PHONES).text
    assert "revoked already" in owner.get(path).text
    assert owner.submit(f"{PHONES}/{device.public_id}", path).status_code == 303


def test_phone_of_another_event_is_missing(owner, event):
    for other in (make_event(organisation_id=event.organisation_id), make_event()):
        device, _token = make_device(make_link(other))
        assert owner.get(f"{PHONES}/{device.public_id}").status_code == 404


def test_phone_revoked_while_it_scans_is_refused_from_then_on(owner, event, in_parallel, invariants_hold):
    tickets = make_tickets((make_ticket_type(event), 6))
    device, token = make_device(make_link(event))
    path = f"{PHONES}/{device.public_id}/revocation"

    def act(number):
        if number < len(tickets):
            return scan(Phone.of(token), event, tickets[number]).word
        return owner.submit(path).status_code

    outcomes = in_parallel(len(tickets) + 1, act)

    assert outcomes[-1] == 303
    assert {each if isinstance(each, str) else type(each).__name__ for each in outcomes[:-1]} <= {"come_in", "NotLetIn"}
    with pytest.raises(NotLetIn):
        scan(Phone.of(token), event, tickets[0])
    came = db.session.scalar(sa.text("SELECT count(*) FROM scans WHERE verdict = 'come_in'"))
    assert came == outcomes.count("come_in")
    invariants_hold()
