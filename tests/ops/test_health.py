import sqlalchemy.exc

from carneau.web import errors


def test_a_started_installation_is_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready"}


def test_an_unknown_address_is_answered_with_a_page_that_helps(client):
    answer = client.get("/no-such-page")

    assert answer.status_code == 404
    assert "link is incomplete" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_an_empty_installation_breaks_no_invariant(invariants_hold):
    invariants_hold()


def test_without_a_database_no_payment_of_anyones_is_denied(app, database):
    with app.test_request_context("/checkout/success"):
        answer = errors.unavailable(sqlalchemy.exc.TimeoutError())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "What you bought is safe" in answer.get_data(as_text=True)
    assert "Nothing was charged" not in answer.get_data(as_text=True)
