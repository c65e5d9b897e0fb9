"""From draft to published and back, what a buyer will see, and other dates."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from carneau.admissions import gates
from carneau.catalogue import cancelling, duplicating, guards, publishing, queries, structured
from carneau.catalogue.models import Event
from carneau.catalogue.publishing import NotReady
from carneau.core import clock
from carneau.core.db import transaction
from carneau.core.errors import Conflict, Invalid
from carneau.manage import reading
from carneau.manage.copies_form import CopiesForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import caching, render
from carneau.web.forms import PressForm

bp = Blueprint("manage_publication", __name__, url_prefix="/manage/events/<slug>")
MAY_EDIT = (Role.OWNER, Role.MANAGER)


@bp.get("/publication")
@guards.for_event(*MAY_EDIT)
def show(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _page(event, membership)


def _page(event: Event, membership: OrganisationMember, problem: str = "", status: int = 200) -> ResponseReturnValue:
    return render.page(
        "manage/publication_show.html",
        status=status,
        event=event,
        membership=membership,
        missing=publishing.missing(event),
        has_types=bool(queries.ticket_types_of(event)),
        has_ended=event.has_ended(clock.now()),
        address=structured.address(event),
        form=PressForm(),
        problem=problem,
    )


@bp.post("/publication")
@guards.for_event(*MAY_EDIT)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    PressForm.of_request().require()
    try:
        with transaction():
            publishing.publish(event, membership.user.actor)
    except NotReady as refusal:
        return guards.for_event(*MAY_EDIT)(_page)(slug=event.slug, problem=str(refusal), status=409)
    caching.forget()
    flash(_("Published. Everyone can see it now."))
    return render.see_other(url_for(".show", slug=event.slug))


@bp.post("/withdrawal")
@guards.for_event(*MAY_EDIT)
def withdrawals_create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    PressForm.of_request().require()
    try:
        with transaction():
            cancelling.withdraw(event, membership.user.actor)
    except Conflict as refusal:
        return guards.for_event(*MAY_EDIT)(_page)(slug=event.slug, problem=str(refusal), status=409)
    caching.forget()
    flash(_("It is a draft again, and nobody sees it."))
    return render.see_other(url_for(".show", slug=event.slug))


@bp.get("/preview")
@guards.for_event(*MAY_EDIT)
def preview(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    """The buyers' page itself, at an address that only members open."""
    now, image = clock.now(), queries.image_of(event)
    types = [each for each in queries.ticket_types_of(event) if not each.is_hidden]
    offers = queries.offers(event, types, now)
    return render.page(
        "manage/preview.html",
        event=event,
        membership=membership,
        image=image,
        offers=offers,
        at=now,
        dates=queries.other_dates(event, now),
        structured=structured.event(event, image, offers),
        canonical=structured.address(event),
    )


@bp.get("/copies")
@guards.for_event(*MAY_EDIT)
def copies_new(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _copies(event, membership, CopiesForm())


def _copies(event: Event, membership: OrganisationMember, form: CopiesForm, status: int = 200) -> ResponseReturnValue:
    return render.page("manage/copies_new.html", status=status, event=event, membership=membership, form=form)


@bp.post("/copies")
@guards.for_event(*MAY_EDIT)
def copies_create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form, house = CopiesForm.of_request(), membership.organisation.slug
    copies = _copied(form, event, membership) if form.validate() else []
    if not copies:
        return guards.for_event(*MAY_EDIT)(_copies)(slug=event.slug, form=form, status=422)
    caching.forget()
    flash(ngettext("%(num)s more date is there.", "%(num)s more dates are there.", len(copies)))
    return render.see_other(url_for("manage_organisations.show", organisation_slug=house))


def _copied(form: CopiesForm, event: Event, membership: OrganisationMember) -> list[Event]:
    """Empty if something stands at the field now."""
    actor = membership.user.actor
    try:
        starts = form.starts(event)
        with transaction():
            copies = duplicating.duplicate_onto(event, starts, actor)
            for copy in copies:
                gates.copy(event, copy, actor)
            for copy in copies if form.publish.data else ():
                publishing.publish(copy, actor)
            return copies
    except Invalid as refusal:
        reading.refuse(form, refusal, "dates")
    except Conflict as refusal:
        reading.refuse(form, Invalid(str(refusal)), "dates")
    return []
