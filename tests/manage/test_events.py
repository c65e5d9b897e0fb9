"""Making and changing an event, from the first page to its publication and end."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.inventory import holds
from tests.making import make_cart, make_event, make_paid_purchase, make_ticket_type

NEW = "/manage/organisations/house/events/new"
EVENTS = "/manage/organisations/house/events"
SECRET = re.compile(r"/e/[\w-]+\?unlock=\w+")


def typed(**fields):
    return {
        "title": "Brass on the steps",
        "summary": "Nine players, one staircase.",
        "description": "Bring a **cushion**.",
        "time_zone": "Europe/Zurich",
        "starts_at": "2031-05-09T20:00",
        "ends_at": "2031-05-09T22:00",
        "doors_open_at": "",
        "venue_name": "Old Depot",
        "street": "",
        "postcode": "",
        "city": "Lindach",
        "country": "CH",
        "currency": "CHF",
        "category": "",
        "booking_fee": "",
        "tax": "",
        "hold_minutes": "15",
    } | fields


def kind_of(**fields):
    return {
        "name": "Standing",
        "price": "24.50",
        "total_quantity": "80",
        "description": "",
        "on_sale_from": "",
        "on_sale_until": "",
        "min_per_order": "1",
        "max_per_order": "10",
    } | fields


def only(model):
    db.session.rollback()
    return db.session.scalars(sa.select(model).execution_options(populate_existing=True)).one()


def count(model):
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


@pytest.fixture
def gala(house):
    return make_event(
        house,
        slug="gala",
        summary="A long night.",
        currency="EUR",
        starts_at=at(9, 18),
        ends_at=at(9, 20),
        doors_open_at=None,
    )


def at(day, hour):
    return datetime(2031, 5, day, hour, tzinfo=UTC)


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


def test_what_is_missing_is_listed_and_nothing_is_published(ada, house):
    make_event(house, slug="bare", status=EventStatus.DRAFT)
    page = "/manage/events/bare/publication"

    assert "no ticket type yet" in ada.get(page).text
    assert ">Publish</button>" not in ada.get(page).text
    token = ada.get("/manage/events/bare/edit")
    answer = ada.submit("/manage/events/bare/edit", page) if token else None
    assert answer is not None
    assert answer.status_code == 409
    assert only(Event).status is EventStatus.DRAFT


def test_members_preview_a_draft_that_nobody_else_sees(ada, app, house):
    draft = make_event(house, slug="draft", status=EventStatus.DRAFT)
    make_ticket_type(draft, name="Balcony")

    page = ada.get("/manage/events/draft/preview")

    assert "Preview: this is what a buyer sees" in page.text
    assert "Balcony" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert ada.get("/e/draft").status_code == 404
    assert app.test_client().get("/manage/events/draft/preview").status_code == 303


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


def test_cancelling_asks_first_and_says_what_will_happen(ada, gala):
    kind = make_ticket_type(gala)
    make_paid_purchase((kind, 3))
    page = ada.get("/manage/events/gala/cancellation").text
    assert "3 tickets are sold" in page
    assert "cannot be undone" in page

    assert ada.submit("/manage/events/gala/cancellation").status_code == 303
    assert only(Event).status is EventStatus.CANCELLED
    assert "This event is cancelled" in ada.get("/e/gala").text


def test_what_was_published_by_mistake_is_taken_back_and_deleted(ada, gala):
    make_ticket_type(gala)
    publication = "/manage/events/gala/publication"
    assert ada.submit(publication, "/manage/events/gala/withdrawal").status_code == 303
    assert only(Event).status is EventStatus.DRAFT
    assert ada.get("/e/gala").status_code == 404

    assert ada.submit("/manage/events/gala/deletion").status_code == 303
    assert count(Event) == 0


def test_an_event_with_sold_tickets_is_neither_taken_back_nor_deleted(ada, gala):
    make_paid_purchase((make_ticket_type(gala), 1))
    publication = "/manage/events/gala/publication"

    taken_back = ada.submit(publication, "/manage/events/gala/withdrawal")
    deleted = ada.submit(publication, "/manage/events/gala/deletion")

    assert (taken_back.status_code, deleted.status_code) == (409, 409)
    assert "cancel the event instead" in taken_back.text
    assert "stays" in deleted.text
    assert only(Event).status is EventStatus.PUBLISHED


class TestTicketTypes:
    @pytest.mark.parametrize(
        ("field", "text", "words"),
        [
            ("price", "-1", "below zero"),
            ("price", "24.505", "2 decimals at most"),
            ("price", "24 CHF", "in figures"),
            ("price", "1,000.00", "in figures"),
            ("price", "9999999999", "in figures"),
            ("total_quantity", "-1", "from 0 to"),
            ("total_quantity", "1.5", "whole number"),
            ("total_quantity", "1000001", "from 0 to"),
            ("name", "", "cannot be left empty"),
            ("on_sale_until", "2031-05-01T09:00", "must be later"),
            ("max_per_order", "0", "from 1 to 100"),
            ("min_per_order", "11", ""),
        ],
    )
    def test_what_does_not_fit_is_said_at_its_field(self, ada, gala, field, text, words):
        types = "/manage/events/gala/ticket-types"
        answer = ada.submit(f"{types}/new", types, **kind_of(on_sale_from="2031-05-01T10:00", **{field: text}))

        assert answer.status_code == 422
        if words:
            said = re.search(rf'id="{field}_error" class="field-error">([^<]*)<', answer.text)
            assert said, answer.text
            assert words in said[1]
        assert 'value="2031-05-01T10:00"' in answer.text
        assert count(TicketType) == 0

    @pytest.mark.parametrize(
        ("currency", "price", "minor"), [("JPY", "2400", 2400), ("EUR", "24,5", 2450), ("EUR", "0", 0)]
    )
    def test_a_price_is_read_with_the_decimals_of_its_currency(self, ada, house, currency, price, minor):
        make_event(house, slug="gala", currency=currency)
        types = "/manage/events/gala/ticket-types"
        assert ada.submit(f"{types}/new", types, **kind_of(price=price)).status_code == 303
        assert only(TicketType).price_minor == minor

    def test_a_yen_has_no_decimals(self, ada, house):
        make_event(house, slug="gala", currency="JPY")
        types = "/manage/events/gala/ticket-types"
        answer = ada.submit(f"{types}/new", types, **kind_of(price="24.5"))
        assert "JPY has no decimals" in answer.text

    def test_the_number_is_not_lowered_below_what_is_taken(self, ada, gala):
        kind = make_ticket_type(gala, total_quantity=10)
        cart = make_cart(kind.organisation_id)
        with transaction():
            holds.take(cart.id, cart.organisation_id, kind.id, 3, 15)
        page = f"/manage/events/gala/ticket-types/{kind.public_id}"

        answer = ada.submit(page, **kind_of(total_quantity="2", price="24"))
        assert answer.status_code == 422
        assert re.search(r'id="total_quantity_error"[^>]*>0 are sold and 3 are in carts', answer.text)
        assert 'value="2"' in answer.text
        assert only(TicketType).total_quantity == 10

        assert ada.submit(page, **kind_of(total_quantity="3", price="24")).status_code == 303
        assert only(TicketType).total_quantity == 3

    def test_a_hidden_type_is_shown_and_sold_only_by_its_link(self, ada, gala):
        make_ticket_type(gala, name="Standing")
        hidden = make_ticket_type(gala, name="Friends", is_hidden=True, position=1)

        assert "Friends" not in ada.get("/e/gala").text
        assert hidden.public_id not in ada.get("/e/gala/availability").text
        link = SECRET.search(ada.get("/manage/events/gala/ticket-types").text)
        assert link
        page = ada.get(link[0]).text
        assert "Friends" in page
        assert f"/e/gala/availability?unlock={hidden.public_id}" in page
        assert '"name": "Standing"' in page
        assert '"name": "Friends"' not in page
        assert "Friends" not in ada.get("/e/gala?unlock=NOSUCHTYPE").text

    def test_the_order_changes_with_plain_buttons(self, ada, gala):
        first, second = make_ticket_type(gala, name="A"), make_ticket_type(gala, name="B", position=1)
        types = "/manage/events/gala/ticket-types"
        for to, order in (("up", [second.id, first.id]), ("sideways", [second.id, first.id])):
            assert ada.submit(types, f"{types}/{second.public_id}/position", to=to).status_code == 303
            db.session.rollback()
            rows = db.session.scalars(sa.select(TicketType.id).order_by(TicketType.position)).all()
            assert rows == order

    def test_a_type_is_deleted_only_while_nobody_bought_it(self, ada, gala):
        kept, gone = make_ticket_type(gala, name="A"), make_ticket_type(gala, name="B")
        make_paid_purchase((kept, 1))
        types = "/manage/events/gala/ticket-types"
        assert ada.submit(f"{types}/{gone.public_id}/deletion").status_code == 303
        answer = ada.submit(f"{types}/{kept.public_id}/deletion")
        assert answer.status_code == 409
        assert "Tickets were sold" in answer.text
        assert only(TicketType).id == kept.id

    def test_a_name_is_used_once(self, ada, gala):
        make_ticket_type(gala, name="Standing", created_at=clock.now() - timedelta(hours=1))
        types = "/manage/events/gala/ticket-types"
        answer = ada.submit(f"{types}/new", types, **kind_of(price="30"))
        assert answer.status_code == 422
        assert "has this name" in answer.text
