"""What we ask Stripe to sell: made from the frozen rows alone, the same to the letter on every try, as Stripe demands
of two requests with one idempotency key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from carneau.core import settings
from carneau.payments.models import Payment
from carneau.purchases import links
from carneau.purchases.models import Purchase

MOST_LINES = 40
LINE = re.compile(r"\d{1,18}( \d{1,12}){4}", re.ASCII)


def params(payment: Payment, purchase: Purchase) -> dict[str, Any]:
    metadata = origin(payment, purchase)
    back = f"purchase={purchase.ref}&key={links.key(purchase.ref)}"
    base_url = settings.current().base_url
    return {
        "mode": "payment",
        "line_items": _line_items(purchase),
        "client_reference_id": purchase.ref,
        "customer_email": purchase.email,
        "metadata": metadata | _agreed(purchase),
        "payment_intent_data": {"metadata": metadata},
        "expires_at": int(payment.expires_at.timestamp()),
        "success_url": f"{base_url}/checkout/success?{back}&session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{base_url}/checkout/cancelled?{back}",
    }


def origin(payment: Payment, purchase: Purchase) -> dict[str, str]:
    """What Stripe keeps and repeats in every event, so that we find our rows again."""
    return {
        "purchase": purchase.ref,
        "payment": str(payment.id),
        "organisation": str(payment.organisation_id),
    }


@dataclass(frozen=True)
class Sold:
    """A line as it is written into a session: enough to make the purchase again from."""

    ticket_type_id: int
    quantity: int
    unit_price_minor: int
    unit_fee_minor: int
    included_tax_minor: int

    @property
    def total_minor(self) -> int:
        return self.quantity * (self.unit_price_minor + self.unit_fee_minor)


def _agreed(purchase: Purchase) -> dict[str, str]:
    """Stripe's limits: 50 names, 500 characters each."""
    lines = {
        f"line{number}": f"{line.ticket_type_id} {line.quantity} {line.unit_price_minor} {line.unit_fee_minor}"
        f" {line.included_tax_minor}"
        for number, line in enumerate(sorted(purchase.lines, key=lambda line: line.ticket_type_id)[:MOST_LINES])
    }
    return {"buyer": purchase.buyer_name[:500], **lines}


def sold(session: Mapping[str, Any]) -> list[Sold]:
    """Empty for a session of somebody else's."""
    metadata = session.get("metadata") or {}
    lines = [metadata[name] for name in (f"line{number}" for number in range(MOST_LINES)) if name in metadata]
    return [Sold(*map(int, line.split())) for line in lines if LINE.fullmatch(line)]


def idempotency_key(payment: Payment, purchase: Purchase) -> str:
    """The reference makes it one of a kind on a Stripe account that several installations share."""
    return f"payment-{purchase.ref}-{payment.id}"


def _line_items(purchase: Purchase) -> list[dict[str, Any]]:
    items = [
        _item(purchase, f"{line.event_title}: {line.ticket_type_name}", line.unit_price_minor, line.quantity)
        for line in purchase.lines
    ]
    if purchase.fee_minor:
        items.append(_item(purchase, _("Booking fee"), purchase.fee_minor, 1))
    return items


def _item(purchase: Purchase, name: str, amount_minor: int, quantity: int) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": purchase.currency.lower(),
            "unit_amount": amount_minor,
            "product_data": {"name": name},
        },
    }
