"""Asking Stripe for its own list of what was paid since an event began to sell: page by page, by jobs, each page
fetched outside of any transaction and noted in one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.accounts.models import User
from carneau.catalogue.models import Event
from carneau.core import audit, clock, queue
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict
from carneau.core.outbox import OutboxRow, job
from carneau.payments import gateway
from carneau.payments.facts import ChargeFacts
from carneau.payments.models import Inquiry, InquiryStatus, Payment
from carneau.purchases.models import PurchaseLine

TRIES = 5
MOST_UNKNOWN = 50
OF_ANOTHER_CLOCK = timedelta(minutes=10)
# In the order of their ids: two inquiries of one house never wait for each other.
NOTE = sa.text(
    """WITH heard AS (
           SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:refs AS text[]), CAST(:currencies AS text[]),
                                CAST(:paid AS bigint[]), CAST(:refunded AS bigint[]))
                      AS t (id, ref, currency, paid, refunded)),
       mine AS (
           SELECT y.id, heard.currency, heard.paid, heard.refunded
             FROM heard JOIN payments y ON y.id = heard.id JOIN purchases p ON p.id = y.purchase_id
            WHERE y.organisation_id = :organisation_id AND p.ref = heard.ref
         ORDER BY y.id FOR UPDATE OF y)
       UPDATE payments y SET said_currency = mine.currency, said_paid_minor = mine.paid,
              said_refunded_minor = mine.refunded, said_at = now()
         FROM mine WHERE y.id = mine.id RETURNING y.id"""
)


class NothingPaid(Conflict):
    def __init__(self) -> None:
        super().__init__(_("Nobody has begun to pay for this event yet, so there is nothing to ask Stripe for."))


@dataclass(frozen=True, slots=True)
class Page:
    charges: list[ChargeFacts]
    has_more: bool


def begin(event: Event, user: User) -> None:
    """One at a time for each event: whoever asks again meanwhile waits for the same."""
    since = _first_payment(event)
    if since is None:
        raise NothingPaid
    new = insert(Inquiry).values(
        organisation_id=event.organisation_id, event_id=event.id, since=since - OF_ANOTHER_CLOCK
    )
    inquiry = db.session.scalar(new.on_conflict_do_nothing().returning(Inquiry))
    if inquiry is not None:
        audit.record(inquiry, "asked", user.actor)
        _go_on(inquiry)


def _first_payment(event: Event) -> datetime | None:
    lines = sa.select(PurchaseLine.purchase_id).where(PurchaseLine.event_id == event.id)
    mine = Payment.organisation_id == event.organisation_id, Payment.purchase_id.in_(lines)
    return db.session.scalar(sa.select(sa.func.min(Payment.created_at)).where(*mine))


def _go_on(inquiry: Inquiry) -> None:
    key = f"inquiry:{inquiry.id}:{inquiry.pages}"
    queue.enqueue_after_commit(ask, inquiry.id, inquiry.pages, key=key)


@job("payments.ask_stripe", tries=TRIES, is_patient=True)
def ask(inquiry_id: int, pages: int) -> None:
    """The page behind those that were read; one that was read before is left alone."""
    with transaction():
        inquiry = _find(inquiry_id, pages)
        if inquiry is None:
            return
        since, after = inquiry.since, inquiry.after
    page = Page(*gateway.charges_page(since, after))
    with transaction():
        inquiry = _find(inquiry_id, pages)
        if inquiry is not None:
            _read(inquiry, page)


def _find(inquiry_id: int, pages: int) -> Inquiry | None:
    asking = Inquiry.id == inquiry_id, Inquiry.pages == pages, Inquiry.status == InquiryStatus.ASKING
    return db.session.scalar(
        sa.select(Inquiry).where(*asking).with_for_update().execution_options(populate_existing=True)
    )


def _read(inquiry: Inquiry, page: Page) -> None:
    _note(inquiry, [charge for charge in page.charges if charge.is_paid])
    inquiry.pages += 1
    inquiry.charges += len(page.charges)
    if page.charges:
        inquiry.after, inquiry.read_back_to = page.charges[-1].charge_id, page.charges[-1].made_at
    if page.has_more:
        _go_on(inquiry)
        return
    inquiry.status, inquiry.finished_at = InquiryStatus.ANSWERED, clock.now()
    audit.record(inquiry, "answered", "stripe", charges=inquiry.charges, unknown=len(inquiry.unknown))


def _note(inquiry: Inquiry, charges: list[ChargeFacts]) -> None:
    """What other houses, or other applications, sold on the same Stripe account is passed over."""
    ours = [charge for charge in charges if charge.origin.organisation_id == inquiry.organisation_id]
    if not ours:
        return
    known = set(
        db.session.scalars(
            NOTE,
            {
                "organisation_id": inquiry.organisation_id,
                "ids": [charge.origin.payment_id for charge in ours],
                "refs": [charge.origin.purchase_ref for charge in ours],
                "currencies": [charge.currency for charge in ours],
                "paid": [charge.amount_minor for charge in ours],
                "refunded": [charge.refunded_minor for charge in ours],
            },
        )
    )
    strangers = [_in_words(charge) for charge in ours if charge.origin.payment_id not in known]
    inquiry.unknown = [*inquiry.unknown, *strangers][:MOST_UNKNOWN]


def _in_words(charge: ChargeFacts) -> dict[str, object]:
    return {
        "charge": charge.charge_id,
        "ref": charge.origin.purchase_ref,
        "amount_minor": charge.amount_minor,
        "refunded_minor": charge.refunded_minor,
        "currency": charge.currency,
    }


def give_up() -> int:
    """A sweep: inquiries whose next page the workers gave up."""
    gave_up = (
        sa.select(Inquiry)
        .join(OutboxRow, OutboxRow.key == sa.func.concat("inquiry:", Inquiry.id, ":", Inquiry.pages))
        .where(Inquiry.status == InquiryStatus.ASKING, OutboxRow.gave_up_at.is_not(None))
    )
    with transaction():
        found = db.session.scalars(gave_up.with_for_update(of=Inquiry)).all()
        for inquiry in found:
            inquiry.status, inquiry.finished_at = InquiryStatus.FAILED, clock.now()
            audit.record(inquiry, "failed")
        return len(found)
