from datetime import timedelta

import sqlalchemy as sa

from carneau.cart.jobs import forget_carts
from carneau.cart.models import Cart
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.inventory import holds
from carneau.inventory.jobs import expire_holds
from tests.making import make_cart, run_out

OLD = clock.now() - timedelta(days=3)


def test_old_carts_that_hold_nothing_are_forgotten_with_the_lines_they_lost(standing, invariants_hold):
    organisation_id = standing.organisation_id
    lost = make_cart(organisation_id, created_at=OLD)
    with transaction():
        holds.take(lost.id, organisation_id, standing.id, 1, 15)
    run_out(standing.id)
    expire_holds()
    holding, paying, young = (
        make_cart(organisation_id, created_at=OLD),
        make_cart(organisation_id, created_at=OLD, purchase_ref="K7NQ-42VD"),
        make_cart(organisation_id),
    )
    with transaction():
        holds.take(holding.id, organisation_id, standing.id, 1, 15)

    assert forget_carts() == 1
    assert forget_carts() == 0
    with transaction():
        assert set(db.session.scalars(sa.select(Cart.id))) == {holding.id, paying.id, young.id}
    invariants_hold()
