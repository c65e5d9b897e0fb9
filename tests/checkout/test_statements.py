from carneau.core import outbox
from tests.buying import Buyer, deliver, session_of
from tests.making import make_event, make_ticket_type

MOST = 25


def test_purchase_of_two_kinds_takes_25_statements_from_the_form_to_the_mail_that_is_owed(
    app, simulator, count_statements
):
    event = make_event(booking_fee_minor=150)
    ada = Buyer(app)
    ada.take(make_ticket_type(event), 2)
    ada.take(make_ticket_type(event), 3)

    with count_statements() as statements:
        simulator.pay(session_of(ada.check_out()))
        deliver(app, simulator, "checkout.session.completed")
        assert outbox.do_next()

    assert len(statements) <= MOST, "\n".join(statements)


def test_success_page_of_a_settled_purchase_takes_the_same_statements_for_many_tickets(
    app, simulator, count_statements
):
    counts = []
    for quantity in (1, 10):
        ada = Buyer(app)
        session_id = ada.begin(make_ticket_type(), quantity)
        simulator.pay(session_id)
        ada.come_back(session_id)
        with count_statements() as statements:
            assert ada.come_back(session_id).text.count("/tickets/") >= quantity
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 9
