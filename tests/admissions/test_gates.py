"""Gates are added, named, closed and removed by people in charge, several at once, while tickets are scanned there."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.admissions import gates
from carneau.admissions.gates import InUse, NameTaken
from carneau.admissions.models import Gate, Scan
from carneau.catalogue import deleting, duplicating
from carneau.catalogue.models import Event, TicketType
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.core.errors import Invalid
from tests.making import make_ticket_type
from tests.scanning import make_gate, make_phone, make_tickets, scan


def now(row):
    return db.session.get_one(type(row), row.id, populate_existing=True)


def names(event):
    db.session.rollback()
    with transaction():
        return list(
            db.session.scalars(sa.select(Gate.name).where(Gate.event_id == event.id).order_by(Gate.position, Gate.id))
        )


def test_two_people_who_add_the_same_gate_make_one(event, in_parallel):
    def add():
        with transaction():
            gates.create(now(event), "North", [], "user:1")

    outcomes = in_parallel(4, add)

    assert sorted(type(each).__name__ for each in outcomes) == ["NameTaken"] * 3 + ["NoneType"]
    assert names(event) == ["North"]


def test_people_who_add_several_gates_at_once_get_an_order_without_a_gap(event, in_parallel):
    def add(number):
        with transaction():
            gates.create(now(event), f"Gate {number}", [], "user:1")

    in_parallel(4, add)

    with transaction():
        positions = db.session.scalars(sa.select(Gate.position).order_by(Gate.position)).all()
    assert positions == [0, 1, 2, 3]


def test_gate_takes_another_name_unless_it_is_taken(event):
    north, south = make_gate(event, name="North"), make_gate(event, name="South")

    with transaction():
        assert gates.change(now(north), "North", [], "user:1") is False
        assert gates.change(now(north), "Nord", [], "user:1") is True
    with pytest.raises(NameTaken), transaction():
        gates.change(now(south), "Nord", [], "user:1")

    assert names(event) == ["Nord", "South"]


def test_gates_move_up_and_down_and_no_further_than_the_end(event):
    first, _second = make_gate(event, name="A"), make_gate(event, name="B")

    with transaction():
        gates.move(now(first), 1, "user:1")
    assert names(event) == ["B", "A"]
    with transaction():
        gates.move(now(first), 1, "user:1")
        gates.move(now(first), 0, "user:1")
    assert names(event) == ["B", "A"]


def test_nobody_comes_in_by_a_closed_gate_until_it_is_opened_again(event, kind, invariants_hold):
    gate, ticket = make_gate(event, name="North"), make_tickets((kind, 1))[0]
    make_gate(event, name="South")
    phone = make_phone(event)
    with transaction():
        gates.close(now(gate), "user:1")

    refused = scan(phone, event, ticket, gate=gate.public_id)

    assert (refused.word, refused.reason) == ("not_valid", "wrong_gate")
    assert refused.sentence == "Not here: this ticket goes in by South."
    assert [each.name for each in gates.of(event.id)] == ["South"]
    with transaction():
        gates.reopen(now(gate), "user:1")
    assert scan(phone, event, ticket, gate=gate.public_id).word == "come_in"
    actions = sa.select(AuditEntry.action).where(AuditEntry.subject == "gates").order_by(AuditEntry.id)
    assert db.session.scalars(actions).all() == ["closed", "opened"]
    invariants_hold()


def test_gate_that_took_only_a_type_that_is_deleted_is_closed(event, kind, invariants_hold):
    """Without a type of its own it would take all of them; one that takes another type, too, or any, stays open."""
    balcony = make_ticket_type(event, name="Balcony", position=1)
    stairs, side, north = (make_gate(event, *types) for types in ([balcony], [balcony, kind], []))
    ticket = make_tickets((kind, 1))[0]

    with transaction():
        assert gates.close_those_only_for(now(balcony), "user:1") == [stairs.name]
        deleting.delete_ticket_type(now(balcony), "user:1")

    assert [gate.id for gate in gates.of(event.id)] == [side.id, north.id]
    phone = make_phone(event)
    assert scan(phone, event, ticket, gate=stairs.public_id).reason == "wrong_gate"
    assert scan(phone, event, ticket, gate=side.public_id).word == "come_in"
    invariants_hold()


def test_who_came_in_offline_by_a_gate_that_was_closed_since_is_in(event, kind):
    gate, ticket = make_gate(event), make_tickets((kind, 1))[0]
    with transaction():
        gates.close(now(gate), "user:1")

    assert scan(make_phone(event), event, ticket, gate=gate.public_id, is_offline=True).word == "come_in"


def test_gate_that_was_scanned_at_cannot_be_removed(event, kind):
    gate, ticket = make_gate(event), make_tickets((kind, 1))[0]
    scan(make_phone(event), event, ticket, gate=gate.public_id)

    with pytest.raises(InUse), transaction():
        gates.delete(now(gate), "user:1")

    assert len(names(event)) == 1


def test_gate_that_nobody_used_is_removed_and_phones_are_told(event, kind):
    gate, ticket = make_gate(event), make_tickets((kind, 1))[0]
    with transaction():
        gates.delete(now(gate), "user:1")

    with pytest.raises(Invalid, match="gone"):
        scan(make_phone(event), event, ticket, gate=gate.public_id)
    assert scan(make_phone(event), event, ticket).word == "come_in"


@pytest.mark.parametrize("seconds", [0, 0.01, 0.03])
def test_gate_removed_while_tickets_are_scanned_there_is_in_use_or_gone(
    event, kind, in_parallel, invariants_hold, seconds
):
    """Whoever comes first wins: no scan names a gate that is not there, and no answer is a crash."""
    gate, tickets = make_gate(event), make_tickets((kind, 6))
    phones = [make_phone(event) for _ in tickets]

    def act(number):
        if number < len(tickets):
            return scan(phones[number], event, tickets[number], gate=gate.public_id).word
        time.sleep(seconds)
        with transaction():
            gates.delete(now(gate), "user:1")
        return "removed"

    outcomes = in_parallel(len(tickets) + 1, act)

    scans = outcomes[:-1]
    assert {type(each).__name__ if isinstance(each, Exception) else each for each in scans} <= {"come_in", "Invalid"}
    was_removed = outcomes[-1] == "removed"
    assert was_removed or isinstance(outcomes[-1], InUse)
    assert was_removed == ("come_in" not in scans)
    noted = db.session.scalars(sa.select(Scan.gate_id)).all()
    assert len(noted) == scans.count("come_in")
    invariants_hold()


def test_reentry_is_allowed_and_taken_back_once(event):
    for is_allowed in (True, True, False):
        with transaction():
            gates.allow_reentry(now(event), is_allowed, "user:1")
        assert db.session.scalar(sa.select(Event.allows_reentry)) is is_allowed

    recorded = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == "events")).all()
    assert [(each.action, each.facts) for each in recorded] == [("edited", {"changed": ["allows_reentry"]})] * 2


def test_another_date_of_an_event_has_its_open_gates_and_its_rule_of_coming_back(event, kind):
    balcony = make_ticket_type(event, name="Balcony", position=1)
    make_gate(event, name="North")
    make_gate(event, balcony, name="Stairs")
    closed = make_gate(event, name="Closed")
    with transaction():
        gates.close(now(closed), "user:1")
        gates.allow_reentry(now(event), True, "user:1")
        [other] = duplicating.duplicate_onto(whole(event), [event.starts_at + timedelta(days=1)], "user:1")
        gates.copy(now(event), other, "user:1")
        copied = gates.of(other.id)
        taken = gates.types_of(copied)

    assert [gate.name for gate in copied] == ["North", "Stairs"]
    with transaction():
        [(passing,)] = [tuple(ids) for ids in taken.values()]
        assert db.session.get_one(TicketType, passing).name == "Balcony"
        assert db.session.get_one(TicketType, passing).event_id == other.id
        assert now(other).allows_reentry


def whole(event):
    """With its organisation, as a view has it."""
    return db.session.get_one(Event, event.id, options=[joinedload(Event.organisation)], populate_existing=True)
