"""Tables that organisers take with them: complete, safe to open, and no larger in memory than a batch."""

import csv
import io
import re
import zipfile

import pytest
import sqlalchemy as sa

from carneau.admissions.devices import Phone
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow
from carneau.exports import sweeps, tables
from carneau.organisations.models import Role
from carneau.purchases.models import Channel
from tests.exports.crowding import crowd
from tests.manage.selling import bought_by
from tests.scanning import make_device, make_gate, make_link, make_tickets, scan

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
    assert visitor.get(PATH).text.count("download") == 8


def test_admissions_come_as_a_table_with_all_that_was_answered(enter, event, kind):
    gate, (_device, token) = make_gate(event, name="North"), make_device(make_link(event), name="=phone")
    ticket = make_tickets((kind, 1), buyer_name="Ada")[0]
    for code in (ticket, "nonsense"):
        scan(Phone.of(token), event, code, gate=gate.public_id)
    visitor = enter(Role.MANAGER)

    rows = table(visitor.get(f"{PATH}/admissions.csv"))

    assert rows[1][1:10] == ["come_in", "", "Ada", "Standing", ticket.ref, "North", "'=phone", "0", "0"]
    assert rows[2][1:10] == ["not_valid", "unknown", "", "", "", "North", "'=phone", "0", "0"]
    assert "=phone" in sheet_of(visitor.get(f"{PATH}/admissions.xlsx"))
    assert enter(Role.FINANCE).get(f"{PATH}/admissions.csv").status_code == 403


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


@pytest.fixture
def crowded(event, kind):
    """More guests than are written while one waits."""
    bought_by(kind, "=cmd()", "ada@post.example", 1)
    crowd(2 * tables.AT_ONCE + 10)


def ask(visitor, kind, form):
    return visitor.submit("/account/name", PATH, kind=kind, form=form)


def test_long_table_is_made_by_a_job_and_found_again(crowded, enter):
    visitor = enter(Role.MANAGER)

    at_once = visitor.get(f"{PATH}/attendees.csv")
    clicks = [ask(visitor, "attendees", "csv") for _click in range(2)]
    waiting = visitor.get(PATH)
    part = visitor.get(PATH, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    outbox.drain()
    done = visitor.get(PATH)
    file = visitor.get(link(done))

    assert (at_once.status_code, at_once.location) == (303, PATH)
    assert [click.location for click in clicks] == [f"{PATH}#recent"] * 2
    assert waiting.text.count("0 of 4,010 rows are written") == 1
    assert 'http-equiv="refresh"' in waiting.text
    assert part.text.strip().startswith('<section id="recent"')
    assert 'http-equiv="refresh"' not in done.text
    assert "asked for" in done.text
    assert "The manager" in done.text
    rows = table(file)
    assert len(rows) == 4011
    assert rows[1][0] == "'=cmd()"
    assert int(file.headers["Content-Length"]) == len(file.data)


def link(page):
    found = re.search(r'href="([^"]+/exports/files/[^"]+)"', page.text)
    assert found, page.text
    return found[1]


def test_finance_neither_makes_nor_fetches_a_list_of_guests(crowded, enter):
    manager, finance = enter(Role.MANAGER), enter(Role.FINANCE)
    ask(manager, "attendees", "csv")
    outbox.drain()
    path = link(manager.get(PATH))

    assert finance.get(path).status_code == 404
    assert "/exports/files/" not in finance.get(PATH).text
    assert ask(finance, "attendees", "csv").status_code == 422
    assert manager.get(path).status_code == 200


def test_export_that_no_worker_could_make_says_so_and_is_made_anew(crowded, enter):
    visitor = enter(Role.OWNER)
    ask(visitor, "attendees", "xlsx")
    with transaction():
        db.session.execute(sa.update(OutboxRow).values(gave_up_at=sa.func.now(), last_error="OperationalError"))

    sweeps.give_up()
    failed = visitor.get(PATH)
    ask(visitor, "attendees", "xlsx")
    outbox.drain()

    assert "could not be made" in failed.text
    assert "OperationalError" in failed.text
    assert sheet_of(visitor.get(link(visitor.get(PATH)))).count("<row ") == 4011
    assert sweeps.give_up() == 0
