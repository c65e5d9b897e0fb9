"""The pages of one's own account."""

from flask import Blueprint, Response, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from carneau.accounts import changing, entering, guards, passwords
from carneau.accounts.forms import ChangeAddressForm, ChangePasswordForm, NameForm
from carneau.accounts.models import User
from carneau.core.db import transaction
from carneau.web import render
from carneau.web.forms import PressForm, refuse

bp = Blueprint("account", __name__)


@bp.get("/account")
def show() -> ResponseReturnValue:
    return render.page("accounts/show.html", user=guards.user(), form=PressForm())


@bp.get("/account/name")
def name_edit() -> ResponseReturnValue:
    return render.page("accounts/name_edit.html", form=NameForm(name=guards.user().name))


@bp.post("/account/name")
def name_update() -> ResponseReturnValue:
    user, form = guards.user(), NameForm.of_request()
    if not form.validate():
        return render.page("accounts/name_edit.html", status=422, form=form)
    with transaction():
        changing.change_name(user, form.name.data)
    return _done(_("Your name was changed."))


@bp.get("/account/address")
def address_edit() -> ResponseReturnValue:
    return render.page("accounts/address_edit.html", form=ChangeAddressForm(), user=guards.user())


@bp.post("/account/address")
def address_update() -> ResponseReturnValue:
    user, form = guards.user(), ChangeAddressForm.of_request()
    if not form.validate() or not _confirms(user, form.current):
        return render.page("accounts/address_edit.html", status=422, form=form, user=user)
    entering.mail_link_to_new_address(user, form.email.data, guards.network())
    return _done(_("We have written to %(email)s. Open the link in that mail within an hour.", email=form.email.data))


@bp.get("/account/password")
def password_edit() -> ResponseReturnValue:
    guards.user()
    return render.page("accounts/password_edit.html", form=ChangePasswordForm())


@bp.post("/account/password")
def password_update() -> ResponseReturnValue:
    user, form = guards.user(), ChangePasswordForm.of_request()
    form.email = user.email
    if not form.validate() or not _confirms(user, form.current):
        return render.page("accounts/password_edit.html", status=422, form=form)
    password_hash = passwords.hashed(form.password.data)
    with transaction():
        changing.change_password(user, password_hash)
    guards.begin_session(user)
    return _done(_("Your password was changed, and every other device is logged out."))


@bp.get("/logout")
def logout() -> ResponseReturnValue:
    return render.page("accounts/logout.html", form=PressForm(), user=guards.find_user())


@bp.post("/logout")
def sessions_destroy() -> ResponseReturnValue:
    PressForm.of_request().require()
    guards.end_session()
    return render.see_other("/logout")


@bp.post("/logout/everywhere")
def all_sessions_destroy() -> ResponseReturnValue:
    user = guards.user()
    PressForm.of_request().require()
    with transaction():
        changing.end_sessions(user)
    guards.end_session()
    return render.see_other("/logout")


def _confirms(user: User, field: Field) -> bool:
    """That it is still the same person before the screen."""
    if entering.with_password(user.email, field.data, guards.network()):
        return True
    refuse(field, _("This is not your password."))
    return False


def _done(sentence: str) -> Response:
    flash(sentence)
    return render.see_other("/account")
