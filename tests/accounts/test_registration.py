import pytest
import sqlalchemy as sa

from carneau.accounts import queries
from carneau.accounts.models import OneTimeLink, User, VerifiedAddress
from carneau.core import outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from carneau.email.models import Mail
from tests.buying import only
from tests.visiting import PASSWORD, Visitor, mailed_link, make_user


def register(visitor, email="ada@buyer.example", **fields):
    return visitor.submit("/register", email=email, **fields)


def finish(visitor, link, name="Ada Verhoeven", password=PASSWORD):
    return visitor.submit(link, name=name, password=password)


def count(model):
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_an_account_begins_with_the_link_of_the_mail(visitor, catcher):
    assert register(visitor).location == "/login/mail"
    assert "ada@buyer.example" in visitor.get("/login/mail").text
    assert count(User) == 0

    answer = finish(visitor, mailed_link(catcher))

    assert answer.location == "/my/tickets"
    assert visitor.is_logged_in
    user = only(User)
    assert (user.email, user.name) == ("ada@buyer.example", "Ada Verhoeven")
    assert PASSWORD not in user.password_hash
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert only(VerifiedAddress).address == "ada@buyer.example"
    assert only(AuditEntry).action == "registered"


def test_the_mail_is_read_on_another_device(visitor, catcher, app):
    register(visitor)
    phone = Visitor(app)

    finish(phone, mailed_link(catcher))

    assert phone.is_logged_in
    assert not visitor.is_logged_in


def test_after_registering_one_is_where_one_wanted_to_go(visitor, catcher):
    register(visitor, next="/e/ballast?x=1")

    assert finish(visitor, mailed_link(catcher)).location == "/e/ballast?x=1"


def test_a_known_address_gets_the_same_answer_and_another_mail(visitor, catcher, count_statements):
    make_user("ada@buyer.example")
    with count_statements() as for_known:
        known = register(visitor, "ADA@buyer.example")
    with count_statements() as for_unknown:
        unknown = register(visitor, "bert@buyer.example")

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert for_known == for_unknown
    outbox.drain()
    assert [letter["Subject"] for letter in catcher.letters] == [
        "You have an account already",
        "Finish your account",
    ]
    assert "/links/" not in catcher.letters[0].get_body(("plain",)).get_content()


def test_two_mails_make_one_account(visitor, catcher, app):
    register(visitor)
    first = mailed_link(catcher)
    register(visitor)
    second = mailed_link(catcher)
    assert first != second

    finish(visitor, second)
    stranger = Visitor(app)

    assert stranger.get(first).status_code == 404
    assert count(User) == 1


def test_two_clicks_at_once_make_one_account(visitor, catcher, app, in_parallel):
    register(visitor)
    link = mailed_link(catcher)
    visitors = [Visitor(app) for _ in range(4)]

    answers = in_parallel(4, lambda number: finish(visitors[number], link))

    assert sorted(getattr(answer, "status_code", 0) for answer in answers)[0] in (0, 303)
    assert sum(getattr(answer, "status_code", 0) == 303 for answer in answers) == 1
    assert count(User) == 1


@pytest.mark.parametrize(
    "email",
    ["", " ", "ada", "ada@", "ada@b.example\r\nBcc: x@y.example", "Ada <ada@buyer.example>", "a" * 70 + "@b.example"],
)
def test_an_address_that_no_mail_can_go_to_is_said_at_its_field(visitor, email):
    page = register(visitor, email)

    assert page.status_code == 422
    assert 'id="email_error"' in page.text
    assert count(OneTimeLink) == count(Mail) == 0


@pytest.mark.parametrize(
    "password",
    ["", "short", "1234567890", "qwertyuiop", "aaaaaaaaaaaaa", "ada@buyer.example", "p" * 201, "ＱＷＥＲＴＹＵＩＯＰ"],
)
def test_a_password_that_anyone_would_guess_is_refused_and_the_link_stays_good(visitor, catcher, password):
    register(visitor)
    link = mailed_link(catcher)

    page = finish(visitor, link, password=password)

    assert page.status_code == 422
    assert 'id="password_error"' in page.text
    assert 'value="Ada Verhoeven"' in page.text
    assert password not in page.text.split('id="password_error"')[1] or not password
    assert finish(visitor, link).status_code == 303


@pytest.mark.parametrize("name", ["", "  ", "Ada\r\nBcc: x@y.example", "A" * 201])
def test_a_name_that_cannot_be_written_is_refused(visitor, catcher, name):
    register(visitor)

    page = finish(visitor, mailed_link(catcher), name=name)

    assert page.status_code == 422
    assert 'id="name_error"' in page.text
    assert count(User) == 0


def test_an_address_counts_once_whatever_its_capitals(visitor):
    make_user("ada@buyer.example")

    assert queries.find_by_email("ADA@Buyer.Example").name == "Ada Verhoeven"
