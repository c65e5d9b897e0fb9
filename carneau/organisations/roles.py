"""What the roles are called."""

from flask_babel import gettext as _

from carneau.organisations.models import Role


def name_of(role: Role) -> str:
    names: dict[Role, str] = {
        Role.OWNER: _("Owner"),
        Role.MANAGER: _("Manager"),
        Role.FINANCE: _("Finance"),
        Role.DOOR: _("Door"),
    }
    return names[role]


def what_it_may(role: Role) -> str:
    sentences: dict[Role, str] = {
        Role.OWNER: _("Everything, the team and the money included."),
        Role.MANAGER: _("Events, tickets, sales, attendees and messages. No refunds, no team."),
        Role.FINANCE: _("Sales, purchases, refunds and exports. Changes no event."),
        Role.DOOR: _("Sees who is expected, and lets people in."),
    }
    return sentences[role]
