from typing import Any

from flask import Blueprint, Response, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, RadioField, SelectField
from wtforms.validators import ValidationError

from carneau.catalogue import guards, programme
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.manage.forms import email_field
from carneau.organisations import invitations, queries, roles
from carneau.organisations import membership as members
from carneau.organisations.invitations import InTheTeamAlready
from carneau.organisations.membership import LastOwner
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import filters, render
from carneau.web.forms import PressForm, SessionForm, refuse

bp = Blueprint("manage_team", __name__, url_prefix="/manage/organisations/<organisation_slug>/team")


class RoleForm(SessionForm):
    role = RadioField(lazy_gettext("Role"), validate_choice=False)
    event = SelectField(
        lazy_gettext("At the door of"), description=lazy_gettext("Only for the role Door."), validate_choice=False
    )

    def __init__(self, membership: OrganisationMember, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.events = programme.choices(membership.organisation_id)
        self.role.choices = [(role.value, roles.name_of(role)) for role in Role]
        self.event.choices = [("", _("All events")), *((each.slug, _label(each)) for each in self.events)]

    def validate_role(self, field: Field) -> None:
        if field.data not in list(Role):
            raise ValidationError(_("Please choose a role."))

    def validate_event(self, field: Field) -> None:
        if field.data not in [value for value, _text in field.choices]:
            raise ValidationError(_("There is no such event in this organisation."))
        if field.data and self.role.data != Role.DOOR:
            raise ValidationError(_("Only the door can be for one event. Choose all events, or the role Door."))

    @property
    def right(self) -> tuple[Role, int | None]:
        """Of a form that is valid."""
        event_id = next((each.id for each in self.events if each.slug == self.event.data), None)
        return Role(self.role.data), event_id


class InvitationForm(RoleForm):
    email = email_field(lazy_gettext("E-mail address of the new member"))


def _label(event: Event) -> str:
    return f"{event.title}, {filters.day(event.starts_at, event.time_zone, 'medium')}"


@bp.get("")
@guards.for_organisation(Role.OWNER)
def index(membership: OrganisationMember) -> ResponseReturnValue:
    return _team(membership, InvitationForm(membership, role=Role.MANAGER))


def _team(membership: OrganisationMember, form: InvitationForm, status: int = 200) -> Response:
    house = membership.organisation_id
    team, invited = queries.members_of(house), queries.open_invitations(house)
    doors = [each.event_id for each in team if each.event_id] + [each.event_id for each in invited if each.event_id]
    return render.page(
        "manage/team.html",
        status=status,
        membership=membership,
        form=form,
        team=team,
        invitations=invited,
        titles=programme.titles(house, doors),
    )


@bp.post("/invitations")
@guards.for_organisation(Role.OWNER)
def invitations_create(membership: OrganisationMember) -> ResponseReturnValue:
    form = InvitationForm(membership)
    if not form.validate():
        return _team(membership, form, 422)
    try:
        with transaction():
            invitations.invite(membership, form.email.data, *form.right)
    except InTheTeamAlready as error:
        refuse(form.email, str(error))
        return _team(membership, form, 409)
    flash(_("We have written to %(email)s. The invitation is open for a week.", email=form.email.data))
    return _back(membership)


@bp.post("/invitations/<invitation_ref>/withdrawal")
@guards.for_organisation(Role.OWNER)
def withdrawals_create(membership: OrganisationMember, invitation_ref: str) -> ResponseReturnValue:
    invitation = queries.open_invitation(membership.organisation_id, invitation_ref)
    PressForm.of_request().require()
    with transaction():
        invitations.withdraw(invitation, membership.user.actor)
    flash(_("The invitation was withdrawn; its link opens nothing any more."))
    return _back(membership)


@bp.get("/<member_ref>")
@guards.for_organisation(Role.OWNER)
def edit(membership: OrganisationMember, member_ref: str) -> ResponseReturnValue:
    member = queries.member_by_ref(membership.organisation_id, member_ref)
    form = RoleForm(membership, role=member.role.value)
    form.event.data = next((each.slug for each in form.events if each.id == member.event_id), "")
    return render.page("manage/team_edit.html", membership=membership, member=member, form=form)


@bp.post("/<member_ref>")
@guards.for_organisation(Role.OWNER)
def update(membership: OrganisationMember, member_ref: str) -> ResponseReturnValue:
    member, form = queries.member_by_ref(membership.organisation_id, member_ref), RoleForm(membership)
    if not form.validate():
        return render.page("manage/team_edit.html", status=422, membership=membership, member=member, form=form)
    try:
        with transaction():
            members.change_role(member, *form.right, membership.user.actor)
    except LastOwner as error:
        refuse(form.role, str(error))
        return render.page("manage/team_edit.html", status=409, membership=membership, member=member, form=form)
    flash(_("The role was changed. It counts from now on."))
    return _back(membership)


@bp.post("/<member_ref>/removal")
@guards.for_organisation(Role.OWNER)
def removals_create(membership: OrganisationMember, member_ref: str) -> ResponseReturnValue:
    member = queries.member_by_ref(membership.organisation_id, member_ref)
    PressForm.of_request().require()
    name = member.user.name
    with transaction():
        members.remove(member, membership.user.actor)
    flash(_("%(name)s is not in the team any more.", name=name))
    return render.see_other("/manage") if member_ref == membership.ref else _back(membership)


def _back(membership: OrganisationMember) -> Response:
    return render.see_other(f"/manage/organisations/{membership.organisation.slug}/team")
