"""Who is in, by type, gate and minute, and who was refused: followed by those in charge while the door is open."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from carneau.admissions.models import Scan
from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.manage import door_charts
from carneau.organisations.models import Role
from tests.making import make_event, make_organisation, make_ticket_type
from tests.manage.test_sales import figures
from tests.scanning import make_conflict, make_device, make_gate, make_link, make_phone, make_tickets, scan

DOOR = "/manage/events/gala/door"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def rows(page):
    """The cells of each row, without their tags."""
    found = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in found)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


@pytest.fixture
def reentry(event):
    with transaction():
        db.session.execute(sa.update(Event).values(allows_reentry=True))


def test_counts_by_type_and_gate_and_reasons_of_refusals(enter, event, kind, reentry):
    balcony = make_ticket_type(event, name="Balcony", position=1)
    standing, seated = make_tickets((kind, 3)), make_tickets((balcony, 2))
    north = make_gate(event, name="North", position=0)
    make_gate(event, name="South", position=1)
    phone = make_phone(event)
    for ticket in standing[:2]:
        scan(phone, event, ticket, gate=north.public_id)
    scan(phone, event, seated[0])
    scan(phone, event, standing[0], gate=north.public_id, direction="exit")
    scan(phone, event, standing[1], gate=north.public_id)
    scan(phone, event, "nonsense")
    visitor = enter(Role.MANAGER)

    page, part = visitor.get(DOOR), visitor.get(DOOR, headers=PARTIAL)

    shown = figures(page)
    assert (shown["Went out"], shown["Refused"], shown["Not here yet"]) == ("1", "2", "2")
    assert '<dd class="inside">2' in page.text
    table = rows(page)
    assert ["Standing", "3", "2", "1", "1", "1"] in table
    assert ["Balcony", "2", "1", "0", "1", "1"] in table
    assert ["North", "2", "1", "1"] in table
    assert ["South", "0", "0", "0"] in table
    assert ["No gate chosen", "1", "0", "1"] in table
    assert ["Already in", "1"] in table
    assert ["Not a ticket", "1"] in table
    assert "<rect" in page.text
    assert part.text.strip().startswith('<div id="counts"')


def test_before_anybody_came_it_says_what_will_show(enter, event, kind):
    page = enter(Role.OWNER).get(DOOR)

    assert "Nobody was let in yet" in page.text
    assert "By gate" not in page.text


def test_what_was_undone_and_what_is_of_another_event_counts_nowhere(enter, event, kind):
    ticket, other = make_tickets((kind, 1))[0], make_event(make_organisation())
    scan(make_phone(event), event, ticket)
    scan(make_phone(other), other, make_tickets((make_ticket_type(other), 1))[0])
    with transaction():
        db.session.execute(
            sa.update(Scan).where(Scan.event_id == event.id).values(undone_at=sa.func.now(), undone_by="user:1")
        )
        db.session.execute(
            sa.text("UPDATE tickets SET status = 'valid', redeemed_at = NULL WHERE event_id = :id"), {"id": event.id}
        )

    page = enter(Role.OWNER).get(DOOR)

    assert '<dd class="inside">0' in page.text
    assert "Nobody was let in yet" in page.text


def test_the_door_sees_counts_and_nothing_else(enter, event):
    make_conflict(make_device(make_link(event))[0], event)
    visitor = enter(Role.DOOR)

    page = visitor.get(DOOR)

    assert page.status_code == 200
    assert "/door/gates" not in page.text
    assert "/conflicts" not in page.text
    assert [visitor.get(f"{DOOR}/{page}").status_code for page in ("gates", "phones", "conflicts")] == [403] * 3


def test_a_conflict_that_nobody_looked_at_is_announced(enter, event):
    make_conflict(make_device(make_link(event))[0], event)

    assert "let in 1 ticket that it should not have" in enter(Role.MANAGER).get(DOOR).text


def test_the_page_asks_a_fixed_number_of_questions(enter, event, kind, count_statements):
    visitor, counts = enter(Role.OWNER), []
    for number in range(2):
        phone = make_phone(event)
        for ticket in make_tickets((kind, 2), (make_ticket_type(event, name=f"Type {number}"), 1)):
            scan(phone, event, ticket, gate=make_gate(event).public_id)
        with count_statements() as statements:
            assert visitor.get(DOOR).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 5


def minutes(*numbers):
    begin = datetime(2027, 2, 20, 19, 0, tzinfo=UTC)
    return {begin + timedelta(minutes=number): 2 for number in numbers}


def test_minutes_without_anybody_have_a_bar_of_no_height():
    found = door_charts.of(minutes(0, 3))

    assert found.step == 1
    assert [(bar.value, bar.height) for bar in found.bars] == [(2, 150.0), (0, 0.0), (0, 0.0), (2, 150.0)]


@pytest.mark.parametrize(("last", "step"), [(89, 1), (90, 2), (300, 5), (60 * 24 * 3, 60), (60 * 24 * 4000, 1440)])
def test_a_long_evening_is_cut_into_longer_steps(last, step):
    found = door_charts.of(minutes(0, 1, last))

    assert found.step == step
    assert len(found.bars) <= door_charts.MOST_BARS
    assert found.bars[-1].value == 2


def test_nobody_is_no_chart():
    assert door_charts.of({}) is None
