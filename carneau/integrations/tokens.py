"""Tokens of an organisation for programs: made, read with each request, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from carneau.core import audit, codes
from carneau.core.db import db
from carneau.core.errors import NotFound, Refusal
from carneau.integrations import secrets
from carneau.integrations.models import ApiToken
from carneau.integrations.scopes import Scope
from carneau.organisations.models import OrganisationMember

PREFIX = "carneau_"
MOST_A_MINUTE = 600

# One statement for each request of a program: is the token good, when was it used last, and how often of late.
USE = sa.text(
    """UPDATE api_tokens SET last_used_at = now(),
              window_count = CASE WHEN window_ends_at <= now() THEN 1 ELSE window_count + 1 END,
              window_ends_at = CASE WHEN window_ends_at <= now() THEN now() + interval '1 minute'
                                    ELSE window_ends_at END
        WHERE digest = :digest AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    RETURNING ref, organisation_id, scopes, window_count, window_ends_at"""
)


class TokenRefused(Refusal):
    """Missing, unknown, expired and revoked get one answer."""

    def __init__(self) -> None:
        super().__init__(_("This needs a token that is valid, as: Authorization: Bearer carneau_..."))


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a request comes from."""

    ref: str
    organisation_id: int
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        return f"token:{self.ref}"


def make(by: OrganisationMember, seed: str, name: str, scopes: Sequence[Scope], days: int | None) -> str:
    """The secret, which only its digest is kept of. It follows from the form's `seed`, so that the second of two clicks
    finds what the first one made."""
    secret = PREFIX + secrets.of("api token", by.organisation_id, seed)
    new = insert(ApiToken).values(
        organisation_id=by.organisation_id,
        ref=codes.reference(),
        name=name,
        digest=codes.digest(secret),
        scopes=[scope.value for scope in scopes],
        made_by_id=by.user_id,
        expires_at=sa.func.now() + timedelta(days=days) if days else None,
    )
    token = db.session.scalar(new.on_conflict_do_nothing(index_elements=["digest"]).returning(ApiToken))
    if token is not None:
        audit.record(token, "created", by.user.actor, scopes=token.scopes)
    return secret


def use(secret: str) -> tuple[Bearer, datetime | None]:
    """Raises TokenRefused. Counts the call; with a time, it is one too many until then."""
    row = db.session.execute(USE, {"digest": codes.digest(secret)}).one_or_none()
    if row is None:
        raise TokenRefused
    bearer = Bearer(row.ref, row.organisation_id, frozenset(row.scopes))
    return bearer, row.window_ends_at if row.window_count > MOST_A_MINUTE else None


def of_organisation(organisation_id: int) -> Sequence[ApiToken]:
    """Those that are not revoked, the newest first, with who made them."""
    mine = sa.select(ApiToken).where(ApiToken.organisation_id == organisation_id, ApiToken.revoked_at.is_(None))
    return db.session.scalars(mine.options(joinedload(ApiToken.made_by)).order_by(ApiToken.id.desc())).all()


def by_ref(organisation_id: int, ref: str) -> ApiToken:
    mine = (ApiToken.organisation_id == organisation_id, ApiToken.ref == ref)
    token = db.session.scalar(sa.select(ApiToken).where(*mine))
    if token is None:
        raise NotFound(_("There is no such token here."))
    return token


def revoke(token: ApiToken, actor: str) -> None:
    """Its next request is refused. Revoked twice is revoked once."""
    if token.revoked_at is None:
        token.revoked_at = sa.func.now()
        audit.record(token, "revoked", actor)
