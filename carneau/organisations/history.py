"""What happened in an organisation, as its audit entries have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from carneau.accounts.models import User
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from carneau.organisations.models import OrganisationMember

SIZE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What is empty does not narrow. Days are whole ones in UTC, `until` included."""

    subject: str = ""
    action: str = ""
    actor: str = ""
    since: date | None = None
    until: date | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found = []
        if self.subject:
            found.append(AuditEntry.subject == self.subject)
        if self.action:
            found.append(AuditEntry.action == self.action)
        if self.actor:
            found.append(AuditEntry.actor == self.actor)
        if self.since:
            found.append(AuditEntry.created_at >= _begin(self.since))
        if self.until:
            found.append(AuditEntry.created_at < _begin(self.until) + timedelta(days=1))
        return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def entries(organisation_id: int, wanted: Filter, before: int | None = None) -> Sequence[AuditEntry]:
    """The newest first, one more than a page holds."""
    mine = sa.select(AuditEntry).where(AuditEntry.organisation_id == organisation_id, *wanted.conditions())
    if before is not None:
        mine = mine.where(AuditEntry.id < before)
    return db.session.scalars(mine.order_by(AuditEntry.id.desc()).limit(SIZE + 1)).all()


def people(organisation_id: int) -> dict[str, User]:
    """Everyone who ever joined, those who have left too, by the reference of their membership."""
    joined = sa.select(AuditEntry.facts["member"].astext.label("ref"), User).join(
        User, User.id == AuditEntry.facts["user"].astext.cast(sa.BigInteger)
    )
    mine = joined.where(
        AuditEntry.subject == OrganisationMember.__tablename__,
        AuditEntry.organisation_id == organisation_id,
        AuditEntry.action == "joined",
    )
    return {row.ref: row.User for row in db.session.execute(mine.order_by(AuditEntry.id))}
