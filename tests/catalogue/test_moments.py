# ruff: noqa: DTZ001  what a clock on the wall shows has no zone
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from carneau.catalogue import moments
from carneau.core.errors import Invalid

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.usefixtures("database")
class TestWritten:
    def test_a_time_is_read_on_the_clock_of_the_place(self):
        assert moments.at(datetime(2031, 1, 5, 20, 0), ZURICH) == datetime(2031, 1, 5, 19, 0, tzinfo=UTC)
        assert moments.at(datetime(2031, 7, 5, 20, 0), ZURICH) == datetime(2031, 7, 5, 18, 0, tzinfo=UTC)

    def test_a_time_that_the_clocks_skip_is_refused_with_the_next_one(self):
        with pytest.raises(Invalid, match=r"no 02:30 in Europe/Zurich.* 03:30"):
            moments.at(datetime(2031, 3, 30, 2, 30), ZURICH)

    def test_a_time_that_comes_twice_is_refused(self):
        with pytest.raises(Invalid, match="02:30 comes twice in Europe/Zurich"):
            moments.at(datetime(2031, 10, 26, 2, 30), ZURICH)

    def test_the_hours_beside_are_fine(self):
        assert moments.at(datetime(2031, 3, 30, 3, 0), ZURICH).hour == 1
        assert moments.at(datetime(2031, 10, 26, 3, 0), ZURICH).hour == 2


def test_a_week_later_is_the_same_hour_on_the_wall_whatever_the_clocks_do():
    eight = datetime(2031, 3, 26, 19, 0, tzinfo=UTC)

    later = moments.moved(eight, timedelta(days=7), ZURICH)

    assert moments.written(later, ZURICH) == datetime(2031, 4, 2, 20, 0)
    assert later - eight == timedelta(days=7, hours=-1)
