"""A buyer asks the bank for the money back."""

from typing import Any

from carneau.standalone.stripe import listing
from carneau.standalone.stripe.errors import ApiProblem
from carneau.standalone.stripe.events import emit
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

URL = "/v1/disputes"
WEEK = 7 * 24 * 60 * 60


def open_on(world: World, charge_id: str, reason: str = "fraudulent") -> Json:
    charge = world.load("charge", charge_id)
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise ApiProblem(f"Charge {charge_id} cannot be disputed.", param="charge")
    charge["disputed"] = True
    world.store.put(charge)
    dispute = world.store.put(build(world, charge, reason))
    emit(world, "charge.dispute.created", dispute)
    return dispute


def build(world: World, charge: Json, reason: str) -> Json:
    return {
        "id": new_id("du_1"),
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.clock.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.clock.now() + WEEK,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "enhanced_eligibility": {},
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }


def close(world: World, dispute_id: str, won: bool) -> Json:
    dispute = world.load("dispute", dispute_id)
    dispute["status"] = "won" if won else "lost"
    world.store.put(dispute)
    emit(world, "charge.dispute.closed", dispute, previous={"status": "needs_response"})
    return dispute


def retrieve(world: World, params: dict[str, Any], id: str) -> Json:
    return world.load("dispute", id)


def index(world: World, params: dict[str, Any]) -> Json:
    listing.refuse_unsupported(
        params, {"created", "limit", "starting_after", "ending_before", "expand", "charge", "payment_intent"}
    )
    return listing.page(world, "dispute", params, URL, listing.equals(params, "charge", "payment_intent"))
