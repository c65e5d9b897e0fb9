from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.catalogue import editing, guards, publishing, queries
from carneau.catalogue.editing import EditedMeanwhile
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.core.errors import Invalid
from carneau.fulfilment import messages
from carneau.manage import event_forms, meanwhile, reading
from carneau.manage.event_forms import EventForm
from carneau.manage.meanwhile import Meanwhile
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import caching, render

bp = Blueprint("manage_events", __name__, url_prefix="/manage")
MAY_EDIT = (Role.OWNER, Role.MANAGER)
WORTH_A_MAIL = frozenset(("starts_at", "ends_at", "doors_open_at", "time_zone", "venue_name", "street", "city"))


@bp.get("/organisations/<organisation_slug>/events/new")
@guards.for_organisation(*MAY_EDIT)
def new(membership: OrganisationMember) -> ResponseReturnValue:
    form = EventForm(data=event_forms.of_place(queries.find_newest(membership.organisation_id)))
    return _new(membership, form)


def _new(membership: OrganisationMember, form: EventForm, status: int = 200) -> ResponseReturnValue:
    return render.page("manage/event_new.html", status=status, membership=membership, form=form)


@bp.post("/organisations/<organisation_slug>/events")
@guards.for_organisation(*MAY_EDIT)
def create(membership: OrganisationMember) -> ResponseReturnValue:
    form = EventForm.of_request()
    house = membership.organisation.slug
    event = _created(form, membership) if form.validate() else None
    if event is None:
        again = guards.for_organisation(*MAY_EDIT)(_new)
        return again(organisation_slug=house, form=form, status=422)
    flash(_("The draft is kept. Nobody sees it until you publish it."))
    return render.see_other(url_for("manage_ticket_types.new", slug=event))


def _created(form: EventForm, membership: OrganisationMember) -> str | None:
    """The address of the draft; None if something stands at the fields now."""
    try:
        values = form.facts()
        with transaction():
            return publishing.create_once(membership.organisation, membership.user.actor, **values).slug
    except Invalid as refusal:
        reading.refuse(form, refusal, "title")
        return None


@bp.get("/events/<slug>/edit")
@guards.for_event(*MAY_EDIT)
def edit(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = EventForm(data=event_forms.of_event(event), version=event.version)
    return _edit(event, membership, form)


def _edit(
    event: Event, membership: OrganisationMember, form: EventForm, status: int = 200, edited: Meanwhile | None = None
) -> ResponseReturnValue:
    return render.page(
        "manage/event_edit.html", status=status, membership=membership, event=event, form=form, meanwhile=edited
    )


@bp.post("/events/<slug>/edit")
@guards.for_event(*MAY_EDIT)
def update(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = EventForm.of_request()
    try:
        changed = _changed(form, event, membership) if form.validate() else None
    except EditedMeanwhile:
        return guards.for_event(*MAY_EDIT)(_both)(slug=event.slug, form=form)
    if changed is None:
        return guards.for_event(*MAY_EDIT)(_edit)(slug=event.slug, form=form, status=422)
    caching.forget()
    return _saved(event, changed)


def _saved(event: Event, changed: list[str]) -> ResponseReturnValue:
    """Whoever bought must hear where and when it is now."""
    if WORTH_A_MAIL.intersection(changed) and messages.count_recipients(event):
        flash(_("Saved. Now tell those who hold tickets what changed."))
        return render.see_other(url_for("manage_messages.index", slug=event.slug, about="changed"))
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was changed."))
    return render.see_other(url_for(".edit", slug=event.slug))


def _changed(form: EventForm, event: Event, membership: OrganisationMember) -> list[str] | None:
    """None if something stands at the fields now."""
    try:
        values = form.facts(event)
        with transaction():
            return editing.change_event(event, membership.user.actor, form.seen, **values)
    except Invalid as refusal:
        reading.refuse(form, refusal, "title")
        return None


def _both(event: Event, membership: OrganisationMember, form: EventForm) -> ResponseReturnValue:
    """Theirs beside what was typed; sent once more, it counts."""
    edited = meanwhile.of(form, event, event_forms.of_event(event))
    form.version.data = str(event.version)
    return _edit(event, membership, form, 409, edited)
