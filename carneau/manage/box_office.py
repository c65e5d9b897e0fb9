from typing import Any

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.catalogue import guards
from carneau.catalogue import queries as catalogue
from carneau.catalogue.models import Event
from carneau.core import codes
from carneau.core.db import transaction
from carneau.fulfilment import box_office
from carneau.fulfilment.box_office import Sale
from carneau.inventory import availability
from carneau.manage.sales_forms import BoxOfficeForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.purchases import queries
from carneau.purchases.models import Channel
from carneau.web import render

bp = Blueprint("manage_box_office", __name__, url_prefix="/manage/events/<slug>/box-office")


@bp.get("")
@guards.for_event(Role.OWNER, Role.MANAGER)
def new(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = BoxOfficeForm.of_types(catalogue.ticket_types_of(event))(ref=codes.reference())
    return _page(event, membership, form)


@bp.post("")
@guards.for_event(Role.OWNER, Role.MANAGER)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = BoxOfficeForm.of_types(catalogue.ticket_types_of(event)).of_request()
    if not form.validate():
        return _page(event, membership, form, status=422)
    path = request.path.removesuffix("/box-office") + f"/purchases/{form.ref.data}"
    if queries.find_by_ref(form.ref.data) is None:
        with transaction():
            _sell(event, form, membership.user.actor)
        flash(_("Sold. The tickets are below."))
    return render.see_other(path)


def _sell(event: Event, form: BoxOfficeForm, actor: str) -> None:
    sale = Sale(Channel(form.channel.data), form.name.data, form.email.data or "", actor, form.ref.data)
    purchase = box_office.sell(event, form.wanted(), sale)
    if purchase.email:
        box_office.send(purchase)
    else:
        box_office.hand_over(purchase)


def _page(event: Event, membership: OrganisationMember, form: BoxOfficeForm, **more: Any) -> ResponseReturnValue:
    places = availability.of([each.id for each in form.types]) if form.types else {}
    return render.page("manage/box_office.html", event=event, membership=membership, form=form, places=places, **more)
