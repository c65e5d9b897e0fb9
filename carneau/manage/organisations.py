from flask import Blueprint
from flask.typing import ResponseReturnValue

from carneau.accounts.guards import user
from carneau.catalogue import guards
from carneau.manage import tabs
from carneau.organisations import queries, roles
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render

bp = Blueprint("manage_organisations", __name__, url_prefix="/manage")
bp.add_app_template_global(tabs.of_event, "event_tabs")
bp.add_app_template_global(tabs.of_organisation, "organisation_tabs")
bp.add_app_template_filter(roles.name_of, "role_name")


@bp.get("")
def index() -> ResponseReturnValue:
    return render.page("manage/index.html", memberships=queries.memberships_of(user()))


@bp.get("/organisations/<organisation_slug>")
@guards.for_organisation(*Role)
def show(membership: OrganisationMember) -> ResponseReturnValue:
    return render.page("manage/organisations_show.html", membership=membership)
