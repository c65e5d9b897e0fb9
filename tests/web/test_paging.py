from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carneau.core.errors import Invalid
from carneau.web.paging import Cursor, Position, page

NOON = datetime(2026, 12, 4, 12, 0, 0, 123456, tzinfo=UTC)


def position(number):
    return Position(NOON, f"row-{number}")


def test_a_position_survives_its_way_through_an_address():
    assert Position.parse(str(Position(NOON, "undertow"))) == Position(NOON, "undertow")


@pytest.mark.parametrize(
    "token", ["1", ".", "1.", ".a", "-1.a", "١٢.a", "1.a b", "1" * 17 + ".a", "1.é", "1.a\n", "1." + "a" * 121, "1e3.a"]
)
def test_a_token_that_is_none_is_refused_with_a_sentence(token):
    for name in ("after", "before"):
        with pytest.raises(Invalid, match="first page"):
            Cursor.of({name: token})


@given(st.text())
def test_no_token_crashes(token):
    try:
        Cursor.of({"after": token})
    except Invalid as refusal:
        assert str(refusal)


def test_the_first_page_knows_what_comes_and_not_what_was():
    first = page([1, 2, 3], position, Cursor(), size=2)

    assert (first.rows, first.before, first.after) == ([1, 2], None, position(2))


def test_the_last_page_ends():
    last = page([5], position, Cursor(position(4)), size=2)

    assert (last.rows, last.before, last.after) == ([5], position(5), None)


def test_backwards_the_rows_stand_in_reading_order():
    middle = page([4, 3, 2], position, Cursor(position(5), backwards=True), size=2)

    assert (middle.rows, middle.before, middle.after) == ([3, 4], position(3), position(4))


def test_beyond_the_end_nothing_is_there_and_nothing_is_promised():
    assert page([], position, Cursor(position(9)), size=2) == page([], position, Cursor(), size=2)
