"""What the clock does for exports: files go after their days, and one that no worker could make says so."""

import sqlalchemy as sa

from carneau.core import audit, clock
from carneau.core.db import db, rows_changed, transaction
from carneau.core.outbox import OutboxRow
from carneau.exports.models import Export, ExportPart, ExportStatus

AT_ONCE = 20


def forget_expired() -> int:
    """In small bites, as their pieces are large; the number of them."""
    old = sa.select(Export.id).where(Export.expires_at < sa.func.now()).order_by(Export.expires_at).limit(AT_ONCE)
    with transaction():
        return rows_changed(sa.delete(Export).where(Export.id.in_(old)))


def give_up() -> int:
    """Those whose next bite the workers gave up: the rows of the queue know, and say of what kind the trouble was."""
    with transaction():
        found = db.session.execute(
            sa.select(Export, OutboxRow.last_error)
            .join(OutboxRow, OutboxRow.key == sa.func.concat("export:", Export.id, ":", Export.bites))
            .where(Export.status == ExportStatus.MAKING, OutboxRow.gave_up_at.is_not(None))
            .with_for_update(of=Export)
        ).all()
        for export, problem in found:
            _fail(export, problem or "")
        return len(found)


def _fail(export: Export, problem: str) -> None:
    export.status, export.problem, export.finished_at = ExportStatus.FAILED, problem, clock.now()
    db.session.execute(sa.delete(ExportPart).where(ExportPart.export_id == export.id))
    audit.record(export, "failed", reason=problem)
