import json
import time

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow
from carneau.payments.models import StripeEvent
from tests.buying import Buyer
from tests.making import make_ticket_type
from tests.payments.saying import event, open_session, signed


@pytest.fixture
def session(app, database):
    buyer = Buyer(app)
    buyer.take(make_ticket_type(), 2)
    return open_session(buyer)


def kept():
    with transaction():
        return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (StripeEvent, OutboxRow)]


def refused(answer):
    return answer.status_code == 400 and answer.text.endswith("Nothing was kept.") and kept() == [0, 0]


def test_an_event_is_kept_once_however_often_it_comes(client, session):
    told = signed(session.completed())

    answers = [client.post("/webhook", **told) for _ in range(3)]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "kept"), (200, "known"), (200, "known")]
    assert kept() == [1, 1]


def test_what_is_kept_names_no_buyer_and_opens_no_page(client, session):
    client.post("/webhook", **signed(session.completed()))

    payload = json.dumps(db.session.scalars(sa.select(StripeEvent.payload)).one())
    assert "ada@buyer.example" not in payload
    assert "a-secret" not in payload


def test_forged_event_is_refused(client, session):
    assert refused(client.post("/webhook", **signed(session.completed(), secret="whsec_someone_elses")))


def test_event_changed_on_its_way_is_refused(client, session):
    told = signed(session.completed())
    told["data"] = told["data"].replace('"amount_total": 4800', '"amount_total": 4801')
    assert refused(client.post("/webhook", **told))


def test_event_signed_six_minutes_ago_is_refused(client, session):
    assert refused(client.post("/webhook", **signed(session.completed(), at=int(time.time()) - 360)))


def test_event_of_the_live_mode_is_refused_by_a_test_key(client, session):
    assert refused(client.post("/webhook", **signed(session.completed() | {"livemode": True})))


@pytest.mark.parametrize(
    "header",
    [None, "", "nonsense", "t=,v1=", "t=abc,v1=00", "t=1,v0=00", "v1=00", "t=1", "t=9" * 5000, "t=1,v1=\xe9", "=" * 99],
)
def test_header_that_is_no_signature_is_refused(client, session, header):
    headers = {} if header is None else {"Stripe-Signature": header}
    assert refused(client.post("/webhook", data=json.dumps(session.completed()), headers=headers))


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "7", '"event"', "{}", '{"object": "event"}', '{"object": {}}'])
def test_signed_body_that_is_no_event_is_refused(client, database, body):
    assert refused(client.post("/webhook", **signed(body)))


@pytest.mark.parametrize(
    "facts",
    [
        *({"id": value} for value in (5, None, "evt_\x00", "evt_\ud800")),
        *({"created": value} for value in ("x", None, 1.5, -1, 10**15)),
        *({"data": value} for value in ([], {}, {"object": None}, {"object": {"id": "\x00"}})),
        {"type": ["checkout.session.completed"]},
    ],
    ids=repr,
)
def test_signed_event_that_could_not_be_settled_is_refused(client, session, facts):
    assert refused(client.post("/webhook", **signed(session.completed() | facts)))


def test_signed_body_deeper_than_any_event_is_refused(client, database):
    assert refused(client.post("/webhook", **signed("[" * 50_000)))


def test_body_that_is_no_text_is_refused(client, database):
    headers = {"Stripe-Signature": f"t={int(time.time())},v1=00"}
    assert refused(client.post("/webhook", data=b"\xff\xfe\x00", headers=headers))


def test_body_beyond_the_cap_is_not_read(client, session):
    answer = client.post("/webhook", **signed(session.completed() | {"padding": "x" * 300_000}))
    assert answer.status_code == 413
    assert kept() == [0, 0]


def test_event_of_a_kind_we_do_not_settle_is_answered_and_not_kept(client, database):
    answer = client.post("/webhook", **signed(event("customer.created", {"id": "cus_1", "object": "customer"})))
    assert (answer.status_code, answer.text) == (200, "ignored")
    assert kept() == [0, 0]


def test_webhook_needs_no_origin_and_takes_only_post(client, session):
    told = signed(session.completed())
    told["headers"] |= {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert client.post("/webhook", **told).status_code == 200
    assert client.get("/webhook").status_code == 405
