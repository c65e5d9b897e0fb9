from datetime import timedelta

from carneau.core import clock
from carneau.my import queries
from carneau.web.paging import Cursor
from tests.making import make_event

MINE = ["ada@buyer.example", "ada@old.example"]


def ahead(days):
    at = clock.now() + timedelta(days=days)
    return {"doors_open_at": None, "starts_at": at, "ends_at": at + timedelta(hours=3)}


def titles(page):
    return [evening.event.title for evening in queries.evenings(page.rows)]


def test_coming_events_come_next_first_and_past_ones_latest_first(buy):
    for title, days in (("third", 30), ("first", 1), ("gone", -9), ("second", 2), ("yesterday", -1)):
        buy(2, title=title, **ahead(days))
    buy(title="another's", email="bert@buyer.example", **ahead(1))

    assert titles(queries.coming(MINE, clock.now(), Cursor())) == ["first", "second", "third"]
    assert titles(queries.past(MINE, clock.now(), Cursor())) == ["yesterday", "gone"]


def test_purchases_of_every_verified_address_are_mine_whatever_their_capitals(buy):
    buy(title="a", email="ADA@Buyer.example", **ahead(1))
    buy(title="b", email="ada@OLD.example", **ahead(2))
    buy(title="c", email="ada@buyer.example.evil.example", **ahead(3))

    assert titles(queries.coming(MINE, clock.now(), Cursor())) == ["a", "b"]
    assert titles(queries.coming([], clock.now(), Cursor())) == []


def test_two_purchases_for_one_event_stand_together(buy):
    event = make_event(title="one")
    buy(2, event=event)
    buy(1, event=event)

    [evening] = queries.evenings(queries.coming(MINE, clock.now(), Cursor()).rows)
    assert len(evening.tickets) == 3


def test_every_ticket_is_on_one_page_forwards_and_backwards(buy):
    for days in range(1, 8):
        buy(10, title=f"{days}", **ahead(days))
        buy(10, title=f"-{days}", **ahead(-days))

    first = queries.coming(MINE, clock.now(), Cursor())
    second = queries.coming(MINE, clock.now(), Cursor(first.after))
    third = queries.coming(MINE, clock.now(), Cursor(second.after))
    assert [len(page.rows) for page in (first, second, third)] == [30, 30, 10]
    assert len({ticket.id for page in (first, second, third) for ticket in page.rows}) == 70
    assert first.before is None
    assert third.after is None
    assert queries.coming(MINE, clock.now(), Cursor(third.before, backwards=True)).rows == second.rows

    latest = queries.past(MINE, clock.now(), Cursor())
    earlier = queries.past(MINE, clock.now(), Cursor(latest.before, backwards=True))
    assert titles(latest) == ["-1", "-2", "-3"]
    assert titles(earlier) == ["-4", "-5", "-6"]
    assert latest.after is None
    assert titles(queries.past(MINE, clock.now(), Cursor(earlier.after))) == ["-1", "-2", "-3"]
