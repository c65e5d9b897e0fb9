from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.catalogue.models import Event, TicketType
from carneau.core.columns import CreatedAt, Id, OfOrganisation, belongs_to, choice, own_key
from carneau.core.db import Model
from carneau.purchases.models import Purchase

SEARCH = "to_tsvector('simple', folded(holder_name))"


class TicketStatus(StrEnum):
    VALID = "valid"
    REDEEMED = "redeemed"
    VOID = "void"


class Ticket(OfOrganisation, Model):
    """One person's place. The code in the QR is signed over id, event and `revision` and never stored;
    a new revision makes every older code worthless. `holder_email` only of one that was passed on: it is not the
    buyer's any more, who then sees neither its code nor whose it is. `position` (from 1) is unique in its line:
    issuing twice is one. `redeemed_at` is the first time somebody was let in with it; `left_at` says that they are
    outside again since.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id"),
        belongs_to("purchases", "purchase_id"),
        belongs_to("purchase_lines", "purchase_line_id"),
        belongs_to("ticket_types", "ticket_type_id"),
        sa.UniqueConstraint("purchase_line_id", "position"),
        sa.CheckConstraint("(status = 'redeemed') = (redeemed_at IS NOT NULL)", name="redeemed_at_agrees"),
        sa.CheckConstraint("(status = 'void') = (voided_at IS NOT NULL)", name="voided_at_agrees"),
        sa.CheckConstraint("left_at IS NULL OR status = 'redeemed'", name="who_left_was_in"),
        sa.Index("ix_tickets_purchase_id", "purchase_id"),
        sa.Index("ix_tickets_event_id", "event_id", "id"),
        sa.Index("ix_tickets_search", sa.text(SEARCH), postgresql_using="gin"),
        sa.Index(
            "ix_tickets_holder_email",
            sa.text("lower(holder_email)"),
            postgresql_where=sa.text("holder_email IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int]
    purchase_id: Mapped[int]
    purchase_line_id: Mapped[int]
    ticket_type_id: Mapped[int]
    position: Mapped[int] = mapped_column(sa.Integer)
    revision: Mapped[int] = mapped_column(sa.SmallInteger, server_default="1")
    status: Mapped[TicketStatus] = mapped_column(choice(TicketStatus), server_default="valid")
    holder_name: Mapped[str]
    holder_email: Mapped[str | None]
    passed_on: Mapped[int] = mapped_column(sa.SmallInteger, server_default="0")
    redeemed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    event: Mapped[Event] = relationship(lazy="raise_on_sql", overlaps="organisation")
    purchase: Mapped[Purchase] = relationship(lazy="raise_on_sql", overlaps="organisation,event")
    ticket_type: Mapped[TicketType] = relationship(lazy="raise_on_sql", overlaps="organisation,event,purchase")
