"""What an event took, day by day. A sale never changes once it is paid (what goes back is counted as refunds), so the
past is added up once: each process keeps its sums and reads only what came since."""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core import clock
from carneau.core.db import db
from carneau.purchases.models import Channel

# Longer than a transaction may take: a sale paid before this is committed, or will never be.
SETTLED_AFTER = timedelta(minutes=2)
MOST_EVENTS = 200
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

SALES = sa.text(
    """SELECT l.ticket_type_id, (p.paid_at AT TIME ZONE :zone)::date AS day, p.channel,
              l.unit_price_minor + l.unit_fee_minor AS unit_minor, sum(l.quantity) AS quantity
         FROM purchases p JOIN purchase_lines l ON l.purchase_id = p.id AND l.event_id = :event_id
        WHERE p.paid_at >= :since AND p.paid_at < :until
     GROUP BY 1, 2, 3, 4"""
)
# A purchase across several events gives back to each in proportion to what it cost there.
REFUNDS = sa.text(
    """SELECT (r.created_at AT TIME ZONE :zone)::date AS day,
              sum(round(r.amount_minor::numeric * mine.total_minor / nullif(p.total_minor, 0)))::bigint AS amount_minor
         FROM refunds r JOIN purchases p ON p.id = r.purchase_id AND p.paid_at IS NOT NULL
         LEFT JOIN payments y ON y.id = r.payment_id
         JOIN LATERAL (SELECT sum(l.total_minor) AS total_minor FROM purchase_lines l
                        WHERE l.purchase_id = p.id AND l.event_id = :event_id) mine ON mine.total_minor > 0
        WHERE r.organisation_id = :organisation_id AND r.status <> 'failed' AND y.sent_back IS NULL
     GROUP BY 1"""
)


class Kind(NamedTuple):
    """Sales of one ticket type on one day (of the event's zone), one way of paying and one price, its fee included."""

    ticket_type_id: int
    day: date
    channel: Channel
    unit_minor: int


@dataclass(frozen=True, slots=True)
class Takings:
    """Tickets by kind of sale, and what went back by day, in minor units."""

    tickets: Counter[Kind]
    refunds: dict[date, int]

    @property
    def gross_minor(self) -> int:
        return sum(kind.unit_minor * quantity for kind, quantity in self.tickets.items())

    @property
    def refunded_minor(self) -> int:
        return sum(self.refunds.values())

    def by_day(self) -> dict[date, tuple[int, int]]:
        """Tickets and gross takings, days in order."""
        days: dict[date, tuple[int, int]] = {}
        for kind, quantity in sorted(self.tickets.items(), key=lambda item: item[0].day):
            tickets, minor = days.get(kind.day, (0, 0))
            days[kind.day] = (tickets + quantity, minor + kind.unit_minor * quantity)
        return days

    def by_channel(self) -> dict[Channel, tuple[int, int]]:
        channels: dict[Channel, tuple[int, int]] = {}
        for kind, quantity in self.tickets.items():
            tickets, minor = channels.get(kind.channel, (0, 0))
            channels[kind.channel] = (tickets + quantity, minor + kind.unit_minor * quantity)
        return channels

    def of_type(self, ticket_type_id: int) -> tuple[int, int]:
        mine = [(kind, quantity) for kind, quantity in self.tickets.items() if kind.ticket_type_id == ticket_type_id]
        return sum(quantity for _, quantity in mine), sum(kind.unit_minor * quantity for kind, quantity in mine)


@dataclass(frozen=True, slots=True)
class _Past:
    """All sales paid before `until`."""

    until: datetime
    tickets: Counter[Kind]


_kept: OrderedDict[tuple[int, datetime, str], _Past] = OrderedDict()


def of(event: Event) -> Takings:
    past = _past_of(event)
    recent = _sales(event, past.until, clock.now() + timedelta(days=1))
    refunds = db.session.execute(
        REFUNDS, {"zone": event.time_zone, "event_id": event.id, "organisation_id": event.organisation_id}
    )
    return Takings(past.tickets + recent, {row.day: row.amount_minor for row in refunds})


def _past_of(event: Event) -> _Past:
    """Another time zone has other days: then everything is read anew."""
    key = (event.id, event.created_at, event.time_zone)
    past, settled = _kept.get(key), clock.now() - SETTLED_AFTER
    if past is None or past.until < settled:
        known = past or _Past(BEGINNING, Counter())
        past = _Past(settled, known.tickets + _sales(event, known.until, settled))
        _kept[key] = past
        while len(_kept) > MOST_EVENTS:
            _kept.popitem(last=False)
    return past


def _sales(event: Event, since: datetime, until: datetime) -> Counter[Kind]:
    values = {"zone": event.time_zone, "event_id": event.id, "since": since, "until": until}
    rows = db.session.execute(SALES, values)
    return Counter(
        {Kind(row.ticket_type_id, row.day, Channel(row.channel), row.unit_minor): int(row.quantity) for row in rows}
    )
