import threading
import time

import pytest
import stripe

from carneau.standalone.stripe import Simulator
from tests.standalone.stripe.conftest import KEY, SECRET, NewSession, until
from tests.standalone.stripe.receiving import Receiver

SENT = {"charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"}


def test_events_arrive_signed_so_that_the_library_takes_them(
    new_session: NewSession, sim: Simulator, receiver: Receiver, client: stripe.StripeClient
) -> None:
    id = new_session().id
    sim.pay(id)
    until(lambda: len(receiver.received) == 3)

    events = {event.type: event for event in receiver.events(SECRET)}
    assert events.keys() == SENT
    completed = events["checkout.session.completed"]
    assert completed.api_version == stripe.api_version
    assert completed.data.object["id"] == id
    assert not completed.livemode
    until(lambda: not client.v1.events.list({"delivery_success": False}).data)
    assert client.v1.events.retrieve(completed.id).pending_webhooks == 0
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.events("whsec_of_someone_else")


def test_an_event_is_sent_again_until_it_is_taken(new_session: NewSession, sim: Simulator, receiver: Receiver) -> None:
    receiver.answers = [500, 404, 302]
    sim.expire(new_session().id)
    until(lambda: len(receiver.received) == 4)
    time.sleep(0.2)
    assert len({body for body, _ in receiver.received}) == 1
    assert len(receiver.received) == 4


def test_an_unreachable_webhook_gets_its_events_when_it_is_back(
    new_session: NewSession, sim: Simulator, receiver: Receiver
) -> None:
    sim.world.webhook_url = "http://127.0.0.1:1/webhook"
    sim.expire(new_session().id)
    time.sleep(0.1)
    sim.world.webhook_url = receiver.url
    assert until(lambda: receiver.events(SECRET))[0].type == "checkout.session.expired"


def test_duplicates_are_sent_as_the_switch_says(new_session: NewSession, sim: Simulator, receiver: Receiver) -> None:
    sim.switches.duplicates = 3
    sim.expire(new_session().id)
    until(lambda: len(receiver.received) == 3)
    assert len({event.id for event in receiver.events(SECRET)}) == 1


def test_reordering_shuffles_within_its_window(new_session: NewSession, sim: Simulator, receiver: Receiver) -> None:
    sim.switches.reorder_seconds = 0.5
    ids = [new_session().id for _ in range(12)]
    for id in ids:
        sim.expire(id)
    until(lambda: len(receiver.received) == 12)
    arrived = [event.data.object["id"] for event in receiver.events(SECRET)]
    assert sorted(arrived) == sorted(ids)
    assert arrived != ids


def test_a_delay_delays(new_session: NewSession, sim: Simulator, receiver: Receiver) -> None:
    sim.switches.delay_seconds = 0.4
    sim.expire(new_session().id)
    time.sleep(0.2)
    assert not receiver.received
    until(lambda: receiver.received)


def test_dropped_events_never_come_but_are_listed(
    new_session: NewSession, sim: Simulator, receiver: Receiver, client: stripe.StripeClient
) -> None:
    sim.switches.drop_probability = 1
    sim.expire(new_session().id)
    time.sleep(0.2)
    assert not receiver.received
    assert [event.type for event in client.v1.events.list().data] == ["checkout.session.expired"]


def test_with_delivery_off_a_test_delivers_by_hand(new_session: NewSession, sim: Simulator, receiver: Receiver) -> None:
    sim.switches.deliver = False
    sim.pay(new_session().id)
    time.sleep(0.1)
    assert not receiver.received

    signed = sim.deliveries()
    events = [stripe.Webhook.construct_event(each.payload, each.header, SECRET) for each in signed]
    assert [event.type for event in events][-1] == "checkout.session.completed"
    assert {event.type for event in events} == SENT
    old = sim.signed(sim.events("checkout.session.completed")[0], timestamp=int(time.time()) - 3600)
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(old.payload, old.header, SECRET)


def test_an_event_keeps_what_was_true_when_it_happened(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    id = new_session().id
    sim.pay(id)
    client.v1.refunds.create({"payment_intent": sim.session(id)["payment_intent"]})
    (charged,) = sim.events("charge.succeeded")
    (refunded,) = sim.events("charge.refunded")
    assert charged["data"]["object"]["amount_refunded"] == 0
    assert refunded["data"]["object"]["amount_refunded"] == 9800
    assert refunded["data"]["previous_attributes"] == {"amount_refunded": 0, "refunded": False}


def test_events_are_listed_by_type_and_page(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    for _ in range(3):
        sim.pay(new_session().id)
    events = client.v1.events

    assert len(events.list({"type": "checkout.session.completed"}).data) == 3
    assert len(events.list({"type": "checkout.session.*"}).data) == 3
    assert len(events.list({"types": ["charge.succeeded", "payment_intent.succeeded"]}).data) == 6
    page = events.list({"limit": 5})
    assert (len(page.data), page.has_more) == (5, True)
    assert len(list(page.auto_paging_iter())) == 12
    rest = events.list({"limit": 100, "starting_after": page.data[-1].id})
    assert (len(rest.data), rest.has_more) == (7, False)
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        events.list({"type": "charge.succeeded", "types": ["charge.succeeded"]})
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        events.list({"limit": 101})
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        events.list({"starting_after": "evt_1"})
    assert stripe.StripeClient(KEY).construct_event(*sim.deliveries()[0], SECRET).type in SENT


def test_paying_and_delivering_at_once_never_wait_for_each_other(
    new_session: NewSession, sim: Simulator, receiver: Receiver
) -> None:
    """The courier once held its bell while asking for the store, and a payer the store while ringing."""
    sim.switches.duplicates = 2
    ids = [new_session().id for _ in range(60)]
    payers = [threading.Thread(target=lambda part=part: [sim.pay(id) for id in part]) for part in (ids[::2], ids[1::2])]
    for payer in payers:
        payer.start()
    until(lambda: len(receiver.received) == 60 * 3 * 2, 20)
    for payer in payers:
        payer.join(1)
    assert not any(payer.is_alive() for payer in payers)
