from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SelectField
from wtforms.validators import Optional

from carneau.admissions import gate_list, history, phones, undoing
from carneau.admissions.history import Filter
from carneau.admissions.models import Answer
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.core.errors import Conflict, Invalid
from carneau.manage import door_wording, reading
from carneau.manage.event_forms import moment
from carneau.manage.reading import Reader
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import Form, PressForm

bp = Blueprint("manage_door_scans", __name__, url_prefix="/manage/events/<slug>/door/scans")
IN_CHARGE = (Role.OWNER, Role.MANAGER)
LONGEST_ID = 18


class FilterForm(Form):
    verdict = SelectField(lazy_gettext("Answer"), validators=[Optional()])
    gate = SelectField(lazy_gettext("Gate"), validators=[Optional()])
    device = SelectField(lazy_gettext("Phone"), validators=[Optional()])
    since = moment(lazy_gettext("From"))
    until = moment(lazy_gettext("Until"))

    def __init__(self, event: Event) -> None:
        super().__init__(request.args)
        self.event = event
        words = [(word.value, door_wording.verdict(word)) for word in Answer]
        self.verdict.choices = [("", _("Everything")), *words, ("undone", _("Undone"))]
        gates = [(each.gate.public_id, each.gate.name) for each in gate_list.of(event)]
        self.gate.choices = [("", _("All gates")), *gates]
        found = [(row.DoorDevice.public_id, row.DoorDevice.name) for row in phones.of(event)]
        self.device.choices = [("", _("All phones")), *found]

    def filter(self) -> Filter:
        """Raises Invalid with every sentence at its field."""
        reader, zone = Reader(), self.event.zone
        since = reader.read(self.since, reading.moment_or_none, zone)
        until = reader.read(self.until, reading.moment_or_none, zone)
        reader.checked({})
        return Filter(self.verdict.data or "", self.gate.data or "", self.device.data or "", since, until)


@bp.get("")
@guards.for_event(*IN_CHARGE)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return _page(event, membership)


def _page(event: Event, membership: OrganisationMember, problem: str = "") -> ResponseReturnValue:
    form = FilterForm(event)
    wanted = _wanted(form) if form.validate() else None
    found = history.find(event, wanted or Filter(), _before())
    return render.page(
        "manage/door_scans.html",
        status=409 if problem else 200 if wanted else 422,
        event=event,
        membership=membership,
        form=form,
        press=PressForm(formdata=None),
        problem=problem,
        scans=found[: history.SIZE],
        kept={name: value for name, value in request.args.items() if name in form.data and value},
        begins_later="before" in request.args,
        further=_further(found),
    )


def _wanted(form: FilterForm) -> Filter | None:
    try:
        return form.filter()
    except Invalid as refusal:
        reading.refuse(form, refusal, "verdict")
        return None


def _before() -> int | None:
    text = request.args.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise Invalid(_("This link to a page is incomplete. Please begin again at the first page."))
    return int(text)


def _further(found: Sequence[history.Row]) -> int | None:
    return found[history.SIZE - 1].Scan.id if len(found) > history.SIZE else None


@bp.post("/<device_ref>/<uuid:nonce>/undoing")
@guards.for_event(*IN_CHARGE)
def undoings_create(event: Event, membership: OrganisationMember, device_ref: str, nonce: UUID) -> ResponseReturnValue:
    scan = history.passage_of(event, device_ref, nonce)
    PressForm.of_request().require()
    try:
        with transaction():
            undoing.undo(scan, membership.user.actor, within=None)
    except Conflict as refusal:
        return _again(slug=event.slug, problem=str(refusal))
    flash(_("Undone. The ticket is as it was before this scan."))
    return render.see_other(url_for(".index", slug=event.slug))


_again = guards.for_event(*IN_CHARGE)(_page)
