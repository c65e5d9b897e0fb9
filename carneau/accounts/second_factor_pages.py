"""Switching the second factor on and off, and its recovery codes."""

from flask import Blueprint, Response, flash, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import entering, guards, second_factor
from carneau.accounts.forms import CodeForm, ConfirmForm
from carneau.accounts.guards import SecondFactorNeeded
from carneau.accounts.models import User
from carneau.core.db import transaction
from carneau.web import qr_drawing, render
from carneau.web.forms import refuse

bp = Blueprint("second_factor", __name__)


@bp.app_errorhandler(SecondFactorNeeded)
def needed(error: SecondFactorNeeded) -> Response:
    flash(str(error))
    return render.see_other("/account/second-factor")


@bp.get("/account/second-factor")
def show() -> ResponseReturnValue:
    user = guards.user()
    return _on(user, ConfirmForm()) if user.totp_secret else _off(user, CodeForm())


@bp.post("/account/second-factor")
def create() -> ResponseReturnValue:
    user, form = guards.user(), CodeForm.of_request()
    if user.totp_secret:
        return render.see_other("/account/second-factor")
    secret = _proposed()
    if form.validate() and second_factor.find_step(secret, form.code.data) is None:
        refuse(form.code, _("This is not the code that the app shows now. Is the clock of the phone right?"))
    if form.errors:
        return _off(user, form, 422)
    with transaction():
        fresh = second_factor.begin(user, secret)
    guards.begin_session(user)
    return render.page("accounts/recovery_codes.html", codes=fresh)


@bp.post("/account/second-factor/codes")
def codes_create() -> ResponseReturnValue:
    user, form = guards.user(), ConfirmForm.of_request()
    if not _confirms(user, form):
        return _on(user, form, 422)
    with transaction():
        fresh = second_factor.renew_codes(user)
    return render.page("accounts/recovery_codes.html", codes=fresh)


@bp.post("/account/second-factor/removal")
def destroy() -> ResponseReturnValue:
    user, form = guards.user(), ConfirmForm.of_request()
    if not _confirms(user, form):
        return _on(user, form, 422)
    with transaction():
        second_factor.end(user, user.actor)
    flash(_("The second factor is off."))
    return render.see_other("/account")


def _confirms(user: User, form: ConfirmForm) -> bool:
    if user.totp_secret is None:
        raise second_factor.NotOn
    if form.validate() and not entering.with_password(user.email, form.current.data, guards.network()):
        refuse(form.current, _("This is not your password."))
    return not form.errors


def _proposed() -> str:
    """The same until it is confirmed: who looks at the page again has not to scan again."""
    session.setdefault("proposed", second_factor.propose())
    secret: str = session["proposed"]
    return secret


def _off(user: User, form: CodeForm, status: int = 200) -> Response:
    secret = _proposed()
    drawing = qr_drawing.svg(second_factor.otpauth(secret, user.email), _("QR code for your authenticator app"))
    return render.page("accounts/second_factor_new.html", status=status, form=form, drawing=drawing, secret=secret)


def _on(user: User, form: ConfirmForm, status: int = 200) -> Response:
    left = second_factor.codes_left(user)
    return render.page("accounts/second_factor_show.html", status=status, form=form, left=left)
