import re

import pytest
import sqlalchemy as sa

from carneau.accounts import sealing
from carneau.core import outbox
from carneau.core.db import db
from carneau.integrations.endpoints import MOST
from carneau.integrations.models import DisabledBecause, WebhookDelivery, WebhookEndpoint
from tests.integrations.conftest import private_networks, receiver
from tests.making import make_endpoint
from tests.visiting import token

__all__ = ["private_networks", "receiver"]
ROOT = "/manage/organisations/house/integrations"
SECRET = re.compile(r'id="secret"[^>]*value="(whsec_[^"]+)"')


def fill_in(page, **fields):
    seed = re.search(r'name="seed"[^>]*value="([^"]+)"', page.text)
    assert seed
    chosen = {"url": "https://shop.example/carneau", "kinds": ["purchase.paid", "ticket.voided"]}
    return {"csrf_token": token(page), "seed": seed[1]} | chosen | fields


def only(model=WebhookEndpoint):
    db.session.rollback()
    return db.session.scalars(sa.select(model).execution_options(populate_existing=True)).one()


def press(visitor, path, end):
    return visitor.post(f"{path}/{end}", data={"csrf_token": token(visitor.get(path))})


def test_the_secret_is_shown_once_and_kept_sealed(olga):
    answer = olga.post(f"{ROOT}/webhooks", data=fill_in(olga.get(f"{ROOT}/webhooks/new")))

    secret = SECRET.search(answer.text)[1]
    row = only()
    assert (row.url, row.kinds) == ("https://shop.example/carneau", ["purchase.paid", "ticket.voided"])
    assert sealing.unseal(row.sealed_secret) == secret
    for page in (ROOT, f"{ROOT}/webhooks/{row.ref}"):
        assert "https://shop.example/carneau" in olga.get(page).text
        assert secret not in olga.get(page).text


def test_two_clicks_add_one_address_with_one_secret(olga):
    fields = fill_in(olga.get(f"{ROOT}/webhooks/new"))
    answers = [olga.post(f"{ROOT}/webhooks", data=fields) for _ in range(2)]

    assert len({SECRET.search(answer.text)[1] for answer in answers}) == 1
    assert only()


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://shop.example/"},
        {"url": "https://olga:secret@shop.example/"},
        {"url": ""},
        {"kinds": []},
        {"kinds": "ping"},
        {"kinds": "nonsense"},
        {"seed": "short"},
    ],
)
def test_what_does_not_fit_adds_nothing(olga, wrong):
    assert olga.post(f"{ROOT}/webhooks", data=fill_in(olga.get(f"{ROOT}/webhooks/new"), **wrong)).status_code == 422
    assert db.session.scalar(sa.select(WebhookEndpoint)) is None


def test_there_are_not_too_many(olga, house):
    for _ in range(MOST):
        make_endpoint(house)
    answer = olga.post(f"{ROOT}/webhooks", data=fill_in(olga.get(f"{ROOT}/webhooks/new")))

    assert answer.status_code == 409
    assert f"{MOST} endpoints" in answer.text


def test_a_test_shows_whether_the_other_program_listens(olga, house, receiver):
    path = f"{ROOT}/webhooks/{make_endpoint(house, receiver.url).ref}"
    receiver.answers = [404]
    assert press(olga, path, "pings").status_code == 303
    assert "On its way" in olga.get(path).text
    outbox.drain()
    assert "It answered 404" in (failed := olga.get(path).text)
    assert "Failing since" in failed

    press(olga, path, "pings")
    outbox.drain()
    assert "Taken" in olga.get(path).text
    assert receiver.kinds == ["ping", "ping"]
    assert all(receiver.genuine)


def test_a_delivery_is_sent_again_by_hand(olga, house, receiver):
    endpoint = make_endpoint(house, receiver.url)
    path = f"{ROOT}/webhooks/{endpoint.ref}"
    press(olga, path, "pings")
    outbox.drain()
    assert press(olga, path, f"deliveries/{only(WebhookDelivery).ref}/repetition").status_code == 303
    db.session.rollback()
    outbox.drain()

    assert len({notice["id"] for notice in receiver.heard}) == 1
    assert len(receiver.heard) == 2


def test_it_is_switched_off_and_on_changed_and_removed(olga, house):
    path = f"{ROOT}/webhooks/{make_endpoint(house, 'https://old.example/').ref}"
    press(olga, path, "deactivation")
    assert only().disabled_because is DisabledBecause.OWNER
    assert "Switched off" in olga.get(path).text
    press(olga, path, "activation")
    assert only().disabled_at is None

    page = olga.get(path)
    fields = {"csrf_token": token(page), "url": "https://new.example/", "kinds": ["event.changed"]}
    assert olga.post(path, data=fields).status_code == 303
    assert (only().url, only().kinds) == ("https://new.example/", ["event.changed"])
    assert olga.post(path, data=fields | {"url": "no"}).status_code == 422

    assert press(olga, path, "removal").location == ROOT
    assert db.session.scalar(sa.select(WebhookEndpoint)) is None
    log = olga.get("/manage/organisations/house/audit").text
    for word in ("switched off", "switched on", "changed", "deleted"):
        assert word in log


def test_the_log_is_read_page_by_page(olga, house):
    endpoint = make_endpoint(house)
    path = f"{ROOT}/webhooks/{endpoint.ref}"
    for _ in range(52):
        press(olga, path, "pings")

    first = olga.get(path)
    assert first.text.count("On its way") == 50
    older = re.search(r'href="([^"]+\?after=[^"]+)"', first.text)[1]
    assert olga.get(older).text.count("On its way") == 2
