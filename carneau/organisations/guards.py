"""Who may enter the pages of an organisation. The row of membership is read on each request: access ends with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import guards
from carneau.core.errors import Forbidden, NotFound
from carneau.organisations import queries, roles
from carneau.organisations.models import OrganisationMember, Role

View = Callable[..., ResponseReturnValue]


def for_organisation(*allowed: Role) -> Callable[[View], View]:
    """For a view on `/manage/organisations/<organisation_slug>/...`; it gets `membership` instead of the slug."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(organisation_slug: str, **values: Any) -> ResponseReturnValue:
            membership = queries.find_membership(organisation_slug, guards.user())
            return view(membership=admit(membership, allowed), **values)

        return marked(wrapper, allowed)

    return decorate


def admit(membership: OrganisationMember | None, allowed: tuple[Role, ...]) -> OrganisationMember:
    """Missing, foreign and left all get one answer, so that nobody learns what exists."""
    if membership is None:
        raise NotFound(_("There is nothing at this address, or it belongs to an organisation you are no member of."))
    if membership.role not in allowed:
        mine, needed = roles.name_of(membership.role), ", ".join(roles.name_of(role) for role in allowed)
        raise Forbidden(_("This needs another role: %(needed)s. Yours here is: %(mine)s.", needed=needed, mine=mine))
    return membership


def marked(view: View, allowed: tuple[Role, ...]) -> View:
    """The view says whom it lets in: the tabs show only what opens, and the test of all routes reads it."""
    view.allowed = frozenset(allowed)  # type: ignore[attr-defined]  # a decorator around it copies it
    return view
