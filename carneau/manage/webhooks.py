from typing import Any

from flask import Blueprint, Response, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, HiddenField, SelectMultipleField, StringField
from wtforms.validators import Length, ValidationError

from carneau.accounts.guards import with_second_factor
from carneau.catalogue import guards
from carneau.core import codes
from carneau.core.db import transaction
from carneau.core.errors import Invalid
from carneau.integrations import announcing, delivering, endpoints, kinds, log
from carneau.integrations.endpoints import TooMany
from carneau.integrations.models import DisabledBecause, Kind, WebhookEndpoint
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import PressForm, SessionForm, refuse, without_blanks_around

bp = Blueprint(
    "manage_webhooks", __name__, url_prefix="/manage/organisations/<organisation_slug>/integrations/webhooks"
)
bp.add_app_template_filter(kinds.meaning_of, "kind_meaning")


class EndpointForm(SessionForm):
    url = StringField(
        lazy_gettext("Address"),
        description=lazy_gettext("Where the other program listens, as https://shop.example.org/carneau."),
        filters=[without_blanks_around],
        render_kw={"inputmode": "url", "maxlength": endpoints.LONGEST_URL, "spellcheck": "false"},
    )
    kinds = SelectMultipleField(lazy_gettext("What is it told?"), validate_choice=False)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kinds.choices = [(kind.value, kinds.meaning_of(kind)) for kind in kinds.CHOSEN]

    def validate_url(self, field: Field) -> None:
        try:
            endpoints.checked_url(field.data or "")
        except Invalid as error:
            raise ValidationError(str(error)) from error

    def validate_kinds(self, field: Field) -> None:
        if not field.data or not set(field.data) <= set(kinds.CHOSEN):
            raise ValidationError(_("Please choose at least one thing that it is told."))

    @property
    def chosen(self) -> list[Kind]:
        return [kind for kind in kinds.CHOSEN if kind in self.kinds.data]


class NewEndpointForm(EndpointForm):
    """The secret follows from `seed`: sent twice, the form makes one endpoint."""

    seed = HiddenField(validators=[Length(43, 43, lazy_gettext("This form is incomplete. Please open it once more."))])


@bp.get("/new")
@guards.for_organisation(Role.OWNER)
@with_second_factor
def new(membership: OrganisationMember) -> ResponseReturnValue:
    everything = [kind.value for kind in kinds.CHOSEN]
    return _form(membership, NewEndpointForm(seed=codes.secret(), kinds=everything))


def _form(membership: OrganisationMember, form: NewEndpointForm, status: int = 200) -> Response:
    return render.page("manage/webhooks_new.html", status=status, membership=membership, form=form)


@bp.post("")
@guards.for_organisation(Role.OWNER)
@with_second_factor
def create(membership: OrganisationMember) -> ResponseReturnValue:
    form = NewEndpointForm()
    if not form.validate():
        return _form(membership, form, 422)
    try:
        with transaction():
            endpoint, secret = endpoints.make(membership, form.seed.data, form.url.data, form.chosen)
            ref = endpoint.ref
    except TooMany as error:
        refuse(form.url, str(error))
        return _form(membership, form, 409)
    return render.page("manage/webhooks_created.html", membership=membership, ref=ref, url=form.url.data, secret=secret)


@bp.get("/<endpoint_ref>")
@guards.for_organisation(Role.OWNER)
def show(membership: OrganisationMember, endpoint_ref: str) -> ResponseReturnValue:
    endpoint = endpoints.by_ref(membership.organisation_id, endpoint_ref)
    return _page(membership, endpoint, EndpointForm(obj=endpoint))


def _page(
    membership: OrganisationMember, endpoint: WebhookEndpoint, form: EndpointForm, status: int = 200
) -> ResponseReturnValue:
    return render.page(
        "manage/webhooks_show.html",
        blocks=("log",),
        status=status,
        membership=membership,
        endpoint=endpoint,
        form=form,
        part=log.deliveries(endpoint, request.args.get("after")),
        begins_later="after" in request.args,
    )


@bp.post("/<endpoint_ref>")
@guards.for_organisation(Role.OWNER)
@with_second_factor
def update(membership: OrganisationMember, endpoint_ref: str) -> ResponseReturnValue:
    endpoint, form = endpoints.by_ref(membership.organisation_id, endpoint_ref), EndpointForm()
    if not form.validate():
        return _page(membership, endpoint, form, 422)
    with transaction():
        endpoints.change(endpoint, form.url.data, form.chosen, membership.user.actor)
    flash(_("Your changes are kept."))
    return render.see_other(request.path)


@bp.post("/<endpoint_ref>/pings")
@guards.for_organisation(Role.OWNER)
def pings_create(membership: OrganisationMember, endpoint_ref: str) -> ResponseReturnValue:
    endpoint = endpoints.by_ref(membership.organisation_id, endpoint_ref)
    PressForm.of_request().require()
    with transaction():
        announcing.ping(endpoint)
    flash(_("A test is on its way. Below you see what becomes of it."))
    return _back(request.path, "/pings")


@bp.post("/<endpoint_ref>/deliveries/<delivery_ref>/repetition")
@guards.for_organisation(Role.OWNER)
def repetitions_create(membership: OrganisationMember, endpoint_ref: str, delivery_ref: str) -> ResponseReturnValue:
    endpoint = endpoints.by_ref(membership.organisation_id, endpoint_ref)
    delivery = log.delivery(endpoint, delivery_ref)
    PressForm.of_request().require()
    with transaction():
        delivering.again(delivery)
    flash(_("It is sent once more."))
    return _back(request.path, "/deliveries")


@bp.post("/<endpoint_ref>/activation")
@guards.for_organisation(Role.OWNER)
def activations_create(membership: OrganisationMember, endpoint_ref: str) -> ResponseReturnValue:
    endpoint = endpoints.by_ref(membership.organisation_id, endpoint_ref)
    PressForm.of_request().require()
    with transaction():
        endpoints.switch_on(endpoint, membership.user.actor)
    flash(_("It is switched on. It hears of what happens from now on."))
    return _back(request.path, "/activation")


@bp.post("/<endpoint_ref>/deactivation")
@guards.for_organisation(Role.OWNER)
def deactivations_create(membership: OrganisationMember, endpoint_ref: str) -> ResponseReturnValue:
    endpoint = endpoints.by_ref(membership.organisation_id, endpoint_ref)
    PressForm.of_request().require()
    with transaction():
        endpoints.switch_off(endpoint, membership.user.actor, DisabledBecause.OWNER)
    flash(_("It is switched off, and hears of nothing until it is switched on."))
    return _back(request.path, "/deactivation")


@bp.post("/<endpoint_ref>/removal")
@guards.for_organisation(Role.OWNER)
def removals_create(membership: OrganisationMember, endpoint_ref: str) -> ResponseReturnValue:
    endpoint = endpoints.by_ref(membership.organisation_id, endpoint_ref)
    PressForm.of_request().require()
    with transaction():
        endpoints.remove(endpoint, membership.user.actor)
    flash(_("It is removed, and what was in its log too."))
    return _back(request.path, "/webhooks")


def _back(path: str, end: str) -> Response:
    return render.see_other(path.rpartition(end)[0])
