from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.organisations.models import Organisation
from carneau.purchases.models import PaymentStatus, Purchase, PurchaseLine
from carneau.purchases.status import UNSETTLED


def by_ref(ref: str) -> Purchase:
    """With its lines."""
    purchase = find_by_ref(ref)
    if purchase is None:
        raise NotFound(_("We know no purchase by this reference. Please open the link of your mail again."))
    return purchase


def find_by_ref(ref: str) -> Purchase | None:
    return (
        db.session.scalars(
            sa.select(Purchase)
            .where(Purchase.ref == ref)
            .options(joinedload(Purchase.lines))
            .execution_options(populate_existing=True)
        )
        .unique()
        .one_or_none()
    )


def locked(purchase_id: int) -> Purchase:
    """As it is now, and nobody else changes it until our transaction ends."""
    return _with_lines(sa.select(Purchase).where(Purchase.id == purchase_id).with_for_update(of=Purchase))


def of_event(organisation_id: int, event_id: int, ref: str) -> Purchase:
    """With its lines. A purchase with tickets of this event of the organisation; any other is not there."""
    return _with_lines(sa.select(Purchase).where(Purchase.id == _id_of(organisation_id, event_id, ref)))


def locked_of(organisation_id: int, event_id: int, ref: str) -> Purchase:
    """The same, for whoever changes it."""
    return locked(_id_of(organisation_id, event_id, ref))


def _id_of(organisation_id: int, event_id: int, ref: str) -> int:
    mine = sa.exists().where(PurchaseLine.purchase_id == Purchase.id, PurchaseLine.event_id == event_id)
    found = db.session.scalar(
        sa.select(Purchase.id).where(Purchase.organisation_id == organisation_id, Purchase.ref == ref, mine)
    )
    if found is None:
        raise NotFound(_("There is no purchase of this reference here."))
    return found


def _with_lines(statement: sa.Select[Purchase]) -> Purchase:
    whole = statement.options(joinedload(Purchase.lines)).execution_options(populate_existing=True)
    return db.session.scalars(whole).unique().one()


def find_latest_of_cart(cart_id: int, states: Collection[PaymentStatus], since: datetime) -> Purchase | None:
    return db.session.scalars(
        sa.select(Purchase)
        .where(Purchase.cart_id == cart_id, Purchase.payment_status.in_(states), Purchase.created_at > since)
        .options(selectinload(Purchase.lines))
        .order_by(Purchase.id.desc())
        .limit(1)
    ).one_or_none()


def places_unpaid(email: str) -> sa.ScalarSelect[int]:
    """How many places purchases of this address hold that nobody has paid yet; part of another statement."""
    mine = sa.func.lower(Purchase.email) == email.lower(), Purchase.payment_status.in_(UNSETTLED)
    places = sa.select(sa.func.sum(PurchaseLine.quantity)).join(Purchase, Purchase.id == PurchaseLine.purchase_id)
    return places.where(*mine).scalar_subquery()


def events_of(purchase: Purchase) -> list[Event]:
    ids = {line.event_id for line in purchase.lines}
    return list(db.session.scalars(sa.select(Event).where(Event.id.in_(ids)).order_by(Event.starts_at, Event.id)))


def organisation_of(purchase: Purchase) -> Organisation:
    return db.session.get_one(Organisation, purchase.organisation_id)
