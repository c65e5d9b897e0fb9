"""The tables that organisers take with them. Rows come in batches, each in a transaction of its own: memory stays the
same for 50 and for 50,000, and a slow download holds no connection."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.core.money import Money
from carneau.exports.models import ExportKind
from carneau.payments import takings
from carneau.web.spreadsheets import Row

AT_ONCE = 2000
MORE_THAN_THERE_ARE = 10**18

ATTENDEES = """
    SELECT k.id, k.holder_name, t.name AS ticket_type, k.ref, k.status, p.ref AS purchase, p.buyer_name, p.email,
           to_char(k.redeemed_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI') AS let_in
      FROM tickets k JOIN purchases p ON p.id = k.purchase_id JOIN ticket_types t ON t.id = k.ticket_type_id
     WHERE k.organisation_id = :organisation_id AND k.event_id = :event_id AND k.id > :after
  ORDER BY k.id LIMIT :limit"""
COUNT_ATTENDEES = "SELECT 1 FROM tickets WHERE organisation_id = :organisation_id AND event_id = :event_id"
PURCHASES = """
    SELECT p.id, p.ref, p.payment_status, p.channel, p.buyer_name, p.email, p.currency, p.total_minor,
           p.refunded_minor, p.fee_minor, p.included_tax_minor, l.quantity, l.refunded_quantity,
           to_char(p.created_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI') AS placed,
           to_char(p.paid_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI') AS paid
      FROM (SELECT purchase_id, sum(quantity) AS quantity, sum(refunded_quantity) AS refunded_quantity
              FROM purchase_lines WHERE event_id = :event_id AND purchase_id > :after
          GROUP BY 1 ORDER BY 1 LIMIT :limit) l
      JOIN purchases p ON p.id = l.purchase_id AND p.organisation_id = :organisation_id
  ORDER BY p.id"""
COUNT_PURCHASES = """
    SELECT DISTINCT purchase_id FROM purchase_lines
     WHERE organisation_id = :organisation_id AND event_id = :event_id"""

ADMISSIONS = """
    SELECT s.id, s.verdict, s.reason, k.ref, k.holder_name, t.name AS ticket_type, g.name AS gate, d.name AS device,
           s.is_offline, s.is_conflict, to_char(s.scanned_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI:SS') AS scanned,
           to_char(s.recorded_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI:SS') AS recorded,
           to_char(s.undone_at AT TIME ZONE :zone, 'YYYY-MM-DD HH24:MI:SS') AS undone
      FROM scans s JOIN door_devices d ON d.id = s.device_id LEFT JOIN gates g ON g.id = s.gate_id
      LEFT JOIN tickets k ON k.id = s.ticket_id LEFT JOIN ticket_types t ON t.id = k.ticket_type_id
     WHERE s.organisation_id = :organisation_id AND s.event_id = :event_id AND s.id > :after
  ORDER BY s.id LIMIT :limit"""
COUNT_ADMISSIONS = "SELECT 1 FROM scans WHERE organisation_id = :organisation_id AND event_id = :event_id"


@dataclass(frozen=True, slots=True)
class Table:
    """`statement` gives rows with an id, from the one behind `after` on; `cells` makes one of them a row."""

    statement: str
    counted: str
    head: Callable[[], Row]
    cells: Callable[[Any], Row]


@dataclass(frozen=True, slots=True)
class Batch:
    """`after` is the id of its last row, none if no row follows."""

    rows: list[Row]
    after: int | None


def _attendees_head() -> Row:
    return [
        *(_("Name"), _("Ticket type"), _("Ticket"), _("State"), _("Let in")),
        *(_("Purchase"), _("Bought by"), _("E-mail address")),
    ]


def _attendee(row: Any) -> Row:
    return [
        *(row.holder_name, row.ticket_type, row.ref, row.status, row.let_in),
        *(row.purchase, row.buyer_name, row.email),
    ]


def _purchases_head() -> Row:
    return [
        *(_("Reference"), _("State"), _("Way of paying"), _("Name"), _("E-mail address"), _("Placed"), _("Paid")),
        *(_("Tickets"), _("Taken back"), _("Currency"), _("Total"), _("of it fees"), _("of it tax"), _("Refunded")),
    ]


def _purchase(row: Any) -> Row:
    """Amounts are those of the whole purchase, tickets those of this event."""
    amounts = (row.total_minor, row.fee_minor, row.included_tax_minor, row.refunded_minor)
    return [
        *(row.ref, row.payment_status, row.channel, row.buyer_name, row.email, row.placed, row.paid),
        *(int(row.quantity), int(row.refunded_quantity), row.currency),
        *(_decimal(minor, row.currency) for minor in amounts),
    ]


def _admissions_head() -> Row:
    return [
        *(_("When"), _("Answer"), _("Reason"), _("Name"), _("Ticket type"), _("Ticket"), _("Gate"), _("Phone")),
        *(_("Offline"), _("Conflict"), _("Recorded"), _("Undone")),
    ]


def _admission(row: Any) -> Row:
    return [
        *(row.scanned, row.verdict, row.reason, row.holder_name, row.ticket_type, row.ref, row.gate, row.device),
        *(int(row.is_offline), int(row.is_conflict), row.recorded, row.undone),
    ]


TABLES = {
    ExportKind.ATTENDEES: Table(ATTENDEES, COUNT_ATTENDEES, _attendees_head, _attendee),
    ExportKind.PURCHASES: Table(PURCHASES, COUNT_PURCHASES, _purchases_head, _purchase),
    ExportKind.ADMISSIONS: Table(ADMISSIONS, COUNT_ADMISSIONS, _admissions_head, _admission),
}


def count(kind: ExportKind, event: Event, at_most: int = MORE_THAN_THERE_ARE) -> int:
    rows = sa.text(f"SELECT count(*) FROM ({TABLES[kind].counted} LIMIT :at_most) found")  # noqa: S608  ours
    return db.session.scalar(rows, _of(event) | {"at_most": at_most}) or 0


def batch(kind: ExportKind, event: Event, after: int) -> Batch:
    table = TABLES[kind]
    values = _of(event) | {"zone": event.time_zone, "limit": AT_ONCE, "after": after}
    rows: Sequence[Any] = db.session.execute(sa.text(table.statement), values).all()
    return Batch([table.cells(row) for row in rows], rows[-1].id if len(rows) == AT_ONCE else None)


def head(kind: ExportKind) -> Row:
    return TABLES[kind].head()


def rows_of(kind: ExportKind, event: Event) -> Iterator[Row]:
    """With the head."""
    yield head(kind)
    after: int | None = 0
    while after is not None:
        with transaction():
            found = batch(kind, event, after)
        yield from found.rows
        after = found.after


def money_by_day(event: Event) -> Iterator[Row]:
    """With the head. Days of the event's zone; those without sales and refunds are left out."""
    currency = event.currency
    with transaction():
        taken = takings.of(event)
    yield [_("Day"), _("Tickets"), _("Currency"), _("Taken"), _("Refunded"), _("Stays")]
    days = taken.by_day()
    for day in sorted({*days, *taken.refunds}):
        tickets, gross = days.get(day, (0, 0))
        back = taken.refunds.get(day, 0)
        yield [day, tickets, currency, *(_decimal(minor, currency) for minor in (gross, back, gross - back))]


def _of(event: Event) -> dict[str, Any]:
    return {"organisation_id": event.organisation_id, "event_id": event.id}


def _decimal(minor: int, currency: str) -> Decimal:
    return Decimal(Money(minor, currency).decimal())
