import re

import pytest
import sqlalchemy as sa

from carneau.core import codes
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from carneau.integrations.models import ApiToken
from tests.making import make_token
from tests.visiting import make_user, token

ROOT = "/manage/organisations/house/integrations"
SECRET = re.compile(r'id="secret"[^>]*value="(carneau_[^"]+)"')


def fill_in(page, **fields):
    seed = re.search(r'name="seed"[^>]*value="([^"]+)"', page.text)
    assert seed
    return {
        "csrf_token": token(page),
        "seed": seed[1],
        "name": "Website",
        "scopes": "events:read",
        "days": "30",
    } | fields


def made(answer):
    assert answer.status_code == 200, answer.text
    found = SECRET.search(answer.text)
    assert found, answer.text
    return found[1]


def test_a_token_is_shown_once_and_kept_as_a_digest(app, olga, house):
    page = olga.get(f"{ROOT}/tokens/new")
    secret = made(olga.post(f"{ROOT}/tokens", data=fill_in(page)))

    row = db.session.scalars(sa.select(ApiToken)).one()
    assert row.digest == codes.digest(secret)
    assert secret not in olga.get(ROOT).text
    answer = app.test_client().get("/api/organisations/house/events", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert [each.action for each in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))][-1] == "created"


def test_two_clicks_make_one_token(olga):
    fields = fill_in(olga.get(f"{ROOT}/tokens/new"))

    assert made(olga.post(f"{ROOT}/tokens", data=fields)) == made(olga.post(f"{ROOT}/tokens", data=fields))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ApiToken)) == 1
    assert made(olga.post(f"{ROOT}/tokens", data=fill_in(olga.get(f"{ROOT}/tokens/new"))))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ApiToken)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": "all"},
        {"name": ""},
        {"days": "7"},
        {"days": "x"},
        {"seed": "short"},
        {"name": "a\nb"},
    ],
)
def test_a_form_that_does_not_fit_makes_nothing_and_keeps_what_was_chosen(olga, wrong):
    answer = olga.post(f"{ROOT}/tokens", data=fill_in(olga.get(f"{ROOT}/tokens/new"), **wrong))

    assert answer.status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ApiToken)) == 0


def test_revoking_ends_it_and_takes_it_off_the_page(olga, house):
    row = make_token(house).token
    page = olga.get(ROOT)
    answer = olga.post(f"{ROOT}/tokens/{row.ref}/revocation", data={"csrf_token": token(page)})

    assert answer.status_code == 303
    page = olga.get(ROOT)
    assert "is revoked" in page.text
    assert row.ref not in page.text
    db.session.rollback()
    assert db.session.get_one(ApiToken, row.id, populate_existing=True).revoked_at is not None


def test_a_token_whose_maker_has_left_is_marked(olga, house):
    make_token(house, made_by_id=make_user("gone@team.example").id)

    assert "Its maker has left" in olga.get(ROOT).text


def test_the_audit_log_says_who_made_and_revoked_it(olga):
    made(olga.post(f"{ROOT}/tokens", data=fill_in(olga.get(f"{ROOT}/tokens/new"))))
    olga.post(f"{ROOT}/tokens/{only_ref()}/revocation", data={"csrf_token": token(olga.get(ROOT))})

    log = olga.get("/manage/organisations/house/audit").text
    assert "Token Website" in re.sub(r"\s+", " ", log)
    assert "revoked" in log


def only_ref():
    return db.session.scalars(sa.select(ApiToken.ref)).one()
