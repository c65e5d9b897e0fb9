"""Long tables, bite by bite: whole, safe to open, and no larger in memory than a bite."""

import io
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core import outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.exports import making, parts, sweeps, tables
from carneau.exports.models import Export, ExportForm, ExportKind, ExportPart, ExportStatus
from tests.exports.crowding import crowd
from tests.exports.reading import content, newest, numbers_of_rows, sheet_of
from tests.making import make_event, make_export, make_paid_purchase, make_ticket_type
from tests.manage.selling import bought_by
from tests.visiting import make_user

MANY = 50_000


@pytest.fixture
def event(database):
    event = make_event(slug="gala")
    bought_by(make_ticket_type(event), "Ada & <Bob>", "ada@post.example", 1)
    return event


def begin(event, kind=ExportKind.ATTENDEES, form=ExportForm.CSV):
    user = make_user(f"{kind}-{form}@house.example")
    with transaction():
        making.begin(db.session.get_one(Event, event.id), kind, form, user)


def test_fifty_thousand_rows_take_no_more_memory_than_a_bite(event):
    crowd(MANY)
    for form in ExportForm:
        begin(event, form=form)

        peaks = list(iter(peak_of_bite, None))

        export, file = newest(), content(newest())
        assert (export.status, export.rows_done, export.rows_total) == ("ready", MANY, MANY)
        assert export.size_bytes == len(file)
        assert max(peaks) < 8_000_000
        rows = file.count(b"\r\n") if form is ExportForm.CSV else len(numbers_of_rows(sheet_of(file)))
        assert rows == MANY + 1


def peak_of_bite():
    """Of the next; None when all are done. Measuring is slow: only the second, the last ones and what follows are."""
    if newest().bites not in (1, *range(MANY // tables.AT_ONCE - 1, MANY)):
        return None if outbox.do_next() is None else 0
    tracemalloc.start()
    is_done = outbox.do_next()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return None if is_done is None else peak


def test_workbook_of_several_bites_is_one_whole_book(event):
    crowd(tables.AT_ONCE + 1)
    begin(event, form=ExportForm.XLSX)
    outbox.drain()

    book = content(newest())
    sheet = sheet_of(book)

    assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
    assert numbers_of_rows(sheet) == list(range(1, tables.AT_ONCE + 3))
    assert "Ada &amp; &lt;Bob&gt;" in sheet
    assert f"Guest {tables.AT_ONCE + 1}" in sheet
    assert "<dimension" not in sheet


def test_purchases_are_made_the_same_way(event):
    begin(event, ExportKind.PURCHASES, ExportForm.XLSX)
    outbox.drain()

    assert "<v>24.00</v>" in sheet_of(content(newest()))


def test_bite_that_is_run_again_adds_nothing(event):
    crowd(tables.AT_ONCE + 1)
    begin(event)
    export = newest()

    for bites in (0, 0, 1, 0, 1):
        making.make(export.id, bites)

    assert content(newest()).count(b"\r\n") == tables.AT_ONCE + 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExportPart)) == 2


def test_one_of_a_kind_is_made_at_a_time_by_two_who_ask_at_once(event, in_parallel):
    user = make_user()

    def ask():
        with transaction():
            making.begin(db.session.get_one(Event, event.id), ExportKind.ATTENDEES, ExportForm.CSV, user)

    assert in_parallel(2, ask) == [None, None]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Export)) == 1


def test_file_is_gone_after_its_days(event):
    begin(event)
    outbox.drain()
    kept = newest().id
    with transaction():
        db.session.execute(sa.update(Export).values(expires_at=sa.func.now() - timedelta(minutes=1)))

    assert sweeps.forget_expired() == 1
    assert list(parts.read(kept)) == []
    assert sweeps.forget_expired() == 0


def test_only_the_newest_files_of_an_event_are_kept(event):
    old = [make_export(event) for _more in range(making.MOST_OF_EVENT)]

    begin(event)

    ids = set(db.session.scalars(sa.select(Export.id)))
    assert old[0].id not in ids
    assert {each.id for each in old[1:]} < ids


def test_every_state_of_an_export_has_its_audit_entry(event):
    begin(event)
    outbox.drain()
    mine = sa.select(AuditEntry.action).where(AuditEntry.subject == "exports").order_by(AuditEntry.id)

    assert list(db.session.scalars(mine)) == ["requested", "made"]
    assert newest().status is ExportStatus.READY


def test_purchases_of_other_houses_and_events_are_left_out(event):
    make_paid_purchase((make_ticket_type(make_event(organisation_id=event.organisation_id)), 1))
    make_paid_purchase((make_ticket_type(), 1))
    begin(event, ExportKind.PURCHASES)
    outbox.drain()

    assert (newest().rows_done, newest().rows_total) == (1, 1)
