import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Id, OfOrganisation, belongs_to, own_key
from carneau.core.db import Model


class Message(OfOrganisation, Model):
    """What an organiser writes to everyone who has tickets for an event. `ref` is chosen before it is sent, so that the
    same message sent twice is one; its mails are rows of `mails` with it as their subject."""

    __tablename__ = "messages"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id"),
        sa.Index("ix_messages_event_id", "event_id"),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[CreatedAt]
