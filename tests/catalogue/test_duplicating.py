# ruff: noqa: DTZ001  what a clock on the wall shows has no zone
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.catalogue import duplicating, moments, pictures, queries
from carneau.catalogue.models import Event, EventImage, EventStatus
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict, Invalid
from tests.making import make_event, make_paid_purchase, make_ticket_type

pytestmark = pytest.mark.usefixtures("database")
EIGHT = datetime(2031, 3, 20, 19, 0, tzinfo=UTC)


@pytest.fixture
def play(database):
    event = make_event(
        title="The play",
        starts_at=EIGHT,
        ends_at=EIGHT + timedelta(hours=2),
        doors_open_at=EIGHT - timedelta(hours=1),
        accent_light="#123456",
    )
    stalls = make_ticket_type(
        event,
        name="Stalls",
        on_sale_from=EIGHT - timedelta(days=60),
        on_sale_until=EIGHT - timedelta(hours=3),
        is_hidden=True,
    )
    make_paid_purchase((stalls, 3))
    with transaction():
        db.session.add(
            EventImage(
                organisation_id=event.organisation_id,
                event_id=event.id,
                position=0,
                key="a" * 24,
                source_key="b" * 24,
                alternative_text="A curtain",
                width=640,
                height=800,
            )
        )
    return event


def duplicate(event, *starts):
    with transaction():
        row = db.session.get_one(Event, event.id, options=[joinedload(Event.organisation)])
        return duplicating.duplicate_onto(row, list(starts), "user:1")


def evening(day, month=3):
    return moments.nearest(datetime(2031, month, day, 20, 0), duplicating_zone())


def duplicating_zone():
    return db.session.scalars(sa.select(Event).limit(1)).one().zone


def test_a_run_is_made_of_drafts_with_everything_but_what_was_sold(play):
    copies = duplicate(play, evening(28), evening(2, 4))

    assert [copy.status for copy in copies] == [EventStatus.DRAFT] * 2
    assert [copy.slug for copy in copies] == ["the-play", "the-play-2031-04-02"]
    (kind,) = queries.ticket_types_of(copies[0])
    assert (kind.name, kind.total_quantity, kind.sold_quantity, kind.is_hidden) == ("Stalls", 100, 0, True)
    (image,) = pictures.of(copies[1])
    assert (image.key, image.source_key, copies[1].accent_light) == ("a" * 24, "b" * 24, "#123456")


def test_doors_and_the_end_of_the_sale_keep_their_hour_on_the_wall(play):
    (copy,) = duplicate(play, evening(2, 4))

    on_wall = lambda at: moments.written(at, copy.zone)  # noqa: E731
    assert on_wall(copy.doors_open_at) == datetime(2031, 4, 2, 19, 0)
    assert on_wall(copy.ends_at) == datetime(2031, 4, 2, 22, 0)
    (kind,) = queries.ticket_types_of(copy)
    assert on_wall(kind.on_sale_until) == datetime(2031, 4, 2, 17, 0)
    assert kind.on_sale_from == EIGHT - timedelta(days=60)


def test_a_date_that_is_taken_is_refused_and_nothing_is_made(play):
    duplicate(play, evening(28))

    with pytest.raises(duplicating.AlreadyThere, match="2031-03-28 20:00"):
        duplicate(play, evening(27), evening(28))
    with pytest.raises(Conflict, match="twice"):
        duplicate(play, evening(29), evening(29))

    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 2


def test_two_clicks_at_once_make_one_run(play, in_parallel):
    dates = [evening(28), evening(29)]

    outcomes = in_parallel(2, lambda: len(duplicate(play, *dates)))

    assert sorted(map(str, (type(outcome).__name__ for outcome in outcomes))) == ["AlreadyThere", "int"]
    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 3


def test_no_date_and_too_many_are_refused(play):
    for starts in ([], [EIGHT + timedelta(days=n) for n in range(1, 62)]):
        with pytest.raises(Invalid):
            duplicate(play, *starts)
