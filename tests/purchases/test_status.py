import pytest
import sqlalchemy as sa

from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.purchases import status
from carneau.purchases.models import PaymentStatus as S
from carneau.purchases.models import Purchase
from tests.making import make_cart, make_organisation, make_pending_purchase

LEGAL = [
    (S.PENDING, S.PROCESSING),
    (S.PENDING, S.SUCCEEDED),
    (S.PENDING, S.FAILED),
    (S.PENDING, S.EXPIRED),
    (S.PENDING, S.CANCELLED),
    (S.PROCESSING, S.SUCCEEDED),
    (S.PROCESSING, S.FAILED),
    (S.PROCESSING, S.EXPIRED),
    (S.SUCCEEDED, S.PARTIALLY_REFUNDED),
    (S.SUCCEEDED, S.REFUNDED),
    (S.PARTIALLY_REFUNDED, S.PARTIALLY_REFUNDED),
    (S.PARTIALLY_REFUNDED, S.REFUNDED),
    *((ended, late) for ended in (S.FAILED, S.EXPIRED, S.CANCELLED) for late in (S.SUCCEEDED, S.REFUNDED)),
]


def audited():
    actions = sa.select(AuditEntry.action).where(AuditEntry.subject == "purchases").order_by(AuditEntry.id)
    return list(db.session.scalars(actions))


@pytest.fixture
def purchase(database):
    return make_pending_purchase(make_cart(make_organisation().id))


def put_into(purchase, state):
    with transaction():
        db.session.execute(sa.update(Purchase).where(Purchase.id == purchase.id).values(payment_status=state))


@pytest.mark.parametrize("was", list(S))
def test_every_transition_goes_through_the_table_and_leaves_its_audit_row(purchase, was):
    for to in S:
        put_into(purchase, was)
        before = audited()
        if (was, to) in LEGAL:
            with transaction():
                status.change(db.session.get_one(Purchase, purchase.id), to, "tester")
            assert audited() == [*before, to]
            continue
        with pytest.raises(status.IllegalTransition), transaction():
            status.change(db.session.get_one(Purchase, purchase.id), to, "tester")
        assert audited() == before
        assert db.session.get_one(Purchase, purchase.id).payment_status is was


def test_state_and_audit_row_are_kept_or_lost_together(purchase):
    with pytest.raises(RuntimeError), transaction():
        status.change(db.session.get_one(Purchase, purchase.id), S.SUCCEEDED, "tester")
        db.session.flush()
        raise RuntimeError

    assert audited() == ["pending"]
    assert db.session.get_one(Purchase, purchase.id).payment_status is S.PENDING
