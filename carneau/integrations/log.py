"""What was sent to an endpoint, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from carneau.core.db import db, transaction
from carneau.core.errors import NotFound
from carneau.integrations.models import WebhookDelivery, WebhookEndpoint

SIZE = 50
FORGET = sa.text(
    """DELETE FROM webhook_events WHERE id IN
         (SELECT id FROM webhook_events WHERE created_at < now() - interval '31 days' ORDER BY created_at LIMIT 5000)"""
)


@dataclass(frozen=True, slots=True)
class Part:
    rows: Sequence[WebhookDelivery]
    after: str | None


def deliveries(endpoint: WebhookEndpoint, after: str | None) -> Part:
    """The newest first, each with its event."""
    mine = sa.select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    if after:
        edge = sa.select(WebhookDelivery.id).where(WebhookDelivery.ref == after).scalar_subquery()
        mine = mine.where(WebhookDelivery.id < edge)
    mine = mine.options(joinedload(WebhookDelivery.event)).order_by(WebhookDelivery.id.desc()).limit(SIZE + 1)
    rows = db.session.scalars(mine).all()
    return Part(rows[:SIZE], rows[SIZE - 1].ref if len(rows) > SIZE else None)


def delivery(endpoint: WebhookEndpoint, ref: str) -> WebhookDelivery:
    mine = (WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.ref == ref)
    found = db.session.scalar(
        sa.select(WebhookDelivery)
        .where(*mine)
        .options(joinedload(WebhookDelivery.endpoint))
        .with_for_update(of=WebhookDelivery)
    )
    if found is None:
        raise NotFound(_("There is no such delivery here; they are kept for a month."))
    return found


def forget_old() -> None:
    """What happened a month ago goes, with its deliveries."""
    with transaction():
        db.session.execute(FORGET)
