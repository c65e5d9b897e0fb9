from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts.guards import with_second_factor
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.organisations.models import OrganisationMember, Role
from carneau.payments import event_refunds
from carneau.web import render
from carneau.web.forms import PressForm

bp = Blueprint("manage_event_refunds", __name__, url_prefix="/manage/events/<slug>/refunds")


@bp.get("")
@guards.for_event(Role.OWNER, Role.FINANCE)
@with_second_factor
def show(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return render.page(
        "manage/event_refunds.html",
        blocks=("progress",),
        event=event,
        membership=membership,
        progress=event_refunds.progress_of(event),
        form=PressForm(),
    )


@bp.post("")
@guards.for_event(Role.OWNER, Role.FINANCE)
@with_second_factor
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    PressForm.of_request().require()
    with transaction():
        event_refunds.begin(event, membership.user)
    flash(_("The refunds have begun. You may leave this page; they go on."))
    return render.see_other(request.path)
