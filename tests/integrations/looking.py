import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow
from carneau.integrations.models import (
    WebhookDelivery,
    WebhookEndpoint,
)
from carneau.purchases.models import Purchase


def only(model):
    db.session.rollback()
    return db.session.scalars(sa.select(model).execution_options(populate_existing=True)).one()


def due_now():
    """All that waits is due: the pause of the endpoint is over, too."""
    with transaction():
        db.session.execute(sa.update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(run_at=sa.func.now()))
        db.session.execute(sa.update(WebhookEndpoint).values(paused_until=None))


def only_status():
    db.session.rollback()
    return set(db.session.scalars(sa.select(WebhookDelivery.status)))


def only_id():
    return db.session.scalars(sa.select(Purchase.id)).one()
