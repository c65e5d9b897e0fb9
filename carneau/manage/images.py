from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from carneau.catalogue import bucket, guards, ordering, pictures, storage
from carneau.catalogue import images as encoding
from carneau.catalogue.models import Event, Ratio
from carneau.core.db import transaction
from carneau.core.errors import Conflict, Invalid
from carneau.manage import image_forms, reading
from carneau.manage.image_forms import ImageForm, UploadForm
from carneau.manage.ticket_types import STEPS
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import caching, render
from carneau.web.forms import PressForm

bp = Blueprint("manage_images", __name__, url_prefix="/manage/events/<slug>/images")
MAY_EDIT = (Role.OWNER, Role.MANAGER)
LARGEST_UPLOAD = encoding.LARGEST_BYTES + 64 * 1024


@bp.url_value_preprocessor
def take_pictures(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body: elsewhere a request may be a megabyte."""
    if endpoint == "manage_images.create":
        request.max_content_length = LARGEST_UPLOAD


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return _too_large(**(request.view_args or {}))


@guards.for_event(*MAY_EDIT)
def _too_large(event: Event, membership: OrganisationMember, **_values: str) -> ResponseReturnValue:
    form = UploadForm(formdata=None)
    reading.refuse(
        form,
        Invalid(_("This file is larger than 12 MB. Nothing was changed: please save the picture smaller.")),
        "picture",
    )
    return _page(event, membership, form, 413)


@bp.get("")
@guards.for_event(*MAY_EDIT)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _page(event, membership, UploadForm(formdata=None))


def _page(event: Event, membership: OrganisationMember, form: UploadForm, status: int = 200) -> ResponseReturnValue:
    uploads = pictures.waiting(event)
    return render.page(
        "manage/images_index.html",
        blocks=("pictures",),
        status=status,
        event=event,
        membership=membership,
        images=pictures.of(event),
        uploads=uploads,
        is_waiting=any(not upload.problem for upload in uploads),
        form=form,
    )


@bp.post("")
@guards.for_event(*MAY_EDIT)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = UploadForm()
    if not (form.validate() and _taken_in(form, event, membership)):
        return guards.for_event(*MAY_EDIT)(_page)(slug=event.slug, form=form, status=422)
    flash(_("The picture is here. It is being made ready for the page."))
    return render.see_other(url_for(".index", slug=event.slug))


def _taken_in(form: UploadForm, event: Event, membership: OrganisationMember) -> bool:
    try:
        content = form.content()
        key = pictures.key_of(event, content)
        if not pictures.is_known(event, key):
            storage.put_source(key, content)
        with transaction():
            pictures.take_in(event, key, form.alternative_text.data, membership.user.actor)
    except Invalid as refusal:
        reading.refuse(form, refusal, "picture")
        return False
    except Conflict as refusal:
        reading.refuse(form, Invalid(str(refusal)), "picture")
        return False
    except bucket.Away:
        reading.refuse(form, Invalid(_("Pictures cannot be kept right now. Please try again in a minute.")), "picture")
        return False
    return True


@bp.get("/<source_key>")
@guards.for_event(*MAY_EDIT)
def edit(event: Event, membership: OrganisationMember, source_key: str) -> ResponseReturnValue:
    image = pictures.by_source(event, source_key)
    return _edit(event, membership, source_key, ImageForm(data=image_forms.of_image(image)))


def _edit(
    event: Event, membership: OrganisationMember, source_key: str, form: ImageForm, status: int = 200
) -> ResponseReturnValue:
    image = pictures.by_source(event, source_key)
    return render.page(
        "manage/image_edit.html", status=status, event=event, membership=membership, image=image, form=form
    )


@bp.post("/<source_key>")
@guards.for_event(*MAY_EDIT)
def update(event: Event, membership: OrganisationMember, source_key: str) -> ResponseReturnValue:
    pictures.by_source(event, source_key)
    form = ImageForm.of_request()
    if not (form.validate() and _changed(form, event, membership, source_key)):
        return guards.for_event(*MAY_EDIT)(_edit)(slug=event.slug, source_key=source_key, form=form, status=422)
    caching.forget()
    return render.see_other(url_for(".index", slug=event.slug))


def _changed(form: ImageForm, event: Event, membership: OrganisationMember, source_key: str) -> bool:
    actor = membership.user.actor
    try:
        with transaction():
            image = pictures.by_source(event, source_key)
            pictures.describe(image, form.alternative_text.data or "", actor)
            pictures.cut(image, Ratio(form.ratio.data), *form.point, actor)
    except Invalid as refusal:
        reading.refuse(form, refusal, "alternative_text")
        return False
    flash(_("Saved."))
    return True


@bp.post("/<source_key>/position")
@guards.for_event(*MAY_EDIT)
def positions_update(event: Event, membership: OrganisationMember, source_key: str) -> ResponseReturnValue:
    image = pictures.by_source(event, source_key)
    PressForm.of_request().require()
    with transaction():
        ordering.move(image, STEPS.get(request.form.get("to", ""), 0), membership.user.actor)
        pictures.take_accent_later(event)
    caching.forget()
    return render.see_other(url_for(".index", slug=event.slug))


@bp.post("/<source_key>/removal")
@guards.for_event(*MAY_EDIT)
def removals_create(event: Event, membership: OrganisationMember, source_key: str) -> ResponseReturnValue:
    pictures.require(event, source_key)
    PressForm.of_request().require()
    with transaction():
        pictures.remove(event, source_key, membership.user.actor)
    caching.forget()
    flash(_("The picture is removed."))
    return render.see_other(url_for(".index", slug=event.slug))
