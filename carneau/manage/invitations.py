from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import guards
from carneau.core.db import transaction
from carneau.organisations import invitations, links
from carneau.organisations.invitations import InvitationGone
from carneau.web import render, security
from carneau.web.forms import PressForm

bp = Blueprint("manage_invitations", __name__, url_prefix="/manage/invitations")


@bp.get("/<invitation_ref>")
def show(invitation_ref: str) -> ResponseReturnValue:
    """Only looks, for whoever has the link: the form on the page is what uses it."""
    key, user = request.args.get("key", ""), guards.find_user()
    invitation = invitations.by_link(invitation_ref, key)
    answer = render.page(
        "manage/invitations_show.html",
        invitation=invitation,
        path=links.path(invitation_ref, key),
        user=user,
        is_mine=user is not None and invitations.is_for(invitation, user),
        form=PressForm(),
    )
    return security.keep_secret(answer)


@bp.post("/<invitation_ref>")
def update(invitation_ref: str) -> ResponseReturnValue:
    user = guards.user()
    invitation = invitations.by_link(invitation_ref, request.args.get("key", ""))
    PressForm.of_request().require()
    house = invitation.organisation
    with transaction():
        invitations.accept(invitation, user)
        name, slug = house.name, house.slug
    flash(_("Welcome to the team of %(name)s.", name=name))
    return render.see_other(f"/manage/organisations/{slug}")


@bp.errorhandler(InvitationGone)
def invitation_gone(error: InvitationGone) -> ResponseReturnValue:
    return render.page("manage/invitation_gone.html", status=404, text=str(error))
