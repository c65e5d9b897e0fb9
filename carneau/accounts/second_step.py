"""Between the first way in and the session: the code of the second factor, within ten minutes."""

import time

from flask import Blueprint, Response, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import entering, guards, queries
from carneau.accounts.forms import CodeForm
from carneau.accounts.models import User
from carneau.web import destinations, render
from carneau.web.forms import refuse

bp = Blueprint("second_step", __name__)
HOME = "/my/tickets"
PATIENCE_SECONDS = 600


def enter(user: User, next_path: str | None) -> Response:
    """Into the account, or to the page that asks for the code. Every way in ends here."""
    path = destinations.local(next_path, HOME)
    if user.totp_secret is None:
        guards.begin_session(user)
        return render.see_other(path)
    session.clear()
    session["half"] = {"who": user.get_id(), "since": int(time.time()), "next": path}
    return render.see_other("/login/code")


@bp.get("/login/code")
def codes_new() -> ResponseReturnValue:
    if _find_half() is None:
        return render.see_other("/login")
    return render.page("accounts/code_new.html", form=CodeForm())


@bp.post("/login/code")
def codes_create() -> ResponseReturnValue:
    user, form = _find_half(), CodeForm.of_request()
    if user is None:
        return render.see_other("/login")
    if form.validate() and not entering.with_code(user, form.code.data):
        refuse(form.code, _("This code is not right, or it was used already. The app shows a new one soon."))
    if form.errors:
        return render.page("accounts/code_new.html", status=422, form=form)
    path = session["half"]["next"]
    guards.begin_session(user)
    return render.see_other(path)


def _find_half() -> User | None:
    """Who has done the first half a short while ago, as long as nothing changed since."""
    half = session.get("half")
    if half is None or time.time() - half["since"] > PATIENCE_SECONDS:
        return None
    return queries.find_by_session(half["who"])
