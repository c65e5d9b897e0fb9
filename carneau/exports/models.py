from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Id, OfOrganisation, belongs_to, choice, own_key
from carneau.core.db import Model


class ExportKind(StrEnum):
    ATTENDEES = "attendees"
    PURCHASES = "purchases"
    ADMISSIONS = "admissions"


class ExportForm(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class ExportStatus(StrEnum):
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class Export(OfOrganisation, Model):
    """A table too long to be made while its reader waits. A job writes it bite by bite: `bites` of them are kept,
    the last one ends at the row with the id `after`. `rows_total` is what there was when it was asked for; sales go on
    meanwhile. `problem` says in a word why it failed.
    """

    __tablename__ = "exports"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id", ondelete="CASCADE"),
        sa.Index("ix_exports_event_id", "event_id"),
        sa.Index("ix_exports_expires_at", "expires_at"),
        sa.Index(
            "uq_exports_making_event_id",
            *("event_id", "kind", "form"),
            unique=True,
            postgresql_where=sa.text("status = 'making'"),
        ),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int]
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[ExportKind] = mapped_column(choice(ExportKind))
    form: Mapped[ExportForm] = mapped_column(choice(ExportForm))
    status: Mapped[ExportStatus] = mapped_column(choice(ExportStatus), server_default="making")
    problem: Mapped[str | None]
    rows_done: Mapped[int] = mapped_column(server_default="0")
    rows_total: Mapped[int]
    bites: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    after: Mapped[int] = mapped_column(server_default="0")
    size_bytes: Mapped[int | None]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class ExportPart(OfOrganisation, Model):
    """A piece of the file: web and worker may share no disk, so that it is kept where all of them look anyway."""

    __tablename__ = "export_parts"
    __table_args__ = (belongs_to("exports", "export_id", ondelete="CASCADE"),)

    export_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    content: Mapped[bytes]
