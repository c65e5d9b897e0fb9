from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.accounts.models import User
from carneau.core.columns import CreatedAt, Id, OfOrganisation, belongs_to, choice, own_key
from carneau.core.db import Model


class ApiToken(OfOrganisation, Model):
    """What a program proves itself with: the digest of a bearer secret that was shown once. It counts its calls in a
    window of a minute. `made_by` may have left the team since: then somebody outside has seen the secret."""

    __tablename__ = "api_tokens"
    __table_args__ = (own_key(),)

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    window_count: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    window_ends_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]

    made_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    @property
    def actor(self) -> str:
        return f"token:{self.ref}"


class Kind(StrEnum):
    """What happened. A ping is only sent by the button that tests an endpoint."""

    PURCHASE_PAID = "purchase.paid"
    PURCHASE_REFUNDED = "purchase.refunded"
    TICKETS_ISSUED = "tickets.issued"
    TICKET_CHANGED = "ticket.changed"
    TICKET_VOIDED = "ticket.voided"
    TICKET_ADMITTED = "ticket.admitted"
    EVENT_CHANGED = "event.changed"
    PING = "ping"


class DisabledBecause(StrEnum):
    OWNER = "owner"
    FAILING = "failing"


class WebhookEndpoint(OfOrganisation, Model):
    """An address that hears what happens. Its secret signs what we send, so it must be read again: it is sealed. After
    a failure nothing goes to it until `paused_until`, so that one that hangs costs a worker little; `failing_since` is
    the first failure after the last success."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (own_key(),)

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    digest: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    sealed_secret: Mapped[str]
    failures: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    failing_since: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[DisabledBecause | None] = mapped_column(choice(DisabledBecause))
    created_at: Mapped[CreatedAt]


class WebhookEvent(OfOrganisation, Model):
    """Something that happened, for the endpoints there were then. What is sent is composed when it is sent: no name or
    address lies here. `source` is the row that told of it, so that it is announced once."""

    __tablename__ = "webhook_events"
    __table_args__ = (own_key(), sa.Index("ix_webhook_events_created_at", "created_at"))

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    subject_id: Mapped[int]
    created_at: Mapped[CreatedAt]


class WebhookDelivery(OfOrganisation, Model):
    """One event on its way to one endpoint: open until `delivered_at` or `gave_up_at`. `problem` is a sentence about
    the last try; of what the other side answered only the status is kept."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        own_key(),
        belongs_to("webhook_endpoints", "endpoint_id", ondelete="CASCADE"),
        belongs_to("webhook_events", "event_id", ondelete="CASCADE"),
        sa.UniqueConstraint("endpoint_id", "event_id"),
        sa.Index("ix_webhook_deliveries_event_id", "event_id"),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    endpoint_id: Mapped[int]
    event_id: Mapped[int]
    attempts: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    retry_until: Mapped[datetime]
    last_tried_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(sa.SmallInteger)
    milliseconds: Mapped[int | None] = mapped_column(sa.Integer)
    problem: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    event: Mapped[WebhookEvent] = relationship(lazy="raise_on_sql", overlaps="organisation")
    endpoint: Mapped[WebhookEndpoint] = relationship(lazy="raise_on_sql", overlaps="organisation,event")
