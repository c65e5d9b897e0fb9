from datetime import UTC, datetime, timedelta

import pytest

from carneau.catalogue import wording
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.catalogue.wording import Standing
from carneau.inventory.availability import Availability

NOW = datetime(2026, 12, 4, 19, 30, tzinfo=UTC)
BACK_BY = datetime(2026, 12, 4, 19, 41, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _speaking(app):
    with app.app_context():
        yield


def event(**values):
    defaults = {"status": EventStatus.PUBLISHED, "time_zone": "Europe/Zurich", "ends_at": NOW + timedelta(days=9)}
    return Event(**defaults | values)


def kind(**values):
    return TicketType(**{"min_per_order": 1, "max_per_order": 10, "on_sale_from": None, "on_sale_until": None} | values)


def words(total=100, sold=0, held=0, back_by=BACK_BY, ticket_type=None, of_event=None, now=NOW):
    places = Availability(total, sold, held, back_by if held else None)
    return wording.of(ticket_type or kind(), of_event or event(), places, now)


@pytest.mark.parametrize(
    ("total", "sold", "held", "standing", "sentence", "most"),
    [
        (100, 0, 0, Standing.AVAILABLE, "Available.", 10),
        (100, 79, 0, Standing.AVAILABLE, "Available.", 10),
        (100, 80, 0, Standing.FEW_LEFT, "20 left.", 10),
        (100, 0, 60, Standing.AVAILABLE, "Available.", 10),
        (100, 99, 0, Standing.FEW_LEFT, "1 left.", 1),
        (10, 4, 4, Standing.FEW_LEFT, "2 left. 4 more are in other carts and may come back by 20:41.", 6),
        (10, 8, 1, Standing.FEW_LEFT, "1 left. 1 more is in another cart and may come back by 20:41.", 2),
        (
            10,
            6,
            4,
            Standing.HELD_BY_OTHERS,
            "None is free right now. 4 are in other carts and may come back by 20:41.",
            4,
        ),
        (
            10,
            9,
            1,
            Standing.HELD_BY_OTHERS,
            "None is free right now. 1 is in another cart and may come back by 20:41.",
            1,
        ),
        (10, 10, 0, Standing.SOLD_OUT, "Sold out.", 0),
        (0, 0, 0, Standing.SOLD_OUT, "Sold out.", 0),
    ],
)
def test_what_is_left_is_said_as_it_is(total, sold, held, standing, sentence, most):
    said = words(total, sold, held)

    assert (said.standing, said.sentence, said.most) == (standing, sentence, most)
    assert said.is_buyable == (standing is not Standing.SOLD_OUT)


def test_places_that_are_being_paid_for_name_no_time_that_nobody_knows():
    said = words(10, 8, 2, back_by=None)

    assert said.sentence == "None is free right now. 2 are being paid for."
    assert words(10, 7, 2, back_by=None).sentence == "1 left."


def test_fewer_than_an_order_takes_cannot_be_bought():
    said = words(10, 9, 0, ticket_type=kind(min_per_order=2))

    assert (said.standing, said.most) == (Standing.SOLD_OUT, 0)
    assert said.sentence == "1 left, fewer than the 2 that one order takes at least."


def test_the_time_is_the_events_own():
    assert "by 14:41" in words(10, 6, 4, of_event=event(time_zone="America/New_York")).sentence


def test_before_the_sale_it_says_when_and_in_which_zone():
    opens = kind(on_sale_from=datetime(2026, 12, 6, 9, tzinfo=UTC))
    said = words(ticket_type=opens)

    assert (said.standing, said.most) == (Standing.NOT_YET, 0)
    assert said.sentence == "On sale from Sunday, 6 December 2026, 10:00 CET."
    assert words(ticket_type=opens, now=opens.on_sale_from).standing is Standing.AVAILABLE


def test_after_the_sale_it_says_since_when():
    over = kind(on_sale_until=NOW)
    said = words(ticket_type=over)

    assert (said.standing, said.sentence) == (Standing.ENDED, "The sale ended on Friday, 4 December 2026, 20:30 CET.")
    assert words(ticket_type=over, now=NOW - timedelta(microseconds=1)).is_buyable


@pytest.mark.parametrize(
    ("of_event", "standing"),
    [
        (event(status=EventStatus.CANCELLED), Standing.CANCELLED),
        (event(ends_at=NOW), Standing.ENDED),
        (event(status=EventStatus.CANCELLED, ends_at=NOW), Standing.CANCELLED),
    ],
)
def test_an_event_that_does_not_take_place_sells_nothing(of_event, standing):
    said = words(of_event=of_event)

    assert (said.standing, said.most) == (standing, 0)
