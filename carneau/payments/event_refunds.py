"""Giving back what a cancelled event took, purchase by purchase: each in a transaction of its own, so that it goes on
where it stopped, and whoever started it may leave the page."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.accounts.models import User
from carneau.catalogue.models import Event, EventStatus
from carneau.core import audit, queue
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict
from carneau.core.outbox import job
from carneau.payments import refunding
from carneau.payments.refunding import Decision
from carneau.purchases import queries as purchases

AT_ONCE = 50
REASON = "event cancelled"

NEXT = sa.text(
    """SELECT DISTINCT l.purchase_id FROM purchase_lines l JOIN purchases p ON p.id = l.purchase_id
        WHERE l.event_id = :event_id AND l.purchase_id > :after
          AND p.payment_status IN ('succeeded', 'partially_refunded')
     ORDER BY 1 LIMIT :limit"""
)
# A purchase across several events is done when none of its tickets for this one is left.
PROGRESS = sa.text(
    """WITH mine AS (SELECT l.purchase_id, bool_and(l.refunded_quantity = l.quantity) AS is_back
                       FROM purchase_lines l
                      WHERE l.event_id = :event_id AND l.organisation_id = :organisation_id GROUP BY 1)
       SELECT count(*) AS purchases,
              count(*) FILTER (WHERE mine.is_back OR p.payment_status = 'refunded') AS done,
              coalesce(sum(back.asked), 0)::bigint AS asked, coalesce(sum(back.given), 0)::bigint AS given,
              coalesce(sum(back.failed), 0)::bigint AS failed
         FROM mine JOIN purchases p ON p.id = mine.purchase_id AND p.paid_at IS NOT NULL
         LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE r.status IN ('requested', 'pending')) AS asked,
                                   count(*) FILTER (WHERE r.status = 'succeeded') AS given,
                                   count(*) FILTER (WHERE r.status = 'failed') AS failed
                              FROM refunds r LEFT JOIN payments y ON y.id = r.payment_id
                             WHERE r.purchase_id = p.id AND y.sent_back IS NULL) back ON true"""
)
RUNNING = sa.text(
    """SELECT EXISTS (SELECT FROM outbox WHERE done_at IS NULL AND gave_up_at IS NULL
                         AND job = 'payments.refund_event' AND arguments->>0 = :event_id)"""
)


class StillOn(Conflict):
    pass


@dataclass(frozen=True, slots=True)
class Progress:
    """Paid purchases of the event and how many are done; of their refunds: on their way, given back, failed."""

    purchases: int
    done: int
    asked: int
    given: int
    failed: int
    is_running: bool

    @property
    def left(self) -> int:
        return self.purchases - self.done


def begin(event: Event, user: User) -> None:
    if event.status is not EventStatus.CANCELLED:
        raise StillOn(_("Only a cancelled event is refunded as a whole. Please cancel it first."))
    audit.record(event, "refunds_begun", user.actor)
    queue.enqueue_after_commit(refund_event, event.id, user.id, 0)


@job("payments.refund_event", tries=50)
def refund_event(event_id: int, user_id: int, after: int) -> None:
    """One batch, and then the next one as a job of its own. Run twice, the second finds nothing left."""
    with transaction():
        ids = list(db.session.scalars(NEXT, {"event_id": event_id, "after": after, "limit": AT_ONCE}))
    for purchase_id in ids:
        _refund(purchase_id, event_id, f"user:{user_id}")
    if len(ids) == AT_ONCE:
        with transaction():
            queue.enqueue_after_commit(refund_event, event_id, user_id, ids[-1])


def _refund(purchase_id: int, event_id: int, actor: str) -> None:
    """What cannot be refunded (a dispute, nothing left) stays for a person: the page counts it as left."""
    try:
        with transaction():
            refunding.of_event(purchases.locked(purchase_id), event_id, Decision(actor, True, reason=REASON))
    except Conflict:
        return


def progress_of(event: Event) -> Progress:
    row = db.session.execute(PROGRESS, {"event_id": event.id, "organisation_id": event.organisation_id}).one()
    is_running = bool(db.session.scalar(RUNNING, {"event_id": str(event.id)}))
    return Progress(**row._mapping, is_running=is_running)
