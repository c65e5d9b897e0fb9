import pytest
import sqlalchemy as sa

from carneau.core.db import db
from tests.making import make_organisation, make_token


@pytest.fixture
def header(database):
    return make_token(make_organisation()).header


def problem(answer):
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json["detail"]
    return answer.status_code, answer.json["code"]


def test_every_error_is_a_problem(client, header):
    def post(**more):
        return client.post("/api/ticketTypes", headers=header, **more)

    assert problem(client.get("/api/nowhere")) == (404, "not_found")
    assert problem(client.get("/api/events/none")) == (404, "not_found")
    assert problem(client.get("/api/events?q=%00")) == (400, "bad_request")
    assert problem(client.get("/api/events?month=2026-13")) == (422, "unfit")
    assert problem(client.get("/api/events?after=none")) == (422, "unfit")
    assert problem(client.get("/api/organisations/none/events")) == (401, "token_refused")
    assert problem(post(data="name=a")) == (415, "unsupported_media_type")
    assert problem(post(data=b"{", content_type="application/json")) == (400, "bad_request")
    assert problem(post(data=b'{"a":"\xff"}', content_type="application/json")) == (400, "bad_request")
    assert problem(post(data=b" " * 70_000, content_type="application/json")) == (413, "too_large")
    assert problem(post(json={})) == (422, "unfit")


def test_a_method_that_is_not_there_is_answered_with_those_that_are(client):
    answer = client.delete("/api/events")

    assert problem(answer) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_a_wrong_field_is_pointed_at(client, header):
    body = {"eventId": "e", "name": "n", "price": {"minor": "12", "currency": "EUR"}, "totalQuantity": 1}
    assert client.post("/api/ticketTypes", headers=header, json=body).json["errors"][0]["pointer"] == "#/price/minor"
    body = body | {"price": {"minor": 12, "currency": "EUR"}, "colour": "red"}
    assert "colour" in client.post("/api/ticketTypes", headers=header, json=body).json["detail"]


def test_a_refused_token_is_told_how_to_send_one(client):
    answer = client.get("/api/organisations/none/events", headers={"Authorization": "Basic YTpi"})

    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_records_the_answer_is_503_and_says_when_to_come_back(client, header):
    db.session.rollback()
    with db.engine.connect() as other:
        other.execute(sa.text("LOCK TABLE api_tokens IN ACCESS EXCLUSIVE MODE"))
        answer = client.get("/api/organisations/none/events", headers=header)
        other.rollback()

    assert problem(answer) == (503, "unavailable")
    assert answer.headers["Retry-After"]
