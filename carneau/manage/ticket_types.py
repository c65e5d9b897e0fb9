from typing import Any

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.admissions import gates
from carneau.catalogue import deleting, editing, guards, ordering, publishing, queries, structured
from carneau.catalogue.editing import EditedMeanwhile
from carneau.catalogue.models import Event
from carneau.core import clock
from carneau.core.db import transaction
from carneau.core.errors import Conflict, Invalid
from carneau.inventory.capacity import BelowTaken
from carneau.manage import meanwhile, reading, ticket_type_forms
from carneau.manage.ticket_type_forms import TicketTypeForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import caching, render
from carneau.web.forms import PressForm

bp = Blueprint("manage_ticket_types", __name__, url_prefix="/manage/events/<slug>/ticket-types")
MAY_EDIT = (Role.OWNER, Role.MANAGER)
STEPS = {"up": -1, "down": 1}


@bp.get("")
@guards.for_event(*MAY_EDIT)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _list(event, membership)


def _list(event: Event, membership: OrganisationMember, problem: str = "", status: int = 200) -> ResponseReturnValue:
    types = queries.ticket_types_of(event)
    return render.page(
        "manage/ticket_types_index.html",
        status=status,
        event=event,
        membership=membership,
        offers=queries.offers(event, types, clock.now()),
        address=structured.address(event),
        form=PressForm(),
        problem=problem,
    )


@bp.get("/new")
@guards.for_event(*MAY_EDIT)
def new(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = TicketTypeForm(data={"min_per_order": "1", "max_per_order": "10"})
    return _new(event, membership, form)


def _new(event: Event, membership: OrganisationMember, form: TicketTypeForm, status: int = 200) -> ResponseReturnValue:
    is_first = not queries.ticket_types_of(event)
    return render.page(
        "manage/ticket_type_new.html", status=status, event=event, membership=membership, form=form, is_first=is_first
    )


@bp.post("")
@guards.for_event(*MAY_EDIT)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = TicketTypeForm.of_request()
    if not (form.validate() and _added(form, event, membership)):
        return guards.for_event(*MAY_EDIT)(_new)(slug=event.slug, form=form, status=422)
    caching.forget()
    return render.see_other(url_for(".index", slug=event.slug))


def _added(form: TicketTypeForm, event: Event, membership: OrganisationMember) -> bool:
    try:
        values = form.facts(event)
        with transaction():
            publishing.add_once(event, membership.user.actor, **values)
    except Invalid as refusal:
        reading.refuse(form, refusal, "name")
        return False
    flash(_("%(name)s is added.", name=values["name"]))
    return True


@bp.get("/<public_id>")
@guards.for_event(*MAY_EDIT)
def edit(event: Event, membership: OrganisationMember, public_id: str) -> ResponseReturnValue:
    kind = queries.type_of(event, public_id)
    form = TicketTypeForm(data=ticket_type_forms.of_type(kind, event), version=kind.version)
    return _edit(event, membership, public_id, form)


def _edit(
    event: Event, membership: OrganisationMember, public_id: str, form: TicketTypeForm, status: int = 200, **more: Any
) -> ResponseReturnValue:
    kind = queries.type_of(event, public_id)
    return render.page(
        "manage/ticket_type_edit.html", status=status, event=event, membership=membership, kind=kind, form=form, **more
    )


@bp.post("/<public_id>")
@guards.for_event(*MAY_EDIT)
def update(event: Event, membership: OrganisationMember, public_id: str) -> ResponseReturnValue:
    queries.type_of(event, public_id)
    form = TicketTypeForm.of_request()
    try:
        if not (form.validate() and _changed(form, event, membership, public_id)):
            return guards.for_event(*MAY_EDIT)(_edit)(slug=event.slug, public_id=public_id, form=form, status=422)
    except EditedMeanwhile:
        return guards.for_event(*MAY_EDIT)(_both)(slug=event.slug, public_id=public_id, form=form)
    caching.forget()
    return render.see_other(url_for(".index", slug=event.slug))


def _changed(form: TicketTypeForm, event: Event, membership: OrganisationMember, public_id: str) -> bool:
    try:
        kind = queries.type_of(event, public_id)
        values = form.facts(event, kind)
        with transaction():
            changed = editing.change_ticket_type(kind, membership.user.actor, form.seen, **values)
    except BelowTaken as refusal:
        reading.refuse(form, Invalid(str(refusal)), "total_quantity")
        return False
    except Invalid as refusal:
        reading.refuse(form, refusal, "name")
        return False
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was changed."))
    return True


def _both(event: Event, membership: OrganisationMember, public_id: str, form: TicketTypeForm) -> ResponseReturnValue:
    """Theirs beside what was typed; sent once more, it counts."""
    kind = queries.type_of(event, public_id)
    edited = meanwhile.of(form, kind, ticket_type_forms.of_type(kind, event))
    form.version.data = str(kind.version)
    return _edit(event, membership, public_id, form, 409, meanwhile=edited)


@bp.post("/<public_id>/position")
@guards.for_event(*MAY_EDIT)
def positions_update(event: Event, membership: OrganisationMember, public_id: str) -> ResponseReturnValue:
    kind = queries.type_of(event, public_id)
    PressForm.of_request().require()
    with transaction():
        ordering.move(kind, STEPS.get(request.form.get("to", ""), 0), membership.user.actor)
    caching.forget()
    return render.see_other(url_for(".index", slug=event.slug))


@bp.get("/<public_id>/deletion")
@guards.for_event(*MAY_EDIT)
def deletions_new(event: Event, membership: OrganisationMember, public_id: str) -> ResponseReturnValue:
    kind = queries.type_of(event, public_id)
    return render.page(
        "manage/ticket_type_deletion_new.html",
        event=event,
        membership=membership,
        kind=kind,
        gates=gates.only_for(kind),
        form=PressForm(),
    )


@bp.post("/<public_id>/deletion")
@guards.for_event(*MAY_EDIT)
def deletions_create(event: Event, membership: OrganisationMember, public_id: str) -> ResponseReturnValue:
    kind = queries.type_of(event, public_id)
    PressForm.of_request().require()
    name = kind.name
    try:
        with transaction():
            closed = gates.close_those_only_for(kind, membership.user.actor)
            deleting.delete_ticket_type(kind, membership.user.actor)
    except Conflict as refusal:
        return guards.for_event(*MAY_EDIT)(_list)(slug=event.slug, problem=str(refusal), status=409)
    caching.forget()
    flash(_("%(name)s is deleted.", name=name))
    for gate in closed:
        flash(_("Gate %(gate)s took nothing else and is closed. Choose what it takes, then open it.", gate=gate))
    return render.see_other(url_for(".index", slug=event.slug))
