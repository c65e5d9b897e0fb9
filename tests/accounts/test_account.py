import pytest
import sqlalchemy as sa

from carneau.accounts import queries
from carneau.accounts.models import User
from carneau.core import outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from tests.buying import only
from tests.visiting import PASSWORD, Visitor, mailed_link, make_user

NEW = "five other words entirely"


@pytest.fixture
def ada(visitor):
    make_user()
    visitor.log_in("ada@buyer.example")
    return visitor


def actions():
    db.session.rollback()
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_name_is_changed_and_said_so(ada):
    assert ada.submit("/account/name", name="Ada <b>").location == "/account"

    page = ada.get("/account").text
    assert "Ada &lt;b&gt;" in page
    assert "Your name was changed." in page
    assert "Your name was changed." not in ada.get("/account").text
    assert actions() == ["registered", "name_changed"]


def test_a_changed_password_ends_the_other_sessions_and_is_told_by_mail(ada, app, catcher):
    phone = Visitor(app)
    phone.log_in("ada@buyer.example")

    ada.submit("/account/password", current=PASSWORD, password=NEW)

    assert ada.is_logged_in
    assert not phone.is_logged_in
    assert phone.log_in("ada@buyer.example").status_code == 422
    assert phone.log_in("ada@buyer.example", NEW).status_code == 303
    outbox.drain()
    assert [letter["Subject"] for letter in catcher.letters] == ["Your password was changed"]
    assert "password_changed" in actions()


@pytest.mark.parametrize("fields", [{"current": "wrong password"}, {"current": ""}, {"password": "short"}, {}])
def test_a_password_is_not_changed_by_who_does_not_know_it(ada, fields):
    page = ada.submit("/account/password", **({"current": "wrong", "password": NEW} | fields))

    assert page.status_code == 422
    assert "field-error" in page.text
    assert Visitor(ada.app).log_in("ada@buyer.example").status_code == 303


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(ada, catcher):
    ada.submit("/account/address", email="ada@new.example", current=PASSWORD)
    assert only(User).email == "ada@buyer.example"
    assert "We have written to ada@new.example" in ada.get("/account").text
    link = mailed_link(catcher)
    assert catcher.recipients == ["ada@new.example"]

    ada.submit(link)

    user = only(User)
    assert user.email == "ada@new.example"
    assert sorted(queries.addresses_of(user)) == ["ada@buyer.example", "ada@new.example"]
    outbox.drain()
    assert catcher.recipients == ["ada@new.example", "ada@buyer.example"]
    assert ada.is_logged_in
    assert Visitor(ada.app).log_in("ada@buyer.example").status_code == 422
    assert Visitor(ada.app).log_in("ada@new.example").status_code == 303


def test_the_address_of_another_account_is_found_out_by_nobody(ada, catcher):
    make_user("bert@buyer.example")

    answer = ada.submit("/account/address", email="bert@buyer.example", current=PASSWORD)

    assert answer.location == "/account"
    outbox.drain()
    assert catcher.letters[0]["Subject"] == "This address has an account already"
    assert "/links/" not in str(catcher.letters[0])


def test_an_address_that_was_taken_meanwhile_stays_with_who_has_it(ada, catcher):
    ada.submit("/account/address", email="ada@new.example", current=PASSWORD)
    link = mailed_link(catcher)
    make_user("bert@buyer.example")
    db.session.execute(sa.update(User).where(User.email == "bert@buyer.example").values(email="ADA@new.example"))
    db.session.commit()

    answer = ada.submit(link)

    assert answer.status_code == 409
    assert "already" in answer.text
    assert queries.find_by_email("ada@buyer.example") is not None


def test_registering_an_address_ends_the_links_of_another_account_to_it(ada, catcher):
    ada.submit("/account/address", email="ada@new.example", current=PASSWORD)
    link = mailed_link(catcher)
    make_user("ada@new.example")

    assert ada.get(link).status_code == 404


@pytest.mark.parametrize("fields", [{"current": "wrong password"}, {"email": "nonsense"}, {"email": ""}])
def test_an_address_is_not_changed_without_the_password(ada, catcher, fields):
    page = ada.submit("/account/address", **({"email": "ada@new.example", "current": PASSWORD} | fields))

    assert page.status_code == 422
    outbox.drain()
    assert catcher.letters == []
