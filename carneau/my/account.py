"""Taking what is kept about oneself along, and deleting one's account. They stand here because they reach into
everything that a person has."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import entering, guards
from carneau.accounts.models import User
from carneau.core.db import transaction
from carneau.core.errors import Conflict, NotFound
from carneau.my import leaving
from carneau.my.forms import ConfirmForm
from carneau.privacy import knowledge
from carneau.purchases import guards as purchases
from carneau.purchases import queries
from carneau.web import render

bp = Blueprint("my_account", __name__)


@bp.get("/account/deletion")
def deletion_new() -> ResponseReturnValue:
    return render.page("my/deletion_new.html", form=ConfirmForm(), user=guards.user())


@bp.post("/account/deletion")
def deletion_create() -> ResponseReturnValue:
    user, form = guards.user(), ConfirmForm.of_request()
    if not _confirms(user, form):
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


@bp.get("/account/data")
def data_new() -> ResponseReturnValue:
    return render.page("my/data_new.html", form=ConfirmForm(), user=guards.user())


@bp.post("/account/data")
def data_create() -> ResponseReturnValue:
    """Whoever sits before an open screen does not get all of a life: the password is asked again."""
    user, form = guards.user(), ConfirmForm.of_request()
    if not _confirms(user, form):
        return render.page("my/data_new.html", status=422, form=form, user=user)
    return render.download(knowledge.of_account(user), "my-data.json")


@bp.get("/purchases/<ref>/data.json")
def purchase_data_show(ref: str) -> Response:
    """For who has the signed link, and no account."""
    purchase = queries.find_by_ref(ref)
    if purchase is None or not purchases.may_see(purchase, request.args.get("key", "")):
        raise NotFound(_("This link opens no purchase. Please use the complete link from your mail."))
    return render.download(knowledge.of_purchase(purchase), f"purchase-{purchase.ref}.json")


def _confirms(user: User, form: ConfirmForm) -> bool:
    if form.validate() and not entering.with_password(user.email, form.current.data, guards.network()):
        form.current.errors = [_("This is not your password.")]
    return not form.errors
