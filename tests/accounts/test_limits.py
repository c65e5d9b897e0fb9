from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.accounts import limits
from carneau.accounts.limits import Limit, TooOften
from carneau.accounts.models import Tally
from carneau.core.db import db, transaction
from tests.buying import only
from tests.visiting import PASSWORD, Visitor, make_user

THREE = Limit("three", 3, timedelta(minutes=10))


def attempt(who="ada"):
    with transaction():
        limits.count(THREE, who)


def window_ends():
    with transaction():
        db.session.execute(sa.update(Tally).values(resets_at=sa.func.now() - timedelta(seconds=1)))


def test_the_fourth_of_three_is_told_when_it_is_possible_again(database):
    for _ in range(3):
        attempt("ada")

    with pytest.raises(TooOften, match=r"possible again in 10 minutes, from \d\d:\d\d UTC on"):
        attempt("ADA")
    attempt("bert")

    window_ends()
    attempt("ada")


def test_what_came_too_often_does_not_lengthen_the_wait(database):
    for _ in range(3):
        attempt()
    until = only(Tally).resets_at
    for _ in range(5):
        with pytest.raises(TooOften):
            attempt()

    assert (only(Tally).count, only(Tally).resets_at) == (3, until)


def test_tries_at_once_are_all_counted(database, in_parallel):
    outcomes = in_parallel(12, lambda: attempt("ada"))

    assert sum(isinstance(outcome, TooOften) for outcome in outcomes) == 9
    assert only(Tally).count == 3


def test_the_same_limit_of_two_people_is_two(database):
    attempt("ada")
    with transaction():
        limits.count(Limit("other", 1, timedelta(minutes=1)), "ada")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Tally)) == 2


@pytest.mark.parametrize("email", ["ada@buyer.example", "nobody@buyer.example"])
def test_guessing_a_password_ends_after_ten_for_any_address(visitor, app, email):
    make_user()
    for _ in range(10):
        assert visitor.log_in(email, "not the password").status_code == 422

    answer = Visitor(app, "198.51.100.7").log_in(email, PASSWORD)

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 900
    assert "possible again" in answer.text


def test_logging_in_forgets_the_tries_before(visitor):
    make_user()
    for _ in range(3):
        for _ in range(9):
            visitor.log_in("ada@buyer.example", "not the password")
        assert visitor.log_in("ada@buyer.example").status_code == 303
        visitor.submit("/logout")


def test_one_network_cannot_try_every_address(visitor, app):
    for _ in range(60):
        with transaction():
            limits.count(limits.PASSWORDS_FROM_NETWORK, "192.0.2.1")

    assert visitor.log_in("ada@buyer.example").status_code == 429
    assert Visitor(app, "198.51.100.7").log_in("ada@buyer.example").status_code == 422


def test_neighbours_in_one_ipv6_network_count_together(app, database):
    for _ in range(60):
        with transaction():
            limits.count(limits.PASSWORDS_FROM_NETWORK, "2001:db8::/64")

    assert Visitor(app, "2001:db8::7:1").log_in("ada@buyer.example").status_code == 429
    assert Visitor(app, "2001:db8:0:1::7").log_in("ada@buyer.example").status_code == 422


def test_nobody_s_mailbox_is_filled(visitor, catcher):
    for page, action in [("/login", "/login/link"), ("/password", None), ("/register", None), ("/password", None)]:
        assert visitor.submit(page, action, email="ada@buyer.example").status_code == 303
    visitor.submit("/register", email="ada@buyer.example")

    assert visitor.submit("/password", email="Ada@buyer.example").status_code == 429
    assert visitor.submit("/password", email="bert@buyer.example").status_code == 303
