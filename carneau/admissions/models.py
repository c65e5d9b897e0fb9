from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.catalogue.models import Event
from carneau.core.columns import CreatedAt, Id, OfOrganisation, PublicId, belongs_to, choice, own_key
from carneau.core.db import Model


class Direction(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class Answer(StrEnum):
    """The one word on the screen of a phone at the door."""

    COME_IN = "come_in"
    ALREADY_IN = "already_in"
    NOT_VALID = "not_valid"
    EXIT = "exit"


class Reason(StrEnum):
    """Why a ticket is `not_valid`. A code that is none of ours is `unknown`; `forged` looks like one of ours and is not
    signed by this installation."""

    UNKNOWN = "unknown"
    FORGED = "forged"
    OTHER_EVENT = "other_event"
    OTHER_DAY = "other_day"
    VOID = "void"
    REFUNDED = "refunded"
    PASSED_ON = "passed_on"
    WRONG_GATE = "wrong_gate"
    NOT_OPEN = "not_open"
    CANCELLED = "cancelled"
    NOT_INSIDE = "not_inside"


class Gate(OfOrganisation, Model):
    """One way in. Without ticket types of its own (`gate_ticket_types`) it takes all of them; closed, it takes none."""

    __tablename__ = "gates"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id", ondelete="CASCADE"),
        sa.UniqueConstraint("event_id", "name"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    event_id: Mapped[int]
    name: Mapped[str]
    position: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    closed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class GateTicketType(OfOrganisation, Model):
    __tablename__ = "gate_ticket_types"
    __table_args__ = (
        belongs_to("gates", "gate_id", ondelete="CASCADE"),
        belongs_to("ticket_types", "ticket_type_id", ondelete="CASCADE"),
        sa.Index("ix_gate_ticket_types_ticket_type_id", "ticket_type_id"),
    )

    gate_id: Mapped[int] = mapped_column(primary_key=True)
    ticket_type_id: Mapped[int] = mapped_column(primary_key=True)


class DoorLink(OfOrganisation, Model):
    """Turns any phone that opens it into a device for its events (`door_link_events`). Its secret is shown once and
    kept as a digest. Revoked or expired it ends every device that came with it."""

    __tablename__ = "door_links"
    __table_args__ = (own_key(), sa.Index("ix_door_links_created_by_id", "created_by_id"))

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    label: Mapped[str]
    secret_digest: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    expires_at: Mapped[datetime]
    most_devices: Mapped[int] = mapped_column(sa.Integer, server_default="10")
    sees_names: Mapped[bool] = mapped_column(server_default=sa.true())
    revoked_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]


class DoorLinkEvent(OfOrganisation, Model):
    __tablename__ = "door_link_events"
    __table_args__ = (
        belongs_to("door_links", "door_link_id", ondelete="CASCADE"),
        belongs_to("events", "event_id", ondelete="CASCADE"),
        sa.Index("ix_door_link_events_event_id", "event_id"),
    )

    door_link_id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(primary_key=True)


class DoorDevice(OfOrganisation, Model):
    """A phone that may scan: by a door link, or (`user_id`) because a member logged in on it; that one counts only
    while the session lasts and the membership lets its role to the door. One phone has one token, and a row for each
    link and each organisation it scans for.
    """

    __tablename__ = "door_devices"
    __table_args__ = (
        own_key(),
        belongs_to("door_links", "door_link_id"),
        sa.UniqueConstraint("token_digest", "door_link_id"),
        sa.UniqueConstraint("token_digest", "organisation_id", "user_id"),
        sa.CheckConstraint("door_link_id IS NULL OR user_id IS NULL", name="by_link_or_as_member"),
        sa.Index("ix_door_devices_door_link_id", "door_link_id"),
        sa.Index("ix_door_devices_user_id", "user_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    name: Mapped[str]
    token_digest: Mapped[bytes] = mapped_column(BYTEA)
    door_link_id: Mapped[int | None]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    last_sync_at: Mapped[datetime | None]
    queue_length: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    scan_p95_ms: Mapped[int | None] = mapped_column(sa.Integer)
    sees_names: Mapped[bool] = mapped_column(server_default=sa.true())
    created_at: Mapped[CreatedAt]

    @property
    def actor(self) -> str:
        return f"device:{self.id}"


class Scan(OfOrganisation, Model):
    """One answered attempt. Those with the verdict `come_in` are the admissions, `exit` the leavings: there is no other
    table of them, and the row is the record of who did it (no audit entry beside it). A device and its `nonce` name
    an attempt, so that a retry finds its answer. `scanned_at` is the moment on the device if it was offline, never
    later than `recorded_at`. `is_conflict`: shown as let in while offline, and not let in here; `looked_at` and `note`
    are of somebody in charge, who found out why.
    """

    __tablename__ = "scans"
    __table_args__ = (
        belongs_to("events", "event_id"),
        belongs_to("tickets", "ticket_id"),
        belongs_to("door_devices", "device_id"),
        belongs_to("gates", "gate_id", ondelete="SET NULL (gate_id)"),
        sa.UniqueConstraint("device_id", "nonce"),
        sa.CheckConstraint("(verdict = 'not_valid') = (reason IS NOT NULL)", name="refusals_have_a_reason"),
        sa.CheckConstraint("verdict NOT IN ('come_in', 'exit') OR ticket_id IS NOT NULL", name="somebody_came"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
        sa.Index("ix_scans_ticket_id", "ticket_id", "id"),
        sa.Index("ix_scans_event_id", "event_id", "id"),
        sa.Index("ix_scans_gate_id", "gate_id"),
        sa.Index("ix_scans_conflicts", "event_id", "id", postgresql_where=sa.text("is_conflict")),
        sa.Index(
            "ix_scans_refused",
            "device_id",
            "recorded_at",
            postgresql_where=sa.text("verdict IN ('already_in', 'not_valid') AND NOT is_offline"),
        ),
    )

    id: Mapped[Id]
    event_id: Mapped[int]
    ticket_id: Mapped[int | None]
    gate_id: Mapped[int | None]
    device_id: Mapped[int]
    nonce: Mapped[UUID] = mapped_column(sa.Uuid)
    direction: Mapped[Direction] = mapped_column(choice(Direction), server_default="entry")
    verdict: Mapped[Answer] = mapped_column(choice(Answer))
    reason: Mapped[Reason | None] = mapped_column(choice(Reason))
    scanned_at: Mapped[datetime]
    recorded_at: Mapped[CreatedAt]
    is_offline: Mapped[bool] = mapped_column(server_default=sa.false())
    is_conflict: Mapped[bool] = mapped_column(server_default=sa.false())
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")

    event: Mapped[Event] = relationship(lazy="raise_on_sql", overlaps="organisation")
