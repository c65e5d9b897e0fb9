"""Deleting one's account. It stands here because it reaches into everything that a person has."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import entering, guards
from carneau.core.db import transaction
from carneau.core.errors import Conflict
from carneau.my import leaving
from carneau.my.forms import DeletionForm
from carneau.web import render

bp = Blueprint("my_account", __name__)


@bp.get("/account/deletion")
def deletion_new() -> ResponseReturnValue:
    return render.page("my/deletion_new.html", form=DeletionForm(), user=guards.user())


@bp.post("/account/deletion")
def deletion_create() -> ResponseReturnValue:
    user, form = guards.user(), DeletionForm.of_request()
    if form.validate() and not entering.with_password(user.email, form.current.data, guards.network()):
        form.current.errors = [_("This is not your password.")]
    if form.errors:
        return render.page("my/deletion_new.html", status=422, form=form, user=user)
    try:
        with transaction():
            leaving.leave(user)
    except Conflict as refusal:
        return render.page("my/deletion_new.html", status=409, form=form, user=guards.user(), refusal=refusal)
    guards.end_session()
    return render.see_other("/account/deleted")


@bp.get("/account/deleted")
def deletion_show() -> ResponseReturnValue:
    return render.page("my/deletion_show.html")
