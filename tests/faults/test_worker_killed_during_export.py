"""Whatever moment the worker dies in, the table is made once, and whole."""

import signal

import pytest

from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.exports import making, tables
from carneau.exports.models import ExportForm, ExportKind
from tests.exports.crowding import crowd
from tests.exports.reading import content, newest, numbers_of_rows, sheet_of
from tests.faults.waiting import SECONDS, end_leases, work_it_off
from tests.making import make_event, make_ticket_type
from tests.manage.selling import bought_by
from tests.visiting import make_user

GUESTS = 2 * tables.AT_ONCE + 1
POINTS = [
    "leased exports.make",
    "inside_bite",
    "after_bite",
    "before_done exports.make",
    "before_binding",
    "before_done exports.bind",
]


@pytest.mark.parametrize("point", POINTS)
def test_table_is_made_once_and_whole_all_the_same(database, worker, point):
    event = make_event()
    bought_by(make_ticket_type(event), "Ada", "ada@post.example")
    crowd(GUESTS)
    user = make_user()
    with transaction():
        making.begin(db.session.get_one(Event, event.id), ExportKind.ATTENDEES, ExportForm.XLSX, user)

    assert worker(crash_at=point).wait(SECONDS) == -signal.SIGKILL
    end_leases()

    work_it_off()

    assert (newest().status, newest().rows_done) == ("ready", GUESTS)
    assert numbers_of_rows(sheet_of(content(newest()))) == list(range(1, GUESTS + 2))
