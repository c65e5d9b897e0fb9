"""Cancelling and deleting: each asks first and says what will happen."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.catalogue import cancelling, deleting, guards, queries
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.core.errors import Conflict
from carneau.fulfilment import messages
from carneau.inventory import availability
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import caching, render
from carneau.web.forms import PressForm

bp = Blueprint("manage_endings", __name__, url_prefix="/manage/events/<slug>")
MAY_EDIT = (Role.OWNER, Role.MANAGER)


@bp.get("/cancellation")
@guards.for_event(*MAY_EDIT)
def cancellations_new(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _page(event, membership, "manage/cancellation_new.html")


@bp.post("/cancellation")
@guards.for_event(*MAY_EDIT)
def cancellations_create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    PressForm.of_request().require()
    try:
        with transaction():
            cancelling.cancel(event, membership.user.actor)
    except Conflict as refusal:
        return _again(template="manage/cancellation_new.html", slug=event.slug, problem=str(refusal), status=409)
    caching.forget()
    if messages.count_recipients(event):
        flash(_("The event is cancelled. Nothing more is sold. Now tell those who hold tickets."))
        return render.see_other(url_for("manage_messages.index", slug=event.slug, about="cancelled"))
    flash(_("The event is cancelled. Nothing more is sold."))
    return render.see_other(url_for("manage_publication.show", slug=event.slug))


@bp.get("/deletion")
@guards.for_event(*MAY_EDIT)
def deletions_new(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _page(event, membership, "manage/deletion_new.html")


@bp.post("/deletion")
@guards.for_event(*MAY_EDIT)
def deletions_create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    PressForm.of_request().require()
    title, house = event.title, membership.organisation.slug
    try:
        with transaction():
            deleting.delete_event(event, membership.user.actor)
    except Conflict as refusal:
        return _again(template="manage/deletion_new.html", slug=event.slug, problem=str(refusal), status=409)
    caching.forget()
    flash(_("%(title)s is deleted.", title=title))
    return render.see_other(url_for("manage_organisations.show", organisation_slug=house))


def _page(
    event: Event, membership: OrganisationMember, template: str, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    places = availability.of([each.id for each in queries.ticket_types_of(event)]).values()
    return render.page(
        template,
        status=status,
        event=event,
        membership=membership,
        sold=sum(each.sold for each in places),
        held=sum(each.held for each in places),
        form=PressForm(),
        problem=problem,
    )


_again = guards.for_event(*MAY_EDIT)(_page)
