"""`/_simulator`: what has been asked of it, what it has told the webhook, and the switches."""

from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, render_template

from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.switching import FAILURES
from carneau.standalone.stripe.world import World

SHOWN = 50
DELIVERED = (
    "SELECT o.type, d.event_id, d.attempts, d.answer, d.done FROM deliveries d"
    " JOIN objects o ON o.id = d.event_id ORDER BY d.seq DESC LIMIT ?"
)


def blueprint(world: World) -> Blueprint:
    bp = Blueprint("control_page", __name__)
    bp.add_url_rule("/_simulator", "index", partial(index, world))
    return bp


def index(world: World) -> str:
    sessions = world.store.page([("kind = ?", "checkout.session")], SHOWN)
    return render_template(
        "simulator.html",
        rows=[(session, charge_of(world, session)) for session in sessions],
        deliveries=world.store.rows(DELIVERED, (SHOWN,)),
        switches=asdict(world.switches),
        failures=FAILURES,
        merchant=world.settings.merchant,
        webhook_url=world.webhook_url,
    )


def charge_of(world: World, session: Json) -> dict[str, Any] | None:
    if session["payment_intent"] is None:
        return None
    intent = world.load("payment_intent", session["payment_intent"])
    return world.store.find("charge", intent["latest_charge"]) if intent["latest_charge"] else None
