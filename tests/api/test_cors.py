import pytest

from carneau import create_app
from carneau.core.db import db
from config import Config, UnsafeSettings
from tests.making import make_event, make_organisation, make_ticket_type, make_token

SHOP = "https://shop.example"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def with_cors(database, settings, app):
    """`with_cors("*")`: a client of an installation with this setting."""
    made = []

    def making(origins):
        made.append(create_app(Config.from_env(settings | {"CORS_ORIGINS": origins})))
        return made[-1].test_client()

    yield making
    for each in made:
        with each.app_context():
            db.engine.dispose()
    create_app(Config.from_env(settings))


def test_it_is_off_by_default(client):
    for answer in (client.get("/api/events", headers={"Origin": SHOP}), preflight(client, "/api/ticketTypes")):
        assert not any(name.startswith("Access-Control") for name in dict(answer.headers))


def preflight(client, path):
    asks = {"Origin": SHOP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    return client.options(path, headers=asks)


def test_a_star_opens_what_is_public_and_nothing_else(with_cors):
    client, house = with_cors("*"), make_organisation(slug="house")
    for path in ("/api/events", f"/api/events/{make_event(house).slug}", "/api/openapi.json"):
        assert client.get(path, headers={"Origin": SHOP}).headers[ALLOWED] == "*", path
    made = make_token(house).header | {"Origin": SHOP}
    assert ALLOWED not in client.get("/api/organisations/house/events", headers=made).headers
    assert ALLOWED not in preflight(client, "/api/ticketTypes").headers


def test_a_listed_origin_may_call_everything_without_our_cookies(with_cors, simulator):
    client, house = with_cors(f"{SHOP}, https://other.example"), make_organisation(slug="house")
    answer = preflight(client, "/create-checkout-session")
    assert (answer.headers[ALLOWED], "POST" in answer.headers["Access-Control-Allow-Methods"]) == (SHOP, True)
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    kind = make_ticket_type(make_event(house))
    body = {"lines": [{"ticketTypeId": kind.public_id, "quantity": 1}], "name": "Ada", "email": "ada@buyer.example"}
    from_shop = {"Origin": SHOP, "Sec-Fetch-Site": "cross-site"}
    sold = client.post("/create-checkout-session", json=body, headers=from_shop)
    assert (sold.status_code, sold.headers[ALLOWED]) == (201, SHOP)
    assert "Access-Control-Allow-Credentials" not in sold.headers
    elsewhere = client.post(
        "/create-checkout-session", json=body, headers=from_shop | {"Origin": "https://evil.example"}
    )
    assert (elsewhere.status_code, ALLOWED in elsewhere.headers) == (403, False)


@pytest.mark.parametrize("origins", ["shop.example", "https://shop.example/", "https://a@b.example", "ftp://x", "null"])
def test_what_is_no_origin_is_refused_at_the_start(settings, origins):
    with pytest.raises(UnsafeSettings, match="CORS_ORIGINS"):
        Config.from_env(settings | {"CORS_ORIGINS": origins})
