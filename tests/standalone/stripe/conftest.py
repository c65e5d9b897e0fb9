import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from carneau.standalone.stripe import Simulator, SimulatorSettings, create_simulator
from tests.standalone.stripe.receiving import Receiver

KEY = "sk_test_of_the_tests"
SECRET = "whsec_of_the_tests"

NewSession = Callable[..., stripe.checkout.Session]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    settings = SimulatorSettings(KEY, SECRET, retry_base_seconds=0.02, merchant="Halle Vier")
    with create_simulator(settings) as simulator:
        yield simulator


@pytest.fixture
def client(sim: Simulator) -> Iterator[stripe.StripeClient]:
    http = stripe.RequestsClient()
    yield stripe.StripeClient(KEY, base_addresses={"api": sim.url}, http_client=http, max_network_retries=0)
    http.close()


@pytest.fixture
def new_session(client: stripe.StripeClient) -> NewSession:
    def create(options: Any = None, **params: Any) -> stripe.checkout.Session:
        return client.v1.checkout.sessions.create(session_params(**params), options or {})

    return create


@pytest.fixture
def receiver(sim: Simulator) -> Iterator[Receiver]:
    with Receiver() as receiver:
        sim.world.webhook_url = receiver.url
        yield receiver
        sim.world.webhook_url = None


def session_params(**params: Any) -> Any:
    return {
        "mode": "payment",
        "success_url": "https://shop.example/checkout/success?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/checkout/cancelled",
        "line_items": [line("Standing", 4900, 2)],
        "metadata": {"purchase": "K7NQ-42VD"},
        "payment_intent_data": {"metadata": {"purchase": "K7NQ-42VD"}},
    } | params


def line(name: str, unit_amount: int, quantity: int = 1, currency: str = "chf") -> dict[str, Any]:
    price = {"currency": currency, "unit_amount": unit_amount, "product_data": {"name": name}}
    return {"quantity": quantity, "price_data": price}


def until(condition: Callable[[], Any], seconds: float = 5.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return found
