"""Links that make phones into door devices. Each is shown once: only a digest of its secret is kept."""

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.admissions import links, phones
from carneau.admissions.links import MadeBefore
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core import codes
from carneau.core.db import transaction
from carneau.core.errors import Invalid
from carneau.manage import door_forms, reading
from carneau.manage.door_forms import LinkForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import qr_drawing, render
from carneau.web.forms import PressForm

bp = Blueprint("manage_door_links", __name__, url_prefix="/manage/events/<slug>/door/links")
IN_CHARGE = (Role.OWNER, Role.MANAGER)


@bp.get("/new")
@guards.for_event(*IN_CHARGE)
def new(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = LinkForm(event, formdata=None, **door_forms.of_new_link(event, codes.reference()))
    return _form(event, membership, form)


@bp.post("")
@guards.for_event(*IN_CHARGE)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = LinkForm(event)
    if not form.validate():
        return _form(event, membership, form, 422)
    try:
        terms = form.terms()
        with transaction():
            _link, secret = links.create(**terms, actor=membership.user.actor, created_by_id=membership.user_id)
    except Invalid as refusal:
        reading.refuse(form, refusal, "label")
        return _form_again(slug=event.slug, form=form, status=422)
    except MadeBefore:
        return _shown(slug=event.slug, ref=form.ref.data)
    return _shown(slug=event.slug, ref=form.ref.data, secret=secret)


def _form(event: Event, membership: OrganisationMember, form: LinkForm, status: int = 200) -> ResponseReturnValue:
    return render.page("manage/door_link_new.html", status=status, event=event, membership=membership, form=form)


def _once(event: Event, membership: OrganisationMember, ref: str, secret: str = "") -> ResponseReturnValue:
    """Not a redirect: nothing but this answer ever holds the secret. Sent again, the form finds the link made."""
    link = phones.link_of(event, ref)
    address = links.url(secret) if secret else ""
    return render.page(
        "manage/door_link.html",
        status=201 if secret else 409,
        event=event,
        membership=membership,
        link=link,
        dates=links.dates_for(link),
        address=address,
        drawing=qr_drawing.svg(address, _("Door link %(label)s", label=link.label)) if secret else "",
    )


@bp.get("/<link_ref>/revocation")
@guards.for_event(*IN_CHARGE)
def revocations_new(event: Event, membership: OrganisationMember, link_ref: str) -> ResponseReturnValue:
    link = phones.link_of(event, link_ref)
    return render.page(
        "manage/door_link_revocation.html",
        event=event,
        membership=membership,
        link=link,
        dates=links.dates_for(link),
        devices=phones.of_link(link),
        form=PressForm(),
    )


@bp.post("/<link_ref>/revocation")
@guards.for_event(*IN_CHARGE)
def revocations_create(event: Event, membership: OrganisationMember, link_ref: str) -> ResponseReturnValue:
    link = phones.link_of(event, link_ref)
    PressForm.of_request().require()
    label = link.label
    with transaction():
        links.revoke(link, membership.user.actor)
    flash(_("%(label)s is revoked. It opens nothing any more, and its phones are refused.", label=label))
    return render.see_other(url_for("manage_door_devices.index", slug=event.slug))


_form_again = guards.for_event(*IN_CHARGE)(_form)
_shown = guards.for_event(*IN_CHARGE)(_once)
