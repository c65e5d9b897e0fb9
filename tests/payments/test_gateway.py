import logging

from carneau.payments import gateway
from tests.buying import Buyer
from tests.making import make_ticket_type


def test_log_names_no_session(app, database, simulator, caplog):
    session_id = Buyer(app).begin(make_ticket_type())

    with caplog.at_level(logging.INFO):
        gateway.retrieve_session(session_id)

    assert session_id not in caplog.text
