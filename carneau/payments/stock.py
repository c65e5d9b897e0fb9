"""The stock proof: the counters that sell beside the rows they summarise."""

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
OWED = sa.text(
    """SELECT coalesce(sum(p.total_minor), 0)::bigint FROM purchases p
        WHERE p.organisation_id = :organisation_id AND p.paid_at IS NOT NULL AND p.channel = 'online'
          AND EXISTS (SELECT FROM purchase_lines l WHERE l.event_id = :event_id AND l.purchase_id = p.id)"""
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


def places_of(event: Event) -> list[Places]:
    rows = db.session.execute(PLACES, {"event_id": event.id, "organisation_id": event.organisation_id})
    fields = Places.__dataclass_fields__
    return [Places(**{name: getattr(row, name) for name in fields}) for row in rows]


def owed_minor(event: Event) -> int:
    """What the paid purchases cost that have lines of this event."""
    return db.session.scalar(OWED, {"event_id": event.id, "organisation_id": event.organisation_id}) or 0
