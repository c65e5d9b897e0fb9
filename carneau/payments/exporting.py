"""The tables that organisers take with them. Rows come in batches, each in a transaction of its own: memory stays the
same for 50 and for 50,000, and a slow download holds no connection."""

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.core.money import Money
from carneau.payments import takings
from carneau.web.spreadsheets import Row

AT_ONCE = 2000

ATTENDEES = sa.text(
    """SELECT k.id, k.holder_name, t.name AS ticket_type, k.ref, k.status, p.ref AS purchase, p.buyer_name, p.email,
              to_char(k.redeemed_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI') AS let_in
         FROM tickets k JOIN purchases p ON p.id = k.purchase_id JOIN ticket_types t ON t.id = k.ticket_type_id
        WHERE k.organisation_id = :organisation_id AND k.event_id = :event_id AND k.id > :after
     ORDER BY k.id LIMIT :limit"""
)
PURCHASES = sa.text(
    """SELECT p.id, p.ref, p.payment_status, p.channel, p.buyer_name, p.email, p.currency, p.total_minor,
              p.refunded_minor, p.fee_minor, p.included_tax_minor, l.quantity, l.refunded_quantity,
              to_char(p.created_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI') AS placed,
              to_char(p.paid_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI') AS paid
         FROM (SELECT purchase_id, sum(quantity) AS quantity, sum(refunded_quantity) AS refunded_quantity
                 FROM purchase_lines WHERE event_id = :event_id AND purchase_id > :after
             GROUP BY 1 ORDER BY 1 LIMIT :limit) l
         JOIN purchases p ON p.id = l.purchase_id AND p.organisation_id = :organisation_id
     ORDER BY p.id"""
)


def attendees(event: Event) -> Iterator[Row]:
    yield [
        *(_("Name"), _("Ticket type"), _("Ticket"), _("State"), _("Let in")),
        *(_("Purchase"), _("Bought by"), _("E-mail address")),
    ]
    for row in _batches(ATTENDEES, event):
        yield [
            *(row.holder_name, row.ticket_type, row.ref, row.status, row.let_in),
            *(row.purchase, row.buyer_name, row.email),
        ]


def purchases(event: Event) -> Iterator[Row]:
    """Amounts are those of the whole purchase, tickets those of this event."""
    yield [
        *(_("Reference"), _("State"), _("Way of paying"), _("Name"), _("E-mail address"), _("Placed"), _("Paid")),
        *(_("Tickets"), _("Taken back"), _("Currency"), _("Total"), _("of it fees"), _("of it tax"), _("Refunded")),
    ]
    for row in _batches(PURCHASES, event):
        amounts = (row.total_minor, row.fee_minor, row.included_tax_minor, row.refunded_minor)
        yield [
            *(row.ref, row.payment_status, row.channel, row.buyer_name, row.email, row.placed, row.paid),
            *(int(row.quantity), int(row.refunded_quantity), row.currency),
            *(_decimal(minor, row.currency) for minor in amounts),
        ]


def money_by_day(event: Event) -> Iterator[Row]:
    """Days of the event's zone; those without sales and refunds are left out."""
    currency = event.currency
    with transaction():
        taken = takings.of(event)
    yield [_("Day"), _("Tickets"), _("Currency"), _("Taken"), _("Refunded"), _("Stays")]
    days = taken.by_day()
    for day in sorted({*days, *taken.refunds}):
        tickets, gross = days.get(day, (0, 0))
        back = taken.refunds.get(day, 0)
        yield [day, tickets, currency, *(_decimal(minor, currency) for minor in (gross, back, gross - back))]


def _decimal(minor: int, currency: str) -> Decimal:
    return Decimal(Money(minor, currency).decimal())


def _batches(statement: sa.TextClause, event: Event) -> Iterator[sa.Row[tuple[object, ...]]]:
    values = {
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "zone": event.time_zone,
        "limit": AT_ONCE,
        "after": 0,
    }
    while True:
        with transaction():
            rows = db.session.execute(statement, values).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        values["after"] = rows[-1].id
