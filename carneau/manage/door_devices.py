from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.admissions import devices, phones
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core import clock
from carneau.core.db import transaction
from carneau.manage import door_forms
from carneau.manage.door_forms import DeviceForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import PressForm

bp = Blueprint("manage_door_devices", __name__, url_prefix="/manage/events/<slug>/door/phones")
IN_CHARGE = (Role.OWNER, Role.MANAGER)


@bp.get("")
@guards.for_event(*IN_CHARGE)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return render.page(
        "manage/door_devices.html",
        blocks=("devices",),
        event=event,
        membership=membership,
        links=phones.links_of(event),
        devices=phones.of(event),
        at=clock.now(),
    )


@bp.get("/<device_ref>")
@guards.for_event(*IN_CHARGE)
def edit(event: Event, membership: OrganisationMember, device_ref: str) -> ResponseReturnValue:
    return _page(event, membership, device_ref)


@bp.post("/<device_ref>")
@guards.for_event(*IN_CHARGE)
def update(event: Event, membership: OrganisationMember, device_ref: str) -> ResponseReturnValue:
    device, form = phones.by_public_id(event, device_ref).DoorDevice, DeviceForm.of_request()
    if not form.validate():
        return _page(event, membership, device_ref, form, 422)
    with transaction():
        changed = phones.change(device, form.name.data, form.sees_names.data, membership.user.actor)
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was changed."))
    return render.see_other(url_for(".index", slug=event.slug))


@bp.get("/<device_ref>/revocation")
@guards.for_event(*IN_CHARGE)
def revocations_new(event: Event, membership: OrganisationMember, device_ref: str) -> ResponseReturnValue:
    row = phones.by_public_id(event, device_ref)
    return render.page(
        "manage/door_device_revocation.html", event=event, membership=membership, row=row, form=PressForm()
    )


@bp.post("/<device_ref>/revocation")
@guards.for_event(*IN_CHARGE)
def revocations_create(event: Event, membership: OrganisationMember, device_ref: str) -> ResponseReturnValue:
    device = phones.by_public_id(event, device_ref).DoorDevice
    PressForm.of_request().require()
    name = device.name
    with transaction():
        devices.revoke(device, membership.user.actor)
    flash(_("%(name)s is revoked: its next request is refused.", name=name))
    return render.see_other(url_for(".index", slug=event.slug))


def _page(
    event: Event, membership: OrganisationMember, device_ref: str, form: DeviceForm | None = None, status: int = 200
) -> ResponseReturnValue:
    row = phones.by_public_id(event, device_ref)
    form = form or DeviceForm(formdata=None, **door_forms.of_device(row.DoorDevice))
    return render.page(
        "manage/door_device.html", status=status, event=event, membership=membership, row=row, form=form, at=clock.now()
    )
