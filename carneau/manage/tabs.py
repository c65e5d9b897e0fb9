"""The tabs of an event and of an organisation: those whose page exists and lets this member in."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from carneau.catalogue.models import Event
from carneau.organisations.models import OrganisationMember


@dataclass(frozen=True, slots=True)
class Tab:
    path: str
    name: str
    is_current: bool


def of_event(event: Event, membership: OrganisationMember) -> list[Tab]:
    names = {
        "": _("Sales"),
        "/stock": _("Stock proof"),
        "/edit": _("Details"),
        "/ticket-types": _("Ticket types"),
        "/images": _("Pictures"),
        "/publication": _("Publication"),
        "/purchases": _("Purchases"),
        "/attendees": _("Attendees"),
        "/door": _("Door"),
        "/box-office": _("Box office"),
        "/messages": _("Messages"),
        "/exports": _("Exports"),
    }
    return list(_tabs(f"/manage/events/{event.slug}", names, membership))


def of_door(event: Event, membership: OrganisationMember) -> list[Tab]:
    names = {
        "": _("Who is in"),
        "/gates": _("Gates"),
        "/phones": _("Phones"),
        "/scans": _("Scans"),
        "/conflicts": _("Conflicts"),
    }
    return list(_tabs(f"/manage/events/{event.slug}/door", names, membership))


def of_organisation(membership: OrganisationMember) -> list[Tab]:
    names = {"": _("Events"), "/flags": _("To look at"), "/team": _("Team")}
    names |= {"/integrations": _("Integrations"), "/audit": _("Audit log")}
    return list(_tabs(f"/manage/organisations/{membership.organisation.slug}", names, membership))


def _tabs(root: str, names: dict[str, str], membership: OrganisationMember) -> Iterator[Tab]:
    for end, name in names.items():
        path = root + end
        if opens(path, membership):
            is_current = request.path == path or (bool(end) and request.path.startswith(path + "/"))
            yield Tab(path, name, is_current)


def opens(path: str, membership: OrganisationMember) -> bool:
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return membership.role in getattr(current_app.view_functions[endpoint], "allowed", ())
