from typing import Any

import pytest
import stripe

from carneau.standalone.stripe import Simulator, SimulatorSettings, create_simulator
from carneau.standalone.stripe.objects import Mismatch, problems
from tests.standalone.stripe.conftest import NewSession, line


@pytest.fixture
def paid(new_session: NewSession, sim: Simulator) -> dict[str, Any]:
    id = new_session().id
    sim.pay(id)
    return sim.session(id)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"status": "completed"}, "'completed' is not one of"),
        ({"amount_total": "9800"}, "checkout.session.amount_total: '9800' is no int"),
        ({"amount_total": 98.5}, "is no int"),
        ({"livemode": 0}, "checkout.session.livemode: 0 is no bool"),
        ({"colour": "red"}, "checkout.session.colour: unknown field"),
        ({"metadata": {"purchase": 7}}, "checkout.session.metadata.purchase: 7 is no str"),
        ({"payment_method_types": "card"}, "is no list"),
        ({"customer_details": {"email": "a@b.ch", "mail": 1}}, "customer_details.mail: unknown field"),
        ({"automatic_tax": None}, "checkout.session.automatic_tax: None is no AutomaticTax"),
        ({"payment_intent": {"object": "payment_intent"}}, "payment_intent.amount: missing"),
        ({"total_details": {"amount_discount": 0}}, "total_details.amount_tax: missing"),
    ],
)
def test_an_object_that_stripe_would_not_send_is_caught(
    paid: dict[str, Any], change: dict[str, Any], complaint: str
) -> None:
    assert problems(paid) == []
    assert any(complaint in problem for problem in problems(paid | change))


def test_a_missing_field_is_caught(paid: dict[str, Any]) -> None:
    del paid["expires_at"]
    assert problems(paid) == ["checkout.session.expires_at: missing"]
    assert problems({"object": "customer"}) == ["customer: no such object"]
    assert problems({"object": "list", "data": [paid]}) == ["checkout.session.expires_at: missing"]


def test_an_event_is_held_against_its_class_and_its_objects(sim: Simulator, new_session: NewSession) -> None:
    sim.expire(new_session().id)
    (event,) = sim.events()
    assert problems(event | {"type": "checkout.session.gone"})
    event["data"]["object"]["mode"] = "pay"
    assert [problem.split(":")[0] for problem in problems(event)] == ["checkout.session.mode"]


def test_a_lie_of_our_own_is_a_500_and_fails_the_test_that_met_it() -> None:
    simulator = create_simulator(SimulatorSettings())
    with pytest.raises(Mismatch, match="status"), simulator:
        client = stripe.StripeClient("sk_test_simulator", base_addresses={"api": simulator.url}, max_network_retries=0)
        simulator.world.store.put({"id": "ch_1", "object": "charge", "created": 1, "status": "odd"})
        with pytest.raises(stripe.APIError, match="would have lied"):
            client.v1.charges.retrieve("ch_1")


@pytest.mark.parametrize(
    ("params", "param", "message"),
    [
        ({"sucess_url": "https://x.example"}, "sucess_url", "unknown parameter"),
        ({"locale": "xx"}, "locale", "must be one of"),
        ({"expires_at": "soon"}, "expires_at", "Invalid integer: soon"),
        ({"expires_at": 1.5}, "expires_at", "Invalid integer"),
        ({"line_items": "ticket"}, "line_items", "Invalid array"),
        ({"line_items": {"first": line("A", 1000)}}, "line_items", "Invalid array"),
        ({"line_items": [line("A", 1000) | {"qty": 1}]}, "line_items[0][qty]", "unknown parameter"),
        ({"line_items": [{"quantity": 1, "price_data": {}}]}, "line_items[0][price_data]", "Missing|Invalid"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"unit_amount": 1}}]},
            "line_items[0][price_data][currency]",
            "Missing required param",
        ),
        ({"metadata": "none"}, "metadata", "Invalid object"),
        ({"client_reference_id": ""}, "client_reference_id", "empty string"),
        ({"allow_promotion_codes": "yes"}, "allow_promotion_codes", "Invalid boolean"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "unknown parameter"),
    ],
)
def test_a_request_that_stripe_does_not_know_is_refused_by_name(
    new_session: NewSession, params: dict[str, Any], param: str, message: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message) as refused:
        new_session(**params)
    assert refused.value.param == param


def test_every_kind_of_object_passes_its_own_check(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    """The library's own resource is what comes out; nothing it declares as required is missing."""
    for method in ("card", "delayed"):
        id = new_session(customer_email="a@b.ch", client_reference_id="7", locale="de").id
        sim.pay(id, method=method)
        sim.settle_delayed(id)
        charge = sim.charge_of(id)
        client.v1.refunds.create({"charge": charge, "amount": 100})
        sim.dispute(charge)
    assert sim.world.mismatches == []
    for event in sim.events():
        assert problems(event) == []
