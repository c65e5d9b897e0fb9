"""Making and changing an event, from the first page on."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from tests.making import make_event, make_ticket_type
from tests.manage.editing import EVENTS, NEW, at, count, kind_of, only, typed


def test_from_nothing_to_published_in_four_pages(ada, house):
    made = ada.submit(NEW, EVENTS, **typed())
    assert (made.status_code, made.location) == (303, "/manage/events/brass-on-the-steps/ticket-types/new")
    page = ada.get(made.location)
    assert "The draft is kept" in page.text
    assert "One ticket type is enough to begin" in page.text

    added = ada.submit(made.location, made.location.removesuffix("/new"), **kind_of())
    assert added.status_code == 303
    assert "Next: a picture" in ada.get(added.location).text

    publication = "/manage/events/brass-on-the-steps/publication"
    assert "Everything is there" in ada.get(publication).text
    assert ada.get("/e/brass-on-the-steps").status_code == 404
    assert ada.submit(publication).status_code == 303

    event, kind = only(Event), only(TicketType)
    assert (event.status, event.starts_at, event.tax_basis_points) == (EventStatus.PUBLISHED, at(9, 18), 0)
    assert (kind.price_minor, kind.currency, kind.total_quantity) == (2450, "CHF", 80)
    assert "Brass on the steps" in ada.get("/e/brass-on-the-steps").text
    actors = set(db.session.scalars(sa.select(AuditEntry.actor).where(AuditEntry.organisation_id == house.id)))
    assert actors == {"user:1"}


def test_a_second_click_makes_no_second_event_or_type(ada):
    for _ in range(2):
        assert ada.submit(NEW, EVENTS, **typed()).status_code == 303
    assert count(Event) == 1
    types = "/manage/events/brass-on-the-steps/ticket-types"
    for _ in range(2):
        assert ada.submit(f"{types}/new", types, **kind_of()).status_code == 303
    assert count(TicketType) == 1


def test_the_next_event_begins_with_the_place_of_the_last(ada, gala):
    page = ada.get(NEW).text
    assert 'value="Old Depot"' in page
    assert '<option selected value="Europe/Zurich">' in page


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("title", "   ", "cannot be left empty"),
        ("title", "x" * 201, "at most 200"),
        ("starts_at", "", "Please give a day and a time"),
        ("starts_at", "tomorrow", "Please give a day and a time"),
        ("starts_at", "٢٠٣١-٠٥-٠٩T20:00", "Please give a day and a time"),
        ("starts_at", "0001-01-01T00:00", "a year from 2000"),
        ("starts_at", "9999-12-31T23:59", "a year from 2000"),
        ("starts_at", "2031-03-30T02:30", "clocks go forward"),
        ("ends_at", "2031-10-26T02:30", "comes twice in Europe/Zurich"),
        ("ends_at", "2031-05-09T19:00", "must be later"),
        ("doors_open_at", "", ""),
        ("time_zone", "Europe/Atlantis", "not a time zone"),
        ("time_zone", "", "choose one"),
        ("country", "XXX", "two capital letters"),
        ("currency", "EURO", "not a currency"),
        ("currency", "XXZ", "not a currency"),
        ("booking_fee", "-1", "below zero"),
        ("booking_fee", "1.005", "2 decimals at most"),
        ("tax", "101", "from 0 to 10000"),
        ("tax", "a", "percentage"),
        ("hold_minutes", "4", "from 5 to 60"),
        ("hold_minutes", "1e9", "whole number"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(ada, field, text, words):
    answer = ada.submit(NEW, EVENTS, **typed(**{field: text}))

    if not words:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    said = re.search(rf'id="{field}_error" class="field-error">([^<]*)<', answer.text)
    assert said, answer.text
    assert words in said[1]
    assert "Bring a **cushion**." in answer.text
    assert count(Event) == 0


def test_everything_that_is_wrong_is_said_at_once(ada):
    answer = ada.submit(NEW, EVENTS, **typed(title="", city="", starts_at="", booking_fee="x"))
    assert {"title_error", "city_error", "starts_at_error", "booking_fee_error"} <= set(
        re.findall(r'id="(\w+_error)"', answer.text)
    )


def test_script_and_javascript_links_do_nothing_on_the_page(ada, gala):
    make_ticket_type(gala)
    text = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    assert (
        ada.submit("/manage/events/gala/edit", **typed(title="<b>Hi</b>", description=text, currency="EUR")).status_code
        == 303
    )

    page = ada.get("/e/gala").text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<img src=x" not in page
    assert "&lt;b&gt;Hi" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in ada.get("/manage/events/gala/edit").text


def test_a_change_is_on_the_public_page_at_once(ada, gala):
    make_ticket_type(gala)
    before = ada.get("/e/gala").text
    ada.submit("/manage/events/gala/edit", **typed(title="Another night", currency="EUR"))
    assert "Another night" not in before
    assert "Another night" in ada.get("/e/gala").text


def test_a_time_in_the_hour_that_comes_twice_stays_when_it_is_not_touched(ada, house):
    twice = datetime(2031, 10, 26, 1, 30, tzinfo=UTC)
    make_event(house, slug="night", starts_at=twice, ends_at=twice + timedelta(hours=4), doors_open_at=None)

    answer = ada.submit(
        "/manage/events/night/edit", **typed(starts_at="2031-10-26T02:30", ends_at="2031-10-26T06:30", currency="EUR")
    )

    assert answer.status_code == 303
    assert only(Event).starts_at == twice


def test_the_currency_stays_once_there_are_prices(ada, gala):
    make_ticket_type(gala)
    answer = ada.submit("/manage/events/gala/edit", **typed(currency="JPY"))
    assert answer.status_code == 422
    assert "the currency stays" in answer.text


def test_a_run_is_made_from_a_list_of_dates(ada, gala):
    make_ticket_type(gala, name="Stalls", total_quantity=120)

    answer = ada.submit(
        "/manage/events/gala/copies", dates="2031-05-10 20:00\r\n\r\n2031-05-11\r\n2031-05-12T15:30", publish="y"
    )

    assert answer.status_code == 303
    db.session.rollback()
    copies = db.session.scalars(sa.select(Event).where(Event.slug != "gala").order_by(Event.starts_at)).all()
    assert [copy.starts_at for copy in copies] == [at(10, 18), at(11, 18), datetime(2031, 5, 12, 13, 30, tzinfo=UTC)]
    assert {copy.status for copy in copies} == {EventStatus.PUBLISHED}


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ("", "at least one date"),
        ("2031-05-10\nsoon", "soon: Please give a day"),
        ("2031-03-30 02:30", "clocks go forward"),
        ("2031-05-09 20:00", "on already"),
        ("2031-05-10\n2031-05-10", "named twice"),
        ("\n".join(f"{year}-05-10" for year in range(2032, 2095)), "from 1 to 60"),
    ],
)
def test_dates_that_cannot_be_are_named_and_kept(ada, gala, dates, words):
    answer = ada.submit("/manage/events/gala/copies", dates=dates)
    assert answer.status_code == 422
    assert words in answer.text
    assert dates.split("\n")[-1] in answer.text
    assert count(Event) == 1
