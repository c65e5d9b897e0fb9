import threading
import time
from pathlib import Path
from typing import Any

import pytest
import stripe

from carneau.standalone.stripe import Simulator, SimulatorSettings, create_simulator
from tests.standalone.stripe.conftest import KEY, SECRET, NewSession, line, session_params


def test_the_same_key_gets_the_first_answer_again(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    first = new_session({"idempotency_key": "purchase-7"})
    sim.pay(first.id)
    again = new_session({"idempotency_key": "purchase-7"})

    assert again.id == first.id
    assert again.status == "open"
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_the_same_key_with_another_request_is_refused(new_session: NewSession) -> None:
    new_session({"idempotency_key": "purchase-7"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as refused:
        new_session({"idempotency_key": "purchase-7"}, line_items=[line("Other", 999)])
    assert refused.value.http_status == 400


def test_a_key_is_forgotten_after_a_day(new_session: NewSession, sim: Simulator) -> None:
    first = new_session({"idempotency_key": "purchase-7"})
    sim.advance(24 * 3600 + 1)
    assert new_session({"idempotency_key": "purchase-7"}).id != first.id


def test_the_same_key_at_the_same_time_is_a_conflict(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    sim.switches.api_sleep_seconds = 0.4
    slow = threading.Thread(target=new_session, args=({"idempotency_key": "purchase-7"},))
    slow.start()
    time.sleep(0.2)
    with pytest.raises(stripe.APIError, match="another in-progress request") as refused:
        new_session({"idempotency_key": "purchase-7"})
    slow.join()
    assert (refused.value.http_status, len(client.v1.checkout.sessions.list().data)) == (409, 1)


def test_a_refused_refund_stays_refused_and_an_unreadable_request_is_not_kept(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    id = new_session().id
    sim.pay(id)
    refund: Any = {"payment_intent": sim.session(id)["payment_intent"], "amount": 10_000}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.refunds.create(refund, {"idempotency_key": "refund-1"})
    assert refused.value.headers is not None
    assert refused.value.headers["Idempotent-Replayed"] == "true"

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({**refund, "amount": "ten"}, {"idempotency_key": "refund-2"})
    good = client.v1.refunds.create({**refund, "amount": 10}, {"idempotency_key": "refund-2"})
    assert good.amount == 10


def test_a_restart_keeps_objects_answers_and_what_was_not_delivered(tmp_path: Path) -> None:
    settings = SimulatorSettings(KEY, SECRET, "http://127.0.0.1:1/webhook", tmp_path / "state.sqlite3")
    with create_simulator(settings) as before:
        client = stripe.StripeClient(KEY, base_addresses={"api": before.url})
        first = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"})
        before.pay(first.id)

    with create_simulator(settings) as after:
        client = stripe.StripeClient(KEY, base_addresses={"api": after.url})
        again = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"})
        assert again.id == first.id
        assert client.v1.checkout.sessions.retrieve(first.id).payment_status == "paid"
        undelivered = client.v1.events.list({"delivery_success": False}).data
        assert {event.type for event in undelivered} >= {"checkout.session.completed", "charge.succeeded"}
