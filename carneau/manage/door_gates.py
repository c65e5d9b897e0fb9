from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.admissions import gate_list, gates
from carneau.admissions.gate_list import Listed
from carneau.catalogue import guards, queries
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.core.errors import Conflict
from carneau.manage.door_forms import GateForm, ListAgeForm, ReentryForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import PressForm, refuse

bp = Blueprint("manage_door_gates", __name__, url_prefix="/manage/events/<slug>/door/gates")
IN_CHARGE = (Role.OWNER, Role.MANAGER)
STEPS = {"up": -1, "down": 1}


@bp.get("")
@guards.for_event(*IN_CHARGE)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _list(event, membership)


def _list(
    event: Event, membership: OrganisationMember, form: GateForm | None = None, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    return render.page(
        "manage/door_gates.html",
        status=status,
        event=event,
        membership=membership,
        gates=gate_list.of(event),
        form=form or GateForm(queries.ticket_types_of(event), formdata=None),
        list_ages=ListAgeForm.CHOICES,
        problem=problem,
    )


@bp.post("")
@guards.for_event(*IN_CHARGE)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = GateForm(queries.ticket_types_of(event))
    if not form.validate():
        return _list(event, membership, form, status=422)
    try:
        with transaction():
            gates.create(event, form.name.data, form.chosen, membership.user.actor)
    except Conflict as refusal:
        return _list_again(slug=event.slug, form=refused(form, refusal), status=409)
    flash(_("%(name)s is open.", name=form.name.data))
    return render.see_other(request.path)


@bp.post("/re-entry")
@guards.for_event(*IN_CHARGE)
def reentry_update(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = ReentryForm.of_request().require()
    with transaction():
        gates.allow_reentry(event, form.is_allowed, membership.user.actor)
    flash(_("Whoever leaves may come back in.") if form.is_allowed else _("Whoever leaves stays out from now on."))
    return render.see_other(url_for(".index", slug=event.slug))


@bp.post("/list-age")
@guards.for_event(*IN_CHARGE)
def list_age_update(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    minutes = int(ListAgeForm.of_request().require().minutes.data)
    with transaction():
        gates.warn_of_old_lists(event, minutes, membership.user.actor)
    flash(_("Phones without a network warn after %(minutes)s minutes.", minutes=minutes))
    return render.see_other(url_for(".index", slug=event.slug))


@bp.get("/<gate_ref>")
@guards.for_event(*IN_CHARGE)
def edit(event: Event, membership: OrganisationMember, gate_ref: str) -> ResponseReturnValue:
    return _edit(event, membership, gate_ref)


def _edit(
    event: Event, membership: OrganisationMember, gate_ref: str, form: GateForm | None = None, status: int = 200
) -> ResponseReturnValue:
    listed = gate_list.by_public_id(event, gate_ref)
    return render.page(
        "manage/door_gate.html",
        status=status,
        event=event,
        membership=membership,
        listed=listed,
        form=form or GateForm(queries.ticket_types_of(event), formdata=None, **of_gate(listed)),
    )


@bp.post("/<gate_ref>")
@guards.for_event(*IN_CHARGE)
def update(event: Event, membership: OrganisationMember, gate_ref: str) -> ResponseReturnValue:
    gate = gate_list.by_public_id(event, gate_ref).gate
    form = GateForm(queries.ticket_types_of(event))
    if not form.validate():
        return _edit(event, membership, gate_ref, form, 422)
    try:
        with transaction():
            changed = gates.change(gate, form.name.data, form.chosen, membership.user.actor)
    except Conflict as refusal:
        return _edit_again(slug=event.slug, gate_ref=gate_ref, form=refused(form, refusal), status=409)
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was changed."))
    return render.see_other(url_for(".index", slug=event.slug))


@bp.post("/<gate_ref>/position")
@guards.for_event(*IN_CHARGE)
def positions_update(event: Event, membership: OrganisationMember, gate_ref: str) -> ResponseReturnValue:
    gate = gate_list.by_public_id(event, gate_ref).gate
    PressForm.of_request().require()
    with transaction():
        gates.move(gate, STEPS.get(request.form.get("to", ""), 0), membership.user.actor)
    return render.see_other(url_for(".index", slug=event.slug))


@bp.post("/<gate_ref>/closing")
@guards.for_event(*IN_CHARGE)
def closings_create(event: Event, membership: OrganisationMember, gate_ref: str) -> ResponseReturnValue:
    gate = gate_list.by_public_id(event, gate_ref).gate
    PressForm.of_request().require()
    name = gate.name
    with transaction():
        gates.close(gate, membership.user.actor)
    flash(_("%(name)s is closed: phones that scan there let nobody in.", name=name))
    return render.see_other(url_for(".index", slug=event.slug))


@bp.post("/<gate_ref>/opening")
@guards.for_event(*IN_CHARGE)
def openings_create(event: Event, membership: OrganisationMember, gate_ref: str) -> ResponseReturnValue:
    gate = gate_list.by_public_id(event, gate_ref).gate
    PressForm.of_request().require()
    name = gate.name
    with transaction():
        gates.reopen(gate, membership.user.actor)
    flash(_("%(name)s is open.", name=name))
    return render.see_other(url_for(".index", slug=event.slug))


@bp.post("/<gate_ref>/removal")
@guards.for_event(*IN_CHARGE)
def removals_create(event: Event, membership: OrganisationMember, gate_ref: str) -> ResponseReturnValue:
    gate = gate_list.by_public_id(event, gate_ref).gate
    PressForm.of_request().require()
    name = gate.name
    try:
        with transaction():
            gates.delete(gate, membership.user.actor)
    except Conflict as refusal:
        return _list_again(slug=event.slug, problem=str(refusal), status=409)
    flash(_("%(name)s is removed.", name=name))
    return render.see_other(url_for(".index", slug=event.slug))


def of_gate(listed: Listed) -> dict[str, Any]:
    return {"name": listed.gate.name, "types": [kind.public_id for kind in listed.types]}


def refused(form: GateForm, refusal: Conflict) -> GateForm:
    refuse(form.name, str(refusal))
    return form


_list_again = guards.for_event(*IN_CHARGE)(_list)
_edit_again = guards.for_event(*IN_CHARGE)(_edit)
