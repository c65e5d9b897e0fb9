"""Door links make so many phones for these dates until that moment, and end with all of them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.admissions import devices, links
from carneau.admissions.admission import NotLetIn
from carneau.admissions.devices import Full, Phone
from carneau.admissions.links import LinkGone, MadeBefore
from carneau.admissions.models import DoorDevice, DoorLink
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.core.errors import Invalid
from tests.making import make_event, make_organisation, make_ticket_type
from tests.scanning import make_device, make_link, make_phone, make_tickets, scan


def now(row):
    return db.session.get_one(type(row), row.id, populate_existing=True)


def create(*events, **values):
    with transaction():
        return links.create([now(event) for event in events], "Friday", "user:1", None, **values)


def test_link_opens_until_half_a_day_after_the_last_date(event):
    ends_at = clock.now() + timedelta(days=60)
    later = make_event(title=event.title, organisation_id=event.organisation_id, ends_at=ends_at)
    link, secret = create(event, later)

    assert now(link).expires_at == now(later).ends_at + links.AFTER_THE_END
    assert links.by_secret(secret).id == link.id
    assert {each.id for each in links.dates_for(link)} == {event.id, later.id}
    with pytest.raises(LinkGone):
        links.by_secret(secret + "x")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("expires_at", {"expires_at": clock.now() - timedelta(minutes=1)}),
        ("expires_at", {"expires_at": clock.now() + timedelta(days=900)}),
        ("most_devices", {"most_devices": 0}),
        ("most_devices", {"most_devices": 201}),
    ],
)
def test_link_that_makes_no_sense_is_refused_at_its_field(event, field, values):
    with pytest.raises(Invalid) as refusal:
        create(event, **values)

    assert list(refusal.value.errors) == [field]


def test_link_is_for_the_dates_of_one_organisation(event):
    for events in ((), (event, make_event(make_organisation()))):
        with pytest.raises(Invalid) as refusal:
            create(*events)
        assert list(refusal.value.errors) == ["events"]


def test_same_form_sent_twice_makes_one_link_and_tells_its_secret_once(event, in_parallel):
    outcomes = in_parallel(3, lambda: create(event, public_id="K7NQ-42VD"))

    assert sorted(type(each).__name__ for each in outcomes) == ["MadeBefore", "MadeBefore", "tuple"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorLink)) == 1
    with pytest.raises(MadeBefore):
        create(event, public_id="K7NQ-42VD")


def test_link_takes_so_many_phones_and_no_more_however_many_open_it_at_once(event, in_parallel):
    link = make_link(event, most_devices=3, sees_names=False)

    def register(number):
        with transaction():
            return devices.register(now(link), f"token {number}", "Phone").public_id

    outcomes = in_parallel(6, register)

    assert sum(isinstance(each, Full) for each in outcomes) == 3
    with transaction():
        made = db.session.scalars(sa.select(DoorDevice)).all()
        assert [each.sees_names for each in made] == [False] * 3
        known = next(number for number in range(6) if codes.digest(f"token {number}") == made[0].token_digest)
        devices.revoke(made[1], "user:1")
    register(known)
    register(7)
    with pytest.raises(Full):
        register(8)


def test_phone_that_sees_no_names_is_told_none(event):
    ticket = make_tickets((make_ticket_type(event), 1), buyer_name="Ada Verhoeven")[0]
    token = make_device(make_link(event), sees_names=False)[1]

    blind = scan(Phone.of(token), event, ticket)
    seeing = scan(make_phone(event), event, ticket)

    assert (blind.word, blind.name, blind.type) == ("come_in", None, "Standing")
    assert seeing.name == "Ada Verhoeven"


def test_phones_of_a_revoked_link_scan_no_more_also_while_they_scan(event, in_parallel, invariants_hold):
    tickets, link = make_tickets((make_ticket_type(event), 8)), make_link(event)
    phones = [Phone.of(make_device(link)[1]) for _ in tickets]

    def act(number):
        if number < len(tickets):
            return scan(phones[number], event, tickets[number]).word
        with transaction():
            links.revoke(now(link), "user:1")
        return "revoked"

    outcomes = in_parallel(len(tickets) + 1, act)

    assert {each if isinstance(each, str) else type(each).__name__ for each in outcomes} <= {
        "come_in",
        "NotLetIn",
        "revoked",
    }
    for phone, ticket in zip(phones, tickets, strict=True):
        with pytest.raises(NotLetIn):
            scan(phone, event, ticket)
    invariants_hold()


def test_dates_of_a_run_are_offered_those_over_are_not(event):
    values = {"title": event.title, "organisation_id": event.organisation_id}
    over = make_event(starts_at=clock.now() - timedelta(days=3), ends_at=clock.now() - timedelta(days=2), **values)
    later, _other = make_event(**values), make_event(organisation_id=event.organisation_id)
    make_event(make_organisation(), title=event.title)

    assert {each.id for each in links.dates_of(now(event))} == {event.id, later.id}
    assert over.id in {each.id for each in links.dates_of(now(over))}
