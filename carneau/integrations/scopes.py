"""What a token may be allowed to do."""

from enum import StrEnum

from flask_babel import gettext as _


class Scope(StrEnum):
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"
    PURCHASES_READ = "purchases:read"
    ATTENDEES_READ = "attendees:read"
    CHECKOUT = "checkout"


def meaning_of(scope: Scope) -> str:
    meanings: dict[Scope, str] = {
        Scope.EVENTS_READ: _("Read all events, drafts too, with what is sold of each ticket type"),
        Scope.EVENTS_WRITE: _("Add ticket types to events"),
        Scope.PURCHASES_READ: _("Read purchases: who bought what for how much, with names and addresses"),
        Scope.ATTENDEES_READ: _("Read guest lists: who holds which ticket, and who was let in"),
        Scope.CHECKOUT: _("Begin payments for buyers, as a shop of your own does"),
    }
    return meanings[scope]
