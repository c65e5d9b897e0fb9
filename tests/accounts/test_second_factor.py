import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
import zxingcpp
from PIL import Image, ImageDraw

from carneau.accounts import sealing, second_factor
from carneau.accounts.models import RecoveryCode, User
from carneau.catalogue.models import Event
from carneau.core import codes, outbox, settings
from carneau.core.db import db, transaction
from carneau.organisations.models import Organisation, Role
from tests.buying import only
from tests.making import make_member, make_paid_purchase
from tests.visiting import PASSWORD, Visitor, mailed_link, make_user

AT = datetime(2026, 12, 1, 20, 0, 10, tzinfo=UTC)
PAGE = "/account/second-factor"
RECOVERY = re.compile(r"<code>([0-9A-Z-]{19})</code>")


@pytest.fixture
def ada(visitor):
    make_user()
    visitor.log_in("ada@buyer.example")
    return visitor


def secret_on(page):
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")


def switch_on(visitor):
    """The secret that the app has now, and the recovery codes."""
    secret = secret_on(visitor.get(PAGE))
    answer = visitor.submit(PAGE, code=pyotp.TOTP(secret).now())
    assert answer.status_code == 200, answer.text
    return secret, RECOVERY.findall(answer.text)


def first_half(app, email="ada@buyer.example"):
    phone = Visitor(app)
    assert phone.log_in(email, next="/account").location == "/login/code"
    assert not phone.is_logged_in
    return phone


def second_half(visitor, code):
    return visitor.submit("/login/code", code=code)


def test_the_code_on_the_page_is_what_an_app_reads(ada):
    page = ada.get(PAGE)
    drawing = page.text.split('class="qr"')[1]
    side = int(re.search(r'viewBox="0 0 (\d+)', drawing)[1])
    picture = Image.new("RGB", (side * 4, side * 4), "white")
    pencil = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawing):
        x, y, length = int(x), int(y), int(length)
        pencil.rectangle((x * 4, y * 4, (x + length) * 4 - 1, y * 4 + 3), fill="black")

    told = pyotp.parse_uri(zxingcpp.read_barcode(Image.open(_png(picture))).text)

    assert (told.secret, told.issuer, told.name) == (secret_on(page), "Carneau", "ada@buyer.example")
    assert secret_on(ada.get(PAGE)) == secret_on(page)


def _png(picture):
    out = BytesIO()
    picture.save(out, "PNG")
    return out


def test_with_it_a_password_alone_opens_nothing(ada, app):
    secret, _recovery = switch_on(ada)
    assert ada.is_logged_in
    phone = first_half(app)

    assert second_half(phone, "no code").status_code == 422
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=60), tick=False):
        assert second_half(phone, pyotp.TOTP(secret).now()).location == "/account"
        assert phone.is_logged_in


def test_it_is_asked_for_after_a_link_by_mail_and_a_new_password_too(ada, app, catcher):
    switch_on(ada)
    for page, action, fields in (("/login", "/login/link", {}), ("/password", None, {"password": "x1y2 z3 w4 v5"})):
        phone = Visitor(app)
        phone.submit(page, action, email="ada@buyer.example")
        assert phone.submit(mailed_link(catcher), **fields).location == "/login/code"
        assert not phone.is_logged_in


def test_switching_it_on_ends_the_other_sessions_and_is_told(ada, app, catcher):
    phone = Visitor(app)
    phone.log_in("ada@buyer.example")

    switch_on(ada)

    assert not phone.is_logged_in
    outbox.drain()
    assert [letter["Subject"] for letter in catcher.letters] == ["Your account has a second factor"]


def test_a_code_counts_once(database):
    make_user()
    with time_machine.travel(AT, tick=False):
        user = db.session.get_one(User, 1)
        secret = second_factor.propose()
        with transaction():
            second_factor.begin(user, secret)
        code = pyotp.TOTP(secret).now()
        with transaction():
            assert second_factor.admits(user, f" {code[:3]} {code[3:]} ")
        with transaction():
            assert not second_factor.admits(user, code)
            assert not second_factor.admits(user, pyotp.TOTP(secret).at(AT - timedelta(seconds=30)))
            assert second_factor.admits(user, pyotp.TOTP(secret).at(AT + timedelta(seconds=30)))


def test_of_the_same_code_twice_at_once_one_counts(database, in_parallel):
    make_user()
    secret = second_factor.propose()
    with transaction():
        second_factor.begin(db.session.get_one(User, 1), secret)

    def use():
        with transaction():
            return second_factor.admits(db.session.get_one(User, 1), code)

    code = pyotp.TOTP(secret).now()
    assert sorted(in_parallel(6, use)) == [False] * 5 + [True]


@pytest.mark.parametrize(("seconds", "counts"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_the_clock_of_a_phone_may_be_half_a_minute_off(seconds, counts):
    secret = second_factor.propose()
    with time_machine.travel(AT, tick=False):
        step = second_factor.find_step(secret, pyotp.TOTP(secret).at(AT + timedelta(seconds=seconds)))
    assert (step is not None) == counts


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "-12345", "1e5", "0x1234", "²²²²²²"])
def test_what_is_no_code_is_no_code(typed):
    assert second_factor.find_step(second_factor.propose(), typed) is None


