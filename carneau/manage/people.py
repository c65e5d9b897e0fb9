"""What the organisation keeps about one person: to be handed over, or taken out of what was sold."""

from flask import Blueprint, Response, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext, ngettext

from carneau.catalogue import guards
from carneau.core.db import transaction
from carneau.manage.forms import email_field
from carneau.organisations.models import OrganisationMember, Role
from carneau.privacy import erasing, knowledge
from carneau.purchases.erasing import StillBeingPaid
from carneau.web import render
from carneau.web.forms import SessionForm, refuse

bp = Blueprint("manage_people", __name__, url_prefix="/manage/organisations/<organisation_slug>/people")


class PersonForm(SessionForm):
    email = email_field(lazy_gettext("E-mail address of the person"))


@bp.get("")
@guards.for_organisation(Role.OWNER)
def index(membership: OrganisationMember) -> ResponseReturnValue:
    return _page(membership, PersonForm())


@bp.post("")
@guards.for_organisation(Role.OWNER)
def show(membership: OrganisationMember) -> ResponseReturnValue:
    """Looks only. A POST, so that the address stands in no log and no history."""
    form = PersonForm.of_request()
    if not form.validate():
        return _page(membership, form, 422)
    return _page(membership, form, found=_known(membership, form))


@bp.post("/data")
@guards.for_organisation(Role.OWNER)
def data_create(membership: OrganisationMember) -> ResponseReturnValue:
    form = PersonForm.of_request().require()
    with transaction():
        known = _known(membership, form)
        erasing.note_export(membership.organisation, membership.user.actor)
    return render.download(known, "person.json")


@bp.post("/erasure")
@guards.for_organisation(Role.OWNER)
def erasures_create(membership: OrganisationMember) -> ResponseReturnValue:
    form = PersonForm.of_request().require()
    try:
        with transaction():
            count = erasing.erase_from(membership.organisation, form.email.data, membership.user.actor)
    except StillBeingPaid as refusal:
        refuse(form.email, str(refusal))
        return guards.for_organisation(Role.OWNER)(_page)(
            organisation_slug=membership.organisation.slug, form=form, status=409
        )
    flash(ngettext("Done: %(num)s purchase names nobody now.", "Done: %(num)s purchases name nobody now.", count))
    return render.see_other(url_for(".index", organisation_slug=membership.organisation.slug))


def _known(membership: OrganisationMember, form: PersonForm) -> knowledge.Facts:
    return knowledge.of_addresses([form.email.data.lower()], membership.organisation_id)


def _page(
    membership: OrganisationMember, form: PersonForm, status: int = 200, found: knowledge.Facts | None = None
) -> Response:
    return render.page("manage/people.html", status=status, membership=membership, form=form, found=found)
