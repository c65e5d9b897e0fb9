from datetime import timedelta

import sqlalchemy as sa

from carneau.accounts import limits, links, sweeps
from carneau.accounts.limits import Limit
from carneau.accounts.models import OneTimeLink, Tally
from carneau.core.db import db, transaction
from tests.buying import only


def test_what_says_nothing_any_more_is_forgotten(database):
    with transaction():
        for email in ("old@buyer.example", "new@buyer.example"):
            links.create(links.Purpose.LOGIN, email)
            limits.count(Limit("x", 1, timedelta(hours=1)), email)
        old = OneTimeLink.email == "old@buyer.example"
        db.session.execute(sa.update(OneTimeLink).where(old).values(expires_at=sa.func.now() - timedelta(days=8)))
        db.session.execute(sa.update(Tally).values(resets_at=sa.func.now() - timedelta(seconds=1)))
        limits.count(Limit("x", 1, timedelta(hours=1)), "third@buyer.example")

    assert sweeps.forget_old() == 3

    assert only(OneTimeLink).email == "new@buyer.example"
    only(Tally)
    assert sweeps.forget_old() == 0
