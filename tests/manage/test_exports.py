"""Tables that organisers take with them: complete, safe to open, and no larger in memory than a batch."""

import csv
import io
import tracemalloc
import zipfile

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.organisations.models import Role
from carneau.payments import exporting
from carneau.purchases.models import Channel
from carneau.web import spreadsheets
from tests.manage.selling import bought_by

PATH = "/manage/events/gala/exports"


def table(answer):
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def sheet_of(answer):
    with answer, zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_attendees_purchases_and_money_come_as_tables(enter, kind):
    ada = bought_by(kind, "Ada Verhœven", "ada@post.example", 2)
    bought_by(kind, "Bob", "bob@post.example", 1, channel=Channel.CASH)
    visitor = enter(Role.OWNER)

    attendees = table(visitor.get(f"{PATH}/attendees.csv"))
    purchases = table(visitor.get(f"{PATH}/purchases.csv"))
    money = table(visitor.get(f"{PATH}/money.csv"))

    assert [row[0] for row in attendees] == ["Name", "Ada Verhœven", "Ada Verhœven", "Bob"]
    assert purchases[1][:5] == [ada.ref, "succeeded", "online", "Ada Verhœven", "ada@post.example"]
    assert [row[10] for row in purchases] == ["Total", "48.00", "24.00"]
    assert money[1][1:] == ["3", "EUR", "72.00", "0.00", "72.00"]
    assert visitor.get(PATH).text.count("download") == 6


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_becomes_a_formula(enter, kind, name):
    bought_by(kind, name, "ada@post.example")
    visitor = enter(Role.MANAGER)

    row = table(visitor.get(f"{PATH}/attendees.csv"))[1]
    sheet = sheet_of(visitor.get(f"{PATH}/attendees.xlsx"))

    assert row[0].startswith("'")
    assert "<f>" not in sheet
    assert name.strip() in sheet


def test_money_as_xlsx_holds_numbers_and_days(enter, kind):
    bought_by(kind, "Ada", "ada@post.example", 2)

    sheet = sheet_of(enter(Role.FINANCE).get(f"{PATH}/money.xlsx"))

    assert "<v>48.00</v>" in sheet


def test_download_that_is_broken_off_holds_nothing(app, enter, kind):
    bought_by(kind, "Ada", "ada@post.example", 2)
    visitor = enter(Role.OWNER)

    answer = visitor.get(f"{PATH}/attendees.csv", buffered=False)
    answer.close()

    assert len(table(visitor.get(f"{PATH}/attendees.csv"))) == 3
    assert db.engine.pool.checkedout() <= 1


def test_other_kinds_of_file_do_not_exist(enter, event):
    assert enter(Role.OWNER).get(f"{PATH}/attendees.exe").status_code == 404


def test_export_goes_on_over_batches_and_holds_one_at_a_time(event, kind):
    bought_by(kind, "Ada", "ada@post.example", 1)
    with transaction():
        db.session.execute(
            sa.text(
                """INSERT INTO tickets (organisation_id, ref, event_id, purchase_id, purchase_line_id, ticket_type_id,
                                        position, holder_name)
                   SELECT organisation_id, 'R' || g, event_id, purchase_id, purchase_line_id, ticket_type_id,
                          g, 'Guest ' || g
                     FROM tickets, generate_series(2, 20000) g"""
            )
        )
        here = db.session.get_one(Event, event.id)
        db.session.expunge(here)
    tracemalloc.start()

    rows = sum(part.count("\r\n") for part in spreadsheets.lines(exporting.attendees(here)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert rows == 20_001
    assert peak < 10_000_000
