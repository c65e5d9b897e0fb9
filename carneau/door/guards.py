from flask import session

from carneau.accounts import guards as accounts
from carneau.admissions import queries
from carneau.admissions.admission import NotLetIn
from carneau.admissions.devices import Phone
from carneau.admissions.queries import Place
from carneau.catalogue.models import Event
from carneau.organisations import queries as organisations
from carneau.organisations.models import OrganisationMember
from carneau.web import phones


def find_phone() -> Phone | None:
    """Read from the cookies alone: whether they still open anything is asked together with what is to be done."""
    token = phones.find_token()
    if token is None:
        return None
    number, _dot, version = str(session.get("_user_id", "")).partition(".")
    if number.isdigit() and version.isdigit():
        return Phone.of(token, int(number), int(version))
    return Phone.of(token)


def phone() -> Phone:
    found = find_phone()
    if found is None:
        raise NotLetIn
    return found


def find_place(slug: str) -> Place | None:
    found = find_phone()
    return queries.find_place(found, slug) if found else None


def place(slug: str) -> Place:
    """The event, and this phone as a device that may scan there. An event that does not exist gets the same answer."""
    found = find_place(slug)
    if found is None:
        raise NotLetIn
    return found


def find_membership(slug: str) -> tuple[Event, OrganisationMember] | None:
    """Of who is logged in and may scan at this event, once the phone has a name."""
    user = accounts.find_user()
    if user is None:
        return None
    memberships = organisations.memberships_of(user)
    for event in queries.events_of_members(memberships):
        if event.slug == slug:
            return event, next(each for each in memberships if each.organisation_id == event.organisation_id)
    return None
