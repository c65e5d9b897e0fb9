import threading

import sqlalchemy as sa

from carneau.cart import queries as carts
from carneau.core.db import db, transaction
from carneau.inventory.refusals import HoldExpired
from carneau.payments.models import Payment
from carneau.purchases import placing
from carneau.purchases.models import Purchase
from tests.buying import DETAILS, Buyer, only
from tests.making import make_ticket_type

SESSIONS = "SELECT count(*) FROM objects WHERE kind = 'checkout.session'"


def test_two_checkouts_of_one_cart_at_once_make_one_purchase_and_one_session(
    app, simulator, in_parallel, invariants_hold
):
    kind = make_ticket_type()
    Buyer(app).take(kind, 3)
    ada = Buyer(app)
    ada.take(kind, 2)

    answers = in_parallel(4, lambda: Buyer(app, ada.secret).check_out())

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    only(Purchase), only(Payment)
    assert simulator.world.store.rows(SESSIONS)[0][0] == 1
    invariants_hold()


def test_free_tickets_clicked_twice_at_once_are_issued_once(app, database, in_parallel, invariants_hold):
    ada = Buyer(app)
    ada.take(make_ticket_type(price_minor=0), 2)

    answers = in_parallel(4, lambda: Buyer(app, ada.secret).check_out())

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    only(Purchase)
    invariants_hold()


def test_control_without_the_carts_lock_the_second_click_is_refused(app, simulator, in_parallel):
    """The stock is safe by itself, for the places are handed over once; it is the buyer who would read that the
    places are gone, while the other click pays for them."""
    ada = Buyer(app)
    ada.take(make_ticket_type(), 2)
    gate = threading.Barrier(2)

    def place_what_was_read_before() -> None:
        with transaction():
            contents = carts.contents_of(carts.find_cart(ada.secret))
            gate.wait(timeout=10)
            placing.place(contents, DETAILS["name"], DETAILS["email"])

    outcomes = in_parallel(2, place_what_was_read_before)

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [HoldExpired]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Purchase)) == 1
