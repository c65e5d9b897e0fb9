from typing import Any

import pytest
import stripe

from carneau.standalone.stripe import Simulator
from tests.standalone.stripe.conftest import KEY, NewSession, session_params


def how_many(sim: Simulator) -> int:
    return len(sim.world.store.page([("kind = ?", "checkout.session")], 100))


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        ("500", stripe.APIError),
        ("429", stripe.RateLimitError),
        ("html", stripe.APIError),
        ("after_effect", stripe.APIError),
    ],
)
def test_the_next_requests_fail_as_the_switch_says(
    new_session: NewSession, sim: Simulator, failure: str, error: type[Exception]
) -> None:
    sim.switches.api_failure = failure
    sim.switches.api_failure_count = 2
    for _ in range(2):
        with pytest.raises(error):
            new_session({"idempotency_key": "once"}) if failure != "after_effect" else new_session()
    assert new_session().status == "open"
    assert how_many(sim) == (3 if failure == "after_effect" else 1)


def test_work_done_behind_a_failed_answer_is_found_again_with_the_same_key(
    new_session: NewSession, sim: Simulator
) -> None:
    sim.switches.api_failure = "after_effect"
    sim.switches.api_failure_count = 1
    with pytest.raises(stripe.APIError):
        new_session({"idempotency_key": "once"})
    assert how_many(sim) == 1
    assert new_session({"idempotency_key": "once"}).status == "open"
    assert how_many(sim) == 1


def test_the_library_retries_by_itself_without_a_second_session(sim: Simulator) -> None:
    sim.switches.api_failure = "after_effect"
    sim.switches.api_failure_count = 1
    http = stripe.RequestsClient()
    patient = stripe.StripeClient(KEY, base_addresses={"api": sim.url}, http_client=http, max_network_retries=2)
    patient.v1.checkout.sessions.create(session_params())
    http.close()
    assert how_many(sim) == 1


def test_failures_come_by_chance_too(new_session: NewSession, sim: Simulator) -> None:
    sim.switches.api_failure = "500"
    sim.switches.api_failure_probability = 1.0
    with pytest.raises(stripe.APIError):
        new_session()
    sim.switches.api_failure_probability = 0.0
    assert new_session().status == "open"


def test_a_slow_answer_runs_into_the_callers_limit(sim: Simulator) -> None:
    sim.switches.api_sleep_seconds = 0.6
    http = stripe.RequestsClient(timeout=0.2)
    hasty = stripe.StripeClient(KEY, base_addresses={"api": sim.url}, http_client=http, max_network_retries=0)
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.checkout.sessions.create(session_params())
    http.close()


def test_switches_are_set_over_http(sim: Simulator) -> None:
    browser = sim.app.test_client()
    wanted: dict[str, Any] = {"duplicates": 2, "api_failure": "html", "api_failure_count": 1, "deliver": False}
    answer = browser.post("/_simulator/switches", json=wanted)

    assert answer.json is not None
    assert answer.json.items() >= wanted.items()
    assert sim.switches.duplicates == 2
    assert browser.get("/_simulator/switches").json == answer.json
    for wrong in ({"duplicate": 2}, {"duplicates": "many"}, {"api_failure": "fire"}):
        assert browser.post("/_simulator/switches", json=wrong).status_code == 400
    browser.post("/_simulator/switches", data={"api_failure": "", "deliver": "true", "delay_seconds": "0.5"})
    assert (sim.switches.api_failure, sim.switches.deliver, sim.switches.delay_seconds) == (None, True, 0.5)
