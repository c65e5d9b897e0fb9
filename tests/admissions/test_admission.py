from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from carneau.admissions import admission
from carneau.admissions.models import DoorDevice, Scan
from carneau.admissions.verdicts import Attempt
from carneau.catalogue.models import Event, EventStatus
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.core.errors import Invalid
from carneau.organisations.models import Organisation
from carneau.tickets import issuing, passing
from carneau.tickets.models import Ticket
from tests.making import make_event, make_organisation, make_ticket_type
from tests.scanning import code_of, make_gate, make_phone, make_tickets, scan, state_of


@pytest.fixture
def ticket(kind):
    return make_tickets((kind, 2), buyer_name="Ada Verhoeven")[0]


def answer(verdict):
    return verdict.word, verdict.reason


def test_ticket_comes_in_once(event, phone, ticket, invariants_hold):
    first = scan(phone, event, ticket)
    second = scan(phone, event, ticket)

    assert answer(first) == ("come_in", None)
    assert (first.name, first.type, first.count, first.of) == ("Ada Verhoeven", "Standing", 1, 2)
    assert first.sentence == "Come in: 1 of 2 who belong together are in."
    assert answer(second) == ("already_in", None)
    assert second.when == state_of(ticket).redeemed_at
    assert second.sentence.startswith("In since ")
    assert state_of(ticket).status == "redeemed"
    invariants_hold()


def test_link_of_the_qr_is_read_as_well_as_the_code(event, phone, ticket):
    assert scan(phone, event, f" HTTP://LOCALHOST/T/{code_of(ticket)}\n").word == "come_in"


def test_second_entry_is_told_the_gate_of_the_first(event, phone, ticket):
    gate = make_gate(event, name="North")
    scan(phone, event, ticket, gate=gate.public_id)

    assert scan(phone, event, ticket).sentence.endswith("by North.")
    assert scan(phone, event, ticket).gate == "North"


def seen(phone):
    db.session.rollback()
    found = sa.select(DoorDevice.last_seen_at).where(DoorDevice.token_digest == phone.token_digest)
    return db.session.scalar(found)


@pytest.mark.parametrize("refused", [False, True])
def test_device_that_scans_is_seen_and_that_is_noted_once_a_minute(event, kind, phone, refused):
    """A program that scans never tells how long its queue is."""
    tickets = make_tickets((kind, 3))
    for ticket in tickets if refused else ():
        scan(make_phone(event), event, ticket)
    assert seen(phone) is None

    scan(phone, event, tickets[0])
    first = seen(phone)
    assert first is not None
    scan(phone, event, tickets[1])
    assert seen(phone) == first
    with transaction():
        earlier = sa.func.now() - timedelta(seconds=61)
        db.session.execute(sa.update(DoorDevice).values(last_seen_at=earlier))
    scan(phone, event, tickets[2])
    assert seen(phone) > first


def test_same_nonce_gets_the_same_verdict(event, phone, ticket, invariants_hold):
    nonce = uuid4()
    verdicts = [scan(phone, event, ticket, nonce=nonce).word for _ in range(3)]

    assert verdicts == ["come_in"] * 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 1
    assert scan(phone, event, ticket).word == "already_in"
    invariants_hold()


def test_nonce_of_another_ticket_lets_nobody_in(event, phone, kind, ticket):
    nonce, other = uuid4(), make_tickets((kind, 1))[0]
    scan(phone, event, ticket, nonce=nonce)

    with pytest.raises(Invalid):
        scan(phone, event, other, nonce=nonce)
    assert state_of(other).status == "valid"


def test_an_admission_is_one_statement(event, phone, ticket, count_statements):
    code = code_of(ticket)
    with count_statements() as statements:
        assert scan(phone, event, code).word == "come_in"
    assert len(statements) == 1


def test_ticket_that_was_passed_on_lets_in_by_its_new_code_alone(event, phone, ticket):
    with transaction():
        old = db.session.get_one(Ticket, ticket.id, options=[sa.orm.joinedload(Ticket.event)])
        new = passing.pass_on(old, "Bo", "bo@buyer.example", "buyer")
        db.session.refresh(new)
        db.session.expunge(new)

    refused = scan(phone, event, ticket)
    assert answer(refused) == ("not_valid", "passed_on")
    assert refused.name is None
    come_in = scan(phone, event, new)
    assert (come_in.word, come_in.name, come_in.of) == ("come_in", "Bo", 1)


def test_void_ticket_says_since_when(event, phone, ticket):
    with transaction():
        issuing.void([ticket])

    refused = scan(phone, event, ticket)
    assert answer(refused) == ("not_valid", "void")
    assert "made void on" in refused.sentence


def test_other_event_of_the_house_is_named_and_a_strangers_is_not(event, phone):
    house = db.session.get_one(Organisation, event.organisation_id)
    sibling = make_tickets((make_ticket_type(make_event(house, title="Matinee")), 1))[0]
    strangers = make_tickets((make_ticket_type(make_event(title="Secret")), 1))[0]

    assert answer(scan(phone, event, sibling)) == ("not_valid", "other_event")
    assert "Matinee" in scan(phone, event, sibling).sentence
    refused = scan(phone, event, strangers)
    assert answer(refused) == ("not_valid", "other_event")
    assert "Secret" not in refused.sentence
    assert (refused.name, refused.type, refused.ticket) == (None, None, None)


