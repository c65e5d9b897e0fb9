"""Refunds never exceed what was taken."""

from typing import Any

from carneau.standalone.stripe import listing
from carneau.standalone.stripe.amounts import spoken
from carneau.standalone.stripe.cards import SLOW_REFUND
from carneau.standalone.stripe.demands import require_metadata
from carneau.standalone.stripe.errors import ApiProblem, Missing
from carneau.standalone.stripe.events import emit
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

URL = "/v1/refunds"
SLOW = 5
SUPPORTED = {"amount", "charge", "expand", "metadata", "payment_intent", "reason"}


def create(world: World, params: dict[str, Any]) -> Json:
    listing.refuse_unsupported(params, SUPPORTED)
    charge = charge_of(world, params)
    amount = amount_of(charge, params)
    refund = {
        "id": new_id("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.clock.now(),
        "currency": charge["currency"],
        "destination_details": destination_of(charge),
        "metadata": require_metadata(params.get("metadata") or {}, "metadata"),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if is_slow(charge) else "succeeded",
        "transfer_reversal": None,
    }
    world.store.put(refund, due_at=world.clock.now() + SLOW if is_slow(charge) else None)
    take_back(world, charge, refund)
    return refund


def is_slow(charge: Json) -> bool:
    """A bank debit goes back days later, and so does one test card."""
    card = charge["payment_method_details"].get("card")
    return card is None or card["last4"] == SLOW_REFUND[-4:]


def take_back(world: World, charge: Json, refund: Json) -> None:
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    charge["refunds"]["data"].insert(0, refund)
    world.store.put(charge)
    emit(world, "refund.created", refund)
    emit(world, "charge.refunded", charge, previous=before)
    if refund["status"] == "succeeded":
        updated(world, refund, "pending")


def updated(world: World, refund: Json, before: str) -> None:
    for type in ("charge.refund.updated", "refund.updated"):
        emit(world, type, refund, previous={"status": before})


def charge_of(world: World, params: dict[str, Any]) -> Json:
    if ("charge" in params) == ("payment_intent" in params):
        raise ApiProblem("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        return succeeded(world, params["charge"], "charge")
    intent = world.store.find("payment_intent", params["payment_intent"])
    if intent is None:
        raise Missing("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise ApiProblem(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return succeeded(world, intent["latest_charge"], "payment_intent")


def succeeded(world: World, id: str, param: str) -> Json:
    charge = world.load("charge", id, param)
    if charge["status"] != "succeeded":
        raise ApiProblem(f"Charge {id} has not succeeded; there is nothing to refund.", param=param)
    if charge["disputed"]:
        message = f"Charge {id} has been charged back; cannot issue a refund."
        raise ApiProblem(message, code="charge_disputed", param=param)
    if charge["refunded"]:
        raise ApiProblem(f"Charge {id} has already been refunded.", code="charge_already_refunded")
    return charge


def amount_of(charge: Json, params: dict[str, Any]) -> int:
    left: int = charge["amount"] - charge["amount_refunded"]
    amount: int = params.get("amount", left)
    if amount < 1:
        raise ApiProblem("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise ApiProblem(
            f"Refund amount ({spoken(amount, charge['currency'])}) is greater than "
            f"unrefunded amount on charge ({spoken(left, charge['currency'])})",
            param="amount",
        )
    return amount


def destination_of(charge: Json) -> Json:
    method = charge["payment_method_details"]["type"]
    if method != "card":
        return {"type": method}
    return {"type": "card", "card": {"reference_status": "pending", "reference_type": None, "type": "refund"}}


def retrieve(world: World, params: dict[str, Any], id: str) -> Json:
    return world.load("refund", id)


def index(world: World, params: dict[str, Any]) -> Json:
    listing.refuse_unsupported(
        params, {"created", "limit", "starting_after", "ending_before", "expand", "charge", "payment_intent"}
    )
    return listing.page(world, "refund", params, URL, listing.equals(params, "charge", "payment_intent"))
