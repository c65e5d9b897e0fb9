from flask import Blueprint, Response, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import Length

from carneau.accounts.guards import user
from carneau.catalogue import guards, programme
from carneau.core.db import transaction
from carneau.manage import tabs
from carneau.manage.forms import email_field, line_field
from carneau.organisations import editing, founding, queries, roles
from carneau.organisations import membership as leaving
from carneau.organisations.membership import LastOwner
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import PressForm, SessionForm
from carneau.web.paging import Position

bp = Blueprint("manage_organisations", __name__, url_prefix="/manage")
bp.add_app_template_global(tabs.of_event, "event_tabs")
bp.add_app_template_global(tabs.of_organisation, "organisation_tabs")
bp.add_app_template_global(tabs.opens, "opens")
bp.add_app_template_filter(roles.name_of, "role_name")
bp.add_app_template_filter(roles.what_it_may, "role_rights")


class OrganisationForm(SessionForm):
    name = line_field(
        lazy_gettext("Name of the organisation"),
        lazy_gettext("Please give it a name."),
        hint=lazy_gettext("As buyers know it; it stands on every event, ticket and mail."),
    )
    email = email_field(
        lazy_gettext("Where buyers write to"), lazy_gettext("Their answers to our mails come to this address.")
    )
    imprint = TextAreaField(
        lazy_gettext("Imprint"),
        description=lazy_gettext("Name and postal address, where the law wants them. May stay empty."),
        validators=[Length(max=1000, message=lazy_gettext("Please shorten this: it is too long."))],
        render_kw={"rows": 3},
    )


@bp.get("")
def index() -> ResponseReturnValue:
    mine = queries.memberships_of(user())
    form = OrganisationForm(email=user().email)
    return render.page("manage/index.html", houses=[(each, programme.coming(each)) for each in mine], form=form)


@bp.get("/organisations/new")
def new() -> ResponseReturnValue:
    return render.page("manage/organisations_new.html", form=OrganisationForm(email=user().email))


@bp.post("/organisations")
def create() -> ResponseReturnValue:
    founder, form = user(), OrganisationForm.of_request()
    if not form.validate():
        return render.page("manage/organisations_new.html", status=422, form=form)
    with transaction():
        slug = founding.found(founder, form.name.data, form.email.data, form.imprint.data or "").slug
    flash(_("Your organisation is there. Next, its first event."))
    return render.see_other(f"/manage/organisations/{slug}/events/new")


@bp.get("/organisations/<organisation_slug>")
@guards.for_organisation(*Role)
def show(membership: OrganisationMember) -> ResponseReturnValue:
    edge = request.args.get("from")
    is_past = "past" in request.args
    read = programme.past if is_past else programme.coming
    part = read(membership, Position.parse(edge) if edge else None)
    return render.page(
        "manage/organisations_show.html",
        membership=membership,
        part=part,
        is_past=is_past,
        begins_later=bool(edge),
    )


@bp.get("/organisations/<organisation_slug>/edit")
@guards.for_organisation(Role.OWNER)
def edit(membership: OrganisationMember) -> ResponseReturnValue:
    form = OrganisationForm(obj=membership.organisation)
    return render.page("manage/organisations_edit.html", membership=membership, form=form)


@bp.post("/organisations/<organisation_slug>/edit")
@guards.for_organisation(Role.OWNER)
def update(membership: OrganisationMember) -> ResponseReturnValue:
    form = OrganisationForm.of_request()
    if not form.validate():
        return render.page("manage/organisations_edit.html", status=422, membership=membership, form=form)
    house = membership.organisation
    with transaction():
        editing.change(house, membership.user.actor, form.name.data, form.email.data, form.imprint.data or "")
        slug = house.slug
    flash(_("Your changes are kept."))
    return render.see_other(f"/manage/organisations/{slug}")


@bp.get("/organisations/<organisation_slug>/departure")
@guards.for_organisation(*Role)
def departures_new(membership: OrganisationMember) -> ResponseReturnValue:
    return _departure(membership)


def _departure(membership: OrganisationMember, status: int = 200, refusal: str = "") -> Response:
    page, form = "manage/departures_new.html", PressForm()
    return render.page(page, status=status, membership=membership, form=form, refusal=refusal)


@bp.post("/organisations/<organisation_slug>/departure")
@guards.for_organisation(*Role)
def departures_create(membership: OrganisationMember) -> ResponseReturnValue:
    PressForm.of_request().require()
    name = membership.organisation.name
    try:
        with transaction():
            leaving.leave(membership, membership.user.actor)
    except LastOwner as error:
        return _departure(membership, 409, str(error))
    flash(_("You have left %(name)s.", name=name))
    return render.see_other("/manage")
