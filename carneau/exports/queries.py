from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.accounts.models import User
from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.exports.models import Export, ExportKind, ExportStatus


@dataclass(frozen=True, slots=True)
class Recent:
    """`by` is the name of who asked for it, empty if the account is gone."""

    export: Export
    by: str

    @property
    def is_being_made(self) -> bool:
        return self.export.status is ExportStatus.MAKING


def recent(event: Event, kinds: Collection[ExportKind]) -> list[Recent]:
    """Newest first."""
    rows = db.session.execute(
        sa.select(Export, User.name).outerjoin(User, User.id == Export.requested_by).where(*_mine(event, kinds))
        .order_by(Export.id.desc()).execution_options(populate_existing=True)
    )  # fmt: skip
    return [Recent(row[0], row[1] or "") for row in rows]


def ready(event: Event, kinds: Collection[ExportKind], ref: str) -> Export:
    found = db.session.scalar(
        sa.select(Export).where(*_mine(event, kinds), Export.ref == ref, Export.status == ExportStatus.READY)
    )
    if found is None:
        raise NotFound(_("This export is not kept (any more). Exports are kept for seven days; please make it again."))
    return found


def _mine(event: Event, kinds: Collection[ExportKind]) -> list[sa.ColumnElement[bool]]:
    return [
        Export.organisation_id == event.organisation_id,
        Export.event_id == event.id,
        Export.kind.in_(kinds),
        Export.expires_at > sa.func.now(),
    ]
