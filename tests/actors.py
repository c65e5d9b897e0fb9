"""Two organisations, strangers to each other, and everyone who may stand before a route."""

from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import joinedload

from carneau.accounts.models import User
from carneau.catalogue.models import Event
from carneau.core import clock
from carneau.core import codes as core_codes
from carneau.core.db import db, transaction
from carneau.integrations import announcing
from carneau.integrations.models import WebhookDelivery
from carneau.organisations import links as invitation_links
from carneau.organisations.models import Organisation, Role
from carneau.purchases import links
from carneau.tickets import issuing, qr, queries
from carneau.tickets.models import Ticket
from tests.making import (
    make_endpoint,
    make_event,
    make_export,
    make_flag,
    make_image,
    make_invitation,
    make_member,
    make_organisation,
    make_paid_purchase,
    make_ticket_type,
    make_token,
)
from tests.scanning import make_conflict, make_device, make_gate, make_link
from tests.visiting import make_user

ROLES = {"door": Role.DOOR, "finance": Role.FINANCE, "manager": Role.MANAGER, "owner": Role.OWNER}
ACTORS = ("anonymous", "buyer", *ROLES, "rival", "removed")
MISSING = {
    "slug": "no-such-event",
    "organisation_slug": "no-such-house",
    "ref": "ZZZZ-ZZZZ",
    "key": "no-such-key",
    "code": "NOSUCHCODE",
    "ticket_ref": "ZZZZ-ZZZW",
    "export_ref": "ZZZZ-ZZZV",
    "flag_ref": "ZZZZ-ZZZU",
    "public_id": "NOSUCHTYPE",
    "source_key": "0" * 24,
    "member_ref": "ZZZZ-ZZZY",
    "invitation_ref": "ZZZZ-ZZZX",
    "invitation_key": "no-such-key",
    "token_ref": "ZZZZ-ZZZV",
    "endpoint_ref": "ZZZZ-ZZZU",
    "delivery_ref": "ZZZZ-ZZZT",
    "gate_ref": "NOSUCHGATE",
    "link_ref": "NOSUCHLINK",
    "device_ref": "NOSUCHDEVICE",
    "nonce": "00000000-0000-4000-8000-000000000000",
    "entry": "00000000-0000-4000-8000-000000000000",
    "secret": "no-such-link",
    "scan": "00000000-0000-0000-0000-000000000000",
}


class World:
    """`own` is of the organisation whose members act, `sibling` of another event of it, `foreign` of the rival's."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        house, rivals = make_organisation(slug="house"), make_organisation(slug="rivals")
        event = make_event(house)
        self.people: dict[str, User | None] = {name: make_user(f"{name}@demo.example") for name in ACTORS[1:]}
        self.people["anonymous"] = None
        members = {
            name: make_member(house, self._user(name), role, event_id=event.id if role is Role.DOOR else None)
            for name, role in ROLES.items()
        }
        rival = make_member(rivals, self._user("rival"))
        removed = make_member(house, self._user("removed"))
        with transaction():
            db.session.delete(db.session.merge(removed))
        self.own = belongings(house, event) | {"member_ref": members["finance"].ref}
        self.sibling = belongings(house, make_event(house)) | {"member_ref": members["manager"].ref}
        self.foreign = belongings(rivals, make_event(rivals)) | {"member_ref": rival.ref}

    def _user(self, name: str) -> User:
        user = self.people[name]
        assert user
        return user

    def browser(self, actor: str) -> FlaskClient:
        client, user = self.app.test_client(), self.people[actor]
        if user:
            with client.session_transaction() as session:
                session["_user_id"] = user.get_id()
        return client


def at_the_door(event: Event, ticket: Ticket) -> dict[str, Any]:
    link = make_link(event, secret=(secret := core_codes.secret()))
    device, token = make_device(link)
    return {
        "secret": secret,
        "door_token": token,
        "scan": MISSING["scan"],
        "gate_ref": make_gate(event).public_id,
        "link_ref": link.public_id,
        "device_ref": device.public_id,
        "nonce": str(make_conflict(device, event).nonce),
        "entry": str(make_conflict(device, event, ticket, verdict="come_in", is_conflict=False).nonce),
    }


def belongings(house: Organisation, event: Event) -> dict[str, Any]:
    """What stands in the paths of its pages, by the name of the placeholder."""
    kind = make_ticket_type(event)
    invitation = make_invitation(house)
    purchase = make_paid_purchase((kind, 1))
    export, flag = make_export(event), make_flag(purchase)
    hook = webhook(house)
    with transaction():
        ticket = issuing.issue(purchase)[0]
        code = qr.code(queries.for_purchase(purchase)[0])
        return {
            "slug": event.slug,
            "organisation_slug": house.slug,
            "ref": purchase.ref,
            "key": links.key(purchase.ref),
            "code": code,
            "ticket_ref": ticket.ref,
            "export_ref": export.ref,
            "flag_ref": flag.ref,
            "public_id": kind.public_id,
            "invitation_ref": invitation.ref,
            "invitation_key": invitation_links.key(invitation.ref),
            "source_key": make_image(event).source_key,
            "token_ref": make_token(house).token.ref,
            **at_the_door(event, ticket),
            **hook,
        }


def webhook(house: Organisation) -> dict[str, str]:
    """The house's one endpoint with one delivery; switched off, so that nothing that is made here is told to it."""
    mine = sa.select(WebhookDelivery).where(WebhookDelivery.organisation_id == house.id)
    with transaction():
        delivery = db.session.scalar(mine.options(joinedload(WebhookDelivery.endpoint)))
        if delivery is None:
            announcing.ping(db.session.merge(make_endpoint(house, disabled_at=clock.now())))
            delivery = db.session.scalars(mine.options(joinedload(WebhookDelivery.endpoint))).one()
        return {"endpoint_ref": delivery.endpoint.ref, "delivery_ref": delivery.ref}
