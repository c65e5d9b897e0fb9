import pytest
import stripe

from carneau.standalone.stripe import Simulator
from tests.standalone.stripe.conftest import NewSession, line

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


def types(sim: Simulator) -> list[str]:
    return [event["type"] for event in sim.events()]


def intent_of(client: stripe.StripeClient, id: str) -> stripe.PaymentIntent:
    session = client.v1.checkout.sessions.retrieve(id, {"expand": ["payment_intent.latest_charge"]})
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    return session.payment_intent


def test_a_good_card_pays(client: stripe.StripeClient, new_session: NewSession, sim: Simulator) -> None:
    id = new_session().id

    assert sim.pay(id, "4242 4242 4242 4242", email="lena@example.ch") is None

    session = client.v1.checkout.sessions.retrieve(id)
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.customer_details is not None
    assert session.customer_details.email == "lena@example.ch"
    intent = intent_of(client, id)
    assert (intent.status, intent.amount_received, intent.metadata["purchase"]) == (
        "succeeded",
        9800,
        "K7NQ-42VD",
    )
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.paid
    assert types(sim) == PAID


@pytest.mark.parametrize(
    ("card", "decline_code"),
    [
        ("4000000000000002", "generic_decline"),
        ("4000000000009995", "insufficient_funds"),
        ("4000056655665556", "test_mode_live_card"),
    ],
)
def test_a_refused_card_leaves_the_session_open_to_try_again(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator, card: str, decline_code: str
) -> None:
    id = new_session().id

    refusal = sim.pay(id, card)

    assert refusal is not None
    assert refusal.decline_code == decline_code
    assert client.v1.checkout.sessions.retrieve(id).status == "open"
    intent = intent_of(client, id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == decline_code
    assert types(sim) == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]

    assert sim.pay(id) is None
    assert intent_of(client, id).id == intent.id
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 2


def test_paying_twice_charges_once(client: stripe.StripeClient, new_session: NewSession, sim: Simulator) -> None:
    id = new_session().id
    sim.pay(id)
    sim.pay(id)
    assert len(client.v1.charges.list().data) == 1
    assert types(sim) == PAID


def test_an_expired_session_cannot_be_paid(new_session: NewSession, sim: Simulator) -> None:
    id = new_session().id
    sim.pay(id, "4000000000000002")
    sim.expire(id)
    with pytest.raises(Exception, match="expired"):
        sim.pay(id)
    assert sim.session(id)["payment_status"] == "unpaid"
    assert types(sim)[-2:] == ["payment_intent.canceled", "checkout.session.expired"]


@pytest.mark.parametrize(
    ("succeeded", "payment_status", "intent_status", "last"),
    [
        (True, "paid", "succeeded", "checkout.session.async_payment_succeeded"),
        (False, "unpaid", "requires_payment_method", "checkout.session.async_payment_failed"),
    ],
)
def test_a_delayed_payment_is_answered_later_and_once(
    client: stripe.StripeClient,
    new_session: NewSession,
    sim: Simulator,
    succeeded: bool,
    payment_status: str,
    intent_status: str,
    last: str,
) -> None:
    id = new_session().id
    sim.pay(id, method="delayed")

    waiting = client.v1.checkout.sessions.retrieve(id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert intent_of(client, id).status == "processing"

    sim.settle_delayed(id, succeeded)
    sim.settle_delayed(id, not succeeded)

    assert client.v1.checkout.sessions.retrieve(id).payment_status == payment_status
    assert intent_of(client, id).status == intent_status
    assert types(sim)[-1] == last
    assert types(sim).count(last) == 1


@pytest.mark.parametrize("succeeds", [True, False])
def test_a_delayed_payment_settles_by_itself_if_told_to(
    new_session: NewSession, sim: Simulator, succeeds: bool
) -> None:
    sim.switches.settle_after_seconds = 60
    sim.switches.settle_succeeds = succeeds
    id = new_session().id
    sim.pay(id, method="delayed")
    sim.advance(58)
    assert sim.session(id)["payment_status"] == "unpaid"
    sim.advance(4)
    last = "async_payment_succeeded" if succeeds else "async_payment_failed"
    assert types(sim)[-1] == f"checkout.session.{last}"


def test_nothing_to_pay_needs_no_card(new_session: NewSession, sim: Simulator) -> None:
    id = new_session(line_items=[line("Free", 0)]).id
    sim.pay(id)
    session = sim.session(id)
    assert (session["payment_status"], session["payment_intent"]) == ("no_payment_required", None)


def test_intents_and_charges_are_retrieved_and_listed(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    ids = [new_session().id for _ in range(3)]
    for id in ids:
        sim.pay(id)
    intents = [sim.session(id)["payment_intent"] for id in ids]
    assert [intent.id for intent in client.v1.payment_intents.list().data] == intents[::-1]
    intent = client.v1.payment_intents.retrieve(intents[0], {"expand": ["latest_charge"]})
    assert isinstance(intent.latest_charge, stripe.Charge)
    charge = client.v1.charges.retrieve(intent.latest_charge.id, {"expand": ["payment_intent", "refunds"]})
    assert isinstance(charge.payment_intent, stripe.PaymentIntent)
    assert charge.refunds is not None
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        client.v1.payment_intents.retrieve("pi_1")
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        client.v1.charges.retrieve("ch_1")
