import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.admissions.models import DoorLink, DoorLinkEvent
from carneau.core import clock, codes
from carneau.core.db import db
from carneau.manage import reading
from carneau.organisations.models import Role
from carneau.web import qr_drawing
from tests.making import make_event
from tests.scanning import make_device, make_link

DOOR = "/manage/events/gala/door"


@pytest.fixture
def owner(enter):
    return enter(Role.MANAGER)


def ref_in(page):
    return re.search(r'name="ref"[^>]*value="([^"]+)"', page.text)[1]


def make(owner, event, **fields):
    page = owner.get(f"{DOOR}/links/new")
    values = {
        "label": "Friday",
        "expires_at": reading.written_moment(event.ends_at + timedelta(hours=3), event.zone),
        "most_devices": "5",
        "sees_names": "y",
        "ref": ref_in(page),
    }
    return owner.submit(f"{DOOR}/links/new", f"{DOOR}/links", **values | fields)


def test_link_is_shown_once_as_address_and_as_a_qr_of_it(owner, event):
    page = make(owner, event)

    assert page.status_code == 201
    address = re.search(r'<a href="(http://localhost/door/links/[^"]+)"', page.text)[1]
    assert str(qr_drawing.svg(address, "Door link Friday")) in page.text
    link = db.session.scalars(sa.select(DoorLink)).one()
    assert link.secret_digest == codes.digest(address.rpartition("/")[2])
    assert (link.label, link.most_devices, link.sees_names) == ("Friday", 5, True)
    assert page.headers["Cache-Control"] == "private, no-store"
    listed = owner.get(f"{DOOR}/phones")
    assert "Friday" in listed.text
    assert "0 of 5" in listed.text
    assert address not in listed.text


def test_form_sent_twice_makes_one_link_whose_address_is_not_told_again(owner, event):
    first = make(owner, event)
    ref = db.session.scalars(sa.select(DoorLink.public_id)).one()

    again = make(owner, event, ref=ref)

    assert (first.status_code, again.status_code) == (201, 409)
    assert "shown only once" in again.text
    assert "/door/links/" + ref in again.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorLink)) == 1


def test_link_of_a_run_is_for_the_chosen_dates(owner, event):
    later = make_event(title=event.title, organisation_id=event.organisation_id)
    foreign = make_event(title=event.title)

    assert later.slug in owner.get(f"{DOOR}/links/new").text
    assert make(owner, event, events=[event.slug, later.slug]).status_code == 201
    assert set(db.session.scalars(sa.select(DoorLinkEvent.event_id))) == {event.id, later.id}
    assert make(owner, event, events=[foreign.slug]).status_code == 422
    assert make(owner, event).status_code == 422


def test_link_without_an_end_ends_twelve_hours_after_the_last_date(owner, event):
    later = make_event(
        title=event.title, organisation_id=event.organisation_id, ends_at=event.ends_at + timedelta(days=9)
    )

    assert make(owner, event, events=[event.slug, later.slug], expires_at="").status_code == 201
    assert db.session.scalars(sa.select(DoorLink.expires_at)).one() == later.ends_at + timedelta(hours=12)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", ""),
        ("most_devices", "0"),
        ("most_devices", "1e3"),
        ("most_devices", "١"),
        ("most_devices", "999999999"),
        ("expires_at", "2020-01-01T10:00"),
        ("expires_at", "soon"),
        ("expires_at", "2099-01-01T10:00"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(owner, event, field, value):
    page = make(owner, event, **{field: value})

    assert page.status_code == 422
    assert f'id="{field}_error"' in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorLink)) == 0


def test_revoking_asks_first_and_says_what_will_happen(owner, event):
    link = make_link(event, make_event(organisation_id=event.organisation_id))
    make_device(link, name="Mia's phone", queue_length=3)
    path = f"{DOOR}/links/{link.public_id}/revocation"

    asked = owner.get(path)

    assert "1 phone came by it" in asked.text
    assert "Mia&#39;s phone" in asked.text
    assert "3 scans wait" in asked.text
    assert "for all of them" in asked.text
    assert owner.submit(path).status_code == 303
    assert owner.get(path).text.count("revoked already") == 1
    assert owner.submit(f"{DOOR}/links/new", path).status_code == 303
    assert "Revoked" in owner.get(f"{DOOR}/phones").text


def test_link_of_another_event_is_missing(owner, event):
    for other in (make_event(organisation_id=event.organisation_id), make_event()):
        link = make_link(other)
        assert owner.get(f"{DOOR}/links/{link.public_id}/revocation").status_code == 404


def test_a_link_that_is_over_is_shown_as_ended(owner, event):
    make_link(event, label="Yesterday's", expires_at=clock.now() - timedelta(days=1))

    assert "Ended" in owner.get(f"{DOOR}/phones").text
