from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from carneau.accounts import guards as accounts
from carneau.admissions import admission, attempts, photos, queries, undoing
from carneau.core.db import transaction
from carneau.core.errors import Invalid
from carneau.door import answers, finding, guards, registering
from carneau.door.forms import PhotoForm
from carneau.organisations import queries as organisations
from carneau.web import render

bp = Blueprint("door", __name__, url_prefix="/door")
answers.register(bp)
LARGEST_UPLOAD = photos.LARGEST_BYTES + 64 * 1024


@bp.url_value_preprocessor
def take_photos(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body: elsewhere a request may be a megabyte."""
    if endpoint == "door.photos_create":
        request.max_content_length = LARGEST_UPLOAD


@bp.get("")
def index() -> ResponseReturnValue:
    with transaction():
        phone, user = guards.find_phone(), accounts.find_user()
        events = list(queries.events_of(phone)) if phone else []
        mine = queries.events_of_members(organisations.memberships_of(user)) if user else []
        events += [event for event in mine if event not in events]
        return render.page("door/index.html", events=sorted(events, key=lambda event: event.starts_at), user=user)


@bp.get("/<slug>")
def show(slug: str) -> ResponseReturnValue:
    with transaction():
        place = guards.find_place(slug)
        return answers.page(place) if place else registering.ask_member(slug)


@bp.post("/<slug>/admissions")
def admissions_create(slug: str) -> ResponseReturnValue:
    phone = guards.phone()
    if answers.wants_json():
        attempt = attempts.of_mapping(answers.sent())
        return jsonify(admission.admit(phone, slug, attempt).as_json())
    if question := finding.find_question(request.form.get("code", "")):
        return render.see_other(finding.path_of(slug, question))
    try:
        attempt = attempts.of_form(request.form)
        verdict = admission.admit(phone, slug, attempt)
    except Invalid as error:
        return answers.scanned(slug, problem=str(error), status=422)
    return answers.scanned(slug, verdict=verdict)


@bp.post("/<slug>/photos")
def photos_create(slug: str) -> ResponseReturnValue:
    """The code is read from the picture; what follows is the same."""
    with transaction():
        guards.place(slug)
    phone, photo = guards.phone(), PhotoForm().photo.data
    try:
        fields = request.form.to_dict() | {"code": photos.read_code(photo.read() if photo else b"")}
        verdict = admission.admit(phone, slug, attempts.of_form(fields))
    except Invalid as error:
        return answers.scanned(slug, problem=str(error), status=422)
    return answers.scanned(slug, verdict=verdict)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return answers.refused(photos.TooLarge())


@bp.post("/<slug>/admissions/<uuid:scan>/undo")
def undo_create(slug: str, scan: UUID) -> ResponseReturnValue:
    with transaction():
        device = guards.place(slug).device
        ticket = undoing.undo(undoing.by_nonce(device, scan), device.actor)
        ref, name = ticket.ref, ticket.holder_name if device.sees_names else ticket.ref
    if answers.wants_json():
        return jsonify(undone=str(scan), ticket=ref)
    return answers.scanned(slug, undone=name)


@bp.get("/<slug>/counts")
def counts_show(slug: str) -> ResponseReturnValue:
    with transaction():
        place = guards.place(slug)
        return render.page("door/counts.html", event=place.event, counts=queries.counts(place.event))
