from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Id
from carneau.core.db import Model


class Mail(Model):
    """That a mail is owed, and whether it went out. Its text is composed when it is sent: it carries links and codes
    that must not lie in the database. `key` (as `confirmation:purchase:7`) makes the debt unique,
    `message_id` is the same on every try, so that a mailbox can see a double for what it is. A mail about an account
    has no organisation. It `forgets_recipient`, once it has gone, who was erased while it was owed.
    """

    __tablename__ = "mails"
    __table_args__ = (
        sa.Index("ix_mails_undelivered", "created_at", postgresql_where=sa.text("sent_at IS NULL")),
        sa.Index("ix_mails_subject", "subject", "subject_id"),
        sa.Index("ix_mails_forgetting", "id", postgresql_where=sa.text("forgets_recipient")),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int]
    recipient: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    attempts: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    last_tried_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]
    forgets_recipient: Mapped[bool] = mapped_column(server_default=sa.false())
    created_at: Mapped[CreatedAt]
