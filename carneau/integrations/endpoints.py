"""The addresses that hear what happens: made, changed, switched off and on, removed."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.accounts import sealing
from carneau.core import audit, codes, settings
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid, NotFound
from carneau.integrations import secrets
from carneau.integrations.models import DisabledBecause, Kind, WebhookEndpoint
from carneau.organisations.models import Organisation, OrganisationMember

PREFIX = "whsec_"
MOST = 10
LONGEST_URL = 500


class TooMany(Conflict):
    def __init__(self) -> None:
        super().__init__(_("An organisation can have %(most)s endpoints. Remove one that is not needed.", most=MOST))


def checked_url(typed: str) -> str:
    """Raises Invalid. Where it leads is looked at with each delivery; names change what they mean."""
    secure_only = not settings.current().webhooks_to_private_networks
    try:
        parts = urlsplit(typed)
        host = (parts.hostname or "").encode("idna").decode()
        is_fine = parts.scheme in (("https",) if secure_only else ("https", "http")) and bool(host) and parts.port != 0
    except (ValueError, UnicodeError):
        is_fine = False
    if not is_fine or len(typed) > LONGEST_URL or not typed.isascii() or not typed.isprintable() or " " in typed:
        raise _at_url(_("Please write an address that begins with https://, as https://shop.example.org/carneau."))
    if parts.username is not None or parts.fragment:
        raise _at_url(_("Please leave out names, passwords and what comes after #."))
    return typed


def _at_url(sentence: str) -> Invalid:
    return Invalid(sentence, errors={"url": [sentence]})


def make(by: OrganisationMember, seed: str, url: str, kinds: Sequence[Kind]) -> tuple[WebhookEndpoint, str]:
    """With its secret, which is shown now and never again. The second of two clicks finds what the first one made."""
    house = by.organisation_id
    db.session.execute(sa.select(Organisation.id).where(Organisation.id == house).with_for_update(key_share=True))
    secret = PREFIX + secrets.of("webhook secret", house, seed)
    mine = WebhookEndpoint.digest == codes.digest(secret)
    if earlier := db.session.scalar(sa.select(WebhookEndpoint).where(mine)):
        return earlier, secret
    if len(of_organisation(house)) >= MOST:
        raise TooMany
    new = insert(WebhookEndpoint).values(
        organisation_id=house,
        ref=codes.reference(),
        url=checked_url(url),
        kinds=[kind.value for kind in kinds],
        digest=codes.digest(secret),
        sealed_secret=sealing.seal(secret),
    )
    endpoint = db.session.scalars(new.returning(WebhookEndpoint)).one()
    audit.record(endpoint, "created", by.user.actor, kinds=endpoint.kinds)
    return endpoint, secret


def of_organisation(organisation_id: int) -> Sequence[WebhookEndpoint]:
    mine = sa.select(WebhookEndpoint).where(WebhookEndpoint.organisation_id == organisation_id)
    return db.session.scalars(mine.order_by(WebhookEndpoint.id)).all()


def by_ref(organisation_id: int, ref: str) -> WebhookEndpoint:
    mine = (WebhookEndpoint.organisation_id == organisation_id, WebhookEndpoint.ref == ref)
    endpoint = db.session.scalar(sa.select(WebhookEndpoint).where(*mine))
    if endpoint is None:
        raise NotFound(_("There is no such endpoint here."))
    return endpoint


def change(endpoint: WebhookEndpoint, url: str, kinds: Sequence[Kind], actor: str) -> None:
    """What waits for the old address goes to the new one."""
    if endpoint.url != url:
        endpoint.url = checked_url(url)
        _forgive(endpoint)
    endpoint.kinds = [kind.value for kind in kinds]
    audit.record(endpoint, "changed", actor, kinds=endpoint.kinds)


def switch_off(endpoint: WebhookEndpoint, actor: str, because: DisabledBecause) -> None:
    """It hears nothing of what happens from now on; what waits is given up when its turn comes."""
    if endpoint.disabled_at is None:
        endpoint.disabled_at, endpoint.disabled_because = sa.func.now(), because
        audit.record(endpoint, "disabled", actor, because=because)


def switch_on(endpoint: WebhookEndpoint, actor: str) -> None:
    if endpoint.disabled_at is not None:
        endpoint.disabled_at = endpoint.disabled_because = None
        _forgive(endpoint)
        audit.record(endpoint, "enabled", actor)


def remove(endpoint: WebhookEndpoint, actor: str) -> None:
    """With its log."""
    audit.record(endpoint, "deleted", actor)
    db.session.delete(endpoint)


def _forgive(endpoint: WebhookEndpoint) -> None:
    endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
