from collections.abc import Iterator

from flask import Blueprint
from flask.typing import ResponseReturnValue

from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.organisations.models import OrganisationMember, Role
from carneau.payments import exporting
from carneau.web import render, spreadsheets
from carneau.web.spreadsheets import Row

bp = Blueprint("manage_exports", __name__, url_prefix="/manage/events/<slug>/exports")
ORGANISERS = (Role.OWNER, Role.MANAGER)
FORM = "<any(csv, xlsx):form>"


@bp.get("")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    with_guests = membership.role in ORGANISERS
    return render.page("manage/exports.html", event=event, membership=membership, with_guests=with_guests)


@bp.get(f"/attendees.{FORM}")
@guards.for_event(*ORGANISERS)
def attendees(event: Event, membership: OrganisationMember, form: str) -> ResponseReturnValue:
    return _table(event, "attendees", form, exporting.attendees(event))


@bp.get(f"/purchases.{FORM}")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def purchases(event: Event, membership: OrganisationMember, form: str) -> ResponseReturnValue:
    return _table(event, "purchases", form, exporting.purchases(event))


@bp.get(f"/money.{FORM}")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def money(event: Event, membership: OrganisationMember, form: str) -> ResponseReturnValue:
    return _table(event, "money-by-day", form, exporting.money_by_day(event))


def _table(event: Event, what: str, form: str, rows: Iterator[Row]) -> ResponseReturnValue:
    return spreadsheets.answer(f"{event.slug}-{what}", form, rows)
