"""A phone becomes a device: with a door link, or because a member is logged in on it."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from carneau.admissions import devices, links
from carneau.admissions.admission import NotLetIn
from carneau.core import codes
from carneau.core.db import transaction
from carneau.door import answers, guards
from carneau.door.forms import MemberPhoneForm, PhoneForm
from carneau.web import phones, render, security

bp = Blueprint("door_registering", __name__, url_prefix="/door")
answers.register(bp)
bp.after_request(security.keep_secret)


@bp.get("/links/<secret>")
def links_show(secret: str) -> ResponseReturnValue:
    return _ask(secret, PhoneForm(formdata=None))


def _ask(secret: str, form: PhoneForm, status: int = 200) -> Response:
    with transaction():
        link = links.by_secret(secret)
        events = links.events_of(link)
        return render.page("door/links_show.html", status=status, link=link, events=events, form=form)


@bp.post("/links/<secret>")
def links_create(secret: str) -> ResponseReturnValue:
    """A program that scans asks for JSON, and is given its token."""
    form = PhoneForm.of_request()
    if answers.wants_json():
        form.require()
    elif not form.validate():
        return _ask(secret, form, 422)
    token = phones.find_token() or codes.secret()
    with transaction():
        link = links.by_secret(secret)
        devices.register(link, token, form.name.data)
        slugs, expires_at = [event.slug for event in links.events_of(link)], link.expires_at
    if answers.wants_json():
        return jsonify(token=token, events=slugs, expires_at=expires_at.isoformat())
    return _welcome(token, slugs)


def ask_member(slug: str, form: MemberPhoneForm | None = None) -> Response:
    """For who is logged in and may scan here with a phone that has a name. Raises NotLetIn."""
    found = guards.find_membership(slug)
    if found is None:
        raise NotLetIn
    form = form or MemberPhoneForm(formdata=None)
    return render.page("door/devices_new.html", status=422 if form.errors else 200, event=found[0], form=form)


@bp.post("/<slug>/devices")
def devices_create(slug: str) -> ResponseReturnValue:
    form, token = MemberPhoneForm.of_request(), phones.find_token() or codes.secret()
    with transaction():
        found = guards.find_membership(slug)
        if found is None:
            raise NotLetIn
        if not form.validate():
            return ask_member(slug, form)
        devices.register_member(found[1], token, form.name.data)
    return _welcome(token, [slug])


def _welcome(token: str, slugs: list[str]) -> Response:
    response = render.see_other(f"/door/{slugs[0]}" if len(slugs) == 1 else "/door")
    return phones.remember(response, token)
