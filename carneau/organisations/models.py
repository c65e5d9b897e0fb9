from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.accounts.models import User
from carneau.core.columns import CreatedAt, Id, OfOrganisation, belongs_to, choice, own_key
from carneau.core.db import Model


class Organisation(Model):
    __tablename__ = "organisations"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    imprint: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[CreatedAt]

    @property
    def organisation_id(self) -> int:
        """As every row names its organisation, so that the audit can name this one."""
        return self.id


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    FINANCE = "finance"
    DOOR = "door"


class _RoleHere(OfOrganisation):
    """`event_id` narrows the door to one event; none means all. If that event goes, so does the row: what was for one
    event must not become a right to all."""

    role: Mapped[Role] = mapped_column(choice(Role))
    event_id: Mapped[int | None]


class OrganisationMember(_RoleHere, Model):
    """One role for each person in an organisation. Read anew on each request: without the row there is no access.
    Organisation and person come with it, and again where a page is rendered after a commit or a rollback."""

    __tablename__ = "organisation_members"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id", ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "user_id"),
        sa.Index("ix_organisation_members_user_id", "user_id"),
        sa.CheckConstraint("event_id IS NULL OR role = 'door'", name="only_the_door_is_for_one_event"),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]

    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User] = relationship()


class Invitation(_RoleHere, Model):
    """Open until it is accepted, withdrawn or expired. The link in the mail is signed, not stored (`invitations`), and
    counts only together with an account of the address it was sent to."""

    __tablename__ = "invitations"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id", ondelete="CASCADE"),
        sa.CheckConstraint("event_id IS NULL OR role = 'door'", name="only_the_door_is_for_one_event"),
        sa.Index(
            "uq_invitations_open",
            "organisation_id",
            sa.text("lower(email)"),
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    invited_by: Mapped[str]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
