"""An export made by jobs, bite by bite. Each bite and the debt of the next are one transaction: a worker that dies
leaves a whole number of bites behind, and the next one goes on from there."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.accounts.models import User
from carneau.catalogue.models import Event
from carneau.core import audit, clock, codes, crash, queue
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict
from carneau.core.outbox import job
from carneau.exports import parts, tables
from carneau.exports.models import Export, ExportForm, ExportKind, ExportStatus
from carneau.web import spreadsheets, workbooks

AT_ONCE = 2000
KEPT = timedelta(days=7)
MOST_OF_EVENT = 10
TRIES = 5


class TooLong(Conflict):
    pass


def is_long(kind: ExportKind, event: Event) -> bool:
    """Longer than what is made while its reader waits."""
    return tables.count(kind, event, AT_ONCE + 1) > AT_ONCE


def begin(event: Event, kind: ExportKind, form: ExportForm, user: User) -> None:
    """One of a kind at a time: whoever asks again while it is being made waits for the same."""
    rows = tables.count(kind, event)
    if form is ExportForm.XLSX and rows >= workbooks.MOST_ROWS:
        raise TooLong(_("A sheet ends after 1,048,576 rows, and this table is longer. Please take the CSV."))
    new = insert(Export).values(
        organisation_id=event.organisation_id,
        event_id=event.id,
        ref=codes.reference(),
        requested_by=user.id,
        kind=kind,
        form=form,
        rows_total=rows,
        expires_at=sa.func.now() + KEPT,
    )
    export = db.session.scalar(new.on_conflict_do_nothing().returning(Export))
    if export is None:
        return
    _forget_older(event)
    audit.record(export, "requested", user.actor, kind=kind, form=form, rows=rows)
    queue.enqueue_after_commit(make, export.id, 0, key=key(export.id, 0))


def key(export_id: int, bites: int) -> str:
    return f"export:{export_id}:{bites}"


def _forget_older(event: Event) -> None:
    over = (
        sa.select(Export.id)
        .where(Export.event_id == event.id, Export.status != ExportStatus.MAKING)
        .order_by(Export.id.desc())
        .offset(MOST_OF_EVENT - 1)
    )
    db.session.execute(sa.delete(Export).where(Export.id.in_(over)))


@job("exports.make", tries=TRIES, is_patient=True)
def make(export_id: int, bites: int) -> None:
    """The next bite, if `bites` are what is there; a bite that was made before is left alone."""
    with transaction():
        export = _find_being_made(export_id, bites)
        if export is None:
            return
        is_last = _bite(export)
        crash.point("inside_bite")
        if not is_last:
            queue.enqueue_after_commit(make, export_id, export.bites, key=key(export_id, export.bites))
        elif export.form is ExportForm.XLSX:
            queue.enqueue_after_commit(bind, export_id, export.bites, key=key(export_id, export.bites))
        else:
            _finish(export, parts.size(export))
    crash.point("after_bite")


def _find_being_made(export_id: int, bites: int) -> Export | None:
    being_made = sa.select(Export).where(
        Export.id == export_id, Export.bites == bites, Export.status == ExportStatus.MAKING
    )
    return db.session.scalar(being_made.with_for_update().execution_options(populate_existing=True))


def _bite(export: Export) -> bool:
    """True if it was the last."""
    event = db.session.get_one(Event, export.event_id)
    batch = tables.batch(export.kind, event, export.after)
    is_first = not export.bites
    rows = [tables.head(export.kind), *batch.rows] if is_first else batch.rows
    if export.form is ExportForm.XLSX:
        content = workbooks.part(rows, first=0 if is_first else export.rows_done + 1)
    else:
        content = spreadsheets.csv_part(rows, is_first)
    parts.keep(export, export.bites, content)
    export.bites += 1
    export.rows_done += len(batch.rows)
    export.after = batch.after or export.after
    return batch.after is None


@job("exports.bind", tries=TRIES, is_patient=True)
def bind(export_id: int, bites: int) -> None:
    """Puts the bites of a workbook together."""
    with workbooks.whole(parts.read(export_id)) as file:
        crash.point("before_binding")
        with transaction():
            export = _find_being_made(export_id, bites)
            if export is not None:
                _finish(export, parts.replace(export, file))


def _finish(export: Export, size_bytes: int) -> None:
    export.status = ExportStatus.READY
    export.size_bytes = size_bytes
    export.finished_at = clock.now()
    audit.record(export, "made", rows=export.rows_done)
