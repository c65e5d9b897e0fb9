from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Id
from carneau.core.db import Model, db


class AuditEntry(Model):
    """What happened to which row, by whom; written in the same transaction as the change itself."""

    __tablename__ = "audit_entries"
    __table_args__ = (sa.Index(None, "subject", "subject_id"), sa.Index(None, "organisation_id", "id"))

    id: Mapped[Id]
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisations.id"))
    subject: Mapped[str]
    subject_id: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt]


def record(subject: Any, action: str, actor: str = "system", **facts: Any) -> AuditEntry:
    """`subject` is a flushed row; its `organisation_id` may be none. Facts are ids, amounts and states, no personal
    data."""
    entry = AuditEntry(
        organisation_id=subject.organisation_id,
        subject=subject.__tablename__,
        subject_id=subject.id,
        action=action,
        actor=actor,
        facts=facts,
    )
    db.session.add(entry)
    return entry
