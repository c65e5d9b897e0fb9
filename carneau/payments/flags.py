"""The payments that a person must look at, as the pages of owners and finance show them."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager, joinedload

from carneau.accounts.models import User
from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.payments import ending
from carneau.payments.models import Payment, PaymentFlag, Refund, RefundStatus
from carneau.payments.refunds import FAILED
from carneau.purchases.models import Purchase, PurchaseLine

MOST = 200


@dataclass(frozen=True, slots=True)
class Flag:
    """`slug` is that of the event under which the purchase stands, `closed_by` the name of who has looked at it;
    `can_be_tried`: a refund of ours failed, and none was sent in its place."""

    row: PaymentFlag
    payment: Payment
    purchase: Purchase
    slug: str
    closed_by: str
    can_be_tried: bool

    @property
    def is_open(self) -> bool:
        return self.row.closed_at is None

    @property
    def keeps_places(self) -> bool:
        return self.is_open and ending.is_kept_by(self.payment)


def open_ones(organisation_id: int) -> list[Flag]:
    """Oldest first: who waits longest stands on top."""
    mine = PaymentFlag.organisation_id == organisation_id, PaymentFlag.closed_at.is_(None)
    return _read(_select(*mine).order_by(PaymentFlag.id).limit(MOST))


def closed_ones(organisation_id: int) -> list[Flag]:
    """Newest first."""
    mine = PaymentFlag.organisation_id == organisation_id, PaymentFlag.closed_at.is_not(None)
    return _read(_select(*mine).order_by(PaymentFlag.closed_at.desc()).limit(MOST))


def of_purchase(purchase: Purchase) -> list[Flag]:
    return _read(_select(Purchase.id == purchase.id).order_by(PaymentFlag.id))


def shown(organisation_id: int, ref: str) -> Flag:
    found = _read(_select(PaymentFlag.organisation_id == organisation_id, PaymentFlag.ref == ref))
    if not found:
        raise NotFound(_("There is no such payment to look at."))
    return found[0]


def by_ref(organisation_id: int, ref: str) -> PaymentFlag:
    """With its payment."""
    flag = db.session.scalar(
        sa.select(PaymentFlag)
        .where(PaymentFlag.organisation_id == organisation_id, PaymentFlag.ref == ref)
        .options(joinedload(PaymentFlag.payment))
    )
    if flag is None:
        raise NotFound(_("There is no such payment to look at."))
    return flag


def count_open(organisation_id: int) -> int:
    mine = PaymentFlag.organisation_id == organisation_id, PaymentFlag.closed_at.is_(None)
    return db.session.scalar(sa.select(sa.func.count()).where(*mine)) or 0


def _select(*where: sa.ColumnElement[bool]) -> sa.Select[PaymentFlag, Purchase, str, str, bool]:
    slug = (
        sa.select(Event.slug)
        .join(PurchaseLine, PurchaseLine.event_id == Event.id)
        .where(PurchaseLine.purchase_id == Purchase.id)
        .order_by(PurchaseLine.id)
        .limit(1)
        .scalar_subquery()
    )
    failed = sa.exists().where(
        Refund.payment_id == Payment.id, Refund.status == RefundStatus.FAILED, Refund.is_made_up.is_(False)
    )
    return (
        sa.select(PaymentFlag, Purchase, sa.func.coalesce(slug, ""), sa.func.coalesce(User.name, ""), failed)
        .join(PaymentFlag.payment)
        .join(Payment.purchase)
        .outerjoin(User, User.id == PaymentFlag.closed_by)
        .options(contains_eager(PaymentFlag.payment).contains_eager(Payment.purchase))
        .where(*where)
    )


def _read(statement: sa.Select[PaymentFlag, Purchase, str, str, bool]) -> list[Flag]:
    rows: Iterable[sa.Row[PaymentFlag, Purchase, str, str, bool]] = db.session.execute(statement)
    return [
        Flag(flag, flag.payment, purchase, slug, by, failed and flag.reason == FAILED and flag.closed_at is None)
        for flag, purchase, slug, by, failed in rows
    ]
