"""Our payments beside what Stripe says of them: in its events as they come, and, when it was asked, in its own list."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.payments.models import Inquiry, InquiryStatus

MOST_DIFFERENCES = 100

# A payment was counted only because Stripe said that it is paid: where its word was not kept apart (before we did
# that), it is the same. A refund that is asked for may not have arrived there yet.
SIDES = """
    SELECT y.id, p.ref, y.flagged, y.sent_back, coalesce(y.said_currency, y.currency) AS currency,
           y.currency AS our_currency,
           CASE WHEN y.paid_at IS NOT NULL THEN y.amount_minor ELSE 0 END AS paid,
           CASE WHEN y.said_at IS NULL THEN y.amount_minor ELSE coalesce(y.said_paid_minor, 0) END AS said_paid,
           CASE WHEN y.sent_back IS NULL THEN p.refunded_minor ELSE coalesce(back.minor, 0) END AS refunded,
           CASE WHEN y.said_at IS NOT NULL THEN coalesce(y.said_refunded_minor, 0)
                WHEN y.sent_back IS NULL THEN p.refunded_minor ELSE coalesce(back.minor, 0) END AS said_refunded,
           coalesce(back.under_way, false) AS under_way,
           y.paid_at IS NOT NULL AND y.paid_at < :asked_at AND coalesce(y.said_at, y.paid_at) < :asked_at AS is_missing
      FROM payments y JOIN purchases p ON p.id = y.purchase_id
      LEFT JOIN (SELECT payment_id, sum(amount_minor) FILTER (WHERE status <> 'failed') AS minor,
                        bool_or(status = 'requested') AS under_way
                   FROM refunds WHERE organisation_id = :organisation_id GROUP BY 1) back ON back.payment_id = y.id
     WHERE y.organisation_id = :organisation_id AND (y.paid_at IS NOT NULL OR y.said_paid_minor IS NOT NULL)
       AND EXISTS (SELECT FROM purchase_lines l WHERE l.event_id = :event_id AND l.purchase_id = y.purchase_id)"""
DIFFERS = """
    (is_missing OR paid <> said_paid OR currency <> our_currency OR (refunded <> said_refunded AND NOT under_way))"""
SUMS = sa.text(
    f"""SELECT currency, count(*) FILTER (WHERE paid > 0) AS payments, sum(paid)::bigint AS paid_minor,
              coalesce(sum(paid) FILTER (WHERE sent_back IS NULL), 0)::bigint AS kept_minor,
              sum(refunded)::bigint AS refunded_minor,
              count(*) FILTER (WHERE said_paid > 0 AND NOT is_missing) AS said_payments,
              coalesce(sum(said_paid) FILTER (WHERE NOT is_missing), 0)::bigint AS said_paid_minor,
              coalesce(sum(said_refunded) FILTER (WHERE NOT is_missing), 0)::bigint AS said_refunded_minor,
              count(*) FILTER (WHERE under_way) AS under_way, count(*) FILTER (WHERE {DIFFERS}) AS differing
         FROM ({SIDES}) sides GROUP BY 1 ORDER BY 1"""  # noqa: S608  no value stands in it
)
DIFFERENCES = sa.text(
    f"""SELECT ref, flagged, currency, our_currency, paid AS paid_minor, said_paid AS said_paid_minor,
              refunded AS refunded_minor, said_refunded AS said_refunded_minor, is_missing
         FROM ({SIDES}) sides WHERE {DIFFERS} ORDER BY id DESC LIMIT :limit"""  # noqa: S608  no value stands in it
)


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one currency, in minor units, with the number of payments. `kept_minor` is of payments that bought something,
    `under_way` the number of refunds that Stripe has not been asked for yet."""

    currency: str
    payments: int
    paid_minor: int
    kept_minor: int
    refunded_minor: int
    said_payments: int
    said_paid_minor: int
    said_refunded_minor: int
    under_way: int
    differing: int

    @property
    def agrees(self) -> bool:
        return self.differing == 0


@dataclass(frozen=True, slots=True)
class Difference:
    """`is_missing`: Stripe was asked for its list, and this payment was not in it."""

    ref: str
    flagged: str | None
    currency: str
    our_currency: str
    paid_minor: int
    said_paid_minor: int
    refunded_minor: int
    said_refunded_minor: int
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    sums: list[Sums]
    differences: list[Difference]
    inquiry: Inquiry | None

    @property
    def agrees(self) -> bool:
        return not self.differences

    @property
    def kept_minor(self) -> int:
        return sum(each.kept_minor for each in self.sums)


def of_event(event: Event) -> Comparison:
    answered = _last(event, Inquiry.status == InquiryStatus.ANSWERED)
    values = {
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "asked_at": answered.created_at if answered else datetime.fromisoformat("1970-01-01T00:00:00Z"),
    }
    sums = [Sums(**row._mapping) for row in db.session.execute(SUMS, values)]
    differences: list[Difference] = []
    if any(not each.agrees for each in sums):
        rows = db.session.execute(DIFFERENCES, values | {"limit": MOST_DIFFERENCES})
        differences = [Difference(**row._mapping) for row in rows]
    return Comparison(sums, differences, _last(event))


def _last(event: Event, *where: sa.ColumnElement[bool]) -> Inquiry | None:
    mine = sa.select(Inquiry).where(Inquiry.organisation_id == event.organisation_id, Inquiry.event_id == event.id)
    newest = mine.where(*where).order_by(Inquiry.id.desc()).limit(1)
    return db.session.scalar(newest.execution_options(populate_existing=True))
