"""The one way into the pages of organisers: `@guards.for_organisation(...)` and `@guards.for_event(...)`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import contains_eager

from carneau.accounts import guards
from carneau.accounts.models import User
from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.organisations import queries
from carneau.organisations.guards import View, admit, for_organisation, marked
from carneau.organisations.models import OrganisationMember, Role

__all__ = ["for_event", "for_organisation"]


def for_event(*allowed: Role) -> Callable[[View], View]:
    """For a view on `/manage/events/<slug>/...`; it gets `event` and `membership` instead of the slug."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(slug: str, **values: Any) -> ResponseReturnValue:
            event, membership = _find(slug, guards.user())
            return view(event=event, membership=admit(membership, allowed), **values)

        return marked(wrapper, allowed)

    return decorate


def _find(slug: str, user: User) -> tuple[Event | None, OrganisationMember | None]:
    """The event only together with a membership that covers it."""
    covers = sa.or_(OrganisationMember.event_id.is_(None), OrganisationMember.event_id == Event.id)
    row = db.session.execute(
        queries.memberships()
        .join(Event, Event.organisation_id == OrganisationMember.organisation_id)
        .add_columns(Event)
        .options(contains_eager(Event.organisation))
        .where(Event.slug == slug, OrganisationMember.user_id == user.id, covers)
    ).one_or_none()
    return (row[1], row[0]) if row else (None, None)