@pytest.mark.parametrize("days", [1, -365])
def test_other_date_of_the_same_title_is_said_with_its_date(event, phone, days):
    house = db.session.get_one(Organisation, event.organisation_id)
    at = event.starts_at + timedelta(days=days)
    other = make_event(house, title=event.title, starts_at=at, ends_at=at + timedelta(hours=2), doors_open_at=at)
    ticket = make_tickets((make_ticket_type(other), 1))[0]

    refused = scan(phone, event, ticket)
    assert answer(refused) == ("not_valid", "other_day")
    assert f"{at.astimezone(event.zone):%Y}" in refused.sentence


def test_gate_lets_its_types_in_and_sends_the_others_to_theirs(event, phone, kind, ticket):
    balcony = make_ticket_type(event, name="Balcony")
    above, below = make_gate(event, balcony, name="Stairs"), make_gate(event, kind, name="Floor")
    side = make_gate(event, name="Side")

    refused = scan(phone, event, ticket, gate=above.public_id)
    assert answer(refused) == ("not_valid", "wrong_gate")
    assert refused.gate == "Floor / Side"
    assert refused.sentence == "Not here: this ticket goes in by Floor / Side."
    assert scan(phone, event, ticket, gate=below.public_id).word == "come_in"
    up = make_tickets((balcony, 1))[0]
    assert scan(phone, event, up, gate=side.public_id).word == "come_in"


def test_gate_of_another_event_is_gone(event, phone, ticket):
    with pytest.raises(Invalid):
        scan(phone, event, ticket, gate=make_gate(make_event()).public_id)
    assert state_of(ticket).status == "valid"


@pytest.mark.parametrize(("status", "reason"), [(EventStatus.CANCELLED, "cancelled"), (EventStatus.DRAFT, "not_open")])
def test_nobody_is_let_into_what_is_not_on(event, phone, ticket, status, reason):
    with transaction():
        db.session.execute(sa.update(Event).where(Event.id == event.id).values(status=status))

    assert answer(scan(phone, event, ticket)) == ("not_valid", reason)
    assert state_of(ticket).status == "valid"


def test_who_left_comes_back_where_the_event_allows_it(database, invariants_hold):
    event = make_event(allows_reentry=True)
    phone, ticket = make_phone(event), make_tickets((make_ticket_type(event), 1))[0]
    assert answer(scan(phone, event, ticket, direction="exit")) == ("not_valid", "not_inside")
    scan(phone, event, ticket)
    first = state_of(ticket).redeemed_at

    assert scan(phone, event, ticket).word == "already_in"
    assert scan(phone, event, ticket, direction="exit").word == "exit"
    assert answer(scan(phone, event, ticket, direction="exit")) == ("not_valid", "not_inside")
    assert scan(phone, event, ticket).word == "come_in"
    assert (state_of(ticket).redeemed_at, state_of(ticket).left_at) == (first, None)
    assert scan(phone, event, ticket).word == "already_in"
    invariants_hold()


def test_who_left_stays_out_where_the_event_does_not_allow_it(event, phone, ticket, invariants_hold):
    scan(phone, event, ticket)
    left = scan(phone, event, ticket, direction="exit")

    assert left.word == "exit"
    assert "no coming back" in left.sentence
    refused = scan(phone, event, ticket)
    assert refused.word == "already_in"
    assert "out at" in refused.sentence
    invariants_hold()


def test_what_was_decided_offline_keeps_its_own_time_within_reason(event, phone, kind, invariants_hold):
    now, tickets = clock.now(), make_tickets((kind, 3))
    for ticket, at in zip(tickets, (now, now + timedelta(days=2), now - timedelta(days=900)), strict=True):
        scan(phone, event, ticket, is_offline=True, scanned_at=at)

    late, early = state_of(tickets[1]).redeemed_at, state_of(tickets[2]).redeemed_at
    assert state_of(tickets[0]).redeemed_at == now
    assert late < now + timedelta(minutes=1)
    assert early > now - timedelta(minutes=1)
    invariants_hold()


def test_ticket_let_in_by_two_who_were_offline_is_a_conflict(event, phone, ticket, invariants_hold):
    other, nonce = make_phone(event), uuid4()
    at = clock.now()
    assert scan(phone, event, ticket, is_offline=True, scanned_at=at).word == "come_in"

    for _retry in range(2):
        assert scan(other, event, ticket, nonce=nonce, is_offline=True, scanned_at=at).word == "already_in"

    assert db.session.scalars(sa.select(Scan.is_conflict).order_by(Scan.id)).all() == [False, True]
    invariants_hold()


def test_answer_that_never_arrived_and_was_decided_otherwise_offline_is_a_conflict(event, phone, ticket):
    scan(phone, event, ticket)
    nonce = uuid4()
    scan(phone, event, ticket, nonce=nonce)

    scan(phone, event, ticket, nonce=nonce, is_offline=True, scanned_at=clock.now())

    assert db.session.scalars(sa.select(Scan.is_conflict).order_by(Scan.id)).all() == [False, True]


def test_somebody_found_by_name_is_let_in_by_the_reference(event, phone, ticket):
    attempt = Attempt(nonce=uuid4(), ref=ticket.ref)

    assert admission.admit(phone, event.slug, attempt).word == "come_in"
    strangers = make_tickets((make_ticket_type(make_event(make_organisation())), 1))[0]
    refused = admission.admit(phone, event.slug, Attempt(nonce=uuid4(), ref=strangers.ref))
    assert answer(refused) == ("not_valid", "unknown")
