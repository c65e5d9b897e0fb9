import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core.db import db
from carneau.email.models import Mail
from carneau.payments.models import Payment, SessionStatus
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.tickets.models import Ticket
from tests.buying import Buyer, only, session_of, settle
from tests.making import make_event, make_ticket_type


def counters():
    db.session.rollback()
    return db.session.execute(sa.select(TicketType.held_quantity, TicketType.sold_quantity)).one()


def test_from_cart_through_stripe_to_tickets(app, simulator, invariants_hold):
    kind = make_ticket_type(make_event(booking_fee_minor=150, tax_basis_points=700), price_minor=2400)
    ada = Buyer(app)
    ada.take(kind, 2)

    session_id = session_of(ada.check_out())
    assert simulator.session(session_id)["amount_total"] == 5100
    assert counters() == (2, 0)

    assert simulator.pay(session_id) is None
    settle(app, simulator)

    purchase = only(Purchase)
    assert (purchase.payment_status, purchase.total_minor) == (PaymentStatus.SUCCEEDED, 5100)
    assert counters() == (0, 2)
    assert only(Mail).kind == "confirmation"
    page = ada.come_back(session_id)
    assert page.status_code == 200
    assert page.text.count("/tickets/") == 2
    invariants_hold()


def test_success_page_settles_what_no_webhook_has_brought(app, simulator, invariants_hold):
    ada = Buyer(app)
    session_id = ada.begin(make_ticket_type())
    simulator.pay(session_id)

    page = ada.come_back(session_id)

    assert "Your tickets are here" in page.text
    assert only(Payment).session_status is SessionStatus.COMPLETE
    assert only(Ticket).holder_name == "Ada Verhoeven"
    settle(app, simulator)
    invariants_hold()


def test_free_tickets_skip_stripe(app, database, invariants_hold):
    ada = Buyer(app)
    ada.take(make_ticket_type(price_minor=0), 3)

    answer = ada.check_out()
    again = ada.check_out()

    assert answer.location.startswith("/checkout/success")
    assert again.location == answer.location
    assert ada.client.get(answer.location).text.count("/tickets/") == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0
    invariants_hold()


def test_double_click_makes_one_purchase_and_one_session(app, simulator, invariants_hold):
    ada = Buyer(app)
    ada.take(make_ticket_type())

    assert ada.check_out().location == ada.check_out().location
    only(Purchase), only(Payment)
    invariants_hold()
