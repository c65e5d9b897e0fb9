"""Cancelling, withdrawing and deleting."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue import cancelling, deleting
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict
from carneau.inventory import holds
from carneau.inventory.models import Hold
from carneau.organisations.models import Invitation, OrganisationMember, Role
from tests.making import (
    make_cart,
    make_event,
    make_invitation,
    make_member,
    make_organisation,
    make_paid_purchase,
    make_ticket_type,
    run_out,
)
from tests.visiting import make_user

pytestmark = pytest.mark.usefixtures("database")


def do(verb, row):
    with transaction():
        verb(db.session.get_one(type(row), row.id), "user:1")


def count(kind):
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind))


def status(event):
    db.session.rollback()
    return db.session.get_one(Event, event.id, populate_existing=True).status


def actions():
    return list(
        db.session.scalars(
            sa.select(AuditEntry.action).where(AuditEntry.subject != "purchases").order_by(AuditEntry.id)
        )
    )


def hold(kind, quantity=2):
    cart = make_cart(kind.organisation_id)
    with transaction():
        holds.take(cart.id, cart.organisation_id, kind.id, quantity, 15)
    return cart


def test_cancelling_twice_is_cancelling_once():
    event = make_event()
    for _ in range(2):
        do(cancelling.cancel, event)
    assert (status(event), actions()) == (EventStatus.CANCELLED, ["cancelled"])


def test_a_draft_and_what_is_over_cannot_be_cancelled():
    yesterday = clock.now() - timedelta(days=1)
    over = make_event(starts_at=yesterday, doors_open_at=None, ends_at=yesterday + timedelta(hours=1))
    for event in (make_event(status=EventStatus.DRAFT), over):
        with pytest.raises(Conflict):
            do(cancelling.cancel, event)


def test_what_was_published_by_mistake_becomes_a_draft_again():
    event = make_event()
    make_ticket_type(event)
    do(cancelling.withdraw, event)
    assert (status(event), actions()) == (EventStatus.DRAFT, ["withdrawn"])


def test_nothing_is_withdrawn_from_those_who_hold_or_bought():
    held, sold = make_ticket_type(), make_ticket_type()
    hold(held)
    make_paid_purchase((sold, 1))
    for kind in (held, sold):
        event = db.session.get_one(Event, kind.event_id)
        with pytest.raises(Conflict, match="cancel"):
            do(cancelling.withdraw, event)
        assert status(event) is EventStatus.PUBLISHED


def test_an_event_that_nobody_bought_is_deleted_with_its_types_and_spent_holds(invariants_hold):
    kind = make_ticket_type()
    hold(kind)
    run_out(kind.id)

    do(deleting.delete_event, db.session.get_one(Event, kind.event_id))

    assert (count(Event), count(TicketType), count(Hold)) == (0, 0, 0)
    assert actions() == ["deleted"]
    invariants_hold()


def test_places_in_a_cart_and_sold_ones_keep_an_event():
    held, sold = make_ticket_type(), make_ticket_type()
    hold(held)
    make_paid_purchase((sold, 1))
    for kind, words in ((held, "carts"), (sold, "sold")):
        with pytest.raises(Conflict, match=words):
            do(deleting.delete_event, db.session.get_one(Event, kind.event_id))
        with pytest.raises(Conflict, match=words):
            do(deleting.delete_ticket_type, kind)
    assert (count(Event), count(TicketType)) == (2, 2)


def test_a_purchase_that_was_given_back_keeps_its_ticket_type():
    kind = make_ticket_type()
    make_paid_purchase((kind, 1))
    with transaction():
        holds.give_back(kind.id, 1)

    with pytest.raises(deleting.HasHistory):
        do(deleting.delete_ticket_type, kind)

    assert count(TicketType) == 1


def test_a_claim_while_its_type_is_deleted_finds_none_left_or_keeps_it(in_parallel):
    for _ in range(5):
        kind = make_ticket_type()
        cart = make_cart(kind.organisation_id)

        def claim(kind=kind, cart=cart):
            with transaction():
                return holds.take(cart.id, cart.organisation_id, kind.id, 1, 15)

        def delete(kind=kind):
            do(deleting.delete_ticket_type, kind)

        claimed, deleted = in_parallel(2, lambda n, claim=claim, delete=delete: delete() if n else claim())

        is_there = db.session.scalar(sa.select(sa.func.count()).where(TicketType.id == kind.id))
        db.session.rollback()
        assert (deleted is None) == (not is_there)
        assert isinstance(claimed, Exception) == (deleted is None)


def test_who_had_the_door_of_a_deleted_event_alone_is_removed_on_record():
    house = make_organisation()
    gala, other = make_event(house), make_event(house)
    gone, stays = make_user("one@door.example"), make_user("two@door.example")
    make_member(house, gone, Role.DOOR, event_id=gala.id)
    make_member(house, stays, Role.DOOR, event_id=other.id)
    make_invitation(house, role=Role.DOOR, event_id=gala.id)

    do(deleting.delete_event, gala)

    assert db.session.scalars(sa.select(OrganisationMember.user_id)).all() == [stays.id]
    assert count(Invitation) == 0
    told = sa.select(AuditEntry.subject, AuditEntry.action, AuditEntry.facts).where(AuditEntry.subject != "users")
    rows = db.session.execute(told.order_by(AuditEntry.id)).all()
    assert [(row.subject, row.action) for row in rows] == [
        ("organisation_members", "removed"),
        ("invitations", "withdrawn"),
        ("events", "deleted"),
    ]
    assert rows[0].facts == {"role": "door", "user": gone.id, "reason": "event deleted"}
