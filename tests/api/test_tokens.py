from datetime import timedelta

import pytest

from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.integrations import tokens
from carneau.integrations.models import ApiToken
from carneau.integrations.scopes import Scope
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type, make_token

NEEDS = {
    "GET /api/organisations/{house}/events": Scope.EVENTS_READ,
    "GET /api/organisations/{house}/purchases": Scope.PURCHASES_READ,
    "GET /api/organisations/{house}/purchases/{ref}": Scope.PURCHASES_READ,
    "GET /api/organisations/{house}/attendees": Scope.ATTENDEES_READ,
    "POST /api/ticketTypes": Scope.EVENTS_WRITE,
}
OPENED = {"GET": 200, "POST": 422}


@pytest.fixture
def house(database):
    return make_organisation(slug="house")


@pytest.fixture
def ask(client, house):
    purchase = make_paid_purchase((make_ticket_type(make_event(house)), 1))

    def asking(operation, header, slug="house"):
        method, path = operation.format(house=slug, ref=purchase.ref).split()
        return client.open(path, method=method, headers=header, json={} if method == "POST" else None)

    return asking


@pytest.mark.parametrize("operation", NEEDS)
@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_opens_what_its_scope_names_and_nothing_else(ask, house, operation, scope):
    answer = ask(operation, make_token(house, scope).header)

    assert answer.status_code == (OPENED[operation.split()[0]] if scope is NEEDS[operation] else 403)
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("operation", [each for each in NEEDS if "{house}" in each])
def test_another_organisation_looks_like_one_that_does_not_exist(ask, house, operation):
    rival = make_token(make_organisation(slug="rivals")).header

    foreign, missing = ask(operation, rival), ask(operation, rival, slug="nobody")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json == missing.json
    assert ask(operation.replace("{house}", "rivals"), rival).status_code == (404 if "{ref}" in operation else 200)


def test_a_revoked_token_is_refused_with_the_next_request(ask, house):
    made = make_token(house)
    assert ask("GET /api/organisations/{house}/events", made.header).status_code == 200
    with transaction():
        tokens.revoke(db.session.get_one(ApiToken, made.token.id), "system")

    assert ask("GET /api/organisations/{house}/events", made.header).status_code == 401


def test_an_expired_token_is_refused(ask, house):
    past = make_token(house, expires_at=clock.now() - timedelta(seconds=1))
    future = make_token(house, expires_at=clock.now() + timedelta(hours=1))

    assert ask("GET /api/organisations/{house}/events", past.header).status_code == 401
    assert ask("GET /api/organisations/{house}/events", future.header).status_code == 200


def test_it_is_noted_when_a_token_was_used_last(ask, house):
    made = make_token(house)
    ask("GET /api/organisations/{house}/events", made.header)
    db.session.rollback()

    assert db.session.get_one(ApiToken, made.token.id, populate_existing=True).last_used_at is not None


def test_a_program_that_calls_without_pause_is_told_to_wait_and_others_are_not(ask, house):
    busy = make_token(house, window_count=tokens.MOST_A_MINUTE - 1, window_ends_at=clock.now() + timedelta(seconds=40))
    path = "GET /api/organisations/{house}/events"

    assert ask(path, busy.header).status_code == 200
    refused = ask(path, busy.header)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 41
    assert ask(path, make_token(house).header).status_code == 200


def test_a_window_that_is_over_begins_anew(database, house):
    made = make_token(house, window_count=9999, window_ends_at=clock.now() - timedelta(seconds=1))
    with transaction():
        bearer, full_until = tokens.use(made.secret)

    assert full_until is None
    assert bearer.organisation_id == house.id


@pytest.mark.parametrize("sent", ["Bearer", "Bearer ", "Bearer no", "Basic YTpi", "bearer \udce4", "", "Token x"])
def test_what_is_no_token_opens_nothing(client, house, sent):
    header = {"Authorization": sent.encode("utf-8", "surrogateescape").decode("latin-1")}

    assert client.get("/api/organisations/house/events", headers=header).status_code == 401
