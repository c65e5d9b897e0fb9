"""The door of an event while it is open: who is in, who comes, who was refused. It follows by itself."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from carneau.admissions import arrivals, conflicts
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core import clock
from carneau.manage import door_charts, door_wording, tabs
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render

bp = Blueprint("manage_door", __name__, url_prefix="/manage/events/<slug>/door")
bp.add_app_template_filter(door_wording.refusal, "refusal_name")
bp.add_app_template_filter(door_wording.verdict, "verdict_name")
bp.add_app_template_filter(door_wording.clock_or_day)
bp.add_app_template_global(tabs.of_door, "door_tabs")
IN_CHARGE = (Role.OWNER, Role.MANAGER)


@bp.get("")
@guards.for_event(*IN_CHARGE, Role.DOOR)
def show(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    counts = arrivals.of(event)
    return render.page(
        "manage/door.html",
        blocks=("counts",),
        event=event,
        membership=membership,
        counts=counts,
        arrivals=door_charts.of(counts.minutes),
        open_conflicts=conflicts.count_open(event),
        at=clock.now(),
    )
