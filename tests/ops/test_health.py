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
