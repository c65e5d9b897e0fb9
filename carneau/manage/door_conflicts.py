from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.admissions import conflicts
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.manage.door_forms import NoteForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import PressForm

bp = Blueprint("manage_door_conflicts", __name__, url_prefix="/manage/events/<slug>/door/conflicts")
IN_CHARGE = (Role.OWNER, Role.MANAGER)


@bp.get("")
@guards.for_event(*IN_CHARGE)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _list(event, membership)


def _list(
    event: Event, membership: OrganisationMember, form: NoteForm | None = None, at: str = "", status: int = 200
) -> ResponseReturnValue:
    """`at` names the conflict whose form this is."""
    found = conflicts.of(event)
    return render.page(
        "manage/door_conflicts.html",
        status=status,
        event=event,
        membership=membership,
        conflicts=found,
        actors=conflicts.names_of(found),
        form=form or NoteForm(formdata=None),
        wrong_at=at,
    )


@bp.post("/<device_ref>/<uuid:nonce>")
@guards.for_event(*IN_CHARGE)
def notes_update(event: Event, membership: OrganisationMember, device_ref: str, nonce: UUID) -> ResponseReturnValue:
    scan, form = conflicts.by_nonce(event, device_ref, nonce), NoteForm.of_request()
    if not form.validate():
        return _list(event, membership, form, str(nonce), 422)
    with transaction():
        conflicts.note(scan, form.note.data or "", membership.user.actor)
    flash(_("Marked as looked at."))
    return render.see_other(url_for(".index", slug=event.slug))


@bp.post("/<device_ref>/<uuid:nonce>/removal")
@guards.for_event(*IN_CHARGE)
def removals_create(event: Event, membership: OrganisationMember, device_ref: str, nonce: UUID) -> ResponseReturnValue:
    scan = conflicts.by_nonce(event, device_ref, nonce)
    PressForm.of_request().require()
    with transaction():
        conflicts.reopen(scan, membership.user.actor)
    flash(_("It is open again."))
    return render.see_other(url_for(".index", slug=event.slug))
