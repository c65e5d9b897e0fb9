import argon2
import pytest
import sqlalchemy as sa

from carneau import application
from carneau.accounts import passwords
from carneau.accounts.models import User
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from config import Config
from tests.buying import only
from tests.visiting import PASSWORD, Visitor, make_user, token


@pytest.fixture
def ada(database):
    return make_user()


@pytest.fixture
def checked(monkeypatch):
    """Every check of a password that the hashing library was asked for."""
    calls = []
    before = argon2.PasswordHasher.verify

    def verify(self, *arguments):
        calls.append(arguments[0][:30])
        return before(self, *arguments)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", verify)
    return calls


def test_a_password_logs_in(visitor, ada):
    assert visitor.get("/account").location == "/login?next=/account"

    assert visitor.log_in("Ada@Buyer.example").location == "/my/tickets"

    assert visitor.is_logged_in
    assert visitor.get("/login").location == "/my/tickets"


def test_wrong_passwords_and_unknown_addresses_get_one_answer(visitor, ada, checked, count_statements):
    def answer(email):
        page = visitor.get("/login")
        with count_statements() as statements:
            answer = visitor.post("/login", data={"csrf_token": token(page), "email": email, "password": "x" * 12})
        return answer.status_code, answer.text.replace(email, "").replace(token(answer), ""), statements

    known, unknown = answer("ada@buyer.example"), answer("bob@buyer.example")

    assert known == unknown
    assert known[0] == 422
    assert "do not belong together" in known[1]
    assert len(checked) == 2
    assert len(set(checked)) == 1


def test_a_typed_password_is_never_shown_again(visitor, ada):
    assert "x1y2z3-wrong" not in visitor.log_in("ada@buyer.example", "x1y2z3-wrong").text


@pytest.mark.parametrize(
    "fields", [{}, {"email": "ada@buyer.example"}, {"password": "x"}, {"email": ["a"], "password": "y"}]
)
def test_missing_fields_are_said_at_their_place(visitor, ada, fields):
    page = visitor.submit("/login", **fields)

    assert page.status_code == 422
    assert "field-error" in page.text


@pytest.mark.parametrize("password", ["x" * 201, "x" * 100_000, "\ud800" * 3, "é\u0301"])
def test_a_strange_password_is_a_wrong_one(visitor, ada, password):
    data = {"email": "ada@buyer.example", "password": password.encode("utf-8", "surrogatepass")}
    assert visitor.post("/login", data=data | {"csrf_token": token(visitor.get("/login"))}).status_code in (400, 422)


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "http:///evil.example",
        "/a\r\nSet-Cookie: x=y",
        "///evil.example",
        "/" + "x" * 2000,
        "//[",
    ],
)
def test_nobody_is_sent_to_another_site_after_logging_in(visitor, ada, wish):
    assert visitor.log_in("ada@buyer.example", next=wish).location == "/my/tickets"


def test_one_goes_on_to_the_page_that_asked_for_it(visitor, ada):
    page = visitor.get("/account/password?x=1&y=2").location
    assert page == "/login?next=/account/password%3Fx%3D1%26y%3D2"
    form = visitor.get(page)
    assert 'value="/account/password?x=1&amp;y=2"' in form.text

    assert visitor.log_in("ada@buyer.example", next="/account/password?x=1&y=2").location == "/account/password?x=1&y=2"


def test_nothing_that_was_in_the_session_before_is_in_it_after(visitor, ada):
    before = token(visitor.get("/login"))
    visitor.log_in("ada@buyer.example")

    assert visitor.post("/account/name", data={"csrf_token": before, "name": "Mallory"}).status_code == 422
    assert only(User).name == "Ada Verhoeven"


def test_the_cookie_is_for_this_site_only_and_no_script_reads_it(visitor, ada):
    visitor.get("/login")
    cookie = visitor.log_in("ada@buyer.example").headers["Set-Cookie"]

    assert cookie.startswith("session=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert part in cookie


def test_over_https_the_cookie_is_bound_to_this_host(settings):
    ours = application.flask_settings(Config.from_env(settings | {"BASE_URL": "https://tickets.example"}))

    assert ours["SESSION_COOKIE_NAME"] == "__Host-session"
    assert ours["SESSION_COOKIE_SECURE"] is True
    assert "SESSION_COOKIE_DOMAIN" not in ours


def test_a_forged_cookie_is_nobody(app, visitor, ada):
    visitor.log_in("ada@buyer.example")
    cookie = visitor.client.get_cookie("session").value
    stranger = Visitor(app)
    for forged in (cookie[:-2] + "AA", "x", "", cookie.swapcase()):
        stranger.client.set_cookie("session", forged)
        assert not stranger.is_logged_in


def test_logging_out_here_leaves_the_other_devices(app, visitor, ada):
    phone = Visitor(app)
    for each in (visitor, phone):
        each.log_in("ada@buyer.example")

    assert visitor.submit("/logout").location == "/logout"

    assert not visitor.is_logged_in
    assert "You are logged out" in visitor.get("/logout").text
    assert phone.is_logged_in


def test_logging_out_everywhere_ends_every_session_with_the_next_request(app, visitor, ada):
    phone = Visitor(app)
    for each in (visitor, phone):
        each.log_in("ada@buyer.example")

    visitor.submit("/logout", "/logout/everywhere")

    assert not visitor.is_logged_in
    assert not phone.is_logged_in


@pytest.mark.parametrize("path", ["/login", "/login/link", "/register", "/password", "/logout", "/logout/everywhere"])
def test_a_form_without_the_session_s_token_does_nothing(visitor, ada, path):
    visitor.log_in("ada@buyer.example")
    data = {"email": "ada@buyer.example", "password": PASSWORD}

    of_another = token(Visitor(visitor.app).get("/login"))
    for forged in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": of_another}):
        answer = visitor.post(path, data=data | forged)
        assert answer.status_code == 422
        assert "send the form once more" in answer.text

    assert visitor.is_logged_in


def test_a_form_of_another_site_is_refused(visitor, ada):
    answer = visitor.post("/login", data={"email": "a@b.example"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/account", "/account/name", "/account/address", "/account/password"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_an_account_ask_who_is_there(visitor, method, path):
    if (method, path) == ("POST", "/account"):
        return
    assert visitor.request(method, path).location.startswith("/login")


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/sitemap.xml"])
def test_public_pages_are_the_same_for_who_is_logged_in(visitor, app, ada, path):
    visitor.log_in("ada@buyer.example")

    mine, anyones = visitor.get(path), Visitor(app).get(path)

    for answer in (mine, anyones):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["Cache-Control"].startswith("public")
    assert mine.data == anyones.data


def test_pages_of_a_session_are_kept_by_no_cache(visitor, ada):
    visitor.log_in("ada@buyer.example")

    for path in ("/account", "/login/mail", "/logout", "/account/name"):
        assert visitor.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_password_of_another_cost_is_hashed_anew_at_the_next_login(visitor, app):
    user, cheap = make_user(), argon2.PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
    with transaction():
        db.session.execute(sa.update(User).values(password_hash=cheap.hash(PASSWORD)))
    elsewhere = Visitor(app)

    assert visitor.log_in(user.email, "a wrong password").status_code == 422
    assert passwords.is_outdated(only(User).password_hash)
    for browser in (elsewhere, visitor):
        assert browser.log_in(user.email).status_code == 303

    assert not passwords.is_outdated(only(User).password_hash)
    assert elsewhere.is_logged_in
    assert visitor.is_logged_in
    rehashed = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == "password_rehashed")
    assert db.session.scalar(rehashed) == 1
