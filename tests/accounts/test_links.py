from dataclasses import replace

import pytest
import sqlalchemy as sa

from carneau.accounts import links
from carneau.accounts.models import OneTimeLink, User
from carneau.core import settings
from carneau.core.db import db, transaction
from tests.buying import only
from tests.visiting import PASSWORD, mailed_link, make_user

NEW = "five other words entirely"
SENT = {"/login": "/login/link", "/password": "/password", "/register": "/register"}


def ask(visitor, page, email="ada@buyer.example"):
    return visitor.submit(page, SENT[page], email=email)


@pytest.fixture
def link(visitor, catcher):
    make_user()
    ask(visitor, "/login")
    return mailed_link(catcher)


def test_a_link_logs_in_once(visitor, link):
    assert visitor.submit(link).location == "/my/tickets"
    assert visitor.is_logged_in

    again = visitor.get(link)
    assert again.status_code == 404
    assert "opens nothing any more" in again.text


def test_what_follows_links_in_mails_uses_none_up(visitor, app, link):
    for method in ("GET", "HEAD", "GET"):
        assert visitor.request(method, link).status_code == 200

    assert only(OneTimeLink).used_at is None
    assert not visitor.is_logged_in
    assert visitor.submit(link).status_code == 303


def test_the_page_of_a_link_tells_nobody_its_address(visitor, link):
    page = visitor.get(link)

    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "private, no-store"


def test_a_link_is_over_after_an_hour(visitor, link):
    with transaction():
        db.session.execute(sa.update(OneTimeLink).values(expires_at=sa.func.now() - sa.text("interval '1 second'")))

    assert visitor.get(link).status_code == 404
    assert visitor.post(link).status_code == 404


@pytest.mark.parametrize(
    "change", [str.swapcase, lambda s: s[:-1], lambda s: s + "A", lambda s: "x" * 43, lambda s: "é"]
)
def test_a_forged_link_opens_nothing(visitor, link, change):
    forged = "/links/" + change(link.removeprefix("/links/"))

    assert visitor.get(forged).status_code == 404
    assert visitor.post(forged).status_code == 404


def test_what_is_kept_of_a_link_does_not_make_one(link):
    row = only(OneTimeLink)
    secret = link.removeprefix("/links/")

    kept = " ".join(str(value) for value in vars(row).values()).encode() + row.nonce + row.digest
    assert secret.encode() not in kept
    assert links.secret_of(row) == secret


def test_a_link_outlives_a_change_of_the_secret_key(link):
    before = settings.current()
    settings.bind(replace(before, secret_key="k" * 40, secret_key_fallbacks=(before.secret_key,)))
    try:
        assert f"/links/{links.secret_of(only(OneTimeLink))}" == link
    finally:
        settings.bind(before)


def test_a_link_needs_the_token_of_the_session(visitor, link):
    answer = visitor.post(link)

    assert answer.status_code == 422
    assert "send the form once more" in answer.text
    assert visitor.submit(link).status_code == 303


def test_a_link_of_one_purpose_serves_no_other(visitor, catcher):
    make_user()
    ask(visitor, "/password")
    link = mailed_link(catcher)

    assert visitor.submit(link).status_code == 422
    assert visitor.submit(link, password=NEW).status_code == 303


def test_a_new_password_ends_every_session_and_the_other_links(visitor, app, catcher):
    make_user()
    visitor.log_in("ada@buyer.example")
    ask(visitor, "/password")
    to_log_in = mailed_link(catcher)
    ask(visitor, "/password")
    link = mailed_link(catcher)
    other = type(visitor)(app)

    assert other.submit(link, password=NEW).status_code == 303

    assert other.is_logged_in
    assert not visitor.is_logged_in
    assert visitor.get(to_log_in).status_code == 404
    assert visitor.log_in("ada@buyer.example", PASSWORD).status_code == 422
    assert visitor.log_in("ada@buyer.example", NEW).status_code == 303


@pytest.mark.parametrize("page", ["/login", "/password"])
def test_an_unknown_address_gets_the_same_answer_by_the_same_work(visitor, catcher, count_statements, page):
    make_user()
    with count_statements() as for_known:
        known = ask(visitor, page)
    shown = visitor.get("/login/mail").text.replace("ada@", "x@")
    with count_statements() as for_unknown:
        unknown = ask(visitor, page, "nobody@buyer.example")

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert for_known == for_unknown
    assert visitor.get("/login/mail").text.replace("nobody@", "x@") == shown


def test_an_unknown_address_is_told_in_its_own_mailbox(visitor, catcher):
    ask(visitor, "/login", "nobody@buyer.example")

    with pytest.raises(AssertionError):
        mailed_link(catcher)

    assert catcher.letters[0]["Subject"] == "There is no account with this address"
    assert catcher.recipients == ["nobody@buyer.example"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
