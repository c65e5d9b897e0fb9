import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.fulfilment.fulfil import fulfil
from carneau.purchases.models import Purchase
from carneau.tickets import issuing, queries
from carneau.tickets.models import Ticket, TicketStatus
from tests.making import make_event, make_paid_purchase, make_ticket_type


def test_a_purchase_gets_one_ticket_a_place(database, invariants_hold):
    event = make_event()
    purchase = make_paid_purchase((make_ticket_type(event), 2), (make_ticket_type(event, name="Balcony"), 1))

    with transaction():
        tickets = fulfil(purchase)

    assert [(ticket.position, ticket.revision) for ticket in tickets] == [(1, 1), (2, 1), (1, 1)]
    assert {ticket.status for ticket in tickets} == {TicketStatus.VALID}
    assert {ticket.holder_name for ticket in tickets} == {"Ada Buyer"}
    invariants_hold()


def test_issuing_again_changes_nothing(database, invariants_hold):
    purchase = make_paid_purchase()
    with transaction():
        first = [ticket.ref for ticket in fulfil(purchase)]

    with transaction():
        again = [ticket.ref for ticket in fulfil(purchase)]

    assert again == first
    invariants_hold()


def test_eight_at_once_issue_once(database, in_parallel, invariants_hold):
    purchase_id = make_paid_purchase((make_ticket_type(), 5)).id
    make_paid_purchase()

    def issue():
        with transaction():
            return [ticket.ref for ticket in fulfil(db.session.get_one(Purchase, purchase_id))]

    outcomes = in_parallel(8, issue)

    assert len({tuple(refs) for refs in outcomes}) == 1
    assert len(outcomes[0]) == 5


def test_voiding_ends_what_is_valid_and_bumps_the_revision(database):
    purchase = make_paid_purchase((make_ticket_type(), 3))
    with transaction():
        first, second, third = issuing.issue(purchase)
        db.session.execute(
            sa.update(Ticket).where(Ticket.id == third.id).values(status="redeemed", redeemed_at=sa.func.now())
        )

    with transaction():
        one = issuing.void([first])
    with transaction():
        rest = issuing.void_all(purchase)

    assert [ticket.id for ticket in one] == [first.id]
    assert [ticket.id for ticket in rest] == [second.id]
    with transaction():
        assert [(ticket.status, ticket.revision) for ticket in queries.for_purchase(purchase)] == [
            ("void", 2),
            ("void", 2),
            ("redeemed", 1),
        ]


def test_a_void_ticket_does_not_come_back_by_issuing(database):
    purchase = make_paid_purchase()
    with transaction():
        issuing.issue(purchase)
        issuing.void_all(purchase)

    with transaction():
        assert {ticket.status for ticket in issuing.issue(purchase)} == {TicketStatus.VOID}