def test_a_recovery_code_logs_in_once_however_it_is_typed(ada, app, catcher):
    _secret, recovery = switch_on(ada)
    assert len(set(recovery)) == 10

    assert second_half(first_half(app), recovery[0].lower().replace("-", " ")).status_code == 303
    assert second_half(first_half(app), recovery[0]).status_code == 422

    assert "9 recovery codes left" in ada.get(PAGE).text
    outbox.drain()
    assert catcher.letters[-1]["Subject"] == "Someone logged in with a recovery code"


def test_new_recovery_codes_end_the_old_ones(ada, app):
    _secret, old = switch_on(ada)

    answer = ada.submit(PAGE, f"{PAGE}/codes", current=PASSWORD)

    new = RECOVERY.findall(answer.text)
    assert len(new) == 10
    assert second_half(first_half(app), old[0]).status_code == 422
    assert second_half(first_half(app), new[0]).status_code == 303


def test_neither_the_secret_nor_a_recovery_code_lies_in_the_database(ada):
    secret, recovery = switch_on(ada)
    user = only(User)

    assert secret not in user.totp_secret
    assert sealing.unseal(user.totp_secret) == secret
    digests = {row.digest for row in db.session.query(RecoveryCode)}
    assert digests == {codes.digest(code) for code in recovery}


def test_it_outlives_a_change_of_the_secret_key_and_losing_it_leaves_the_recovery_codes(ada):
    secret, recovery = switch_on(ada)
    before, user = settings.current(), only(User)
    try:
        settings.bind(replace(before, secret_key="k" * 40, secret_key_fallbacks=(before.secret_key,)))
        assert sealing.unseal(user.totp_secret) == secret
        settings.bind(replace(before, secret_key="k" * 40))
        with transaction():
            assert not second_factor.admits(user, pyotp.TOTP(secret).now())
            assert second_factor.admits(user, recovery[3])
    finally:
        settings.bind(before)


def test_guessing_ends_after_ten(ada, app):
    switch_on(ada)
    phone = first_half(app)
    for _ in range(10):
        assert second_half(phone, "no code").status_code == 422

    assert second_half(phone, "no code").status_code == 429


def test_the_first_half_is_good_for_ten_minutes_and_until_something_changes(ada, app):
    switch_on(ada)
    phone = first_half(app)
    assert phone.get("/login/code").status_code == 200

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert phone.get("/login/code").location == "/login"
        assert phone.post("/login/code", data={"code": "1"}).location == "/login"
    ada.submit("/account/password", current=PASSWORD, password="five other words entirely")
    assert phone.get("/login/code").location == "/login"


def test_the_second_half_alone_is_nothing(visitor):
    assert visitor.get("/login/code").location == "/login"
    assert visitor.post("/login/code", data={"code": "123456"}).location == "/login"


@pytest.mark.parametrize("code", ["", "000000", "x" * 50])
def test_a_wrong_code_switches_nothing_on(ada, code):
    page = ada.submit(PAGE, code=code)

    assert page.status_code == 422
    assert "field-error" in page.text
    assert only(User).totp_secret is None


def test_it_is_switched_off_with_the_password_only(ada, app, catcher):
    switch_on(ada)
    for wrong in ({}, {"current": "wrong password"}):
        assert ada.submit(PAGE, f"{PAGE}/removal", **wrong).status_code == 422

    assert ada.submit(PAGE, f"{PAGE}/removal", current=PASSWORD).location == "/account"

    assert Visitor(app).log_in("ada@buyer.example").location == "/my/tickets"
    assert "The second factor is off." in ada.get("/account").text
    outbox.drain()
    assert catcher.letters[-1]["Subject"] == "Your account has no second factor any more"


def test_without_it_there_is_nothing_to_change(ada):
    for path in (f"{PAGE}/removal", f"{PAGE}/codes"):
        assert ada.submit("/account/name", path, current=PASSWORD).status_code == 409


def test_who_lost_everything_is_helped_by_the_operator(ada, app, catcher):
    switch_on(ada)

    done = app.test_cli_runner().invoke(args=["account", "drop-second-factor", "ada@buyer.example"])
    again = app.test_cli_runner().invoke(args=["account", "drop-second-factor", "ada@buyer.example"])

    assert (done.exit_code, again.exit_code) == (0, 1)
    assert not ada.is_logged_in
    assert Visitor(app).log_in("ada@buyer.example").location == "/my/tickets"


def test_whoever_moves_money_needs_it_where_the_money_is_real(ada, app):
    purchase = make_paid_purchase()
    make_member(db.session.get_one(Organisation, purchase.organisation_id), only(User), Role.OWNER)
    with transaction():
        slug = db.session.scalars(sa.select(Event.slug)).one()
    path = f"/manage/events/{slug}/purchases/{purchase.ref}/refunds"
    assert ada.get(f"{path}/new").status_code == 200
    before = settings.current()
    settings.bind(replace(before, env="production"))
    try:
        whole_event = f"/manage/events/{slug}/refunds"
        for answer in (ada.get(f"{path}/new"), ada.post(path), ada.get(whole_event), ada.post(whole_event)):
            assert answer.location == PAGE
        assert "Whoever moves money needs a second factor." in ada.get(PAGE).text
        switch_on(ada)
        assert ada.get(f"{path}/new").status_code == 200
    finally:
        settings.bind(before)
