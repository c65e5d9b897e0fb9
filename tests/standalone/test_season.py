import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from carneau.standalone.posters import wall
from carneau.standalone.season.programme import HOUSES, SHOWS
from carneau.standalone.season.shape import SUNDAY, When

MOMENTS = [datetime(2026, 11, day, hour, tzinfo=UTC) for day in (23, 26, 29) for hour in (0, 12, 23)]
CLICHES = r"!|unforgettable|unique|magical|amazing|immersive|don.t miss|once in a lifetime|world-class"
every_show = pytest.mark.parametrize("show", SHOWS, ids=lambda show: show.slug)


def left(show):
    return sum(offer.total_quantity - offer.sold for offer in show.offers)


def test_slugs_are_unique():
    assert len({show.slug for show in SHOWS}) == len(SHOWS)
    assert len({house.slug for house in HOUSES}) == len(HOUSES)


@every_show
def test_every_show_is_told_in_full(show):
    assert show.house in HOUSES
    assert 20 <= len(show.summary) <= 110 and show.summary.endswith(".")
    assert 2 <= len(re.split(r"\n\n", show.description)) <= 12
    assert not re.search(CLICHES, show.summary + show.description, re.IGNORECASE)
    assert len(show.picture.alternative_text) > 40
    for value in (show.venue.street, show.venue.postcode, show.category):
        assert value
    assert len(show.venue.country) == 2 and ZoneInfo(show.venue.time_zone)


@every_show
def test_every_show_has_a_poster_with_its_title(show):
    words = "".join(text for text, _ in wall.POSTERS[show.picture.poster]().words).casefold()
    for word in re.findall(r"\w+", show.title.casefold()):
        assert word in words


def test_every_poster_hangs_somewhere():
    assert {show.picture.poster for show in SHOWS} == set(wall.POSTERS)


@every_show
@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_times_are_in_order_and_ahead_of_the_reader(show, at):
    times = show.when.times(show.venue.time_zone, at)
    assert times.starts_at < times.ends_at
    assert times.doors_open_at is None or times.doors_open_at <= times.starts_at
    if show.when.weeks > 0:
        assert times.starts_at > at
    else:
        assert times.ends_at < at - timedelta(days=5)


def test_an_evening_keeps_its_local_hour_through_the_year():
    when = When(1, SUNDAY, datetime(2026, 1, 1, 20).time(), timedelta(hours=2))  # noqa: DTZ001
    winter = when.times("Europe/Paris", datetime(2026, 1, 14, tzinfo=UTC))
    summer = when.times("Europe/Paris", datetime(2026, 7, 14, tzinfo=UTC))
    assert (winter.starts_at.hour, summer.starts_at.hour) == (19, 18)
    assert winter.starts_at.weekday() == summer.starts_at.weekday() == SUNDAY


@every_show
def test_offers_fit_their_limits(show):
    for offer in show.offers:
        assert 1 <= offer.min_per_order <= offer.max_per_order <= offer.total_quantity
        assert 0 <= offer.sold <= offer.total_quantity
    assert len({offer.name for offer in show.offers}) == len(show.offers)


def test_the_season_shows_what_a_city_has():
    by_slug = {show.slug: show for show in SHOWS}
    assert len(SHOWS) >= 14
    assert left(by_slug["tamsin-orrevall"]) == 0
    assert left(by_slug["five-past-blue"]) == 8
    assert sum(offer.total_quantity for offer in by_slug["ink-by-hand"].offers) == 12
    assert sum(offer.total_quantity for offer in by_slug["solenn-kaar-great-circle"].offers) == 5000
    assert [offer.price_minor for offer in by_slug["why-bridges-hum"].offers] == [0]
    assert all(offer.opens_in_days for offer in by_slug["ballast"].offers)
    assert len(by_slug["parallel-fields"].offers) == 5
    assert sum(show.title == "The Weather in the Walls" for show in SHOWS) == 3
    assert sum(show.when.weeks < 0 for show in SHOWS) == 1
    assert {(show.house.slug, show.currency) for show in SHOWS} == {("les-rives", "EUR"), ("ropewalk", "GBP")}
