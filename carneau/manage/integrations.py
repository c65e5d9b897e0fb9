from typing import Any

from flask import Blueprint, Response, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import Length, ValidationError

from carneau.accounts.guards import with_second_factor
from carneau.catalogue import guards
from carneau.core import codes
from carneau.core.db import transaction
from carneau.integrations import endpoints, scopes, tokens
from carneau.integrations.scopes import Scope
from carneau.manage.forms import line_field
from carneau.organisations import queries
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import PressForm, SessionForm

bp = Blueprint("manage_integrations", __name__, url_prefix="/manage/organisations/<organisation_slug>/integrations")
bp.add_app_template_filter(scopes.meaning_of, "scope_meaning")


class TokenForm(SessionForm):
    """The token follows from `seed`: sent twice, the form makes one."""

    seed = HiddenField(validators=[Length(43, 43, lazy_gettext("This form is incomplete. Please open it once more."))])
    name = line_field(
        lazy_gettext("What is it for?"),
        lazy_gettext("Please give it a name, so that you know later what uses it."),
        longest=80,
        hint=lazy_gettext("As: our website, bookkeeping."),
    )
    scopes = SelectMultipleField(lazy_gettext("What may it do?"), validate_choice=False)
    days = SelectField(lazy_gettext("Until when?"), coerce=int, validate_choice=False)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.scopes.choices = [(scope.value, scopes.meaning_of(scope)) for scope in Scope]
        days = {30: _("For 30 days"), 90: _("For 90 days"), 365: _("For a year"), 0: _("Until it is revoked")}
        self.days.choices = list(days.items())

    def validate_scopes(self, field: Field) -> None:
        if not field.data or not set(field.data) <= set(Scope):
            raise ValidationError(_("Please choose at least one thing that it may do."))

    def validate_days(self, field: Field) -> None:
        if field.data not in [value for value, _text in field.choices]:
            raise ValidationError(_("Please choose how long it is to work."))


@bp.get("")
@guards.for_organisation(Role.OWNER)
def index(membership: OrganisationMember) -> ResponseReturnValue:
    house = membership.organisation_id
    return render.page(
        "manage/integrations.html",
        membership=membership,
        form=PressForm(),
        tokens=tokens.of_organisation(house),
        endpoints=endpoints.of_organisation(house),
        team={member.user_id for member in queries.members_of(house)},
    )


@bp.get("/tokens/new")
@guards.for_organisation(Role.OWNER)
@with_second_factor
def tokens_new(membership: OrganisationMember) -> ResponseReturnValue:
    return _form(membership, TokenForm(seed=codes.secret(), days=365))


def _form(membership: OrganisationMember, form: TokenForm, status: int = 200) -> Response:
    return render.page("manage/tokens_new.html", status=status, membership=membership, form=form)


@bp.post("/tokens")
@guards.for_organisation(Role.OWNER)
@with_second_factor
def tokens_create(membership: OrganisationMember) -> ResponseReturnValue:
    form = TokenForm()
    if not form.validate():
        return _form(membership, form, 422)
    allowed = [scope for scope in Scope if scope in form.scopes.data]
    with transaction():
        secret = tokens.make(membership, form.seed.data, form.name.data, allowed, form.days.data or None)
    return render.page("manage/tokens_created.html", membership=membership, name=form.name.data, secret=secret)


@bp.post("/tokens/<token_ref>/revocation")
@guards.for_organisation(Role.OWNER)
def revocations_create(membership: OrganisationMember, token_ref: str) -> ResponseReturnValue:
    token = tokens.by_ref(membership.organisation_id, token_ref)
    PressForm.of_request().require()
    name = token.name
    with transaction():
        tokens.revoke(token, membership.user.actor)
    flash(_("The token of %(name)s is revoked. Its next request is refused.", name=name))
    return render.see_other(f"/manage/organisations/{membership.organisation.slug}/integrations")
