from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carneau.catalogue.listing import listing
from carneau.catalogue.search import Wish
from carneau.core import clock
from carneau.core.db import db
from carneau.core.errors import Invalid
from carneau.web.paging import Cursor
from tests.making import make_event


def found(**parameters):
    return [p.event.title for p in listing(Wish.of(parameters), Cursor(), datetime(2020, 1, 1, tzinfo=UTC)).rows]


@pytest.fixture
def season(database):
    make_event(title="The Weather in the Walls", venue_name="Théâtre du Quai", description="A house that *listens*.")
    make_event(title="Undertow", summary="Slow house in a dry dock", venue_name="La Cale", city="Orvelle")
    make_event(title="Four Chairs", summary="A string quartet", venue_name="Łódź", street="", city="Strasse")


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("weather", {"The Weather in the Walls"}),
        ("WEATH", {"The Weather in the Walls"}),
        ("wal wea", set()),
        ("weather wal", {"The Weather in the Walls"}),
        ("théâ", {"The Weather in the Walls"}),
        ("theatre", {"The Weather in the Walls"}),
        ("THÉÂTRE du q", {"The Weather in the Walls"}),
        ("the\u0301atre", {"The Weather in the Walls"}),
        ("lódz strasse", {"Four Chairs"}),
        ("listens", {"The Weather in the Walls"}),
        ("house", {"The Weather in the Walls", "Undertow"}),
        ("house -dock", {"The Weather in the Walls"}),
        ('"dry dock"', {"Undertow"}),
        ('"dock dry"', set()),
        ("orvel", {"Undertow"}),
        ("quartet or dock", {"Four Chairs", "Undertow"}),
        ("", {"The Weather in the Walls", "Undertow", "Four Chairs"}),
        ("   ", {"The Weather in the Walls", "Undertow", "Four Chairs"}),
        ("weather " + "x" * 10_000, set()),
    ],
)
def test_words_find_what_they_name_finished_or_not(season, q, titles):
    assert set(found(q=q)) == titles


@pytest.mark.parametrize(
    "q",
    [
        "'", '"', '"""', "\\", "a\\", "a'b:*", ":*", "& | !", "!!a", "<-> b", "a:b:c", "((", "-", "--", "- a", "or",
        "or or", "or a", "🎉", "a 🎉", "東京", "%", "_", "a\tb\nc", "'; DROP TABLE events; --", "x" * 10_000,
        "é" * 300, "a " * 5_000, "\u202e", "a:*b", "' | 'a", "\x7f", "ﬁ", "-a", '-"a b"', 'a "b', "\u0661",
    ],
)  # fmt: skip
def test_odd_questions_find_little_and_break_nothing(season, q):
    assert len(found(q=q)) <= 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(q=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=300))
def test_no_question_raises(database, q):
    found(q=q)
    db.session.rollback()


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "2026-1", "26-12", "1999-12", "2100-01", "x", "2026-12-01", "٢٠٢٦-١٢"]
)
def test_a_month_that_is_none_is_refused_with_a_sentence(month):
    with pytest.raises(Invalid, match="2026-12"):
        Wish.of({"month": month})


def test_a_month_is_that_of_the_place(database):
    last_evening = datetime(2027, 1, 1, 4, 30, tzinfo=UTC)
    make_event(title="New York, still December", time_zone="America/New_York", starts_at=last_evening,
               ends_at=last_evening.replace(hour=7), doors_open_at=None)  # fmt: skip
    make_event(title="Zurich, January", time_zone="Europe/Zurich", starts_at=last_evening,
               ends_at=last_evening.replace(hour=7), doors_open_at=None)  # fmt: skip
    first_morning = datetime(2026, 11, 30, 10, 30, tzinfo=UTC)
    make_event(title="Kiritimati, already December", time_zone="Pacific/Kiritimati", starts_at=first_morning,
               ends_at=first_morning.replace(hour=12), doors_open_at=None)  # fmt: skip

    assert found(month="2026-12") == ["Kiritimati, already December", "New York, still December"]
    assert found(month="2027-01") == ["Zurich, January"]
    assert found(month="2026-11") == []


def test_a_city_is_found_whatever_its_case_and_only_as_a_whole(season):
    assert found(city="orvelle") == ["Undertow"]
    assert found(city="Orv") == []
    assert found(city="%") == []
    assert found(city="x" * 5000) == []


def test_wishes_add_up(season):
    assert found(q="house", city="Orvelle", month=f"{clock.now():%Y}-01") in ([], ["Undertow"])
    assert found(q="quartet", city="Orvelle") == []
