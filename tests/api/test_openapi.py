"""The whole API is asked what its description allows and what it forbids: nothing crashes, and nothing is answered that
is not described."""

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type, make_token

SETTINGS = {
    "continue-on-failure": True,
    "seed": 1,
    "generation": {"max-examples": 15, "database": "none"},
    "phases": {"stateful": {"enabled": False}},
    # A schema cannot say that an address exists, or that no ticket type stands in two lines: that is a 422, too.
    "checks": {"positive_data_acceptance": {"enabled": False}},
}

# What each parameter may and may not be is tried with a token; without one that is refused at once, or the same.
WITHOUT_COVERAGE = {"stateful": {"enabled": False}, "coverage": {"enabled": False}}


@pytest.fixture
def known(database):
    """So that some of what is asked for is there."""
    house = make_organisation(slug="house")
    event = make_event(house, slug="gala")
    make_paid_purchase((make_ticket_type(event), 1))
    return make_token(house).header


@pytest.mark.parametrize("is_known", [True, False], ids=["with a token", "without"])
def test_nothing_crashes_and_nothing_is_answered_that_is_not_described(app, simulator, known, is_known):
    more = {"headers": known} if is_known else {"phases": WITHOUT_COVERAGE}
    config = SchemathesisConfig.from_dict(SETTINGS | more)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=config)
    found, asked = [], 0
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            found.append(str(event.info))
        if isinstance(event, ScenarioFinished):
            asked += len(event.recorder.interactions)
            for case_id, checks in event.recorder.checks.items():
                case = event.recorder.cases[case_id].value
                asks = f"{case.method} {case.formatted_path} {case.query} {str(case.body)[:300]}"
                failed = [check for check in checks if check.failure_info]
                found += [f"{asks}: {check.name}: {check.failure_info.failure}" for check in failed]

    assert asked > 100
    assert found == [], "\n\n".join(found)
