"""The stock proof: the counters that sell beside the rows they summarise, and the money beside the tickets."""

from dataclasses import dataclass

import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core.db import db

# Unpaid purchases are few beside the paid ones: what is theirs is left out, instead of all others being looked up.
PLACES = sa.text(
    """SELECT t.id, t.name, t.total_quantity AS total, t.sold_quantity AS sold, t.held_quantity AS held,
              coalesce(lines.quantity, 0) AS sold_rows, coalesce(live.quantity, 0) AS held_rows,
              coalesce(issued.quantity, 0) AS tickets
         FROM ticket_types t
         LEFT JOIN (SELECT l.ticket_type_id, sum(l.quantity - l.refunded_quantity) AS quantity
                      FROM purchase_lines l
                     WHERE l.event_id = :event_id
                       AND NOT EXISTS (SELECT FROM purchases p WHERE p.id = l.purchase_id
                                          AND p.payment_status NOT IN ('succeeded', 'partially_refunded'))
                  GROUP BY 1) lines ON lines.ticket_type_id = t.id
         LEFT JOIN LATERAL (SELECT sum(h.quantity) AS quantity FROM holds h
                             WHERE h.ticket_type_id = t.id AND h.released_at IS NULL) live ON true
         LEFT JOIN (SELECT k.ticket_type_id, count(*) AS quantity
                      FROM tickets k
                      LEFT JOIN purchases p ON p.id = k.purchase_id AND k.status = 'redeemed'
                            AND p.payment_status = 'refunded'
                     WHERE k.event_id = :event_id AND k.status <> 'void' AND p.id IS NULL
                  GROUP BY 1) issued ON issued.ticket_type_id = t.id
        WHERE t.event_id = :event_id AND t.organisation_id = :organisation_id
     ORDER BY t.position, t.id"""
)
# Of whole purchases: one that is across several events was paid at once.
MONEY = sa.text(
    """SELECT owed.minor AS owed_minor, owed.back AS refunded_minor, paid.minor AS paid_minor,
              paid.number AS payments, returned.minor AS returned_minor
         FROM (SELECT coalesce(sum(p.total_minor), 0)::bigint AS minor,
                      coalesce(sum(p.refunded_minor), 0)::bigint AS back
                 FROM purchases p
                WHERE p.organisation_id = :organisation_id AND p.paid_at IS NOT NULL AND p.channel = 'online'
                  AND EXISTS (SELECT FROM purchase_lines l WHERE l.event_id = :event_id AND l.purchase_id = p.id)
              ) owed,
              (SELECT coalesce(sum(y.amount_minor), 0)::bigint AS minor, count(*) AS number
                 FROM payments y
                WHERE y.organisation_id = :organisation_id AND y.paid_at IS NOT NULL AND y.sent_back IS NULL
                  AND EXISTS (SELECT FROM purchase_lines l
                               WHERE l.event_id = :event_id AND l.purchase_id = y.purchase_id)
              ) paid,
              (SELECT coalesce(sum(r.amount_minor), 0)::bigint AS minor
                 FROM refunds r JOIN payments y ON y.id = r.payment_id AND y.sent_back IS NULL
                WHERE r.organisation_id = :organisation_id AND r.status <> 'failed'
                  AND EXISTS (SELECT FROM purchase_lines l
                               WHERE l.event_id = :event_id AND l.purchase_id = r.purchase_id)
              ) returned"""
)


@dataclass(frozen=True, slots=True)
class Places:
    """`sold` and `held` are what the counters say, the others what the rows say."""

    name: str
    total: int
    sold: int
    held: int
    sold_rows: int
    held_rows: int
    tickets: int

    @property
    def free(self) -> int:
        return self.total - self.sold - self.held

    @property
    def agrees(self) -> bool:
        return self.sold == self.sold_rows == self.tickets and self.held == self.held_rows


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units. `refunded_minor` is what the purchases say went back, with what was refunded in Stripe's dashboard;
    `returned_minor` what we asked Stripe to return."""

    owed_minor: int
    paid_minor: int
    payments: int
    refunded_minor: int
    returned_minor: int

    @property
    def agrees(self) -> bool:
        return self.owed_minor == self.paid_minor and self.returned_minor <= self.refunded_minor


def places_of(event: Event) -> list[Places]:
    rows = db.session.execute(PLACES, {"event_id": event.id, "organisation_id": event.organisation_id})
    fields = Places.__dataclass_fields__
    return [Places(**{name: getattr(row, name) for name in fields}) for row in rows]


def money_of(event: Event) -> Money:
    row = db.session.execute(MONEY, {"event_id": event.id, "organisation_id": event.organisation_id}).one()
    return Money(**row._mapping)
