"""What no webhook brought: Stripe's own list of events, read from where we left off."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.payments import gateway, jobs, webhook
from carneau.payments.models import Reconciliation

OVERLAP = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(days=1)


def reconcile(look_back: timedelta | None = None) -> int:
    """Keeps the events we lack as if they had just come in, and returns their number. Stripe lists 30 days."""
    started_at = clock.now()
    with transaction():
        since = started_at - look_back if look_back else _read_until() - OVERLAP
    brought = sum(_keep(page) for page in gateway.events_since(since, jobs.KINDS))
    with transaction():
        _note(started_at)
    return brought


def _keep(events: list[dict[str, object]]) -> int:
    with transaction():
        known = webhook.known([str(event["id"]) for event in events])
        return sum(webhook.keep(event) for event in reversed(events) if event["id"] not in known)


def _read_until() -> datetime:
    return db.session.scalar(sa.select(Reconciliation.read_until)) or clock.now() - FIRST_LOOK_BACK


def _note(until: datetime) -> None:
    row = insert(Reconciliation).values(id=1, read_until=until)
    db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"read_until": until}))
