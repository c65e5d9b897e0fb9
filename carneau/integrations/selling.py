"""From rows to resources of what was sold."""

from collections.abc import Mapping

from carneau.integrations import queries, resources
from carneau.integrations.showing import amount, moment, moment_or_none, money
from carneau.purchases import models as purchases
from carneau.tickets.models import Ticket

Names = Mapping[int, str]


def purchase(row: purchases.Purchase, slugs: Names, types: Names) -> resources.Purchase:
    """With its lines loaded; the public names of their events and ticket types by the numbers of the rows."""
    return resources.Purchase(
        id=row.ref,
        status=row.payment_status,
        channel=row.channel,
        buyer=resources.Buyer(name=row.buyer_name, email=row.email),
        lines=[_line(line, row.currency, slugs, types) for line in row.lines],
        fee=amount(row.fee),
        included_tax=amount(row.included_tax),
        total=amount(row.total),
        refunded=amount(row.refunded),
        created_at=moment(row.created_at),
        paid_at=moment_or_none(row.paid_at),
    )


def of_reference(organisation_id: int, ref: str) -> resources.Purchase:
    """Raises NotFound for a purchase of another organisation."""
    row = queries.purchase(organisation_id, ref)
    return purchase(row, *queries.names([row]))


def _line(line: purchases.PurchaseLine, currency: str, slugs: Names, types: Names) -> resources.PurchaseLine:
    return resources.PurchaseLine(
        event_id=slugs[line.event_id],
        event_title=line.event_title,
        ticket_type_id=types[line.ticket_type_id],
        ticket_type_name=line.ticket_type_name,
        quantity=line.quantity,
        refunded_quantity=line.refunded_quantity,
        unit_price=money(line.unit_price_minor, currency),
        unit_fee=money(line.unit_fee_minor, currency),
        total=money(line.total_minor, currency),
    )


def attendee(row: Ticket) -> resources.Attendee:
    """With its event, type and purchase loaded. Of a ticket that was not passed on the address is the buyer's."""
    return resources.Attendee(
        id=row.ref,
        status=row.status,
        event_id=row.event.slug,
        ticket_type_id=row.ticket_type.public_id,
        ticket_type_name=row.ticket_type.name,
        purchase_id=row.purchase.ref,
        holder_name=row.holder_name,
        holder_email=row.holder_email or row.purchase.email,
        issued_at=moment(row.created_at),
        admitted_at=moment_or_none(row.redeemed_at),
        voided_at=moment_or_none(row.voided_at),
    )
