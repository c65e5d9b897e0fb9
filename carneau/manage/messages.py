from typing import Any

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core import codes
from carneau.core.db import transaction
from carneau.fulfilment import messages
from carneau.manage import wording
from carneau.manage.sales_forms import MessageForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render

bp = Blueprint("manage_messages", __name__, url_prefix="/manage/events/<slug>/messages")


@bp.get("")
@guards.for_event(Role.OWNER, Role.MANAGER)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    draft = wording.draft(event, request.args.get("about", ""))
    return _page(event, membership, MessageForm(ref=codes.reference(), **draft))


@bp.post("")
@guards.for_event(Role.OWNER, Role.MANAGER)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = MessageForm.of_request()
    if not form.validate():
        return _page(event, membership, form, status=422)
    if form.confirmed.data != "yes":
        return _page(event, membership, form, is_preview=True)
    if messages.find(event, form.ref.data) is None:
        with transaction():
            messages.write(event, form.ref.data, form.subject.data, form.body.data, membership.user.actor)
        flash(_("The message is on its way. You may leave this page; it goes on."))
    return render.see_other(request.path)


def _page(event: Event, membership: OrganisationMember, form: MessageForm, **more: Any) -> ResponseReturnValue:
    return render.page(
        "manage/messages.html",
        blocks=("sent",),
        event=event,
        membership=membership,
        form=form,
        recipients=messages.count_recipients(event),
        sent=messages.of_event(event),
        preview=messages.Facts(form.subject.data or "", form.body.data or "", [event], membership.organisation),
        **more,
    )
