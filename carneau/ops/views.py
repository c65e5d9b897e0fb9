from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import BooleanField

from carneau.accounts import guards
from carneau.core import settings
from carneau.core.errors import NotFound
from carneau.ops import doctor
from carneau.web import render
from carneau.web.forms import SessionForm

bp = Blueprint("installation", __name__, url_prefix="/installation")
View = Callable[..., ResponseReturnValue]


class ChecksForm(SessionForm):
    mail = BooleanField()


def for_owners(view: View) -> View:
    """Those whose address INSTALLATION_OWNERS names; for everyone else there is no such page."""

    @wraps(view)
    def wrapper(**values: Any) -> ResponseReturnValue:
        if guards.user().email.lower() not in settings.current().installation_owners:
            raise NotFound(_("There is no page at this address."))
        return guards.with_second_factor(view)(**values)

    return wrapper


@bp.get("")
@for_owners
def show() -> ResponseReturnValue:
    return _page(doctor.examine(doctor.OURS))


@bp.post("/checks")
@for_owners
def checks_create() -> ResponseReturnValue:
    form = ChecksForm.of_request().require()
    results = doctor.examine(doctor.OURS | doctor.OUTSIDE)
    if form.mail.data:
        results.append(doctor.send_a_mail(guards.user().email))
    return _page(results)


def _page(results: list[doctor.Result]) -> ResponseReturnValue:
    return render.page("ops/installation.html", results=results, is_well=doctor.is_well(results), form=ChecksForm())
