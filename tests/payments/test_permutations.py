"""Events come twice, out of order, days late: whatever Stripe sends of a session, in whatever order, ends in the same
rows."""

from functools import cache
from itertools import permutations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carneau.catalogue.models import TicketType
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.inventory.models import Hold
from carneau.ops import invariants
from carneau.payments.models import Payment, Refund
from carneau.purchases.models import Purchase
from carneau.tickets.models import Ticket
from tests.buying import Buyer
from tests.making import make_event, make_ticket_type
from tests.payments.saying import Session, open_session, run

PRICE = 2400


def paid(session):
    return [session.completed()]


def paid_and_refunded(session):
    return [session.completed(), session.refunded(1000), session.refunded(2 * PRICE), session.disputed()]


def paid_and_partly_refunded(session):
    return [session.completed(), session.refunded(500), session.refunded(1000)]


def paid_later(session):
    return [session.completed(paid=False), session.succeeded_later(), session.disputed()]


def paid_later_and_refunded(session):
    return [session.completed(paid=False), session.succeeded_later(), session.refunded(2 * PRICE)]


def returned_by_the_bank(session):
    return [session.completed(paid=False), session.failed_later()]


def never_paid(session):
    return [session.expired()]


STORIES = [
    paid,
    paid_and_refunded,
    paid_and_partly_refunded,
    paid_later,
    paid_later_and_refunded,
    returned_by_the_bank,
    never_paid,
]


def rows(session: Session):
    """All that a person could notice, without ids and times; of letters their kinds, for who hears of the second of two
    refunds first is not told of the first."""
    db.session.rollback()
    db.session.expire_all()
    purchase = db.session.get_one(Purchase, session.purchase_id)
    payment = db.session.get_one(Payment, session.payment_id)
    kind = newest_type()
    return {
        "purchase": (purchase.payment_status, purchase.refunded_minor, purchase.paid_at is not None),
        "payment": (
            payment.session_status,
            payment.paid_at is not None,
            payment.disputed_at is not None,
            payment.flagged,
            payment.sent_back,
        ),
        "places": (kind.held_quantity, kind.sold_quantity),
        "holds": db.session.scalar(sa.select(sa.func.count()).where(Hold.purchase_id == purchase.id)),
        "tickets": sorted(db.session.scalars(sa.select(Ticket.status).where(Ticket.purchase_id == purchase.id)).all()),
        "mails": set(db.session.scalars(sa.select(Mail.kind).where(Mail.subject_id == purchase.id))),
        "refunds": db.session.execute(
            sa.select(Refund.amount_minor, Refund.status).where(Refund.purchase_id == purchase.id)
        ).all(),
    }


def newest_type():
    return db.session.scalars(sa.select(TicketType).order_by(TicketType.id.desc()).limit(1)).one()


def a_session(app, keeps_id=True):
    buyer = Buyer(app)
    buyer.take(make_ticket_type(make_event(), price_minor=PRICE, total_quantity=5), 2)
    return open_session(buyer, keeps_id)


@cache
def as_it_happened(app, story):
    session = a_session(app)
    run(*story(session))
    return rows(session)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_order_of_a_sessions_events_ends_in_the_same_rows(app, invariants_hold, story):
    expected = as_it_happened(app, story)

    for order in permutations(range(len(story(a_session(app))))):
        session = a_session(app)
        events = story(session)
        run(*(events[place] for place in order))
        assert rows(session) == expected, order
    invariants_hold()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_repeated_and_shuffled_events_end_in_the_same_rows(app, database, data):
    story = data.draw(st.sampled_from(STORIES), label="story")
    keeps_id = data.draw(st.booleans(), label="we kept the session's id before the first webhook")
    expected = as_it_happened(app, story)
    session = a_session(app, keeps_id)
    events = story(session)

    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=3), label="repeated")
    run(*data.draw(st.permutations(repeated), label="order"))

    assert rows(session) == expected
    with transaction():
        assert invariants.violations() == {}


@pytest.mark.parametrize("is_sold_out", [False, True])
def test_payment_after_the_hold_is_gone_and_its_refund_in_any_order(app, invariants_hold, is_sold_out):
    outcomes = []
    for order in permutations(range(2)):
        session = a_session(app)
        run(session.expired())
        if is_sold_out:
            with transaction():
                db.session.execute(
                    sa.update(TicketType).where(TicketType.id == newest_type().id).values(total_quantity=1)
                )
        events = [session.completed(), session.refunded(session.amount)]
        run(*(events[place] for place in order))
        outcomes.append(rows(session))

    assert outcomes[0] == outcomes[1]
    assert outcomes[0]["tickets"] == ([] if is_sold_out else ["void", "void"])
    assert outcomes[0]["payment"][-1] == ("too_late" if is_sold_out else None)
    invariants_hold()
