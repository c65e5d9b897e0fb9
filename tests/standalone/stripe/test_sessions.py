import time
from typing import Any

import pytest
import stripe

from carneau.standalone.stripe import Simulator
from tests.standalone.stripe.conftest import NewSession, line, session_params


def test_a_session_is_created_open_with_the_sums_of_its_lines(new_session: NewSession, sim: Simulator) -> None:
    session = new_session(line_items=[line("Standing", 4900, 2), line("Fee", 250)], customer_email="a@b.ch")

    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 10050)
    assert session.url == f"{sim.url}/c/pay/{session.id}"
    assert session.payment_intent is None
    assert session.customer_email == "a@b.ch"
    assert session.metadata is not None
    assert session.metadata["purchase"] == "K7NQ-42VD"
    assert session.expires_at - session.created == 24 * 3600


def test_a_session_is_retrieved_with_what_was_asked_to_be_expanded(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    id = new_session().id
    sim.pay(id)

    plain = client.v1.checkout.sessions.retrieve(id)
    expand = ["payment_intent.latest_charge", "line_items"]
    full = client.v1.checkout.sessions.retrieve(id, {"expand": expand})

    assert isinstance(plain.payment_intent, str)
    assert not hasattr(plain, "line_items")
    assert isinstance(full.payment_intent, stripe.PaymentIntent)
    assert isinstance(full.payment_intent.latest_charge, stripe.Charge)
    assert full.line_items is not None
    assert full.line_items.data[0].description == "Standing"


def test_a_property_that_cannot_be_expanded_is_refused(client: stripe.StripeClient, new_session: NewSession) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(new_session().id, {"expand": ["payment_intnet"]})


def test_line_items_are_listed_page_by_page(client: stripe.StripeClient, new_session: NewSession) -> None:
    session = new_session(line_items=[line(f"Row {i}", 1000 + i) for i in range(12)])

    first = client.v1.checkout.sessions.line_items.list(session.id, {"limit": 5})
    names = [item.description for item in first.auto_paging_iter()]

    assert (len(first.data), first.has_more) == (5, True)
    assert names == [f"Row {i}" for i in range(12)]


def test_sessions_are_listed_newest_first_and_filtered(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    ids = [new_session().id for _ in range(5)]
    sim.pay(ids[0])
    sim.expire(ids[1])
    sessions = client.v1.checkout.sessions
    intent = sim.session(ids[0])["payment_intent"]

    assert [each.id for each in sessions.list().data] == ids[::-1]
    assert [each.id for each in sessions.list({"limit": 2}).auto_paging_iter()] == ids[::-1]
    assert [each.id for each in sessions.list({"status": "complete"}).data] == [ids[0]]
    assert [each.id for each in sessions.list({"status": "expired"}).data] == [ids[1]]
    assert [each.id for each in sessions.list({"payment_intent": intent}).data] == [ids[0]]
    assert sessions.list({"created": {"lt": 1000}}).data == []
    assert len(sessions.list({"created": {"gte": int(time.time()) - 100}}).data) == 5
    expanded = sessions.list({"expand": ["data.payment_intent"], "status": "complete"}).data[0]
    assert isinstance(expanded.payment_intent, stripe.PaymentIntent)
    before = sessions.list({"ending_before": ids[2], "limit": 1})
    assert ([each.id for each in before.data], before.has_more) == ([ids[3]], True)


@pytest.mark.parametrize("seconds", [29 * 60, 24 * 3600 + 60])
def test_expiry_lies_between_half_an_hour_and_a_day(new_session: NewSession, seconds: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="expires_at") as refused:
        new_session(expires_at=int(time.time()) + seconds)
    assert refused.value.param == "expires_at"


def test_an_open_session_expires_when_asked_and_only_then(
    client: stripe.StripeClient, new_session: NewSession, sim: Simulator
) -> None:
    id = new_session().id
    expired = client.v1.checkout.sessions.expire(id)

    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        client.v1.checkout.sessions.expire(id)
    paid = new_session().id
    sim.pay(paid)
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        client.v1.checkout.sessions.expire(paid)


def test_a_session_expires_by_itself(client: stripe.StripeClient, new_session: NewSession, sim: Simulator) -> None:
    session = new_session(expires_at=int(time.time()) + 1860)
    sim.advance(1859)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    sim.advance(2)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert [event["data"]["object"]["id"] for event in sim.events("checkout.session.expired")] == [session.id]


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"mode": None}, "mode", "parameter_missing"),
        ({"success_url": None}, "success_url", "parameter_missing"),
        ({"line_items": None}, "line_items", "parameter_missing"),
        ({"success_url": "shop"}, "success_url", "url_invalid"),
        ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
        ({"line_items": [line("Ticket", 20)]}, None, "amount_too_small"),
        ({"line_items": [line("Ticket", -20)]}, "line_items[0][price_data][unit_amount]", None),
        ({"line_items": [line("Ticket", 2000, 0)]}, "line_items[0][quantity]", None),
        ({"line_items": [line("A", 2000), line("B", 2000, currency="eur")]}, "line_items", None),
        ({"line_items": [line("A", 2000, currency="xyz")]}, "line_items[0][price_data][currency]", None),
        ({"metadata": {"k" * 41: "v"}}, "metadata", None),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"metadata": {f"k{i}": "v" for i in range(51)}}, "metadata", None),
        ({"mode": "subscription"}, "mode", None),
        ({"allow_promotion_codes": True}, "allow_promotion_codes", None),
    ],
)
def test_what_stripe_refuses_is_refused(
    new_session: NewSession, params: dict[str, Any], param: str | None, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        new_session(**params)
    assert refused.value.param == param
    assert code is None or refused.value.code == code
    assert refused.value.http_status == 400


def test_an_unknown_session_is_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"No such checkout\.session: 'cs_1'") as refused:
        client.v1.checkout.sessions.retrieve("cs_1")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_ways_to_pay_follow_the_currency_unless_they_are_named(new_session: NewSession) -> None:
    assert new_session().payment_method_types == ["card", "sepa_debit"]
    dollars = new_session(line_items=[line("Ticket", 2000, currency="usd")])
    assert dollars.payment_method_types == ["card", "us_bank_account"]
    assert new_session(allowed_payment_method_types=["card"]).payment_method_types == ["card"]
    assert new_session(excluded_payment_method_types=["card"]).payment_method_types == ["sepa_debit"]
    with pytest.raises(stripe.InvalidRequestError, match="No way to pay is left"):
        new_session(allowed_payment_method_types=["klarna"])


def test_the_key_and_the_version_are_asked_for(sim: Simulator) -> None:
    stranger = stripe.StripeClient("sk_test_other_key", base_addresses={"api": sim.url}, max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*+_key"):
        stranger.v1.checkout.sessions.list()
    nobody = sim.app.test_client().get("/v1/events")
    assert nobody.status_code == 401
    assert nobody.json is not None
    assert "You did not provide an API key" in nobody.json["error"]["message"]
    older = stripe.StripeClient(
        sim.world.settings.secret_key, base_addresses={"api": sim.url}, stripe_version="2020-08-27"
    )
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        older.v1.checkout.sessions.create(session_params())


def test_an_unknown_address_is_said_to_be_one(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.v1.customers.list()
