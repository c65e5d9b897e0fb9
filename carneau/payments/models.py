from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.core.columns import CreatedAt, Currency, Id, Minor, OfOrganisation, belongs_to, choice, own_key
from carneau.core.db import Model
from carneau.purchases.models import Purchase


class SessionStatus(StrEnum):
    STARTING = "starting"
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"


class OnExpiry(StrEnum):
    """What the buyer asked to become of the places once nobody can pay the session any more."""

    RELEASE = "release"
    HAND_BACK = "hand_back"


class Payment(OfOrganisation, Model):
    """One Stripe Checkout Session of a purchase. At most one of them can be live (starting or open).

    `on_expiry` is a wish noted before Stripe is asked to expire the session: whoever hears of the expiry first, the
    webhook or the buyer's own request, does the same. `sent_back` says why a payment bought nothing and is refunded
    in full, `flagged` why a person must look at it. `looked_up_at` keeps us from asking Stripe too often.
    `said_...` is what Stripe itself says of it, in an event or when asked, at `said_at`: nothing is computed from that,
    it stands beside our own sums.
    """

    __tablename__ = "payments"
    __table_args__ = (
        own_key(),
        belongs_to("purchases", "purchase_id"),
        sa.Index(
            "uq_payments_live_purchase_id",
            "purchase_id",
            unique=True,
            postgresql_where=sa.text("session_status IN ('starting', 'open')"),
        ),
        sa.Index("ix_payments_purchase_id", "purchase_id"),
    )

    id: Mapped[Id]
    purchase_id: Mapped[int]
    session_status: Mapped[SessionStatus] = mapped_column(choice(SessionStatus), server_default="starting")
    stripe_session_id: Mapped[str | None] = mapped_column(unique=True)
    stripe_payment_intent_id: Mapped[str | None] = mapped_column(unique=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    livemode: Mapped[bool]
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    disputed_at: Mapped[datetime | None]
    flagged: Mapped[str | None]
    sent_back: Mapped[str | None]
    on_expiry: Mapped[OnExpiry | None] = mapped_column(choice(OnExpiry))
    looked_up_at: Mapped[datetime | None]
    said_currency: Mapped[str | None] = mapped_column(sa.CHAR(3))
    said_paid_minor: Mapped[int | None]
    said_refunded_minor: Mapped[int | None]
    said_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    purchase: Mapped[Purchase] = relationship(lazy="raise_on_sql", overlaps="organisation")


class Refund(OfOrganisation, Model):
    """Asked of Stripe after the row is committed, with the row's id as idempotency key. Without a payment it was handed
    back by the organiser: in cash, or the way it had been paid elsewhere. One that failed is `is_made_up` once another
    was asked for in its place."""

    __tablename__ = "refunds"
    __table_args__ = (
        own_key(),
        belongs_to("payments", "payment_id"),
        belongs_to("purchases", "purchase_id"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index("ix_refunds_payment_id", "payment_id"),
        sa.Index("ix_refunds_purchase_id", "purchase_id"),
    )

    id: Mapped[Id]
    payment_id: Mapped[int | None]
    purchase_id: Mapped[int]
    amount_minor: Mapped[Minor]
    status: Mapped[RefundStatus] = mapped_column(choice(RefundStatus), server_default="requested")
    reason: Mapped[str]
    stripe_refund_id: Mapped[str | None] = mapped_column(unique=True)
    is_made_up: Mapped[bool] = mapped_column(server_default=sa.false())
    created_at: Mapped[CreatedAt]


class PaymentFlag(OfOrganisation, Model):
    """A reason for which a person must look at a payment, until somebody has: `note` says what they did about it."""

    __tablename__ = "payment_flags"
    __table_args__ = (
        own_key(),
        belongs_to("payments", "payment_id"),
        sa.Index(
            "uq_payment_flags_open",
            *("payment_id", "reason"),
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.Index("ix_payment_flags_organisation_id", "organisation_id", "id"),
        sa.Index("ix_payment_flags_payment_id", "payment_id"),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    payment_id: Mapped[int]
    reason: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]

    payment: Mapped[Payment] = relationship(lazy="raise_on_sql", overlaps="organisation")


class InquiryStatus(StrEnum):
    ASKING = "asking"
    ANSWERED = "answered"
    FAILED = "failed"


class Inquiry(OfOrganisation, Model):
    """Stripe was asked for all that was paid since the first payment of an event (`since`). Its list comes page by
    page, newest first: `after` is the last charge read, `read_back_to` when that was made. `unknown` are charges that
    name this organisation and no payment that we have.
    """

    __tablename__ = "inquiries"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id"),
        sa.Index("ix_inquiries_event_id", "event_id"),
        sa.Index(
            "uq_inquiries_asking_event_id", "event_id", unique=True, postgresql_where=sa.text("status = 'asking'")
        ),
    )

    id: Mapped[Id]
    event_id: Mapped[int]
    status: Mapped[InquiryStatus] = mapped_column(choice(InquiryStatus), server_default="asking")
    since: Mapped[datetime]
    pages: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    charges: Mapped[int] = mapped_column(server_default="0")
    after: Mapped[str | None]
    read_back_to: Mapped[datetime | None]
    unknown: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    finished_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class StripeEvent(Model):
    """One webhook event, kept once however often it came. `payload` is the event's `data.object` without bearer
    secrets (`url`, `client_secret`)."""

    __tablename__ = "stripe_events"

    id: Mapped[Id]
    stripe_event_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    livemode: Mapped[bool]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    happened_at: Mapped[datetime]
    received_at: Mapped[CreatedAt]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class Reconciliation(Model):
    """One row: up to when Stripe's list of events has been read."""

    __tablename__ = "reconciliations"

    id: Mapped[Id]
    read_until: Mapped[datetime]
