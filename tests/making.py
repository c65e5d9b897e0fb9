"""Rows for tests, made and committed with sensible defaults."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from carneau.accounts import sealing
from carneau.accounts.models import User
from carneau.cart.models import Cart
from carneau.catalogue.models import Event, EventImage, EventStatus, TicketType
from carneau.core import audit, clock, codes
from carneau.core.db import db, transaction
from carneau.exports.models import Export, ExportForm, ExportKind, ExportStatus
from carneau.integrations.models import ApiToken, Kind, WebhookEndpoint
from carneau.integrations.scopes import Scope
from carneau.inventory.models import Hold
from carneau.organisations.models import Invitation, Organisation, OrganisationMember, Role
from carneau.payments.models import Payment, PaymentFlag, SessionStatus
from carneau.purchases.models import PaymentStatus, Purchase, PurchaseLine

number = count(1)


def make_organisation(**values: Any) -> Organisation:
    n = next(number)
    return _keep(Organisation(**{"slug": f"house-{n}", "name": f"House {n}", "email": "box@house.example"} | values))


def make_member(organisation: Organisation, user: User, role: Role = Role.OWNER, **values: Any) -> OrganisationMember:
    mine = {"organisation_id": organisation.id, "user_id": user.id, "role": role, "ref": codes.reference()}
    return _keep(OrganisationMember(**mine | values))


def make_invitation(organisation: Organisation, **values: Any) -> Invitation:
    defaults = {
        "organisation_id": organisation.id,
        "ref": codes.reference(),
        "email": f"new-{next(number)}@team.example",
        "role": Role.MANAGER,
        "invited_by": "Ada Verhoeven",
        "expires_at": clock.now() + timedelta(days=7),
    }
    return _keep(Invitation(**defaults | values))


def make_event(organisation: Organisation | None = None, **values: Any) -> Event:
    n = next(number)
    starts_at = clock.now() + timedelta(days=30)
    defaults = {
        "organisation_id": (organisation or make_organisation()).id,
        "slug": f"concert-{n}",
        "status": EventStatus.PUBLISHED,
        "title": f"Concert {n}",
        "venue_name": "Old Depot",
        "street": "Kanalgasse 4",
        "postcode": "8000",
        "city": "Lindach",
        "country": "CH",
        "time_zone": "Europe/Zurich",
        "doors_open_at": starts_at - timedelta(hours=1),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3),
        "currency": "EUR",
        "published_at": clock.now(),
    }
    return _keep(Event(**defaults | values))


def make_image(event: Event, **values: Any) -> EventImage:
    """The row alone, without its files."""
    key = codes.digest(f"picture {next(number)}").hex()[:24]
    defaults = {
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "position": 0,
        "key": key,
        "source_key": key,
        "alternative_text": "A curtain",
        "width": 640,
        "height": 800,
    }
    return _keep(EventImage(**defaults | values))


def make_export(event: Event, **values: Any) -> Export:
    """Ready, and empty."""
    defaults = {
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "ref": codes.reference(),
        "kind": ExportKind.PURCHASES,
        "form": ExportForm.CSV,
        "status": ExportStatus.READY,
        "rows_total": 0,
        "size_bytes": 0,
        "expires_at": clock.now() + timedelta(days=7),
    }
    return _keep(Export(**defaults | values))


def make_ticket_type(event: Event | None = None, **values: Any) -> TicketType:
    event = event or make_event()
    defaults = {
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "public_id": codes.reference(12).replace("-", ""),
        "name": "Standing",
        "price_minor": 2400,
        "currency": event.currency,
        "total_quantity": 100,
    }
    return _keep(TicketType(**defaults | values))


def make_cart(organisation_id: int, **values: Any) -> Cart:
    defaults = {"organisation_id": organisation_id, "visitor_digest": codes.digest(codes.secret()), "currency": "EUR"}
    return _keep(Cart(**defaults | values))


def make_pending_purchase(cart: Cart, **values: Any) -> Purchase:
    """A row for places to be handed over to, with no line and nothing to pay."""
    defaults = {
        "organisation_id": cart.organisation_id,
        "ref": codes.reference(),
        "cart_id": cart.id,
        "buyer_name": "Ada Verhoeven",
        "email": "ada@buyer.example",
        "currency": cart.currency,
        "lines_minor": 0,
        "fee_minor": 0,
        "total_minor": 0,
        "expires_at": clock.now() + timedelta(minutes=30),
    }
    purchase = _keep(Purchase(**defaults | values))
    with transaction():
        audit.record(purchase, purchase.payment_status)
    return purchase


@dataclass(frozen=True)
class MadeToken:
    """With the secret, and the header that sends it."""

    token: ApiToken
    secret: str

    @property
    def header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def make_token(owner: Organisation | Event, *scopes: Scope, **values: Any) -> MadeToken:
    """With all rights, where none are named."""
    secret = codes.secret()
    defaults = {
        "organisation_id": owner.organisation_id,
        "ref": codes.reference(),
        "name": "Website",
        "digest": codes.digest(secret),
        "scopes": [scope.value for scope in scopes or Scope],
    }
    return MadeToken(_keep(ApiToken(**defaults | values)), secret)


WEBHOOK_SECRET = "whsec_of_the_tests"


def make_endpoint(owner: Organisation | Event, url: str = "http://127.0.0.1:9/", **values: Any) -> WebhookEndpoint:
    """Told of everything."""
    defaults = {
        "organisation_id": owner.organisation_id,
        "ref": codes.reference(),
        "url": url,
        "kinds": [kind.value for kind in Kind],
        "digest": codes.digest(codes.secret()),
        "sealed_secret": sealing.seal(WEBHOOK_SECRET),
    }
    return _keep(WebhookEndpoint(**defaults | values))


def run_out(ticket_type_id: int) -> None:
    """All live holds of the type have run out a minute ago, and no sweep has seen it yet."""
    with transaction():
        db.session.execute(
            sa.update(Hold)
            .where(Hold.ticket_type_id == ticket_type_id, Hold.released_at.is_(None))
            .values(expires_at=sa.func.now() - timedelta(minutes=1))
        )


def _keep(row: Any) -> Any:
    with transaction():
        db.session.add(row)
        db.session.flush()
        db.session.refresh(row)
        db.session.expunge(row)
    return row


def make_paid_purchase(*bought: tuple[TicketType, int], **values: Any) -> Purchase:
    """A purchase that is paid, with its stock, payment and audit rows, and nothing fulfilled yet."""
    bought = bought or ((make_ticket_type(), 2),)
    n = next(number)
    organisation_id = bought[0][0].organisation_id
    price = sum(kind.price_minor * quantity for kind, quantity in bought)
    defaults = {
        "organisation_id": organisation_id,
        "ref": codes.reference(),
        "buyer_name": "Ada Buyer",
        "email": f"ada-{n}@buyer.example",
        "currency": bought[0][0].currency,
        "lines_minor": price,
        "fee_minor": 0,
        "total_minor": price,
        "payment_status": PaymentStatus.SUCCEEDED,
        "expires_at": clock.now(),
        "paid_at": clock.now(),
    }
    purchase = _keep(Purchase(**defaults | values))
    for kind, quantity in bought:
        _keep(_line(purchase, kind, quantity))
        with transaction():
            db.session.execute(
                sa.update(TicketType)
                .where(TicketType.id == kind.id)
                .values(sold_quantity=TicketType.sold_quantity + quantity)
            )
    with transaction():
        db.session.add(_payment(purchase))
        audit.record(purchase, purchase.payment_status)
    return purchase


def make_flag(purchase: Purchase, reason: str = "disputed") -> PaymentFlag:
    """Of the one payment of this purchase."""
    with transaction():
        payment = db.session.scalars(sa.select(Payment).where(Payment.purchase_id == purchase.id)).one()
        payment.flagged = reason
        mine = {"organisation_id": payment.organisation_id, "payment_id": payment.id}
    return _keep(PaymentFlag(ref=codes.reference(), reason=reason, **mine))


def _line(purchase: Purchase, kind: TicketType, quantity: int) -> PurchaseLine:
    return PurchaseLine(
        organisation_id=purchase.organisation_id,
        purchase_id=purchase.id,
        event_id=kind.event_id,
        ticket_type_id=kind.id,
        event_title="Concert",
        ticket_type_name=kind.name,
        quantity=quantity,
        unit_price_minor=kind.price_minor,
        unit_fee_minor=0,
        total_minor=quantity * kind.price_minor,
    )


def _payment(purchase: Purchase) -> Payment:
    return Payment(
        organisation_id=purchase.organisation_id,
        purchase_id=purchase.id,
        session_status=SessionStatus.COMPLETE,
        amount_minor=purchase.total_minor,
        currency=purchase.currency,
        livemode=False,
        expires_at=purchase.expires_at,
        paid_at=purchase.paid_at,
    )
