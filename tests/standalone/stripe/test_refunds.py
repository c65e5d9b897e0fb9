import pytest
import stripe

from carneau.standalone.stripe import Simulator
from tests.standalone.stripe.conftest import NewSession


@pytest.fixture
def intent(new_session: NewSession, sim: Simulator) -> str:
    id = new_session().id
    sim.pay(id)
    return str(sim.session(id)["payment_intent"])


def charge_of(client: stripe.StripeClient, intent: str) -> stripe.Charge:
    return client.v1.charges.list({"payment_intent": intent}).data[0]


def test_a_whole_payment_is_refunded_once(client: stripe.StripeClient, sim: Simulator, intent: str) -> None:
    refund = client.v1.refunds.create({"payment_intent": intent, "reason": "requested_by_customer"})

    assert (refund.amount, refund.status, refund.reason) == (9800, "succeeded", "requested_by_customer")
    charge = charge_of(client, intent)
    assert (charge.refunded, charge.amount_refunded) == (True, 9800)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"
    assert len(sim.events("charge.refunded")) == 1


def test_parts_are_refunded_until_nothing_is_left(client: stripe.StripeClient, sim: Simulator, intent: str) -> None:
    charge = charge_of(client, intent).id
    first = client.v1.refunds.create({"charge": charge, "amount": 4900, "metadata": {"ticket": "1"}})
    assert first.metadata is not None
    assert first.metadata["ticket"] == "1"
    with pytest.raises(stripe.InvalidRequestError, match=r"CHF 49.01\) is greater than") as refused:
        client.v1.refunds.create({"charge": charge, "amount": 4901})
    assert refused.value.param == "amount"
    second = client.v1.refunds.create({"charge": charge, "amount": 4900})

    assert charge_of(client, intent).refunded
    assert [refund.id for refund in client.v1.refunds.list({"charge": charge}).data] == [second.id, first.id]
    assert client.v1.refunds.retrieve(first.id).amount == 4900
    amounts = [event["data"]["object"]["amount_refunded"] for event in sim.events("charge.refunded")]
    assert amounts == [4900, 9800]
    assert [event["type"] for event in sim.events("*refund*")][:3] == [
        "refund.created",
        "charge.refunded",
        "charge.refund.updated",
    ]


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_is_positive(client: stripe.StripeClient, intent: str, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="positive integer"):
        client.v1.refunds.create({"payment_intent": intent, "amount": amount})


def test_what_was_not_paid_cannot_be_refunded(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    id = new_session().id
    sim.pay(id, "4000000000000002")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": str(sim.session(id)["payment_intent"])})
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        client.v1.refunds.create({"payment_intent": "pi_1"})
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        client.v1.refunds.create({"amount": 100})
    with pytest.raises(stripe.InvalidRequestError, match="No such refund"):
        client.v1.refunds.retrieve("re_1")


def test_a_disputed_charge_is_not_refunded_too(client: stripe.StripeClient, sim: Simulator, intent: str) -> None:
    charge = charge_of(client, intent).id
    dispute = sim.dispute(charge)

    assert client.v1.charges.retrieve(charge).disputed
    assert client.v1.disputes.retrieve(dispute["id"]).amount == 9800
    assert client.v1.disputes.list({"charge": charge}).data[0].status == "needs_response"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"charge": charge})
    assert refused.value.code == "charge_disputed"
    assert sim.close_dispute(dispute["id"], won=False)["status"] == "lost"
    assert [event["type"] for event in sim.events("charge.dispute.*")] == [
        "charge.dispute.created",
        "charge.dispute.closed",
    ]


@pytest.mark.parametrize("method", ["card", "delayed"])
def test_a_slow_refund_is_pending_and_arrives_by_itself(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator, method: str
) -> None:
    id = new_session().id
    sim.pay(id, "4000000000007726", method=method)
    sim.settle_delayed(id)
    refund = client.v1.refunds.create({"charge": sim.charge_of(id)})
    assert refund.status == "pending"
    sim.advance(10)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert [event["type"] for event in sim.events("*refund*")] == [
        "refund.created",
        "charge.refunded",
        "charge.refund.updated",
        "refund.updated",
    ]


def test_a_refund_that_succeeded_may_come_back(client: stripe.StripeClient, sim: Simulator, intent: str) -> None:
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 1000})
    failed = [sim.settle_refund(refund.id, succeeded=False) for _ in range(2)]
    assert [each["status"] for each in failed] == ["failed", "failed"]
    charge = client.v1.charges.retrieve(charge_of(client, intent).id, {"expand": ["refunds"]})
    assert charge.amount_refunded == 0
    assert charge.refunds is not None
    assert charge.refunds.data[0].failure_reason == "expired_or_canceled_card"
    assert len(sim.events("refund.failed")) == 1
    assert sim.settle_refund(refund.id)["status"] == "failed"
